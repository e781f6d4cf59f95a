package sqlfile

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/schema"
)

// parser reads the tokens of one statement.
type parser struct {
	src     []byte
	toks    []token
	dialect Dialect
	i       int
	inner   bool // in the body of a DO block
}

func clipBytes(b []byte) []byte { return b[:min(len(b), schema.MaxText)] }

// text is token i as written, "" outside the statement.
func (p *parser) text(i int) string {
	if i < 0 || i >= len(p.toks) {
		return ""
	}
	return string(p.src[p.toks[i].start:p.toks[i].end])
}

// is says whether token i is the word or mark, whatever its case.
func (p *parser) is(i int, w string) bool {
	if i < 0 || i >= len(p.toks) || p.toks[i].kind != word && p.toks[i].kind != punct {
		return false
	}
	t := p.toks[i]
	return int(t.end-t.start) == len(w) && strings.EqualFold(string(p.src[t.start:t.end]), w)
}

// take moves over the words when all of them come next.
func (p *parser) take(words ...string) bool {
	for n, w := range words {
		if !p.is(p.i+n, w) {
			return false
		}
	}
	p.i += len(words)
	return true
}

// takeAny moves over one of the words and returns it.
func (p *parser) takeAny(words ...string) string {
	for _, w := range words {
		if p.take(w) {
			return w
		}
	}
	return ""
}

// span covers the tokens [i, end).
func (p *parser) span(i, end int) finding.Span {
	end = min(end, len(p.toks))
	if i >= end || i < 0 {
		at := 0
		switch {
		case len(p.toks) == 0:
		case i < len(p.toks) && i >= 0:
			at = int(p.toks[i].start)
		default:
			at = int(p.toks[len(p.toks)-1].end)
		}
		return finding.Span{Start: at, End: at}
	}
	return finding.Span{Start: int(p.toks[i].start), End: int(p.toks[end-1].end)}
}

// written is what stands in the tokens [i, end), cut where it is long.
func (p *parser) written(i, end int) string {
	s := p.span(i, end)
	return schema.Clip(strings.Join(strings.Fields(string(clipBytes(p.src[s.Start:s.End]))), " "))
}

