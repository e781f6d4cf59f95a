package migration

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/model"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
	"drydock/internal/repo/sqlfile"
)

// DjangoNode is a migration that another names.
type DjangoNode struct {
	App  string // label; "" when it is computed
	Name string
	Span finding.Span
}

// Django is one migration of Django.
type Django struct {
	Dependencies []DjangoNode
	Replaces     []DjangoNode // of a squashed migration
	RunBefore    []DjangoNode
	Initial      bool
	Atomic       bool // in a transaction, as is usual
	Ops          []Op
	Computed     bool         // dependencies or operations are not all written out
	Span         finding.Span // of the class
}

// ReadDjango reads a migration; ok is false when the file holds none.
func ReadDjango(py *pylex.File) (m *Django, ok bool) {
	class := -1
	for i := range py.Defs {
		d := &py.Defs[i]
		if d.Kind == pylex.Class && d.Parent < 0 && d.Name == "Migration" && len(d.Bases) > 0 && strings.HasSuffix(d.Bases[0], "Migration") {
			class = i
			break
		}
	}
	if class < 0 {
		return nil, false
	}
	m = &Django{Atomic: true, Span: py.Defs[class].Span}
	r := djangoReader{py: py, m: m, class: class}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func != class {
			continue
		}
		on, _ := a.Value.Bool()
		switch a.Target {
		case "dependencies":
			m.Dependencies = r.nodes(a.Value)
		case "replaces":
			m.Replaces = r.nodes(a.Value)
		case "run_before":
			m.RunBefore = r.nodes(a.Value)
		case "initial":
			m.Initial = on
		case "atomic":
			m.Atomic = on
		case "operations":
			r.operations(a.Value, false, 0)
		}
	}
	return m, true
}

type djangoReader struct {
	py    *pylex.File
	m     *Django
	class int // index of the class Migration
}

func (r *djangoReader) nodes(v pylex.Arg) (out []DjangoNode) {
	if v.Kind != pylex.ValueList && v.Kind != pylex.ValueTuple {
		r.m.Computed = true
	}
	for _, item := range v.Items() {
		if item.Kind == pylex.ValueCall { // migrations.swappable_dependency(settings.AUTH_USER_MODEL)
			out = append(out, DjangoNode{Name: "__first__", Span: item.Span})
			continue
		}
		pair := item.Items()
		if len(pair) != 2 || !pair[1].IsLiteral {
			r.m.Computed = true
			continue
		}
		out = append(out, DjangoNode{strings.Clone(pair[0].Literal), strings.Clone(pair[1].Literal), item.Span})
	}
	return out
}

// maxNested bounds how deep operations stand in operations.
const maxNested = 4

func (r *djangoReader) operations(v pylex.Arg, stateOnly bool, depth int) {
	if v.Kind == pylex.ValueIdent {
		v = r.named(v)
	}
	if v.Kind != pylex.ValueList && v.Kind != pylex.ValueTuple {
		if !stateOnly {
			r.computed(v)
		}
		return
	}
	for _, item := range v.Items() {
		call, ok := item.Call()
		if !ok {
			r.computed(item)
			continue
		}
		before := len(r.m.Ops)
		r.operation(call, depth)
		for i := before; i < len(r.m.Ops); i++ {
			r.m.Ops[i].StateOnly = r.m.Ops[i].StateOnly || stateOnly
		}
	}
}

