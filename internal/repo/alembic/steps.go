package alembic

import (
	"strings"

	"drydock/internal/repo/migration"
	"drydock/internal/repo/model"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

// stepBuilder turns the calls of operations into what they do to a database.
type stepBuilder struct {
	f     *pylex.File
	table string // of the batch that is open
	out   []migration.Op
}

// args are a call's arguments by position or name.
type args struct {
	c *pylex.Call
	f *pylex.File
}

func (a args) at(n int, name string) (pylex.Arg, bool) {
	if v, ok := a.c.Arg(name); ok {
		return v, true
	}
	return a.c.At(n)
}

// name is a literal, also of op.f("…"), which marks a name as final, or of a
// constant of the file.
func (a args) name(n int, name string) string {
	v, ok := a.at(n, name)
	if !ok {
		return ""
	}
	if call, is := v.Call(); is && (strings.HasSuffix(call.Callee, ".f")) && len(call.Args) > 0 {
		v = call.Args[0]
	}
	if v = a.constant(v); !v.IsLiteral {
		return ""
	}
	return strings.Clone(v.Literal)
}

// maxLook is the number of assignments above which a file's names are not followed.
const maxLook = 4096

// constant is the value that the file gives a name once, at module level.
func (a args) constant(v pylex.Arg) pylex.Arg {
	if v.Kind != pylex.ValueIdent || len(a.f.Assigns) > maxLook {
		return v
	}
	found := v
	for i := range a.f.Assigns {
		if as := &a.f.Assigns[i]; as.Target == v.Ident {
			if as.Func >= 0 || found.Kind != pylex.ValueIdent {
				return v
			}
			found = as.Value
		}
	}
	return found
}

func (a args) on(name string) bool {
	v, ok := a.c.Arg(name)
	on, _ := v.Bool()
	return ok && on
}

func (a args) names(n int, name string) (out []string, expression bool) {
	v, ok := a.at(n, name)
	if !ok {
		return nil, false
	}
	v = a.constant(v)
	items := v.Items()
	if v.IsLiteral {
		items = []pylex.Arg{v}
	}
	for _, item := range items {
		if item.IsLiteral {
			out = append(out, strings.Clone(item.Literal))
		} else {
			out, expression = append(out, "("+schema.Clip(item.Text())+")"), true
		}
	}
	return out, expression
}

// step adds what one operation does.
func (b *stepBuilder) step(c *pylex.Call, op Op) {
	a := args{c, b.f}
	o := migration.Op{Call: op.Name, Span: c.Span}
	shift := 0 // a batch knows its table
	if op.Batch {
		shift, o.Table = -1, b.table
	}
	table := func(n int, name string) {
		if !op.Batch {
			o.Table = a.name(n, name)
			o.Computed = o.Computed || o.Table == ""
		}
	}
	o.Schema = a.name(-1, "schema")
	o.IfExists, o.IfNotExists = a.on("if_exists"), a.on("if_not_exists")
	switch op.Name {
	case "batch_alter_table":
		b.table = a.name(0, "table_name")
		return
	case "create_table":
		o.Kind = migration.CreateTable
		table(0, "table_name")
		o.Define = &schema.Table{Name: o.Table, Schema: o.Schema}
		if len(c.Args) > 1 {
			model.AlchemyColumns(b.f, o.Define, c.Args[1:])
		}
		for _, arg := range c.Args {
			o.Computed = o.Computed || arg.Star != "" && arg.Star != "**"
		}
	case "drop_table":
		o.Kind = migration.DropTable
		table(0, "table_name")
	case "rename_table":
		o.Kind = migration.RenameTable
		table(0, "old_table_name")
		o.To = a.name(1, "new_table_name")
	case "add_column":
		o.Kind = migration.AddColumn
		table(0, "table_name")
		if v, ok := a.at(1+shift, "column"); ok {
			if col, is := v.Call(); is {
				o.Column = model.AlchemyColumn(b.f, col, "")
				o.Name = o.Column.Name
				if o.Column.Null == schema.NullUnsaid {
					o.Column.Null = schema.Nullable
				}
			}
		}
		o.Computed = o.Computed || o.Column == nil
	case "drop_column":
		o.Kind = migration.DropColumn
		table(0, "table_name")
		o.Name = a.name(1+shift, "column_name")
	case "alter_column":
		table(0, "table_name")
		o.Name = a.name(1+shift, "column_name")
		b.alter(a, o)
		return
	case "create_index":
		o.Kind, o.Name = migration.CreateIndex, a.name(0, "index_name")
		table(1, "table_name")
		o.Concurrently = a.on("postgresql_concurrently")
		x := &schema.Index{Name: o.Name, Unique: a.on("unique"), Method: strings.ToLower(a.name(-1, "postgresql_using")), Span: c.Span}
		x.Columns, x.Expression = a.names(2+shift, "columns")
		_, x.Partial = c.Arg("postgresql_where")
		o.Index = x
	case "drop_index":
		o.Kind, o.Name = migration.DropIndex, a.name(0, "index_name")
		if !op.Batch {
			o.Table = a.name(1, "table_name")
		}
		o.Concurrently = a.on("postgresql_concurrently")
	case "create_foreign_key", "create_unique_constraint", "create_primary_key", "create_check_constraint", "create_exclude_constraint":
		table(1, "table_name")
		if op.Name == "create_foreign_key" {
			table(1, "source_table")
		}
		b.constraint(a, &o, shift)
	case "drop_constraint":
		o.Kind, o.Name = migration.DropConstraint, a.name(0, "constraint_name")
		table(1, "table_name")
	case "bulk_insert":
		o.Kind = migration.Insert
	case "execute", "get_bind().execute":
		b.execute(c)
		return
	default:
		if strings.Contains(op.Name, ".execute") {
			b.execute(c)
		}
		return
	}
	if strings.HasPrefix(op.Name, "drop_") && op.Name != "drop_table" && o.Name == "" {
		o.Computed = true
	}
	b.out = append(b.out, o)
}

// alter makes an operation of each thing that alter_column changes.
func (b *stepBuilder) alter(a args, o migration.Op) {
	add := func(kind migration.Kind, at pylex.Arg) *migration.Op {
		one := o
		one.Kind = kind
		one.Column = &schema.Column{Name: o.Name, Span: o.Span, NameSpan: o.Span}
		if at.Span.Len() > 0 {
			one.Column.TypeSpan = at.Span
		}
		b.out = append(b.out, one)
		return &b.out[len(b.out)-1]
	}
	if v, ok := a.c.Arg("type_"); ok {
		op := add(migration.AlterType, v)
		model.AlchemyType(op.Column, v)
		_, op.Using = a.c.Arg("postgresql_using")
	}
	if v, ok := a.c.Arg("nullable"); ok {
		if on, is := v.Bool(); is && on {
			add(migration.DropNotNull, v)
		} else {
			add(migration.SetNotNull, v).Computed = !is
		}
	}
	if v, ok := a.c.Arg("server_default"); ok {
		kind := migration.SetDefault
		if on, is := v.Bool(); v.Kind == pylex.ValueNull || is && !on {
			kind = migration.DropDefault
		}
		op := add(kind, v)
		if kind == migration.SetDefault {
			op.Column.Default = model.ServerDefault(v)
		}
	}
	if name := a.name(-1, "new_column_name"); name != "" {
		op := add(migration.RenameColumn, pylex.Arg{})
		op.To, op.Column = name, nil
	}
}

func (b *stepBuilder) constraint(a args, o *migration.Op, shift int) {
	o.Kind, o.Name = migration.AddConstraint, a.name(0, "constraint_name")
	k := &schema.Constraint{Name: o.Name, Span: o.Span, NotValid: a.on("postgresql_not_valid")}
	o.Constraint = k
	switch o.Call {
	case "create_foreign_key":
		k.Kind = schema.ForeignKey
		k.Columns, _ = a.names(3+shift, "local_cols")
		k.References = &schema.Reference{
			Table: a.name(2+shift, "referent_table"), Schema: a.name(-1, "referent_schema"),
			OnDelete: schema.Action(a.name(-1, "ondelete")), OnUpdate: schema.Action(a.name(-1, "onupdate")), Span: o.Span,
		}
		k.References.Columns, _ = a.names(4+shift, "remote_cols")
	case "create_unique_constraint":
		k.Kind = schema.UniqueKey
		k.Columns, _ = a.names(2+shift, "columns")
	case "create_primary_key":
		k.Kind = schema.PrimaryKey
		k.Columns, _ = a.names(2+shift, "columns")
	case "create_check_constraint":
		k.Kind = schema.CheckRule
	default:
		k.Kind = schema.Exclusion
	}
}

// execute reads the SQL that a call of execute runs; what cannot be read is said
// to be there.
func (b *stepBuilder) execute(c *pylex.Call) {
	name := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
	if name != "execute" && name != "exec_driver_sql" || len(c.Args) == 0 {
		return
	}
	ops, ok := migration.PythonSQL(b.f, c.Args[0], "")
	if !ok && len(ops) == 0 {
		ops = append(ops, expression(c))
	}
	b.out = append(b.out, ops...)
}

// expression is a statement that is built with SQLAlchemy's functions: update(t)
// and the like, or one that cannot be read.
func expression(c *pylex.Call) migration.Op {
	o := migration.Op{Kind: migration.SQL, Computed: true, Call: "execute", Span: c.Span}
	callee := c.Args[0].Callee
	has := func(method string) bool {
		for _, part := range strings.Split(callee, ".") {
			if strings.TrimSuffix(part, "()") == method {
				return true
			}
		}
		return false
	}
	switch {
	case has("update"):
		o.Kind, o.Where = migration.Update, has("where")
	case has("insert"):
		o.Kind = migration.Insert
	case has("delete"):
		o.Kind, o.Where = migration.Delete, has("where")
	case has("select"):
		o.Statement = "SELECT"
	}
	return o
}
