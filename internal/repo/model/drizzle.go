package model

import (
	"sort"
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// drizzleTables are the functions that declare a table.
func (r *scriptReader) drizzleTables() map[string]sqlfile.Dialect {
	const postgres, mysql, sqlite = sqlfile.PostgreSQL, sqlfile.MySQL, sqlfile.SQLite
	out := map[string]sqlfile.Dialect{"pgTable": postgres, "mysqlTable": mysql, "sqliteTable": sqlite, "singlestoreTable": mysql}
	for i := range r.js.Assigns {
		a := &r.js.Assigns[i]
		switch last(a.Value.Callee) {
		case "pgTableCreator":
			out[a.Target] = postgres
		case "mysqlTableCreator":
			out[a.Target] = mysql
		case "sqliteTableCreator":
			out[a.Target] = sqlite
		case "pgSchema":
			out[a.Target+".table"] = postgres
		case "mysqlSchema":
			out[a.Target+".table"] = mysql
		}
	}
	for _, i := range r.js.Imports { // a creator of the project's own
		if strings.HasPrefix(i.Module, "drizzle-orm") {
			continue
		}
		for _, n := range i.Names {
			if local := n.Name + n.Alias; n.Alias == "" && (strings.HasSuffix(local, "Table") || strings.HasSuffix(local, "TableCreator")) && strings.HasPrefix(local, "create") {
				out[local] = ""
			}
		}
	}
	return out
}

// drizzle reads export const users = pgTable("users", {…}, …).
func (r *scriptReader) drizzle() (out []*Model) {
	tables := r.drizzleTables()
	for i := range r.js.Assigns {
		a := &r.js.Assigns[i]
		if a.Key != "" || len(out) >= maxClasses {
			continue
		}
		name := strings.TrimSuffix(a.Value.Callee, "().enableRLS")
		dialect, ok := tables[name]
		if !ok {
			continue
		}
		var call *jslex.Call
		for _, c := range r.chain(a.Value) {
			if c.Callee == name {
				call = c
			}
		}
		if call == nil || len(call.Args) < 2 || !call.Args[0].IsLiteral {
			continue
		}
		m := &Model{ORM: Drizzle, Dialect: dialect, Name: strings.Clone(a.Target), Span: a.Span, NameSpan: a.TargetSpan}
		m.Table.Name = strings.Clone(call.Args[0].Literal)
		if columns, ok := r.tableColumns(call.Args[1]); ok {
			r.drizzleColumns(m, columns)
		} else {
			m.Open = true
		}
		if len(call.Args) > 2 {
			r.drizzleExtras(m, call.Args[2])
		}
		out = append(out, m)
	}
	return out
}

// chain are the calls of a chain such as text("a").notNull(), the first first.
func (r *scriptReader) chain(a jslex.Arg) (out []*jslex.Call) {
	for _, c := range r.starts[a.Span.Start] {
		if c.Span.End <= a.Span.End {
			out = append(out, c)
		}
	}
	return out
}

// tableColumns is the object of columns, also where a function returns it.
func (r *scriptReader) tableColumns(a jslex.Arg) (jslex.Arg, bool) {
	if a.Kind != jslex.ValueFunc {
		return r.object(a)
	}
	funcs := r.js.Funcs // in order of their start
	i := sort.Search(len(funcs), func(i int) bool { return funcs[i].Span.Start >= a.Span.Start })
	if i < len(funcs) && funcs[i].Arrow && funcs[i].Span.End <= a.Span.End {
		v := r.js.Value(funcs[i].BodySpan)
		return v, v.Kind == jslex.ValueObject
	}
	return a, false
}

func (r *scriptReader) drizzleColumns(m *Model, columns jslex.Arg) {
	props, open := r.props(columns, 0)
	m.Open = m.Open || open
	for _, p := range props {
		if p.Key == "" || p.Value.Kind != jslex.ValueCall {
			m.Open = true
			continue
		}
		c := &schema.Column{Name: strings.Clone(p.Key), Null: schema.Nullable, Span: p.Span, NameSpan: p.KeySpan}
		if r.within(p.Value.Span, p.Value.Text()) {
			r.drizzleColumn(c, p.Value)
		} else { // spread in from another file: the chain's names tell the most
			m.Open = true
			c.Type = strings.Clone(headOf(p.Value.Callee))
			c.Kind = drizzleKind(c.Type)
			if name := firstString(p.Value.Text()); name != "" && name != c.Name {
				c.Field, c.Name = c.Name, name
			}
			if strings.Contains(p.Value.Callee, ".notNull") || strings.HasSuffix(p.Value.Callee, "notNull") {
				c.Null = schema.NotNull
			}
		}
		m.Table.Columns = append(m.Table.Columns, c)
	}
}

// firstString is the string that the first parenthesis of a call begins with.
func firstString(text string) string {
	_, rest, _ := strings.Cut(text, "(")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' && rest[0] != '`' {
		return ""
	}
	name, _, ok := strings.Cut(rest[1:], rest[:1])
	if !ok || len(name) > schema.MaxText {
		return ""
	}
	return strings.Clone(name)
}

// headOf is the first called name of a chain, its last part.
func headOf(callee string) string {
	head, _, _ := strings.Cut(callee, "()")
	return last(head)
}

// drizzleKind is the sort of a column function: varchar, bigserial, doublePrecision.
func drizzleKind(fn string) schema.Kind {
	if k := schema.SQLKind(strings.ReplaceAll(snake(fn), "_", " ")); k != "" {
		return k
	}
	return schema.SQLKind(strings.ToLower(fn))
}

// drizzleColumn reads varchar("name", {length: 10}).notNull().default("x").
func (r *scriptReader) drizzleColumn(c *schema.Column, v jslex.Arg) {
	for i, call := range r.chain(v) {
		method := last(call.Callee)
		var first jslex.Arg
		if len(call.Args) > 0 {
			first = call.Args[0]
		}
		if i == 0 {
			c.Type, c.TypeSpan, c.Kind = strings.Clone(method), call.CalleeSpan, drizzleKind(method)
			if strings.Contains(strings.ToLower(method), "serial") {
				c.Generated, c.Null = schema.Serial, schema.NotNull
			}
			if first.IsLiteral {
				c.NameSpan = first.Span
				if first.Literal != c.Name {
					c.Field, c.Name = c.Name, strings.Clone(first.Literal)
				}
			}
			for _, a := range call.Args {
				if on, _ := boolean(a, "withTimezone"); on && c.Kind == schema.DateTime {
					c.Kind = schema.DateTimeTZ
				}
				if mode := str(a, "mode"); c.Kind == schema.Integer && strings.HasPrefix(mode, "timestamp") {
					c.Kind = schema.DateTimeTZ // SQLite keeps times in integers
				} else if c.Kind == schema.Integer && mode == "boolean" {
					c.Kind = schema.Boolean
				}
			}
			continue
		}
		switch method {
		case "notNull":
			c.Null = schema.NotNull
		case "primaryKey":
			c.Primary, c.Null = true, schema.NotNull
			if on, _ := boolean(first, "autoIncrement"); on {
				c.Generated = schema.Serial
			}
		case "unique":
			c.Unique = true
		case "array":
			c.Array = true
		case "autoincrement":
			c.Generated = schema.Serial
		case "default":
			c.Default = scriptDefault(first, true)
			if text := strings.TrimSpace(strings.TrimPrefix(c.Default.Text, "sql")); text != c.Default.Text && strings.HasPrefix(text, "`") {
				c.Default.Kind = SQLDefault(strings.Trim(text, "`"))
			}
		case "defaultNow":
			c.Default = schema.Default{Kind: schema.DefaultStable, Text: "now()", Span: call.Span}
		case "defaultRandom":
			c.Default = schema.Default{Kind: schema.DefaultVolatile, Text: "gen_random_uuid()", Span: call.Span}
		case "$default", "$defaultFn":
			c.Default = schema.Default{Kind: schema.DefaultApplication, Text: schema.Clip(first.Text()), Span: call.Span}
		case "$onUpdate", "$onUpdateFn", "onUpdateNow":
			c.Updated = true
		case "generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity":
			c.Generated, c.Null = schema.Identity, schema.NotNull
		case "generatedAlwaysAs":
			c.Generated = schema.Stored
		case "references":
			c.References = drizzleReference(call)
		}
	}
}

