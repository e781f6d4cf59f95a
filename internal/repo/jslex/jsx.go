package jslex

import "bytes"

// beginsElement decides whether the < at i, where an operand is expected,
// opens a JSX element rather than TypeScript type parameters or an assertion.
func (l *lexer) beginsElement(i int) bool {
	src := l.src
	i = skipSpace(src, i+1)
	if i >= len(src) {
		return false
	}
	if src[i] == '>' { // <>fragment</>
		return true
	}
	c := src[i]
	if classes[c] != clIdent || c == '#' || c == '\\' {
		return false
	}
	end := nameEnd(src, i)
	name := src[i:end]
	switch string(name) {
	case "const", "keyof", "typeof", "readonly", "unique", "infer":
		return false
	}
	i = skipSpace(src, end)
	if i >= len(src) {
		return false
	}
	switch c := src[i]; {
	case c == '>':
		return l.closesLater(name, i)
	case c == '/':
		return i+1 < len(src) && (src[i+1] == '>' || src[i+1] == '*' || src[i+1] == '/')
	case c == '{':
		return true
	case c == '<': // <Table<Row> rows={x}/> or the assertion <Map<K>>x
		return l.closesLater(name, i) || bytes.Contains(window(src, i), []byte("/>"))
	case classes[c] == clIdent && i > end:
		return l.attributeAt(i)
	}
	return false
}

// attributeAt says whether an attribute, and not the rest of a type, is at i.
func (l *lexer) attributeAt(i int) bool {
	src := l.src
	end := nameEnd(src, i)
	name := string(src[i:end])
	i = skipSpace(src, end)
	if i >= len(src) {
		return false
	}
	if name == "extends" {
		return src[i] == '=' || src[i] == '>' || src[i] == '/'
	}
	switch src[i] {
	case '=', '>', '/', '{':
		return true
	}
	return classes[src[i]] == clIdent
}

// window is the stretch after i that a look ahead may read.
func window(src []byte, i int) []byte { return src[i:min(len(src), i+400)] }

// closesLater says whether a closing tag for name stands after i.
func (l *lexer) closesLater(name []byte, i int) bool {
	if l.closers == nil {
		l.closers = map[string]int{}
		for at := 0; ; {
			n := bytes.Index(l.src[at:], []byte("</"))
			if n < 0 {
				break
			}
			at = skipSpace(l.src, at+n+2)
			end := nameEnd(l.src, at)
			l.closers[string(l.src[at:end])] = at
			at = end
		}
	}
	last, ok := l.closers[string(name)]
	return ok && last > i
}

// nameEnd is the offset after a tag or attribute name that begins at i.
func nameEnd(src []byte, i int) int {
	for i < len(src) && (identPart(src[i]) || src[i] == '-' || src[i] == '.' || src[i] == ':') {
		i++
	}
	return i
}

func skipSpace(src []byte, i int) int {
	for i < len(src) && classes[src[i]] == clSpace {
		i++
	}
	return i
}

// tag reads the inside of an opening or closing tag until the context changes.
func (l *lexer) tag() {
	src := l.src
	for l.pos < len(src) {
		start := l.pos
		switch c := src[start]; {
		case classes[c] == clSpace:
			l.nl = l.nl || c == '\n'
			l.pos++
		case classes[c] == clIdent || classes[c] == clDigit:
			l.emit(JSXName, start, nameEnd(src, start))
		case c == '"' || c == '\'':
			l.attributeString(c)
		case c == '{':
			l.push(inJSXExpr)
			l.emit(Punct, start, start+1)
			l.after(false)
			return
		case c == '>':
			l.endTag(start, start+1, false)
			return
		case c == '/':
			if l.tagSlash() {
				return
			}
		case c == '<':
			if l.afterTagName() {
				l.emit(Punct, start, start+1)
				l.push(inTypeArgs)
				l.after(false)
			} else {
				l.emit(JSXOpen, start, start+1)
				l.push(inTag)
			}
			return
		default:
			l.emit(Punct, start, start+1)
		}
	}
}

// afterTagName says whether the previous two tokens are < and a name.
func (l *lexer) afterTagName() bool {
	n := len(l.toks)
	return n >= 2 && l.toks[n-1].kind == JSXName && l.toks[n-2].kind == JSXOpen
}

// tagSlash reads /> or a comment in a tag; it says whether the tag ended.
func (l *lexer) tagSlash() bool {
	src, start := l.src, l.pos
	if start+1 < len(src) {
		switch src[start+1] {
		case '/':
			l.lineComment()
			return false
		case '*':
			l.blockComment()
			return false
		}
	}
	if i := skipSpace(src, start+1); i < len(src) && src[i] == '>' {
		l.endTag(start, i+1, true)
		return true
	}
	l.emit(Punct, start, start+1)
	return false
}

func (l *lexer) endTag(start, end int, empty bool) {
	l.emit(JSXClose, start, end)
	if l.top() == inTag && !empty {
		l.stack[len(l.stack)-1] = inChildren
		return
	}
	if l.top() == inCloseTag {
		l.pop() // the tag, then the element it closes
	}
	l.pop()
	l.after(true)
}

func (l *lexer) attributeString(quote byte) {
	start := l.pos
	if n := bytes.IndexByte(l.src[start+1:], quote); n >= 0 {
		l.emit(JSXString, start, start+n+2)
		return
	}
	l.fail(start, "attribute value is not closed")
	l.emit(JSXString, start, len(l.src))
}

// children reads one stretch of text between tags and what ends it.
func (l *lexer) children() {
	src, start := l.src, l.pos
	i := start
	for i < len(src) && src[i] != '<' && src[i] != '{' {
		i++
	}
	if i > start {
		l.emit(JSXText, start, i)
	}
	if i >= len(src) {
		return
	}
	if src[i] == '{' {
		l.push(inJSXExpr)
		l.emit(Punct, i, i+1)
		l.after(false)
		return
	}
	if j := skipSpace(src, i+1); j < len(src) && src[j] == '/' {
		l.push(inCloseTag)
		l.emit(JSXOpen, i, j+1)
		return
	}
	l.push(inTag)
	l.emit(JSXOpen, i, i+1)
}
