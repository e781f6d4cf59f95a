package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SeedData tells projects that fill an empty database by a script.
var SeedData = check.PerProject(check.Doc{
	ID:         "database/seed-data",
	Title:      "Seed data",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A new machine has the same rows as every other after one command.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "A script seeds the database",
	References: []string{"https://www.prisma.io/docs/orm/prisma-migrate/workflows/seeding"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if len(s.Models()) == 0 && len(s.MigrationHistories()) == 0 {
		return // what is seeded is no database
	}
	if at, what, ok := seeds(s); ok {
		p.Holds(at, "%s", what)
	}
})
