package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

var (
	pythonRunners = words("execute", "executemany", "text", "raw", "exec_driver_sql", "read_sql", "read_sql_query", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one")
	scriptRunners = words("query", "execute", "raw", "$queryRawUnsafe", "$executeRawUnsafe", "unsafe", "whereRaw", "orderByRaw", "selectRaw", "run", "prepare")
)

// queries lists the calls of running code that run a statement written in the
// code, by file and place.
func queries(s *repo.Snapshot) []*query {
	var out []*query
	for _, src := range s.RunningSources("SELECT", "select", "INSERT", "insert", "UPDATE", "update", "DELETE", "delete", "WHERE", "where") {
		if src.Lang == repo.Python {
			if src.Mentions("execute", "executemany", "text", "raw", "exec_driver_sql", "read_sql", "fetch", "fetchrow", "fetchval", "fetch_all") && writesSQL(src.Bytes()) {
				out = append(out, pythonStatements(src)...)
			}
		} else if src.Mentions("query", "execute", "raw", "queryRawUnsafe", "executeRawUnsafe", "unsafe", "whereRaw", "prepare", "orderByRaw") && writesSQL(src.Bytes()) {
			out = append(out, scriptStatements(src)...)
		}
	}
	for _, src := range s.GoSourcesMentioning("Query", "Exec", "QueryRow", "QueryContext", "ExecContext", "QueryRowContext", "Raw") {
		if src.Role == repo.Production && s.Runs(src.File) {
			out = append(out, goStatements(src)...)
		}
	}
	return out
}

// sqlBeginnings are what statements and their parts begin with.
var sqlBeginnings = []string{"SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH ", "WHERE ", "AND ", "ORDER BY "}

// isSQL says whether a text is a statement or a part of one.
func isSQL(text string) bool {
	up := strings.ToUpper(strings.TrimSpace(text))
	for _, verb := range sqlBeginnings {
		if strings.HasPrefix(up, verb) && (verb == "SELECT " || verb == "INSERT INTO " || verb == "DELETE FROM " || strings.Contains(up, " SET ") || strings.Contains(up, "SELECT") || strings.ContainsAny(up, "=<>")) {
			return true
		}
	}
	return false
}

// writesSQL says whether a literal of a source may be what isSQL looks for: a look
// before parsing.
func writesSQL(text []byte) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'', '`', '}':
		default:
			continue
		}
		rest := text[i+1:]
		for len(rest) > 1 && (rest[0] <= ' ' || rest[0] >= 0x80 || rest[0] == '\\') {
			if rest[0] == '\\' { // \n, or a line that goes on
				rest = rest[1:]
			}
			rest = rest[1:]
		}
		for _, verb := range sqlBeginnings {
			if len(rest) >= len(verb) && rest[0]|0x20 == verb[0]|0x20 && strings.EqualFold(string(rest[:len(verb)]), verb) {
				return true
			}
		}
	}
	return false
}

