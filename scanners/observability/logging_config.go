package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// LoggingConfig finds where a logger is set up.
var LoggingConfig = check.PerProject(check.Doc{
	ID:         "observability/logging-config",
	Title:      "No logging set up",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Levels and formats that are set in one place can be changed in one place.",
	How:        "Set the logger up where the application starts.",
	Holds:      "Logging is set up",
	References: []string{"https://docs.python.org/3/howto/logging.html", "https://getpino.io/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[string]bool{}
	for _, l := range s.LogSetups() {
		if key := s.UnitDir(l.File) + l.Library; s.Runs(l.File) && !said[key] {
			said[key] = true
			p.Holds(l.File.At(l.Span), "%s is set up", l.Library)
		}
	}
})
