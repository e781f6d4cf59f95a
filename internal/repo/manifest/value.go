// Package manifest reads what a project says about itself to its package
// manager: package.json, tsconfig.json, requirements files, pyproject.toml,
// Pipfile, setup.cfg, setup.py and the lockfiles beside them.
//
// Every reader takes the bytes of one file and returns data in which each node
// carries the span of its text. A reader that fails returns an *Error, and with
// it what it could still make of the file, or nil.
package manifest

import (
	"bytes"
	"fmt"

	"drydock/internal/finding"
)

// Limits on what the readers accept. Beyond them they return an Error.
const (
	MaxBytes = 32 << 20 // bytes of one file; lockfiles are large
	MaxDepth = 200      // nested collections
)

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// errorAt is an Error at a byte offset of src.
func errorAt(src []byte, offset int, format string, args ...any) *Error {
	offset = max(0, min(offset, len(src)))
	return &Error{Line: bytes.Count(src[:offset], []byte("\n")) + 1, Msg: fmt.Sprintf(format, args...)}
}

func tooLarge(src []byte) *Error {
	if len(src) > MaxBytes {
		return &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	return nil
}

// Text is a string and where it stands. The span includes quotes; it is empty
// when the string is not there.
type Text struct {
	Value string
	Span  finding.Span
}

// String is the value.
func (t Text) String() string { return t.Value }

// Exists says whether the text is written in the file, be it empty.
func (t Text) Exists() bool { return t.Span.Len() > 0 }

// Entry is a name with a string: a script, a binary, an engine.
type Entry struct {
	Name     string
	Value    string
	NameSpan finding.Span
	// ValueSpan covers the value with its quotes, Span the name to the value.
	ValueSpan finding.Span
	Span      finding.Span
}

// Kind says what a Value is.
type Kind int

// The kinds of values. Other is a scalar of TOML that JSON does not know, such
// as a date.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
	Other
)

// Value is one value of a JSON or TOML document. Its methods accept a nil
// receiver, so a path of lookups needs no checks on the way.
type Value struct {
	Kind    Kind
	Text    string       // decoded string; anything else scalar as it is written
	Span    finding.Span // quotes and brackets included; the header of a TOML table
	Members []Member     // of an object, in order, duplicate names kept
	Items   []*Value     // of an array
}

// Member is one named value of an object.
type Member struct {
	Name     string
	NameSpan finding.Span // quotes included; of a dotted TOML key its last part
	Value    *Value       // never nil
	Span     finding.Span // from the name to the end of the value
}

// Get follows a path of names through objects; nil when one is missing. Of
// duplicate names the last one counts, as it does for package managers.
func (v *Value) Get(names ...string) *Value {
	for _, name := range names {
		m, ok := v.Member(name)
		if !ok {
			return nil
		}
		v = m.Value
	}
	return v
}

// Member is the last member of the object with the given name.
func (v *Value) Member(name string) (m Member, ok bool) {
	if v == nil {
		return Member{}, false
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return v.Members[i], true
		}
	}
	return Member{}, false
}

// Str is the text of a string; "" for anything else.
func (v *Value) Str() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// True says whether the value is the boolean true.
func (v *Value) True() bool { return v != nil && v.Kind == Bool && v.Text == "true" }

// Exists says whether the value is there at all.
func (v *Value) Exists() bool { return v != nil }

// AsText is the string with its span; the zero Text for anything else.
func (v *Value) AsText() Text {
	if v == nil || v.Kind != String {
		return Text{}
	}
	return Text{v.Text, v.Span}
}

// Strings are the strings of an array, or the value itself when it is one.
func (v *Value) Strings() []Text {
	if v == nil {
		return nil
	}
	if v.Kind == String {
		return []Text{v.AsText()}
	}
	var out []Text
	for _, item := range v.Items {
		if item.Kind == String {
			out = append(out, item.AsText())
		}
	}
	return out
}

// AllStrings are the strings anywhere in the value, in file order; names of
// members are not among them.
func (v *Value) AllStrings() []Text {
	var out []Text
	v.Walk(func(n *Value) bool {
		if n.Kind == String {
			out = append(out, n.AsText())
		}
		return true
	})
	return out
}

// Walk visits the value and all below it in order. It stops descending where
// visit returns false.
func (v *Value) Walk(visit func(*Value) bool) {
	if v == nil || !visit(v) {
		return
	}
	for _, m := range v.Members {
		m.Value.Walk(visit)
	}
	for _, item := range v.Items {
		item.Walk(visit)
	}
}

// Within maps the range [start, end) of a string's Text to the bytes that spell
// it. A string with escapes or triple quotes maps to the whole of it.
func (v *Value) Within(start, end int) finding.Span {
	if v == nil {
		return finding.Span{}
	}
	return v.AsText().Within(start, end)
}

// Within maps the range [start, end) of the value to the bytes that spell it, or
// to the whole span when quotes hide where they are.
func (t Text) Within(start, end int) finding.Span {
	quote := t.Span.Len() - len(t.Value)
	if quote != 2 && quote != 0 || start < 0 || end > len(t.Value) || start > end {
		return t.Span
	}
	from := t.Span.Start + quote/2
	return finding.Span{Start: from + start, End: from + end}
}

// entries are the members of an object that are strings.
func (v *Value) entries() []Entry {
	if v == nil {
		return nil
	}
	var out []Entry
	for _, m := range v.Members {
		if m.Value.Kind == String {
			out = append(out, Entry{m.Name, m.Value.Text, m.NameSpan, m.Value.Span, m.Span})
		}
	}
	return out
}

func entryNamed(list []Entry, name string) (Entry, bool) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Name == name {
			return list[i], true
		}
	}
	return Entry{}, false
}
