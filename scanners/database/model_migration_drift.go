package database

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/model"
	"drydock/internal/repo/schema"
)

// ModelMigrationDrift finds tables and columns that models declare and migrations
// never make.
var ModelMigrationDrift = check.PerProject(check.Doc{
	ID:         "database/model-migration-drift",
	Title:      "Models and migrations disagree",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "The code asks for a column that the migrated database does not have: every query of that table fails on a fresh database, whatever works on the developer's.",
	How:        "Make the missing revision (alembic revision --autogenerate, prisma migrate dev), read it, and have CI run alembic check or prisma migrate diff --exit-code.",
	Holds:      "Migrations make every table and column of the models",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/autogenerate.html#running-alembic-check-to-test-for-new-upgrade-operations",
		"https://www.prisma.io/docs/orm/reference/prisma-cli-reference#migrate-diff",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	dirs, byDir := tables(s)
	for _, dir := range dirs {
		for _, orm := range []model.ORM{model.Prisma, model.SQLAlchemy} {
			var list []*repo.Model
			for _, m := range byDir[dir] {
				if ormOf(m) == orm {
					list = append(list, m)
				}
			}
			if h := onlyHistory(s, dir, orm); h != nil && len(list) > 0 {
				compareModels(p, dir, list, h)
			}
		}
	}
})

// onlyHistory is the history of the library's tool that belongs to a package, nil
// when there is none or more than one, or when some of it cannot be read.
func onlyHistory(s *repo.Snapshot, dir string, orm model.ORM) (only *repo.MigrationHistory) {
	tool := migration.Alembic
	if orm == model.Prisma {
		tool = migration.Prisma
	}
	for _, h := range s.MigrationHistories() {
		if h.Role != repo.Production || !contains(dir, h.Dir) {
			continue
		}
		if only != nil || h.Tool != tool || h.Computed || len(h.Missing) > 0 || len(h.Heads) != 1 {
			return nil
		}
		only = h
	}
	return only
}

func compareModels(p *check.Pass, dir string, list []*repo.Model, h *repo.MigrationHistory) {
	var ops [][]migration.Op
	for _, m := range h.Migrations {
		if m.Computed {
			return
		}
		ops = append(ops, m.Up)
	}
	folded := migration.Fold(ops...)
	if folded.Unsure {
		return
	}
	tablesByName := map[string]*schema.Table{}
	for name, t := range folded.Tables {
		tablesByName[strings.ToLower(name)] = t
	}
	var at []finding.Location
	var names []string
	judged, missing := 0, 0
	for _, m := range list {
		name := m.Spec.Table.Name
		if name == "" || m.Spec.Computed {
			continue
		}
		t := tablesByName[strings.ToLower(name)]
		judged++
		if t == nil {
			missing++
			at = append(at, modelAt(m))
			names = append(names, "the table "+name)
			continue
		}
		if m.Spec.Open || folded.Open[t.Name] || folded.Open[name] {
			continue
		}
		have := map[string]bool{}
		for _, c := range t.Columns {
			have[strings.ToLower(c.Name)] = true
		}
		for _, c := range m.Spec.Table.Columns {
			if c.Name != "" && !have[strings.ToLower(c.Name)] {
				at = append(at, m.At(c.Span))
				names = append(names, name+"."+c.Name)
			}
		}
	}
	switch {
	case judged == 0 || 2*missing > judged && missing > 1:
		return // the migrations are for another set of models
	case len(at) > 0:
		p.Report(at[0], "the models of %s have what no migration in %s makes: %s", dirName(dir), h.Dir, some(names)).With(at[1:min(len(at), maxPlaces)]...).Keyed("%s", dir)
	default:
		p.Holds(modelAt(list[0]), "the migrations in %s make every column of %s", h.Dir, count(judged, "model"))
	}
}
