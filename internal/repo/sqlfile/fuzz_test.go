package sqlfile

import (
	"testing"

	"drydock/internal/finding"
	"drydock/internal/repo/schema"
)

// spansOf are all the spans that a statement carries.
func spansOf(s *Statement) []finding.Span {
	out := []finding.Span{s.Span, s.Name.Span, s.Table.Span, s.To.Span, s.Body}
	column := func(c *schema.Column) {
		if c != nil {
			out = append(out, c.Span, c.NameSpan, c.TypeSpan, c.Default.Span)
			if c.References != nil {
				out = append(out, c.References.Span)
			}
		}
	}
	constraint := func(c *schema.Constraint) {
		if c != nil {
			out = append(out, c.Span)
			if c.References != nil {
				out = append(out, c.References.Span)
			}
		}
	}
	for _, n := range s.Names {
		out = append(out, n.Span)
	}
	for _, c := range s.Columns {
		column(c)
	}
	for _, c := range s.Constraints {
		constraint(c)
	}
	for _, x := range s.Indexes {
		out = append(out, x.Span)
	}
	for _, a := range s.Actions {
		out = append(out, a.Span)
		column(a.Column)
		constraint(a.Constraint)
		if a.Index != nil {
			out = append(out, a.Index.Span)
		}
	}
	for _, i := range s.Inner {
		out = append(out, spansOf(i)...)
	}
	return out
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"CREATE TABLE a.b (c int DEFAULT (1) REFERENCES d(e) ON DELETE SET NULL, PRIMARY KEY (c), KEY k (c(10)));",
		"ALTER TABLE a ADD COLUMN (b int), DROP c, ALTER d TYPE e USING f, CHANGE g h int, ADD CONSTRAINT i CHECK (j) NOT VALID",
		"DO $x$ BEGIN IF a THEN DROP TABLE b; END IF; END $x$; SET LOCAL a = 'b'; SELECT set_config('a', 'b', true)",
		"COPY a FROM stdin;\n1\n\\.\n\\connect x\nDELIMITER //\nCREATE PROCEDURE p() BEGIN CASE END; END IF//",
		"GRANT a, b ON TABLE c TO d; TRUNCATE a, b; WITH x AS (SELECT 1) DELETE FROM y", "${a}{{b}}$1 E'\\'' U&'x' N'y' [z]",
		"CREATE UNIQUE INDEX CONCURRENTLY ON t USING gin ((a), b) WHERE c", "CREATE FUNCTION f() AS $$ a $$ LANGUAGE sql", "((((", "))))", "'", "/*", "$a$", "ALTER", "DROP", "CREATE", "CREATE TYPE e AS ENUM (", "\ufeff--",
		"INSERT OR IGNORE INTO", "UPDATE OR x", "ALTER TABLE a ADD", "GO\nGO", "COMMENT ON", "VACUUM (FULL) a", "ALTER TABLE a ALTER COLUMN", "CREATE DEFINER=`a`@`b` TRIGGER x", "RENAME TABLE", "LOCK TABLE a IN MODE",
	} {
		f.Add([]byte(s), byte(0))
		f.Add([]byte(s), byte(2))
	}
	dialects := []Dialect{"", PostgreSQL, MySQL, SQLite, SQLServer, ClickHouse, Oracle}
	f.Fuzz(func(t *testing.T, src []byte, d byte) {
		file, _ := Parse("x.sql", src, dialects[int(d)%len(dialects)])
		statements := append(file.Statements, Text(src, "", true)...)
		for _, s := range statements {
			for _, at := range spansOf(s) {
				if at.Start < 0 || at.Start > at.End || at.End > len(src) {
					t.Fatalf("%s: span %v outside %d bytes", s.Kind, at, len(src))
				}
			}
		}
	})
}
