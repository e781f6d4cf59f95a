package model

import (
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// columnOptions reads the options that a decorator, a define or a schema gives a
// column, by the names that the libraries share.
func (r *scriptReader) columnOptions(m *Model, c *schema.Column, options jslex.Arg) {
	props, _ := r.props(options, 0)
	for _, p := range props {
		on, isBool := p.Value.Bool()
		switch p.Key {
		case "name", "fieldName", "field":
			if p.Value.IsLiteral && m.ORM != Mongoose {
				if c.Field == "" {
					c.Field = c.Name
				}
				c.Name = strings.Clone(p.Value.Literal)
			}
		case "type", "columnType":
			r.optionType(m, c, p.Value)
		case "enum", "items":
			if c.Kind == "" || p.Key == "enum" && m.ORM != Mongoose {
				c.Kind = schema.Enum
			}
		case "nullable", "allowNull":
			if isBool {
				c.Null = schema.NotNull
				if on {
					c.Null = schema.Nullable
				}
			}
		case "required":
			if items := p.Value.Items(); len(items) > 0 {
				on, isBool = items[0].Bool()
			}
			if isBool && on {
				c.Null = schema.NotNull
			}
		case "unique":
			c.Unique = isBool && on || p.Value.IsLiteral || p.Value.Kind == jslex.ValueObject
		case "index":
			c.Indexed = isBool && on || p.Value.IsLiteral || p.Value.Kind == jslex.ValueObject
		case "primary", "primaryKey":
			c.Primary = on
		case "autoIncrement", "autoincrement":
			if on {
				c.Generated = schema.Serial
			}
		case "array":
			c.Array = on
		case "default", "defaultRaw":
			c.Default = scriptDefault(p.Value, m.ORM != Mongoose && !(m.ORM == MikroORM && p.Value.Kind == jslex.ValueFunc))
		case "defaultValue":
			c.Default = sequelizeDefault(p.Value)
		case "onCreate":
			c.Default = scriptDefault(p.Value, false)
		case "onUpdate":
			if p.Value.Kind == jslex.ValueFunc || p.Value.IsLiteral && c.References == nil {
				c.Updated = true
			} else if c.References != nil {
				c.References.OnUpdate = schema.Action(p.Value.Literal)
			}
		case "ref":
			c.References = &schema.Reference{Model: arrowName(p.Value), Span: p.Span}
		case "references":
			c.References = r.sequelizeReference(p)
		}
	}
	if on := str(options, "onDelete"); on != "" && c.References != nil {
		c.References.OnDelete = schema.Action(on)
	}
}

// optionType reads the type that an option names: "varchar", DataTypes.STRING,
// String, [String], () => Number.
func (r *scriptReader) optionType(m *Model, c *schema.Column, v jslex.Arg) {
	if items := v.Items(); len(items) > 0 {
		c.Array = true
		v = items[0]
		if t, ok := v.Prop("type"); ok {
			v = t.Value
		}
	}
	c.TypeSpan = v.Span
	if !r.within(v.Span, v.Text()) {
		c.TypeSpan.Start, c.TypeSpan.End = 0, 0
	}
	if v.IsLiteral {
		c.Type = strings.Clone(v.Literal)
		if k := schema.SQLKind(v.Literal); k != "" {
			c.Kind = k
		} else if k := scriptKinds[v.Literal]; k != "" {
			c.Kind = k
		}
		return
	}
	if m.ORM == Sequelize {
		sequelizeType(c, v)
		return
	}
	name := last(arrowName(v))
	if v.Kind == jslex.ValueCall { // Types.text()
		name = last(v.Callee)
	}
	if name == "" {
		return
	}
	c.Type = strings.Clone(name)
	c.Kind = scriptKinds[name]
	if c.Kind == "" {
		c.Kind = schema.SQLKind(name)
	}
}

// tableDecorator reads @Index(["a", "b"], {unique: true}) and @Unique(…) on a class.
func (r *scriptReader) tableDecorator(m *Model, d jsDecorator) {
	if d.call == nil || d.name != "Index" && d.name != "Unique" {
		return
	}
	name, unique, partial := "", d.name == "Unique", false
	var columns []string
	for _, a := range d.call.Args {
		switch {
		case a.IsLiteral:
			name = strings.Clone(a.Literal)
		case a.Kind == jslex.ValueArray:
			columns, _ = a.Strings()
		case a.Kind == jslex.ValueFunc: // (t) => [t.a, t.b]
			columns = arrowColumns(a.Text())
		case a.Kind == jslex.ValueObject:
			on, said := boolean(a, "unique")
			unique = unique || said && on
			_, partial = a.Prop("where")
			if n := str(a, "name"); n != "" {
				name = n
			}
			for _, key := range []string{"properties", "fields", "columns"} {
				if p, ok := a.Prop(key); ok {
					columns, _ = p.Value.Strings()
				}
			}
		}
	}
	if d.name == "Unique" {
		m.Table.Constraints = append(m.Table.Constraints, &schema.Constraint{Kind: schema.UniqueKey, Name: name, Columns: clone(columns), Span: d.span})
		return
	}
	if len(columns) > 0 {
		m.Table.Indexes = append(m.Table.Indexes, &schema.Index{Name: name, Columns: clone(columns), Unique: unique, Partial: partial, Span: d.span})
	}
}

// arrowColumns are the members that (t) => [t.a, t.b] lists.
func arrowColumns(text string) (out []string) {
	_, list, ok := strings.Cut(text, "[")
	if !ok || len(text) > schema.MaxText*4 {
		return nil
	}
	list, _, _ = strings.Cut(list, "]")
	for _, part := range strings.Split(list, ",") {
		if n := last(strings.TrimSpace(part)); n != "" {
			out = append(out, strings.Trim(n, `"'`))
		}
	}
	return out
}

// timestamp adds a column that an option declares.
func timestamp(m *Model, name string, updated bool, at schema.Column) {
	if m.Table.Column(name) != nil {
		return
	}
	c := at
	c.Name, c.Type, c.Kind, c.Null, c.Implied, c.Updated = name, "date", schema.DateTimeTZ, schema.NotNull, true, updated
	m.Table.Columns = append(m.Table.Columns, &c)
}
