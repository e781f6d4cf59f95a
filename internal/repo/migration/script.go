package migration

import (
	"sort"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// Script is one migration in TypeScript or JavaScript.
type Script struct {
	Tool          Tool
	Up, Down      []Op
	HasUp         bool
	HasDown       bool // a function down that holds something
	NoTransaction bool
	Dialect       sqlfile.Dialect // what its SQL shows, "" when it shows none
}

// ReadScript reads a migration for the given tool, "" to tell the tool from the
// file; ok is false when the file has no function up. What tells no tool has none
// and no operations. dialect is that of its SQL, "" when it is not known.
func ReadScript(src []byte, js *jslex.File, tool Tool, dialect sqlfile.Dialect) (m *Script, ok bool) {
	r := scriptReader{js: js, dialect: dialect, m: &Script{Tool: tool}, starts: map[int][]*jslex.Call{}}
	if !r.halves() {
		return nil, false
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		r.starts[c.CalleeSpan.Start] = append(r.starts[c.CalleeSpan.Start], c)
	}
	r.values = map[string]jslex.Arg{}
	for i := range js.Assigns {
		if a := &js.Assigns[i]; a.Key == "" {
			r.values[a.Target] = a.Value
		}
	}
	if tool == "" {
		r.m.Tool = r.tool()
	}
	for i := range js.Calls {
		r.call(&js.Calls[i])
	}
	if r.m.Tool == Kysely {
		r.templates(src)
	}
	for _, a := range js.Assigns {
		on, isBool := a.Value.Bool()
		switch {
		case (a.Target == "transaction" || a.Target == "this.transaction") && isBool && !on,
			(a.Target == "exports.config" || a.Target == "config") && off(a.Value, "transaction"):
			r.m.NoTransaction = true
		}
	}
	for _, list := range [][]Op{r.m.Up, r.m.Down} {
		for i := range list {
			if list[i].Concurrently && r.m.Dialect == "" {
				r.m.Dialect = sqlfile.PostgreSQL
			}
		}
		sort.SliceStable(list, func(a, b int) bool { return list[a].Span.Start < list[b].Span.Start })
	}
	return r.m, true
}

func off(a jslex.Arg, key string) bool {
	p, ok := a.Prop(key)
	on, isBool := p.Value.Bool()
	return ok && isBool && !on
}

type scriptReader struct {
	js       *jslex.File
	dialect  sqlfile.Dialect
	m        *Script
	up, down []finding.Span
	starts   map[int][]*jslex.Call // by where the chain of calls begins
	values   map[string]jslex.Arg  // what the file gives its variables, the last value each
	tables   []tableScope          // callbacks that describe a table, the last one innermost
}

// tableScope is the callback that a builder gives for one table.
type tableScope struct {
	span  finding.Span
	table string
	op    int // index of the CreateTable that it fills, -1 when it alters
	down  bool
}

// maxHalves bounds the functions up and down that one file may have.
const maxHalves = 16

// halves finds the functions up and down.
func (r *scriptReader) halves() bool {
	for i := range r.js.Funcs {
		f := &r.js.Funcs[i]
		switch f.Name[strings.LastIndexByte(f.Name, '.')+1:] {
		case "up":
			if r.m.HasUp = true; len(r.up) < maxHalves {
				r.up = append(r.up, f.BodySpan)
			}
		case "down":
			if len(r.down) < maxHalves {
				r.down = append(r.down, f.BodySpan)
			}
			r.m.HasDown = r.m.HasDown || f.BodySpan.Len() > 2 && strings.TrimSpace(strings.Trim(r.js.Text(f.BodySpan), "{}")) != ""
		}
	}
	return len(r.up) > 0
}

// tool tells the tool by what the file imports and calls.
func (r *scriptReader) tool() Tool {
	for _, i := range r.js.Imports {
		switch {
		case i.Module == "typeorm":
			return TypeORM
		case strings.HasPrefix(i.Module, "@mikro-orm/migrations"):
			return MikroORM
		case i.Module == "kysely":
			return Kysely
		case i.Module == "knex":
			return Knex
		case i.Module == "sequelize", i.Module == "sequelize-cli", i.Module == "umzug":
			return Sequelize
		}
	}
	for i := range r.js.Calls {
		head, _, _ := strings.Cut(r.js.Calls[i].Callee, ".")
		switch strings.TrimSuffix(head, "()") {
		case "queryInterface":
			return Sequelize
		case "knex":
			return Knex
		case "queryRunner":
			return TypeORM
		}
	}
	return ""
}

// call reads one call if it does something to a database.
func (r *scriptReader) call(c *jslex.Call) {
	in := func(list []finding.Span) bool {
		for _, s := range list {
			if s.Contains(c.Span.Start) {
				return true
			}
		}
		return false
	}
	var list *[]Op
	switch {
	case in(r.up):
		list = &r.m.Up
	case in(r.down):
		list = &r.m.Down
	default:
		return
	}
	before := len(*list)
	switch r.m.Tool {
	case TypeORM:
		r.typeorm(c, list)
	case MikroORM:
		if strings.HasSuffix(c.Callee, ".addSql") || strings.HasSuffix(c.Callee, ".execute") {
			r.sql(c, list)
		}
	case Knex:
		r.knex(c, list)
	case Sequelize:
		r.sequelize(c, list)
	case Kysely:
		r.kysely(c, list)
	}
	for i := before; i < len(*list); i++ {
		(*list)[i].Call = strings.Clone(method(c))
	}
}

func method(c *jslex.Call) string { return c.Callee[strings.LastIndexByte(c.Callee, '.')+1:] }

// sql reads the SQL that a call is given first.
func (r *scriptReader) sql(c *jslex.Call, list *[]Op) {
	if len(c.Args) == 0 {
		return
	}
	a := c.Args[0]
	if a.Ident != "" {
		if v, ok := r.values[a.Ident]; ok {
			a = v
		}
	}
	switch a.Kind {
	case jslex.ValueString:
		offset := -1
		if i := strings.Index(a.Text(), a.Literal); i >= 0 && a.Literal != "" {
			offset = a.Span.Start + i
		}
		*list = append(*list, r.embedded(a.Literal, offset, a.Span)...)
	case jslex.ValueTemplate:
		text := a.Text()
		if len(text) < 2 {
			return
		}
		*list = append(*list, r.embedded(text[1:len(text)-1], a.Span.Start+1, a.Span)...)
	default:
		*list = append(*list, Op{Kind: SQL, Computed: true, Span: c.Span})
	}
}

func (r *scriptReader) embedded(text string, offset int, at finding.Span) []Op {
	if r.m.Dialect == "" {
		if r.m.Dialect = r.dialect; r.dialect == "" {
			r.m.Dialect = sqlfile.Guess([]byte(text))
		}
	}
	return Embedded(text, offset, at, r.m.Dialect, false)
}

// templates reads sql`…`, which is no call to the parser.
func (r *scriptReader) templates(src []byte) {
	toks := jslex.Lex(src)
	for i := 1; i < len(toks); i++ {
		k := toks[i].Kind
		if k != jslex.Template && k != jslex.TemplateHead || string(src[toks[i-1].Span.Start:toks[i-1].Span.End]) != "sql" {
			continue
		}
		s := toks[i].Span
		for depth := 0; k == jslex.TemplateHead && i < len(toks); i++ {
			if toks[i].Kind == jslex.TemplateHead {
				depth++
			} else if toks[i].Kind == jslex.TemplateTail {
				if depth--; depth == 0 {
					s.End = toks[i].Span.End
					break
				}
			}
		}
		if s.Len() < 2 {
			continue
		}
		var list *[]Op
		for _, u := range r.up {
			if u.Contains(s.Start) {
				list = &r.m.Up
			}
		}
		for _, d := range r.down {
			if d.Contains(s.Start) {
				list = &r.m.Down
			}
		}
		if list == nil {
			continue
		}
		for _, o := range r.embedded(string(src[s.Start+1:s.End-1]), s.Start+1, s) {
			if o.Kind != SQL || len(o.Statement) > 3 && !o.Computed { // a fragment such as sql`now()` is no statement
				*list = append(*list, o)
			}
		}
	}
}

func str(a jslex.Arg, key string) string {
	if p, ok := a.Prop(key); ok && p.Value.IsLiteral {
		return strings.Clone(p.Value.Literal)
	}
	return ""
}

func boolean(a jslex.Arg, key string) bool {
	p, ok := a.Prop(key)
	on, isBool := p.Value.Bool()
	return ok && isBool && on
}

// lit is a literal argument; a computed one is said to be.
func lit(c *jslex.Call, n int, o *Op) string {
	if n >= len(c.Args) {
		return ""
	}
	if !c.Args[n].IsLiteral {
		o.Computed = true
	}
	return strings.Clone(c.Args[n].Literal)
}

func list(a jslex.Arg) []string {
	names, _ := a.Strings()
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.Clone(n)
	}
	return out
}

// options is the object that a value is, or that new Table({…}) is given.
func options(a jslex.Arg) jslex.Arg {
	if call, ok := a.Call(); ok && len(call.Args) > 0 {
		return call.Args[0]
	}
	return a
}

func null(yes bool) schema.Null {
	if yes {
		return schema.Nullable
	}
	return schema.NotNull
}
