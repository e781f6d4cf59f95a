package pylex

import "sort"

// callAt records the call whose parenthesis is at i, if it is one.
func (f *File) callAt(i int) {
	if i < f.state.pattern || !f.endsOperand(i-1) {
		return
	}
	callee, first, ok := f.pathEndingAt(i - 1)
	if !ok || f.isHead(first) {
		return
	}
	end := i + 1
	if f.match[i] >= 0 {
		end = int(f.match[i]) + 1
	}
	c := Call{
		Callee: callee, Func: f.owner(), open: int32(i),
		Span: f.span(first, end), CalleeSpan: f.span(first, i),
		Await:     f.word(first-1, "await") && !f.continues(end),
		Decorator: f.isDecorator(first),
	}
	if f.match[i] >= 0 {
		c.Args = f.list(i+1, end-1)
	}
	f.Calls = append(f.Calls, c)
	f.importCall(&f.Calls[len(f.Calls)-1])
}

// isHead says whether the name at first is being defined, so that what
// follows are parameters or bases.
func (f *File) isHead(first int) bool {
	if f.kind(first-1) != Keyword {
		return false
	}
	return f.text(first-1) == "def" || f.text(first-1) == "class"
}

// isDecorator says whether the expression at first follows the @ of a decorator.
func (f *File) isDecorator(first int) bool {
	if !f.is(first-1, "@") {
		return false
	}
	n := len(f.state.decorators)
	return n > 0 && f.state.decorators[n-1] == first
}

// list reads the arguments or elements between commas of the tokens [i, end).
func (f *File) list(i, end int) []Arg {
	var out []Arg
	for i < end {
		stop := min(f.itemEnd(i), end)
		if stop > i {
			out = append(out, f.argument(i, stop))
		}
		i = max(stop, i) + 1
	}
	return out
}

// itemEnd is the comma or closing bracket after the item that begins at i.
func (f *File) itemEnd(i int) int {
	for i < len(f.t) {
		i = int(f.stop[i])
		if !f.is(i, "=") && !f.is(i, ":") {
			return i
		}
		i++
	}
	return i
}

// argument reads name=value, *value, **value or value in the tokens [i, end).
func (f *File) argument(i, end int) Arg {
	if f.kind(i) == Name && f.is(i+1, "=") && i+1 < end {
		a := f.valueOf(i+2, end)
		a.Name, a.NameSpan = f.text(i), f.span(i, i+1)
		return a
	}
	if f.is(i, "*") || f.is(i, "**") {
		a := f.valueOf(i+1, end)
		a.Star = f.text(i)
		return a
	}
	return f.valueOf(i, end)
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

// continues says whether the chain goes on with token j.
func (f *File) continues(j int) bool { return f.is(j, ".") || f.is(j, "(") || f.is(j, "[") }
