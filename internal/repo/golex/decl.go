package golex

import (
	"strings"

	"drydock/internal/finding"
)

// function reads the head of the function at the keyword i, a type of function
// left out.
func (p *parser) function(i int) {
	fn := Func{Parent: -1, NameSpan: empty(int(p.t[i].start))}
	j := i + 1
	if len(p.frames) == 1 && (p.kind(j) == ident || p.is(j, '(') && p.kind(p.skip(j)) == ident && p.declares(i)) {
		if p.is(j, '(') {
			p.receiver(&fn, j)
			j = p.skip(j)
		}
		fn.Name, fn.NameSpan = p.text(j), p.span(j, j+1)
		if j++; p.is(j, '[') {
			j = p.skip(j)
		}
	} else {
		fn.Parent = p.owner()
	}
	if !p.is(j, '(') || p.t[j].match < 0 {
		return
	}
	params, paramsEnd := j+1, int(p.t[j].match)
	j = paramsEnd + 1
	results := j
	if p.beginsType(j) {
		j = p.typeEnd(j)
	}
	body := p.is(j, '{')
	if first := p.typePrefix(i); body && first < i { // []func(){…}
		p.elems, p.elemOf = j, first
		return
	}
	if fn.Literal() && (!body || j == p.body || j == p.elems) { // a type, or the result of the function around it
		return
	}
	fn.Params = p.params(params, paramsEnd)
	if p.is(results, '(') && p.partner(results) == j-1 {
		fn.Results = p.textOf(results+1, j-1)
	} else if j > results {
		fn.Results = p.textOf(results, j)
	}
	end := j
	fn.BodySpan = empty(int(p.t[j-1].end))
	if body {
		end = len(p.t)
		if m := p.partner(j); m >= 0 {
			end = m + 1
		}
		fn.BodySpan = p.span(j, end)
		p.body, p.bodyOf = j, len(p.f.Funcs)
	}
	fn.Span = p.span(i, end)
	if fn.outer = int32(len(p.f.Funcs)); fn.Parent >= 0 {
		fn.outer = p.f.Funcs[fn.Parent].outer
	}
	p.f.Funcs = append(p.f.Funcs, fn)
}

// declares says whether the func at i begins a statement, so that what follows
// is a receiver.
func (p *parser) declares(i int) bool { return i == 0 || p.kind(i-1) == semi }

func (p *parser) receiver(fn *Func, open int) {
	end := p.partner(open)
	i := open + 1
	if p.kind(i) == ident && i+1 < end && !p.is(i+1, '[') {
		fn.RecvName = p.text(i)
		i++
	}
	for p.is(i, '*') {
		i++
	}
	fn.Recv = p.text(i)
}

// params reads the parameters in the tokens [i, end).
func (p *parser) params(i, end int) []Param {
	if i >= end {
		return nil
	}
	out := make([]Param, 0, 4)
	named := false
	for i < end {
		j := i
		for j < end && !p.is(j, ',') {
			j = p.skip(j)
		}
		if j > i {
			var one Param
			if p.kind(i) == ident && j > i+1 && !p.is(i+1, '.') && (!p.is(i+1, '[') || p.partner(i+1) != j-1) {
				one, named = Param{p.text(i), p.textOf(i+1, j)}, true
			} else {
				one.Type = p.textOf(i, j)
			}
			out = append(out, one)
		}
		i = j + 1
	}
	if named { // a, b int
		for k := len(out) - 1; k >= 0; k-- {
			if out[k].Name == "" {
				out[k].Name = out[k].Type
				out[k].Type = ""
				if k+1 < len(out) {
					out[k].Type = out[k+1].Type
				}
			}
		}
	}
	return out
}

// specification reads one name, or some, of var, const or type at token i.
func (p *parser) specification(i int) {
	if p.decl == kwType {
		p.typeSpec(i)
		return
	}
	names := i + 1
	for p.is(names, ',') && p.kind(names+1) == ident {
		names += 2
	}
	typ := p.typeEnd(names)
	if typ == names && !p.is(typ, '=') && p.decl != kwConst {
		return
	}
	count := (names - i + 1) / 2
	values, end := typ, typ
	if p.is(typ, '=') {
		p.equals = typ
		values = typ + 1
		end = p.statementEnd(values)
	}
	what := "var"
	if p.decl == kwConst {
		what = "const"
	}
	list := p.list(values, end)
	for k := range count {
		at := i + 2*k
		a := Assign{Target: p.text(at), Op: what, Func: p.owner(), TargetSpan: p.span(at, at+1), Span: p.span(i, end)}
		if typ > names {
			a.Type = p.textOf(names, typ)
		}
		a.pick(list, k, count)
		p.f.Assigns = append(p.f.Assigns, a)
	}
}

