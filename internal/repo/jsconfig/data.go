package jsconfig

import (
	"bytes"
	"errors"
	"fmt"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/yamldoc"
)

// MaxBytes is the largest file that JSON and JSON5 read.
const MaxBytes = 2 << 20

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// JSON reads JSON with comments and trailing commas, and, where it is more than
// that, JSON5.
func JSON(src []byte) (*Value, error) {
	if len(src) > MaxBytes {
		return nil, &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	root, err := manifest.ParseJSON(src)
	if err == nil {
		return FromJSON(root), nil
	}
	if v := json5(src); v != nil {
		return v, nil
	}
	var e *manifest.Error
	if errors.As(err, &e) {
		err = &Error{e.Line, e.Msg}
	}
	return nil, err
}

// json5 reads an object or list in the way of JavaScript, nil when it is none.
func json5(src []byte) *Value {
	body := bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	moved := len(src) - len(body) - 1 // by the parenthesis
	f := jslex.Parse(append(append(make([]byte, 0, len(body)+2), '('), append(body[:len(body):len(body)], ')')...))
	if f.Err != nil {
		return nil
	}
	whole := f.Value(spanOf(0, len(body)+2))
	if whole.Kind != jslex.ValueObject && whole.Kind != jslex.ValueArray {
		return nil
	}
	v := newScript(f).value(whole, 0, true)
	plain := true
	v.Walk(func(n *Value) bool {
		n.Span.Start, n.Span.End = max(0, n.Span.Start+moved), min(len(src), n.Span.End+moved) // without the parentheses
		for i := range n.Members {
			m := &n.Members[i]
			m.NameSpan.Start, m.NameSpan.End = m.NameSpan.Start+moved, m.NameSpan.End+moved
			m.Span.Start, m.Span.End = m.Span.Start+moved, m.Span.End+moved
		}
		plain = plain && n.Kind != Unknown && n.Kind != Func && n.Kind != Template
		return true
	})
	if !plain {
		return nil
	}
	return v
}

// FromJSON is a JSON or TOML value in the common shape.
func FromJSON(in *manifest.Value) *Value {
	if in == nil {
		return nil
	}
	v := &Value{Text: in.Text, Span: in.Span}
	switch in.Kind {
	case manifest.Bool:
		v.Kind = Bool
	case manifest.Number, manifest.Other:
		v.Kind = Number
	case manifest.String:
		v.Kind = String
	case manifest.Array:
		v.Kind = Array
		for _, item := range in.Items {
			v.Items = append(v.Items, FromJSON(item))
		}
	case manifest.Object:
		v.Kind = Object
		for _, m := range in.Members {
			v.Members = append(v.Members, Member{m.Name, FromJSON(m.Value), m.NameSpan, m.Span})
		}
	default:
		v.Kind = Null
	}
	return v
}

// FromYAML is a YAML node in the common shape. Aliases are looked through, as far as
// a bound on all values allows.
func FromYAML(n *yamldoc.Node) *Value {
	left := maxValues
	return fromYAML(n, &left, 0)
}

func fromYAML(n *yamldoc.Node, left *int, depth int) *Value {
	if n == nil {
		return nil
	}
	v := &Value{Span: n.Span}
	if *left--; *left < 0 || depth > yamldoc.MaxDepth {
		return v
	}
	switch {
	case n.IsMapping():
		v.Kind = Object
		for _, e := range n.Entries() {
			v.Members = append(v.Members, Member{e.Name(), fromYAML(e.Value, left, depth+1), e.KeySpan(), e.Span()})
		}
	case n.IsSequence():
		v.Kind = Array
		for _, item := range n.Items() {
			v.Items = append(v.Items, fromYAML(item, left, depth+1))
		}
	case n.IsNull():
		v.Kind = Null
	default:
		v.Text = n.Str()
		switch n.Resolve().Tag {
		case "!!bool":
			v.Kind = Bool
			on, _ := n.Bool()
			v.Text = map[bool]string{true: "true", false: "false"}[on]
		case "!!int", "!!float":
			v.Kind = Number
		default:
			v.Kind = String
		}
	}
	return v
}

func spanOf(start, end int) finding.Span { return finding.Span{Start: start, End: end} }
