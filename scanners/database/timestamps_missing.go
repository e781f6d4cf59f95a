package database

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/model"
	"drydock/internal/repo/schema"
)

// TimestampsMissing finds tables that do not say since when their rows are there.
var TimestampsMissing = check.PerProject(check.Doc{
	ID:         "database/timestamps-missing",
	Title:      "Tables without timestamps",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "When a row came or changed cannot be told any more: not for support, not for an export of what is new, not for clearing out what is old.",
	How:        "Add created_at with the time of the database as its default, and updated_at that the ORM sets: @default(now()) and @updatedAt, server_default and onupdate, auto_now_add and auto_now.",
	Holds:      "Tables have timestamps",
	References: []string{"https://www.prisma.io/docs/orm/reference/prisma-schema-reference#updatedat", "https://docs.sqlalchemy.org/en/20/core/defaults.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	dirs, byDir := tables(s)
	for _, dir := range dirs {
		total := 0
		var lacks []finding.Location
		var names []string
		var held *repo.Model
		for _, m := range byDir[dir] {
			if m.Spec.Open || isJoin(m) || m.Spec.ORM == model.Mongoose {
				continue
			}
			total++
			if m.Spec.CreatedAt() != nil || takesTime(m) {
				held = m
				continue
			}
			lacks = append(lacks, modelAt(m))
			names = append(names, tableName(m))
		}
		switch {
		case total < minTables:
		case 2*len(lacks) >= total:
			p.Report(lacks[0], "%d of %s in %s do not say when a row was made: %s", len(lacks), count(total, "table"), dirName(dir), some(names)).
				With(lacks[1:min(len(lacks), maxPlaces)]...).Keyed("%s", dir)
		case held != nil:
			p.Holds(modelAt(held), "%d of %s in %s say when a row was made", total-len(lacks), count(total, "table"), dirName(dir))
		}
	}
})

// takesTime says whether a column of any name gets the time when a row is made.
func takesTime(m *repo.Model) bool {
	for _, c := range m.Spec.Table.Columns {
		timed := c.Kind == schema.DateTime || c.Kind == schema.DateTimeTZ || c.Kind == schema.Date
		if timed && (c.Default.Kind == schema.DefaultStable || strings.Contains(strings.ToLower(c.Default.Text), "now")) {
			return true
		}
	}
	return false
}

// isJoin says whether a table only links others, or holds little more than a key.
func isJoin(m *repo.Model) bool {
	own := 0
	for _, c := range m.Spec.Table.Columns {
		if c.References == nil && !c.Primary {
			own++
		}
	}
	return own < 2
}
