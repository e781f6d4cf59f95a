package model

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// sequelizeKinds are Sequelize's types by name.
var sequelizeKinds = map[string]schema.Kind{
	"STRING": schema.Varchar, "CHAR": schema.Char, "TEXT": schema.Text, "CITEXT": schema.Text, "INTEGER": schema.Integer, "BIGINT": schema.Bigint, "SMALLINT": schema.Smallint, "TINYINT": schema.Smallint, "MEDIUMINT": schema.Integer,
	"FLOAT": schema.Float, "REAL": schema.Float, "DOUBLE": schema.Float, "NUMBER": schema.Float, "DECIMAL": schema.Decimal, "BOOLEAN": schema.Boolean, "DATE": schema.DateTimeTZ, "DATEONLY": schema.Date, "TIME": schema.Time,
	"UUID": schema.UUID, "JSON": schema.JSON, "JSONB": schema.JSON, "HSTORE": schema.JSON, "BLOB": schema.Bytes, "ENUM": schema.Enum,
}

// sequelizeType reads DataTypes.STRING(50) and Sequelize.ARRAY(…).
func sequelizeType(c *schema.Column, a jslex.Arg) {
	c.Type, c.TypeSpan = schema.Clip(a.Text()), a.Span
	name := a.Ident
	if a.Kind == jslex.ValueCall {
		name = a.Callee
	}
	for _, part := range strings.Split(name, ".") {
		part = strings.TrimSuffix(part, "()")
		if part == "ARRAY" {
			c.Array = true
		}
		if k := sequelizeKinds[part]; k != "" {
			c.Kind = k
		}
	}
	if call, ok := a.Call(); ok && last(call.Callee) == "ARRAY" && len(call.Args) > 0 {
		inner := schema.Column{}
		if t := call.Args[0]; t.Kind != jslex.ValueCall || last(t.Callee) != "ARRAY" {
			sequelizeType(&inner, t)
		}
		c.Kind = inner.Kind
	}
}

// sequelizeReference reads references: {model: "users", key: "id"}.
func (r *scriptReader) sequelizeReference(p jslex.Prop) *schema.Reference {
	ref := &schema.Reference{Span: p.Span}
	to, ok := p.Value.Prop("model")
	if !ok {
		ref.Model = arrowName(p.Value)
		return ref
	}
	switch {
	case to.Value.IsLiteral:
		ref.Table = strings.Clone(to.Value.Literal)
	case to.Value.Kind == jslex.ValueObject:
		ref.Table, ref.Schema = str(to.Value, "tableName"), str(to.Value, "schema")
	default:
		ref.Model = arrowName(to.Value)
	}
	if key := str(p.Value, "key"); key != "" {
		ref.Columns = []string{key}
	}
	return ref
}

// virtual says whether a field is computed by the program alone.
func virtual(c *schema.Column) bool {
	return strings.Contains(c.Type, "VIRTUAL")
}

// sequelizeDefault reads a default; what Sequelize makes itself is unknown to the
// database.
func sequelizeDefault(a jslex.Arg) schema.Default {
	d := scriptDefault(a, true)
	if strings.HasPrefix(last(a.Ident), "UUIDV") || a.Kind == jslex.ValueFunc {
		d.Kind = schema.DefaultApplication
	} else if last(a.Ident) == "NOW" {
		d.Kind = schema.DefaultStable
	}
	return d
}

// sequelizeOptions reads what a model is told about its table.
func (r *scriptReader) sequelizeOptions(m *Model, options jslex.Arg, at finding.Span) {
	created, updated, deleted := "createdAt", "updatedAt", "deletedAt"
	if on, _ := boolean(options, "underscored"); on {
		created, updated, deleted = "created_at", "updated_at", "deleted_at"
	}
	pick := func(key, name string) string {
		p, ok := options.Prop(key)
		if on, isBool := p.Value.Bool(); ok && isBool && !on {
			return ""
		}
		if ok && p.Value.IsLiteral {
			return strings.Clone(p.Value.Literal)
		}
		return name
	}
	span := at
	if options.Kind == jslex.ValueObject && r.within(options.Span, options.Text()) {
		span = options.Span
	}
	place := schema.Column{Span: span, NameSpan: span}
	if on, said := boolean(options, "timestamps"); on || !said {
		if n := pick("createdAt", created); n != "" {
			timestamp(m, n, false, place)
		}
		if n := pick("updatedAt", updated); n != "" {
			timestamp(m, n, true, place)
		}
		if on, _ := boolean(options, "paranoid"); on {
			if n := pick("deletedAt", deleted); n != "" {
				timestamp(m, n, false, place)
				m.Table.Column(n).Null = schema.Nullable
			}
		}
	}
	indexes, _ := options.Prop("indexes")
	for _, item := range indexes.Value.Items() {
		x := &schema.Index{Name: str(item, "name"), Method: strings.ToLower(str(item, "using")), Span: item.Span}
		x.Unique, _ = boolean(item, "unique")
		_, x.Partial = item.Prop("where")
		fields, _ := item.Prop("fields")
		for _, f := range fields.Value.Items() {
			if n := f.Literal; f.IsLiteral {
				x.Columns = append(x.Columns, strings.Clone(n))
			} else if n := str(f, "name"); n != "" {
				x.Columns = append(x.Columns, n)
			}
		}
		m.Table.Indexes = append(m.Table.Indexes, x)
	}
}

