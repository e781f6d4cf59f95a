package jslex

import (
	"sort"
	"strings"

	"drydock/internal/finding"
)

// calleeBefore reads what is called by the parenthesis at open.
func (f *File) calleeBefore(open int) (path string, first int, ok bool) {
	last := f.beforeTypeArgs(open - 1)
	if last < 0 || !f.endsOperand(last) {
		return "", 0, false
	}
	return f.pathEndingAt(last)
}

// callAt records the call whose parenthesis is at i, if it is one.
func (f *File) callAt(i int) {
	callee, first, ok := f.calleeBefore(i)
	if !ok || f.isHead(i, first) || f.isOperator(first, callee) {
		return
	}
	if callee == "import" {
		f.importCall(i, first)
		return
	}
	end := f.closer(i)
	c := Call{
		Callee: callee, Func: f.owner(), open: int32(i),
		CalleeSpan: f.span(first, f.beforeTypeArgs(i-1)+1),
		Span:       f.span(first, min(end+1, len(f.t))),
		Decorator:  f.is(first-1, "@"),
	}
	before := first - 1
	if f.kind(before) == Keyword && f.text(before) == "new" && !strings.Contains(callee, "()") {
		c.New, c.Span.Start = true, int(f.t[before].start)
		before--
	}
	c.Await = f.kind(before) == Keyword && f.text(before) == "await" && !f.is(end+1, ".") && !f.is(end+1, "(") && !f.is(end+1, "?.")
	if f.match[i] >= 0 {
		c.Args = f.list(i+1, end)
	}
	f.Calls = append(f.Calls, c)
	f.loadedBy(&f.Calls[len(f.Calls)-1], i, first)
}

// list reads the expressions between commas of the tokens [i, end).
func (f *File) list(i, end int) []Arg {
	if i >= end {
		return nil
	}
	var few [4]Arg // most lists have no more
	args := few[:0]
	for i < end {
		stop := min(int(f.stop[i]), end)
		if stop > i || f.is(stop, ",") {
			args = append(args, f.valueOf(i, stop))
		}
		i = max(stop, i)
		if !f.is(i, ",") && i < end { // no list: do not guess what it is
			break
		}
		i++
	}
	if len(args) == 0 {
		return nil
	}
	out := make([]Arg, len(args))
	copy(out, args)
	return out
}

// isHead says whether the parenthesis at i holds parameters: of a function, a
// method or an arrow function. The name before it begins at first.
func (f *File) isHead(i, first int) bool {
	end := f.closer(i)
	before := first - 1
	if f.is(before, "*") {
		before--
	}
	if f.kind(before) == Keyword && f.text(before) == "function" || f.is(end+1, "=>") {
		return true
	}
	name := f.beforeTypeArgs(i - 1)
	if name != first && !(f.is(name, "]") && int(f.match[name]) == first) {
		return false
	}
	if f.kind(first) == Ident && f.text(first) == "async" && f.is(end+1, ":") && f.arrowAfterType(end+1) > 0 {
		return true
	}
	return f.isMethod(i, first)
}

// isOperator says whether the name at first works on what is in parentheses:
// x as (T), for (a of (b)), keyof (T).
func (f *File) isOperator(first int, callee string) bool {
	switch callee {
	case "as", "satisfies", "of", "is":
		return f.endsOperand(first-1) || f.is(first-1, "}")
	case "keyof", "infer", "readonly", "asserts":
		return true
	}
	return false
}

// isMethod says whether the name at first, with parameters at i, is a method
// of a class, object or interface.
func (f *File) isMethod(i, first int) bool {
	up := int(f.up[first])
	if up < 0 || f.src[f.t[up].start] != '{' {
		return false
	}
	next := f.closer(i) + 1
	switch f.t[up].brace {
	case classBody, typeBody:
		return f.beginsMember(first)
	case object:
		before := first - 1
		for steps := 0; steps < 3 && (f.word(before, "async") || f.word(before, "get") || f.word(before, "set") || f.is(before, "*")); steps++ {
			before--
		}
		return before == up || f.is(before, ",")
	}
	return f.is(next, "{") && !f.t[next].nl
}

// beginsMember says whether a class or interface member is named at token i.
func (f *File) beginsMember(i int) bool {
	if f.breaksBefore(i) {
		return true
	}
	switch f.kind(i - 1) {
	case Ident:
		return !f.is(i-2, "@") || f.t[i].nl
	case String, Number:
		return true
	case Keyword:
		switch f.text(i - 1) {
		case "new", "await", "typeof", "in", "instanceof", "extends", "yield", "void", "delete":
			return false
		}
		return true
	case Punct:
		switch f.text(i - 1) {
		case "{", "}", ";", ",", ")", "]", "*":
			return true
		case ">":
			return f.match[i-1] >= 0
		}
	}
	return false
}

// callOpenedAt finds the call whose parenthesis is at token open.
func (f *File) callOpenedAt(open int32) (*Call, bool) {
	n := sort.Search(len(f.Calls), func(k int) bool { return f.Calls[k].open >= open })
	if n < len(f.Calls) && f.Calls[n].open == open {
		return &f.Calls[n], true
	}
	return nil, false
}

// CallAt is the call whose span contains the offset most closely.
func (f *File) CallAt(offset int) (*Call, bool) {
	var found *Call
	for k := range f.Calls {
		c := &f.Calls[k]
		if c.Span.Contains(offset) && (found == nil || c.Span.Len() <= found.Span.Len()) {
			found = c
		}
	}
	return found, found != nil
}

// Value reads the expression that stands exactly in the span.
func (f *File) Value(s finding.Span) Arg {
	i := f.tokenAt(s.Start)
	return f.valueOf(i, f.tokenAt(s.End))
}
