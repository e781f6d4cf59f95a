package model

import (
	"strings"
	"unicode"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/schema"
)

// Lookup finds the object literal that a name of the file stands for, also one
// that it imports; ok is false when there is none.
type Lookup func(name string) (object jslex.Arg, ok bool)

// ScriptWords are the words one of which a file of TypeScript or JavaScript that
// declares models must hold.
func ScriptWords() []string {
	return []string{"typeorm", "mikro", "sequelize", "mongoose", "typegoose", "drizzle"}
}

// PythonWords are those for a file of Python.
func PythonWords() []string {
	return []string{
		"Column", "mapped_column", "Mapped", "SQLModel", "DeclarativeBase", "declarative_base", "__tablename__", "ForeignKey", "OneToOneField", "ManyToManyField", "AutoField", "CharField", "TextField",
		"IntegerField", "BooleanField", "DateTimeField", "DateField", "UUIDField", "JSONField", "DecimalField", "FloatField",
	}
}

// Scripts reads the models that a file of TypeScript or JavaScript declares.
func Scripts(src []byte, js *jslex.File, lookup Lookup) []*Model {
	r := &scriptReader{src: src, js: js, lookup: lookup}
	r.index()
	var out []*Model
	used := map[string]bool{}
	for _, i := range js.Imports {
		if i.TypeOnly {
			continue
		}
		switch {
		case i.Module == "typeorm":
			used["typeorm"] = true
		case strings.HasPrefix(i.Module, "@mikro-orm/"):
			used["mikro"] = true
		case i.Module == "sequelize-typescript":
			used["sequelize-typescript"] = true
		case strings.HasPrefix(i.Module, "sequelize"), i.Module == "@sequelize/core":
			used["sequelize"] = true
		case i.Module == "@nestjs/mongoose", i.Module == "@typegoose/typegoose":
			used["mongoose-classes"] = true
		case i.Module == "mongoose":
			used["mongoose"] = true
		case strings.HasPrefix(i.Module, "drizzle-orm"):
			used["drizzle"] = true
		}
	}
	if used["typeorm"] || used["mikro"] || used["sequelize-typescript"] || used["mongoose-classes"] {
		out = append(out, r.decorated(used)...)
	}
	if used["drizzle"] {
		out = append(out, r.drizzle()...)
	} else if used["mongoose"] {
		out = append(out, r.mongoose()...)
	} else {
		out = append(out, r.sequelize(used["sequelize"])...)
	}
	return out
}

type scriptReader struct {
	src    []byte
	js     *jslex.File
	lookup Lookup
	values map[string]jslex.Arg  // what the file gives its variables, the last value each
	starts map[int][]*jslex.Call // by where the chain of calls begins, inner ones first
}

func (r *scriptReader) index() {
	r.starts = map[int][]*jslex.Call{}
	r.values = map[string]jslex.Arg{}
	for i := range r.js.Assigns {
		if a := &r.js.Assigns[i]; a.Key == "" {
			r.values[a.Target] = a.Value
		}
	}
	for i := range r.js.Calls {
		c := &r.js.Calls[i]
		r.starts[c.CalleeSpan.Start] = append(r.starts[c.CalleeSpan.Start], c)
	}
}

// object is the object literal that a value is or names.
func (r *scriptReader) object(a jslex.Arg) (jslex.Arg, bool) {
	if a.Kind == jslex.ValueObject {
		return a, true
	}
	if a.Ident == "" {
		return a, false
	}
	if v, ok := r.values[a.Ident]; ok && v.Kind == jslex.ValueObject {
		return v, true
	}
	if r.lookup == nil {
		return a, false
	}
	return r.lookup(a.Ident)
}

// maxSpread bounds how deep objects are spread into each other.
const maxSpread = 4

// props are an object's properties, those it spreads included; open says that
// some are not known. Those that come from another file have no place in this one.
func (r *scriptReader) props(a jslex.Arg, depth int) (out []jslex.Prop, open bool) {
	for _, p := range a.Props() {
		if !p.Value.Spread {
			out = append(out, p)
			continue
		}
		inner, ok := r.object(p.Value)
		if !ok || depth >= maxSpread {
			open = true
			continue
		}
		more, unknown := r.props(inner, depth+1)
		foreign := inner.Text() == "" || !r.within(inner.Span, inner.Text())
		for _, m := range more {
			if foreign {
				m.Span, m.KeySpan = p.Span, p.Span
			}
			out = append(out, m)
		}
		open = open || unknown
	}
	return out, open
}