// pick takes the value of the target n of count from the right side.
func (a *Assign) pick(list []Arg, n, count int) {
	switch {
	case len(list) == count:
		a.Value = list[n]
	case len(list) == 1:
		a.Value, a.Index = list[0], n
	default:
		a.Value = Arg{Span: empty(a.Span.End), open: -1}
	}
}

func (p *parser) typeSpec(i int) {
	j := i + 1
	if p.is(j, '[') && p.partner(j) > j+1 && p.kind(j+1) == ident && p.partner(j) > j+2 { // type parameters
		j = p.skip(j)
	}
	t := Type{Name: p.text(i)}
	if p.is(j, '=') {
		p.equals = j
		t.Kind = "="
		j++
	}
	switch {
	case p.key(j, kwStruct):
		p.named = j
		return // read when its keyword comes
	case p.key(j, kwInterface):
		t.Kind = "interface"
	}
	end := p.typeEnd(j)
	if end == j {
		return
	}
	if t.Kind != "interface" {
		t.Of = p.textOf(j, end)
	}
	t.Span = p.span(i, end)
	p.f.Types = append(p.f.Types, t)
}

// structure reads the fields of the struct type at the keyword i.
func (p *parser) structure(i int) {
	if !p.is(i+1, '{') || p.t[i+1].match < 0 {
		return
	}
	end := int(p.t[i+1].match)
	t := Type{Kind: "struct", Span: p.span(i, end+1)}
	if i == p.named {
		t.Name = p.text(p.spec)
		t.Span.Start = int(p.t[p.spec].start)
	}
	for j := i + 2; j < end; {
		stop := j
		for stop < end && p.t[stop].kind != semi {
			stop = p.skip(stop)
		}
		t.Fields = p.fields(t.Fields, j, min(stop, end))
		j = stop + 1
	}
	if t.Name != "" || len(t.Fields) > 0 {
		p.f.Types = append(p.f.Types, t)
	}
}

// fields reads one line of a struct.
func (p *parser) fields(out []Field, i, end int) []Field {
	if i >= end {
		return out
	}
	all := p.span(i, end)
	tag, tagSpan := "", empty(all.End)
	if k := p.kind(end - 1); (k == str || k == raw) && end-1 > i {
		tag, tagSpan = unquote(p.text(end-1)), p.span(end-1, end)
		end--
	}
	names := i
	for p.kind(names) == ident && names < end {
		names++
		if !p.is(names, ',') {
			break
		}
		names++
	}
	generic := p.is(names, '[') && p.partner(names) == end-1 && end-1 > names+1
	if names >= end || names == i || p.is(names, '.') || generic {
		typ := p.textOf(i, end)
		name := strings.TrimLeft(typ, "*")
		if k := strings.IndexByte(name, '['); k > 0 {
			name = name[:k]
		}
		return append(out, Field{name[strings.LastIndexByte(name, '.')+1:], typ, true, tag, all, tagSpan})
	}
	typ := p.textOf(names, end)
	for k := i; k < names; k += 2 {
		out = append(out, Field{p.text(k), typ, false, tag, finding.Span{Start: int(p.t[k].start), End: all.End}, tagSpan})
	}
	return out
}

// assign reads the assignment whose operator is at i; of more than eight targets
// the last eight.
func (p *parser) assign(i int) {
	var targets [8]struct {
		name string
		span finding.Span
	}
	n := 0
	first := i
	for n < len(targets) {
		j := first - 1
		name, at, ok := p.path(j)
		if !ok {
			return
		}
		for p.is(at-1, '*') {
			at--
		}
		targets[n].name, targets[n].span = name, p.span(at, j+1)
		n++
		first = at
		if !p.is(at-1, ',') {
			break
		}
		first = at - 1
	}
	end := p.statementEnd(i + 1)
	if p.key(i+1, kwRange) {
		return
	}
	list := p.list(i+1, end)
	for k := range n {
		from := &targets[n-1-k]
		a := Assign{Target: from.name, Op: p.text(i), Func: p.owner(), TargetSpan: from.span}
		a.Span = finding.Span{Start: targets[n-1].span.Start, End: p.span(i, end).End}
		a.pick(list, k, n)
		p.f.Assigns = append(p.f.Assigns, a)
	}
}
