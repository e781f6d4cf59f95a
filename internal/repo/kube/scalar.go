package kube

import (
	"strconv"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// Text is a scalar of an object.
type Text struct {
	Value   string // what it says; "" when that is unknown
	Raw     string // as written, the actions of a template included
	At      Place
	Set     bool // written at all
	Unknown bool // a placeholder or an action that could not be evaluated decides
	Default bool // evaluated with the chart's own values: others may differ
}

// String is the text, or what is written where it is unknown.
func (t Text) String() string {
	if t.Unknown {
		return t.Raw
	}
	return t.Value
}

// Text is the value as a scalar.
func (v Value) Text() Text {
	if v.over != nil {
		return Text{Value: v.over.text, Raw: v.over.text, At: v.At(), Set: true, Unknown: hasPlaceholder(v.over.text)}
	}
	n := v.node.Resolve()
	if n == nil {
		return Text{}
	}
	t := Text{Value: n.Str(), At: v.At(), Set: true}
	t.Raw = t.Value
	if v.src != nil && v.src.Template != nil && n.IsScalar() {
		if text, raw, touched, known := v.src.Template.Scalar(n); touched {
			t.Raw, t.Value, t.Unknown, t.Default = raw, text, !known, known
		}
	}
	if in := v.inserts(); len(in) > 0 && t.Value == "" {
		t.Raw, t.Unknown, t.Default = in[0].Expr, !in[0].Known, in[0].Known
		if in[0].Known && in[0].Value.kind() == yamldoc.Scalar {
			t.Value = in[0].Value.Text().Value
		}
	}
	if hasPlaceholder(t.Value) {
		t.Raw, t.Value, t.Unknown = t.Value, "", true
	}
	return t
}

// literal is the value as a scalar in which ${…} is text: commands, arguments
// and the values of variables, which a shell or the program may read.
func (v Value) literal() Text {
	t := v.Text()
	if t.Unknown && v.over == nil && (v.src == nil || v.src.Template == nil) {
		t.Value, t.Unknown = t.Raw, false
	}
	return t
}

// hasPlaceholder says whether a tool fills the text in before the cluster sees
// it: ${NAME} and {{ name }}. Kubernetes' own $(NAME) is none.
func hasPlaceholder(s string) bool {
	return strings.Contains(s, "${") || strings.Contains(s, "{{") || strings.Contains(s, "{%")
}

// Same says whether two texts are the same wherever the object is applied.
func (t Text) Same(other Text) Truth {
	switch {
	case !t.Unknown && !other.Unknown:
		if t.Value == other.Value {
			return Yes
		}
		return No
	case t.Unknown && other.Unknown:
		if t.Raw == other.Raw {
			return Yes
		}
		if a, b := skeleton(t.Raw), skeleton(other.Raw); a.actions == b.actions && a.literals != b.literals {
			return No
		}
	}
	return Maybe
}

// parts is a text's actions and its literals, each in order.
type parts struct{ actions, literals string }

// skeleton takes a text with {{ … }} and ${ … } in it apart.
func skeleton(raw string) parts {
	var actions, literals strings.Builder
	for raw != "" {
		open, closing := strings.Index(raw, "{{"), "}}"
		if i := strings.Index(raw, "${"); i >= 0 && (open < 0 || i < open) {
			open, closing = i, "}"
		}
		if open < 0 {
			break
		}
		end := strings.Index(raw[open:], closing)
		if end < 0 {
			break
		}
		end += open + len(closing)
		literals.WriteString(raw[:open] + "\x00")
		actions.WriteString(raw[open:end])
		raw = raw[end:]
	}
	literals.WriteString(raw)
	return parts{actions.String(), literals.String()}
}

// Flag is a boolean of an object.
type Flag struct {
	Value   bool
	At      Place
	Set     bool // written at all
	Unknown bool // written, but not to be evaluated, or no boolean
}

// Is says whether the flag is set and has the value.
func (f Flag) Is(value bool) bool { return f.Set && !f.Unknown && f.Value == value }

// Flag is the value as a boolean.
func (v Value) Flag() Flag {
	t := v.Text()
	if !t.Set || v.IsNull() {
		return Flag{At: t.At}
	}
	switch strings.ToLower(t.Value) {
	case "true", "yes", "on":
		return Flag{Value: true, At: t.At, Set: true}
	case "false", "no", "off":
		return Flag{At: t.At, Set: true}
	}
	return Flag{At: t.At, Set: true, Unknown: true}
}

// Number is an integer of an object.
type Number struct {
	Value   int
	At      Place
	Set     bool // written at all
	Unknown bool // written, but not to be evaluated, or no integer
}

// Number is the value as an integer.
func (v Value) Number() Number {
	t := v.Text()
	if !t.Set || v.IsNull() {
		return Number{At: t.At}
	}
	n, err := strconv.Atoi(t.Value)
	if err != nil {
		n = 0 // Atoi's largest number is not what is written
	}
	return Number{Value: n, At: t.At, Set: true, Unknown: err != nil}
}

// Texts are the scalars of a sequence, or the value itself when it is a scalar.
func (v Value) Texts() []Text { return v.texts(Value.Text) }

// literals are Texts in which ${…} is text; see literal.
func (v Value) literals() []Text { return v.texts(Value.literal) }

func (v Value) texts(read func(Value) Text) []Text {
	if v.IsSequence() {
		var out []Text
		for _, item := range v.Items() {
			out = append(out, read(item))
		}
		return out
	}
	if v.Exists() && !v.IsNull() && !v.IsMapping() {
		return []Text{read(v)}
	}
	return nil
}
