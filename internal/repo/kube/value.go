// Package kube reads Kubernetes objects: what they are, the pods they make, what
// they select and refer to. It knows nothing of the project they stand in.
//
// An object is read through Values, which look at YAML nodes and know the file
// and the bytes of every field. A Value can be changed without touching the node
// (a patch, an image set elsewhere), and what came from another file says so. In
// a template a Value also knows what the template's actions decide.
package kube

import (
	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Place is where something is written.
type Place struct {
	Path string
	Span finding.Span
}

// Truth is an answer that may be unknown.
type Truth int

// The answers. The zero value is Maybe.
const (
	Maybe Truth = iota
	Yes
	No
)

// And is the answer to both questions together.
func (t Truth) And(other Truth) Truth {
	switch {
	case t == No || other == No:
		return No
	case t == Maybe || other == Maybe:
		return Maybe
	}
	return Yes
}

// Guard is a condition that a part of a template stands under.
type Guard struct {
	Expr    string // as written
	At      Place
	Default Truth // whether it holds with the chart's own values
}

// Insert is what an action of a template puts into a mapping or a sequence.
type Insert struct {
	Expr  string // the action, blanks reduced: two that are equal put in the same
	At    Place
	Value Value // what it puts in with the chart's own values
	Known bool  // whether Value is all that it puts in
}

// Template says what the actions of a template make of the nodes read from it.
type Template interface {
	// Scalar is the text of a scalar with its actions evaluated. touched says
	// whether there is an action in it, known whether all could be evaluated. raw is
	// the text with the actions as they are written, blanks reduced.
	Scalar(n *yamldoc.Node) (text, raw string, touched, known bool)
	// Inserts are what actions add to the node, in order.
	Inserts(n *yamldoc.Node) []Insert
	// Guards are the conditions around the byte, outermost first.
	Guards(offset int) []Guard
}

// Source is a file that values are read from.
type Source struct {
	Path     string
	Template Template // nil when the file is plain YAML
	// Offsets are for a text that is itself a scalar of the file, such as a patch
	// within a kustomization: where each of its bytes stands in the file.
	Offsets []int
	// Base is where the text begins in the file.
	Base int
}

func (s *Source) place(span finding.Span) Place {
	if n := len(s.Offsets); n > 0 {
		span = finding.Span{Start: s.Offsets[min(span.Start, n-1)], End: s.Offsets[min(span.End, n-1)]}
	}
	return Place{s.Path, finding.Span{Start: span.Start + s.Base, End: span.End + s.Base}}
}

// Value is a part of an object. Its methods accept what is missing: the zero
// Value does not exist, and everything below it neither.
type Value struct {
	src   *Source
	node  *yamldoc.Node
	over  *overlay
	start int // first byte of the entry or item
}

// overlay stands in place of what the node says.
type overlay struct {
	kind   yamldoc.Kind
	text   string
	fields []Field
	items  []Value
	mixed  []Insert
}

// Field is an entry of a mapping.
type Field struct {
	Key   Text
	Value Value
}

// Read is the value of a node of src.
func Read(src *Source, n *yamldoc.Node) Value {
	if n == nil {
		return Value{}
	}
	return Value{src: src, node: n, start: n.Span.Start}
}

// Exists says whether the value is written at all.
func (v Value) Exists() bool { return v.node != nil || v.over != nil }

// Node is the node the value was read from, before any change; nil for one that
// is made up.
func (v Value) Node() *yamldoc.Node { return v.node.Resolve() }

// At is where the value is written. Its path is empty when it is written nowhere.
func (v Value) At() Place {
	if v.node == nil || v.src == nil {
		return Place{}
	}
	return v.src.place(v.node.Span)
}

// EntryAt is where the value is written with its key.
func (v Value) EntryAt() Place {
	if v.node == nil || v.src == nil {
		return Place{}
	}
	return v.src.place(finding.Span{Start: min(v.start, v.node.Span.Start), End: v.node.Span.End})
}

// IsMapping says whether the value is a mapping.
func (v Value) IsMapping() bool { return v.kind() == yamldoc.Mapping }

// IsSequence says whether the value is a sequence.
func (v Value) IsSequence() bool { return v.kind() == yamldoc.Sequence }

func (v Value) kind() yamldoc.Kind {
	if v.over != nil {
		return v.over.kind
	}
	r := v.node.Resolve()
	if r == nil {
		return 0
	}
	if r.Kind == yamldoc.Scalar && r.IsNull() {
		for _, in := range v.inserts() {
			if in.Known && in.Value.Exists() {
				return in.Value.kind()
			}
		}
	}
	return r.Kind
}

// IsNull says whether the value is missing or empty, and no template fills it.
func (v Value) IsNull() bool {
	if v.over != nil {
		return v.over.kind == yamldoc.Scalar && v.over.text == ""
	}
	return v.node.IsNull() && len(v.inserts()) == 0
}

func (v Value) inserts() []Insert {
	if v.over != nil {
		return v.over.mixed
	}
	if v.src == nil || v.src.Template == nil || v.node == nil {
		return nil
	}
	return v.src.Template.Inserts(v.node.Resolve())
}

// Open says whether a template may add entries or items that cannot be seen.
func (v Value) Open() bool {
	for _, in := range v.inserts() {
		if !in.Known || in.Value.Open() {
			return true
		}
	}
	return false
}

// Inserted are the actions that add what cannot be seen, blanks reduced.
func (v Value) Inserted() []string {
	var out []string
	for _, in := range v.inserts() {
		if !in.Known {
			out = append(out, in.Expr)
		} else {
			out = append(out, in.Value.Inserted()...)
		}
	}
	return out
}

// Get follows a path of keys. Where a template writes a key twice, under an if
// and its else, it is the one that the chart's own values choose.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		if v = v.get(key); !v.Exists() {
			return Value{}
		}
	}
	return v
}