// skip is the token after token i, or after the brackets that i opens.
func (p *parser) skip(i int) int {
	if !p.is(i, "(") && !p.is(i, "[") {
		return i + 1
	}
	for depth := 0; i < len(p.toks); i++ {
		if p.toks[i].kind != punct {
			continue
		}
		switch p.src[p.toks[i].start] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// find is the first of the words at the top level of the tokens [i, end), or -1.
func (p *parser) find(i, end int, words ...string) int {
	for end = min(end, len(p.toks)); i < end; i = p.skip(i) {
		for _, w := range words {
			if p.is(i, w) {
				return i
			}
		}
	}
	return -1
}

// has says whether the word stands at the top level of the statement.
func (p *parser) has(w string) bool { return p.find(0, len(p.toks), w) >= 0 }

// items cuts the tokens [i, end) at the commas of their top level.
func (p *parser) items(i, end int) (out [][2]int) {
	start := i
	for ; i < end; i = p.skip(i) {
		if p.is(i, ",") {
			out = append(out, [2]int{start, i})
			start = i + 1
		}
	}
	if start < end {
		out = append(out, [2]int{start, end})
	}
	return out
}

// unquote is the name or string at token i without its quotes.
func (p *parser) unquote(i int) string {
	t := p.text(i)
	if i >= len(p.toks) || i < 0 {
		return ""
	}
	switch p.toks[i].kind {
	case quoted, text, computed:
		at := strings.IndexAny(t, "\"'`[")
		if at < 0 || p.toks[i].kind == computed && at > 0 {
			return t
		}
		mark := t[at : at+1]
		if mark == "[" {
			return strings.TrimSuffix(t[1:], "]")
		}
		t = t[at+1:]
		t = strings.TrimSuffix(t, mark)
		if strings.Contains(t, mark) {
			t = strings.ReplaceAll(t, mark+mark, mark)
		}
	}
	return t
}

// isName says whether token i can be a name.
func (p *parser) isName(i int) bool {
	return i >= 0 && i < len(p.toks) && (p.toks[i].kind == word || p.toks[i].kind == quoted || p.toks[i].kind == computed)
}

// name reads a name with what qualifies it.
func (p *parser) name() Name {
	start := p.i
	if !p.isName(p.i) && !(p.i < len(p.toks) && p.toks[p.i].kind == text) { // COPY … FROM 'file'; a function's name in quotes
		return Name{}
	}
	parts := []string{p.part()}
	for len(parts) < 4 && p.is(p.i, ".") && p.isName(p.i+1) {
		p.i++
		parts = append(parts, p.part())
	}
	last := len(parts) - 1
	return Name{Schema: strings.Join(parts[:last], "."), Name: parts[last], Span: p.span(start, p.i)}
}

// part reads one part of a name: a word, and the placeholders that touch it.
func (p *parser) part() string {
	s := p.unquote(p.i)
	p.i++
	for p.isName(p.i) && p.toks[p.i].start == p.toks[p.i-1].end && (p.toks[p.i].kind == computed || p.toks[p.i-1].kind == computed) {
		s += p.unquote(p.i)
		p.i++
	}
	return s
}

// names reads names between commas.
func (p *parser) names() (out []Name) {
	for {
		n := p.name()
		if !n.Set() {
			return out
		}
		out = append(out, n)
		if p.is(p.i, "(") { // the parameters of a function
			p.i = p.skip(p.i)
		}
		if !p.take(",") {
			return out
		}
	}
}

// columnList reads the names in the parentheses that open at p.i; an expression
// is written as "(…)".
func (p *parser) columnList() (out []string, expression bool) {
	if !p.is(p.i, "(") {
		return nil, false
	}
	end := p.skip(p.i)
	for _, item := range p.items(p.i+1, end-1) {
		switch {
		case p.is(item[0], "("), p.is(item[0]+1, "(") && p.find(item[0]+2, p.skip(item[0]+1)-1, ",") < 0 && !p.onlyNumber(item[0]+1):
			out, expression = append(out, "("+p.written(item[0], item[1])+")"), true
		case p.isName(item[0]):
			out = append(out, p.unquote(item[0]))
		case item[1] > item[0] && p.toks[item[0]].kind == text: // MySQL takes a string for a name
			out = append(out, p.unquote(item[0]))
		}
	}
	p.i = end
	return out, expression
}

// onlyNumber says whether the parentheses at i hold one number: the length of a
// prefix, as in KEY (name(20)).
func (p *parser) onlyNumber(i int) bool {
	return i+2 < len(p.toks) && p.toks[i+1].kind == number && p.is(i+2, ")")
}

// parse reads the statement.
func (p *parser) parse() *Statement {
	s := &Statement{Span: p.span(0, len(p.toks))}
	for _, t := range p.toks {
		s.Computed = s.Computed || t.kind == computed
	}
	verb := ""
	if len(p.toks) > 0 && (p.toks[0].kind == word || p.toks[0].kind == computed) {
		verb = strings.ToUpper(schema.Clip(p.text(0)))
	}
	p.i = 1
	s.Kind = Kind(verb)
	switch verb {
	case "CREATE":
		p.create(s)
	case "ALTER":
		p.alter(s)
	case "DROP":
		p.drop(s)
	case "WITH":
		p.with(s)
	case "INSERT", "REPLACE", "MERGE", "UPSERT":
		p.insert(s)
	case "UPDATE":
		p.update(s)
	case "DELETE":
		p.remove(s)
	case "SELECT", "VALUES", "TABLE":
		s.Kind = Select
		s.Where = p.has("WHERE")
		p.configured(s)
	case "TRUNCATE":
		p.take("TABLE")
		p.take("ONLY")
		p.listed(s)
	case "RENAME":
		if p.take("TABLE") {
			s.Kind = RenameTable
			s.Name = p.name()
			if p.take("TO") {
				s.To = p.name()
			}
		}
	case "COPY", "LOAD":
		s.Name = p.name()
	case "GRANT", "REVOKE":
		p.grant(s)
	case "SET", "PRAGMA":
		p.set(s, verb == "PRAGMA")
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT":
		p.transaction(s, verb)
	case "DO":
		p.do(s)
	default:
		p.other(s, verb)
	}
	return s
}

// other reads the statements of which little more than the verb is told.
func (p *parser) other(s *Statement, verb string) {
	switch verb {
	case "CALL", "EXEC", "EXECUTE":
		s.Kind = Call
		s.Name = p.name()
	case "LOCK":
		p.take("TABLE")
		p.take("TABLES")
		p.take("ONLY")
		p.listed(s)
	case "REINDEX", "CLUSTER", "VACUUM", "ANALYZE", "REFRESH", "OPTIMIZE":
		if p.is(p.i, "(") {
			s.Concurrently = p.inside(p.i, "CONCURRENTLY")
			p.i = p.skip(p.i)
		}
		for p.takeAny("MATERIALIZED", "VIEW", "TABLE", "INDEX", "SCHEMA", "DATABASE", "SYSTEM", "FULL", "VERBOSE", "CONCURRENTLY") != "" {
			s.Concurrently = s.Concurrently || p.is(p.i-1, "CONCURRENTLY")
			if p.is(p.i-1, "FULL") {
				s.Kind = "VACUUM FULL"
			}
		}
		s.Name = p.name()
	case "COMMENT":
		if p.take("ON") {
			p.i++ // TABLE, COLUMN, …
			s.Name = p.name()
		}
	case "USE", "ATTACH", "DETACH", "DESCRIBE", "EXPLAIN":
		s.Name = p.name()
	}
}

// inside says whether the word stands in the parentheses at i.
func (p *parser) inside(i int, w string) bool {
	return p.find(i+1, p.skip(i)-1, w) >= 0
}

// listed reads the objects that a statement names one after the other.
func (p *parser) listed(s *Statement) {
	s.Names = p.names()
	if len(s.Names) > 0 {
		s.Name = s.Names[0]
	}
	s.Cascade = p.find(p.i, len(p.toks), "CASCADE") >= 0
}

// ifExists moves over IF EXISTS and IF NOT EXISTS.
func (p *parser) ifExists() (exists, not bool) {
	if p.take("IF", "NOT", "EXISTS") {
		return false, true
	}
	return p.take("IF", "EXISTS"), false
}
