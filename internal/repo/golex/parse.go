package golex

import "drydock/internal/finding"

// frame is an open bracket and what is known inside it.
type frame struct {
	kind   frameKind
	decl   byte // of a group: the keyword that it belongs to
	header bool // between if, for, switch or select and the block
}

type frameKind uint8

const (
	inGroup     frameKind = iota // parentheses and brackets
	inDecl                       // var ( … ) and the like
	inBlock                      // statements
	inComposite                  // a composite literal
	inStruct                     // a struct type
)

// owner is a function whose body is open.
type owner struct{ fn, end int }

// parser walks once over the tokens of a file and collects facts.
type parser struct {
	reader
	f      *File
	frames []frame
	owners []owner
	body   int // token at which the body of the function last seen begins, -1 without one
	bodyOf int // its index
	elems  int // token at which a composite literal of functions begins its elements, -1 without one
	elemOf int // where its type begins
	closed int // function whose body ended last
	spec   int // token at which a specification of var, const or type begins
	decl   byte
	equals int // the = of a specification, which assigns nothing by itself
	named  int // token of the struct or interface that a type declaration names
	arena  []Arg
	opens  []int32 // by call: token of its parenthesis
}

func (p *parser) run() {
	p.body, p.elems, p.spec, p.equals, p.named, p.closed = -1, -1, -1, -1, -1, -1
	p.frames = append(p.frames, frame{kind: inBlock})
	p.estimate()
	for i := 0; i < len(p.t); i++ {
		t := &p.t[i]
		switch t.kind {
		case keyword:
			if t.id == kwInterface && p.is(i+1, '{') && p.t[i+1].match >= 0 {
				i = int(p.t[i+1].match) // its methods are no calls
				continue
			}
			p.word(i)
		case semi:
			p.top().header = p.top().header && p.text(i) == ";" // if x := f(); x
			if p.top().kind == inDecl {
				p.spec, p.decl = i+1, p.top().decl
			}
		case op:
			switch t.id {
			case '(', '[', '{':
				p.enter(i)
			case ')', ']', '}':
				p.leave(i)
			case opDefine, opUpdate, '=':
				if p.top().kind == inBlock && i != p.equals {
					p.assign(i)
				}
			}
		case ident:
			if i == p.spec {
				p.specification(i)
			}
		}
	}
}

// estimate sizes the lists by what files of that many tokens usually hold.
func (p *parser) estimate() {
	n := len(p.t)
	p.f.Calls = make([]Call, 0, n/24)
	p.opens = make([]int32, 0, n/24)
	p.f.Assigns = make([]Assign, 0, n/40)
}

func (p *parser) top() *frame { return &p.frames[len(p.frames)-1] }

// owner is the innermost function whose body is open, -1 without one.
func (p *parser) owner() int {
	if n := len(p.owners); n > 0 {
		return p.owners[n-1].fn
	}
	return -1
}

func (p *parser) word(i int) {
	switch p.t[i].id {
	case kwPackage:
		if len(p.frames) == 1 && p.f.Package == "" && p.kind(i+1) == ident {
			p.f.Package, p.f.PackageSpan = p.text(i+1), p.span(i+1, i+2)
		}
	case kwImport:
		if len(p.frames) == 1 {
			p.f.Imports = p.imports(i, p.f.Imports)
		}
	case kwFunc:
		p.function(i)
	case kwVar, kwConst, kwType:
		p.spec, p.decl = i+1, p.t[i].id
	case kwStruct:
		p.structure(i)
	case kwIf, kwFor, kwSwitch, kwSelect:
		p.top().header = true
	case kwReturn:
		p.returns(i)
	}
}

// enter opens a bracket.
func (p *parser) enter(i int) {
	next := frame{kind: inGroup}
	switch p.t[i].id {
	case '(':
		if i == p.spec && p.top().kind == inBlock {
			next.kind, next.decl = inDecl, p.decl
			p.spec = i + 1
		} else if p.endsOperand(i - 1) {
			p.call(i)
		}
	case '{':
		next.kind = p.brace(i)
	}
	p.frames = append(p.frames, next)
}

// brace says what a curly bracket opens.
func (p *parser) brace(i int) frameKind {
	top := p.top()
	switch {
	case i == p.body:
		end := len(p.t)
		if m := p.partner(i); m >= 0 {
			end = m
		}
		p.owners = append(p.owners, owner{p.bodyOf, end})
		p.body = -1
		return inBlock
	case p.key(i-1, kwStruct):
		return inStruct
	case i == p.elems || p.isComposite(i, top):
		first := p.typeStart(i - 1)
		if i == p.elems {
			first = p.elemOf
		}
		if first >= 0 && p.partner(i) >= 0 {
			p.f.Composites = append(p.f.Composites, Composite{p.textOf(first, i), p.owner(), p.span(first, p.partner(i)+1)})
		}
		return inComposite
	}
	if top.kind == inBlock {
		top.header = false
	}
	return inBlock
}

