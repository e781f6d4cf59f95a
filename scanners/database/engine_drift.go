package database

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// EngineDrift finds packages whose settings, migrations and deployment name
// different database engines.
var EngineDrift = check.PerProject(check.Doc{
	ID:         "database/engine-drift",
	Title:      "Settings and deployment name different database engines",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Types, locks, collations and DDL differ between engines: what was tried on the one fails on the other, and a missing variable sends production's data into a local file.",
	How:        "Let every environment use production's engine. Give the setting no default, or one of the same engine.",
	Holds:      "Every place names the same database engine",
	References: []string{
		"https://12factor.net/dev-prod-parity",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	e := &engines{s: s}
	e.code()
	e.migrations()
	e.deployment()
	for _, unit := range e.units() {
		var own, tests []named
		for _, n := range e.list {
			switch {
			case n.source == fromTests && (n.unit == unit || unit == "." || strings.HasPrefix(n.unit, unit+"/")):
				tests = append(tests, n)
			case n.source != fromTests && n.unit == unit:
				own = append(own, n)
			}
		}
		compare(p, unit, own, tests)
	}
})

// compare takes what is nearest to production for what is meant.
func compare(p *check.Pass, unit string, own, tests []named) {
	slices.SortStableFunc(own, func(a, b named) int { return cmp.Compare(b.source, a.source) })
	meant := own[0]
	found := distinct(own)
	if len(found) == 1 {
		if places := distinctPaths(own); places > 1 {
			p.Holds(meant.at, "%s in %d files: %s", meant.engine, places, firstPlaces(own))
		}
		return
	}
	var other []named
	for _, n := range slices.Backward(own) {
		if n.engine != meant.engine {
			other = append(other, n)
		}
	}
	message := fmt.Sprintf("%s in %s, but %s in %s", other[0].engine, place(other[0]), meant.engine, place(meant))
	for _, n := range other[1:] {
		if n.engine != other[0].engine {
			message += fmt.Sprintf(" and %s in %s", n.engine, place(n))
			break
		}
	}
	if len(tests) > 0 {
		message += fmt.Sprintf("; the tests use %s", tests[0].engine)
	}
	problem := p.Report(other[0].at, "%s", message).Keyed("%s %s", unit, other[0].engine)
	said := map[finding.Location]bool{other[0].at: true}
	for _, n := range slices.Concat(own, tests) {
		if !said[n.at] {
			said[n.at] = true
			problem.With(n.at)
		}
	}
}

func place(n named) string { return fmt.Sprintf("%s:%d", n.at.Path, n.at.Line) }

func distinctPaths(list []named) int {
	paths := map[string]bool{}
	for _, n := range list {
		paths[n.at.Path] = true
	}
	return len(paths)
}

// firstPlaces are the first places, in different files.
func firstPlaces(list []named) string {
	var out []string
	seen := map[string]bool{}
	for _, n := range list {
		if !seen[n.at.Path] && len(out) < 4 {
			seen[n.at.Path] = true
			out = append(out, place(n))
		}
	}
	return strings.Join(out, ", ")
}