// within says whether the text stands at the span in this file.
func (r *scriptReader) within(s finding.Span, text string) bool {
	return s.Start >= 0 && s.End <= len(r.src) && s.Start <= s.End && string(r.src[s.Start:s.End]) == text
}

// boolean is the literal true or false of a property; ok is false for another.
func boolean(a jslex.Arg, key string) (value, ok bool) {
	p, has := a.Prop(key)
	if !has {
		return false, false
	}
	return p.Value.Bool()
}

// str is the literal string of a property, "" when it is none.
func str(a jslex.Arg, key string) string {
	if p, ok := a.Prop(key); ok && p.Value.IsLiteral {
		return strings.Clone(p.Value.Literal)
	}
	return ""
}

// snake writes a name of code as most databases do: userProfile as user_profile.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, c := range runes {
		if unicode.IsUpper(c) {
			if i > 0 && runes[i-1] != '_' && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
				b.WriteByte('_')
			}
			c = unicode.ToLower(c)
		}
		b.WriteRune(c)
	}
	return b.String()
}

// scriptKinds are TypeScript's types by name, and the constructors that mongoose
// takes for types.
var scriptKinds = map[string]schema.Kind{
	"string": schema.Text, "String": schema.Text, "number": schema.Integer, "Number": schema.Float, "boolean": schema.Boolean, "Boolean": schema.Boolean, "Date": schema.DateTimeTZ, "Buffer": schema.Bytes, "bigint": schema.Bigint,
	"BigInt": schema.Bigint, "Map": schema.JSON, "Mixed": schema.JSON, "Object": schema.JSON, "object": schema.JSON, "any": schema.JSON, "Decimal128": schema.Decimal, "UUID": schema.UUID,
}

// scriptType takes the annotation of a field apart.
func scriptType(written string) (name string, list, null bool) {
	t := strings.TrimSpace(written)
	if len(t) > schema.MaxText {
		return "", false, false
	}
	rest := ""
	for _, part := range strings.Split(t, "|") {
		switch part = strings.TrimSpace(part); part {
		case "null", "undefined":
			null = true
		default:
			if rest == "" {
				rest = part
			}
		}
	}
	for range 4 {
		switch {
		case strings.HasSuffix(rest, "[]"):
			list, rest = true, strings.TrimSpace(strings.TrimSuffix(rest, "[]"))
		case strings.HasSuffix(rest, ">"):
			head, inner, _ := strings.Cut(strings.TrimSuffix(rest, ">"), "<")
			switch strings.TrimSpace(head) {
			case "Array", "Collection":
				list = true
			case "Promise", "Relation", "Ref", "Rel", "Opt", "NonAttribute", "CreationOptional", "ForeignKey":
			default:
				return strings.Clone(strings.TrimSpace(head)), list, null
			}
			rest, _, _ = strings.Cut(inner, ",")
			rest = strings.TrimSpace(rest)
		}
	}
	return strings.Clone(rest), list, null
}

// scriptDefault reads what a property of options sets as default.
func scriptDefault(a jslex.Arg, inDatabase bool) schema.Default {
	d := schema.Default{Kind: schema.DefaultApplication, Text: schema.Clip(a.Text()), Span: a.Span}
	if a.Kind == jslex.ValueNull {
		return schema.Default{}
	}
	if !inDatabase {
		return d
	}
	switch a.Kind {
	case jslex.ValueString, jslex.ValueNumber, jslex.ValueBool, jslex.ValueArray, jslex.ValueObject:
		d.Kind = schema.DefaultLiteral
	case jslex.ValueFunc: // TypeORM: () => "now()"
		if at := strings.IndexAny(d.Text, "'\"`"); at >= 0 {
			d.Kind = SQLDefault(strings.Trim(d.Text[at:], "'\"` )}"))
		} else {
			d.Kind = schema.DefaultExpression
		}
	default:
		d.Kind = schema.DefaultExpression
	}
	return d
}

// arrowName is the name that () => Name returns, or that a value is.
func arrowName(a jslex.Arg) string {
	if a.Ident != "" || a.IsLiteral {
		return strings.Clone(a.Ident + a.Literal)
	}
	if a.Kind != jslex.ValueFunc {
		return ""
	}
	text := a.Text()
	at := strings.Index(text, "=>")
	if at < 0 || len(text) > schema.MaxText {
		return ""
	}
	name := strings.Trim(strings.TrimSpace(text[at+2:]), "()")
	if strings.ContainsAny(name, " ({[,") {
		return ""
	}
	return strings.Clone(name)
}
