package model

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/schema"
)

// Class is a class of Python that declares columns, or may inherit some: what it
// says itself, before its bases are known.
type Class struct {
	Name     string
	Bases    []Base
	Alchemy  *Model           // read as SQLAlchemy's, nil without a sign of it
	Django   *Model           // read as Django's, nil without a field or Meta
	SQLModel bool             // table=True
	Fields   []*schema.Column // annotations without more: columns if the class is SQLModel's
	Inherits bool             // Django's Meta takes over that of the base
	Span     finding.Span
	NameSpan finding.Span
}

// Base is what a class inherits from.
type Base struct {
	Name string // as written, dotted
	Full string // with what the imports say
}

// maxClasses bounds the classes that are read of one file.
const maxClasses = 4000

// Classes reads the classes of a file, nested ones left out, and its Core tables:
// those of SQLAlchemy that a variable holds.
func Classes(py *pylex.File) (classes []*Class, tables []*Model) {
	r := newPyReader(py)
	for i := range py.Defs {
		d := &py.Defs[i]
		if d.Kind != pylex.Class || d.Parent >= 0 && py.Defs[d.Parent].Kind == pylex.Class || len(classes) >= maxClasses {
			continue
		}
		c := &Class{Name: strings.Clone(d.Name), Span: d.Span, NameSpan: d.NameSpan}
		for _, b := range d.Bases {
			b, _, _ = strings.Cut(b, "[") // Generic[T], Manager["User"]
			c.Bases = append(c.Bases, Base{strings.Clone(b), strings.Clone(py.Qualify(b))})
		}
		for _, k := range d.Keywords {
			if on, _ := k.Bool(); on && k.Name == "table" {
				c.SQLModel = true
			}
		}
		c.Alchemy = r.alchemy(i)
		c.Django = r.django(i, c)
		c.Fields = r.annotated(i)
		classes = append(classes, c)
	}
	return classes, r.coreTables()
}

// pyReader finds what belongs to a class without going through the file again.
type pyReader struct {
	py       *pylex.File
	assigns  map[int][]*pylex.Assign // by the class they stand in
	children map[int][]int           // definitions by the class they stand in
	calls    map[int][]*pylex.Call   // by the function they stand in
}

func newPyReader(py *pylex.File) *pyReader {
	r := &pyReader{py: py, assigns: map[int][]*pylex.Assign{}, children: map[int][]int{}, calls: map[int][]*pylex.Call{}}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func >= 0 && py.Defs[a.Func].Kind == pylex.Class {
			r.assigns[a.Func] = append(r.assigns[a.Func], a)
		}
	}
	for i := range py.Defs {
		if p := py.Defs[i].Parent; p >= 0 && py.Defs[p].Kind == pylex.Class {
			r.children[p] = append(r.children[p], i)
		}
	}
	for i := range py.Calls {
		c := &py.Calls[i]
		if c.Func >= 0 && py.Defs[c.Func].Kind != pylex.Class {
			r.calls[c.Func] = append(r.calls[c.Func], c)
		}
	}
	return r
}

// last is the last member of a dotted name.
func last(name string) string {
	return name[strings.LastIndexByte(name, '.')+1:]
}

// literal is a keyword's string, "" when it is none.
func literal(c *pylex.Call, name string) string {
	if a, ok := c.Arg(name); ok && a.IsLiteral {
		return strings.Clone(a.Literal)
	}
	return ""
}

// flag is a keyword's literal True or False; ok is false for anything else.
func flag(c *pylex.Call, name string) (value, ok bool) {
	a, has := c.Arg(name)
	if !has {
		return false, false
	}
	return a.Bool()
}

// positional are the arguments without a name.
func positional(c *pylex.Call) (out []pylex.Arg) {
	for _, a := range c.Args {
		if a.Name == "" && a.Star == "" {
			out = append(out, a)
		}
	}
	return out
}

// words are the strings among the values, and the last parts of names: what the
// columns of an index are called. An expression is written in parentheses.
func words(args []pylex.Arg) (out []string, expression bool) {
	for _, a := range args {
		switch {
		case a.IsLiteral:
			out = append(out, strings.Clone(a.Literal))
		case a.Kind == pylex.ValueIdent:
			out = append(out, strings.Clone(last(a.Ident)))
		case a.Kind == pylex.ValueCall && strings.HasSuffix(a.Callee, ".desc") || strings.HasSuffix(a.Callee, ".asc"):
			out = append(out, strings.Clone(last(strings.TrimSuffix(strings.TrimSuffix(a.Callee, ".desc"), ".asc"))))
		default:
			out, expression = append(out, "("+schema.Clip(a.Text())+")"), true
		}
	}
	return out, expression
}

// pyKinds are Python's types by name.
var pyKinds = map[string]schema.Kind{
	"int": schema.Integer, "str": schema.Text, "bool": schema.Boolean, "float": schema.Float, "bytes": schema.Bytes, "Decimal": schema.Decimal, "datetime": schema.DateTime,
	"date": schema.Date, "time": schema.Time, "timedelta": schema.Interval, "UUID": schema.UUID, "dict": schema.JSON, "Dict": schema.JSON, "EmailStr": schema.Text,
}

// annotation takes an annotation apart: Mapped[Optional[int]] is int and nullable.
func annotation(written string) (name string, null schema.Null, list, mapped bool) {
	t := strings.Trim(strings.TrimSpace(written), `"'`)
	null = schema.NotNull
	for range 6 {
		switch {
		case strings.HasSuffix(t, "]"):
			at := strings.IndexByte(t, '[')
			if at < 0 {
				return t, null, list, mapped
			}
			inner := t[at+1 : len(t)-1]
			switch last(strings.TrimSpace(t[:at])) {
			case "Mapped", "MappedColumn", "DynamicMapped", "WriteOnlyMapped":
				mapped = true
			case "Optional":
				null = schema.Nullable
			case "Annotated":
				inner, _, _ = strings.Cut(inner, ",")
			case "list", "List", "Sequence", "set", "Set":
				list = true
			case "Dict", "dict", "Mapping":
				return "dict", null, list, mapped
			default:
				return strings.TrimSpace(t[:at]), null, list, mapped
			}
			t = strings.Trim(strings.TrimSpace(inner), `"'`)
		case strings.Contains(t, "|"):
			rest := ""
			for _, part := range strings.Split(t, "|") {
				if part = strings.TrimSpace(part); part == "None" {
					null = schema.Nullable
				} else if rest == "" {
					rest = part
				}
			}
			t = strings.Trim(rest, `"'`)
		default:
			return last(t), null, list, mapped
		}
	}
	return last(t), null, list, mapped
}
