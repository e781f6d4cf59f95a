package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// UptimeMissing finds systems that nobody asks from outside whether they answer.
var UptimeMissing = check.PerProject(check.Doc{
	ID:         "observability/uptime-missing",
	Title:      "No uptime check",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "A certificate that ran out, a wrong DNS record or a dead proxy stops every request while all containers say they are healthy.",
	How:        "Let a blackbox exporter, Uptime Kuma, Gatus or a hosted service ask the public health address every minute and tell somebody when it fails twice.",
	Holds:      "Somebody asks from outside",
	References: []string{
		"https://github.com/prometheus/blackbox_exporter",
		"https://gatus.io/docs",
		"https://sre.google/sre-book/monitoring-distributed-systems/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil {
		return
	}
	w := watching(s)
	if g, ok := w.first(seesUptime); ok && !g.soft && !g.code {
		p.Holds(g.at, "%s", g.name)
		return
	}
	for _, c := range s.Observability().Prometheus {
		if c.Role == repo.Production && len(c.Spec.Scrapes) > 0 && deployedPath(c.Path) && !mountedByDevelopers(s, c.Path) {
			p.Report(c.Where(c.Spec.Scrapes[0].Span), "Prometheus asks the services from inside; no scrape asks the public address through a blackbox exporter").Keyed("uptime")
			return
		}
	}
	p.Unproven(sys.at, "no file of the project asks from outside whether the system answers; a hosted service may")
})
