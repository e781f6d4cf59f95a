package model

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// jsClass is a class of TypeScript with its decorators and fields.
type jsClass struct {
	name       string
	extends    string
	decorators []jsDecorator
	members    []jsMember
	span       finding.Span
	nameSpan   finding.Span
}

// jsMember is one field; methods are left out.
type jsMember struct {
	name       string
	typ        string // annotation as written
	optional   bool   // ?, or null among the types
	static     bool
	decorators []jsDecorator
	span       finding.Span // from the name to the end of the type or value
	nameSpan   finding.Span
}

// jsDecorator is one @name or @name(…).
type jsDecorator struct {
	name string // last part
	call *jslex.Call
	span finding.Span
}

// classReader walks over the tokens of a file.
type classReader struct {
	src   []byte
	t     []jslex.Token
	match []int // the partner of a bracket, -1 without one
	calls map[int]*jslex.Call
}

// jsClasses reads the classes of a file that stand at any level but in no other class.
func jsClasses(src []byte, js *jslex.File) []jsClass {
	r := &classReader{src: src, calls: map[int]*jslex.Call{}}
	for _, t := range jslex.Lex(src) {
		if t.Kind != jslex.Comment {
			r.t = append(r.t, t)
		}
	}
	for i := range js.Calls {
		if c := &js.Calls[i]; c.Decorator {
			r.calls[c.CalleeSpan.Start] = c
		}
	}
	r.pair()
	var out []jsClass
	var pending []jsDecorator
	for i := 0; i < len(r.t); {
		switch {
		case r.is(i, "@"):
			var d jsDecorator
			d, i = r.decorator(i)
			pending = append(pending, d)
			continue
		case r.t[i].Kind == jslex.Keyword && r.is(i, "class") && i+1 < len(r.t) && r.t[i+1].Kind == jslex.Ident && len(out) < maxClasses:
			var c jsClass
			c, i = r.class(i)
			c.decorators, pending = pending, nil
			out = append(out, c)
			continue
		case r.is(i, "export"), r.is(i, "default"), r.is(i, "abstract"), r.is(i, "declare"):
		default:
			pending = nil
		}
		i++
	}
	return out
}

func (r *classReader) pair() {
	r.match = make([]int, len(r.t))
	var open []int
	for i := range r.t {
		r.match[i] = -1
		switch r.t[i].Kind {
		case jslex.TemplateHead:
			open = append(open, i)
			continue
		case jslex.TemplateTail:
		case jslex.Punct:
			switch r.src[r.t[i].Span.Start] {
			case '(', '[', '{':
				open = append(open, i)
				continue
			case ')', ']', '}':
			default:
				continue
			}
		default:
			continue
		}
		if n := len(open); n > 0 {
			r.match[i], r.match[open[n-1]] = open[n-1], i
			open = open[:n-1]
		}
	}
}

func (r *classReader) text(i int) string {
	if i < 0 || i >= len(r.t) {
		return ""
	}
	return string(r.src[r.t[i].Span.Start:r.t[i].Span.End])
}

func (r *classReader) is(i int, w string) bool {
	if i < 0 || i >= len(r.t) || r.t[i].Span.Len() != len(w) || r.t[i].Kind == jslex.String || r.t[i].Kind == jslex.Template {
		return false
	}
	return string(r.src[r.t[i].Span.Start:r.t[i].Span.End]) == w
}

func (r *classReader) name(i int) bool {
	return i < len(r.t) && (r.t[i].Kind == jslex.Ident || r.t[i].Kind == jslex.Keyword)
}

// skip is the token behind token i or behind what it opens.
func (r *classReader) skip(i int) int {
	if i < len(r.t) && r.match[i] > i {
		return r.match[i] + 1
	}
	return i + 1
}

// breaks says whether a line ends before token i.
func (r *classReader) breaks(i int) bool {
	if i <= 0 || i >= len(r.t) {
		return true
	}
	return bytes.IndexByte(r.src[r.t[i-1].Span.End:r.t[i].Span.Start], '\n') >= 0
}

// decorator reads the decorator whose @ is at i.
func (r *classReader) decorator(i int) (jsDecorator, int) {
	start := i
	i++
	first := i
	for r.name(i) {
		i++
		if !r.is(i, ".") {
			break
		}
		i++
	}
	d := jsDecorator{name: r.text(i - 1), span: finding.Span{Start: r.t[start].Span.Start, End: r.t[min(i, len(r.t))-1].Span.End}}
	if first < len(r.t) {
		d.call = r.calls[r.t[first].Span.Start]
	}
	if r.is(i, "(") {
		i = r.skip(i)
		d.span.End = r.t[min(i, len(r.t))-1].Span.End
	}
	return d, i
}

