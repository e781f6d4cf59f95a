package helm

import (
	"strings"

	"drydock/internal/repo/kube"
)

// valueKind says what an expression evaluates to.
type valueKind int

const (
	unknown valueKind = iota
	nothing           // nil: a value that is not set
	text
	boolean
	number
	tree // a mapping or sequence, or a scalar, of the values file
)

// value is what an expression evaluates to with the chart's own values.
type value struct {
	kind valueKind
	text string // of text, boolean and number
	tree kube.Value
}

func textOf(s string) value { return value{kind: text, text: s} }

func boolOf(b bool) value {
	if b {
		return value{kind: boolean, text: "true"}
	}
	return value{kind: boolean, text: "false"}
}

// fromTree is the value of a node of the values file.
func fromTree(v kube.Value) value {
	switch {
	case v.IsMapping() || v.IsSequence():
		return value{kind: tree, tree: v}
	case v.IsNull():
		return value{kind: nothing}
	}
	t := v.Text()
	if t.Unknown {
		// A value that is itself a template, for tpl, or a placeholder.
		return value{kind: unknown, text: t.Raw}
	}
	out := value{kind: text, text: t.Value, tree: v}
	if n := v.Node(); n != nil {
		switch n.Tag {
		case "!!bool":
			out.kind = boolean
			if t.Value != "true" {
				out.text = "false"
			}
		case "!!int", "!!float":
			out.kind = number
		}
	}
	return out
}

// truth is whether if takes the value for true.
func (v value) truth() kube.Truth {
	yes := false
	switch v.kind {
	case unknown:
		return kube.Maybe
	case text:
		yes = v.text != ""
	case boolean:
		yes = v.text == "true"
	case number:
		yes = strings.Trim(v.text, "0.-") != ""
	case tree:
		yes = len(v.tree.Fields()) > 0 || len(v.tree.Items()) > 0
	}
	if yes {
		return kube.Yes
	}
	return kube.No
}

// scalar is the text that the value is written as; ok is false for what has none.
func (v value) scalar() (s string, ok bool) {
	switch v.kind {
	case text, boolean, number:
		return v.text, true
	}
	return "", false
}

// field is the value of a key, as .key writes it.
func (v value) field(key string) value {
	switch v.kind {
	case tree:
		if f := v.tree.Get(key); f.Exists() {
			return fromTree(f)
		}
		if v.tree.IsMapping() {
			return value{kind: nothing}
		}
	case nothing:
		return value{kind: nothing}
	}
	return value{}
}
