package containers

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposeWorkerMissingInProd finds workers and schedulers that development has
// and production has not.
var ComposeWorkerMissingInProd = check.PerProject(check.Doc{
	ID:         "containers/compose-worker-missing-in-prod",
	Title:      "Worker missing in production",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Jobs are accepted and put on the queue, and nobody does them: mails are not sent, imports never end, and no error says so.",
	How:        "Add the service to the production compose file with the production image and settings, a restart policy and a healthcheck, without the development's mounts and ports.",
	Holds:      "Production runs the workers that development has",
	References: []string{"https://docs.docker.com/compose/how-tos/production/", "https://docs.docker.com/reference/compose-file/services/"},
	Fix:        finding.AddWorker(),
}, func(p *check.Pass, s *repo.Snapshot) {
	used := map[*repo.Service]bool{}
	for _, v := range s.Services() {
		if v.Role != repo.RoleWorker && v.Role != repo.RoleScheduler {
			continue
		}
		development, production := v.In(compose.Dev), v.In(compose.Prod)
		if development == nil {
			continue
		}
		target := productionOf(s, development)
		switch {
		case target == nil:
			continue // nothing to compare with
		case production != nil:
			judgeDeclared(p, s, v, development, production)
		case renamed(p, s, v, target, used) || runsElsewhere(s, v, target):
		default:
			p.Report(s.At(development), "the %s %s runs in development and not in %s", v.Role, v.Name, target.Path()).Keyed("%s", v.Name)
		}
	}
})

// productionOf is the production project of the system that a development
// declaration belongs to: one that shares a service with it.
func productionOf(s *repo.Snapshot, d *repo.Declaration) *compose.Project {
	for _, v := range s.Services() {
		inDevelopment := slices.ContainsFunc(v.Declarations, func(o repo.Declaration) bool { return o.Project == d.Project })
		if o := v.In(compose.Prod); o != nil && inDevelopment {
			return o.Project
		}
	}
	return nil
}

// judgeDeclared looks at a worker that production declares: it must also start.
func judgeDeclared(p *check.Pass, s *repo.Snapshot, v *repo.Service, development, production *repo.Declaration) {
	spec := production.Spec
	for _, profile := range spec.Profiles {
		if len(development.Spec.Profiles) == 0 && !profileUsed(s, profile.Value) {
			p.Report(s.At(development), "the %s %s starts in production only with the profile %s, which nothing asks for", v.Role, v.Name, profile.Value).
				With(s.Place(profile.Path, profile.Span)).Keyed("%s", v.Name).NotFixable()
			return
		}
	}
	if spec.Deploy.Replicas.Value == "0" {
		p.Report(s.At(development), "the %s %s has 0 replicas in production", v.Role, v.Name).
			With(s.Place(spec.Deploy.Replicas.Path, spec.Deploy.Replicas.Span)).Keyed("%s", v.Name).NotFixable()
		return
	}
	p.Holds(s.At(production), "the %s %s runs in production", v.Role, v.Name)
}

// profileUsed says whether any file starts the profile or tells people to.
func profileUsed(s *repo.Snapshot, profile string) bool {
	for _, f := range s.Files() {
		if f.Size > 256<<10 {
			continue
		}
		for _, words := range []string{"--profile " + profile, "--profile=" + profile, "COMPOSE_PROFILES=" + profile, "COMPOSE_PROFILES=*"} {
			if bytes.Contains(f.Bytes(), []byte(words)) {
				return true
			}
		}
	}
	return false
}

// renamed says whether production has a service of the same role that
// development has not: the same worker by another name. Each counts once.
func renamed(p *check.Pass, s *repo.Snapshot, v *repo.Service, target *compose.Project, used map[*repo.Service]bool) bool {
	for _, other := range s.Services() {
		o := other.In(compose.Prod)
		if o == nil || o.Project != target || other.In(compose.Dev) != nil || used[other] || other.Role != v.Role || len(o.Spec.Profiles) > 0 {
			continue
		}
		used[other] = true
		p.Holds(s.At(o), "the %s %s runs in production as %s", v.Role, v.Name, other.Name)
		return true
	}
	return false
}

// runsElsewhere says whether anything else starts a process of the role where
// production runs: a command of the project, a Kubernetes object, a Procfile, a
// platform's file.
func runsElsewhere(s *repo.Snapshot, v *repo.Service, target *compose.Project) bool {
	for _, cmd := range s.Commands() {
		inProject := cmd.Source == repo.FromCompose && cmd.Env == compose.Prod && target.Effective(cmd.Owner) != nil
		if (inProject || cmd.Source == repo.FromProcfile) && (repo.RoleOfCommand(cmd.Words) == v.Role || cmd.Source == repo.FromProcfile && strings.Contains(cmd.Owner, v.Name)) {
			return true
		}
		if cmd.Source == repo.FromDockerfile && cmd.Via != nil && repo.RoleOfCommand(cmd.Words) == v.Role && buildsIn(s, target, cmd.File) {
			return true
		}
		if (inProject || cmd.Source == repo.FromDockerfile) && isSupervisor(cmd.Name()) {
			return true // it starts what another file lists
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production || o.PodSpec() == nil {
			continue
		}
		for _, c := range o.Containers() {
			words := append(c.Get("command").Strings(), c.Get("args").Strings()...)
			if repo.RoleOfCommand(words) == v.Role || strings.Contains(o.Name, v.Name) || strings.Contains(c.Get("name").Str(), v.Name) {
				return true
			}
		}
	}
	for _, f := range s.Production() {
		switch path.Base(f.Path) {
		case "render.yaml", "fly.toml", "heroku.yml", "app.yaml", "railway.json", "Chart.yaml", "nomad.hcl":
			if bytes.Contains(f.Bytes(), []byte(v.Role)) || bytes.Contains(f.Bytes(), []byte(v.Name)) {
				return true
			}
		}
	}
	return false
}

// buildsIn says whether a service of the project builds the Dockerfile and
// starts it as the image says.
func buildsIn(s *repo.Snapshot, project *compose.Project, file *repo.File) bool {
	return slices.ContainsFunc(project.Services(), func(v *compose.Service) bool {
		d := s.DockerfileOf(v)
		return d != nil && d.File == file && !v.Entrypoint.Set()
	})
}

func isSupervisor(name string) bool {
	switch name {
	case "supervisord", "honcho", "foreman", "overmind", "hivemind", "pm2", "pm2-runtime", "s6-svscan", "runsvdir":
		return true
	}
	return false
}
