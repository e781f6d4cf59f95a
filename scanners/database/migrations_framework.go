package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// MigrationsFramework tells projects whose schema changes are kept by a tool.
var MigrationsFramework = check.PerProject(check.Doc{
	ID:         "database/migrations-framework",
	Title:      "Schema changes are migrations",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Each change of the schema is reviewed, ordered and repeatable.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "Schema changes are migrations",
	References: []string{"https://alembic.sqlalchemy.org/en/latest/", "https://www.prisma.io/docs/orm/prisma-migrate"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, f := range lines(s, func(*repo.MigrationHistory) bool { return true }) {
		n := 0
		heads := 0
		sound := true
		for _, h := range f.parts {
			sound = sound && (len(h.Heads) == 1 || oneRoot(h)) && len(h.Missing)+len(h.Duplicates)+len(h.Looped) == 0
			heads += len(h.Heads)
			for _, m := range h.Migrations {
				if !m.Empty || m.Computed {
					n++
				}
			}
		}
		switch {
		case n == 0 || !sound:
		case heads > len(f.parts):
			p.Holds(f.history[0].Start(), "%s: %s in %s, which have to be merged", toolName(f.tool()), count(n, "migration"), f.dir)
		default:
			p.Holds(f.history[0].Start(), "%s: %s in %s, one head", toolName(f.tool()), count(n, "migration"), f.dir)
		}
	}
})

// oneRoot says whether all migrations of a history come from one first one, so that
// two heads are branches that nobody has merged yet (database/migration-heads).
func oneRoot(h *repo.MigrationHistory) bool {
	roots := 0
	for _, m := range h.Migrations {
		if len(m.Parents) == 0 {
			roots++
		}
	}
	return roots == 1
}

func toolName(t migration.Tool) string {
	switch t {
	case migration.Alembic:
		return "Alembic"
	case migration.Prisma:
		return "Prisma"
	case migration.DjangoTool:
		return "Django"
	case migration.FlywayTool:
		return "Flyway"
	case migration.PlainSQL:
		return "SQL"
	}
	return string(t)
}