func (r *djangoReader) operation(c *pylex.Call, depth int) {
	name := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
	a := djangoArgs{c}
	o := Op{Call: strings.Clone(name), Span: c.Span, Model: strings.ToLower(a.text(0, "model_name"))}
	switch name {
	case "SeparateDatabaseAndState":
		if depth >= maxNested {
			return
		}
		if v, ok := a.at(0, "database_operations"); ok {
			r.operations(v, false, depth+1)
		}
		if v, ok := a.at(1, "state_operations"); ok {
			r.operations(v, true, depth+1)
		}
		return
	case "CreateModel":
		r.createModel(a, o)
		return
	case "DeleteModel":
		o.Kind, o.Model = DropTable, strings.ToLower(a.text(0, "name"))
	case "RenameModel":
		o.Kind, o.Model, o.To = RenameTable, strings.ToLower(a.text(0, "old_name")), strings.ToLower(a.text(1, "new_name"))
	case "AlterModelTable":
		o.Kind, o.Model, o.To = RenameTable, strings.ToLower(a.text(0, "name")), a.text(1, "table")
	case "AddField", "AlterField":
		r.field(a, o)
		return
	case "RemoveField":
		o.Kind, o.Name = DropColumn, a.text(1, "name")
	case "RenameField":
		o.Kind, o.Name, o.To = RenameColumn, a.text(1, "old_name"), a.text(2, "new_name")
	case "AddIndex", "AddIndexConcurrently", "AddConstraint", "AddConstraintNotValid":
		r.part(a, o)
		return
	case "RemoveIndex", "RemoveIndexConcurrently":
		o.Kind, o.Name, o.Concurrently = DropIndex, a.text(1, "name"), strings.HasSuffix(name, "Concurrently")
	case "RenameIndex":
		o.Kind, o.Name, o.To = RenameIndex, a.text(-1, "old_name"), a.text(1, "new_name")
	case "RemoveConstraint":
		o.Kind, o.Name = DropConstraint, a.text(1, "name")
	case "ValidateConstraint":
		o.Kind, o.Name = ValidateConstraint, a.text(1, "name")
	case "AlterUniqueTogether", "AlterIndexTogether":
		o.Model = strings.ToLower(a.text(0, "name"))
		r.together(a, o)
		return
	case "RunPython":
		o.Kind = Code
		_, reversible := a.at(1, "reverse_code")
		o.Irreversible = !reversible
	case "RunSQL":
		r.runSQL(a, o)
		return
	default: // AlterModelOptions, AlterModelManagers, extensions, the project's own
		if !strings.HasPrefix(name, "AlterModel") && !strings.HasPrefix(name, "AlterOrder") {
			o.Kind = Code
			if strings.HasSuffix(name, "Extension") {
				o.Kind, o.Statement = SQL, "CREATE EXTENSION"
			}
			r.m.Ops = append(r.m.Ops, o)
		}
		return
	}
	r.m.Ops = append(r.m.Ops, o)
}

// computed says that there are operations which are not written out.
func (r *djangoReader) computed(v pylex.Arg) {
	r.m.Computed = true
	r.m.Ops = append(r.m.Ops, Op{Kind: Code, Computed: true, Span: v.Span})
}

// named is the value of a name of the class or the module.
func (r *djangoReader) named(v pylex.Arg) pylex.Arg {
	for i := range r.py.Assigns[:min(len(r.py.Assigns), maxLook)] {
		if a := &r.py.Assigns[i]; a.Target == v.Ident && (a.Func == r.class || a.Func < 0) {
			return a.Value
		}
	}
	return v
}

type djangoArgs struct{ c *pylex.Call }

func (a djangoArgs) at(n int, name string) (pylex.Arg, bool) {
	if v, ok := a.c.Arg(name); ok {
		return v, true
	}
	return a.c.At(n)
}

func (a djangoArgs) text(n int, name string) string {
	v, _ := a.at(n, name)
	if !v.IsLiteral {
		return ""
	}
	return strings.Clone(v.Literal)
}

