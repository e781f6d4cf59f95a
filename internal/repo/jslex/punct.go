package jslex

// punct reads an operator or bracket; it says whether the context became one
// that code does not read.
func (l *lexer) punct() bool {
	src, start := l.src, l.pos
	c := src[start]
	next := byte(0)
	if start+1 < len(src) {
		next = src[start+1]
	}
	switch c {
	case '(':
		ctx := inParen
		if l.condition {
			ctx = inCondition
		}
		l.push(ctx)
		l.emit(Punct, start, start+1)
		l.after(false)
	case ')':
		l.closeParen()
	case '{':
		ctx := inObject
		if l.statement || l.arrow || l.operand {
			ctx = inBlock
		}
		l.push(ctx)
		l.emit(Punct, start, start+1)
		l.after(false)
		l.statement = ctx == inBlock
	case '}':
		return l.closeBrace()
	case '[', ',', '@', '~', ':':
		l.emit(Punct, start, start+1)
		l.after(false)
	case ';':
		l.emit(Punct, start, start+1)
		l.after(false)
		l.statement = true
	case ']':
		l.emit(Punct, start, start+1)
		l.after(true)
	case '.':
		if classes[next] == clDigit {
			l.number()
			return false
		}
		l.emit(Punct, start, start+l.operatorLen(c, next))
		l.after(false)
		l.member = l.pos == start+1
	case '<':
		return l.less(next)
	case '>':
		return l.greater(next)
	default:
		l.operator(c, next)
	}
	return false
}

func (l *lexer) operator(c, next byte) {
	start := l.pos
	switch {
	case c == '!' && l.operand && next != '=': // x!.y
		l.emit(Punct, start, start+1)
		l.after(true)
		return
	case (c == '+' || c == '-') && next == c: // x++ and ++x end an operand as x does
		l.emit(Punct, start, start+2)
		l.after(l.operand)
		return
	}
	l.emit(Punct, start, start+l.operatorLen(c, next))
	l.after(false)
	l.member = c == '?' && next == '.' && l.pos == start+2
	l.arrow = c == '=' && next == '>'
}

func (l *lexer) closeParen() {
	start := l.pos
	ends := true
	if len(l.stack) > 0 && (l.top() == inParen || l.top() == inCondition) {
		ends = l.top() == inParen
		l.pop()
	}
	l.emit(Punct, start, start+1)
	l.after(ends)
	l.arrow = true
}

// closeBrace ends the innermost brace, together with parentheses left open in it.
func (l *lexer) closeBrace() bool {
	start := l.pos
	for len(l.stack) > 0 && (l.top() == inParen || l.top() == inCondition || l.top() == inTypeArgs) {
		l.pop()
	}
	ctx := l.top()
	switch ctx {
	case inTemplate:
		l.pop()
		l.template(start+1, true)
		return false
	case inBlock, inObject, inJSXExpr:
		l.pop()
	}
	l.emit(Punct, start, start+1)
	l.after(ctx == inObject)
	l.statement = ctx != inObject
	return ctx == inJSXExpr || l.top() >= inTag
}

func (l *lexer) less(next byte) bool {
	start := l.pos
	if l.top() == inTypeArgs {
		l.push(inTypeArgs)
		l.emit(Punct, start, start+1)
		l.after(false)
		return false
	}
	if !l.operand && l.beginsElement(start) {
		l.emit(JSXOpen, start, start+1)
		l.push(inTag)
		return true
	}
	l.emit(Punct, start, start+l.operatorLen('<', next))
	l.after(false)
	return false
}

func (l *lexer) greater(next byte) bool {
	start := l.pos
	if l.top() == inTypeArgs {
		l.pop()
		l.emit(Punct, start, start+1)
		l.after(true)
		return l.top() >= inTag
	}
	end := start + 1 // >> stays two tokens: it may close two type argument lists
	if next == '=' {
		end++
	}
	l.emit(Punct, start, end)
	l.after(false)
	return false
}

// operatorLen is the length of the operator that begins with c, next at l.pos.
func (l *lexer) operatorLen(c, next byte) int {
	src, at := l.src, l.pos
	third := byte(0)
	if at+2 < len(src) {
		third = src[at+2]
	}
	switch {
	case c == '.':
		if next == '.' && third == '.' {
			return 3
		}
		return 1
	case c == '?' && next == '.':
		if classes[third] == clDigit { // a?.5:1
			return 1
		}
		return 2
	case c == '=' && next == '>':
		return 2
	case c == '=' || c == '!':
		if next != '=' {
			return 1
		}
		if third == '=' {
			return 3
		}
		return 2
	case next == c && (c == '&' || c == '|' || c == '?' || c == '*' || c == '<'):
		if third == '=' {
			return 3
		}
		return 2
	case next == '=' && c != '?':
		return 2
	}
	return 1
}
