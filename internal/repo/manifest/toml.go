package manifest

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"

	"drydock/internal/finding"
)

// ParseTOML reads a TOML document into values with spans. The span of a table
// written with a header is that of the header's line; Members of a table that is
// reopened follow each other. It fails with an *Error like ParseJSON.
func ParseTOML(src []byte) (v *Value, err error) {
	if err := tooLarge(src); err != nil {
		return nil, err
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return nil, errorAt(src, i, "not a text file")
	}
	t := &tomlReader{src: src, named: map[tomlPlace]*Value{}}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		t.base = 3
	}
	// The parser is a library's unstable layer; whatever it does with a hostile
	// file must stay an error of that file.
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, &Error{1, fmt.Sprintf("cannot be read: %v", r)}
		}
	}()
	return t.document()
}

type tomlReader struct {
	src    []byte
	base   int // bytes before the document: a byte order mark
	parser unstable.Parser
	named  map[tomlPlace]*Value // so that a file of many tables is read in one pass
}

// tomlPlace is a name in a table.
type tomlPlace struct {
	table *Value
	name  string
}

func (t *tomlReader) document() (*Value, error) {
	data := t.src[t.base:]
	t.parser.Reset(data)
	root := &Value{Kind: Object, Span: finding.Span{Start: t.base, End: len(t.src)}}
	table := root
	for t.parser.NextExpression() {
		e := t.parser.Expression()
		var err error
		switch e.Kind {
		case unstable.Table:
			table, err = t.open(root, e, false)
		case unstable.ArrayTable:
			table, err = t.open(root, e, true)
		case unstable.KeyValue:
			_, err = t.keyValue(table, e, 1)
		}
		if err != nil {
			return nil, err
		}
	}
	var perr *unstable.ParserError
	switch err := t.parser.Error(); {
	case errors.As(err, &perr):
		offset := len(t.src)
		if perr.Highlight != nil {
			offset = t.base + cap(data) - cap(perr.Highlight)
		}
		return nil, errorAt(t.src, offset, "%s", perr.Message)
	case err != nil:
		return nil, &Error{1, err.Error()}
	}
	return root, nil
}

type tomlKey struct {
	name string
	span finding.Span
}

func (t *tomlReader) keys(e *unstable.Node) ([]tomlKey, error) {
	var out []tomlKey
	for it := e.Key(); it.Next(); {
		k := it.Node()
		out = append(out, tomlKey{string(k.Data), t.span(k.Raw)})
	}
	if len(out) > MaxDepth {
		return nil, errorAt(t.src, out[0].span.Start, "nested deeper than %d levels", MaxDepth)
	}
	return out, nil
}

func (t *tomlReader) span(r unstable.Range) finding.Span {
	start := t.base + int(r.Offset)
	return finding.Span{Start: start, End: start + int(r.Length)}
}

// open finds or makes the table that a header names.
func (t *tomlReader) open(root *Value, e *unstable.Node, array bool) (*Value, error) {
	keys, err := t.keys(e)
	if err != nil {
		return nil, err
	}
	last := len(keys) - 1
	header := t.headerLine(keys)
	table := root
	for i, k := range keys {
		final := i == last
		known, ok := t.named[tomlPlace{table, k.name}]
		switch {
		case !ok && final && array:
			list := t.add(table, k, &Value{Kind: Array, Span: header})
			table = list.push(header)
			continue
		case !ok:
			table = t.add(table, k, &Value{Kind: Object, Span: header})
			continue
		case final && array && known.Kind == Array:
			table = known.push(header)
			continue
		}
		table = known
		if n := len(table.Items); table.Kind == Array && n > 0 {
			table = table.Items[n-1]
		}
		if table.Kind != Object {
			return nil, errorAt(t.src, k.span.Start, "%.40q is a value and a table", k.name)
		}
	}
	return table, nil
}

