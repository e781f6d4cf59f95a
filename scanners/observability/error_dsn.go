package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ErrorDSN finds where an error tracker is given its address by the environment.
var ErrorDSN = check.PerProject(check.Doc{
	ID:         "observability/error-dsn",
	Title:      "Address of the error tracker is not configured",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "An address that comes from the environment can differ between staging and production, and leaving it out switches reporting off on developers' machines.",
	How:        "Read the DSN from a variable such as SENTRY_DSN, and name that in the deployment.",
	Holds:      "The error tracker's address comes from the environment",
	References: []string{"https://docs.sentry.io/concepts/key-terms/dsn-explainer/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range s.Components() {
		seen := map[string]bool{}
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !meets(s, d) {
				continue
			}
			for _, name := range d.EnvVars {
				if dsnName.MatchString(name) && !seen[name] {
					seen[name] = true
					p.Holds(d.At(), "%s is given to %s", name, c.Name)
				}
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range s.EnvReads() {
		if dsnName.MatchString(r.Name) && !seen[r.Name] && s.Runs(r.File) {
			seen[r.Name] = true
			p.Holds(r.At(), "%s is read", r.Name)
		}
	}
})
