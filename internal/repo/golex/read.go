package golex

import (
	"strings"

	"drydock/internal/finding"
)

// reader looks at tokens. An index outside of them is no token.
type reader struct {
	src string
	t   []token
}

func (r *reader) text(i int) string {
	if i < 0 || i >= len(r.t) {
		return ""
	}
	return r.src[r.t[i].start:r.t[i].end]
}

func (r *reader) kind(i int) kind {
	if i < 0 || i >= len(r.t) {
		return invalid
	}
	return r.t[i].kind
}

// is says whether token i is the operator or bracket id.
func (r *reader) is(i int, id byte) bool {
	return i >= 0 && i < len(r.t) && r.t[i].kind == op && r.t[i].id == id
}

// key says whether token i is the keyword id.
func (r *reader) key(i int, id byte) bool {
	return i >= 0 && i < len(r.t) && r.t[i].kind == keyword && r.t[i].id == id
}

// partner is the token that a bracket belongs to, -1 without one.
func (r *reader) partner(i int) int {
	if i < 0 || i >= len(r.t) {
		return -1
	}
	return int(r.t[i].match)
}

// skip is the token after token i, or after the group that i opens.
func (r *reader) skip(i int) int {
	if m := int(r.t[i].match); m > i {
		return m + 1
	}
	return i + 1
}

// span covers the tokens [i, end).
func (r *reader) span(i, end int) finding.Span {
	switch {
	case i >= len(r.t):
		return finding.Span{Start: len(r.src), End: len(r.src)}
	case end <= i:
		return finding.Span{Start: int(r.t[i].start), End: int(r.t[i].start)}
	}
	return finding.Span{Start: int(r.t[i].start), End: int(r.t[min(end, len(r.t))-1].end)}
}

func (r *reader) textOf(i, end int) string {
	s := r.span(i, end)
	return r.src[s.Start:s.End]
}

// maxType bounds how many tokens or groups a type is read through.
const maxType = 64

// typeEnd is the token after the type that begins at i, i when none does.
func (r *reader) typeEnd(i int) int {
	for steps := 0; i < len(r.t) && steps < maxType; steps++ {
		t := &r.t[i]
		switch {
		case t.kind == op && (t.id == '*' || t.id == opArrow || t.id == opDots), t.kind == keyword && t.id == kwChan:
			i++
			continue
		case t.kind == op && t.id == '[' && t.match >= 0: // of a slice, array or map
			i = r.skip(i)
			continue
		case t.kind == keyword && t.id == kwMap:
			i++
			continue
		case t.kind == op && t.id == '(' && t.match >= 0:
			return r.skip(i)
		case t.kind == keyword && (t.id == kwStruct || t.id == kwInterface) && r.is(i+1, '{') && r.t[i+1].match >= 0:
			return r.skip(i + 1)
		case t.kind == keyword && t.id == kwFunc && r.is(i+1, '(') && r.t[i+1].match >= 0:
			i = r.skip(i + 1)
			if !r.beginsType(i) {
				return i
			}
			continue
		case t.kind == ident:
			i++
			for r.is(i, '.') && r.kind(i+1) == ident && steps < maxType {
				i += 2
				steps++
			}
			if r.is(i, '[') && r.t[i].match >= 0 { // type arguments
				i = r.skip(i)
			}
			return i
		}
		return i
	}
	return i
}

// beginsType says whether a result type may begin with token i.
func (r *reader) beginsType(i int) bool {
	switch r.kind(i) {
	case ident:
		return true
	case keyword:
		switch r.t[i].id {
		case kwFunc, kwMap, kwChan, kwStruct, kwInterface:
			return true
		}
	case op:
		switch r.t[i].id {
		case '*', '[', '(', opArrow:
			return true
		}
	}
	return false
}

// typeStart is the first token of the type that ends with token j, where that is
// a path or a closing bracket; -1 when none does.
func (r *reader) typeStart(j int) int {
	first := -1
	switch {
	case r.is(j, '}'): // struct{…} or interface{…}
		o := r.partner(j)
		if o < 0 || !r.key(o-1, kwStruct) && !r.key(o-1, kwInterface) {
			return -1
		}
		first = o - 1
	case r.is(j, ']'): // type arguments
		o := r.partner(j)
		if o < 0 || r.kind(o-1) != ident {
			return -1
		}
		j = o - 1
		fallthrough
	case r.kind(j) == ident:
		for first = j; r.is(first-1, '.') && r.kind(first-2) == ident && j-first < maxType; first -= 2 {
		}
	default:
		return -1
	}
	return r.typePrefix(first)
}

