package database

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/model"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// IndexMissing finds foreign keys that no index serves.
var IndexMissing = check.PerProject(check.Doc{
	ID:         "database/index-missing",
	Title:      "Foreign key without an index",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "PostgreSQL and SQLite make no index for a foreign key: each join over it, and each delete on the other side, reads the whole table.",
	How:        "Add an index on the columns (@@index([userId]), index=True) and create it CONCURRENTLY in a migration.",
	Holds:      "Foreign keys have indexes",
	References: []string{
		"https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK", "https://www.prisma.io/docs/orm/prisma-schema/data-model/indexes",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	dirs, byDir := tables(s)
	for _, dir := range dirs {
		list := relational(s, byDir[dir])
		folded := foldedFor(s, dir)
		total := 0
		var lacks []finding.Location
		var names []string
		for _, m := range list {
			if indexesItself(s, m) {
				continue
			}
			for _, key := range foreignKeys(m) {
				total++
				if m.Spec.Open || covered(m, key.columns) || coveredInDatabase(folded, m, key.columns) {
					continue
				}
				lacks = append(lacks, key.at)
				names = append(names, tableName(m)+"."+strings.Join(key.columns, ","))
			}
		}
		switch {
		case len(lacks) > 0:
			problem := p.Report(lacks[0], "%d of %s in %s have no index: %s", len(lacks), count(total, "foreign key"), dirName(dir), some(names)).Keyed("%s", dir)
			problem.With(lacks[1:min(len(lacks), maxPlaces)]...)
		case total > 0:
			p.Holds(modelAt(list[0]), "an index serves each of the %s in %s", count(total, "foreign key"), dirName(dir))
		}
	}
})

// indexesItself says whether the library or the server makes the index: Django for
// each ForeignKey, MySQL's InnoDB for each constraint.
func indexesItself(s *repo.Snapshot, m *repo.Model) bool {
	if m.Spec.ORM == model.Django || m.Dialect == sqlfile.MySQL {
		return true
	}
	return m.Dialect == "" && namesOnlyMySQL(s)
}

func namesOnlyMySQL(s *repo.Snapshot) bool {
	found := false
	for _, c := range s.Components() {
		for i := range c.Deployments {
			switch engineOfImage(c.Deployments[i].Image) {
			case mySQL:
				found = true
			case postgreSQL:
				return false
			}
		}
	}
	return found
}

type foreignKey struct {
	columns []string
	at      finding.Location
}

// foreignKeys are those of a table, written at the column, as a constraint, or as
// a relation.
func foreignKeys(m *repo.Model) (out []foreignKey) {
	seen := map[string]bool{}
	add := func(columns []string, span finding.Span) {
		key := fmt.Sprint(columns)
		if len(columns) > 0 && !seen[key] {
			seen[key] = true
			out = append(out, foreignKey{columns, m.At(span)})
		}
	}
	for _, c := range m.Spec.Table.Columns {
		if c.References != nil && c.Path == "" && c.Name != "" {
			add([]string{c.Name}, c.Span)
		}
	}
	for _, c := range m.Spec.Table.Constraints {
		if c.Kind == schema.ForeignKey {
			add(c.Columns, c.Span)
		}
	}
	return out
}

// covered says whether an index or key of the model begins with the columns.
func covered(m *repo.Model, columns []string) bool {
	if m.Spec.Table.Covers(columns...) {
		return true
	}
	if len(columns) != 1 {
		return m.Spec.Table.Covers(columns[0])
	}
	c := m.Spec.Column(columns[0])
	return c != nil && (c.Indexed || c.Unique || c.Primary)
}

// foldedFor is the schema that the migrations of a package leave behind, nil
// without any.
func foldedFor(s *repo.Snapshot, dir string) *migration.Folded {
	var all [][]migration.Op
	for _, h := range s.MigrationHistories() {
		if h.Role != repo.Production || !contains(dir, h.Dir) {
			continue
		}
		for _, m := range h.Migrations {
			all = append(all, m.Up)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return migration.Fold(all...)
}

// coveredInDatabase says whether a migration made an index that the models do not
// show.
func coveredInDatabase(f *migration.Folded, m *repo.Model, columns []string) bool {
	if f == nil {
		return false
	}
	t := f.Tables[tableName(m)]
	return t != nil && (t.Covers(columns...) || t.Covers(columns[0])) || f.Open[tableName(m)]
}
