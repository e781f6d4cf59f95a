package yamldoc

import (
	"unicode/utf8"

	"drydock/internal/finding"
)

// skipProperties is the offset after the anchor and tag that may stand at i and
// the blanks, line breaks and comments behind them.
func (t *text) skipProperties(i int) int {
	for i < len(t.src) && (t.src[i] == '&' || t.src[i] == '!') {
		i = t.skipBlank(t.property(i))
	}
	return i
}

// property is the offset behind the anchor or tag at i.
func (t *text) property(i int) int {
	if t.src[i] == '!' {
		return t.word(i)
	}
	for i++; i < len(t.src) && isNameByte(t.src[i]); i++ {
	}
	return i
}

// isNameByte says whether yaml.v3 takes the byte as part of an anchor's name.
func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// word is the offset of the first blank or line break at or after i.
func (t *text) word(i int) int {
	for i < len(t.src) && t.src[i] != ' ' && t.src[i] != '\t' && lineBreak(t.src, i) == 0 {
		i++
	}
	return i
}

// spanScalar finds where the scalar that starts at n.outer begins and ends.
func (t *text) spanScalar(n *Node, parent int) {
	if n.Style == Plain && n.Value == "" {
		n.Span = t.absent(n)
		return
	}
	start := t.skipProperties(n.outer)
	end := start
	switch n.Style {
	case DoubleQuoted:
		end = t.quoted(start, '"')
	case SingleQuoted:
		end = t.quoted(start, '\'')
	case Literal, Folded:
		end = t.blockScalar(start, parent)
	default:
		n.Span.Start = start
		if _, to, ok := n.align(0, len(n.Value)); ok {
			end = to
		} else {
			end = t.lineEnd(start)
		}
	}
	n.Span = finding.Span{Start: start, End: end}
}

// absent is the empty place of a value that is not written. An anchor or a tag
// may stand before it.
func (t *text) absent(n *Node) finding.Span {
	i := n.outer
	for i < len(t.src) && (t.src[i] == '&' || t.src[i] == '!') {
		i = t.property(i)
		for j := i; j < len(t.src); j++ {
			if t.src[j] == '&' || t.src[j] == '!' {
				i = j
			}
			if t.src[j] != ' ' && t.src[j] != '\t' {
				break
			}
		}
	}
	return finding.Span{Start: i, End: i}
}

// quoted is the offset behind the quoted scalar that opens at i.
func (t *text) quoted(i int, quote byte) int {
	for i++; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == '\\' && quote == '"':
			i++
		case c == quote && quote == '\'' && i+1 < len(t.src) && t.src[i+1] == quote:
			i++
		case c == quote:
			return i + 1
		}
	}
	return len(t.src)
}

// blockScalar is the offset behind the last line with text of the literal or
// folded scalar whose header stands at i; behind the header when it is empty.
func (t *text) blockScalar(i, parent int) int {
	indent := 0
	headerEnd := t.lineEnd(i)
	for j := i + 1; j < headerEnd && j < i+3; j++ {
		if c := t.src[j]; c >= '1' && c <= '9' {
			indent = max(parent, 0) + int(c-'0')
		}
	}
	end := min(t.word(i), headerEnd)
	for line := t.lineIndex(i) + 1; line < len(t.starts); line++ {
		start := t.starts[line]
		j := start
		for j < len(t.src) && t.src[j] == ' ' {
			j++
		}
		if j >= len(t.src) {
			break
		}
		if lineBreak(t.src, j) > 0 {
			continue // a blank line belongs to the text only if more follows
		}
		width := j - start
		if indent == 0 {
			indent = max(width, parent+1, 1)
		}
		if width < indent || t.documentEnds(start) {
			break
		}
		end = t.lineEnd(j)
	}
	return end
}

// documentEnds says whether the line at start is a document marker.
func (t *text) documentEnds(start int) bool {
	if start+3 > len(t.src) {
		return false
	}
	marker := string(t.src[start : start+3])
	return (marker == "---" || marker == "...") && t.word(start) == start+3
}

