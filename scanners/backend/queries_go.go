package backend

import (
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/golex"
)

var goRunners = words("Query", "QueryRow", "Exec", "QueryContext", "QueryRowContext", "ExecContext", "Raw", "Queryx", "NamedExec", "MustExec")

// goStatements are the calls of a file of Go that run a statement.
func goStatements(src *repo.GoSource) []*query {
	g := src.Go()
	var out []*query
	for i := range g.Calls {
		c := &g.Calls[i]
		last := lastName(c.Callee)
		if !goRunners[last] || !strings.Contains(c.Callee, ".") {
			continue
		}
		for n := range c.Args {
			if n > 1 {
				break
			}
			arg := c.At(n)
			if arg.Kind == golex.ValueIdent {
				for _, a := range g.Assigns {
					if a.Target == arg.Name && a.Func == c.Func && a.Span.End <= c.Span.Start && (a.Op == "=" || a.Op == ":=") {
						arg = a.Value
					}
				}
			}
			holes, sql := goHoles(g, arg)
			if !sql {
				continue
			}
			q := &query{file: src.File, span: c.Span, callee: last, holes: holes, binds: len(c.Args) > n+1, params: map[string]bool{}}
			if c.Func >= 0 {
				f := &g.Funcs[g.Outer(c.Func)]
				q.def = f.Span
				for _, param := range f.Params {
					q.params[param.Name] = param.Type == "string"
				}
			}
			out = append(out, q)
			break
		}
	}
	return out
}

// goHoles are the holes of a sum of texts or of fmt.Sprintf.
func goHoles(g *golex.File, arg golex.Arg) (holes []hole, sql bool) {
	if text, ok := arg.String(); ok {
		return nil, isSQL(text)
	}
	if call, ok := g.CallOf(arg); ok {
		format, isText := call.At(0).String()
		if g.Qualify(call.Callee) != "fmt.Sprintf" || !isText || !isSQL(format) {
			return nil, false
		}
		rest := format
		before := ""
		for n := 1; n < len(call.Args); n++ {
			i := strings.IndexByte(rest, '%')
			if i < 0 || i+1 >= len(rest) {
				break
			}
			if rest[i+1] == '%' {
				before += rest[:i+2]
				rest = rest[i+2:]
				n--
				continue
			}
			before += rest[:i]
			if verb := rest[i+1]; verb == 's' || verb == 'v' {
				holes = append(holes, hole{before, []string{call.Args[n].Name}, wantsValue(strings.ToUpper(strings.ReplaceAll(before, "%%", "%")))})
			}
			rest = rest[i+2:]
		}
		return holes, true
	}
	before := ""
	terms := g.Terms(arg)
	if len(terms) < 2 {
		return nil, false
	}
	for _, t := range terms {
		if text, ok := t.String(); ok {
			sql = sql || isSQL(text)
			before += strings.ToUpper(text)
			continue
		}
		holes = append(holes, hole{before, []string{t.Name}, wantsValue(before)})
	}
	return holes, sql
}
