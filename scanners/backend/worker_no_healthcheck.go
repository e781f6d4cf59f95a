package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// WorkerNoHealthcheck finds workers that nobody can tell from dead ones.
var WorkerNoHealthcheck = check.PerProject(check.Doc{
	ID:         "backend/worker-no-healthcheck",
	Title:      "Worker without a healthcheck",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "A worker has no port that fails: when it hangs on a lost connection the process stays, jobs pile up, and the first to notice are those who wait for them.",
	How:        "Let the worker be asked: celery inspect ping, rq's worker keys, a file that every job touches; as healthcheck in compose or as liveness probe, and let it be restarted when it fails.",
	Holds:      "Workers are asked whether they work",
	References: []string{
		"https://docs.celeryq.dev/en/stable/userguide/monitoring.html",
		"https://python-rq.org/docs/workers/",
		"https://docs.docker.com/reference/compose-file/services/#healthcheck",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range s.Components() {
		if c.Role != repo.RoleWorker {
			continue
		}
		var bare, tried []*repo.Deployment
		for i := range c.Deployments {
			d := &c.Deployments[i]
			switch {
			case d.Means == repo.ByCompose && d.Env == compose.Dev && d.Health == nil && !saysDev(d.File.Name()):
				tried = append(tried, d)
			case d.Means == repo.ByProcfile, !d.Env.Deployed() && d.Env != compose.Base, d.Env == compose.Base && len(c.In(compose.Prod)) > 0:
			case d.Means == repo.ByKubernetes && (d.Kind == "Job" || d.Kind == "CronJob"):
			case d.Kube != nil && d.Kube.Unsure != "":
			case d.Means == repo.ByCompose && d.Compose != nil && (d.Compose.Spec.Healthcheck.Present && d.Compose.Spec.Healthcheck.Disabled || partOnly(d.Compose.Spec)):
			case d.Health != nil:
				at := d.At()
				if d.Health.File != nil {
					at = d.Health.File.At(d.Health.Span)
				}
				p.Holds(at, "the worker %s has a %s", c.Name, d.Health.From)
			default:
				bare = append(bare, d)
			}
		}
		if len(bare) == 0 {
			if len(tried) > 0 && len(tried) == len(c.Deployments) {
				p.Report(tried[0].At(), "the worker %s, which production does not declare, has no healthcheck", c.Name).Keyed("%s", c.Name).As(finding.Medium)
			}
			continue
		}
		found := p.Report(bare[0].At(), "the worker %s has no %s", c.Name, signOf(bare[0])).Keyed("%s", c.Name)
		for _, d := range bare[1:] {
			found.With(d.At())
		}
	}
})

// saysDev says whether a compose file's own name is that of development; one that
// has no such name is, beside a file of production, what that was made from.
func saysDev(name string) bool {
	env, _ := compose.EnvOf(name)
	return env == compose.Dev
}

// partOnly says whether the service is extended elsewhere, and its healthcheck
// with it.
func partOnly(v *compose.Service) bool {
	return v.Node.Get("extends") != nil || strings.HasPrefix(v.Name, "x-")
}

func signOf(d *repo.Deployment) string {
	if d.Means == repo.ByKubernetes {
		return "liveness probe"
	}
	return "healthcheck"
}
