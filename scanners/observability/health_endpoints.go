package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// HealthEndpoints lists the routes that say whether a service is alive.
var HealthEndpoints = check.PerProject(check.Doc{
	ID:         "observability/health-endpoints",
	Title:      "No health endpoints",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "What has a health route can be watched and restarted by whatever runs it.",
	How:        "Answer GET /health in each service.",
	Holds:      "Services have health endpoints",
	References: []string{"https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[string]bool{}
	routes := s.Routes()
	for i := range routes {
		r := &routes[i]
		key := s.UnitDir(r.File) + "\x00" + r.Path
		if isHealth(r.Path) && (r.Method == "GET" || r.Method == "ANY") && r.Mounted && s.Runs(r.File) && !seen[key] {
			seen[key] = true
			p.Holds(r.At(), "%s of %s", r.Path, s.UnitDir(r.File))
		}
	}
})
