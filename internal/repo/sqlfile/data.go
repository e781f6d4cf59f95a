package sqlfile

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/schema"
)

// with finds what a statement that begins with WITH does.
func (p *parser) with(s *Statement) {
	at := p.find(1, len(p.toks), "INSERT", "UPDATE", "DELETE", "MERGE", "SELECT")
	if at < 0 {
		return
	}
	s.Kind = Kind(strings.ToUpper(p.text(at)))
	p.i = at + 1
	switch s.Kind {
	case Insert, Merge:
		p.insert(s)
	case Update:
		p.update(s)
	case Delete:
		p.remove(s)
	default:
		s.Where = p.find(at, len(p.toks), "WHERE") >= 0
	}
}

func (p *parser) insert(s *Statement) {
	if s.Kind == "REPLACE" || s.Kind == "UPSERT" {
		s.Kind = Insert
	}
	for p.takeAny("OR", "IGNORE", "REPLACE", "ABORT", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "OVERWRITE") != "" {
	}
	p.take("INTO")
	p.take("TABLE")
	s.Name = p.name()
}

func (p *parser) update(s *Statement) {
	for p.takeAny("ONLY", "IGNORE", "LOW_PRIORITY") != "" {
	}
	if p.take("OR") {
		p.i++
	}
	s.Name = p.name()
	s.Where = p.find(p.i, len(p.toks), "WHERE") >= 0
}

func (p *parser) remove(s *Statement) {
	for p.takeAny("LOW_PRIORITY", "QUICK", "IGNORE") != "" {
	}
	if !p.take("FROM") && p.isName(p.i) { // MySQL: DELETE a FROM a JOIN b …
		if at := p.find(p.i, len(p.toks), "FROM"); at >= 0 {
			p.i = at + 1
		}
	}
	p.take("ONLY")
	s.Name = p.name()
	s.Where = p.find(p.i, len(p.toks), "WHERE") >= 0
}

// set reads SET name = value, in all its spellings, and PRAGMA.
func (p *parser) set(s *Statement, pragma bool) {
	s.Kind = Set
	for {
		switch p.takeAny("SESSION", "GLOBAL", "LOCAL", "PERSIST") {
		case "":
		case "LOCAL":
			s.Local = true
			continue
		default:
			continue
		}
		break
	}
	start := p.i
	n := p.name()
	s.Name = n
	s.Setting = strings.ToLower(strings.TrimLeft(n.Name, "@"))
	if strings.HasPrefix(n.Schema, "@") { // @@session.x
		s.Name.Schema = ""
	}
	if pragma {
		s.Setting = "pragma " + s.Setting
	}
	if p.is(p.i, ":") {
		p.i++
	}
	if p.takeAny("=", "TO") == "" && p.is(p.i, "(") {
		p.i++
	}
	if start == p.i {
		return
	}
	switch {
	case p.i+1 == len(p.toks) && p.toks[p.i].kind == text:
		s.Value = schema.Clip(p.unquote(p.i))
	default:
		s.Value = strings.TrimSuffix(p.written(p.i, len(p.toks)), ")")
	}
}

// configured reads SELECT set_config('name', 'value', local).
func (p *parser) configured(s *Statement) {
	at := 1
	if p.is(at, "pg_catalog") && p.is(at+1, ".") {
		at += 2
	}
	if !p.is(at, "set_config") || !p.is(at+1, "(") || at+4 >= len(p.toks) || p.toks[at+2].kind != text || p.toks[at+4].kind != text {
		return
	}
	s.Kind, s.Setting, s.Value = Set, strings.ToLower(p.unquote(at+2)), schema.Clip(p.unquote(at+4))
	s.Local = p.is(at+6, "true")
}

func (p *parser) transaction(s *Statement, verb string) {
	switch verb {
	case "BEGIN", "START":
		s.Kind = Begin
	case "COMMIT", "END":
		s.Kind = Commit
	default:
		s.Kind = Rollback
		if p.has("TO") {
			s.Kind = "ROLLBACK TO"
		}
	}
	if p.has("PREPARED") {
		s.Kind += " PREPARED"
	}
}

// grant reads GRANT rights ON object TO roles and GRANT role TO roles.
func (p *parser) grant(s *Statement) {
	p.take("GRANT", "OPTION", "FOR")
	on := p.find(p.i, len(p.toks), "ON")
	to := p.find(p.i, len(p.toks), "TO", "FROM")
	end := to
	if on >= 0 && (to < 0 || on < to) {
		end = on
	}
	if end < 0 {
		return
	}
	for _, item := range p.items(p.i, end) {
		s.Rights = append(s.Rights, strings.ToUpper(p.written(item[0], item[1])))
	}
	if end == on {
		p.i = on + 1
		for p.takeAny("ALL", "TABLE", "TABLES", "SEQUENCE", "SEQUENCES", "FUNCTION", "FUNCTIONS", "SCHEMA", "DATABASE", "TYPE", "IN", "ROUTINES") != "" {
		}
		s.Names = p.names()
		if len(s.Names) > 0 {
			s.Name = s.Names[0]
		}
	}
	if to >= 0 {
		last := p.find(to, len(p.toks), "WITH", "CASCADE", "RESTRICT", "GRANTED")
		if last < 0 {
			last = len(p.toks)
		}
		for _, item := range p.items(to+1, last) {
			if item[1] > item[0] {
				s.Roles = append(s.Roles, p.unquote(item[1]-1))
			}
		}
	}
}

// do reads the statements in the body of a DO block.
func (p *parser) do(s *Statement) {
	for i, t := range p.toks {
		if t.kind != body || p.inner {
			continue
		}
		tag := strings.IndexByte(p.text(i)[1:], '$') + 2
		s.Body = finding.Span{Start: int(t.start) + tag, End: int(t.end) - tag}
		s.Inner = p.guarded(s.Body)
		return
	}
}

// guarded reads the statements of a block of PL/pgSQL: what stands behind BEGIN,
// THEN, ELSE, LOOP and semicolons. They may not all run.
func (p *parser) guarded(in finding.Span) (out []*Statement) {
	l := &lexer{src: p.src[:in.End], pos: in.Start, dialect: p.dialect, open: -1}
	var toks []token
	flush := func() {
		if at := verbAt(p.src, toks); at >= 0 && len(out) < maxStatements {
			q := &parser{src: p.src, toks: toks[at:], dialect: p.dialect, inner: true}
			st := q.parse()
			st.Guarded = true
			out = append(out, st)
		}
		toks = toks[:0]
	}
	for {
		t, ok := l.next()
		if !ok {
			flush()
			return out
		}
		if t.kind == punct && p.src[t.start] == ';' {
			flush()
			continue
		}
		if len(toks) < maxTokens {
			toks = append(toks, t)
		}
	}
}

// verbAt is where among the tokens a statement that changes something begins:
// first of all, or behind a word that opens a branch.
func verbAt(src []byte, toks []token) int {
	first := true
	for i, t := range toks {
		if t.kind != word {
			first = false
			continue
		}
		switch strings.ToUpper(string(clipBytes(src[t.start:t.end]))) {
		case "ALTER", "CREATE", "DROP", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "GRANT", "REVOKE", "PERFORM", "EXECUTE":
			if first {
				return i
			}
		case "BEGIN", "THEN", "ELSE", "LOOP":
			first = true
			continue
		}
		first = false
	}
	return -1
}
