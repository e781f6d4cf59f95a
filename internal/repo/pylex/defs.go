package pylex

// defAt reads the definition whose statement begins at first and whose def or
// class is at i.
func (f *File) defAt(first, i int, kind DefKind) {
	decorators := f.takeDecorators(first)
	if f.kind(i+1) != Name {
		return
	}
	d := Def{Kind: kind, Name: f.text(i + 1), NameSpan: f.span(i+1, i+2), Parent: f.owner(), Decorators: decorators}
	j := i + 2
	if f.is(j, "[") { // type parameters
		j = f.skip(j)
	}
	if f.is(j, "(") && f.match[j] >= 0 {
		if kind == Class {
			f.bases(&d, j+1, int(f.match[j]))
		} else {
			d.Params = f.params(j+1, int(f.match[j]))
		}
		j = f.skip(j)
	}
	colon := f.colonAfter(j)
	if f.is(j, "->") && colon > j+1 {
		d.Returns = f.Text(f.span(j+1, colon))
	}
	if colon < 0 {
		d.Span, d.BodySpan = f.span(first, j), f.span(j, j)
		d.BodySpan.End = d.BodySpan.Start
		f.Defs = append(f.Defs, d)
		return
	}
	f.state.afterColon = colon + 1
	end := f.blockEnd(colon)
	body := colon + 1
	if f.kind(body) == Newline && f.kind(body+1) == Indent {
		body += 2
	}
	last := f.lastBefore(end, colon)
	d.body, d.end = int32(body), int32(end)
	d.Span, d.BodySpan = f.span(first, last+1), f.span(body, last+1)
	if last < body {
		d.BodySpan.Start, d.BodySpan.End = d.Span.End, d.Span.End
	}
	f.Defs = append(f.Defs, d)
	f.state.pending = append(f.state.pending, len(f.Defs)-1)
}

// lastBefore is the last token before end that is no line or block mark, not
// before floor.
func (f *File) lastBefore(end, floor int) int {
	j := end - 1
	for j > floor {
		switch f.t[j].kind {
		case Newline, Indent, Dedent:
			j--
			continue
		}
		break
	}
	return j
}

// bases reads the bases and keywords of a class.
func (f *File) bases(d *Def, i, end int) {
	for _, a := range f.list(i, end) {
		switch {
		case a.Name != "":
			d.Keywords = append(d.Keywords, a)
		case a.Ident != "":
			d.Bases = append(d.Bases, a.Ident)
		case a.Callee != "":
			d.Bases = append(d.Bases, a.Callee+"()")
		}
	}
}

// params reads the parameters in the tokens [i, end).
func (f *File) params(i, end int) []Param {
	var out []Param
	for i < end {
		stop := min(f.itemEnd(i), end)
		if p, ok := f.param(i, stop); ok {
			out = append(out, p)
		}
		i = max(stop, i) + 1
	}
	return out
}

// param reads the parameter in the tokens [i, end); a bare * or / is none.
func (f *File) param(i, end int) (Param, bool) {
	p := Param{Span: f.span(i, end), Default: Arg{Kind: ValueNone, f: f}}
	if f.is(i, "*") || f.is(i, "**") {
		p.Star = f.text(i)
		i++
	}
	if i >= end || f.kind(i) != Name {
		return p, false
	}
	p.Name = f.text(i)
	i++
	if f.is(i, ":") && i < end {
		stop := min(int(f.stop[min(i+1, len(f.t)-1)]), end)
		if stop > i+1 {
			p.Annotation = f.Text(f.span(i+1, stop))
		}
		i = stop
	}
	if f.is(i, "=") && i < end {
		p.Default = f.valueOf(i+1, end)
	}
	return p, true
}

// takeDecorators are the decorators collected for the definition at first.
func (f *File) takeDecorators(first int) []Call {
	var out []Call
	for _, i := range f.state.decorators {
		end := f.statementEnd(i)
		if end <= i {
			continue
		}
		if end-1 > i && f.is(end-1, ")") && f.match[end-1] >= 0 {
			if c, ok := f.callOpenedAt(f.match[end-1]); ok {
				out = append(out, *c)
				continue
			}
		}
		if name, at, ok := f.pathEndingAt(end - 1); ok && at == i {
			out = append(out, Call{
				Callee: name, Decorator: true, Bare: true, Func: f.owner(),
				Span: f.span(i, end), CalleeSpan: f.span(i, end), open: -1,
			})
		}
	}
	f.state.decorators = f.state.decorators[:0]
	return out
}