// class reads the class whose keyword is at i.
func (r *classReader) class(i int) (jsClass, int) {
	c := jsClass{name: r.text(i + 1), nameSpan: r.t[i+1].Span, span: finding.Span{Start: r.t[i].Span.Start, End: r.t[i+1].Span.End}}
	j := r.typeParams(i + 2)
	for j < len(r.t) && !r.is(j, "{") {
		if r.is(j, "extends") && c.extends == "" && r.name(j+1) {
			c.extends = r.text(j + 1)
			for k := j + 2; r.is(k, ".") && r.name(k+1); k += 2 {
				c.extends += "." + r.text(k+1)
			}
		}
		if r.is(j, ";") || r.is(j, "}") {
			return c, j
		}
		j = r.skip(j)
	}
	if j >= len(r.t) || r.match[j] < 0 {
		return c, j + 1
	}
	end := r.match[j]
	c.span.End = r.t[end].Span.End
	var pending []jsDecorator
	for j++; j < end; {
		switch {
		case r.is(j, "@"):
			var d jsDecorator
			d, j = r.decorator(j)
			pending = append(pending, d)
		case r.is(j, ";"), r.is(j, ","):
			j++
		default:
			var m jsMember
			var field bool
			m, j, field = r.member(j, end)
			if field && len(c.members) < maxClasses {
				m.decorators = pending
				c.members = append(c.members, m)
			}
			pending = nil
		}
	}
	return c, end + 1
}

// maxParams bounds the tokens of a class's type parameters.
const maxParams = 512

// typeParams is the token behind the type parameters that may open at i.
func (r *classReader) typeParams(i int) int {
	if !r.is(i, "<") {
		return i
	}
	angle := 0
	for j, steps := i, 0; j < len(r.t) && steps < maxParams; j, steps = r.skip(j), steps+1 {
		switch {
		case r.is(j, "<"):
			angle++
		case r.is(j, ">"):
			angle--
		case r.is(j, ">>"):
			angle -= 2
		case r.is(j, ";"):
			return i
		}
		if angle <= 0 {
			return j + 1
		}
	}
	return i
}

// member reads the field or method at i; it is over at end at the latest.
func (r *classReader) member(i, end int) (m jsMember, next int, field bool) {
	for i+1 < end && r.name(i) && (r.name(i+1) || r.t[i+1].Kind == jslex.String || r.is(i+1, "[") || r.is(i+1, "*") || r.is(i+1, "{")) && !r.breaks(i+1) {
		m.static = m.static || r.is(i, "static")
		if i++; r.is(i, "@") {
			break
		}
	}
	if r.is(i, "*") {
		i++
	}
	start := i
	m.name, m.nameSpan = strings.Trim(r.text(i), `"'`), r.t[i].Span
	i = r.skip(i)
	if r.is(i, "?") || r.is(i, "!") {
		m.optional = r.is(i, "?")
		i++
	}
	switch {
	case r.is(i, ":"):
		from := i + 1
		i = r.typeEnd(from, end)
		if i > from {
			m.typ = string(r.src[r.t[from].Span.Start:r.t[i-1].Span.End])
		}
		field = true
	case r.is(i, "("), r.is(i, "<"):
		return m, r.methodEnd(i, end), false
	case r.is(i, "{"): // static { … }
		return m, r.skip(i), false
	default:
		field = true
	}
	if r.is(i, "=") {
		for i++; i < end && !r.is(i, ";"); i = r.skip(i) {
			if r.breaks(i) && !r.is(i-1, "=") && !r.continues(i) && !r.continues(i-1) {
				break
			}
		}
	}
	i = max(min(i, end), start+1)
	m.span = finding.Span{Start: m.nameSpan.Start, End: r.t[i-1].Span.End}
	return m, i, field
}

// continues says whether an expression or type goes on over a line's end next to
// token i.
func (r *classReader) continues(i int) bool {
	if i >= len(r.t) || r.t[i].Kind != jslex.Punct {
		return false
	}
	switch r.text(i) {
	case "@", "}", ")", "]", "*", "[", "!", "#", ">":
		return false
	}
	return true
}

// typeEnd is the token behind the type that begins at i.
func (r *classReader) typeEnd(i, end int) int {
	angle := 0
	for start := i; i < end; i = r.skip(i) {
		switch {
		case r.is(i, "<"):
			angle++
		case r.is(i, ">"):
			angle--
		case r.is(i, ">>"):
			angle -= 2
		case angle <= 0 && (r.is(i, ";") || r.is(i, "=") || r.is(i, ",")):
			return i
		}
		if angle <= 0 && i > start && r.breaks(i) && !r.continues(i) && !r.continues(i-1) {
			return i
		}
	}
	return min(i, end)
}

// methodEnd is the token behind the method whose parameters or type parameters
// open at i.
func (r *classReader) methodEnd(i, end int) int {
	for i < end && !r.is(i, "(") {
		i++
	}
	for i = r.skip(i); i < end; i = r.skip(i) {
		switch {
		case r.is(i, "{"):
			if r.is(i-1, ":") || r.is(i-1, "|") || r.is(i-1, "<") || r.is(i-1, "&") {
				continue // an object type
			}
			return r.skip(i)
		case r.is(i, ";"):
			return i + 1
		case r.breaks(i) && !r.continues(i) && !r.continues(i-1): // an overload without a body
			return i
		}
	}
	return end
}
