package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// SoftDeleteMissing finds projects that delete rows for good wherever users ask.
var SoftDeleteMissing = check.PerProject(check.Doc{
	ID:         "database/soft-delete-missing",
	Title:      "Rows are deleted for good",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "A wrong click, or a wrong call, is mended from a backup only, with everything that was written since.",
	How:        "Give the tables that users delete from a deleted_at column, set it instead of deleting, and leave such rows out of queries. Remove them for good after a time that the privacy policy names.",
	Holds:      "Tables keep what is deleted",
	References: []string{"https://www.prisma.io/docs/orm/prisma-client/client-extensions/middleware/soft-delete-middleware"},
}, func(p *check.Pass, s *repo.Snapshot) {
	var deletes []*repo.Route
	routes := s.Routes()
	for i := range routes {
		if r := &routes[i]; r.Method == "DELETE" && r.File.Role == repo.Production && s.Runs(r.File) {
			deletes = append(deletes, r)
		}
	}
	if len(deletes) == 0 {
		return
	}
	n := 0
	_, byDir := tables(s)
	for _, list := range byDir {
		for _, m := range list {
			n++
			if c := m.Spec.SoftDelete(); c != nil && c.Path == "" {
				p.Holds(m.At(c.Span), "%s keeps deleted rows by %s", tableName(m), c.Name)
				return
			}
		}
	}
	if n < minTables {
		return
	}
	problem := p.Report(deletes[0].At(), "%s delete for good: none of %s marks a row as deleted", count(len(deletes), "route"), count(n, "table")).Keyed("soft delete")
	for _, r := range deletes[1:min(len(deletes), 10)] {
		problem.With(r.At())
	}
})
