package backend

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RawSQLInterpolation finds SQL into which values are written instead of bound.
var RawSQLInterpolation = check.PerProject(check.Doc{
	ID:         "backend/raw-sql-interpolation",
	Title:      "SQL put together from values",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "Whoever decides a part of the statement decides what it does: one quote in a search term reads other people's rows or deletes a table.",
	How:        "Write a placeholder where the value goes and hand the value over beside the statement. Choose names of columns and directions from a list in the code.",
	Holds:      "Queries bind their values",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html",
		"https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text",
		"https://www.prisma.io/docs/orm/prisma-client/using-raw-sql/raw-queries",
		"https://go.dev/doc/database/sql-injection",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	handlers := map[*repo.File][]finding.Span{}
	for _, r := range s.Routes() {
		if r.HandlerFile != nil {
			handlers[r.HandlerFile] = append(handlers[r.HandlerFile], r.HandlerSpan)
		}
	}
	bound := map[string]*boundQueries{}
	var units []string
	found := map[string]bool{}
	for _, q := range queries(s) {
		found[s.ProgramDir(q.file)] = true
		if what, ok := q.injectable(handlers[q.file]); ok {
			p.Report(q.file.At(q.span), "%s writes %s into the statement", q.callee, what).Keyed("%s %s", q.callee, what)
			continue
		}
		if q.binds && !pathHas(q.file.Dir(), "scripts", "migrations", "versions", "seeds", "commands") {
			unit := s.ProgramDir(q.file)
			b := bound[unit]
			if b == nil {
				b = &boundQueries{at: q.file.At(q.span)}
				bound[unit] = b
				units = append(units, unit)
			}
			b.n++
		}
	}
	for _, a := range apis(s) {
		if found[a.unit] {
			continue
		}
		for _, m := range s.Models() {
			if m.Role == repo.Production && s.ProgramDir(m.File) == a.unit && m.Spec.Table.Name != "" {
				p.Holds(m.At(m.Spec.NameSpan), "no statement is written in the code of %s; its models go through %s", a.name(), m.Spec.ORM)
				break
			}
		}
	}
	for _, unit := range units {
		p.Holds(bound[unit].at, "values are bound in %s", count(bound[unit].n, "statement", "statements"))
	}
})

type boundQueries struct {
	at finding.Location
	n  int
}

// query is one call that runs a statement.
type query struct {
	file   *repo.File
	span   finding.Span
	callee string
	holes  []hole
	binds  bool            // values are handed over beside the statement
	params map[string]bool // parameters of the function around, true for those whose type can hold any text
	def    finding.Span    // the function around
}

// hole is a place of a statement into which something is written.
type hole struct {
	before string   // the text in front of it, in upper case
	words  []string // of the expression
	value  bool     // a value belongs there rather than a name
}

// outside are names of what a request brings.
var outside = words("request", "req", "body", "payload", "query_params", "params", "args", "form", "searchParams", "formData")

// injectable says what of the statement somebody else may decide.
func (q *query) injectable(handlers []finding.Span) (string, bool) {
	inHandler := slices.Contains(handlers, q.def)
	for _, h := range q.holes {
		if len(h.words) == 0 || harmless(h.words) {
			continue
		}
		root := h.words[0]
		text, param := q.params[root]
		switch {
		case outside[root] && len(h.words) > 1, param && text && h.value, param && text && inHandler:
			return expression(h.words), true
		}
	}
	return "", false
}
