package jslex

import (
	"strings"

	"drydock/internal/finding"
)

// ValueKind says what sort of expression an Arg is.
type ValueKind uint8

// The sorts of expression that are told apart.
const (
	ValueOther    ValueKind = iota // an operator expression or anything not listed
	ValueNone                      // no value at all
	ValueString                    // a literal; also a template without substitution
	ValueTemplate                  // a template with substitutions
	ValueNumber
	ValueBool
	ValueNull // null or undefined
	ValueRegex
	ValueIdent // a dotted name
	ValueObject
	ValueArray
	ValueCall // a call or new expression
	ValueFunc // a function or arrow function
	ValueJSX
)

// Arg is an expression: an argument, a property's value, the right side of an
// assignment. What it contains is read when asked for.
type Arg struct {
	Kind      ValueKind
	Span      finding.Span
	Literal   string // the string's value, escapes resolved; digits of a number; true, false, null
	IsLiteral bool   // a string or template without substitution
	Ident     string // dotted name when the expression is one
	Callee    string // dotted callee when the expression is a call
	Spread    bool   // ...x

	f          *File
	first, end int32 // token indexes of the expression without ..., await, parentheses and casts
}

// Bool is the value of a literal true or false (or !0, !1).
func (a Arg) Bool() (value, ok bool) {
	return a.Literal == "true", a.Kind == ValueBool
}

// Text is the expression as written.
func (a Arg) Text() string {
	if a.f == nil {
		return ""
	}
	return a.f.Text(a.Span)
}

// Call is the call the expression is, with its arguments.
func (a Arg) Call() (*Call, bool) {
	if a.Kind != ValueCall {
		return nil, false
	}
	return a.f.callOpenedAt(a.f.match[a.end-1])
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
	if f.is(i, "...") {
		a.Spread = true
		i++
	}
	i, end = f.strip(i, end)
	a.first, a.end = int32(i), int32(end)
	if i < end {
		a.Kind = ValueOther
		f.describe(&a, i, end)
	}
	return a
}

// strip leaves out what does not change the value: await, parentheses,
// "as T", "satisfies T" and !.
func (f *File) strip(i, end int) (int, int) {
	for i < end {
		switch {
		case f.word(i, "await") && f.kind(i) == Keyword:
			i++
		case f.is(i, "(") && int(f.match[i]) == end-1:
			if f.is(end-2, ",") {
				end--
			}
			i, end = i+1, end-1
		case f.is(end-1, "!") && end-1 > i:
			end--
		case f.is(i, "<") && f.match[i] >= 0 && f.is(int(f.match[i]), ">") && int(f.match[i])+1 < end && f.skip(f.skip(i)) >= end:
			i = f.skip(i) // <T>value
		default:
			cut := f.castAt(i, end)
			if cut == end {
				return i, end
			}
			end = cut
		}
	}
	return i, end
}

// castAt is the index of the first "as" or "satisfies" among the first few
// groups of the expression, or end.
func (f *File) castAt(i, end int) int {
	j := f.skip(i)
	for steps := 0; j < end && steps < 32; steps++ {
		if f.kind(j) == Ident && !f.is(j-1, ".") && !f.is(j-1, "?.") && (f.text(j) == "as" || f.text(j) == "satisfies") {
			return j
		}
		if k := f.t[j].kind; k == Punct && !f.postfix(j) {
			return end // an operator: the cast, if any, is of its right side only
		}
		j = f.skip(j)
	}
	return end
}

// postfix says whether token j continues a member chain.
func (f *File) postfix(j int) bool {
	switch f.text(j) {
	case ".", "?.", "(", "[", "!", "{":
		return true
	case "<":
		return f.match[j] >= 0
	}
	return false
}