// sequelize reads sequelize.define("User", {…}, {…}) and User.init({…}, {…}).
func (r *scriptReader) sequelize(imported bool) (out []*Model) {
	byName := map[string]*Model{}
	for i := range r.js.Calls {
		c := &r.js.Calls[i]
		var m *Model
		attributes, options := jslex.Arg{}, jslex.Arg{}
		switch method := last(c.Callee); {
		case method == "define" && len(c.Args) >= 2 && c.Args[0].IsLiteral && strings.Contains(c.Callee, "."):
			m = &Model{Name: strings.Clone(c.Args[0].Literal), NameSpan: c.Args[0].Span}
			attributes = c.Args[1]
			if len(c.Args) > 2 {
				options = c.Args[2]
			}
		case method == "init" && len(c.Args) == 2 && strings.Count(c.Callee, ".") == 1:
			owner, _, _ := strings.Cut(c.Callee, ".")
			m = &Model{Name: strings.Clone(owner), NameSpan: c.CalleeSpan}
			attributes, options = c.Args[0], c.Args[1]
		default:
			continue
		}
		object, ok := r.object(attributes)
		opts, _ := r.object(options)
		if !ok || !imported && !sequelizeLike(object) {
			continue
		}
		m.ORM, m.Span = Sequelize, c.Span
		if n := str(opts, "modelName"); n != "" && m.Name == "super" {
			m.Name = n
		}
		r.attributes(m, object)
		m.Table.Name, m.Table.Schema = str(opts, "tableName"), str(opts, "schema")
		if on, _ := boolean(opts, "freezeTableName"); on && m.Table.Name == "" {
			m.Table.Name = m.Name
		}
		r.sequelizeOptions(m, opts, c.Span)
		if len(m.Table.Columns) > 0 {
			out = append(out, m)
			byName[m.Name] = m
		}
	}
	r.associations(byName)
	return out
}

// sequelizeLike says whether an object of attributes names Sequelize's types.
func sequelizeLike(object jslex.Arg) bool {
	for _, p := range object.Props() {
		t := p.Value
		if inner, ok := p.Value.Prop("type"); ok {
			t = inner.Value
		}
		if name := t.Ident + t.Callee; strings.HasPrefix(name, "DataTypes.") || strings.HasPrefix(name, "Sequelize.") || strings.HasPrefix(name, "DataType.") {
			return true
		}
	}
	return false
}

func (r *scriptReader) attributes(m *Model, object jslex.Arg) {
	props, open := r.props(object, 0)
	m.Open = m.Open || open
	for _, p := range props {
		if p.Key == "" {
			m.Open = true
			continue
		}
		c := &schema.Column{Name: strings.Clone(p.Key), Null: schema.Nullable, Span: p.Span, NameSpan: p.KeySpan}
		if p.Value.Kind == jslex.ValueObject {
			r.columnOptions(m, c, p.Value)
		} else {
			sequelizeType(c, p.Value)
		}
		if virtual(c) {
			continue
		}
		if c.Primary {
			c.Null = schema.NotNull
		}
		m.Table.Columns = append(m.Table.Columns, c)
	}
}

// associations reads User.hasMany(Post, {foreignKey: "userId"}).
func (r *scriptReader) associations(byName map[string]*Model) {
	for i := range r.js.Calls {
		c := &r.js.Calls[i]
		at := strings.LastIndexByte(c.Callee, '.')
		if at < 0 || len(c.Args) == 0 {
			continue
		}
		m := byName[c.Callee[:at]]
		if m == nil {
			continue
		}
		rel := Relation{Model: strings.Clone(last(c.Args[0].Ident)), Span: c.Span}
		switch c.Callee[at+1:] {
		case "belongsTo", "hasOne":
		case "hasMany", "belongsToMany":
			rel.Many = true
		default:
			continue
		}
		if len(c.Args) > 1 {
			rel.Name = str(c.Args[1], "as")
			rel.OnDelete = schema.Action(str(c.Args[1], "onDelete"))
			if key := str(c.Args[1], "foreignKey"); key != "" && c.Callee[at+1:] == "belongsTo" {
				rel.Columns = []string{key}
			}
		}
		m.Relations = append(m.Relations, rel)
	}
}
