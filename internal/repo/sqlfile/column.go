package sqlfile

import (
	"strings"

	"drydock/internal/repo/schema"
)

// ends are the words that a column's type ends before.
var ends = map[string]bool{
	"CONSTRAINT": true, "NOT": true, "NULL": true, "DEFAULT": true, "PRIMARY": true, "UNIQUE": true, "REFERENCES": true, "CHECK": true, "GENERATED": true,
	"COLLATE": true, "AUTO_INCREMENT": true, "AUTOINCREMENT": true, "COMMENT": true, "ON": true, "AS": true, "KEY": true, "CODEC": true, "TTL": true,
	"MATERIALIZED": true, "ALIAS": true, "STORAGE": true, "COMPRESSION": true, "IDENTITY": true, "USING": true, "FIRST": true, "AFTER": true, "VISIBLE": true,
	"INVISIBLE": true, "VIRTUAL": true, "STORED": true, "DEFERRABLE": true, "INITIALLY": true, "CHARSET": true, "EPHEMERAL": true, "OPTIONS": true, "ROWGUIDCOL": true, "SPARSE": true,
}

// endsAt says whether token i ends a type or default.
func (p *parser) endsAt(i int) bool {
	if i >= len(p.toks) || p.toks[i].kind != word {
		return false
	}
	t := p.toks[i]
	if t.end-t.start > 16 {
		return false
	}
	return ends[strings.ToUpper(p.text(i))] || p.is(i, "CHARACTER") && p.is(i+1, "SET")
}

// column reads the column of tokens [i, end): name, type, constraints.
func (p *parser) column(i, end int) *schema.Column {
	c := &schema.Column{Name: p.unquote(i), Span: p.span(i, end), NameSpan: p.span(i, i+1)}
	p.i = i + 1
	if p.isName(p.i) && p.toks[p.i].start == p.toks[p.i-1].end && (p.toks[p.i].kind == computed || p.toks[i].kind == computed) {
		p.i = i
		c.Name = p.part()
		c.NameSpan = p.span(i, p.i)
	}
	p.columnType(c, end)
	for p.i < end {
		p.columnConstraint(c, end)
	}
	if c.Primary && c.Null == schema.NullUnsaid {
		c.Null = schema.NotNull
	}
	if p.dialect == ClickHouse && c.Null == schema.NullUnsaid {
		c.Null = schema.NotNull
		if strings.Contains(c.Type, "Nullable(") {
			c.Null = schema.Nullable
		}
	}
	return c
}

// columnType reads the type that begins at p.i.
func (p *parser) columnType(c *schema.Column, end int) {
	start := p.i
	for p.i < end && !p.endsAt(p.i) {
		c.Array = c.Array || p.is(p.i, "[") || p.is(p.i, "ARRAY")
		p.i = p.skip(p.i)
	}
	p.i = min(p.i, end)
	if p.i == start {
		return
	}
	c.TypeSpan = p.span(start, p.i)
	c.Type = p.written(start, p.i)
	c.Kind = schema.SQLKind(c.Type)
	if strings.Contains(strings.ToLower(c.Type), "serial") {
		c.Generated = schema.Serial
		if c.Null == schema.NullUnsaid {
			c.Null = schema.NotNull
		}
	}
}

// columnConstraint reads the constraint or option at p.i and moves behind it.
func (p *parser) columnConstraint(c *schema.Column, end int) {
	start := p.i
	switch {
	case p.take("CONSTRAINT"):
		p.i++ // its name
	case p.take("NOT", "NULL"):
		c.Null = schema.NotNull
	case p.take("NOT"):
	case p.take("NULL"):
		c.Null = schema.Nullable
	case p.take("PRIMARY", "KEY"):
		c.Primary = true
	case p.take("UNIQUE"):
		c.Unique = true
		p.take("KEY")
	case p.take("KEY"):
		c.Primary = true
	case p.take("DEFAULT"):
		c.Default = p.defaultValue(end)
	case p.is(p.i, "REFERENCES"):
		c.References = p.reference(end)
	case p.take("CHECK"):
		c.Check = true
		p.i = p.skip(p.i)
	case p.take("ON", "UPDATE"):
		c.Updated = true
		if p.i++; p.is(p.i, "(") {
			p.i = p.skip(p.i)
		}
	case p.take("GENERATED"), p.is(p.i, "AS") && p.is(p.i+1, "("):
		p.generated(c, end)
	case p.take("MATERIALIZED"), p.take("ALIAS"):
		c.Generated = schema.Stored
		p.i = p.expression(end)
	case p.takeAny("AUTO_INCREMENT", "AUTOINCREMENT") != "":
		c.Generated = schema.Serial
	case p.take("IDENTITY"):
		c.Generated = schema.Identity
	case p.takeAny("COLLATE", "COMMENT", "STORAGE", "COMPRESSION", "AFTER", "CHARSET") != "":
		p.name()
	case p.take("CHARACTER", "SET"):
		p.name()
	}
	if p.i == start {
		p.i = p.skip(p.i)
	}
	p.i = min(p.i, end)
}