// wantsValue says whether a value stands behind such a text, as opposed to a name.
func wantsValue(before string) bool {
	text := strings.TrimRight(before, " \t\r\n")
	if strings.HasSuffix(text, "'") || strings.HasSuffix(text, "'%") || strings.HasSuffix(text, `\"`) {
		return true
	}
	for _, end := range []string{"=", "<", ">", " LIKE", " ILIKE", " IN (", " IN(", "VALUES (", "VALUES(", " BETWEEN", "!="} {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	return false
}

// harmless says whether an expression can be no text of somebody else's: a
// constant, a number, a row of placeholders.
func harmless(words []string) bool {
	text := strings.Join(words, "")
	switch {
	case strings.ToUpper(text) == text, strings.Contains(strings.ToLower(text), "placeholder"), strings.Contains(text, ".join("), strings.Contains(text, ".map("):
		return true
	}
	for _, f := range []string{"int(", "float(", "len(", "Number(", "parseInt(", "parseFloat(", "bool(", "escape", "quote", "sanitize", "str(int", "Identifier", "literal("} {
		if strings.HasPrefix(text, f) || strings.Contains(text, f) && f[0] >= 'a' && f[len(f)-1] != '(' {
			return true
		}
	}
	return false
}

func expression(words []string) string {
	text := strings.Join(words, "")
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return text
}

// anyText says whether a parameter of that type can hold any text.
func anyText(annotation string) bool {
	low := strings.ToLower(annotation)
	if low == "" || strings.Contains(low, "str") && !strings.Contains(low, "struct") || low == "any" {
		return true
	}
	return false
}

func pythonStatements(src *repo.Source) []*query {
	py := src.Py()
	var out []*query
	for i := range py.Calls {
		c := &py.Calls[i]
		last := lastName(c.Callee)
		arg, ok := c.At(0)
		if !ok || !pythonRunners[last] || last == "text" && !strings.Contains(py.Qualify(c.Callee), "sqlalchemy") {
			continue
		}
		if arg.Kind == pylex.ValueIdent { // a variable of the function
			for _, a := range py.Assigns {
				if a.Target == arg.Ident && a.Func == c.Func && a.Span.End <= c.Span.Start && a.Op == "=" {
					arg = a.Value
				}
			}
		}
		q := &query{file: src.File, span: c.Span, callee: last, params: map[string]bool{}}
		q.binds = len(c.Args) > 1 || last == "text" && arg.IsLiteral && strings.Contains(arg.Literal, " :")
		sql := false
		switch {
		case arg.IsLiteral:
			sql = isSQL(arg.Literal)
		case arg.Kind == pylex.ValueFString:
			q.holes, sql = fields(src.File.Text(arg.Span))
		case arg.Kind == pylex.ValueOther:
			q.holes, sql = operands(arg)
		case strings.HasSuffix(arg.Callee, "()") || strings.HasSuffix(arg.Callee, "format"):
			continue
		}
		if !sql {
			continue
		}
		for at := c.Func; at >= 0; at = py.Defs[at].Parent {
			if py.Defs[at].Kind == pylex.Class {
				continue
			}
			if q.def == (finding.Span{}) {
				q.def = py.Defs[at].Span
			}
			for _, param := range py.Defs[at].Params {
				if param.Name != "self" && param.Name != "cls" {
					q.params[param.Name] = anyText(param.Annotation)
				}
			}
		}
		out = append(out, q)
	}
	return out
}

// fields are the holes of an f-string.
func fields(text string) (holes []hole, sql bool) {
	data := []byte(text)
	before := ""
	var now []string
	for _, t := range pylex.Lex(data) {
		piece := text[t.Span.Start:t.Span.End]
		switch t.Kind {
		case pylex.FStart, pylex.FMiddle, pylex.FEnd, pylex.String:
			if len(now) > 0 {
				holes = append(holes, hole{before, now, wantsValue(before)})
				now = nil
			}
			piece = strings.Trim(strings.TrimLeft(piece, "rRfFbBuU"), "{}")
			if before == "" {
				piece = strings.TrimLeft(piece, `"'`)
			}
			sql = sql || isSQL(piece)
			before += strings.ToUpper(piece)
		case pylex.Newline, pylex.Comment, pylex.Indent, pylex.Dedent:
		default:
			now = append(now, piece)
		}
	}
	return holes, sql
}

// operands are the holes of "…" + x and "…" % x.
func operands(arg pylex.Arg) (holes []hole, sql bool) {
	before := ""
	for _, op := range []string{"+", "%"} {
		terms := arg.Terms(op, 20)
		for _, t := range terms {
			if t.IsLiteral {
				sql = sql || isSQL(t.Literal)
				before += strings.ToUpper(t.Literal)
				continue
			}
			var pieces []string
			for _, tok := range pylex.Lex([]byte(t.Text())) {
				if piece := t.Text()[tok.Span.Start:tok.Span.End]; tok.Kind != pylex.Newline && piece != "(" {
					pieces = append(pieces, piece)
				}
			}
			value := wantsValue(before)
			if op == "%" {
				_, ahead, found := strings.Cut(before, "%S")
				value = found && wantsValue(before[:len(before)-len(ahead)-2])
			}
			holes = append(holes, hole{before, pieces, value})
		}
		if len(terms) > 0 {
			break
		}
	}
	return holes, sql
}

func scriptStatements(src *repo.Source) []*query {
	file := src.JS()
	var out []*query
	for i := range file.Calls {
		c := &file.Calls[i]
		last := lastName(c.Callee)
		if !scriptRunners[last] || len(c.Args) == 0 || !strings.Contains(c.Callee, ".") {
			continue
		}
		arg := c.Args[0]
		if arg.Kind == jslex.ValueIdent {
			for _, a := range file.Assigns {
				if a.Target == arg.Ident && a.Func == c.Func && a.Span.End <= c.Span.Start {
					arg = a.Value
				}
			}
		}
		q := &query{file: src.File, span: c.Span, callee: last, params: map[string]bool{}, binds: len(c.Args) > 1}
		holes, sql := pieces(src.File.Text(arg.Span))
		if arg.IsLiteral {
			sql = isSQL(arg.Literal)
		}
		if q.holes = holes; !sql {
			continue
		}
		for k := range file.Funcs {
			if f := &file.Funcs[k]; f.Span.Start <= c.Span.Start && c.Span.End <= f.Span.End {
				q.def = f.Span
				for name, text := range scriptParams(file.Text(finding.Span{Start: f.Span.Start, End: f.BodySpan.Start})) {
					q.params[name] = text
				}
			}
		}
		out = append(out, q)
	}
	return out
}

// scriptParams are the parameters in a function's head, true for those whose type
// can hold any text.
func scriptParams(head string) map[string]bool {
	out := map[string]bool{}
	open := strings.IndexByte(head, '(')
	if open < 0 {
		return out
	}
	for _, part := range strings.Split(head[open+1:], ",") {
		name, kind, typed := strings.Cut(part, ":")
		name = strings.Trim(strings.TrimSpace(name), "(){}?= ")
		kind = strings.TrimSpace(kind)
		if name != "" && !strings.ContainsAny(name, " .<>") {
			out[name] = !typed || strings.HasPrefix(kind, "string") || strings.HasPrefix(kind, "any")
		}
	}
	return out
}

// pieces are the holes of a template or of a sum of texts in JavaScript.
func pieces(text string) (holes []hole, sql bool) {
	before := ""
	var now []string
	depth := 0
	flush := func() {
		if len(now) > 0 {
			holes = append(holes, hole{before, now, wantsValue(before)})
			now = nil
		}
	}
	for _, t := range jslex.Lex([]byte(text)) {
		piece := text[t.Span.Start:t.Span.End]
		switch t.Kind {
		case jslex.TemplateHead, jslex.TemplateMiddle, jslex.TemplateTail, jslex.String, jslex.Template:
			if depth > 0 && t.Kind == jslex.String {
				now = append(now, piece)
				continue
			}
			flush()
			piece = strings.TrimSuffix(strings.Trim(piece, "`}"), "${")
			if t.Kind == jslex.String {
				piece = piece[1:max(1, len(piece)-1)]
			}
			sql = sql || isSQL(piece)
			before += strings.ToUpper(piece)
		case jslex.Comment:
		default:
			switch piece {
			case "(":
				depth++
			case ")":
				depth--
			case "+":
				if depth == 0 {
					flush()
					continue
				}
			}
			now = append(now, piece)
		}
	}
	flush()
	return holes, sql
}
