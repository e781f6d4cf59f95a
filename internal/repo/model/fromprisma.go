package model

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/prisma"
	"drydock/internal/repo/schema"
)

// maxColumns is the number of columns above which a model's keys and indexes are
// not joined with them.
const maxColumns = 4000

var prismaKinds = map[string]schema.Kind{
	"String": schema.Text, "Int": schema.Integer, "BigInt": schema.Bigint, "Float": schema.Float, "Decimal": schema.Decimal,
	"Boolean": schema.Boolean, "DateTime": schema.DateTime, "Json": schema.JSON, "Bytes": schema.Bytes,
}

// FromPrisma reads the models and views of a schema file. isModel says whether a
// type is the name of a model, also of one in another file of the schema.
func FromPrisma(f *prisma.File, isModel func(name string) bool) (out []*Model) {
	enums := map[string]bool{}
	for _, e := range f.Enums {
		enums[e.Name] = true
	}
	for _, p := range f.Models {
		m := &Model{ORM: Prisma, Name: p.Name, Unmanaged: p.IsView, Span: p.Span, NameSpan: p.NameSpan}
		m.Table.Name = p.Table()
		for _, field := range p.Fields {
			if isModel(field.Type) {
				continue
			}
			m.Table.Columns = append(m.Table.Columns, prismaColumn(field, enums))
		}
		if len(p.Fields) > maxColumns { // nobody's: keys and relations would take too long
			m.Open = true
			out = append(out, m)
			continue
		}
		for _, field := range p.Fields {
			if isModel(field.Type) {
				prismaRelation(m, field)
			}
		}
		for _, a := range p.Attributes {
			prismaAttribute(m, a)
		}
		out = append(out, m)
	}
	return out
}

func prismaColumn(f *prisma.Field, enums map[string]bool) *schema.Column {
	c := &schema.Column{Name: f.Name, Type: f.Type, Kind: prismaKinds[f.Type], Array: f.List, Null: schema.NotNull, Span: f.Span, NameSpan: f.NameSpan, TypeSpan: f.TypeSpan}
	if f.List { // never null to Prisma, but the column may be
		c.Null = schema.NullUnsaid
	}
	if f.Optional {
		c.Null = schema.Nullable
	}
	if enums[f.Type] {
		c.Kind = schema.Enum
	}
	for _, a := range f.Attributes {
		switch a.Name {
		case "id":
			c.Primary = true
		case "unique":
			c.Unique = true
		case "updatedAt":
			c.Updated = true
		case "map":
			if names := a.Strings(); len(names) > 0 {
				c.Field, c.Name = c.Name, names[0]
			}
		case "default":
			c.Default = prismaDefault(a)
			if strings.HasPrefix(c.Default.Text, "autoincrement(") || strings.HasPrefix(c.Default.Text, "sequence(") {
				c.Generated, c.Default = schema.Serial, schema.Default{}
			}
		default:
			if native, ok := strings.CutPrefix(a.Name, "db."); ok {
				if k := schema.SQLKind(native); k != "" {
					c.Kind = k
				}
			}
		}
	}
	return c
}

func prismaDefault(a prisma.Attribute) schema.Default {
	d := schema.Default{Kind: schema.DefaultLiteral, Text: schema.Clip(strings.TrimSpace(a.Args)), Span: a.Span}
	name, _, called := strings.Cut(d.Text, "(")
	switch {
	case !called:
	case name == "now":
		d.Kind = schema.DefaultStable
	case name == "dbgenerated":
		d.Kind = schema.DefaultExpression
		if args := a.Strings(); len(args) > 0 {
			d.Kind = SQLDefault(args[0])
		}
	case !strings.ContainsAny(name, `"[{ `): // uuid(), cuid(): Prisma makes them
		d.Kind = schema.DefaultApplication
	}
	return d
}

