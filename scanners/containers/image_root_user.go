// Package containers checks Dockerfiles and compose files.
package containers

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/workflow"
)

// ImageRootUser finds images whose containers run as root.
var ImageRootUser = check.PerProject(check.Doc{
	ID:         "containers/image-root-user",
	Title:      "Image runs as root",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Whoever takes over the process has root's rights in the container, can change what the image holds, and stands one flaw of the kernel away from the host.",
	How:        "Create a user in the final stage, give it what it must write, and switch to it with USER behind the last instruction that needs root.",
	Holds:      "Images run as a user of their own",
	References: []string{
		"https://docs.docker.com/build/building/best-practices/#user",
		"https://docs.docker.com/reference/dockerfile/#user",
		"https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
	},
	Peers: []finding.Peer{
		check.Same("trivy", "root_user"), check.Broader("hadolint", "DL3002"), check.Broader("kics", "missing_user_instruction"),
		check.Broader("kics", "last_user_is_root"), check.Broader("checkov", "UserExists"), check.Broader("checkov", "RootUser"),
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		judgeUser(p, s, i.Dockerfile, i.stage, i.services)
	}
})

// isDevelopmentImage says whether a Dockerfile's name or folder keeps it out of
// production.
func isDevelopmentImage(name string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune("/._-", r) })
	}
	return isTooling(name) || slices.ContainsFunc(words(name), func(w string) bool {
		switch w {
		case "genproto", "protogen", "codegen", "tilt", "skaffold", "maildev", "workstation", "dev", "devel", "development", "devcontainer", "local", "debug", "test", "tests", "testing", "gitpod":
			return true
		}
		return false
	}) || slices.ContainsFunc(words(path.Base(name)), func(w string) bool {
		switch w {
		case "ci", "build", "builder", "gen", "generate", "codegen", "lint", "make":
			return true
		}
		return false
	})
}

// isTooling says whether a file stands in a directory of developers' tools, or one
// that such a tool or the pipeline keeps for itself: .buildkite, .cursor.
func isTooling(name string) bool {
	if base := path.Base(name); strings.Contains(base, "gitpod") || strings.Contains(base, "codespace") {
		return true
	}
	dirs := strings.Split(path.Dir(name), "/")
	return slices.ContainsFunc(dirs, func(dir string) bool {
		if dir == "hack" || dir == "tools" || dir == "gitpod" {
			return true
		}
		if len(dir) < 2 || dir[0] != '.' || dir == ".." {
			return false
		}
		switch dir {
		case ".docker", ".deploy", ".deployment", ".infra", ".infrastructure", ".build", ".container", ".containers", ".k8s", ".ops", ".production":
			return false
		}
		return true
	})
}

// deployedBuilds are the services of deployed compose projects that build the
// file. It is nil when compose builds the file in development only, empty when
// compose does not build it at all.
func deployedBuilds(s *repo.Snapshot, d *repo.Dockerfile) []*compose.Service {
	out := []*compose.Service{}
	development := false
	for _, project := range s.ComposeProjects() {
		for _, service := range project.Services() {
			if s.DockerfileOf(service) != d {
				continue
			}
			if project.Env.Deployed() {
				out = append(out, service)
			} else {
				development = true
			}
		}
	}
	if len(out) == 0 && development && hasDeployedBuild(s) {
		return nil
	}
	return out
}

// hasDeployedBuild says whether a deployed compose project builds any image.
func hasDeployedBuild(s *repo.Snapshot) bool {
	for _, project := range s.ComposeProjects() {
		if project.Env.Deployed() && slices.ContainsFunc(project.Services(), func(v *compose.Service) bool { return s.DockerfileOf(v) != nil }) {
			return true
		}
	}
	return false
}

// targets are the stages that become images: those the services ask for, else
// the last one.
func targets(d *repo.Dockerfile, services []*compose.Service) []*dockerfile.Stage {
	var out []*dockerfile.Stage
	for _, v := range services {
		if stage := d.Spec.Target(v.Build.Target.Value); stage != nil && !slices.Contains(out, stage) {
			out = append(out, stage)
		}
	}
	if len(out) == 0 {
		out = append(out, lastForProduction(d))
	}
	return out
}

// lastForProduction is the last stage whose name does not keep it for development;
// the last one of all where every name does.
func lastForProduction(d *repo.Dockerfile) *dockerfile.Stage {
	for _, stage := range slices.Backward(d.Spec.Stages) {
		switch strings.ToLower(stage.Name) {
		case "dev", "development", "dev-envs", "devcontainer", "test", "tests", "testing", "debug", "lint":
			continue
		}
		if stage.Exists() {
			return stage
		}
	}
	return d.FinalStage()
}

func judgeUser(p *check.Pass, s *repo.Snapshot, d *repo.Dockerfile, stage *dockerfile.Stage, services []*compose.Service) {
	user := stage.User()
	at := d.At(user.Span)
	switch {
	case user.Unknown():
		p.Unproven(at, "the user depends on the build argument %s", user.Arg)
		return
	case !user.IsRoot():
		p.Holds(at, "runs as %s", user)
		return
	case stage.Image().IsScratch() && !stage.Entrypoint().Present && !stage.Cmd().Present, strings.Contains(stage.Image().Name, "windows"), isLambda(stage):
		return // files to take out, not an image to run; or no matter of the file
	}
	if place, name := userInCompose(stage, d, services); place.Set() {
		p.Holds(s.Place(place.Path, place.Span), "compose runs it as %s", name)
		return
	}
	if tool := stepsDown(s, d, stage); tool != "" {
		if start := stage.Entrypoint(); start.Present {
			at = d.At(start.Span)
		}
		p.Holds(at, "starts as root and steps down with %s", tool)
		return
	}
	if name := stage.Image().Repository(); user.Implicit && isOwnImage(s, name) {
		p.Unproven(at, "the user is that of %s, which the project builds elsewhere", name)
		return
	}
	reportRoot(p, d, stage, user)
}