// generated reads GENERATED ALWAYS AS IDENTITY and AS (expression) STORED.
func (p *parser) generated(c *schema.Column, end int) {
	for p.takeAny("ALWAYS", "BY", "DEFAULT", "ON", "NULL") != "" {
	}
	if !p.take("AS") {
		return
	}
	if p.take("IDENTITY") {
		c.Generated = schema.Identity
		if c.Null == schema.NullUnsaid {
			c.Null = schema.NotNull
		}
		if p.is(p.i, "(") {
			p.i = p.skip(p.i)
		}
		return
	}
	p.i = min(p.skip(p.i), end)
	c.Generated = schema.Virtual
	if p.takeAny("STORED", "PERSISTED") != "" {
		c.Generated = schema.Stored
	} else {
		p.take("VIRTUAL")
	}
}

// expression is the token after the expression that begins at p.i.
func (p *parser) expression(end int) int {
	i := p.i
	if i < end { // NULL and CURRENT_TIMESTAMP are words, too
		i = p.skip(i)
	}
	for i < end && !p.endsAt(i) {
		i = p.skip(i)
	}
	return min(i, end)
}

// defaultValue reads the expression behind DEFAULT.
func (p *parser) defaultValue(end int) schema.Default {
	start := p.i
	p.i = p.expression(end)
	d := schema.Default{Text: p.written(start, p.i), Span: p.span(start, p.i)}
	if p.i > start {
		d.Kind = p.defaultKind(start, p.i)
	}
	return d
}

// maxWrapped is how many parentheses around a default are taken off.
const maxWrapped = 8

// defaultKind says what the expression of tokens [i, end) costs.
func (p *parser) defaultKind(i, end int) schema.DefaultKind {
	for depth := 0; depth < maxWrapped && p.is(i, "(") && p.skip(i) == end; depth++ {
		i, end = i+1, end-1
	}
	if i >= end {
		return schema.DefaultExpression
	}
	switch t := p.toks[i]; {
	case t.kind == text || t.kind == number || t.kind == body:
	case (p.is(i, "-") || p.is(i, "+")) && i+1 < end && p.toks[i+1].kind == number:
		i++
	case p.is(i, "NULL") && (i+1 == end || p.is(i+1, "::")):
		return schema.DefaultNone
	case p.is(i, "TRUE"), p.is(i, "FALSE"):
	case p.is(i, "ARRAY") && p.is(i+1, "["):
		return schema.DefaultLiteral
	case p.is(i, "["), p.is(i, "{"), p.is(i, "B") && i+1 < end && p.toks[i+1].kind == text:
		return schema.DefaultLiteral
	case t.kind == word || t.kind == quoted:
		return p.calledKind(i, end)
	default:
		return schema.DefaultExpression
	}
	for at := i + 1; at < end; at = p.skip(at) { // a cast changes nothing, another operator may
		if p.is(at, "+") || p.is(at, "|") || p.is(at, "-") || p.is(at, "*") {
			return schema.DefaultExpression
		}
	}
	return schema.DefaultLiteral
}

// calledKind is that of a default that begins with a name: the worst of the
// functions that it calls.
func (p *parser) calledKind(i, end int) schema.DefaultKind {
	worst := schema.DefaultNone
	for at := i; at < end; at++ {
		if p.toks[at].kind != word && p.toks[at].kind != quoted || p.is(at-1, "::") {
			continue
		}
		kind := schema.FunctionKind(p.unquote(at))
		switch {
		case p.is(at+1, "."):
			continue
		case kind == schema.DefaultExpression && !p.is(at+1, "("): // an operator, a part of AT TIME ZONE
			continue
		case kind == schema.DefaultVolatile && !p.is(at+1, "("): // a type, a sequence
			continue
		}
		if worst == schema.DefaultNone || kind == schema.DefaultVolatile || kind == schema.DefaultExpression && worst != schema.DefaultVolatile {
			worst = kind
		}
	}
	if worst == schema.DefaultNone {
		return schema.DefaultExpression
	}
	return worst
}
