package database

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SeedMissing finds projects with models and nothing that fills an empty database.
var SeedMissing = check.PerProject(check.Doc{
	ID:         "database/seed-missing",
	Title:      "No seed data",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "Every new machine and every preview starts empty: people fill it in by hand, each with something else.",
	How:        "Write a script that makes a small, fixed set of rows and may be run twice, and give it a name: npm run seed, make seed, a management command.",
	Holds:      "A script seeds the database",
	References: []string{"https://www.prisma.io/docs/orm/prisma-migrate/workflows/seeding", "https://docs.djangoproject.com/en/stable/howto/initial-data/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	dirs, byDir := tables(s)
	n := 0
	var first *repo.Model
	for _, dir := range dirs {
		for _, m := range byDir[dir] {
			if first == nil {
				first = m
			}
			n++
		}
	}
	if n < minTables {
		return
	}
	if at, what, ok := seeds(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	p.Report(modelAt(first), "%s and no script that seeds them", count(n, "table")).Keyed("seed")
})

// minTables is how many tables a project has before what all of them lack says
// something.
const minTables = 3

// seeds is what fills an empty database: a task, a file by its name, fixtures.
func seeds(s *repo.Snapshot) (at finding.Location, what string, ok bool) {
	for _, t := range s.Tasks() {
		if t.Role == repo.Production && isSeedName(t.Name) {
			return t.At(t.Span), "the task " + t.Name + " seeds the database", true
		}
	}
	for _, f := range s.Files() {
		if f.Role.Foreign() || f.Role == repo.Docs || f.Role == repo.Test || f.Blank() {
			continue
		}
		stem := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
		folder := path.Base(f.Dir())
		switch {
		case isSeedName(stem) || isSeedName(folder):
			return f.Start(), f.Path + " holds seed data", true
		case folder == "fixtures" && (f.Lang == repo.JSON || f.Lang == repo.YAML) && !strings.Contains(f.Path, "test"):
			return f.Start(), f.Path + " is a fixture to load", true
		}
	}
	return at, "", false
}

// isSeedName says whether a name has a word that seeding goes by.
func isSeedName(name string) bool {
	lower := strings.ToLower(name)
	for _, w := range strings.FieldsFunc(lower, func(r rune) bool { return strings.ContainsRune("-_:. ", r) }) {
		switch w {
		case "seed", "seeds", "seeder", "seeders", "seeding", "populatedb", "loaddata", "populate":
			return true
		}
	}
	for _, w := range []string{"initial_data", "initial-data", "sample_data", "sampledata", "demo_data", "demo-data", "seeddata", "init_data", "create_superuser", "createsuperuser", "first_superuser", "fake_data"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}
