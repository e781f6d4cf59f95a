package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ErrorTrackingMissing finds systems whose errors nobody is told about.
var ErrorTrackingMissing = check.PerProject(check.Doc{
	ID:         "observability/error-tracking-missing",
	Title:      "No error tracking",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "An exception in production ends in a log line that nobody reads: the first report of a defect comes from a customer, without a stack trace.",
	How:        "Add the SDK of an error tracker (Sentry, GlitchTip, Rollbar, Bugsnag) to each service and to the frontend, start it before the application is made, and give it the release and the environment.",
	Holds:      "Errors of production are collected",
	References: []string{
		"https://docs.sentry.io/platforms/",
		"https://opentelemetry.io/docs/specs/semconv/exceptions/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil || len(sys.routes) == 0 {
		return
	}
	w := watching(s)
	parts := findParts(s)
	for i := range w.signs {
		g := &w.signs[i]
		if g.gives&seesErrors == 0 || g.soft || g.name == "PostHog" || g.code && g.name == "Sentry" && !parts.started() && !foreignTo(g.file) {
			continue
		}
		p.Holds(g.at, "%s", g.name)
		return
	}
	if claims := parts.claims(); len(claims) > 0 {
		return // observability/sentry-not-initialised says it
	}
	if g, ok := w.first(seesErrors); ok {
		p.Unproven(g.at, "the project speaks of %s; that errors reach it was not found", g.name)
		return
	}
	if g, ok := w.first(seesTraces); ok {
		p.Unproven(g.at, "spans may carry exceptions to %s; whether anybody is told of new ones is not part of this project", g.name)
		return
	}
	at := sys.at
	if !sys.deployed() {
		at = sys.serverAt(s)
	}
	p.Report(at, "no service reports its errors anywhere: nothing that runs loads the SDK of an error tracker").With(sys.also...).Keyed("errors")
})

// started says whether any part starts Sentry.
func (ps *parts) started() bool {
	for _, u := range ps.list {
		if len(u.live) > 0 {
			return true
		}
	}
	return false
}

// foreignTo says whether a file is of a language in which starts of Sentry are not
// looked for.
func foreignTo(f *repo.File) bool {
	return f.Lang != repo.Python && f.Lang != repo.TypeScript && f.Lang != repo.JavaScript
}
