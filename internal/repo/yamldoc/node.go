package yamldoc

import (
	"strconv"
	"strings"

	"drydock/internal/finding"
)

// Resolve is the node itself or, for an alias, the node it stands for.
func (n *Node) Resolve() *Node {
	if n != nil && n.Kind == Alias {
		return n.target
	}
	return n
}

// Exists says whether the node is there at all.
func (n *Node) Exists() bool { return n != nil }

// IsMapping says whether the node is a mapping, directly or through an alias.
func (n *Node) IsMapping() bool { return n.is(Mapping) }

// IsSequence says whether the node is a sequence, directly or through an alias.
func (n *Node) IsSequence() bool { return n.is(Sequence) }

// IsScalar says whether the node is a scalar, directly or through an alias. An
// absent value is a scalar too: see IsNull.
func (n *Node) IsScalar() bool { return n.is(Scalar) }

func (n *Node) is(kind Kind) bool {
	r := n.Resolve()
	return r != nil && r.Kind == kind
}

// IsNull says whether the node is missing, empty, or one of YAML's words for
// nothing.
func (n *Node) IsNull() bool {
	r := n.Resolve()
	return r == nil || r.Kind == Scalar && r.Tag == "!!null"
}

// Str is the decoded text of a scalar; "" for anything else and for null.
func (n *Node) Str() string {
	if r := n.Resolve(); r.is(Scalar) && !r.IsNull() {
		return r.Value
	}
	return ""
}

// Bool is the value of a boolean, also one that is quoted or written the way
// YAML 1.1 allowed (yes, no, on, off). ok is false for anything else.
func (n *Node) Bool() (value, ok bool) {
	switch strings.ToLower(n.Str()) {
	case "true", "yes", "on":
		return true, true
	case "false", "no", "off":
		return false, true
	}
	return false, false
}

// Int is the value of an integer, quoted or not.
func (n *Node) Int() (value int, ok bool) {
	v, err := strconv.Atoi(strings.ReplaceAll(n.Str(), "_", ""))
	return v, err == nil
}

// Raw is the text of the node as it stands in the file, quotes included.
func (n *Node) Raw() string {
	if n == nil {
		return ""
	}
	return string(n.text.src[n.Span.Start:n.Span.End])
}

// Items are the elements of a sequence in order; nil for anything else.
func (n *Node) Items() []*Node {
	if r := n.Resolve(); r != nil {
		return r.items
	}
	return nil
}

// Strings are the texts of a sequence's scalars, or of the node itself when it
// is a scalar with a value.
func (n *Node) Strings() []string {
	if n.IsScalar() && !n.IsNull() {
		return []string{n.Str()}
	}
	var out []string
	for _, item := range n.Items() {
		if item.IsScalar() {
			out = append(out, item.Str())
		}
	}
	return out
}

// Get follows a path of keys through mappings, merge keys and aliases; nil when
// one of them is missing.
func (n *Node) Get(keys ...string) *Node {
	for _, key := range keys {
		e, ok := n.Entry(key)
		if !ok {
			return nil
		}
		n = e.Value
	}
	return n
}

// Indent is the number of bytes between the start of the line and the node. For
// a block mapping it is the column its keys stand in.
func (n *Node) Indent() int {
	if n == nil {
		return 0
	}
	return n.Span.Start - n.text.lineStart(n.Span.Start)
}

// Position is the 1-based line and column, in bytes, of the node's first byte.
func (n *Node) Position() (line, column int) {
	if n == nil {
		return 0, 0
	}
	return n.text.position(n.Span.Start)
}

// Within maps the range [start, end) of a scalar's decoded Value to the bytes
// of the file that spell it. Where the two cannot be aligned it is the whole
// node.
func (n *Node) Within(start, end int) finding.Span {
	r := n.Resolve()
	if !r.is(Scalar) || start < 0 || end > len(r.Value) || start > end {
		if r == nil {
			return finding.Span{}
		}
		return r.Span
	}
	from, to, ok := r.align(start, end)
	if !ok {
		return r.Span
	}
	return finding.Span{Start: from, End: to}
}

// Walk visits the node and all below it in file order, without following
// aliases, so every node is seen once. It stops descending where visit returns
// false.
func (n *Node) Walk(visit func(*Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, e := range n.entries {
		e.Key.Walk(visit)
		e.Value.Walk(visit)
	}
	for _, item := range n.items {
		item.Walk(visit)
	}
}
