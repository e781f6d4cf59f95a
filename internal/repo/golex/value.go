package golex

import (
	"strconv"
	"strings"

	"drydock/internal/finding"
)

// ValueKind says what sort of expression an Arg is.
type ValueKind uint8

// The sorts of expression that are told apart.
const (
	ValueNone   ValueKind = iota // no value at all
	ValueOther                   // an operator expression or anything not listed
	ValueString                  // one literal
	ValueNumber                  // digits as written
	ValueBool
	ValueNil
	ValueIdent     // a dotted name, index expressions included
	ValueCall      // also a conversion
	ValueFunc      // a function literal
	ValueComposite // a composite literal
)

// Arg is an expression: an argument, a value that is assigned or returned. What
// it contains is read when File is asked for it.
type Arg struct {
	Kind    ValueKind
	Ref     bool   // behind &
	Spread  bool   // followed by ...
	Literal string // the string's value; digits; true or false
	Name    string // the dotted name, the callee, the composite's type as written; of a function literal ""
	Span    finding.Span

	open int32 // offset of the parenthesis of a call, else -1
}

// String is the value of a string literal.
func (a Arg) String() (value string, ok bool) { return a.Literal, a.Kind == ValueString }

// value reads the expression of tokens [i, end).
func (r *reader) value(i, end int) Arg {
	end = min(end, len(r.t))
	if i >= end {
		return Arg{Span: r.span(i, i), open: -1}
	}
	a := Arg{Kind: ValueOther, open: -1}
	if r.is(end-1, opDots) {
		a.Spread = true
		end--
	}
	a.Span = r.span(i, end)
	for i < end && r.is(i, '(') && r.partner(i) == end-1 {
		i, end = i+1, end-1
	}
	if r.is(i, '&') && i+1 < end {
		a.Ref = true
		i++
	}
	if i < end {
		r.describe(&a, i, end)
	}
	return a
}

// describe sets what sort of expression the tokens [i, end) are.
func (r *reader) describe(a *Arg, i, end int) {
	last := end - 1
	first, final := &r.t[i], &r.t[last]
	switch {
	case i == last && final.kind != ident:
		r.single(a, i)
	case final.kind == number && end == i+2 && r.is(i, '-'):
		a.Kind, a.Literal = ValueNumber, "-"+r.text(last)
	case final.kind == op && final.id == '}' && final.match >= 0:
		o := int(final.match)
		if first.kind == keyword && first.id == kwFunc {
			if o > i && r.typeEnd(i) == o {
				a.Kind = ValueFunc
			}
		} else if r.typeStart(o-1) == i {
			a.Kind, a.Name = ValueComposite, r.textOf(i, o)
		} else if o == i { // its type is that of what it stands in
			a.Kind = ValueComposite
		}
	case final.kind == ident || final.kind == op && (final.id == ')' || final.id == ']') && final.match >= 0:
		if r.is(i, '*') && i < last { // what a pointer points to
			i++
		}
		name, at, ok := r.path(last)
		switch {
		case ok && at == i && final.id == ')' && final.kind == op:
			a.Kind, a.Name, a.open = ValueCall, strings.TrimSuffix(name, "()"), r.t[final.match].start
		case ok && at == i && i == last:
			r.named(a, name)
		case ok && at == i:
			a.Kind, a.Name = ValueIdent, name
		case final.id == ')' && r.typeEnd(i) == int(final.match): // []byte(x), interface{}(x)
			a.Kind, a.Name, a.open = ValueCall, r.textOf(i, int(final.match)), r.t[final.match].start
		}
	}
}

func (r *reader) named(a *Arg, name string) {
	switch name {
	case "true", "false":
		a.Kind, a.Literal = ValueBool, name
	case "nil":
		a.Kind = ValueNil
	default:
		a.Kind, a.Name = ValueIdent, name
	}
}

func (r *reader) single(a *Arg, i int) {
	switch text := r.text(i); r.t[i].kind {
	case str, raw:
		a.Kind, a.Literal = ValueString, unquote(text)
	case char:
		a.Kind, a.Literal = ValueNumber, text
	case number:
		a.Kind, a.Literal = ValueNumber, text
	}
}

// unquote is what a string literal says.
func unquote(text string) string {
	if len(text) < 2 {
		return ""
	}
	inner := text[1 : len(text)-1]
	if text[0] == '`' {
		if strings.IndexByte(inner, '\r') >= 0 {
			return strings.ReplaceAll(inner, "\r", "")
		}
		return inner
	}
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	if v, err := strconv.Unquote(text); err == nil {
		return v
	}
	return inner
}

// Pair is one element of a composite literal.
type Pair struct {
	Key   Arg // ValueNone without one
	Value Arg
}

// at reads the source in the span anew.
func (f *File) at(s finding.Span) reader {
	if s.Start < 0 || s.End > len(f.src) || s.Start > s.End {
		return reader{src: f.src}
	}
	t := lex(f.src, s.Start, s.End, nil).t
	if n := len(t); n > 0 && t[n-1].kind == semi {
		t = t[:n-1]
	}
	return reader{src: f.src, t: t}
}

// Value reads the expression that stands exactly in the span. A function literal
// or call in it is found by FuncOf and CallOf as usual.
func (f *File) Value(s finding.Span) Arg {
	r := f.at(s)
	return r.value(0, len(r.t))
}

// Elements are the elements of a composite literal, nil for anything else.
func (f *File) Elements(s finding.Span) []Pair {
	r := f.at(s)
	last := len(r.t) - 1
	open := r.partner(last)
	if open < 0 || !r.is(open, '{') {
		return nil
	}
	var out []Pair
	for i := open + 1; i < last; {
		var p Pair
		j, colon := i, -1
		for j < last && !r.is(j, ',') {
			if colon < 0 && r.is(j, ':') {
				colon = j
			}
			j = r.skip(j)
		}
		if colon > i {
			p.Key, p.Value = r.value(i, colon), r.value(colon+1, j)
		} else {
			p.Value = r.value(i, j)
		}
		if j > i {
			out = append(out, p)
		}
		i = j + 1
	}
	return out
}

// Field is the value that a composite literal gives to the field of that name.
func (f *File) Field(s finding.Span, name string) (Arg, bool) {
	for _, p := range f.Elements(s) {
		if p.Key.Kind == ValueIdent && p.Key.Name == name {
			return p.Value, true
		}
	}
	return Arg{}, false
}

// Strings are the elements of a composite literal of strings, or the one string;
// ok is false when there is anything else among them.
func (f *File) Strings(a Arg) (values []string, ok bool) {
	if a.Kind == ValueString {
		return []string{a.Literal}, true
	}
	if a.Kind != ValueComposite {
		return nil, false
	}
	ok = true
	for _, p := range f.Elements(a.Span) {
		if v, is := p.Value.String(); is {
			values = append(values, v)
		} else {
			ok = false
		}
	}
	return values, ok
}

// Terms are the operands of a + b + c; one for any other expression.
func (f *File) Terms(a Arg) []Arg {
	if a.Kind != ValueOther {
		return []Arg{a}
	}
	r := f.at(a.Span)
	i, end := 0, len(r.t)
	for i < end && r.is(i, '(') && r.partner(i) == end-1 {
		i, end = i+1, end-1
	}
	var out []Arg
	for from := i; i <= end; {
		if i == end || r.is(i, '+') {
			out = append(out, r.value(from, i))
			from = i + 1
			i++
			continue
		}
		i = r.skip(i)
	}
	return out
}
