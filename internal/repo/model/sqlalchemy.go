package model

import (
	"strings"

	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

// alchemy reads class d as SQLAlchemy's; nil when nothing in it is.
func (r *pyReader) alchemy(d int) *Model {
	def := &r.py.Defs[d]
	m := &Model{ORM: SQLAlchemy, Name: strings.Clone(def.Name), Span: def.Span, NameSpan: def.NameSpan}
	sign := false
	for _, a := range r.assigns[d] {
		sign = r.alchemyAttribute(m, a) || sign
	}
	for _, child := range r.children[d] {
		sign = r.declared(m, child) || sign
	}
	for _, b := range def.Bases {
		m.Bases = append(m.Bases, strings.Clone(b))
	}
	if !sign {
		return nil
	}
	return m
}

// alchemyAttribute reads one attribute of a class; it says whether only
// SQLAlchemy has such.
func (r *pyReader) alchemyAttribute(m *Model, a *pylex.Assign) bool {
	switch a.Target {
	case "__tablename__":
		m.Table.Name, m.Computed = strings.Clone(a.Value.Literal), !a.Value.IsLiteral
		return true
	case "__abstract__":
		m.Abstract, _ = a.Value.Bool()
		return true
	case "__table_args__":
		r.tableArgs(m, a.Value)
		return true
	case "__table__":
		if c, ok := a.Value.Call(); ok && last(c.Callee) == "Table" {
			r.tableCall(m, c)
		}
		return true
	}
	if strings.HasPrefix(a.Target, "__") || strings.Contains(a.Target, ".") {
		return false
	}
	call, isCall := a.Value.Call()
	name, null, list, mapped := annotation(a.Annotation)
	var c *schema.Column
	switch {
	case isCall && (isColumn(r.py, call) || wrapsColumn(call)):
		c = r.alchemyColumn(call, a.Target)
	case isCall && isRelationship(call):
		r.relationship(m, call, a.Target, name, list)
		return true
	case isCall && madeUp(call):
		return true
	case mapped && pyKinds[name] != "" && !list:
		c = &schema.Column{Name: strings.Clone(a.Target), Null: schema.NullUnsaid}
		if isCall || a.Op == "" { // what makes the column is somewhere else, or nothing does
			break
		}
	case mapped && a.Op == "" && !list: // of a type map or an enum
		c = &schema.Column{Name: strings.Clone(a.Target), Null: schema.NullUnsaid}
	default:
		return false
	}
	c.Span, c.NameSpan = a.Span, a.TargetSpan
	if mapped {
		if c.Null == schema.NullUnsaid || !said(call, "nullable") && !c.Primary {
			c.Null = null
		}
		if c.Type == "" {
			c.Type, c.Kind, c.Array = strings.Clone(name), pyKinds[name], list
		}
	} else if c.Null == schema.NullUnsaid {
		c.Null = schema.Nullable
	}
	if c.Primary {
		c.Null = schema.NotNull
	}
	m.Table.Columns = append(m.Table.Columns, c)
	return true
}

func said(c *pylex.Call, name string) bool {
	if c == nil {
		return false
	}
	_, ok := c.Arg(name)
	return ok
}

func isRelationship(c *pylex.Call) bool {
	switch last(c.Callee) {
	case "relationship", "dynamic_loader":
		return true
	}
	return false
}

// madeUp says whether an attribute is put together from others.
func madeUp(c *pylex.Call) bool {
	switch last(c.Callee) {
	case "column_property", "query_expression", "association_proxy", "composite", "synonym":
		return true
	}
	return false
}

// isColumn says whether a call makes a column.
func isColumn(py *pylex.File, c *pylex.Call) bool {
	switch last(c.Callee) {
	case "mapped_column":
		return true
	case "Column":
		full := py.Qualify(c.Callee)
		return strings.HasPrefix(full, "sqlalchemy") || full == "Column" || !strings.Contains(full, ".") || strings.HasSuffix(c.Callee, "db.Column") || strings.HasPrefix(c.Callee, "sa.")
	}
	return false
}

// wrapsColumn says whether a call defers a column: deferred(mapped_column(…)).
func wrapsColumn(c *pylex.Call) bool {
	if last(c.Callee) != "deferred" && last(c.Callee) != "column_property" || len(c.Args) == 0 {
		return false
	}
	inner, ok := c.Args[0].Call()
	return ok && (last(inner.Callee) == "mapped_column" || last(inner.Callee) == "Column")
}

func (r *pyReader) alchemyColumn(c *pylex.Call, target string) *schema.Column {
	if wrapsColumn(c) {
		c, _ = c.Args[0].Call()
	}
	return AlchemyColumn(r.py, c, target)
}

// AlchemyColumn reads a call of Column or mapped_column. target is the attribute
// that holds it, "" when the name is its first argument.
func AlchemyColumn(py *pylex.File, c *pylex.Call, target string) *schema.Column {
	out := &schema.Column{Name: strings.Clone(target), Span: c.Span}
	args := positional(c)
	if len(args) > 0 && args[0].IsLiteral {
		out.Name, out.NameSpan = strings.Clone(args[0].Literal), args[0].Span
		if target != "" && target != out.Name {
			out.Field = strings.Clone(target)
		}
		args = args[1:]
	}
	if name := literal(c, "name"); name != "" {
		out.Field, out.Name = out.Name, name
	}
	for _, a := range args {
		alchemyPart(py, out, a)
	}
	for i := range c.Args {
		a := c.Args[i]
		switch a.Name {
		case "type_":
			AlchemyType(out, a)
		case "nullable":
			if v, ok := a.Bool(); ok {
				out.Null = schema.NotNull
				if v {
					out.Null = schema.Nullable
				}
			}
		case "primary_key":
			out.Primary, _ = a.Bool()
		case "unique":
			out.Unique, _ = a.Bool()
		case "index":
			out.Indexed, _ = a.Bool()
		case "onupdate", "server_onupdate":
			out.Updated = a.Kind != pylex.ValueNull
		case "autoincrement":
			if v, ok := a.Bool(); ok && v {
				out.Generated = schema.Serial
			}
		case "default", "default_factory", "insert_default":
			if a.Kind != pylex.ValueNull && !out.Default.InDatabase() {
				out.Default = schema.Default{Kind: schema.DefaultApplication, Text: schema.Clip(a.Text()), Span: a.Span}
			}
		case "server_default":
			if a.Kind != pylex.ValueNull {
				out.Default = ServerDefault(a)
			}
		}
	}
	if out.Primary {
		out.Null = schema.NotNull
	}
	return out
}

// alchemyPart reads a positional argument of a column: its type, a foreign key.
func alchemyPart(py *pylex.File, out *schema.Column, a pylex.Arg) {
	name := last(a.Ident)
	call, isCall := a.Call()
	if isCall {
		name = last(call.Callee)
	}
	switch name {
	case "ForeignKey":
		if isCall {
			out.References = alchemyReference(call)
		}
	case "Identity":
		out.Generated = schema.Identity
	case "Computed":
		out.Generated = schema.Virtual
		if isCall {
			if stored, _ := flag(call, "persisted"); stored {
				out.Generated = schema.Stored
			}
		}
	case "Sequence":
		out.Generated = schema.Serial
	case "CheckConstraint":
		out.Check = true
	default:
		if out.Type == "" {
			AlchemyType(out, a)
		}
	}
}

// alchemyReference reads ForeignKey("table.column", ondelete="CASCADE") and
// ForeignKey(Model.column).
func alchemyReference(c *pylex.Call) *schema.Reference {
	ref := &schema.Reference{OnDelete: schema.Action(literal(c, "ondelete")), OnUpdate: schema.Action(literal(c, "onupdate")), Span: c.Span}
	args := positional(c)
	if len(args) == 0 {
		return ref
	}
	switch a := args[0]; {
	case a.IsLiteral:
		target(ref, a.Literal)
	case a.Kind == pylex.ValueIdent:
		if i := strings.LastIndexByte(a.Ident, '.'); i > 0 {
			ref.Model, ref.Columns = strings.Clone(a.Ident[:i]), []string{strings.Clone(a.Ident[i+1:])}
		}
	}
	return ref
}

// target sets what "schema.table.column" names.
func target(ref *schema.Reference, written string) {
	parts := strings.Split(written, ".")
	n := len(parts)
	switch {
	case n >= 2:
		ref.Table, ref.Columns = strings.Clone(parts[n-2]), []string{strings.Clone(parts[n-1])}
		if n > 2 {
			ref.Schema = strings.Clone(parts[n-3])
		}
	default:
		ref.Table = strings.Clone(written)
	}
}

// alchemyKinds are SQLAlchemy's types by name, and those of its dialects.
var alchemyKinds = map[string]schema.Kind{
	"String": schema.Varchar, "Unicode": schema.Varchar, "VARCHAR": schema.Varchar, "NVARCHAR": schema.Varchar, "AutoString": schema.Varchar, "CHAR": schema.Char, "Text": schema.Text, "TEXT": schema.Text,
	"UnicodeText": schema.Text, "CITEXT": schema.Text, "Integer": schema.Integer, "INTEGER": schema.Integer, "INT": schema.Integer, "BigInteger": schema.Bigint, "BIGINT": schema.Bigint, "SmallInteger": schema.Smallint, "SMALLINT": schema.Smallint,
	"Float": schema.Float, "FLOAT": schema.Float, "REAL": schema.Float, "Double": schema.Float, "DOUBLE": schema.Float, "DOUBLE_PRECISION": schema.Float, "Numeric": schema.Decimal, "NUMERIC": schema.Decimal, "DECIMAL": schema.Decimal,
	"Boolean": schema.Boolean, "BOOLEAN": schema.Boolean, "Date": schema.Date, "DATE": schema.Date, "Time": schema.Time, "TIME": schema.Time, "DateTime": schema.DateTime, "DATETIME": schema.DateTime, "TIMESTAMP": schema.DateTime,
	"Interval": schema.Interval, "INTERVAL": schema.Interval, "Uuid": schema.UUID, "UUID": schema.UUID, "GUID": schema.UUID, "JSON": schema.JSON, "JSONB": schema.JSON, "LargeBinary": schema.Bytes, "BYTEA": schema.Bytes, "BLOB": schema.Bytes,
	"Enum": schema.Enum, "ENUM": schema.Enum, "Vector": schema.Vector, "VECTOR": schema.Vector,
}

// AlchemyType reads a type: String(50), postgresql.ARRAY(Integer), JSONB.
func AlchemyType(out *schema.Column, a pylex.Arg) {
	out.Type, out.TypeSpan = schema.Clip(a.Text()), a.Span
	for range 4 {
		name := last(a.Ident)
		call, isCall := a.Call()
		if isCall {
			name = last(call.Callee)
		}
		out.Kind = alchemyKinds[name]
		if !isCall {
			return
		}
		args := positional(call)
		switch {
		case name == "ARRAY" && len(args) > 0:
			out.Array, a = true, args[0]
			continue
		case (name == "MutableDict.as_mutable" || name == "as_mutable" || name == "with_variant") && len(args) > 0:
			a = args[0]
			continue
		case out.Kind == schema.DateTime:
			if on, _ := flag(call, "timezone"); on {
				out.Kind = schema.DateTimeTZ
			}
		}
		return
	}
}

// ServerDefault reads what the database is told to put in a column: a text, or
// an expression such as sa.text("now()") or func.now().
func ServerDefault(a pylex.Arg) schema.Default {
	d := schema.Default{Kind: schema.DefaultExpression, Text: schema.Clip(a.Text()), Span: a.Span}
	switch {
	case a.IsLiteral:
		d.Kind = schema.DefaultLiteral
		return d
	case a.Kind == pylex.ValueCall:
		call, ok := a.Call()
		if !ok {
			return d
		}
		name := last(call.Callee)
		args := positional(call)
		switch {
		case (name == "text" || name == "literal_column") && len(args) > 0 && args[0].IsLiteral:
			d.Kind = SQLDefault(args[0].Literal)
		case strings.Contains(call.Callee, "func."):
			d.Kind = schema.FunctionKind(name)
		case name == "false" || name == "true" || name == "null":
			d.Kind = schema.DefaultLiteral
		}
	}
	return d
}
