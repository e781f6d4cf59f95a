package migration

import (
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// knex reads the calls of a schema builder and of a table's callback.
func (r *scriptReader) knex(c *jslex.Call, out *[]Op) {
	o := Op{Span: c.Span}
	m := method(c)
	if scope, ok := r.scope(c); ok && strings.Count(c.Callee, ".") == 1 && !strings.Contains(c.Callee, "(") {
		r.knexColumn(c, m, scope, out)
		return
	}
	if !strings.Contains(c.Callee, ".") && m != "knex" {
		return
	}
	switch m {
	case "raw":
		if !r.inScope(c) && !strings.Contains(c.Callee, "fn.") && r.statement(c) {
			r.sql(c, out)
		}
		return
	case "createTable", "createTableIfNotExists", "table", "alterTable":
		if len(c.Args) < 2 || c.Args[1].Kind != jslex.ValueFunc {
			return
		}
		table := lit(c, 0, &o)
		scope := tableScope{span: c.Args[1].Span, table: table, op: -1, down: out == &r.m.Down}
		if strings.HasPrefix(m, "create") {
			o.Kind, o.Table, o.IfNotExists = CreateTable, table, m == "createTableIfNotExists"
			o.Define = &schema.Table{Name: table}
			*out = append(*out, o)
			scope.op = len(*out) - 1
		}
		r.tables = append(r.tables, scope)
		return
	case "dropTable", "dropTableIfExists":
		o.Kind, o.Table, o.IfExists = DropTable, lit(c, 0, &o), m == "dropTableIfExists"
	case "renameTable":
		o.Kind, o.Table, o.To = RenameTable, lit(c, 0, &o), lit(c, 1, &o)
	case "insert", "update", "del", "delete", "truncate":
		r.knexData(c, m, &o)
		if o.Kind == "" {
			return
		}
	default:
		return
	}
	*out = append(*out, o)
}

// statement says whether raw(…) runs by itself rather than standing in another
// call: knex.raw("now()") is a value there.
func (r *scriptReader) statement(c *jslex.Call) bool {
	if len(c.Args) > 0 && c.Args[0].IsLiteral {
		text := strings.TrimSpace(c.Args[0].Literal)
		first, _, more := strings.Cut(text, " ")
		return more && !strings.ContainsAny(first, "('")
	}
	return true
}

func (r *scriptReader) knexData(c *jslex.Call, m string, o *Op) {
	for _, link := range r.starts[c.CalleeSpan.Start] {
		switch name := method(link); {
		case (name == "knex" || name == "from" || name == "into" || name == "table" || name == "trx") && len(link.Args) > 0:
			o.Table = strings.Clone(link.Args[0].Literal)
		case strings.HasPrefix(name, "where") || strings.HasPrefix(name, "andWhere"):
			o.Where = true
		}
	}
	if !strings.Contains(c.Callee, "(") {
		return
	}
	o.Kind = map[string]Kind{"insert": Insert, "update": Update, "del": Delete, "delete": Delete, "truncate": Truncate}[m]
}

func (r *scriptReader) scope(c *jslex.Call) (tableScope, bool) {
	for i := len(r.tables) - 1; i >= 0 && i >= len(r.tables)-4; i-- {
		if r.tables[i].span.Contains(c.Span.Start) {
			return r.tables[i], true
		}
	}
	return tableScope{}, false
}

func (r *scriptReader) inScope(c *jslex.Call) bool { _, ok := r.scope(c); return ok }

// knexColumn reads table.string("name").notNullable() and what else a table's
// callback says.
func (r *scriptReader) knexColumn(c *jslex.Call, m string, scope tableScope, out *[]Op) {
	o := Op{Table: scope.table, Span: c.Span}
	first := lit(c, 0, &o)
	columns := func() []string {
		if len(c.Args) > 0 && c.Args[0].Kind == jslex.ValueArray {
			o.Computed = false
			return list(c.Args[0])
		}
		return []string{first}
	}
	var define *schema.Table
	if scope.op >= 0 && scope.op < len(*out) {
		define = (*out)[scope.op].Define
	}
	switch m {
	case "dropColumn", "dropColumns":
		o.Kind, o.Name = DropColumn, first
	case "renameColumn":
		o.Kind, o.Name, o.To = RenameColumn, first, lit(c, 1, &o)
	case "index", "unique":
		x := &schema.Index{Columns: columns(), Unique: m == "unique", Span: c.Span}
		if len(c.Args) > 1 {
			x.Name = strings.Clone(c.Args[1].Literal)
		}
		if define != nil {
			define.Indexes = append(define.Indexes, x)
			return
		}
		o.Kind, o.Index, o.Name = CreateIndex, x, x.Name
	case "dropIndex", "dropUnique":
		o.Kind = DropIndex
	case "dropForeign", "dropPrimary":
		o.Kind = DropConstraint
	case "setNullable", "dropNullable":
		o.Kind, o.Name = map[string]Kind{"setNullable": DropNotNull, "dropNullable": SetNotNull}[m], first
	case "primary", "foreign":
		kind := schema.PrimaryKey
		if m == "foreign" {
			kind = schema.ForeignKey
		}
		k := &schema.Constraint{Kind: kind, Columns: columns(), Span: c.Span}
		if kind == schema.ForeignKey {
			k.References = r.knexReference(c)
		}
		if define != nil {
			define.Constraints = append(define.Constraints, k)
			return
		}
		o.Kind, o.Constraint = AddConstraint, k
	case "timestamps":
		for _, name := range []string{"created_at", "updated_at"} {
			r.added(&schema.Column{Name: name, Kind: schema.DateTimeTZ, Null: schema.Nullable, Implied: true, Span: c.Span}, o, define, out)
		}
		return
	default:
		col, alter := r.knexChain(c, m, first)
		if col == nil {
			return
		}
		if alter {
			o.Kind, o.Column, o.Name = AlterColumn, col, col.Name
			*out = append(*out, o)
			return
		}
		r.added(col, o, define, out)
		return
	}
	*out = append(*out, o)
}

// added puts a column into the table that is created, or makes an operation of it.
func (r *scriptReader) added(col *schema.Column, o Op, define *schema.Table, out *[]Op) {
	if define != nil {
		define.Columns = append(define.Columns, col)
		return
	}
	o.Kind, o.Column, o.Name = AddColumn, col, col.Name
	*out = append(*out, o)
}

var knexKinds = map[string]schema.Kind{
	"increments": schema.Integer, "bigIncrements": schema.Bigint, "integer": schema.Integer, "tinyint": schema.Smallint, "smallint": schema.Smallint, "mediumint": schema.Integer, "bigint": schema.Bigint, "bigInteger": schema.Bigint,
	"text": schema.Text, "string": schema.Varchar, "float": schema.Float, "double": schema.Float, "decimal": schema.Decimal, "boolean": schema.Boolean, "date": schema.Date, "datetime": schema.DateTimeTZ, "dateTime": schema.DateTimeTZ,
	"time": schema.Time, "timestamp": schema.DateTimeTZ, "binary": schema.Bytes, "enum": schema.Enum, "enu": schema.Enum, "json": schema.JSON, "jsonb": schema.JSON, "uuid": schema.UUID, "specificType": "",
}

// knexChain reads the column that a chain of calls makes, nil when the call makes
// none; alter says that it changes one that is there.
func (r *scriptReader) knexChain(c *jslex.Call, m, name string) (col *schema.Column, alter bool) {
	kind, ok := knexKinds[m]
	if !ok {
		return nil, false
	}
	col = &schema.Column{Name: name, Type: m, Kind: kind, Null: schema.Nullable, Span: c.Span, TypeSpan: c.CalleeSpan}
	if m == "specificType" && len(c.Args) > 1 {
		col.Type = strings.Clone(c.Args[1].Literal)
		col.Kind = schema.SQLKind(col.Type)
		col.Array = strings.Contains(col.Type, "[]")
	}
	if strings.HasSuffix(strings.ToLower(m), "increments") {
		col.Generated, col.Primary, col.Null = schema.Serial, true, schema.NotNull
		if name == "" {
			col.Name = "id"
		}
	}
	for _, link := range r.starts[c.CalleeSpan.Start] {
		if link == c {
			continue
		}
		col.Span.End = max(col.Span.End, link.Span.End)
		switch method(link) {
		case "notNullable":
			col.Null = schema.NotNull
		case "nullable":
			off := len(link.Args) > 0 && link.Args[0].Literal == "false"
			col.Null = null(!off)
		case "primary":
			col.Primary, col.Null = true, schema.NotNull
		case "unique":
			col.Unique = true
		case "index":
			col.Indexed = true
		case "alter":
			alter = true
		case "defaultTo":
			if len(link.Args) > 0 {
				col.Default = schema.Default{Kind: sqlDefault(link.Args[0]), Text: schema.Clip(link.Args[0].Text()), Span: link.Args[0].Span}
			}
		case "references":
			col.References = r.knexReference(c)
		}
	}
	return col, alter
}

func (r *scriptReader) knexReference(c *jslex.Call) *schema.Reference {
	ref := &schema.Reference{Span: c.Span}
	for _, link := range r.starts[c.CalleeSpan.Start] {
		if len(link.Args) == 0 {
			continue
		}
		value := strings.Clone(link.Args[0].Literal)
		switch method(link) {
		case "references":
			if table, column, ok := strings.Cut(value, "."); ok {
				ref.Table, ref.Columns = table, []string{column}
			} else if names := list(link.Args[0]); len(names) > 0 {
				ref.Columns = names
			}
		case "inTable":
			ref.Table = value
		case "onDelete":
			ref.OnDelete = schema.Action(value)
		case "onUpdate":
			ref.OnUpdate = schema.Action(value)
		}
		ref.Span.End = max(ref.Span.End, link.Span.End)
	}
	return ref
}

// kysely reads db.schema.alterTable("t").addColumn("c", "text", …).
func (r *scriptReader) kysely(c *jslex.Call, out *[]Op) {
	if !strings.Contains(c.Callee, "schema.") {
		return
	}
	o := Op{Span: c.Span}
	chain := r.starts[c.CalleeSpan.Start]
	head := chain[0]
	verb := method(head)
	table := strings.Clone(first(head))
	switch m := method(c); {
	case m == "createTable":
		o.Kind, o.Table, o.Define = CreateTable, table, &schema.Table{Name: table}
		for _, link := range chain {
			if method(link) == "addColumn" {
				o.Define.Columns = append(o.Define.Columns, kyselyColumn(link))
				o.Span.End = link.Span.End
			}
		}
	case m == "dropTable":
		o.Kind, o.Table = DropTable, table
	case verb == "alterTable" && m == "addColumn":
		o.Kind, o.Table, o.Column = AddColumn, table, kyselyColumn(c)
		o.Name = o.Column.Name
	case verb == "alterTable" && m == "dropColumn":
		o.Kind, o.Table, o.Name = DropColumn, table, lit(c, 0, &o)
	case verb == "alterTable" && m == "renameColumn":
		o.Kind, o.Table, o.Name, o.To = RenameColumn, table, lit(c, 0, &o), lit(c, 1, &o)
	case verb == "alterTable" && m == "renameTo":
		o.Kind, o.Table, o.To = RenameTable, table, lit(c, 0, &o)
	case verb == "alterTable" && m == "alterColumn":
		o.Kind, o.Table, o.Name, o.Computed = AlterColumn, table, lit(c, 0, &o), true
	case m == "createIndex":
		o.Kind, o.Name, o.Index = CreateIndex, table, &schema.Index{Name: table, Span: c.Span}
		for _, link := range chain {
			switch method(link) {
			case "on":
				o.Table = strings.Clone(first(link))
			case "column", "columns":
				if len(link.Args) > 0 {
					o.Index.Columns = append(o.Index.Columns, list(link.Args[0])...)
				}
			case "unique":
				o.Index.Unique = true
			}
		}
	case m == "dropIndex":
		o.Kind, o.Name = DropIndex, table
	default:
		return
	}
	*out = append(*out, o)
}

func first(c *jslex.Call) string {
	if len(c.Args) == 0 {
		return ""
	}
	return c.Args[0].Literal
}

func kyselyColumn(c *jslex.Call) *schema.Column {
	col := &schema.Column{Name: strings.Clone(first(c)), Null: schema.Nullable, Span: c.Span}
	if len(c.Args) > 1 {
		col.Type = strings.Clone(c.Args[1].Literal)
		col.Kind = schema.SQLKind(col.Type)
	}
	if len(c.Args) > 2 {
		text := schema.Clip(c.Args[2].Text())
		if strings.Contains(text, ".notNull()") {
			col.Null = schema.NotNull
		}
		if strings.Contains(text, ".primaryKey()") {
			col.Primary, col.Null = true, schema.NotNull
		}
		if strings.Contains(text, ".defaultTo(") {
			col.Default = schema.Default{Kind: schema.DefaultExpression, Span: c.Args[2].Span}
		}
	}
	return col
}