// drizzleReference reads references(() => users.id, {onDelete: "cascade"}).
func drizzleReference(c *jslex.Call) *schema.Reference {
	ref := &schema.Reference{Span: c.Span}
	if len(c.Args) == 0 {
		return ref
	}
	text := c.Args[0].Text()
	if at := strings.LastIndex(text, "=>"); at >= 0 && len(text) < schema.MaxText {
		target := strings.Trim(strings.TrimSpace(text[at+2:]), "(){};")
		target = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(target), "return "))
		if i := strings.LastIndexByte(target, '.'); i > 0 && !strings.ContainsAny(target, " ([") {
			ref.Model, ref.Columns = strings.Clone(target[:i]), []string{strings.Clone(target[i+1:])}
		}
	}
	if len(c.Args) > 1 {
		ref.OnDelete, ref.OnUpdate = schema.Action(str(c.Args[1], "onDelete")), schema.Action(str(c.Args[1], "onUpdate"))
	}
	return ref
}

// drizzleExtras reads the indexes and keys that the third argument declares.
func (r *scriptReader) drizzleExtras(m *Model, a jslex.Arg) {
	calls := r.js.Calls // in order of their parentheses
	first := sort.Search(len(calls), func(i int) bool { return calls[i].CalleeSpan.End > a.Span.Start })
	for i := first; i < len(calls) && calls[i].CalleeSpan.End < a.Span.End; i++ {
		c := &calls[i]
		if c.Span.Start < a.Span.Start || c.Span.End > a.Span.End {
			continue
		}
		name := ""
		if head := r.starts[c.CalleeSpan.Start]; len(head) > 0 && len(head[0].Args) > 0 {
			name = strings.Clone(head[0].Args[0].Literal)
		}
		switch c.Callee {
		case "index().on", "uniqueIndex().on", "index().using", "uniqueIndex().using", "index().onOnly", "uniqueIndex().onOnly":
			x := &schema.Index{Name: name, Unique: strings.HasPrefix(c.Callee, "unique"), Span: c.Span}
			args := c.Args
			if strings.HasSuffix(c.Callee, "using") && len(args) > 0 {
				x.Method, args = strings.ToLower(strings.Clone(args[0].Literal)), args[1:]
			}
			x.Columns, x.Expression = drizzleNames(args)
			for _, link := range r.starts[c.CalleeSpan.Start] {
				x.Partial = x.Partial || last(link.Callee) == "where"
			}
			m.Table.Indexes = append(m.Table.Indexes, x)
		case "unique().on":
			columns, _ := drizzleNames(c.Args)
			m.Table.Constraints = append(m.Table.Constraints, &schema.Constraint{Kind: schema.UniqueKey, Name: name, Columns: columns, Span: c.Span})
		case "primaryKey":
			args := c.Args
			if len(args) > 0 {
				if p, ok := args[0].Prop("columns"); ok {
					args = p.Value.Items()
				}
			}
			columns, _ := drizzleNames(args)
			m.Table.Constraints = append(m.Table.Constraints, &schema.Constraint{Kind: schema.PrimaryKey, Columns: columns, Span: c.Span})
		case "foreignKey":
			r.drizzleForeign(m, c)
		}
	}
}

