package pylex

import (
	"strings"

	"drydock/internal/finding"
)

// ValueKind says what sort of expression an Arg is.
type ValueKind uint8

// The sorts of expression that are told apart.
const (
	ValueOther   ValueKind = iota // an operator expression or anything not listed
	ValueNone                     // no value at all
	ValueString                   // a literal, also of adjacent parts; bytes, too
	ValueFString                  // an f-string with replacement fields
	ValueNumber
	ValueBool
	ValueNull  // None
	ValueIdent // a dotted name, subscripts included
	ValueList
	ValueTuple
	ValueSet
	ValueDict
	ValueCall
	ValueLambda
	ValueComp // a comprehension or generator
)

// Arg is an expression: an argument, a default, the right side of an
// assignment. What it contains is read when asked for.
type Arg struct {
	Name      string // keyword of a keyword argument
	NameSpan  finding.Span
	Star      string // "", "*" or "**"
	Kind      ValueKind
	Span      finding.Span // of the value, without keyword and stars
	Literal   string       // the string's value, simple escapes resolved; digits of a number; True, False, None
	IsLiteral bool         // a string
	Ident     string       // dotted name when the expression is one
	Callee    string       // dotted callee when the expression is a call

	f          *File
	first, end int32 // token indexes of the expression without await and parentheses
}

// Pair is one entry of a dict.
type Pair struct {
	Key   Arg // ValueNone for **x
	Value Arg
}

// Text is the expression as written.
func (a Arg) Text() string {
	if a.f == nil {
		return ""
	}
	return a.f.Text(a.Span)
}

// Bool is the value of a literal True or False.
func (a Arg) Bool() (value, ok bool) { return a.Literal == "True", a.Kind == ValueBool }

// Call is the call the expression is, with its arguments.
func (a Arg) Call() (*Call, bool) {
	if a.Kind != ValueCall {
		return nil, false
	}
	return a.f.callOpenedAt(a.f.match[a.end-1])
}

