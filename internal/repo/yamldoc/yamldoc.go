// Package yamldoc reads YAML into nodes that know their bytes.
//
// It stands on yaml.v3's node tree, whose positions are lines and columns in
// runes and whose nodes have no end. Here every node carries the byte span of
// its text, so that a finding can point at it and a fix can edit it. Aliases
// and merge keys are looked through, never expanded.
package yamldoc

import (
	"fmt"

	"drydock/internal/finding"
)

// Limits on what Parse accepts. Beyond them it returns an Error; it never tries.
const (
	MaxBytes  = 8 << 20 // bytes of one file
	MaxDepth  = 200     // nested collections
	MaxMerges = 10_000  // merge keys in one file
	MaxNodes  = 500_000 // nodes of a file, and of a document once its aliases are replaced

	maxInherited = 1_000 // entries one mapping can inherit through merge keys
)

// Kind says what a node is.
type Kind int

// The kinds of nodes. A key without a value is a Scalar whose IsNull is true.
const (
	Scalar Kind = iota + 1
	Mapping
	Sequence
	Alias
)

// Style says how a node is written.
type Style int

// The styles. Plain to Folded are those of scalars; Block and Flow those of
// mappings and sequences.
const (
	Plain Style = iota
	SingleQuoted
	DoubleQuoted
	Literal
	Folded
	Block
	Flow
)

// Doc is one document of a file.
type Doc struct {
	Root       *Node       // nil when the document is empty
	Duplicates []Duplicate // keys written twice in one mapping

	text *text
}

// Duplicate is a key that one mapping defines twice.
type Duplicate struct {
	Key           string
	First, Second *Node // the two key nodes
}

// Node is a scalar, mapping, sequence or alias. Its methods accept a nil
// receiver and look through aliases, so a path of lookups needs no checks on
// the way.
type Node struct {
	Kind   Kind
	Style  Style
	Tag    string // short form: !!str, !!int, !!map, a custom !tag
	Anchor string // the name after &, if any
	Value  string // decoded text of a scalar; the name an alias refers to

	// Span covers the node's text: quotes, brackets and a block scalar's header
	// included, anchor and tag excluded. It is empty for an absent value and
	// ends after the last child of a block collection.
	Span finding.Span
	Line int // 1-based line of Span.Start

	outer   int // where the node starts with its anchor and tag
	target  *Node
	entries []Entry
	merges  []*Node // values of the << keys of a mapping
	items   []*Node
	text    *text
}

// Error says where and why a file could not be read.
type Error struct {
	Line   int // 1-based
	Column int // 1-based, in runes; 0 when unknown
	Msg    string
}

func (e *Error) Error() string {
	if e.Column > 0 {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
}

// Source is the text of the file the document stands in.
func (d *Doc) Source() []byte { return d.text.src }

// Position is the 1-based line, and column in bytes, of a byte offset.
func (d *Doc) Position(offset int) (line, column int) { return d.text.position(offset) }

// Lines widens a span to whole lines: from the first byte of the line it starts
// on to the end of the line it ends on, line terminator included.
func (d *Doc) Lines(s finding.Span) finding.Span { return d.text.wholeLines(s) }

// Get follows a path of keys from the root.
func (d *Doc) Get(keys ...string) *Node {
	if d == nil {
		return nil
	}
	return d.Root.Get(keys...)
}