// isComposite says whether the curly bracket i, which opens no body and no type,
// begins a composite literal.
func (p *parser) isComposite(i int, in *frame) bool {
	switch {
	case p.is(i-1, '}'), p.is(i-1, ']'), p.kind(i-1) == ident:
		first := p.typeStart(i - 1)
		if first < 0 {
			return false
		}
		return !in.header || p.is(first, '[') || p.key(first, kwMap) || p.key(first, kwStruct)
	case in.kind == inComposite:
		return p.is(i-1, '{') || p.is(i-1, ',') || p.is(i-1, ':')
	}
	return false
}

// leave closes a bracket.
func (p *parser) leave(i int) {
	if p.t[i].match < 0 {
		return
	}
	if len(p.frames) > 1 {
		p.frames = p.frames[:len(p.frames)-1]
	}
	if n := len(p.owners); n > 0 && p.owners[n-1].end == i {
		p.closed = p.owners[n-1].fn
		p.owners = p.owners[:n-1]
	}
}

// call records the call whose parenthesis is at i, if it is one.
func (p *parser) call(i int) {
	callee, first, ok := p.path(i - 1)
	if !ok {
		return
	}
	if p.is(i-1, '}') {
		if p.closed < 0 || p.f.Funcs[p.closed].BodySpan.End != int(p.t[i-1].end) {
			return
		}
		callee, first = "func", p.startOf(p.f.Funcs[p.closed].Span.Start, first)
	}
	switch {
	case p.key(first-1, kwFunc), p.typePrefix(first) < first, i-1 == p.spec: // func f(…), []T(…), var x (T)
		return
	case p.is(first-1, ')') && p.key(p.partner(first-1)-1, kwFunc): // a method's name
		return
	case len(p.frames) > 0 && p.top().kind == inStruct:
		return
	}
	end := i + 1
	c := Call{Callee: callee, Func: p.owner(), CalleeSpan: p.span(first, i), open: p.t[i].start}
	if m := p.partner(i); m >= 0 {
		end = m + 1
		c.Args = p.list(i+1, m)
	}
	c.Span = p.span(first, end)
	before := first - 1
	switch {
	case p.key(before, kwGo):
		c.Go = true
	case p.key(before, kwDefer):
		c.Defer = true
	case p.top().kind == inBlock && !p.top().header:
		starts := p.kind(before) == semi || p.is(before, '{') || p.is(before, '}') || p.is(before, ':')
		c.Alone = starts && (p.kind(end) == semi || p.is(end, '}'))
	}
	p.f.Calls = append(p.f.Calls, c)
	p.opens = append(p.opens, int32(i))
}

// startOf is the token at or before i that begins at the offset.
func (p *parser) startOf(offset, i int) int {
	for i > 0 && int(p.t[i].start) > offset {
		if m := p.partner(i); m >= 0 && m < i {
			i = m
		}
		if int(p.t[i].start) > offset {
			i--
		}
	}
	return i
}

// list reads the expressions between commas of the tokens [i, end).
func (p *parser) list(i, end int) []Arg {
	if i >= end {
		return nil
	}
	n := 1
	for j := i; j < end; j = p.skip(j) {
		if p.is(j, ',') {
			n++
		}
	}
	if cap(p.arena)-len(p.arena) < n {
		p.arena = make([]Arg, 0, max(n, min(256, len(p.t)/16+8)))
	}
	from := len(p.arena)
	for i < end {
		j := i
		for j < end && !p.is(j, ',') {
			j = p.skip(j)
		}
		if j > i {
			p.arena = append(p.arena, p.value(i, min(j, end)))
		}
		i = j + 1
	}
	return p.arena[from:len(p.arena):len(p.arena)]
}

// statementEnd is the token after the expression list that begins at i: a
// semicolon, another assignment, the block of a header, a closing bracket.
func (p *parser) statementEnd(i int) int {
	for i < len(p.t) {
		t := &p.t[i]
		switch {
		case t.kind == semi:
			return i
		case t.kind == keyword:
			switch t.id {
			case kwReturn, kwIf, kwFor, kwSwitch, kwSelect, kwGo, kwDefer, kwVar, kwConst, kwType: // no value holds these
				return i
			}
		case t.kind == op:
			switch t.id {
			case ')', ']', '}', opDefine, opUpdate, '=', ':':
				return i
			case '{':
				if p.top().header && !p.inExpression(i) {
					return i
				}
			}
		}
		i = p.skip(i)
	}
	return i
}

// inExpression says whether the curly bracket i, in a header, belongs to a value.
func (p *parser) inExpression(i int) bool {
	if i == p.elems || p.key(i-1, kwStruct) || p.key(i-1, kwInterface) || p.isComposite(i, p.top()) {
		return true
	}
	for j, steps := i-1, 0; j > 0 && steps < maxType; steps++ { // the body of func(…) T { … }
		if p.key(j, kwFunc) {
			return p.typeEnd(j) == i
		}
		if m := p.partner(j); m >= 0 && m < j {
			j = m
		} else if p.kind(j) == semi {
			return false
		}
		j--
	}
	return false
}

// returns reads a return statement.
func (p *parser) returns(i int) {
	end := p.statementEnd(i + 1)
	p.f.Returns = append(p.f.Returns, Return{p.list(i+1, end), p.owner(), p.span(i, end)})
}

func empty(at int) finding.Span { return finding.Span{Start: at, End: at} }
