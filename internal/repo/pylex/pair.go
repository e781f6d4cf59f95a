package pylex

// pairer matches brackets, the parts of f-strings, and blocks.
type pairer struct {
	f     *File
	stack []int32
	open  [256]int
}

// pair fills match and up. What does not fit is left without partner and never
// hides what is around it: the end of a logical line closes open brackets.
func (f *File) pair() {
	n := len(f.t)
	f.match, f.up = make([]int32, n), make([]int32, n)
	p := &pairer{f: f}
	for i := range f.t {
		f.match[i] = -1
		p.token(int32(i))
	}
}

// class is the kind of group that token i opens: ( [ { f or block.
func (p *pairer) class(i int32) byte {
	switch p.f.t[i].kind {
	case Indent:
		return 'b'
	case FStart:
		return 'f'
	}
	return p.f.src[p.f.t[i].start]
}

func (p *pairer) push(i int32) {
	p.setUp(i)
	p.stack = append(p.stack, i)
	p.open[p.class(i)]++
}

func (p *pairer) pop() int32 {
	i := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	p.open[p.class(i)]--
	return i
}

func (p *pairer) setUp(i int32) {
	p.f.up[i] = -1
	if n := len(p.stack); n > 0 {
		p.f.up[i] = p.stack[n-1]
	}
}

// close pairs token i with the innermost open group of the class, but looks
// for brackets and strings only inside the block.
func (p *pairer) close(i int32, class byte) {
	if p.open[class] == 0 {
		p.setUp(i)
		return
	}
	for len(p.stack) > 0 {
		top := p.stack[len(p.stack)-1]
		if c := p.class(top); c == class {
			p.pop()
			p.f.match[top], p.f.match[i] = i, top
			break
		} else if c == 'b' {
			break
		}
		p.pop()
	}
	p.setUp(i)
}

// endLine drops the brackets that are open on the line.
func (p *pairer) endLine() {
	for n := len(p.stack); n > 0 && p.class(p.stack[n-1]) != 'b'; n-- {
		p.pop()
	}
}

func (p *pairer) token(i int32) {
	f := p.f
	switch f.t[i].kind {
	case Indent:
		p.endLine()
		p.push(i)
	case Dedent:
		p.endLine()
		p.close(i, 'b')
	case Newline:
		p.endLine()
		p.setUp(i)
	case FStart:
		p.push(i)
	case FEnd:
		p.close(i, 'f')
	case Op:
		switch f.src[f.t[i].start] {
		case '(', '[', '{':
			p.push(i)
		case ')':
			p.close(i, '(')
		case ']':
			p.close(i, '[')
		case '}':
			p.close(i, '{')
		default:
			p.setUp(i)
		}
	default:
		p.setUp(i)
	}
}

// inBlock says whether token i stands directly among statements.
func (f *File) inBlock(i int) bool {
	return f.up[i] < 0 || f.t[f.up[i]].kind == Indent
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
		if f.t[i].kind == Keyword {
			switch f.text(i) {
			case "lambda":
				j = max(j, f.headEnd(i, ":")+1)
			case "for":
				j = max(j, f.headEnd(i, "in")+1)
			}
		}
		if j >= n {
			f.stop[i] = int32(n)
		} else {
			f.stop[i] = f.stop[j]
		}
	}
}

// maxHead bounds how many groups of a lambda's parameters or a
// comprehension's targets are looked over.
const maxHead = 64

// headEnd is the mark that ends the parameters of the lambda (a colon) or the
// targets of the for (in) at i, or -1: the commas before it separate no items.
func (f *File) headEnd(i int, mark string) int {
	j := i + 1
	for steps := 0; j < len(f.t) && steps < maxHead; steps++ {
		switch f.t[j].kind {
		case Newline, Indent, Dedent, FMiddle, FEnd:
			return -1
		case Keyword:
			if f.text(j) == mark {
				return j
			}
		case Op:
			switch f.text(j) {
			case mark:
				return j
			case ")", "]", "}":
				return -1
			}
		}
		j = f.skip(j)
	}
	return -1
}

// terminates says whether token i ends any expression before it.
func (f *File) terminates(i int) bool {
	switch f.t[i].kind {
	case Newline, Indent, Dedent, FMiddle, FEnd:
		return true
	case Op:
		switch f.text(i) {
		case ",", ";", ":", "=", ")", "]", "}":
			return true
		}
	}
	return false
}
