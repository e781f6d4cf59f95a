package sqlfile

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/schema"
)

// create reads CREATE of whatever it creates.
func (p *parser) create(s *Statement) {
	if p.take("OR", "REPLACE") || p.take("OR", "ALTER") {
		s.OrReplace = true
	}
	if p.take("DEFINER") { // MySQL: DEFINER = 'a'@'b'
		p.take("=")
		p.i++
		for p.i < len(p.toks) && (p.toks[p.i].kind == text || p.toks[p.i].kind == quoted || strings.HasPrefix(p.text(p.i), "@")) {
			p.i++
		}
	}
	unique := false
	for {
		w := p.takeAny("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "EXTERNAL", "FOREIGN", "UNIQUE", "FULLTEXT", "SPATIAL", "CLUSTERED", "NONCLUSTERED", "RECURSIVE", "VIRTUAL", "TRUSTED", "CONSTRAINT", "AGGREGATE", "DEFAULT", "EDITIONABLE")
		if w == "" {
			break
		}
		unique = unique || w == "UNIQUE"
		s.Temporary = s.Temporary || strings.HasPrefix(w, "TEMP")
	}
	object := strings.ToUpper(schema.Clip(p.text(p.i)))
	p.i++
	switch object {
	case "MATERIALIZED":
		object = strings.TrimSpace(object + " " + strings.ToUpper(schema.Clip(p.text(p.i))))
		p.i++
	case "PROCEDURE":
		object = "FUNCTION"
	case "SQL":
		object = "VIEW"
	case "USER", "GROUP":
		object = "ROLE"
	}
	s.Kind = Kind("CREATE " + object)
	switch object {
	case "TABLE":
		p.createTable(s)
	case "INDEX":
		p.createIndex(s, unique)
	case "TYPE", "DOMAIN":
		p.createType(s)
	case "FUNCTION":
		p.createFunction(s)
	default:
		_, s.IfNotExists = p.ifExists()
		s.Name = p.name()
		if on := p.find(p.i, len(p.toks), "ON"); on >= 0 && (object == "TRIGGER" || object == "POLICY" || object == "RULE") {
			p.i = on + 1
			s.Table = p.name()
		}
	}
}

func (p *parser) createTable(s *Statement) {
	_, s.IfNotExists = p.ifExists()
	s.Name = p.name()
	p.cluster()
	if !p.is(p.i, "(") {
		s.As = true // AS SELECT, PARTITION OF, LIKE
		return
	}
	end := p.skip(p.i)
	open := p.i
	s.As = p.find(end, len(p.toks), "AS", "INHERITS") >= 0
	for _, item := range p.items(open+1, max(end-1, open+1)) {
		p.tableItem(s, item[0], item[1])
	}
	p.i = end
}

// cluster moves over ClickHouse's ON CLUSTER name.
func (p *parser) cluster() {
	if p.take("ON", "CLUSTER") {
		p.i++
	}
}

// tableItem reads one column, constraint or index of a CREATE TABLE.
func (p *parser) tableItem(s *Statement, i, end int) {
	switch {
	case p.is(i, "LIKE"), p.is(i, "PERIOD"):
		s.As = true
		return
	}
	p.i = i
	if c, ok := p.constraint(i, end); ok {
		s.Constraints = append(s.Constraints, c)
		return
	}
	if x, ok := p.indexItem(i, end); ok {
		s.Indexes = append(s.Indexes, x)
		return
	}
	if p.isName(i) || i < end && p.toks[i].kind == text {
		p.i = i
		s.Columns = append(s.Columns, p.column(i, end))
	}
}

// indexItem reads MySQL's KEY name (a, b) and ClickHouse's INDEX name expr TYPE t.
func (p *parser) indexItem(i, end int) (*schema.Index, bool) {
	p.i = i
	full := p.takeAny("FULLTEXT", "SPATIAL")
	if p.takeAny("KEY", "INDEX") == "" && full == "" {
		return nil, false
	}
	x := &schema.Index{Span: p.span(i, end), Method: strings.ToLower(full)}
	p.ifExists()
	switch {
	case p.is(p.i, "("), p.is(p.i, "USING"):
	case p.isName(p.i) && (p.is(p.i+1, "(") && schema.SQLKind(p.text(p.i)) == "" || p.is(p.i+1, "USING") || p.dialect == ClickHouse):
		x.Name = p.unquote(p.i)
		p.i++
	default: // a column that is called key
		return nil, false
	}
	if p.take("USING") {
		x.Method = strings.ToLower(p.text(p.i))
		p.i++
	}
	if p.is(p.i, "(") {
		x.Columns, x.Expression = p.columnList()
	} else if p.isName(p.i) {
		x.Columns = []string{p.unquote(p.i)}
	}
	return x, true
}

// constraint reads one constraint of a table.
func (p *parser) constraint(i, end int) (*schema.Constraint, bool) {
	p.i = i
	c := &schema.Constraint{Span: p.span(i, end)}
	if p.take("CONSTRAINT") {
		if !p.is(p.i, "PRIMARY") && !p.is(p.i, "UNIQUE") && !p.is(p.i, "FOREIGN") && !p.is(p.i, "CHECK") {
			c.Name = p.unquote(p.i)
			p.i++
		}
	}
	named := p.i > i
	switch {
	case p.take("PRIMARY", "KEY"):
		c.Kind = schema.PrimaryKey
		p.takeAny("CLUSTERED", "NONCLUSTERED")
	case p.take("FOREIGN", "KEY"):
		c.Kind = schema.ForeignKey
		p.ifExists()
	case p.is(p.i, "CHECK") && (named || p.is(p.i+1, "(")):
		c.Kind = schema.CheckRule
		p.i++
	case p.is(p.i, "EXCLUDE") && (named || p.is(p.i+1, "(") || p.is(p.i+1, "USING")):
		c.Kind = schema.Exclusion
	case p.is(p.i, "NOT") && p.is(p.i+1, "NULL") && named: // PostgreSQL 18
		c.Kind = schema.NotNullKey
		p.i += 2
		if p.isName(p.i) {
			c.Columns = []string{p.unquote(p.i)}
		}
	case p.is(p.i, "UNIQUE") && (named || p.is(p.i+1, "(") || p.is(p.i+1, "KEY") || p.is(p.i+1, "INDEX") || p.is(p.i+1, "USING") || p.is(p.i+1, "NULLS") || p.is(p.i+2, "(")):
		c.Kind = schema.UniqueKey
		p.i++
		p.takeAny("KEY", "INDEX", "CLUSTERED", "NONCLUSTERED")
		if p.take("NULLS") {
			p.take("NOT")
			p.take("DISTINCT")
		}
	default:
		return nil, false
	}
	if c.Kind == schema.UniqueKey || c.Kind == schema.PrimaryKey || c.Kind == schema.ForeignKey {
		if p.isName(p.i) && p.is(p.i+1, "(") {
			c.Name = p.unquote(p.i)
			p.i++
		}
		if p.take("USING", "INDEX") {
			c.UsingIndex = p.unquote(p.i)
			p.i++
		}
		if p.take("USING") {
			p.i++
		}
		c.Columns, _ = p.columnList()
	}
	if c.Kind == schema.ForeignKey && p.is(p.i, "REFERENCES") {
		c.References = p.reference(end)
	}
	for at := p.i; at < end; at = p.skip(at) {
		switch {
		case p.is(at, "NOT") && p.is(at+1, "VALID"), p.is(at, "NOCHECK"):
			c.NotValid = true
		case p.is(at, "DEFERRABLE") && !p.is(at-1, "NOT"):
			c.Deferrable = true
		}
	}
	return c, true
}

// reference reads REFERENCES table (columns) and what happens on a change.
func (p *parser) reference(end int) *schema.Reference {
	start := p.i
	p.i++
	n := p.name()
	r := &schema.Reference{Table: n.Name, Schema: n.Schema}
	r.Columns, _ = p.columnList()
	for p.i < end {
		switch {
		case p.take("ON", "DELETE"):
			r.OnDelete = p.effect()
		case p.take("ON", "UPDATE"):
			r.OnUpdate = p.effect()
		case p.take("MATCH"):
			p.i++
		default:
			r.Span = p.span(start, p.i)
			return r
		}
	}
	r.Span = p.span(start, p.i)
	return r
}

func (p *parser) effect() string {
	switch {
	case p.take("NO", "ACTION"):
		return "NO ACTION"
	case p.take("SET", "NULL"):
		return "SET NULL"
	case p.take("SET", "DEFAULT"):
		return "SET DEFAULT"
	}
	return p.takeAny("CASCADE", "RESTRICT")
}

func (p *parser) createIndex(s *Statement, unique bool) {
	s.Concurrently = p.take("CONCURRENTLY")
	_, s.IfNotExists = p.ifExists()
	x := &schema.Index{Unique: unique, Span: s.Span}
	if !p.is(p.i, "ON") || p.is(p.i+1, "ON") {
		s.Name = p.name()
		x.Name = s.Name.Name
	}
	if p.take("USING") {
		p.i++
	}
	if p.take("ON") {
		p.take("ONLY")
		s.Table = p.name()
	}
	if p.take("USING") {
		x.Method = strings.ToLower(p.text(p.i))
		p.i++
	}
	x.Columns, x.Expression = p.columnList()
	x.Partial = p.find(p.i, len(p.toks), "WHERE") >= 0
	s.Where = x.Partial
	s.Indexes = []*schema.Index{x}
}

// createType reads the values of an enum, the columns of a composite type and
// the constraints of a domain.
func (p *parser) createType(s *Statement) {
	_, s.IfNotExists = p.ifExists()
	s.Name = p.name()
	if p.take("AS", "ENUM") && p.is(p.i, "(") {
		end := p.skip(p.i)
		for i := p.i; i < end; i++ {
			if p.toks[i].kind == text {
				s.Values = append(s.Values, schema.Clip(p.unquote(i)))
			}
		}
		return
	}
	if s.Kind != CreateDomain {
		return
	}
	if at := p.find(p.i, len(p.toks), "CHECK", "NOT"); at >= 0 {
		kind := schema.CheckRule
		if p.is(at, "NOT") {
			kind = schema.NotNullKey
		}
		s.Constraints = append(s.Constraints, &schema.Constraint{Kind: kind, Span: p.span(at, len(p.toks))})
	}
}

func (p *parser) createFunction(s *Statement) {
	_, s.IfNotExists = p.ifExists()
	s.Name = p.name()
	for i := p.i; i < len(p.toks); i = p.skip(i) {
		switch {
		case p.is(i, "LANGUAGE"):
			s.Value = strings.ToLower(p.unquote(i + 1))
		case p.is(i, "SECURITY") && p.is(i+1, "DEFINER"):
			s.Definer = true
		case p.toks[i].kind == body:
			tag := strings.IndexByte(p.text(i)[1:], '$') + 2
			s.Body = finding.Span{Start: int(p.toks[i].start) + tag, End: int(p.toks[i].end) - tag}
		}
	}
}

// drop reads DROP of whatever it drops.
func (p *parser) drop(s *Statement) {
	p.takeAny("TEMPORARY", "OWNED")
	object := strings.ToUpper(schema.Clip(p.text(p.i)))
	p.i++
	if object == "MATERIALIZED" {
		object += " " + strings.ToUpper(schema.Clip(p.text(p.i)))
		p.i++
	}
	if object == "PROCEDURE" {
		object = "FUNCTION"
	}
	s.Kind = Kind("DROP " + object)
	s.Concurrently = p.take("CONCURRENTLY")
	s.IfExists, _ = p.ifExists()
	p.listed(s)
	if p.take("ON") {
		s.Table = p.name()
	}
}
