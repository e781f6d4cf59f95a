package model

import (
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// decorated reads the classes that decorators make models of.
func (r *scriptReader) decorated(used map[string]bool) (out []*Model) {
	for _, c := range jsClasses(r.src, r.js) {
		var m *Model
		for _, d := range c.decorators {
			if m = r.entity(c, d, used); m != nil {
				break
			}
		}
		if m == nil {
			m = baseOf(c, used)
		}
		if m == nil {
			continue
		}
		m.Name, m.Span, m.NameSpan = strings.Clone(c.name), c.span, c.nameSpan
		if c.extends != "" {
			m.Bases = []string{strings.Clone(c.extends)}
		}
		for _, member := range c.members {
			r.member(m, member)
		}
		for _, d := range c.decorators {
			r.tableDecorator(m, d)
		}
		if m.Abstract && len(m.Table.Columns) == 0 {
			continue
		}
		out = append(out, m)
	}
	return out
}

// entity makes a model of a class if the decorator says that it is one.
func (r *scriptReader) entity(c jsClass, d jsDecorator, used map[string]bool) *Model {
	m := &Model{}
	var options jslex.Arg
	if d.call != nil {
		for _, a := range d.call.Args {
			if a.IsLiteral && m.Table.Name == "" {
				m.Table.Name = strings.Clone(a.Literal)
			} else if o, ok := r.object(a); ok {
				options = o
			}
		}
	}
	switch {
	case used["typeorm"] && (d.name == "Entity" || d.name == "ChildEntity" || d.name == "ViewEntity"):
		m.ORM = TypeORM
		m.Unmanaged = d.name == "ViewEntity"
		m.Table.Schema = str(options, "schema")
		if n := str(options, "name"); n != "" {
			m.Table.Name = n
		}
	case used["mikro"] && d.name == "Entity":
		m.ORM = MikroORM
		m.Abstract, _ = boolean(options, "abstract")
		m.Table.Name, m.Table.Schema = str(options, "tableName"), str(options, "schema")
	case used["sequelize-typescript"] && d.name == "Table":
		m.ORM = Sequelize
		m.Table.Name = str(options, "tableName")
		r.sequelizeOptions(m, options, d.span)
	case used["mongoose-classes"] && (d.name == "Schema" || d.name == "modelOptions"):
		m.ORM = Mongoose
		if inner, ok := options.Prop("schemaOptions"); ok {
			options = inner.Value
		}
		m.Table.Name = str(options, "collection")
		mongooseOptions(m, options, d.span)
		return m
	default:
		return nil
	}
	if m.Table.Name == "" && !m.Abstract && (d.call == nil || len(d.call.Args) == 0 || options.Kind == jslex.ValueObject) {
		m.Table.Name = snake(c.name)
		if m.ORM == Sequelize {
			m.Table.Name = strings.Clone(c.name)
		}
	}
	return m
}

// baseOf makes an abstract model of a class without a decorator of its own whose
// fields have some.
func baseOf(c jsClass, used map[string]bool) *Model {
	for _, m := range c.members {
		for _, d := range m.decorators {
			switch {
			case used["typeorm"] && strings.HasSuffix(d.name, "Column"):
				return &Model{ORM: TypeORM, Abstract: true}
			case used["mikro"] && (d.name == "Property" || d.name == "PrimaryKey"):
				return &Model{ORM: MikroORM, Abstract: true}
			case used["mongoose-classes"] && (d.name == "Prop" || d.name == "prop"):
				return &Model{ORM: Mongoose, Abstract: true}
			case used["sequelize-typescript"] && (d.name == "Column" || d.name == "CreatedAt" || d.name == "UpdatedAt" || d.name == "DeletedAt" || d.name == "ForeignKey"):
				return &Model{ORM: Sequelize, Abstract: true}
			}
		}
	}
	return nil
}

// member reads one field with its decorators into m.
func (r *scriptReader) member(m *Model, f jsMember) {
	if f.static || len(f.decorators) == 0 {
		return
	}
	typ, list, null := scriptType(f.typ)
	c := &schema.Column{Name: strings.Clone(f.name), Type: typ, Kind: scriptKinds[typ], Array: list, Null: schema.NotNull, Span: f.span, NameSpan: f.nameSpan}
	if m.ORM == Mongoose || m.ORM == Sequelize || m.ORM == MikroORM && (null || f.optional) {
		c.Null = schema.Nullable
	}
	c.Span.Start = min(c.Span.Start, f.decorators[0].span.Start)
	column, joined := false, false
	for _, d := range f.decorators {
		joined = joined || d.name == "JoinColumn"
	}
	var rel *Relation
	for _, d := range f.decorators { // first, since JoinColumn may stand before it
		if k := relationKind(d.name); k != "" {
			rel = r.relation(m, c, d, k, typ, joined)
		}
	}
	for _, d := range f.decorators {
		if relationKind(d.name) == "" {
			column = r.columnDecorator(m, c, d, rel) || column
		}
	}
	if rel != nil {
		m.Relations = append(m.Relations, *rel)
		column = rel.Columns != nil
	}
	if !column || m.ORM == Sequelize && virtual(c) {
		return
	}
	if have := m.Table.Column(c.Name); have != nil && rel != nil { // a column that stands for itself, too
		have.References = c.References
		return
	}
	if c.Primary {
		c.Null = schema.NotNull
	}
	m.Table.Columns = append(m.Table.Columns, c)
}

func relationKind(name string) string {
	switch name {
	case "ManyToOne", "OneToOne", "OneToMany", "ManyToMany":
		return name
	case "BelongsTo":
		return "BelongsTo"
	case "HasMany", "BelongsToMany":
		return "OneToMany"
	case "HasOne":
		return "HasOne"
	}
	return ""
}

// relation reads @ManyToOne(() => User, user => user.posts, {onDelete: "CASCADE"})
// into the column that holds its key.
func (r *scriptReader) relation(m *Model, c *schema.Column, d jsDecorator, kind, typ string, joined bool) *Relation {
	rel := &Relation{Name: c.Name, Model: typ, Many: kind == "OneToMany" || kind == "ManyToMany", Span: d.span}
	var options jslex.Arg
	if d.call != nil {
		for i, a := range d.call.Args {
			if n := arrowName(a); i == 0 && n != "" {
				rel.Model = n
			}
			if o, ok := r.object(a); ok {
				options = o
				if e, ok := o.Prop("entity"); ok {
					rel.Model = arrowName(e.Value)
				}
			}
		}
	}
	for _, key := range []string{"onDelete", "deleteRule"} {
		if on := str(options, key); on != "" {
			rel.OnDelete = schema.Action(on)
		}
	}
	if kind != "ManyToOne" && (kind != "OneToOne" || !joined) || m.ORM == Mongoose || m.ORM == Sequelize {
		return rel
	}
	c.Field, c.Type, c.Kind = c.Name, "", ""
	c.Name += "Id"
	if m.ORM == MikroORM {
		c.Name = snake(c.Field) + "_id"
	} else {
		c.Null = schema.Nullable
	}
	if on, said := boolean(options, "nullable"); said {
		c.Null = schema.NotNull
		if on {
			c.Null = schema.Nullable
		}
	}
	c.Unique = kind == "OneToOne"
	c.Primary, _ = boolean(options, "primary")
	c.References = &schema.Reference{Model: rel.Model, OnDelete: rel.OnDelete, Span: d.span}
	for _, key := range []string{"fieldName", "joinColumn"} {
		if n := str(options, key); n != "" {
			c.Name = n
		}
	}
	rel.Columns = []string{c.Name}
	return rel
}

// columnDecorator reads a decorator of a field; it says whether the field is a
// column because of it.
func (r *scriptReader) columnDecorator(m *Model, c *schema.Column, d jsDecorator, rel *Relation) bool {
	var options jslex.Arg
	var first jslex.Arg
	if d.call != nil {
		for i, a := range d.call.Args {
			if i == 0 {
				first = a
			}
			if o, ok := r.object(a); ok {
				options = o
			}
		}
	}
	switch d.name {
	case "PrimaryGeneratedColumn", "PrimaryKey", "PrimaryColumn", "ObjectIdColumn", "SerializedPrimaryKey":
		c.Primary = true
		if d.name == "PrimaryGeneratedColumn" {
			c.Generated = schema.Serial
			if first.Literal == "uuid" {
				c.Generated, c.Kind = schema.GeneratedNot, schema.UUID
				c.Default = schema.Default{Kind: schema.DefaultVolatile, Text: "uuid", Span: first.Span}
			}
		}
	case "CreateDateColumn", "CreatedAt":
		c.Default = schema.Default{Kind: schema.DefaultStable, Text: d.name, Span: d.span}
	case "UpdateDateColumn", "UpdatedAt":
		c.Updated = true
		c.Default = schema.Default{Kind: schema.DefaultStable, Text: d.name, Span: d.span}
	case "DeleteDateColumn", "DeletedAt":
		c.Null = schema.Nullable
	case "Column", "VersionColumn", "Property", "Enum", "Prop", "prop", "ViewColumn", "Formula":
		if d.name == "Enum" {
			c.Kind = schema.Enum
		}
	case "JoinColumn":
		if n := str(options, "name"); n != "" && rel != nil && rel.Columns != nil {
			rel.Columns = []string{n}
			c.Name = n
		}
		return false
	case "Index":
		c.Indexed = true
		if on, _ := boolean(options, "unique"); on {
			c.Unique = true
		}
		return false
	case "Unique":
		c.Unique = true
		return false
	case "AllowNull":
		if on, ok := first.Bool(); ok && !on {
			c.Null = schema.NotNull
		}
		return false
	case "AutoIncrement":
		c.Generated = schema.Serial
		return false
	case "Default":
		c.Default = sequelizeDefault(first)
		return false
	case "ForeignKey":
		c.References = &schema.Reference{Model: arrowName(first), Span: d.span}
		return false
	default:
		return false
	}
	if first.IsLiteral && d.name != "Formula" {
		c.Type, c.TypeSpan = strings.Clone(first.Literal), first.Span
		if k := schema.SQLKind(first.Literal); k != "" {
			c.Kind = k
		}
	} else if first.Ident != "" && m.ORM == Sequelize {
		sequelizeType(c, first)
	}
	r.columnOptions(m, c, options)
	return true
}
