package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Tracing says where spans are taken and sent.
var Tracing = check.PerProject(check.Doc{
	ID:         "observability/tracing",
	Title:      "No tracing",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "A trace shows where a slow or failed request spent its time, over all services.",
	How:        "Start OpenTelemetry in each service, or let the mesh do it, and run Jaeger or Tempo to keep the spans.",
	Holds:      "Requests are traced",
	References: []string{"https://opentelemetry.io/docs/concepts/signals/traces/", "https://www.jaegertracing.io/docs/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, what, ok := tracingStarts(s); ok {
		p.Holds(at, "%s starts it", what)
	}
	said := map[string]bool{}
	for _, g := range watching(s).signs {
		if g.gives&seesTraces != 0 && !g.soft && !g.code && !said[g.name] {
			said[g.name] = true
			p.Holds(g.at, "%s", g.name)
		}
	}
})
