package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// LogAggregationMissing finds systems whose logs stay in their containers.
var LogAggregationMissing = check.PerProject(check.Doc{
	ID:         "observability/log-aggregation-missing",
	Title:      "Logs stay in the containers",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "When a container is replaced its log goes with it, often just after the crash that it would have explained; and nobody can search the logs of all services at once.",
	How:        "Run Loki with Alloy or Promtail, Fluent Bit or Vector beside the services, or set a log driver that takes the lines off the host (awslogs, gcplogs, fluentd).",
	Holds:      "Logs are collected",
	References: []string{
		"https://docs.docker.com/engine/logging/configure/",
		"https://grafana.com/docs/loki/latest/get-started/overview/",
		"https://12factor.net/logs",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil {
		return
	}
	if g, ok := watching(s).first(seesLogs); ok {
		if g.soft || g.code && g.gives&apm == apm {
			p.Unproven(g.at, "%s may take the logs", g.name)
		} else {
			p.Holds(g.at, "%s", g.name)
		}
		return
	}
	switch {
	case sys.platform && !sys.deployed():
		p.Unproven(sys.at, "the platform that runs the processes takes their logs; for how long is not part of this project")
	case !sys.deployed():
		p.Unproven(sys.at, "no file says where the system runs, so nothing says where its logs go")
	case !sys.compose:
		p.Unproven(sys.at, "no file of the project collects the logs; the cluster may")
	default:
		severity := finding.Low
		if sys.explicit {
			severity = finding.Medium
		}
		p.Report(sys.at, "the logs of %s stay in their containers: no log driver, no agent, no store of logs takes them", sys.names()).
			As(severity).With(sys.also...).Keyed("logs")
	}
})