// headerLine widens the keys of a table header to its brackets.
func (t *tomlReader) headerLine(keys []tomlKey) finding.Span {
	s := finding.Span{Start: keys[0].span.Start, End: keys[len(keys)-1].span.End}
	for s.Start > t.base && bytes.IndexByte([]byte(" \t["), t.src[s.Start-1]) >= 0 {
		s.Start--
	}
	for s.Start < s.End && t.src[s.Start] != '[' {
		s.Start++
	}
	for end := s.End; end < len(t.src) && bytes.IndexByte([]byte(" \t]"), t.src[end]) >= 0; {
		if end++; t.src[end-1] == ']' {
			s.End = end
		}
	}
	return s
}

func (t *tomlReader) add(table *Value, k tomlKey, value *Value) *Value {
	t.named[tomlPlace{table, k.name}] = value
	table.Members = append(table.Members, Member{k.name, k.span, value, finding.Span{Start: k.span.Start, End: max(k.span.End, value.Span.End)}})
	return value
}

func (v *Value) push(header finding.Span) *Value {
	item := &Value{Kind: Object, Span: header}
	v.Items = append(v.Items, item)
	return item
}

// keyValue adds one key with its value to a table, making the tables that a
// dotted key implies, and returns the offset behind the value.
func (t *tomlReader) keyValue(table *Value, e *unstable.Node, depth int) (end int, err error) {
	keys, err := t.keys(e)
	if err != nil {
		return 0, err
	}
	last := keys[len(keys)-1]
	for _, k := range keys[:len(keys)-1] {
		if known, ok := t.named[tomlPlace{table, k.name}]; ok && known.Kind == Object {
			table = known
		} else {
			table = t.add(table, k, &Value{Kind: Object, Span: k.span})
		}
	}
	at := t.skip(last.span.End)
	if at < len(t.src) && t.src[at] == '=' {
		at = t.skip(at + 1)
	}
	value, end, err := t.value(e.Value(), at, depth+len(keys))
	if err != nil {
		return 0, err
	}
	t.add(table, last, value)
	return end, nil
}

// value builds the value that starts at the offset at.
func (t *tomlReader) value(n *unstable.Node, at, depth int) (v *Value, end int, err error) {
	if depth > MaxDepth {
		return nil, 0, errorAt(t.src, at, "nested deeper than %d levels", MaxDepth)
	}
	switch n.Kind {
	case unstable.Array, unstable.InlineTable:
		v = &Value{Kind: Array, Span: finding.Span{Start: at}}
		if n.Kind == unstable.InlineTable {
			v.Kind = Object
		}
		at++
		for it := n.Children(); it.Next(); {
			at = t.skip(at)
			if child := it.Node(); child.Kind == unstable.KeyValue {
				at, err = t.keyValue(v, child, depth+1)
			} else {
				var item *Value
				item, at, err = t.value(child, at, depth+1)
				v.Items = append(v.Items, item)
			}
			if err != nil {
				return nil, 0, err
			}
		}
		v.Span.End = min(t.skip(at)+1, len(t.src))
		return v, v.Span.End, nil
	}
	v = &Value{Kind: tomlKinds[n.Kind], Text: string(n.Data), Span: t.span(n.Raw)}
	if v.Kind == 0 {
		v.Kind = Other
	}
	return v, v.Span.End, nil
}

var tomlKinds = map[unstable.Kind]Kind{unstable.String: String, unstable.Bool: Bool, unstable.Integer: Number, unstable.Float: Number}

// skip is the offset of the next byte that is no blank, line break, comma or
// comment.
func (t *tomlReader) skip(i int) int {
	for i < len(t.src) {
		switch t.src[i] {
		case ' ', '\t', '\r', '\n', ',':
			i++
		case '#':
			n := bytes.IndexByte(t.src[i:], '\n')
			if n < 0 {
				return len(t.src)
			}
			i += n
		default:
			return i
		}
	}
	return i
}