func (r *djangoReader) createModel(a djangoArgs, o Op) {
	o.Kind, o.Model = CreateTable, strings.ToLower(a.text(0, "name"))
	o.Define = &schema.Table{}
	if options, ok := a.at(2, "options"); ok {
		for _, p := range options.Pairs() {
			on, isBool := p.Value.Bool()
			switch p.Key.Literal {
			case "db_table":
				o.Define.Name = strings.Clone(p.Value.Literal)
			case "managed":
				o.StateOnly = isBool && !on
			case "proxy":
				o.StateOnly = o.StateOnly || on
			case "indexes", "constraints":
				for _, item := range p.Value.Items() {
					if call, ok := item.Call(); ok {
						model.DjangoTablePart(o.Define, call)
					}
				}
			case "unique_together":
				for _, columns := range model.Together(p.Value) {
					o.Define.Constraints = append(o.Define.Constraints, &schema.Constraint{Kind: schema.UniqueKey, Columns: columns, Span: p.Value.Span})
				}
			}
		}
	}
	if fields, ok := a.at(1, "fields"); ok {
		for _, item := range fields.Items() {
			pair := item.Items()
			if len(pair) != 2 || !pair[0].IsLiteral {
				o.Computed = true
				continue
			}
			call, ok := pair[1].Call()
			if !ok {
				o.Computed = true
				continue
			}
			if c, _ := model.DjangoField(call, pair[0].Literal); c != nil {
				c.NameSpan = pair[0].Span
				o.Define.Columns = append(o.Define.Columns, c)
			}
		}
	}
	r.m.Ops = append(r.m.Ops, o)
}

// field reads AddField and AlterField. Many-to-many fields make no column.
func (r *djangoReader) field(a djangoArgs, o Op) {
	o.Kind, o.Name = AddColumn, a.text(1, "name")
	if o.Call == "AlterField" {
		o.Kind = AlterColumn
	}
	v, _ := a.at(2, "field")
	call, ok := v.Call()
	if !ok {
		o.Computed = true
		r.m.Ops = append(r.m.Ops, o)
		return
	}
	col, rel := model.DjangoField(call, o.Name)
	switch {
	case col == nil && rel != nil && rel.Many && rel.Through == "" && o.Kind == AddColumn: // the table between the two
		o.Kind = CreateTable
		r.m.Ops = append(r.m.Ops, o)
		return
	case col == nil:
		return
	}
	o.Name, o.Column = col.Name, col
	r.m.Ops = append(r.m.Ops, o)
}

// part reads AddIndex, AddConstraint and their kin.
func (r *djangoReader) part(a djangoArgs, o Op) {
	name := "index"
	if strings.HasPrefix(o.Call, "AddConstraint") {
		name = "constraint"
	}
	v, _ := a.at(1, name)
	call, ok := v.Call()
	if !ok {
		o.Kind, o.Computed = CreateIndex, true
		if name == "constraint" {
			o.Kind = AddConstraint
		}
		r.m.Ops = append(r.m.Ops, o)
		return
	}
	var t schema.Table
	model.DjangoTablePart(&t, call)
	for _, x := range t.Indexes {
		o.Kind, o.Index, o.Name = CreateIndex, x, x.Name
		o.Concurrently = strings.HasSuffix(o.Call, "Concurrently")
		r.m.Ops = append(r.m.Ops, o)
	}
	for _, k := range t.Constraints {
		o.Kind, o.Constraint, o.Name = AddConstraint, k, k.Name
		k.NotValid = strings.HasSuffix(o.Call, "NotValid")
		r.m.Ops = append(r.m.Ops, o)
	}
}

func (r *djangoReader) together(a djangoArgs, o Op) {
	key := "unique_together"
	if o.Call == "AlterIndexTogether" {
		key = "index_together"
	}
	v, _ := a.at(1, key)
	for _, columns := range model.Together(v) {
		one := o
		if key == "index_together" {
			one.Kind, one.Index = CreateIndex, &schema.Index{Columns: columns, Span: o.Span}
		} else {
			one.Kind, one.Constraint = AddConstraint, &schema.Constraint{Kind: schema.UniqueKey, Columns: columns, Span: o.Span}
		}
		r.m.Ops = append(r.m.Ops, one)
	}
}

func (r *djangoReader) runSQL(a djangoArgs, o Op) {
	v, _ := a.at(0, "sql")
	_, reversible := a.at(1, "reverse_sql")
	ops, ok := PythonSQL(r.py, v, sqlfile.Dialect(""))
	if !ok {
		o.Kind, o.Computed, o.Irreversible = SQL, true, !reversible
		ops = append(ops, o)
	}
	for i := range ops {
		ops[i].Irreversible = !reversible
	}
	r.m.Ops = append(r.m.Ops, ops...)
	if state, ok := a.c.Arg("state_operations"); ok {
		r.operations(state, true, maxNested)
	}
}
