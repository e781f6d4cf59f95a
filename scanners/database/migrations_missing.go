package database

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/model"
	"drydock/internal/repo/sqlfile"
)

// MigrationsMissing finds models whose tables no migration creates.
var MigrationsMissing = check.PerProject(check.Doc{
	ID:         "database/migrations-missing",
	Title:      "Models without migrations",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "A database that holds data cannot be brought to the next version of the schema: it is changed by hand, or made anew and empty.",
	How:        "Make a first migration from the models (prisma migrate dev --name init, alembic revision --autogenerate, manage.py makemigrations, drizzle-kit generate), track it, and mark it as applied where the tables are there already.",
	Holds:      "Migrations create the tables of the models",
	References: []string{
		"https://www.prisma.io/docs/orm/prisma-migrate", "https://alembic.sqlalchemy.org/en/latest/autogenerate.html",
		"https://docs.djangoproject.com/en/stable/topics/migrations/", "https://orm.drizzle.team/docs/migrations",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	histories := slices.DeleteFunc(slices.Clone(s.MigrationHistories()), func(h *repo.MigrationHistory) bool { return h.Role != repo.Production })
	dirs, byDir := tables(s)
	for _, dir := range dirs {
		byORM := map[model.ORM][]*repo.Model{}
		var orms []model.ORM
		for _, m := range relational(s, byDir[dir]) {
			if o := ormOf(m); byORM[o] == nil {
				orms = append(orms, o)
			}
			byORM[ormOf(m)] = append(byORM[ormOf(m)], m)
		}
		for _, orm := range orms {
			list := byORM[orm]
			if h := historyFor(histories, dir); h != nil {
				p.Holds(h.Migrations[0].Start(), "%s of %s in %s", count(len(h.Migrations), "migration"), string(h.Tool), h.Dir)
				continue
			}
			if len(histories) > 0 || isIntrospected(s, dir) || createdBySQL(s, list) {
				continue // the tables may be another package's
			}
			if orm == model.Prisma && managedByHost(s, list[0]) {
				p.Unproven(modelAt(list[0]), "%s leaves foreign keys to Prisma, as hosts ask for that change schemas themselves: how is not told", list[0].Path)
				continue
			}
			found := p.Report(modelAt(list[0]), "%s has %s of %s and no migration%s", dirName(dir), count(len(list), "model"), ormNames[orm], instead(s, dir)).Keyed("%s %s", dir, orm)
			for _, m := range list[1:min(len(list), 10)] {
				found.With(modelAt(m))
			}
		}
	}
})

// historyFor is a history of the package, or of one beside or around it.
func historyFor(histories []*repo.MigrationHistory, dir string) *repo.MigrationHistory {
	for _, h := range histories {
		if contains(dir, h.Dir) && len(h.Migrations) > 0 {
			return h
		}
	}
	return nil
}

// isIntrospected says whether the schema is read from a database that somebody
// else migrates.
func isIntrospected(s *repo.Snapshot, dir string) bool {
	for _, u := range s.Units() {
		if u.Dir != dir {
			continue
		}
		for _, script := range u.Scripts {
			if strings.Contains(script.Command, "db pull") || strings.Contains(script.Command, "introspect") {
				return true
			}
		}
	}
	return false
}

// createdBySQL says whether files of SQL create most of the tables.
func createdBySQL(s *repo.Snapshot, list []*repo.Model) bool {
	created := map[string]bool{}
	for _, f := range s.SQLFiles() {
		if f.Role != repo.Production {
			continue
		}
		for _, st := range f.Spec.Statements {
			if st.Kind == sqlfile.CreateTable {
				created[strings.ToLower(st.Name.Name)] = true
			}
		}
	}
	n := 0
	for _, m := range list {
		if created[strings.ToLower(tableName(m))] {
			n++
		}
	}
	return 2*n >= len(list)
}

// managedByHost says whether a schema is for a host that takes changes by its own
// way, in branches.
func managedByHost(s *repo.Snapshot, m *repo.Model) bool {
	return slices.ContainsFunc(s.PrismaSchemas(), func(f *repo.PrismaSchema) bool { return f.Dir() == m.Dir() && f.Mentions("relationMode") })
}

// instead says what brings the schema into the database now, as far as a script
// of the package tells.
func instead(s *repo.Snapshot, dir string) string {
	for _, u := range s.Units() {
		if u.Dir != dir {
			continue
		}
		for _, script := range u.Scripts {
			if strings.Contains(script.Command, "db push") || strings.Contains(script.Command, "drizzle-kit push") {
				return "; the script " + script.Name + " pushes the schema as it is"
			}
		}
	}
	return ""
}
