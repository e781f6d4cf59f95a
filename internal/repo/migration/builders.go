package migration

import (
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// typeorm reads the calls of a queryRunner.
func (r *scriptReader) typeorm(c *jslex.Call, list_ *[]Op) {
	o := Op{Span: c.Span}
	var second jslex.Arg
	if len(c.Args) > 1 {
		second = options(c.Args[1])
	}
	switch m := method(c); m {
	case "query":
		r.sql(c, list_)
		return
	case "createTable":
		if len(c.Args) == 0 {
			return
		}
		t := options(c.Args[0])
		o.Kind, o.Table = CreateTable, str(t, "name")
		o.Define = &schema.Table{Name: o.Table}
		columns, _ := t.Prop("columns")
		for _, item := range columns.Value.Items() {
			o.Define.Columns = append(o.Define.Columns, typeormColumn(options(item)))
		}
		keys, _ := t.Prop("foreignKeys")
		for _, item := range keys.Value.Items() {
			o.Define.Constraints = append(o.Define.Constraints, typeormKey(options(item)))
		}
	case "dropTable":
		o.Kind, o.Table = DropTable, lit(c, 0, &o)
	case "renameTable":
		o.Kind, o.Table, o.To = RenameTable, lit(c, 0, &o), lit(c, 1, &o)
	case "addColumn", "changeColumn":
		o.Kind, o.Table = AddColumn, lit(c, 0, &o)
		if m == "changeColumn" && len(c.Args) > 2 {
			o.Kind, second = AlterColumn, options(c.Args[2])
		}
		o.Column = typeormColumn(second)
		o.Name = o.Column.Name
	case "dropColumn":
		o.Kind, o.Table, o.Name = DropColumn, lit(c, 0, &o), lit(c, 1, &o)
	case "renameColumn":
		o.Kind, o.Table, o.Name, o.To = RenameColumn, lit(c, 0, &o), lit(c, 1, &o), lit(c, 2, &o)
	case "createIndex":
		o.Kind, o.Table, o.Name = CreateIndex, lit(c, 0, &o), str(second, "name")
		names, _ := second.Prop("columnNames")
		o.Index = &schema.Index{Name: o.Name, Unique: boolean(second, "isUnique"), Columns: list(names.Value), Span: c.Span}
		o.Concurrently = boolean(second, "isConcurrent")
	case "dropIndex":
		o.Kind, o.Table, o.Name = DropIndex, lit(c, 0, &o), lit(c, 1, &o)
	case "createForeignKey":
		o.Kind, o.Table = AddConstraint, lit(c, 0, &o)
		o.Constraint = typeormKey(second)
		o.Constraint.Span = c.Span
	case "createPrimaryKey", "createUniqueConstraint", "createCheckConstraint":
		o.Kind, o.Table = AddConstraint, lit(c, 0, &o)
		kind := map[string]schema.ConstraintKind{"createPrimaryKey": schema.PrimaryKey, "createUniqueConstraint": schema.UniqueKey, "createCheckConstraint": schema.CheckRule}[m]
		o.Constraint = &schema.Constraint{Kind: kind, Span: c.Span}
	case "dropForeignKey", "dropPrimaryKey", "dropUniqueConstraint", "dropCheckConstraint":
		o.Kind, o.Table, o.Name = DropConstraint, lit(c, 0, &o), lit(c, 1, &o)
	default:
		return
	}
	if !strings.Contains(c.Callee, ".") {
		return
	}
	*list_ = append(*list_, o)
}

func typeormColumn(a jslex.Arg) *schema.Column {
	c := &schema.Column{Name: str(a, "name"), Type: str(a, "type"), Null: null(boolean(a, "isNullable")), Primary: boolean(a, "isPrimary"), Unique: boolean(a, "isUnique"), Array: boolean(a, "isArray"), Span: a.Span}
	c.Kind = schema.SQLKind(c.Type)
	if boolean(a, "isGenerated") {
		c.Generated = schema.Serial
	}
	if p, ok := a.Prop("default"); ok {
		c.Default = schema.Default{Kind: sqlDefault(p.Value), Text: schema.Clip(p.Value.Literal), Span: p.Value.Span}
	}
	return c
}

func typeormKey(a jslex.Arg) *schema.Constraint {
	columns, _ := a.Prop("columnNames")
	there, _ := a.Prop("referencedColumnNames")
	k := &schema.Constraint{Kind: schema.ForeignKey, Name: str(a, "name"), Columns: list(columns.Value), Span: a.Span}
	k.References = &schema.Reference{Table: str(a, "referencedTableName"), Columns: list(there.Value), OnDelete: schema.Action(str(a, "onDelete")), OnUpdate: schema.Action(str(a, "onUpdate")), Span: a.Span}
	return k
}

// sqlDefault is the kind of a default that a builder is given: a literal, or a
// function of SQL in a string or call.
func sqlDefault(a jslex.Arg) schema.DefaultKind {
	switch {
	case a.IsLiteral:
		if name, _, called := strings.Cut(a.Literal, "("); called || strings.HasPrefix(strings.ToUpper(name), "CURRENT_") {
			return schema.FunctionKind(strings.TrimSpace(name))
		}
		return schema.DefaultLiteral
	case a.Kind == jslex.ValueNumber || a.Kind == jslex.ValueBool || a.Kind == jslex.ValueArray || a.Kind == jslex.ValueObject:
		return schema.DefaultLiteral
	case a.Kind == jslex.ValueNull:
		return schema.DefaultNone
	case a.Kind == jslex.ValueCall:
		if strings.HasSuffix(a.Callee, "fn.now") || strings.HasSuffix(a.Callee, ".now") {
			return schema.DefaultStable
		}
		if strings.HasSuffix(a.Callee, "fn.uuid") {
			return schema.DefaultVolatile
		}
		if call, ok := a.Call(); ok && len(call.Args) > 0 && call.Args[0].IsLiteral {
			return sqlDefault(call.Args[0])
		}
	}
	return schema.DefaultExpression
}

// sequelize reads the calls of a queryInterface.
func (r *scriptReader) sequelize(c *jslex.Call, out *[]Op) {
	o := Op{Span: c.Span}
	arg := func(n int) jslex.Arg {
		if n < len(c.Args) {
			return c.Args[n]
		}
		return jslex.Arg{}
	}
	switch method(c) {
	case "query":
		if strings.HasSuffix(c.Callee, "sequelize.query") {
			r.sql(c, out)
		}
		return
	case "createTable":
		o.Kind, o.Table = CreateTable, lit(c, 0, &o)
		o.Define = &schema.Table{Name: o.Table}
		for _, p := range arg(1).Props() {
			if p.Key == "" {
				o.Computed = true
				continue
			}
			o.Define.Columns = append(o.Define.Columns, sequelizeColumn(p.Key, p.Value))
		}
	case "dropTable":
		o.Kind, o.Table = DropTable, lit(c, 0, &o)
	case "renameTable":
		o.Kind, o.Table, o.To = RenameTable, lit(c, 0, &o), lit(c, 1, &o)
	case "addColumn":
		o.Kind, o.Table, o.Name = AddColumn, lit(c, 0, &o), lit(c, 1, &o)
		o.Column = sequelizeColumn(o.Name, arg(2))
	case "changeColumn":
		o.Kind, o.Table, o.Name = AlterColumn, lit(c, 0, &o), lit(c, 1, &o)
		o.Column = sequelizeColumn(o.Name, arg(2))
	case "removeColumn":
		o.Kind, o.Table, o.Name = DropColumn, lit(c, 0, &o), lit(c, 1, &o)
	case "renameColumn":
		o.Kind, o.Table, o.Name, o.To = RenameColumn, lit(c, 0, &o), lit(c, 1, &o), lit(c, 2, &o)
	case "addIndex":
		o.Kind, o.Table = CreateIndex, lit(c, 0, &o)
		x := &schema.Index{Columns: list(arg(1)), Span: c.Span}
		for _, opts := range []jslex.Arg{arg(1), arg(2)} {
			x.Unique = x.Unique || boolean(opts, "unique") || strings.EqualFold(str(opts, "type"), "unique")
			o.Concurrently = o.Concurrently || boolean(opts, "concurrently")
			if p, ok := opts.Prop("fields"); ok {
				x.Columns = list(p.Value)
			}
			if n := str(opts, "name"); n != "" {
				x.Name, o.Name = n, n
			}
			if _, ok := opts.Prop("where"); ok {
				x.Partial = true
			}
		}
		o.Index = x
	case "removeIndex":
		o.Kind, o.Table, o.Name = DropIndex, lit(c, 0, &o), arg(1).Literal
		o.Concurrently = boolean(arg(2), "concurrently")
	case "addConstraint":
		o.Kind, o.Table = AddConstraint, lit(c, 0, &o)
		opts := arg(1)
		fields, _ := opts.Prop("fields")
		kind := schema.ConstraintKind(strings.ToUpper(str(opts, "type")))
		o.Name = str(opts, "name")
		o.Constraint = &schema.Constraint{Kind: kind, Name: o.Name, Columns: list(fields.Value), Span: c.Span}
		if ref, ok := opts.Prop("references"); ok {
			o.Constraint.References = &schema.Reference{Table: str(ref.Value, "table"), OnDelete: schema.Action(str(opts, "onDelete")), Span: ref.Span}
		}
	case "removeConstraint":
		o.Kind, o.Table, o.Name = DropConstraint, lit(c, 0, &o), lit(c, 1, &o)
	case "bulkInsert":
		o.Kind, o.Table = Insert, lit(c, 0, &o)
	case "bulkUpdate":
		o.Kind, o.Table, o.Where = Update, lit(c, 0, &o), len(c.Args) > 2 && len(c.Args[2].Props()) > 0
	case "bulkDelete":
		o.Kind, o.Table, o.Where = Delete, lit(c, 0, &o), len(c.Args) > 1 && len(c.Args[1].Props()) > 0
	default:
		return
	}
	if strings.Contains(c.Callee, ".") {
		*out = append(*out, o)
	}
}

func sequelizeColumn(name string, a jslex.Arg) *schema.Column {
	c := &schema.Column{Name: strings.Clone(name), Null: schema.Nullable, Span: a.Span}
	typ := a
	if p, ok := a.Prop("type"); ok {
		typ = p.Value
	}
	c.Type, c.TypeSpan = schema.Clip(typ.Text()), typ.Span
	for _, part := range strings.Split(typ.Ident+typ.Callee, ".") {
		part = strings.ToLower(strings.TrimSuffix(part, "()"))
		if part == "string" {
			c.Kind = schema.Varchar
		} else if part == "date" {
			c.Kind = schema.DateTimeTZ
		} else if k := schema.SQLKind(part); k != "" {
			c.Kind = k
		}
	}
	if p, ok := a.Prop("allowNull"); ok {
		on, isBool := p.Value.Bool()
		c.Null = null(on || !isBool)
	}
	c.Primary, c.Unique = boolean(a, "primaryKey"), boolean(a, "unique")
	if boolean(a, "autoIncrement") {
		c.Generated = schema.Serial
	}
	if p, ok := a.Prop("defaultValue"); ok {
		c.Default = schema.Default{Kind: sqlDefault(p.Value), Text: schema.Clip(p.Value.Text()), Span: p.Value.Span}
		if strings.HasSuffix(p.Value.Ident, "UUIDV4") || strings.HasSuffix(p.Value.Ident, "UUIDV1") {
			c.Default.Kind = schema.DefaultApplication
		}
	}
	if p, ok := a.Prop("references"); ok {
		table := str(p.Value, "model")
		if m, ok := p.Value.Prop("model"); ok && table == "" {
			table = str(m.Value, "tableName")
		}
		c.References = &schema.Reference{Table: table, OnDelete: schema.Action(str(a, "onDelete")), Span: p.Span}
		if key := str(p.Value, "key"); key != "" {
			c.References.Columns = []string{key}
		}
	}
	return c
}
