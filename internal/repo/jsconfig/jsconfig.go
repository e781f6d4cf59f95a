// Package jsconfig gives the configurations of JavaScript's tools one shape, whether
// they are written as JSON, JSON5, YAML or as a program: what is literal in them,
// and where they leave open what is so. Nothing is run.
package jsconfig

import (
	"drydock/internal/finding"
)

// Kind says what a Value is.
type Kind uint8

// The kinds of values.
const (
	Unknown Kind = iota // computed; its Choices are what it may be, if that can be told
	Null                // null, undefined, or not there
	Bool
	Number
	String
	Template // a text with parts that are computed; Text is as it is written
	Array
	Object
	Func // a function; Result is what it returns
)

// Value is one value of a configuration. Its methods accept a nil receiver, which
// stands for what is not there.
type Value struct {
	Kind    Kind
	Text    string   // of a literal its value; of an Unknown the name or callee as it is written, if it is one
	Members []Member // of an Object, in order; of two with one name the later counts
	Items   []*Value // of an Array its elements; of an Unknown call the arguments
	Choices []*Value // of an Unknown
	Result  *Value   // of a Func; nil when it cannot be told
	Open    bool     // an Array may hold more elements
	Wrapped bool     // the whole went through a function that may have changed it
	Span    finding.Span
}

// Member is one entry of an Object.
type Member struct {
	Name     string // "" for what comes in from a Value that is not known, or under a computed name
	Value    *Value // never nil
	NameSpan finding.Span
	Span     finding.Span
}

// Known says whether the value is there and is what the file says it is.
func (v *Value) Known() bool { return v != nil && v.Kind != Unknown }

// True says whether the value is true for certain.
func (v *Value) True() bool { return v != nil && v.Kind == Bool && v.Text == "true" }

// False says whether the value is false for certain.
func (v *Value) False() bool { return v != nil && v.Kind == Bool && v.Text == "false" }

// Str is the text of a string; "" for anything else.
func (v *Value) Str() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// maxChoices bounds the alternatives that are told of one value.
const maxChoices = 32

// Options are all that the value may be, as far as they are known; whole says that
// there is nothing else.
func (v *Value) Options() (options []*Value, whole bool) {
	if v == nil {
		return nil, true
	}
	if v.Kind != Unknown {
		return []*Value{v}, true
	}
	whole = len(v.Choices) > 0
	queue := v.Choices
	for n := 0; n < len(queue); n++ {
		c := queue[n]
		switch {
		case n >= maxChoices || c.Kind == Unknown && len(c.Choices) == 0:
			whole = false
		case c.Kind == Unknown:
			queue = append(queue[:len(queue):len(queue)], c.Choices...)
		default:
			options = append(options, c)
		}
	}
	return options, whole
}

// MayBe says whether the value is, or could turn out to be, a literal with that
// text.
func (v *Value) MayBe(text string) bool {
	options, whole := v.Options()
	for _, o := range options {
		if o.Kind >= Bool && o.Kind <= String && o.Text == text {
			return true
		}
	}
	return !whole
}

// Get follows a path of names through objects and what functions return. It is nil
// when one of them is not there for certain, and Unknown when it may be there: the
// value is computed, or something that is not known comes in behind it.
func (v *Value) Get(path ...string) *Value {
	for _, name := range path {
		v = v.get(name)
	}
	return v
}

func (v *Value) get(name string) *Value {
	for steps := 0; v != nil && v.Kind == Func && steps < maxChoices; steps++ {
		if v.Result == nil {
			return &Value{Span: v.Span}
		}
		v = v.Result
	}
	switch {
	case v == nil:
		return nil
	case v.Kind == Unknown:
		return v.choose(name)
	case v.Kind != Object:
		return nil
	}
	var found []*Value // what comes in behind and may set it, last first
	for i := len(v.Members) - 1; i >= 0; i-- {
		m := &v.Members[i]
		if m.Name == name && m.Name != "" {
			if len(found) == 0 {
				return m.Value
			}
			return &Value{Choices: append(found, m.Value), Span: m.Value.Span}
		}
		if m.Name == "" {
			if in := m.Value.choose(name); in != nil && len(found) < maxChoices {
				found = append(found, in)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return &Value{Choices: append(found, &Value{Kind: Null}), Span: found[0].Span}
}

// choose is what the member of an unknown object may be; nil when none of the
// objects that it may be has it.
func (v *Value) choose(name string) *Value {
	if v.Kind != Unknown {
		return v.get(name)
	}
	if len(v.Choices) == 0 {
		return &Value{Span: v.Span}
	}
	out := &Value{Span: v.Span}
	absent := false
	for i, c := range v.Choices {
		if i >= maxChoices {
			out.Choices = append(out.Choices, &Value{Span: c.Span})
			break
		}
		if in := c.get(name); in != nil {
			out.Choices = append(out.Choices, in)
		} else {
			absent = true
		}
	}
	if len(out.Choices) == 0 {
		return nil
	}
	if absent {
		out.Choices = append(out.Choices, &Value{Kind: Null, Span: v.Span})
	}
	return out
}

// Member is the entry at the end of a path of names, as it is written, for edits and
// places; of two with one name the last. ok is false when it is not written in this
// object itself. Whether it takes effect Get says.
func (v *Value) Member(path ...string) (m Member, ok bool) {
	for _, name := range path {
		for v != nil && v.Kind == Func {
			v = v.Result
		}
		if v == nil {
			return Member{}, false
		}
		i := len(v.Members) - 1
		for i >= 0 && (v.Members[i].Name != name || name == "") {
			i--
		}
		if i < 0 {
			return Member{}, false
		}
		m, v = v.Members[i], v.Members[i].Value
	}
	return m, len(path) > 0
}

// Names are the names of an object's entries, in order; whole says that there are
// no others.
func (v *Value) Names() (names []string, whole bool) {
	if v == nil {
		return nil, true
	}
	whole = v.Kind != Unknown
	for _, m := range v.Members {
		if m.Name == "" {
			whole = false
			continue
		}
		names = append(names, m.Name)
	}
	return names, whole
}

// List are the elements of an array, or the value itself when it is anything else
// that is there; of a function's result likewise.
func (v *Value) List() []*Value {
	switch {
	case v == nil || v.Kind == Null:
		return nil
	case v.Kind == Array:
		return v.Items
	case v.Kind == Func && v.Result != nil && v.Result.Kind != Func:
		return v.Result.List()
	}
	return []*Value{v}
}

// Strings are the literal strings among the elements of an array, or the one
// string; whole says that there is nothing else.
func (v *Value) Strings() (values []string, whole bool) {
	whole = v == nil || v.Kind == String || v.Kind == Array && !v.Open
	for _, item := range v.List() {
		if item.Kind == String {
			values = append(values, item.Text)
		} else {
			whole = false
		}
	}
	return values, whole
}

// Walk visits the value and all below it, choices and results of functions among
// them. It stops descending where visit returns false.
func (v *Value) Walk(visit func(*Value) bool) {
	queue := []*Value{v}
	for len(queue) > 0 {
		v = queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if v == nil || !visit(v) {
			continue
		}
		queue = append(queue, v.Result)
		for i := len(v.Choices) - 1; i >= 0; i-- {
			queue = append(queue, v.Choices[i])
		}
		for i := len(v.Items) - 1; i >= 0; i-- {
			queue = append(queue, v.Items[i])
		}
		for i := len(v.Members) - 1; i >= 0; i-- {
			queue = append(queue, v.Members[i].Value)
		}
	}
}