// isOwnImage says whether the project itself builds and names an image: its
// pipelines, scripts and compose files mention it.
func isOwnImage(s *repo.Snapshot, name string) bool {
	if !strings.Contains(name, "/") {
		return false
	}
	for _, f := range s.ComposeFiles() {
		if slices.ContainsFunc(f.Spec.Services, func(v *compose.Service) bool { return v.Build.Set() && v.Image.Repository() == name }) {
			return true
		}
	}
	return slices.ContainsFunc(s.Files(), func(f *repo.File) bool {
		builder := f.Lang == repo.YAML && workflow.Sniff(f.Path) != "" || f.Lang == repo.Shell || f.Lang == "Makefile" || f.Lang == "HCL"
		return builder && f.Size < 1<<20 && bytes.Contains(f.Bytes(), []byte(name)) && bytes.Contains(f.Bytes(), []byte("build"))
	})
}

func reportRoot(p *check.Pass, d *repo.Dockerfile, stage *dockerfile.Stage, user dockerfile.User) {
	at := d.At(user.Span)
	which := "the image"
	if stage != d.FinalStage() {
		which = "the stage " + stage.Name
	} else if len(d.Spec.Stages) > 1 {
		which = "the final stage"
	}
	if !user.Implicit {
		p.Report(at, "%s runs as root: %s", which, strings.Join(strings.Fields(d.Text(user.Span)), " ")).Keyed("%s %s", stage.Name, stage.Image().Name)
		return
	}
	found := p.Report(at, "%s runs as root: no USER, and no other user is known of %s", which, stage.Image().Ref).Keyed("%s %s", stage.Name, stage.Image().Name)
	name := ownUser(stage.Image())
	if name == "" {
		return
	}
	if edit, ok := userEdit(d, stage, name); ok {
		title := "Run the image as " + name
		found.WithPatch(title, finding.Review, patch.Set{Title: title, Changes: []patch.Change{{
			Path: d.Path, Base: patch.Sum(d.Bytes()), HasBase: true, Edits: []patch.Edit{edit},
			Note: "The base image brings the user " + name + ". Check that it can write where the process writes.",
		}}})
	}
}

// isLambda says whether AWS Lambda runs the image: as a user of its own, whatever
// the file says.
func isLambda(stage *dockerfile.Stage) bool {
	return strings.Contains(stage.Image().Name, "lambda/") && strings.HasSuffix(stage.Image().Registry(), "aws")
}

// userInCompose is the user that every deployed service gives the image, if it
// is not root.
func userInCompose(stage *dockerfile.Stage, d *repo.Dockerfile, services []*compose.Service) (at compose.Place, name string) {
	for _, v := range services {
		if d.Spec.Target(v.Build.Target.Value) != stage {
			continue
		}
		user, _, _ := strings.Cut(v.User.Value, ":")
		if user == "" || user == "root" || strings.Trim(user, "0") == "" || strings.Contains(user, "$") {
			return compose.Place{}, ""
		}
		at, name = v.User.Place, v.User.Value
	}
	return at, name
}

// steppers are tools that give up root's rights before they start something.
var steppers = map[string]bool{"gosu": true, "su-exec": true, "setpriv": true, "runuser": true, "s6-setuidgid": true, "setuidgid": true, "chpst": true, "su": true}

// selfSteppers are images whose own entrypoint gives up root's rights.
var selfSteppers = map[string]bool{
	"postgres": true, "postgis/postgis": true, "timescale/timescaledb": true, "pgvector/pgvector": true, "mysql": true, "mariadb": true, "mongo": true,
	"redis": true, "valkey/valkey": true, "rabbitmq": true, "cassandra": true, "influxdb": true, "couchdb": true,
}

// stepsDown names what gives up root's rights when a container starts: a tool in
// the entrypoint, or the base image's own entrypoint when nobody replaced it.
func stepsDown(s *repo.Snapshot, d *repo.Dockerfile, stage *dockerfile.Stage) string {
	if !stage.Entrypoint().Present && selfSteppers[stage.Image().Repository()] {
		return "the entrypoint of " + stage.Image().Ref.String()
	}
	if words := stage.Entrypoint().Words; len(words) > 0 && words[0] == "/init" {
		for _, f := range s.Under(d.Dir()) {
			if f.Size < 64<<10 && strings.Contains(f.Path, "s6-") && bytes.Contains(f.Bytes(), []byte("s6-setuidgid")) {
				return "s6-setuidgid (" + f.Path + ")"
			}
		}
	}
	for _, cmd := range s.Commands() {
		if cmd.Source != repo.FromDockerfile || cmd.File != d.File || stage != d.FinalStage() {
			continue
		}
		for i, w := range cmd.Words {
			if base := path.Base(w); steppers[base] && i < 2 {
				return base
			}
		}
	}
	return ""
}
