package observability

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// MetricsMissing finds servers that say nothing about their load in numbers.
var MetricsMissing = check.PerProject(check.Doc{
	ID:         "observability/metrics-missing",
	Title:      "No application metrics",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "Rates, latencies and errors of requests are known to nobody: there is nothing to alert on, and no way to tell whether a release made things slower.",
	How:        "Add the framework's instrumentation (prometheus-fastapi-instrumentator, prom-client, django-prometheus, promhttp) and serve /metrics to the network that the monitoring is in.",
	Holds:      "The application measures itself",
	References: []string{
		"https://prometheus.io/docs/instrumenting/clientlibs/",
		"https://prometheus.io/docs/practices/instrumentation/",
		"https://opentelemetry.io/docs/concepts/signals/metrics/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil || !sys.apis() {
		return
	}
	for _, r := range sys.routes {
		if r.Path == "/metrics" || strings.HasSuffix(r.Path, "/metrics") && strings.HasPrefix(r.Path, "/actuator") {
			p.Holds(r.At(), "the route %s", r.Path)
			return
		}
	}
	w := watching(s)
	var soft *sign
	for i := range w.signs {
		g := &w.signs[i]
		switch {
		case g.gives&seesMetrics == 0:
		case g.code:
			p.Holds(g.at, "%s", g.name)
			return
		case soft == nil:
			soft = g
		}
	}
	if at, ok := otelMetrics(s); ok {
		p.Holds(at, "metrics of OpenTelemetry")
		return
	}
	if at, name, ok := ownMetric(s); ok {
		p.Holds(at, "%s", name)
		return
	}
	if soft != nil && !strings.Contains(soft.name, "Prometheus") && soft.name != "cAdvisor" && soft.name != "Netdata" {
		p.Unproven(soft.at, "%s may measure the application from outside", soft.name)
		return
	}
	p.Report(sys.serverAt(s), "the server measures nothing: no route /metrics, no client of Prometheus, no metrics of OpenTelemetry").Keyed("metrics")
})

// otelMetrics is where running code sets up metrics of OpenTelemetry.
func otelMetrics(s *repo.Snapshot) (at finding.Location, ok bool) {
	for _, src := range s.RunningSources("opentelemetry") {
		for _, m := range src.Modules() {
			if strings.Contains(m, "opentelemetry") && (strings.Contains(m, "metric") || strings.Contains(m, "prometheus") || strings.Contains(m, "sdk-node") || strings.Contains(m, "auto-instrumentations")) {
				return src.Start(), true
			}
		}
	}
	return at, false
}
