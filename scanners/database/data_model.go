package database

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/schema"
)

// DataModel tells what a project's models say of its data.
var DataModel = check.PerProject(check.Doc{
	ID:         "database/data-model",
	Title:      "Data model",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Keys, relations and indexes that are declared are kept by the database, whoever writes.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "The data model is declared",
	References: []string{"https://www.postgresql.org/docs/current/ddl-constraints.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	dirs, byDir := tables(s)
	for _, dir := range dirs {
		list := byDir[dir]
		if len(list) < minTables {
			continue
		}
		relations, indexes, enums, stamped, cascades := 0, 0, 0, 0, 0
		for _, m := range list {
			relations += len(m.Spec.Relations)
			indexes += len(m.Spec.Table.Indexes)
			if m.Spec.CreatedAt() != nil {
				stamped++
			}
			for _, c := range m.Spec.Table.Columns {
				if c.Indexed {
					indexes++
				}
				if c.Kind == schema.Enum {
					enums++
				}
				if c.References != nil && c.References.OnDelete == "CASCADE" {
					cascades++
				}
			}
		}
		if relations+indexes == 0 {
			continue
		}
		var parts []string
		for _, one := range []struct {
			n    int
			what string
		}{{relations, "relation"}, {indexes, "index"}, {enums, "enum column"}, {cascades, "cascade"}, {stamped, "table"}} {
			if one.n > 0 {
				parts = append(parts, counted(one.n, one.what))
			}
		}
		p.Holds(modelAt(list[0]), "%s in %s: %s", count(len(list), "table"), dirName(dir), strings.Join(parts, ", "))
	}
})

func counted(n int, what string) string {
	switch {
	case what == "table":
		return fmt.Sprintf("%d with timestamps", n)
	case what == "index" && n > 1:
		return fmt.Sprintf("%d indexes", n)
	}
	return count(n, what)
}
