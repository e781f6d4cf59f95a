// Package observability checks whether people learn what happens in production.
package observability

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SentryNotInitialised finds packages and services that are given a DSN or an
// SDK of Sentry and never start it.
var SentryNotInitialised = check.PerProject(check.Doc{
	ID:         "observability/sentry-not-initialised",
	Title:      "Sentry configured, never started",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "No error of production is reported to anyone, while the settings make it look as if it were.",
	How:        "Call sentry_sdk.init or Sentry.init with the DSN before the application is made; with Next.js do so in instrumentation.ts and instrumentation-client.ts.",
	Holds:      "Sentry is started",
	References: []string{
		"https://docs.sentry.io/platforms/python/",
		"https://docs.sentry.io/platforms/javascript/guides/nextjs/manual-setup/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	parts := findParts(s)
	failing := map[*part]*check.Problem{}
	held := map[*part]bool{}
	for _, c := range parts.claims() {
		if started := c.started(); started != nil {
			if !held[started] {
				held[started] = true
				start := started.live[0]
				p.Holds(start.at, "%s is called in %s", start.call, start.at.Path)
			}
			continue
		}
		of := c.parts[0]
		for _, candidate := range c.parts {
			if failing[candidate] != nil {
				of = candidate
				break
			}
		}
		if problem := failing[of]; problem != nil {
			problem.With(c.at)
			continue
		}
		failing[of] = p.Report(c.at, "%s in %s, but nothing that runs in %s calls %s%s", c.what, c.at.Path, of.label(), of.call(), of.unreached()).Keyed("%s %s", of.dir, of.stack)
		for _, dead := range of.dead {
			failing[of].With(dead.at)
		}
	}
})

// unreached says what looks like a start and is none.
func (u *part) unreached() string {
	var said []string
	for _, d := range u.dead {
		said = append(said, fmt.Sprintf("the call in %s %s", d.at.Path, d.why))
		if len(said) == 3 {
			break
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "; " + strings.Join(said, ", ")
}

// label names the part in a message.
func (u *part) label() string {
	if u.dir == "." {
		return "the project's " + string(u.stack) + " code"
	}
	return u.dir
}

func (u *part) call() string {
	if u.stack == python {
		return "sentry_sdk.init"
	}
	return "Sentry.init"
}