func (v Value) get(key string) Value {
	var best Value
	switch {
	case v.over != nil:
		for _, f := range v.over.fields {
			if f.Key.Value == key {
				return f.Value
			}
		}
	case v.src != nil && v.src.Template != nil:
		for _, e := range v.node.Own() {
			if e.Name() != key {
				continue
			}
			one := Value{src: v.src, node: e.Value, start: e.Span().Start}
			if !best.Exists() || best.Shown() == No {
				best = one
			}
		}
	default:
		if e, ok := v.node.Entry(key); ok {
			return Value{src: v.src, node: e.Value, start: e.Span().Start}
		}
		return Value{}
	}
	if best.Exists() {
		return best
	}
	for _, in := range v.inserts() {
		if found := in.Value.get(key); found.Exists() {
			return found
		}
	}
	return Value{}
}

// Fields are the entries of a mapping in order, those that a template puts in
// last.
func (v Value) Fields() []Field {
	var out []Field
	if v.over != nil {
		out = v.over.fields
	} else {
		for _, e := range v.node.Entries() {
			if e.Key == nil {
				continue
			}
			out = append(out, Field{
				Key:   Value{src: v.src, node: e.Key, start: e.Key.Span.Start}.Text(),
				Value: Value{src: v.src, node: e.Value, start: e.Span().Start},
			})
		}
	}
	for _, in := range v.inserts() {
		if in.Value.IsMapping() {
			out = append(out[:len(out):len(out)], in.Value.Fields()...)
		}
	}
	return out
}

// Items are the elements of a sequence in order, those that a template puts in
// last.
func (v Value) Items() []Value {
	var out []Value
	if v.over != nil {
		out = v.over.items
	} else {
		for _, item := range v.node.Items() {
			out = append(out, Read(v.src, item))
		}
	}
	for _, in := range v.inserts() {
		if in.Value.IsSequence() {
			out = append(out[:len(out):len(out)], in.Value.Items()...)
		}
	}
	return out
}

// Guards are the conditions that the value stands under, outermost first.
func (v Value) Guards() []Guard {
	if v.src == nil || v.src.Template == nil || v.node == nil {
		return nil
	}
	return v.src.Template.Guards(v.start)
}

// Shown says whether the value is there with the template's own values: Yes for
// everything in plain YAML.
func (v Value) Shown() Truth {
	shown := Yes
	for _, g := range v.Guards() {
		shown = shown.And(g.Default)
	}
	return shown
}

// chosen is the value of a key unless a template leaves it out with its own
// values.
func (v Value) chosen(key string) Value {
	found := v.get(key)
	for _, g := range found.GuardsWithin(v) {
		if g.Default == No {
			return Value{}
		}
	}
	return found
}

// GuardsWithin are the conditions that decide about the value but not about the
// one it is a part of.
func (v Value) GuardsWithin(outer Value) []Guard {
	all := v.Guards()
	if len(all) == 0 || outer.src == nil || outer.src != v.src {
		return all
	}
	return all[min(len(outer.Guards()), len(all)):]
}