// typePrefix is the first token of the slice, array, map or channel type whose
// last part begins at from; from when it is no such type.
func (r *reader) typePrefix(from int) int {
	first := from
	for range maxType {
		switch {
		case r.is(first-1, ']') && r.partner(first-1) >= 0:
			first = r.partner(first - 1)
			if r.key(first-1, kwMap) {
				first--
			}
		case r.key(first-1, kwChan):
			if first--; r.is(first-1, opArrow) {
				first--
			}
		case r.is(first-1, opArrow) && r.key(first-2, kwChan):
			first -= 2
		case r.is(first-1, '*'):
			first--
		default:
			for first < from && r.is(first, '*') { // a * []b{}
				first++
			}
			if r.is(first, '[') && r.endsOperand(first-1) { // a[i] * b(c)
				return from
			}
			return first
		}
	}
	return from
}

// maxSegments is how many members of a chain are named; what is before them is
// written as "…".
const maxSegments = 24

// path reads backwards the dotted path whose last token is last. It returns the
// path and its first token; ok is false when no path ends there.
func (r *reader) path(last int) (name string, first int, ok bool) {
	j := last
	for r.kind(j) == ident && r.is(j-1, '.') && r.kind(j-2) == ident && last-j < 2*maxSegments { // most are names alone
		j -= 2
	}
	if r.kind(j) == ident && !r.is(j-1, '.') {
		text := r.textOf(j, last+1)
		if int(r.t[last].end-r.t[j].start) == r.width(j, last) {
			return text, j, true
		}
	}
	return r.longPath(last)
}

// width is how many bytes the tokens i to last take without what is between them.
func (r *reader) width(i, last int) (n int) {
	for ; i <= last; i++ {
		n += int(r.t[i].end - r.t[i].start)
	}
	return n
}

func (r *reader) longPath(last int) (name string, first int, ok bool) {
	var parts [maxSegments]string
	n, j := 0, last
	for {
		part, at, root, ok := r.segment(j)
		if !ok {
			return "", 0, false
		}
		parts[n] = part
		n++
		j = at
		if root || !r.is(j-1, '.') {
			break
		}
		if n == maxSegments {
			return "…." + joinReversed(parts[:n]), j, true
		}
		j -= 2
	}
	return joinReversed(parts[:n]), j, true
}

func joinReversed(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(parts[i])
	}
	return b.String()
}

// segment reads backwards one member of a path, with the calls and index
// expressions applied to it; root says that nothing can stand before it.
func (r *reader) segment(j int) (part string, first int, root, ok bool) {
	suffix := ""
	for steps := 0; steps < maxSegments; steps++ {
		switch r.kind(j) {
		case ident:
			return r.text(j) + suffix, j, false, true
		case str, raw:
			return `""` + suffix, j, true, true
		case op:
			open := r.partner(j)
			if open < 0 || open > j {
				return "", 0, false, false
			}
			switch r.t[j].id {
			case ')':
				suffix = "()" + suffix
			case ']':
				suffix = "[]" + suffix
			case '}':
				return r.braceSegment(open, suffix)
			}
			if r.is(open-1, '.') && r.t[j].id == ')' { // x.(T)
				return suffix, open, false, true
			}
			if !r.endsOperand(open - 1) {
				return suffix, open, true, r.t[j].id == ')'
			}
			j = open - 1
		default:
			return "", 0, false, false
		}
	}
	return "…" + suffix, j, true, true
}

// braceSegment names a literal of a function or of a type.
func (r *reader) braceSegment(open int, suffix string) (part string, first int, root, ok bool) {
	if first = r.typeStart(open - 1); first >= 0 {
		return r.textOf(first, open) + "{}" + suffix, first, true, true
	}
	return "func" + suffix, open, true, true
}

// endsOperand says whether a value ends with token j, so that ( or [ after it
// applies to that value.
func (r *reader) endsOperand(j int) bool {
	switch r.kind(j) {
	case ident, str, raw:
		return true
	case op:
		switch r.t[j].id {
		case ')', ']', '}':
			return r.t[j].match >= 0
		}
	}
	return false
}
