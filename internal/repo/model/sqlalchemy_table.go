package model

import (
	"strings"

	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// SQLDefault is the kind of a default that is written as SQL.
func SQLDefault(expression string) schema.DefaultKind {
	text := "ALTER TABLE t ALTER COLUMN c SET DEFAULT " + schema.Clip(expression)
	for _, s := range sqlfile.Text([]byte(text), sqlfile.PostgreSQL, false) {
		for _, a := range s.Actions {
			if a.Column != nil {
				return a.Column.Default.Kind
			}
		}
	}
	return schema.DefaultExpression
}

// tableArgs reads __table_args__: constraints, indexes and a dict of options.
func (r *pyReader) tableArgs(m *Model, v pylex.Arg) {
	items := v.Items()
	switch v.Kind {
	case pylex.ValueDict, pylex.ValueCall:
		items = []pylex.Arg{v}
	}
	for _, item := range items {
		if s, ok := item.Key("schema"); ok && s.IsLiteral {
			m.Table.Schema = strings.Clone(s.Literal)
		}
		if call, ok := item.Call(); ok {
			AlchemyTablePart(&m.Table, call)
		}
	}
}

// AlchemyTablePart reads UniqueConstraint(…), Index(…) and their kin into t; it
// says whether the call was one.
func AlchemyTablePart(t *schema.Table, c *pylex.Call) bool {
	args := positional(c)
	name := literal(c, "name")
	add := func(kind schema.ConstraintKind, columns []string) *schema.Constraint {
		k := &schema.Constraint{Kind: kind, Name: name, Columns: columns, Span: c.Span}
		t.Constraints = append(t.Constraints, k)
		return k
	}
	switch last(c.Callee) {
	case "UniqueConstraint":
		columns, _ := words(args)
		add(schema.UniqueKey, columns)
	case "PrimaryKeyConstraint":
		columns, _ := words(args)
		add(schema.PrimaryKey, columns)
		for _, n := range columns {
			if col := t.Column(n); col != nil {
				col.Null = schema.NotNull
			}
		}
	case "CheckConstraint":
		add(schema.CheckRule, nil)
	case "ExcludeConstraint":
		add(schema.Exclusion, nil)
	case "ForeignKeyConstraint":
		if len(args) < 2 {
			return true
		}
		columns, _ := words(args[0].Items())
		k := add(schema.ForeignKey, columns)
		k.References = &schema.Reference{OnDelete: schema.Action(literal(c, "ondelete")), OnUpdate: schema.Action(literal(c, "onupdate")), Span: args[1].Span}
		k.NotValid, _ = flag(c, "postgresql_not_valid")
		var there []string
		for _, to := range args[1].Items() {
			target(k.References, to.Literal)
			there = append(there, k.References.Columns...)
		}
		k.References.Columns = there
	case "Index":
		if len(args) == 0 {
			return true
		}
		x := &schema.Index{Method: strings.ToLower(literal(c, "postgresql_using")), Span: c.Span}
		if args[0].IsLiteral {
			x.Name = strings.Clone(args[0].Literal)
		}
		x.Columns, x.Expression = words(args[1:])
		x.Unique, _ = flag(c, "unique")
		_, x.Partial = c.Arg("postgresql_where")
		t.Indexes = append(t.Indexes, x)
	default:
		return false
	}
	return true
}

// declared reads a method under @declared_attr: what it returns is an attribute.
func (r *pyReader) declared(m *Model, d int) bool {
	def := &r.py.Defs[d]
	ok := false
	for _, dec := range def.Decorators {
		ok = ok || strings.HasPrefix(last(dec.Callee), "declared_attr") || strings.Contains(dec.Callee, "declared_attr.") || last(dec.Callee) == "declared_attr"
	}
	if !ok {
		return false
	}
	if def.Name == "__tablename__" {
		m.Computed = true
		return true
	}
	name, null, list, mapped := annotation(def.Returns)
	for _, c := range r.calls[d] {
		switch {
		case isColumn(r.py, c):
			col := r.alchemyColumn(c, def.Name)
			if mapped && !said(c, "nullable") && !col.Primary {
				col.Null = null
			} else if col.Null == schema.NullUnsaid {
				col.Null = schema.Nullable
			}
			if col.Type == "" {
				col.Type, col.Kind = strings.Clone(name), pyKinds[name]
			}
			col.NameSpan = def.NameSpan
			m.Table.Columns = append(m.Table.Columns, col)
			return true
		case isRelationship(c):
			r.relationship(m, c, def.Name, name, list)
			return true
		case def.Name == "__table_args__":
			AlchemyTablePart(&m.Table, c)
		}
	}
	return true
}

// relationship reads relationship("Model", …).
func (r *pyReader) relationship(m *Model, c *pylex.Call, name, annotated string, list bool) {
	rel := Relation{Name: strings.Clone(name), Many: list, Span: c.Span}
	if args := positional(c); len(args) > 0 {
		rel.Model = strings.Clone(args[0].Literal)
		if rel.Model == "" {
			rel.Model = strings.Clone(args[0].Ident)
		}
	}
	if rel.Model == "" && annotated != "" {
		rel.Model = strings.Clone(annotated)
	}
	if s, ok := c.Arg("secondary"); ok {
		rel.Many, rel.Through = true, strings.Clone(s.Literal+s.Ident)
	}
	if v, ok := flag(c, "uselist"); ok {
		rel.Many = v
	}
	if strings.Contains(literal(c, "cascade"), "delete") {
		rel.OnDelete = "CASCADE"
	}
	m.Relations = append(m.Relations, rel)
}

// coreTables reads t = Table("t", metadata, Column(…)).
func (r *pyReader) coreTables() (out []*Model) {
	for i := range r.py.Assigns {
		a := &r.py.Assigns[i]
		if a.Value.Callee == "" || last(a.Value.Callee) != "Table" || strings.HasPrefix(a.Target, "__") || len(out) >= maxClasses {
			continue
		}
		call, ok := a.Value.Call()
		full := r.py.Qualify(a.Value.Callee)
		if !ok || !strings.HasPrefix(full, "sqlalchemy") && !strings.HasSuffix(full, "db.Table") {
			continue
		}
		m := &Model{ORM: SQLAlchemy, Name: strings.Clone(a.Target), Span: a.Span, NameSpan: a.TargetSpan}
		r.tableCall(m, call)
		if len(m.Table.Columns) > 0 {
			out = append(out, m)
		}
	}
	return out
}

func (r *pyReader) tableCall(m *Model, c *pylex.Call) {
	args := positional(c)
	if len(args) == 0 {
		return
	}
	m.Table.Name = strings.Clone(args[0].Literal)
	m.Table.Schema = literal(c, "schema")
	AlchemyColumns(r.py, &m.Table, args[1:])
}

// AlchemyColumns reads the columns and constraints among the arguments of Table
// or create_table into t.
func AlchemyColumns(py *pylex.File, t *schema.Table, args []pylex.Arg) {
	for _, a := range args {
		call, ok := a.Call()
		if !ok {
			continue
		}
		if last(call.Callee) == "Column" {
			col := AlchemyColumn(py, call, "")
			if col.Null == schema.NullUnsaid {
				col.Null = schema.Nullable
			}
			t.Columns = append(t.Columns, col)
			continue
		}
		AlchemyTablePart(t, call)
	}
}

// annotated reads the attributes of a class that SQLModel would make columns of.
func (r *pyReader) annotated(d int) (out []*schema.Column) {
	for _, a := range r.assigns[d] {
		if a.Annotation == "" || strings.HasPrefix(a.Target, "_") || strings.HasPrefix(a.Target, "model_") || strings.Contains(a.Annotation, "ClassVar") || strings.Contains(a.Annotation, "Mapped[") {
			continue
		}
		call, isCall := a.Value.Call()
		if isCall && last(call.Callee) == "Relationship" {
			continue
		}
		name, null, list, _ := annotation(a.Annotation)
		c := &schema.Column{Name: strings.Clone(a.Target), Type: strings.Clone(name), Kind: pyKinds[name], Null: null, Array: list, Span: a.Span, NameSpan: a.TargetSpan}
		switch {
		case isCall && last(call.Callee) == "Field":
			r.modelField(c, call)
		case a.Op == "=" && a.Value.Kind != pylex.ValueNull:
			c.Default = schema.Default{Kind: schema.DefaultApplication, Text: schema.Clip(a.Value.Text()), Span: a.Value.Span}
		}
		out = append(out, c)
	}
	return out
}

// modelField reads SQLModel's Field(…).
func (r *pyReader) modelField(c *schema.Column, call *pylex.Call) {
	if inner, ok := call.Arg("sa_column"); ok {
		if col, ok := inner.Call(); ok && last(col.Callee) == "Column" {
			name, at := c.Name, c.NameSpan
			*c = *AlchemyColumn(r.py, col, name)
			c.Span, c.NameSpan = call.Span, at
			if c.Null == schema.NullUnsaid {
				c.Null = schema.Nullable
			}
			return
		}
	}
	options := AlchemyColumn(r.py, call, "")
	c.Primary, c.Unique, c.Indexed, c.Default = options.Primary, options.Unique, options.Indexed, options.Default
	if options.Null != schema.NullUnsaid {
		c.Null = options.Null
	}
	if a, ok := call.Arg("sa_type"); ok {
		AlchemyType(c, a)
	}
	if to := literal(call, "foreign_key"); to != "" {
		c.References = &schema.Reference{OnDelete: schema.Action(literal(call, "ondelete")), Span: call.Span}
		target(c.References, to)
	}
	if _, ok := call.Arg("max_length"); ok && c.Kind == schema.Text {
		c.Kind = schema.Varchar
	}
	if args := positional(call); len(args) > 0 && args[0].Kind != pylex.ValueNull && c.Default.Kind == schema.DefaultNone && !strings.HasPrefix(args[0].Text(), "...") {
		c.Default = schema.Default{Kind: schema.DefaultApplication, Text: schema.Clip(args[0].Text()), Span: args[0].Span}
	}
	if c.Primary {
		c.Null = schema.NotNull
	}
}
