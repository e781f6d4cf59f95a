package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// MonitoringMissing finds systems that are deployed and that nothing measures.
var MonitoringMissing = check.PerProject(check.Doc{
	ID:         "observability/monitoring-missing",
	Title:      "No monitoring",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "Nobody sees a full disk, a leak or an outage before customers do, and afterwards nothing says when it began.",
	How:        "Run Prometheus with Grafana beside the services, or an agent of a hosted service such as Datadog, and let it collect from the host, the containers and the application.",
	Holds:      "Production is monitored",
	References: []string{
		"https://prometheus.io/docs/introduction/overview/",
		"https://grafana.com/docs/grafana/latest/getting-started/get-started-grafana-prometheus/",
		"https://sre.google/sre-book/monitoring-distributed-systems/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil {
		return
	}
	w := watching(s)
	var exposes *sign
	for i := range w.signs {
		g := &w.signs[i]
		switch {
		case g.gives&(seesMetrics|sendsAlerts) == 0:
		case g.soft, g.code && g.gives&sendsAlerts == 0:
			if exposes == nil {
				exposes = g
			}
		default:
			p.Holds(g.at, "%s", g.name)
			return
		}
	}
	switch {
	case exposes != nil:
		p.Unproven(exposes.at, "the system speaks to %s; who collects and watches that is not part of this project", exposes.name)
	case sys.platform && !sys.deployed():
		p.Unproven(sys.at, "the platform that runs the processes may monitor them")
	case !sys.deployed():
		p.Unproven(sys.at, "no file says where the system runs, so nothing says what monitors it")
	case !sys.compose:
		p.Unproven(sys.at, "no file of the project monitors its workloads; the cluster may")
	default:
		severity := finding.Medium // who runs it may be others, with a monitoring of their own
		if sys.explicit {
			severity = finding.Critical
		}
		p.Report(sys.at, "nothing monitors %s: no Prometheus, no Grafana, no agent, no collector runs beside it", sys.names()).
			As(severity).With(sys.also...).Keyed("monitoring")
	}
})
