package containers

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposeRestartMissing finds services that stay down when they fall over.
var ComposeRestartMissing = check.PerProject(check.Doc{
	ID:         "containers/compose-restart-missing",
	Title:      "Service without a restart policy",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "A crash, or a reboot of the host after an update, takes the service down until somebody notices and starts it by hand.",
	How:        "Write restart: unless-stopped. Leave it out only for what does one thing and ends.",
	Holds:      "Services come back by themselves",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#restart", "https://docs.docker.com/engine/containers/start-containers-automatically/"},
	Attaches:   finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		if v.Provider.Set() || startedByStack(v.project) {
			continue
		}
		restart := v.Restart
		switch {
		case restart.Value == "no" || restart.Value == "false":
			if staysUp(s, v) {
				p.Report(s.Place(restart.Path, restart.Span), "the service %s is never started again (restart: no)", v.Name).Keyed("%s", v.Name)
			}
		case restart.Set():
			p.Holds(s.Place(restart.Path, restart.Span), "the service %s is started again: %s", v.Name, restart.Value)
		case v.Deploy.RestartPolicy.Set():
			if v.Deploy.RestartPolicy.Value != "none" {
				p.Holds(s.Place(v.Deploy.RestartPolicy.Path, v.Deploy.RestartPolicy.Span), "the service %s is started again: %s", v.Name, v.Deploy.RestartPolicy.Value)
			}
		case endsByItself(s, v.project, v.Service):
		default:
			found := p.Report(v.name(s), "the service %s has no restart policy", v.Name).Keyed("%s", v.Name)
			if f, edit, ok := addToService(s, v.Service, "restart", "restart: unless-stopped"); ok && !v.Deploy.Set() {
				title := "Start " + v.Name + " again when it stops"
				found.WithPatch(title, finding.Safe, editsOf(f, title, "It stays down only when somebody stops it.", edit))
			}
		}
	}
})

// startedByStack says whether a swarm runs the project: it starts services again
// unless it is told not to.
func startedByStack(project *compose.Project) bool {
	return slices.ContainsFunc(project.Runs, func(r compose.Run) bool { return r.Command == "deploy" || r.Command == "stack" })
}

// staysUp says whether a service is plainly one that is meant to keep running.
func staysUp(s *repo.Snapshot, v deployment) bool {
	if len(v.Profiles) > 0 {
		return false
	}
	switch s.RoleOfSpec(v.Service) {
	case repo.RoleDatabase, repo.RoleCache, repo.RoleBroker, repo.RoleProxy, repo.RolePool:
		return !v.Command.Set() && !v.Entrypoint.Set()
	case repo.RoleWorker, repo.RoleScheduler, repo.RoleAPI, repo.RoleWeb:
		return len(v.Ports) > 0 || v.Healthcheck.Present && !v.Healthcheck.Disabled
	}
	return false
}
