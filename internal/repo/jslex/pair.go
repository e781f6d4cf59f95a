package jslex

// opened is a bracket that waits for its partner.
type opened struct {
	at    int32
	outer int32 // innermost open bracket around it that is no <
	class byte  // ( [ { ` < (type arguments) j (JSX element)
	done  bool  // of an element: its closing tag has begun
}

type pairer struct {
	f     *File
	stack []opened
	open  [256]int // how many brackets of a class wait
}

// pair fills match and up. Brackets that do not fit are left without partner;
// they never hide the ones around them.
func (f *File) pair() {
	n := len(f.t)
	f.match, f.up = make([]int32, n), make([]int32, n)
	p := &pairer{f: f}
	for i := range f.t {
		f.match[i] = -1
		p.token(int32(i))
	}
}

func (p *pairer) push(i int32, class byte) {
	p.stack = append(p.stack, opened{at: i, outer: p.f.up[i], class: class})
	p.open[class]++
}

func (p *pairer) pop() {
	p.open[p.stack[len(p.stack)-1].class]--
	p.stack = p.stack[:len(p.stack)-1]
}

func (p *pairer) topClass() byte {
	if len(p.stack) == 0 {
		return 0
	}
	return p.stack[len(p.stack)-1].class
}

// close pairs i with the innermost open bracket of the class and drops what
// was left open inside it.
func (p *pairer) close(i int32, class byte) {
	p.dropAngles()
	if p.open[class] == 0 {
		p.setUp(i)
		return
	}
	for p.topClass() != class {
		p.pop()
	}
	at := p.stack[len(p.stack)-1].at
	p.pop()
	p.f.match[at], p.f.match[i] = i, at
	p.setUp(i)
}

func (p *pairer) setUp(i int32) {
	p.f.up[i] = -1
	if n := len(p.stack); n > 0 {
		if top := p.stack[n-1]; top.class == '<' {
			p.f.up[i] = top.outer
		} else {
			p.f.up[i] = top.at
		}
	}
}

// dropAngles gives up on < that turned out to be comparisons.
func (p *pairer) dropAngles() {
	for p.topClass() == '<' {
		p.pop()
	}
}

func (p *pairer) token(i int32) {
	f := p.f
	switch t := f.t[i]; t.kind {
	case TemplateHead:
		p.setUp(i)
		p.push(i, '`')
	case TemplateMiddle:
		p.dropAngles()
		p.setUp(i)
	case TemplateTail:
		p.close(i, '`')
	case JSXOpen, JSXClose:
		p.jsx(i)
	case Punct:
		p.punct(i)
	default:
		if !p.inType(i) {
			p.dropAngles()
		}
		p.setUp(i)
	}
}

// inType says whether the token, not being an operator, can stand in type arguments.
func (p *pairer) inType(i int32) bool {
	switch p.f.t[i].kind {
	case Ident, String, Number, Template, JSXName:
		return true
	case Keyword:
		switch p.f.text(int(i)) {
		case "typeof", "void", "null", "this", "true", "false", "extends", "in", "new", "const", "import":
			return true
		}
	}
	return false
}

func (p *pairer) punct(i int32) {
	f := p.f
	switch s := f.text(int(i)); s {
	case "(", "[", "{":
		p.setUp(i)
		p.push(i, s[0])
	case ")":
		p.close(i, '(')
	case "]":
		p.close(i, '[')
	case "}":
		p.close(i, '{')
	case "<":
		p.setUp(i)
		if f.kind(int(i)-1) != Number && !f.is(int(i)-1, ")") {
			p.push(i, '<')
		}
	case ">":
		if p.topClass() == '<' && p.endsTypeArgs(int(i)) {
			p.close1(i)
		} else {
			p.dropAngles()
			p.setUp(i)
		}
	case ",", ".", ":", "|", "&", "=>", "=", "...", "?", "-", "@", "*":
		if s == "?" || s == "*" || s == "-" && f.kind(int(i)+1) != Number {
			p.dropAngles()
		}
		p.setUp(i)
	default:
		p.dropAngles()
		p.setUp(i)
	}
}

// close1 pairs a > with the < on top.
func (p *pairer) close1(i int32) {
	at := p.stack[len(p.stack)-1].at
	p.pop()
	p.f.match[at], p.f.match[i] = i, at
	p.setUp(i)
}

// endsTypeArgs says whether what follows the > at i fits type arguments
// rather than a comparison.
func (p *pairer) endsTypeArgs(i int) bool {
	f := p.f
	switch f.kind(i + 1) {
	case Number, String, Regex:
		return false
	case Ident:
		if f.t[i+1].nl {
			return true
		}
		switch f.text(i + 1) {
		case "implements", "is", "as", "satisfies":
			return true
		}
		return false
	}
	return true
}

func (p *pairer) jsx(i int32) {
	f := p.f
	text := f.text(int(i))
	p.dropAngles()
	if text == "<" {
		p.setUp(i)
		p.push(i, 'j')
		return
	}
	if p.topClass() != 'j' {
		p.setUp(i)
		return
	}
	top := &p.stack[len(p.stack)-1]
	switch {
	case text[0] == '<': // </
		top.done = true
	case top.done || text[0] == '/':
		p.close(i, 'j')
		return
	}
	p.setUp(i)
}

// findStops fills stop: for each token the index where an expression that
// begins there ends.
func (f *File) findStops() {
	n := len(f.t)
	f.stop = make([]int32, n)
	for i := n - 1; i >= 0; i-- {
		if f.terminates(i) {
			f.stop[i] = int32(i)
			continue
		}
		j := f.skip(i)
		switch {
		case j >= n:
			f.stop[i] = int32(n)
		case f.breaksBefore(j):
			f.stop[i] = int32(j)
		default:
			f.stop[i] = f.stop[j]
		}
	}
}

// terminates says whether token i ends any expression before it.
func (f *File) terminates(i int) bool {
	switch f.t[i].kind {
	case TemplateMiddle, TemplateTail:
		return true
	case Punct:
		switch f.src[f.t[i].start] {
		case ',', ';', ')', ']', '}':
			return true
		}
	}
	return false
}

// breaksBefore says whether a statement ends before token i because a new
// line begins there (automatic semicolon insertion).
func (f *File) breaksBefore(i int) bool {
	if i <= 0 || i >= len(f.t) || !f.t[i].nl {
		return false
	}
	if up := f.up[i]; up >= 0 && (f.src[f.t[up].start] != '{' || f.t[up].brace == object || f.t[up].brace == jsxExpr) {
		return false
	}
	switch f.t[i].kind {
	case Ident:
		switch f.text(i) {
		case "as", "satisfies", "of":
			return false
		}
	case Keyword:
		switch f.text(i) {
		case "in", "instanceof", "extends":
			return false
		}
	case String, Number, Regex:
	case Punct:
		switch f.text(i) {
		case "{", "@", "...", "++", "--", "!":
		default:
			return false
		}
	default:
		return false
	}
	switch prev := f.t[i-1]; prev.kind {
	case Punct:
		switch f.text(i - 1) {
		case ")", "]", "}", "++", "--", "!":
			return true
		case ">":
			return f.match[i-1] >= 0
		}
		return false
	case Keyword:
		switch f.text(i - 1) {
		case "this", "super", "null", "true", "false", "void", "return", "break", "continue":
			return true
		case "const":
			return f.word(i-2, "as")
		}
		return false
	case JSXText, JSXName, JSXString, JSXOpen, TemplateHead, TemplateMiddle:
		return false
	}
	return true
}
