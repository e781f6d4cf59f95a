package workflow

import (
	"path"
	"strings"
)

// Sniff tells the kind of pipeline from a file's path; "" for any other file.
func Sniff(name string) Kind {
	dir, base := path.Split(strings.ToLower(name))
	dir = strings.TrimSuffix(dir, "/")
	switch {
	case base == "jenkinsfile" || strings.HasPrefix(base, "jenkinsfile.") || strings.HasSuffix(base, ".jenkinsfile"):
		return Jenkins
	case strings.HasSuffix(base, ".kts") && within(dir, ".teamcity"):
		return TeamCity
	}
	stem, yaml := strings.CutSuffix(base, ".yml")
	if !yaml {
		stem, yaml = strings.CutSuffix(base, ".yaml")
	}
	if !yaml {
		return ""
	}
	switch {
	case within(dir, ".github/workflows") || within(dir, ".gitea/workflows") || within(dir, ".forgejo/workflows"):
		return GitHub
	case within(dir, ".circleci") && strings.Contains(stem, "config"):
		return CircleCI
	case within(dir, ".woodpecker"):
		return Woodpecker
	case within(dir, ".azure-pipelines"):
		return Azure
	case within(dir, ".buildkite") && strings.HasPrefix(stem, "pipeline"):
		return Buildkite
	case within(dir, ".tekton"):
		return Tekton
	}
	return kindOfName(stem)
}

// kindOfName tells the kind from a name without .yml.
func kindOfName(stem string) Kind {
	switch {
	case stem == "action":
		return Action
	case stem == ".gitlab-ci" || strings.HasSuffix(stem, ".gitlab-ci"):
		return GitLab
	case strings.HasPrefix(stem, "azure-pipelines") || strings.HasPrefix(stem, ".azure-pipelines"):
		return Azure
	case stem == "bitbucket-pipelines":
		return Bitbucket
	case stem == ".travis":
		return Travis
	case stem == ".woodpecker":
		return Woodpecker
	case stem == ".drone":
		return Drone
	case stem == "appveyor" || stem == ".appveyor":
		return AppVeyor
	case stem == "cloudbuild":
		return CloudBuild
	case stem == "buildspec":
		return CodeBuild
	}
	return ""
}

func within(dir, want string) bool { return dir == want || strings.HasSuffix(dir, "/"+want) }