// Terms are the operands between an operator that stands directly in the
// expression, a + b + c, at most so many; nil without the operator.
func (a Arg) Terms(op string, most int) []Arg {
	if a.f == nil {
		return nil
	}
	var out []Arg
	start := int(a.first)
	for i := start; i < int(a.end); i = a.f.skip(i) {
		if a.f.is(i, op) && i > start && len(out) < most {
			out = append(out, a.f.valueOf(start, i))
			start = i + 1
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append(out, a.f.valueOf(start, int(a.end)))
}

// Items are the elements of a list, tuple or set; nil for anything else.
func (a Arg) Items() []Arg {
	switch a.Kind {
	case ValueList, ValueSet:
		return a.f.list(int(a.first)+1, int(a.end)-1)
	case ValueTuple:
		return a.f.list(int(a.first), int(a.end))
	}
	return nil
}

// Strings are the elements of a list, tuple or set of string literals, or the
// one string; ok is false when the value is anything else or has other elements.
func (a Arg) Strings() (values []string, ok bool) {
	if a.IsLiteral {
		return []string{a.Literal}, true
	}
	items := a.Items()
	ok = a.Kind == ValueList || a.Kind == ValueTuple || a.Kind == ValueSet
	for _, item := range items {
		if item.IsLiteral {
			values = append(values, item.Literal)
		} else {
			ok = false
		}
	}
	return values, ok
}

// Pairs are the entries of a dict; nil for anything else.
func (a Arg) Pairs() []Pair {
	if a.Kind != ValueDict {
		return nil
	}
	f := a.f
	var out []Pair
	end := int(a.end) - 1
	for i := int(a.first) + 1; i < end; {
		stop := min(int(f.stop[i]), end)
		if f.is(stop, ":") {
			value := stop + 1
			valueEnd := min(int(f.stop[min(value, end)]), end)
			out = append(out, Pair{f.valueOf(i, stop), f.valueOf(value, valueEnd)})
			stop = valueEnd
		} else if f.is(i, "**") {
			out = append(out, Pair{Arg{Kind: ValueNone, f: f, Span: finding.Span{Start: int(f.t[i].start), End: int(f.t[i].start)}}, f.argument(i, stop)})
		}
		i = max(stop, i) + 1
	}
	return out
}

// Key is the dict's value for a literal key.
func (a Arg) Key(key string) (Arg, bool) {
	for _, p := range a.Pairs() {
		if p.Key.IsLiteral && p.Key.Literal == key {
			return p.Value, true
		}
	}
	return Arg{}, false
}

// valueOf reads the expression of tokens [i, end).
func (f *File) valueOf(i, end int) Arg {
	end = min(end, len(f.t))
	a := Arg{Kind: ValueNone, f: f}
	if i >= end {
		a.Span = f.span(i, i)
		a.Span.End = a.Span.Start
		return a
	}
	a.Span = f.span(i, end)
	for i < end {
		if f.word(i, "await") {
			i++
		} else if f.is(i, "(") && int(f.match[i]) == end-1 && end-1 > i+1 && !f.hasComma(i+1, end-1) {
			i, end = i+1, end-1
		} else {
			break
		}
	}
	a.first, a.end = int32(i), int32(end)
	if i < end {
		a.Kind = ValueOther
		f.describe(&a, i, end)
	}
	return a
}

// describe sets what sort of expression the tokens [i, end) are.
func (f *File) describe(a *Arg, i, end int) {
	last := end - 1
	switch {
	case f.strings(a, i, end):
	case end == i+1 && f.single(a, i):
	case f.is(i, "-") && end == i+2 && f.kind(i+1) == Number:
		a.Kind, a.Literal = ValueNumber, "-"+f.text(i+1)
	case f.kind(i) == Op && int(f.match[i]) == last:
		f.display(a, i, last)
	case f.hasComma(i, end):
		a.Kind = ValueTuple
	case f.word(i, "lambda"):
		a.Kind = ValueLambda
	case f.beginsOperand(i) && f.chainEnd(i, end) == end:
		if f.is(last, ")") {
			a.Kind = ValueCall
			a.Callee, _, _ = f.pathEndingAt(int(f.match[last]) - 1)
			return
		}
		if path, first, ok := f.pathEndingAt(last); ok && first == i {
			a.Kind, a.Ident = ValueIdent, path
		}
	case f.hasFor(i, end):
		a.Kind = ValueComp
	}
}

// strings describes one or more adjacent string tokens.
func (f *File) strings(a *Arg, i, end int) bool {
	formatted := false
	for j := i; j < end; j = f.skip(j) {
		switch f.kind(j) {
		case String:
		case FStart:
			formatted = true
		default:
			return false
		}
	}
	if formatted {
		a.Kind = ValueFString
		return true
	}
	a.Kind, a.IsLiteral = ValueString, true
	if end == i+1 {
		a.Literal = f.unquote(i)
		return true
	}
	var b strings.Builder
	for j := i; j < end; j++ {
		b.WriteString(f.unquote(j))
	}
	a.Literal = b.String()
	return true
}

// single describes an expression of one token.
func (f *File) single(a *Arg, i int) bool {
	text := f.text(i)
	switch f.kind(i) {
	case Number:
		a.Kind, a.Literal = ValueNumber, text
	case Name:
		a.Kind, a.Ident = ValueIdent, text
	case Keyword:
		switch text {
		case "True", "False":
			a.Kind, a.Literal = ValueBool, text
		case "None":
			a.Kind, a.Literal = ValueNull, text
		}
	default:
		return false
	}
	return true
}

// display describes ( ), [ ] and { }.
func (f *File) display(a *Arg, i, last int) {
	comp := f.hasFor(i+1, last)
	switch f.text(i) {
	case "(":
		a.Kind = ValueTuple
		a.first, a.end = a.first+1, a.end-1
	case "[":
		a.Kind = ValueList
	case "{":
		a.Kind = ValueSet
		if stop := int(f.stop[i+1]); i+1 == last || f.is(i+1, "**") || stop < last && f.is(stop, ":") {
			a.Kind = ValueDict
		}
	}
	if comp {
		a.Kind = ValueComp
	}
}

// hasComma says whether a comma stands directly in the tokens [i, end).
func (f *File) hasComma(i, end int) bool {
	for i < end {
		stop := int(f.stop[i])
		if stop >= end {
			return false
		}
		if f.is(stop, ",") {
			return true
		}
		i = max(stop, i) + 1
	}
	return false
}

// hasFor says whether a comprehension's for stands directly in [i, end).
func (f *File) hasFor(i, end int) bool {
	for ; i < end; i = f.skip(i) {
		if f.kind(i) == Keyword && f.text(i) == "for" {
			return true
		}
	}
	return false
}

// beginsOperand says whether token i begins a name, literal or group.
func (f *File) beginsOperand(i int) bool {
	switch f.kind(i) {
	case Name, Number, String, FStart:
		return true
	}
	return f.match[i] > int32(i)
}

// maxChain bounds how many links of a chain are followed.
const maxChain = 512

// chainEnd is the index after the operand that begins at i: a primary with its
// members, calls and subscripts.
func (f *File) chainEnd(i, end int) int {
	j := f.skip(i)
	for j < end && (f.kind(i) == String || f.kind(i) == FStart) && (f.kind(j) == String || f.kind(j) == FStart) {
		j = f.skip(j)
	}
	for links := 0; j < end && links < maxChain; links++ {
		switch {
		case f.is(j, ".") && f.kind(j+1) == Name:
			j += 2
		case (f.is(j, "(") || f.is(j, "[")) && f.match[j] >= 0:
			j = f.skip(j)
		default:
			return j
		}
	}
	return j
}
