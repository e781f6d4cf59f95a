package observability

import (
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// meets says whether others than the developers meet what a deployment runs.
func meets(s *repo.Snapshot, d *repo.Deployment) bool {
	return d.Env.Deployed() && d.File.Role == repo.Production && (d.Compose == nil || !developersOnly(s, d.Compose.Project))
}

// catchers are images that swallow the mail that is sent: nobody does without it.
var catchers = map[string]bool{"mailhog": true, "mailpit": true, "maildev": true, "mailcatcher": true, "localstack": true, "mailtrap": true, "inbucket": true}

// developersOnly says whether a compose project is for the developers' machines: by
// its name, by what it runs, or because it runs only what the code needs, for code
// that is started by hand.
func developersOnly(s *repo.Snapshot, project *compose.Project) bool {
	if !project.Env.Deployed() {
		return true
	}
	if project.Env != compose.Base {
		return false
	}
	switch project.Variant {
	case "gitpod", "example", "sample", "local", "devcontainer", "codespaces", "demo", "build":
		return true
	}
	apps := 0
	for _, v := range project.Services() {
		if catchers[v.Image.Ref.Base()] || catchers[v.Name] {
			return true
		}
		switch s.RoleOfSpec(v) {
		case repo.RoleWeb, repo.RoleAPI, repo.RoleWorker, repo.RoleApp:
			apps++
		case repo.RoleOther:
			if ownImage(s, v) {
				apps++
			}
		}
	}
	if apps > 0 {
		return false
	}
	for _, a := range s.Applications() {
		if a.File.Role == repo.Production {
			return true
		}
	}
	return len(s.NextApps()) > 0
}

// ownImage says whether an image is called like one of the project's packages.
func ownImage(s *repo.Snapshot, v *compose.Service) bool {
	base := v.Image.Ref.Base()
	for _, u := range s.Units() {
		if u.Name == base || u.Name != "" && len(u.Name) > 3 && len(base) > len(u.Name) && base[:len(u.Name)] == u.Name {
			return true
		}
	}
	return false
}

// mountedByDevelopers says whether a file is given to containers, and only to those
// of compose projects for developers.
func mountedByDevelopers(s *repo.Snapshot, path string) bool {
	mounted := false
	for _, project := range s.ComposeProjects() {
		for _, v := range project.Services() {
			for _, m := range v.Volumes {
				source := joinDir(project.Dir, m.Source)
				if m.Type != compose.Bind || source != path && !below(path, source) {
					continue
				}
				if !developersOnly(s, project) {
					return false
				}
				mounted = true
			}
		}
	}
	return mounted
}
