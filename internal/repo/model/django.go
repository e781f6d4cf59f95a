package model

import (
	"strings"

	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

// djangoKinds are Django's fields by name.
var djangoKinds = map[string]schema.Kind{
	"CharField": schema.Varchar, "SlugField": schema.Varchar, "EmailField": schema.Varchar, "URLField": schema.Varchar, "FileField": schema.Varchar, "ImageField": schema.Varchar, "FilePathField": schema.Varchar,
	"TextField": schema.Text, "CICharField": schema.Text, "CITextField": schema.Text, "CIEmailField": schema.Text, "IntegerField": schema.Integer, "PositiveIntegerField": schema.Integer, "AutoField": schema.Integer,
	"BigIntegerField": schema.Bigint, "BigAutoField": schema.Bigint, "PositiveBigIntegerField": schema.Bigint, "SmallIntegerField": schema.Smallint, "PositiveSmallIntegerField": schema.Smallint, "SmallAutoField": schema.Smallint,
	"FloatField": schema.Float, "DecimalField": schema.Decimal, "BooleanField": schema.Boolean, "NullBooleanField": schema.Boolean, "DateField": schema.Date, "TimeField": schema.Time,
	"DateTimeField": schema.DateTimeTZ, "DurationField": schema.Interval, "UUIDField": schema.UUID, "JSONField": schema.JSON, "BinaryField": schema.Bytes, "GenericIPAddressField": schema.Text,
}

// isDjangoField says whether a call makes a field, by its name: "…Field" and the
// two others.
func isDjangoField(c *pylex.Call) bool {
	name := last(c.Callee)
	return strings.HasSuffix(name, "Field") && name != "Field" || name == "ForeignKey" || name == "GenericForeignKey"
}

// django reads class d as Django's; nil when it has neither a field nor a Meta.
func (r *pyReader) django(d int, c *Class) *Model {
	def := &r.py.Defs[d]
	m := &Model{ORM: Django, Name: strings.Clone(def.Name), Span: def.Span, NameSpan: def.NameSpan}
	for _, b := range def.Bases {
		m.Bases = append(m.Bases, strings.Clone(b))
	}
	sign := false
	for _, a := range r.assigns[d] {
		call, ok := a.Value.Call()
		if !ok || !isDjangoField(call) || strings.Contains(a.Target, ".") {
			continue
		}
		sign = true
		col, rel := DjangoField(call, a.Target)
		if col != nil {
			col.Span, col.NameSpan = a.Span, a.TargetSpan
			m.Table.Columns = append(m.Table.Columns, col)
		}
		if rel != nil {
			rel.Span = a.Span
			m.Relations = append(m.Relations, *rel)
		}
	}
	for _, child := range r.children[d] {
		if meta := &r.py.Defs[child]; meta.Kind == pylex.Class && meta.Name == "Meta" {
			sign = true
			c.Inherits = len(meta.Bases) > 0
			for _, a := range r.assigns[child] {
				djangoOption(m, a.Target, a.Value)
			}
		}
	}
	if !sign {
		return nil
	}
	return m
}

// DjangoField reads a field that is called name: its column, nil when it has
// none, and its relation, nil when it is none.
func DjangoField(c *pylex.Call, name string) (*schema.Column, *Relation) {
	kind := last(c.Callee)
	for _, a := range c.Args {
		if a.Name == "amount_field" || a.Name == "net_amount_field" { // of django-prices: made up of other columns
			return nil, nil
		}
	}
	col := &schema.Column{Name: strings.Clone(name), Type: strings.Clone(kind), Kind: djangoKinds[kind], Null: schema.NotNull, Span: c.Span, TypeSpan: c.CalleeSpan}
	var rel *Relation
	switch kind {
	case "ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey":
		rel = djangoRelation(c, name)
		col.Field, col.Name = col.Name, col.Name+"_id"
		col.References = &schema.Reference{Model: rel.Model, OnDelete: rel.OnDelete, Span: c.Span}
		if to := literal(c, "to_field"); to != "" {
			col.References.Columns = []string{to}
		}
		col.Unique = kind == "OneToOneField"
		index, said := flag(c, "db_index")
		col.Indexed = index || !said
		if on, said := flag(c, "db_constraint"); said && !on {
			col.References = nil
		}
		rel.Columns = []string{col.Name}
	case "ManyToManyField":
		rel = djangoRelation(c, name)
		rel.Many, rel.OnDelete = true, ""
		for _, a := range c.Args {
			if a.Name == "through" {
				rel.Through = strings.Clone(a.Literal + a.Ident)
			}
		}
		return nil, rel
	case "GenericForeignKey":
		return nil, &Relation{Name: strings.Clone(name), Span: c.Span}
	case "AutoField", "BigAutoField", "SmallAutoField":
		col.Generated = schema.Serial
	case "SlugField":
		index, said := flag(c, "db_index")
		col.Indexed = index || !said
	case "ArrayField":
		col.Array = true
		if args := positional(c); len(args) > 0 {
			if inner, ok := args[0].Call(); ok {
				col.Kind = djangoKinds[last(inner.Callee)]
			}
		}
	case "GeneratedField":
		col.Generated = schema.Stored
		if on, said := flag(c, "db_persist"); said && !on {
			col.Generated = schema.Virtual
		}
	}
	djangoOptions(col, c)
	return col, rel
}

// djangoOptions reads what all fields take.
func djangoOptions(col *schema.Column, c *pylex.Call) {
	for _, a := range c.Args {
		on, _ := a.Bool()
		switch a.Name {
		case "null":
			if on {
				col.Null = schema.Nullable
			}
		case "unique":
			col.Unique = on
		case "primary_key":
			col.Primary = on
		case "db_index":
			col.Indexed = on
		case "db_column":
			if a.IsLiteral {
				if col.Field == "" {
					col.Field = col.Name
				}
				col.Name = strings.Clone(a.Literal)
			}
		case "auto_now", "auto_now_add":
			if on {
				col.Updated = col.Updated || a.Name == "auto_now"
				col.Default = schema.Default{Kind: schema.DefaultApplication, Text: a.Name, Span: a.Span}
			}
		case "default":
			if a.Kind != pylex.ValueNull && !col.Default.InDatabase() {
				col.Default = schema.Default{Kind: schema.DefaultApplication, Text: schema.Clip(a.Text()), Span: a.Span}
			}
		case "db_default":
			col.Default = djangoDatabaseDefault(a)
		}
	}
}

func djangoDatabaseDefault(a pylex.Arg) schema.Default {
	d := schema.Default{Kind: schema.DefaultExpression, Text: schema.Clip(a.Text()), Span: a.Span}
	switch a.Kind {
	case pylex.ValueString, pylex.ValueNumber, pylex.ValueBool, pylex.ValueDict, pylex.ValueList:
		d.Kind = schema.DefaultLiteral
	case pylex.ValueCall:
		switch last(a.Callee) {
		case "Now":
			d.Kind = schema.DefaultStable
		case "Value":
			d.Kind = schema.DefaultLiteral
		case "RandomUUID", "Random":
			d.Kind = schema.DefaultVolatile
		}
	}
	return d
}

func djangoRelation(c *pylex.Call, name string) *Relation {
	rel := &Relation{Name: strings.Clone(name), Span: c.Span}
	args := positional(c)
	if to, ok := c.Arg("to"); ok {
		args = append([]pylex.Arg{to}, args...)
	}
	if len(args) > 0 {
		rel.Model = strings.Clone(args[0].Literal + args[0].Ident)
	}
	for _, a := range c.Args {
		if a.Name == "on_delete" {
			rel.OnDelete = djangoEffect(a)
		}
	}
	if rel.OnDelete == "" && len(args) > 1 {
		rel.OnDelete = djangoEffect(args[1])
	}
	return rel
}

// djangoEffect is what on_delete names: models.PROTECT, models.SET(…).
func djangoEffect(a pylex.Arg) string {
	if a.Kind == pylex.ValueCall {
		return schema.Action(a.Callee)
	}
	return schema.Action(a.Ident)
}

// djangoOption reads one option of Meta.
func djangoOption(m *Model, name string, v pylex.Arg) {
	on, isBool := v.Bool()
	switch name {
	case "db_table":
		m.Table.Name = strings.Clone(v.Literal)
	case "abstract":
		m.Abstract = on
	case "managed":
		m.Unmanaged = isBool && !on
	case "proxy":
		m.Unmanaged = m.Unmanaged || on
	case "indexes", "constraints":
		for _, item := range v.Items() {
			if call, ok := item.Call(); ok {
				DjangoTablePart(&m.Table, call)
			}
		}
	case "unique_together", "index_together":
		for _, columns := range Together(v) {
			if name == "index_together" {
				m.Table.Indexes = append(m.Table.Indexes, &schema.Index{Columns: columns, Span: v.Span})
			} else {
				m.Table.Constraints = append(m.Table.Constraints, &schema.Constraint{Kind: schema.UniqueKey, Columns: columns, Span: v.Span})
			}
		}
	}
}

// Together reads unique_together: a tuple of names, or a list of such.
func Together(v pylex.Arg) (out [][]string) {
	if names, ok := v.Strings(); ok {
		if len(names) == 0 {
			return nil
		}
		return append(out, clone(names))
	}
	for _, item := range v.Items() {
		if names, ok := item.Strings(); ok && len(names) > 0 {
			out = append(out, clone(names))
		}
	}
	return out
}

func clone(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.Clone(n)
	}
	return out
}

