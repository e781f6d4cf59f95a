package terraform

import (
	"errors"
	"slices"
	"strings"

	"drydock/internal/repo/manifest"
)

// labels is how many labels the blocks of a type have in the JSON syntax.
var labels = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "locals": 0, "terraform": 0, "moved": 0, "import": 0,
	"removed": 0, "check": 1,
}

// parseJSON reads the JSON syntax. What nests below a block is an attribute with a
// map, since only a provider knows which of them are blocks, but for required
// providers and the backend of terraform itself.
func parseJSON(src []byte) (*File, error) {
	f := &File{}
	if len(src) > MaxBytes {
		return f, admit(src)
	}
	root, err := manifest.ParseJSON(src)
	if err != nil {
		var e *manifest.Error
		if errors.As(err, &e) {
			err = &Error{e.Line, e.Msg}
		}
		return f, err
	}
	for _, m := range root.Members {
		n, known := labels[m.Name]
		if !known || m.Value.Kind == manifest.String {
			f.Attributes = append(f.Attributes, jsonAttribute(m))
			continue
		}
		f.jsonBlocks(m, m.Value, nil, n)
	}
	return f, nil
}

// jsonBlocks adds the blocks below a member: n levels of objects are labels, and a
// list is several blocks.
func (b *Body) jsonBlocks(m manifest.Member, v *manifest.Value, named []Text, n int) {
	if v.Kind == manifest.Array {
		for _, item := range v.Items {
			if item.Kind == manifest.Object {
				b.jsonBlocks(m, item, named, n)
			}
		}
		return
	}
	if n > 0 {
		for _, label := range v.Members {
			b.jsonBlocks(m, label.Value, append(slices.Clone(named), Text{label.Name, label.NameSpan}), n-1)
		}
		return
	}
	block := &Block{Type: m.Name, Labels: named, TypeSpan: m.NameSpan, Span: v.Span}
	for _, a := range v.Members {
		if m.Name == "terraform" && (a.Name == "required_providers" || a.Name == "cloud") {
			block.jsonBlocks(a, a.Value, nil, 0)
			continue
		}
		if m.Name == "terraform" && a.Name == "backend" {
			block.jsonBlocks(a, a.Value, nil, 1)
			continue
		}
		block.Attributes = append(block.Attributes, jsonAttribute(a))
	}
	b.Blocks = append(b.Blocks, block)
}

func jsonAttribute(m manifest.Member) *Attribute {
	return &Attribute{m.Name, jsonValue(m.Value), m.NameSpan, m.Span}
}

func jsonValue(v *manifest.Value) *Value {
	out := &Value{Text: v.Text, Span: v.Span}
	switch v.Kind {
	case manifest.Null:
		out.Kind = Null
	case manifest.Bool:
		out.Kind = Bool
	case manifest.Number:
		out.Kind = Number
	case manifest.String:
		out.Kind = String
		if strings.Contains(v.Text, "${") || strings.Contains(v.Text, "%{") {
			out.Kind = jsonTemplate(out)
		}
	case manifest.Array:
		out.Kind = List
		for _, item := range v.Items {
			out.Items = append(out.Items, jsonValue(item))
		}
	case manifest.Object:
		out.Kind = Map
		for _, m := range v.Members {
			out.Members = append(out.Members, Member{m.Name, m.NameSpan, jsonValue(m.Value)})
		}
	}
	return out
}

// jsonTemplate tells a string that is one plain reference from other templates.
func jsonTemplate(v *Value) Kind {
	inner, ok := strings.CutPrefix(v.Text, "${")
	if inner, ok2 := strings.CutSuffix(inner, "}"); ok && ok2 && inner != "" {
		for _, c := range inner {
			if c != '.' && c != '_' && c != '-' && c != '[' && c != ']' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				v.Text = ""
				return Template
			}
		}
		v.Text = inner
		return Reference
	}
	v.Text = ""
	return Template
}