// spanCollection finds the extent of a collection whose children are built.
func (t *text) spanCollection(n *Node, open, shut byte) {
	start := t.skipProperties(n.outer)
	last, first := -1, start
	if k := len(n.items); k > 0 {
		last = n.items[k-1].Span.End
	}
	if k := len(n.entries); k > 0 {
		first = n.entries[0].Key.outer
		last = max(n.entries[k-1].Value.Span.End, n.entries[k-1].Key.Span.End)
	}
	if n.Style == Block && n.Kind == Mapping {
		start = first
	}
	n.Span = finding.Span{Start: start, End: max(last, start)}
	if n.Style == Flow && start < len(t.src) && t.src[start] == open {
		n.Span.End = t.closing(max(last, start+1), shut)
	}
}

// closing is the offset behind the bracket that ends a flow collection, sought
// from the end of its last child.
func (t *text) closing(i int, shut byte) int {
	for i < len(t.src) {
		i = t.skipBlank(i)
		if i >= len(t.src) {
			break
		}
		switch t.src[i] {
		case shut:
			return i + 1
		case ',', ':', '?':
			i++
		default:
			return i
		}
	}
	return len(t.src)
}

// align finds the bytes of the file that spell Value[start:end]. Blanks and line
// breaks may differ between the two, since YAML folds and strips them.
func (n *Node) align(start, end int) (from, to int, ok bool) {
	t, v := n.text, n.Value
	i := n.Span.Start
	switch n.Style {
	case SingleQuoted, DoubleQuoted:
		i++
	case Literal, Folded:
		i = t.lineEnd(i)
	}
	from = -1
	for k := 0; k < len(v); {
		r, w := utf8.DecodeRuneInString(v[k:])
		at, next := t.spelling(i, r, n.Style)
		if next < 0 {
			return 0, 0, false
		}
		if from < 0 && k >= start {
			from = at
		}
		if k >= end {
			break
		}
		i, to = next, next
		k += w
	}
	if from < 0 {
		from = i
	}
	return from, max(from, to), true
}

// Offsets maps every byte of a scalar's decoded Value, and its end, to the byte
// of the file that spells it. It is nil for anything but a scalar and where the
// two cannot be aligned. One call costs as much as one of Within.
func (n *Node) Offsets() []int {
	r := n.Resolve()
	if !r.is(Scalar) {
		return nil
	}
	i := r.Span.Start
	switch r.Style {
	case SingleQuoted, DoubleQuoted:
		i++
	case Literal, Folded:
		i = r.text.lineEnd(i)
	}
	out := make([]int, 0, len(r.Value)+1)
	for k := 0; k < len(r.Value); {
		c, w := utf8.DecodeRuneInString(r.Value[k:])
		at, next := r.text.spelling(i, c, r.Style)
		if next < 0 {
			return nil
		}
		for range w {
			out = append(out, at)
		}
		i = next
		k += w
	}
	return append(out, i)
}

// spelling is the range of bytes at or after i that spells the rune r in the
// given style. A blank that folding invented has an empty range; next is -1
// when the rune is not there.
func (t *text) spelling(i int, r rune, style Style) (at, next int) {
	if i < len(t.src) && style == DoubleQuoted && t.src[i] == '\\' {
		if end := t.escape(i); lineBreak(t.src, min(i+1, len(t.src)-1)) == 0 {
			return i, end
		}
	}
	if r == ' ' || r == '\n' || r == '\t' {
		if i < len(t.src) && rune(t.src[i]) == r {
			return i, i + 1
		}
		return i, i
	}
	for i < len(t.src) {
		if c := t.src[i]; c == ' ' || c == '\t' {
			i++
		} else if w := lineBreak(t.src, i); w > 0 && r != '\u2028' && r != '\u2029' {
			i += w
		} else if style == DoubleQuoted && c == '\\' && i+1 < len(t.src) {
			if w := lineBreak(t.src, i+1); w > 0 {
				i += 1 + w
				continue
			}
			return i, t.escape(i)
		} else {
			break
		}
	}
	if i >= len(t.src) {
		return i, -1
	}
	got, w := utf8.DecodeRune(t.src[i:])
	if got != r {
		return i, -1
	}
	if r == '\'' && style == SingleQuoted {
		w = 2
	}
	return i, min(i+w, len(t.src))
}

// escape is the offset behind the escape sequence at i.
func (t *text) escape(i int) int {
	w := 2
	if i+1 < len(t.src) {
		switch t.src[i+1] {
		case 'x':
			w = 4
		case 'u':
			w = 6
		case 'U':
			w = 10
		}
	}
	return min(i+w, len(t.src))
}