// DjangoTablePart reads models.Index(…), models.UniqueConstraint(…) and their kin
// into t. Their columns are called as the fields are.
func DjangoTablePart(t *schema.Table, c *pylex.Call) {
	var names []string
	if fields, ok := c.Arg("fields"); ok {
		names, _ = fields.Strings()
	}
	var columns []string
	for _, n := range names {
		columns = append(columns, strings.Clone(strings.TrimPrefix(n, "-")))
	}
	_, partial := c.Arg("condition")
	expression := false
	if len(columns) == 0 {
		for _, a := range positional(c) {
			columns, expression = append(columns, "("+schema.Clip(a.Text())+")"), true
		}
	}
	switch kind := last(c.Callee); {
	case kind == "CheckConstraint":
		t.Constraints = append(t.Constraints, &schema.Constraint{Kind: schema.CheckRule, Name: literal(c, "name"), Span: c.Span})
	case kind == "ExclusionConstraint":
		t.Constraints = append(t.Constraints, &schema.Constraint{Kind: schema.Exclusion, Name: literal(c, "name"), Span: c.Span})
	case kind == "UniqueConstraint" && !partial && !expression:
		t.Constraints = append(t.Constraints, &schema.Constraint{Kind: schema.UniqueKey, Name: literal(c, "name"), Columns: columns, Span: c.Span})
	case kind == "UniqueConstraint": // the database makes an index of it
		t.Indexes = append(t.Indexes, &schema.Index{Name: literal(c, "name"), Columns: columns, Unique: true, Partial: partial, Expression: expression, Span: c.Span})
	case strings.HasSuffix(kind, "Index"):
		method := strings.ToLower(strings.TrimSuffix(kind, "Index"))
		t.Indexes = append(t.Indexes, &schema.Index{Name: literal(c, "name"), Columns: columns, Partial: partial, Expression: expression, Method: method, Span: c.Span})
	}
}