// describe sets what sort of expression the tokens [i, end) are.
func (f *File) describe(a *Arg, i, end int) {
	if end == i+1 && f.single(a, i) {
		return
	}
	last := end - 1
	switch {
	case f.isFunc(i, end):
		a.Kind = ValueFunc
	case f.is(i, "{") && int(f.match[i]) == last:
		a.Kind = ValueObject
	case f.is(i, "[") && int(f.match[i]) == last:
		a.Kind = ValueArray
	case f.kind(i) == JSXOpen && int(f.match[i]) == last:
		a.Kind = ValueJSX
	case f.kind(i) == TemplateHead && int(f.match[i]) == last:
		a.Kind = ValueTemplate
	case f.is(i, "!") && end == i+2 && f.kind(i+1) == Number:
		a.Kind, a.Literal = ValueBool, map[bool]string{true: "true", false: "false"}[f.text(i+1) == "0"]
	case f.is(i, "-") && end == i+2 && f.kind(i+1) == Number:
		a.Kind, a.Literal = ValueNumber, "-"+f.text(i+1)
	case f.beginsOperand(i) && f.chainEnd(i, end) == end:
		if f.is(last, ")") && f.match[last] >= 0 {
			a.Kind = ValueCall
			a.Callee, _, _ = f.calleeBefore(int(f.match[last]))
			return
		}
		if path, first, ok := f.pathEndingAt(last); ok && (first == i || first == i+1 && f.word(i, "new") && strings.Contains(path, "()")) {
			a.Kind, a.Ident = ValueIdent, path
		}
	}
}

// single describes an expression of one token.
func (f *File) single(a *Arg, i int) bool {
	text := f.text(i)
	switch f.kind(i) {
	case String, Template, JSXString:
		a.Kind, a.IsLiteral, a.Literal = ValueString, true, f.unquote(i)
	case Number:
		a.Kind, a.Literal = ValueNumber, text
	case Regex:
		a.Kind = ValueRegex
	case Ident:
		a.Kind, a.Ident = ValueIdent, text
		if text == "undefined" {
			a.Kind = ValueNull
		}
	case Keyword:
		switch text {
		case "true", "false":
			a.Kind, a.Literal = ValueBool, text
		case "null":
			a.Kind, a.Literal = ValueNull, text
		default:
			a.Kind, a.Ident = ValueIdent, text
		}
	default:
		return false
	}
	return true
}

// isFunc says whether the expression is a function or arrow function.
func (f *File) isFunc(i, end int) bool {
	if f.word(i, "async") && f.kind(i) == Ident && i+1 < end && !f.t[i+1].nl {
		i++
	}
	if f.kind(i) == Keyword && f.text(i) == "function" {
		return true
	}
	if f.is(i, "<") && f.match[i] >= 0 {
		i = f.skip(i)
	}
	j := f.skip(i)
	if !f.is(i, "(") && f.kind(i) != Ident {
		return false
	}
	if f.is(i, "(") && f.is(j, ":") {
		return f.arrowAfterType(j) > 0
	}
	return f.is(j, "=>")
}

// beginsOperand says whether token i begins a name, literal or group.
func (f *File) beginsOperand(i int) bool {
	switch f.kind(i) {
	case Ident, Keyword, Number, String, Template, TemplateHead, Regex:
		return true
	}
	return f.match[i] > int32(i)
}

// maxChain bounds how many links of a chain are followed.
const maxChain = 512

// chainEnd is the index after the operand that begins at i: a primary with
// its members, calls and type arguments, not beyond end.
func (f *File) chainEnd(i, end int) int {
	if f.kind(i) == Keyword && f.text(i) == "new" {
		i++
	}
	j := f.skip(i)
	for links := 0; j < end && links < maxChain; links++ {
		switch {
		case (f.is(j, ".") || f.is(j, "?.")) && f.isName(j+1):
			j += 2
		case f.is(j, "?.") && (f.is(j+1, "(") || f.is(j+1, "[")):
			j = f.skip(j + 1)
		case f.is(j, "(") || f.is(j, "["):
			if f.breaksBefore(j) || f.match[j] < 0 {
				return j
			}
			j = f.skip(j)
		case f.is(j, "<") && f.match[j] >= 0 && f.is(f.skip(j), "("):
			j = f.skip(j)
		case f.is(j, "!") && !f.t[j].nl && !f.isName(j+1):
			j++
		case f.kind(j) == Template || f.kind(j) == TemplateHead:
			j = f.skip(j)
		default:
			return j
		}
	}
	return j
}

// unquote is the value of the string or plain template at token i.
func (f *File) unquote(i int) string {
	text := f.text(i)
	quote := text[0]
	body := text[1:]
	if len(body) > 0 && body[len(body)-1] == quote {
		body = body[:len(body)-1]
	}
	if f.t[i].kind == JSXString || strings.IndexByte(body, '\\') < 0 {
		return body
	}
	return unescape(body)
}
