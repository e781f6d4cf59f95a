// Package prisma reads Prisma schemas: where the data lives and the models with
// their fields, each with its place.
package prisma

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
)

// MaxBytes is the size above which Parse refuses a file.
const MaxBytes = 4 << 20

// File is one schema file.
type File struct {
	Path        string
	Datasources []*Datasource
	Generators  []*Generator
	Models      []*Model // models and views
	Types       []*Model // composite types
	Enums       []*Enum
}

// Model is the model with the given name; nil when there is none.
func (f *File) Model(name string) *Model {
	for _, m := range f.Models {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Text is a value with its place; the zero Text is one that is not written.
type Text struct {
	Value string // quotes removed; of a function the call as it is written
	Env   string // the variable that env("…") reads, "" for anything else
	Span  finding.Span
}

// Set says whether the value is written.
func (t Text) Set() bool { return t.Span.Len() > 0 }

// Setting is one "name = value" of a datasource or generator.
type Setting struct {
	Name string
	Text
	KeySpan finding.Span
}

// Datasource says which database the schema is for.
type Datasource struct {
	Name     string
	Provider Text // postgresql, mysql, sqlite, …
	URL      Text
	Settings []Setting
	Span     finding.Span
	NameSpan finding.Span
}

// Generator is one generator block.
type Generator struct {
	Name     string
	Provider Text
	Settings []Setting
	Span     finding.Span
}

// Model is a table or, of a document database, a collection.
type Model struct {
	Name       string
	IsView     bool
	Fields     []*Field
	Attributes []Attribute // @@id, @@index, @@unique, @@map, …
	Span       finding.Span
	NameSpan   finding.Span
}

// Table is the name of the model in the database: that of @@map, else its own.
func (m *Model) Table() string {
	for _, a := range m.Attributes {
		if a.Name == "map" {
			if name := a.Strings(); len(name) > 0 {
				return name[0]
			}
		}
	}
	return m.Name
}

// Field is the field with the given name; nil when there is none.
func (m *Model) Field(name string) *Field {
	for _, f := range m.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Indexed says whether an index, unique key or id of the model begins with the
// field, or the field itself is one.
func (m *Model) Indexed(field string) bool {
	if f := m.Field(field); f != nil && (f.Has("id") || f.Has("unique")) {
		return true
	}
	for _, a := range m.Attributes {
		if a.Name == "index" || a.Name == "unique" || a.Name == "id" || a.Name == "fulltext" {
			if names := a.Fields(); len(names) > 0 && names[0] == field {
				return true
			}
		}
	}
	return false
}

// Field is one field of a model.
type Field struct {
	Name       string
	Type       string // without ? and []
	Optional   bool
	List       bool
	Attributes []Attribute // @id, @default, @relation, …
	Span       finding.Span
	NameSpan   finding.Span
	TypeSpan   finding.Span // with ? and []
}

// Attribute is the field's attribute with the given name; ok is false when it has
// none.
func (f *Field) Attribute(name string) (a Attribute, ok bool) {
	for _, a := range f.Attributes {
		if a.Name == name {
			return a, true
		}
	}
	return Attribute{}, false
}

// Has says whether the field has an attribute of that name.
func (f *Field) Has(name string) bool { _, ok := f.Attribute(name); return ok }

// Attribute is one @name(…) or @@name(…).
type Attribute struct {
	Name string // without the @
	Args string // what stands between the brackets, as it is written
	Span finding.Span
}

// Fields are the names of the first list among the arguments, or of the list under
// "fields:", without their options: @@index([a, b(sort: Desc)]) gives a and b. One
// name may stand without brackets.
func (a Attribute) Fields() []string {
	args := a.Args
	if i := strings.Index(args, "fields:"); i >= 0 {
		args = args[i:]
	}
	open := strings.IndexByte(args, '[')
	if open < 0 {
		name, _, _ := strings.Cut(strings.TrimPrefix(args, "fields:"), ",")
		name, _, _ = strings.Cut(strings.TrimSpace(name), "(")
		if name == "" || strings.ContainsAny(name, "\":") {
			return nil
		}
		return []string{name}
	}
	var names []string
	depth, start := 0, open+1
	add := func(end int) {
		name, _, _ := strings.Cut(strings.TrimSpace(args[start:end]), "(")
		if name != "" {
			names = append(names, name)
		}
		start = end + 1
	}
	for i := open + 1; i < len(args); i++ {
		switch c := args[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ',' && depth == 0:
			add(i)
		case c == ']' && depth == 0:
			add(i)
			return names
		}
	}
	return names
}

// Strings are the quoted texts among the arguments.
func (a Attribute) Strings() []string {
	var out []string
	for i := 0; i < len(a.Args); i++ {
		if a.Args[i] == '"' {
			end := closingQuote([]byte(a.Args), i)
			out = append(out, unquote(a.Args[i:end]))
			i = end - 1
		}
	}
	return out
}

// Enum is one enum.
type Enum struct {
	Name     string
	Values   []string
	Span     finding.Span
	NameSpan finding.Span
}

// Error says where and why a schema could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Sniff says whether a file is a Prisma schema by its name.
func Sniff(file string) bool { return strings.EqualFold(path.Ext(file), ".prisma") }