func (r *scriptReader) drizzleForeign(m *Model, c *jslex.Call) {
	if len(c.Args) == 0 {
		return
	}
	k := &schema.Constraint{Kind: schema.ForeignKey, Name: str(c.Args[0], "name"), References: &schema.Reference{Span: c.Span}, Span: c.Span}
	if p, ok := c.Args[0].Prop("columns"); ok {
		k.Columns, _ = drizzleNames(p.Value.Items())
	}
	if p, ok := c.Args[0].Prop("foreignColumns"); ok {
		k.References.Columns, _ = drizzleNames(p.Value.Items())
		for _, to := range p.Value.Items() {
			if i := strings.LastIndexByte(to.Ident, '.'); i > 0 {
				k.References.Model = strings.Clone(to.Ident[:i])
			}
		}
	}
	for _, link := range r.starts[c.CalleeSpan.Start] {
		if len(link.Args) > 0 && last(link.Callee) == "onDelete" {
			k.References.OnDelete = schema.Action(strings.Clone(link.Args[0].Literal))
		}
	}
	m.Table.Constraints = append(m.Table.Constraints, k)
}

// drizzleNames are the columns that t.a, t.b.desc() name; the code's names.
func drizzleNames(args []jslex.Arg) (out []string, expression bool) {
	for _, a := range args {
		name := a.Ident
		if a.Kind == jslex.ValueCall {
			name, _, _ = strings.Cut(a.Callee, "()")
			if i := strings.LastIndexByte(name, '.'); i > 0 && strings.Count(name, ".") > 1 || strings.HasSuffix(name, ".desc") || strings.HasSuffix(name, ".asc") || strings.HasSuffix(name, ".op") {
				name = name[:i]
			}
		}
		if !strings.Contains(name, ".") {
			out, expression = append(out, "("+schema.Clip(a.Text())+")"), true
			continue
		}
		out = append(out, strings.Clone(last(name)))
	}
	return out, expression
}
