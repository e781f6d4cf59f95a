package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse reads the documents of a file. An *Error says where it stopped; the
// documents before that place are returned with it. A key defined twice is such
// an error too, but then every document is returned, and each lists its own
// Duplicates. Parse does not keep reading beyond MaxBytes, MaxDepth, MaxMerges.
func Parse(src []byte) ([]*Doc, error) {
	if err := admit(src); err != nil {
		return nil, err
	}
	t := newText(src)
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var docs []*Doc
	var merges int
	for {
		var root yaml.Node
		err := decode(dec, &root)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return docs, t.explain(err)
		}
		b := builder{text: t, nodes: map[*yaml.Node]*Node{}, whole: map[*Node]int{}, merges: &merges}
		doc, err := b.document(&root)
		if err != nil {
			return docs, err
		}
		docs = append(docs, doc)
	}
	for _, doc := range docs {
		for _, dup := range doc.Duplicates {
			return docs, dup.asError()
		}
	}
	return docs, nil
}

func (d Duplicate) asError() *Error {
	_, column := d.Second.Position()
	return &Error{d.Second.Line, column, fmt.Sprintf("the key %q is defined twice, at lines %d and %d", d.Key, d.First.Line, d.Second.Line)}
}

// decode reads the next document; a panic of the library is an error like any
// other.
func decode(dec *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return dec.Decode(into)
}

// explain turns the library's "yaml: line 3: …" into an Error.
func (t *text) explain(err error) *Error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				line, msg = n, text
			}
		}
	}
	return &Error{Line: min(max(line, 1), len(t.starts)), Msg: msg}
}

// builder turns yaml.v3's nodes of one document into ours.
type builder struct {
	text   *text
	nodes  map[*yaml.Node]*Node // anchored nodes, for the aliases
	whole  map[*Node]int        // of an anchored node that is built, how many nodes it makes
	count  int                  // nodes so far, each alias counted as all that it stands for
	dups   []Duplicate
	merges *int
}

func (b *builder) document(y *yaml.Node) (*Doc, error) {
	doc := &Doc{text: b.text}
	if y.Kind != yaml.DocumentNode || len(y.Content) == 0 {
		return doc, nil
	}
	root, err := b.node(y.Content[0], -1, 1)
	if err != nil {
		return nil, err
	}
	if root.Kind != Scalar || !root.IsNull() || root.Span.Len() > 0 {
		doc.Root = root
	}
	doc.Duplicates = b.dups
	return doc, nil
}

// node builds n and what is below it. parent is the indentation of the block
// collection around it, -1 at the root.
func (b *builder) node(y *yaml.Node, parent, depth int) (*Node, error) {
	if depth > MaxDepth {
		return nil, &Error{y.Line, y.Column, fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
	}
	n := &Node{Tag: y.ShortTag(), Anchor: y.Anchor, Value: y.Value, text: b.text}
	n.outer = b.text.offsetOf(y.Line, y.Column)
	before := b.count
	b.count++
	if n.Anchor != "" {
		b.nodes[y] = n
	}
	var err error
	switch y.Kind {
	case yaml.AliasNode:
		n.Kind, n.Tag = Alias, ""
		n.target = b.nodes[y.Alias]
		n.Span.Start = n.outer
		n.Span.End = min(n.outer+1+len(n.Value), len(b.text.src))
		err = b.alias(n)
	case yaml.MappingNode:
		err = b.mapping(n, y, parent, depth)
	case yaml.SequenceNode:
		err = b.sequence(n, y, parent, depth)
	default:
		n.Kind = Scalar
		n.Style = scalarStyle(y.Style)
		b.text.spanScalar(n, parent)
	}
	n.Span.End = max(n.Span.End, n.Span.Start)
	n.Line = b.text.lineIndex(n.Span.Start) + 1
	if n.Anchor != "" {
		b.whole[n] = b.count - before
	}
	return n, err
}

// alias counts what an alias stands for. One that stands within its own anchor
// never ends, and a few that stand for each other can make a file endless: both
// are refused, so that nobody who looks through aliases has to be careful.
func (b *builder) alias(n *Node) error {
	size, built := b.whole[n.target]
	if !built {
		return &Error{b.text.lineIndex(n.Span.Start) + 1, 0, fmt.Sprintf("the anchor %q contains itself", n.Value)}
	}
	if b.count += size; b.count > MaxNodes && b.count > len(b.text.src) {
		return &Error{b.text.lineIndex(n.Span.Start) + 1, 0, fmt.Sprintf("aliases multiply to more than %d nodes", MaxNodes)}
	}
	return nil
}

func scalarStyle(s yaml.Style) Style {
	switch {
	case s&yaml.DoubleQuotedStyle != 0:
		return DoubleQuoted
	case s&yaml.SingleQuotedStyle != 0:
		return SingleQuoted
	case s&yaml.LiteralStyle != 0:
		return Literal
	case s&yaml.FoldedStyle != 0:
		return Folded
	}
	return Plain
}

func (b *builder) mapping(n *Node, y *yaml.Node, parent, depth int) error {
	n.Kind, n.Style = Mapping, Block
	indent := parent
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	} else if len(y.Content) > 0 {
		indent = y.Content[0].Column - 1
		if n.outer < len(b.text.src) && b.text.src[n.outer] == '?' {
			indent = y.Column - 1
		}
	}
	first := map[string]*Node{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, err := b.node(y.Content[i], indent, depth+1)
		if err != nil {
			return err
		}
		value, err := b.node(y.Content[i+1], indent, depth+1)
		if err != nil {
			return err
		}
		n.entries = append(n.entries, Entry{Key: key, Value: value})
		if isMergeKey(key) {
			if *b.merges++; *b.merges > MaxMerges {
				return &Error{key.Line, 0, fmt.Sprintf("more than %d merge keys", MaxMerges)}
			}
			n.merges = append(n.merges, value)
			continue
		}
		b.unique(first, key)
	}
	b.text.spanCollection(n, '{', '}')
	return nil
}

// unique records a key that the mapping already has.
func (b *builder) unique(first map[string]*Node, key *Node) {
	if key.Kind != Scalar {
		return
	}
	id := key.identity()
	if earlier, ok := first[id]; ok {
		b.dups = append(b.dups, Duplicate{Key: key.Value, First: earlier, Second: key})
		return
	}
	first[id] = key
}

func (b *builder) sequence(n *Node, y *yaml.Node, parent, depth int) error {
	n.Kind, n.Style = Sequence, Block
	indent := parent
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	} else {
		start := b.text.skipProperties(n.outer)
		// A sequence may stand at the indentation of the key it belongs to.
		indent = max(parent, start-b.text.lineStart(start))
	}
	for _, child := range y.Content {
		item, err := b.node(child, indent, depth+1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	b.text.spanCollection(n, '[', ']')
	return nil
}
