package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// ComposeHealthcheckMissing finds services that nobody can ask whether they work.
var ComposeHealthcheckMissing = check.PerProject(check.Doc{
	ID:         "containers/compose-healthcheck-missing",
	Title:      "Service without a healthcheck",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "A process that hangs counts as running: nothing restarts it, nothing waits for it, and what depends on it starts too early.",
	How:        "Give the service a healthcheck that asks it to do its work: pg_isready, redis-cli ping, a request to its health route. Let dependants wait with condition: service_healthy.",
	Holds:      "Services say whether they are healthy",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#healthcheck", "https://docs.docker.com/compose/how-tos/startup-order/"},
	Peers:      []finding.Peer{check.Same("kics", "healthcheck_not_set")},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		if !endsByItself(s, v.project, v.Service) {
			judgeHealthcheck(p, s, v.Service)
		}
	}
})

// onlyBuilds says whether the project's files only say how images are built.
func onlyBuilds(project *compose.Project) bool {
	for _, v := range project.Services() {
		if !onlyBuild(v) {
			return false
		}
	}
	return len(project.Services()) > 1
}

// onlyBuild says whether the last file that writes the service says no more than
// how its image is built.
func onlyBuild(v *compose.Service) bool {
	for _, e := range v.Node.Entries() {
		if e.Name() != "build" && e.Name() != "image" && e.Name() != "platform" {
			return false
		}
	}
	return v.Build.Set()
}

func judgeHealthcheck(p *check.Pass, s *repo.Snapshot, v *compose.Service) {
	h := v.Healthcheck
	switch {
	case h.Present && h.Disabled:
		p.Report(s.Place(h.Path, h.Span), "the service %s switches its healthcheck off", v.Name).Keyed("%s off", v.Name)
		return
	case h.Present && len(h.Test) > 0:
		p.Holds(s.Place(h.Path, h.Span), "the service %s asks: %s", v.Name, h.TestText)
		return
	}
	if at, ok := imageHealthcheck(s, v); ok {
		p.Holds(at, "the image of the service %s has a healthcheck of its own", v.Name)
		return
	}
	found := p.Report(s.Place(v.Key.Path, v.Key.Span), "the service %s has no healthcheck", v.Name).Keyed("%s", v.Name)
	if set, ok := healthcheckPatch(s, v); ok {
		found.WithPatch(set.Title, finding.Review, set)
	}
}

// imagesWithHealthcheck are images whose makers gave them one, by repository.
var imagesWithHealthcheck = map[string]bool{
	"vaultwarden/server": true, "axllent/mailpit": true, "louislam/uptime-kuma": true, "prodrigestivill/postgres-backup-local": true,
	"containrrr/watchtower": true, "pihole/pihole": true, "gotify/server": true, "jellyfin/jellyfin": true, "filebrowser/filebrowser": true,
}

// imageHealthcheck is the HEALTHCHECK of the image that the service runs, as far
// as the project's files tell: that of the Dockerfile it builds, or that the
// service of the same name builds elsewhere.
func imageHealthcheck(s *repo.Snapshot, v *compose.Service) (at finding.Location, ok bool) {
	if imagesWithHealthcheck[v.Image.Repository()] && !v.Build.Set() {
		return s.Place(v.Image.Path, v.Image.Span), true
	}
	specs := []*compose.Service{v}
	if !v.Build.Set() {
		for _, other := range s.Services() {
			if other.Name != v.Name {
				continue
			}
			for _, d := range other.Declarations {
				specs = append(specs, d.Spec)
			}
		}
	}
	for _, spec := range specs {
		d := s.DockerfileOf(spec)
		if d == nil {
			continue
		}
		if stage := d.Spec.Target(spec.Build.Target.Value); stage.Exists() {
			if h := stage.Healthcheck(); h.Present && !h.Disabled {
				return d.At(h.Span), true
			}
		}
	}
	return at, false
}

// endsByItself says whether a service does one thing and ends, or is started by
// hand: it has no health to ask for.
func endsByItself(s *repo.Snapshot, project *compose.Project, v *compose.Service) bool {
	switch s.RoleOfSpec(v) {
	case repo.RoleMigration, repo.RoleBackup:
		return !loops(v)
	}
	restart := v.Restart.Value
	if restart == "no" || restart == "false" || v.Deploy.RestartPolicy.Value == "none" {
		return true
	}
	for _, profile := range v.Profiles {
		if words := secret.Parts(profile.Value); slices.ContainsFunc(words, isOccasional) {
			return true
		}
	}
	for _, other := range project.Services() {
		for _, d := range other.DependsOn {
			if d.Service == v.Name && d.Condition == "service_completed_successfully" {
				return true
			}
		}
	}
	always := restart == "always" || strings.HasPrefix(restart, "unless")
	return !always && slices.ContainsFunc(secret.Parts(v.Name), isOccasional)
}

// loops says whether the command starts again and again by itself.
func loops(v *compose.Service) bool {
	line := v.Entrypoint.Text + " " + v.Command.Text
	return strings.Contains(line, "while ") || strings.Contains(line, "sleep ") || strings.Contains(line, "cron")
}

func isOccasional(word string) bool {
	switch word {
	case "init", "setup", "seed", "seeder", "migrate", "migration", "migrations", "migrator", "backup", "backups", "restore", "job", "jobs", "tools", "tool", "cli", "debug", "test", "tests", "bootstrap", "createbuckets", "permissions", "oneshot", "manual", "maintenance":
		return true
	}
	return false
}