// prismaRelation reads a field whose type is a model into a relation and, where
// this side holds the key, into its columns.
func prismaRelation(m *Model, f *prisma.Field) {
	rel := Relation{Name: f.Name, Model: f.Type, Many: f.List, Span: f.Span}
	a, ok := f.Attribute("relation")
	if ok {
		rel.OnDelete = schema.Action(argument(a.Args, "onDelete"))
		if strings.Contains(a.Args, "fields:") {
			rel.Columns = columnsOf(m, a.Fields())
		}
	}
	m.Relations = append(m.Relations, rel)
	if len(rel.Columns) == 0 {
		return
	}
	ref := &schema.Reference{Model: f.Type, OnDelete: rel.OnDelete, OnUpdate: schema.Action(argument(a.Args, "onUpdate")), Span: a.Span}
	if _, list, found := strings.Cut(a.Args, "references:"); found {
		ref.Columns = prisma.Attribute{Args: list}.Fields()
	}
	if len(rel.Columns) == 1 {
		if c := m.Table.Column(rel.Columns[0]); c != nil {
			c.References = ref
		}
		return
	}
	m.Table.Constraints = append(m.Table.Constraints, &schema.Constraint{Kind: schema.ForeignKey, Columns: rel.Columns, References: ref, Span: a.Span})
}

// argument is the word behind "name:" among the arguments.
func argument(args, name string) string {
	_, rest, ok := strings.Cut(args, name+":")
	if !ok {
		return ""
	}
	rest = strings.TrimSpace(rest)
	if i := strings.IndexAny(rest, ", \t\n)"); i >= 0 {
		rest = rest[:i]
	}
	return strings.Trim(rest, `"`)
}

// columnsOf are the database's names of fields.
func columnsOf(m *Model, fields []string) []string {
	out := make([]string, 0, len(fields))
	for _, f := range fields {
		if c := m.Column(f); c != nil {
			f = c.Name
		}
		out = append(out, f)
	}
	return out
}

func prismaAttribute(m *Model, a prisma.Attribute) {
	name := argument(a.Args, "map")
	constraint := func(kind schema.ConstraintKind) {
		m.Table.Constraints = append(m.Table.Constraints, &schema.Constraint{Kind: kind, Name: name, Columns: columnsOf(m, a.Fields()), Span: a.Span})
	}
	switch a.Name {
	case "id":
		constraint(schema.PrimaryKey)
	case "unique":
		constraint(schema.UniqueKey)
	case "index", "fulltext":
		x := &schema.Index{Name: name, Columns: columnsOf(m, a.Fields()), Method: strings.ToLower(argument(a.Args, "type")), Span: a.Span}
		if a.Name == "fulltext" {
			x.Method = a.Name
		}
		m.Table.Indexes = append(m.Table.Indexes, x)
	case "schema":
		if names := a.Strings(); len(names) > 0 {
			m.Table.Schema = names[0]
		}
	case "ignore":
		m.Unmanaged = true
	}
}

// Inherit adds what a base declares and the model does not. path is the file of
// the base, "" when it is the model's own; from another file, spans of the added
// columns are of that file and constraints are left out.
func (m *Model) Inherit(base *Model, path string) {
	if len(base.Table.Columns)+len(m.Table.Columns) > maxColumns {
		m.Open = true
		return
	}
	for _, c := range base.Table.Columns {
		if m.Table.Column(c.Name) != nil || c.Field != "" && m.Column(c.Field) != nil {
			continue
		}
		own := *c
		if own.Path == "" {
			own.Path = path
		}
		m.Table.Columns = append(m.Table.Columns, &own)
	}
	for _, r := range base.Relations {
		known := false
		for _, have := range m.Relations {
			known = known || have.Name == r.Name
		}
		if !known {
			r.Span = finding.Span{Start: m.NameSpan.Start, End: m.NameSpan.End}
			m.Relations = append(m.Relations, r)
		}
	}
	if len(m.Table.Constraints)+len(m.Table.Indexes) == 0 && path == "" {
		m.Table.Constraints = append(m.Table.Constraints, base.Table.Constraints...)
		m.Table.Indexes = append(m.Table.Indexes, base.Table.Indexes...)
	}
	m.Open = m.Open || base.Open
}

// Settle writes the columns of keys and indexes as the database calls them, where
// they were written as the code does. Call it when all columns are known.
func (m *Model) Settle() {
	if len(m.Table.Columns) > maxColumns {
		return
	}
	for _, k := range m.Table.Constraints {
		k.Columns = columnsOf(m, k.Columns)
	}
	for _, x := range m.Table.Indexes {
		x.Columns = columnsOf(m, x.Columns)
	}
}
