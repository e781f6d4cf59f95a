package migration

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// Tool is what applies migrations.
type Tool string

// The tools.
const (
	Alembic       Tool = "alembic"
	DjangoTool    Tool = "django"
	Prisma        Tool = "prisma"
	FlywayTool    Tool = "flyway"
	Liquibase     Tool = "liquibase"
	Knex          Tool = "knex"
	Sequelize     Tool = "sequelize"
	TypeORM       Tool = "typeorm"
	MikroORM      Tool = "mikro-orm"
	Kysely        Tool = "kysely"
	Drizzle       Tool = "drizzle"
	Rails         Tool = "rails"
	Laravel       Tool = "laravel"
	GolangMigrate Tool = "golang-migrate"
	Goose         Tool = "goose"
	DBMate        Tool = "dbmate"
	SQLMigrate    Tool = "sql-migrate"
	Diesel        Tool = "diesel"
	Supabase      Tool = "supabase"
	PlainSQL      Tool = "sql" // numbered files of SQL whose tool is not told
)

// Sections are the two halves of a file of SQL that comments divide.
type Sections struct {
	Tool          Tool // Goose, DBMate or SQLMigrate
	Up            finding.Span
	Down          finding.Span // empty without one
	NoTransaction bool
}

var sectionMarks = []struct {
	tool     Tool
	up, down string
}{
	{Goose, "+goose up", "+goose down"}, {DBMate, "migrate:up", "migrate:down"}, {SQLMigrate, "+migrate up", "+migrate down"},
}

// maxHead is the length, in bytes, of a line that can be such a comment.
const maxHead = 200

// ReadSections divides a file at -- +goose Up, -- migrate:up and their kin; ok is
// false when it has no such comment.
func ReadSections(src []byte) (s Sections, ok bool) {
	for at := 0; at < len(src); {
		end := len(src)
		if n := bytes.IndexByte(src[at:], '\n'); n >= 0 {
			end = at + n
		}
		if line := bytes.TrimSpace(src[at:end]); len(line) < maxHead && bytes.HasPrefix(line, []byte("--")) {
			s.line(strings.ToLower(strings.TrimSpace(string(line[2:]))), at, end, len(src))
		}
		at = end + 1
	}
	return s, s.Tool != ""
}

func (s *Sections) line(comment string, at, end, size int) {
	if strings.HasPrefix(comment, "+goose no transaction") {
		s.NoTransaction = true
	}
	for _, m := range sectionMarks {
		switch {
		case strings.HasPrefix(comment, m.up):
			s.Tool, s.Up = m.tool, finding.Span{Start: end, End: size}
			options := comment[len(m.up):]
			s.NoTransaction = s.NoTransaction || strings.Contains(options, "transaction:false") || strings.Contains(options, "notransaction")
		case strings.HasPrefix(comment, m.down) && s.Tool == m.tool:
			s.Up.End = max(at, s.Up.Start)
			s.Down = finding.Span{Start: end, End: size}
		}
	}
}
