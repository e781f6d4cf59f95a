package pylex

import (
	"bytes"
	"slices"
	"sync"

	"drydock/internal/finding"
)

// frame is one open bracket, or one open replacement field of an f-string.
type frame struct {
	at     int
	class  byte // ( [ { or f
	quote  byte // of a field: the string's quote
	triple bool // of a field: the string has three quotes
	spec   bool // of a field: it stands inside a format specification
}

type lexer struct {
	src    []byte
	pos    int
	toks   []tok
	stack  []frame
	indent []int // columns of the open blocks
	fresh  bool  // at the start of a physical line
	empty  bool  // no token yet on the logical line
	err    *SyntaxError
}

// Lex cuts src into tokens. Spans are ascending and inside src; Newline at the
// end of a file without one and Dedent are empty. It never fails: what cannot
// be read becomes Invalid or Op tokens. It is nil for a source larger than any
// code is (256 MB).
func Lex(src []byte) []Token {
	if len(src) > maxSource {
		return nil
	}
	buf := scratch.Get().(*[]tok)
	toks, _ := lex(src, *buf)
	out := make([]Token, len(toks))
	for i, t := range toks {
		out[i] = Token{t.kind, finding.Span{Start: int(t.start), End: int(t.end)}}
	}
	*buf = toks
	scratch.Put(buf)
	return out
}

// scratch are buffers for tokens: most of them are copied or thrown away.
var scratch = sync.Pool{New: func() any { return new([]tok) }}

// lex cuts src into tokens, in buf as far as they fit.
func lex(src []byte, buf []tok) ([]tok, *SyntaxError) {
	l := &lexer{src: src, toks: slices.Grow(buf[:0], len(src)/5+8), fresh: true, empty: true}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		l.pos = 3
	}
	for l.pos < len(src) {
		if l.fresh {
			l.lineStart()
			continue
		}
		l.token()
	}
	l.finish()
	return l.toks, l.err
}

func (l *lexer) emit(k Kind, start, end int) {
	l.toks = append(l.toks, tok{int32(start), int32(end), k})
	l.pos = end
}

func (l *lexer) code(k Kind, start, end int) {
	l.empty = false
	l.emit(k, start, end)
}

func (l *lexer) fail(offset int, msg string) {
	if l.err == nil {
		l.err = &SyntaxError{offset, msg}
	}
}

// finish closes the last line and the blocks still open.
func (l *lexer) finish() {
	n := len(l.src)
	if len(l.stack) > 0 {
		l.fail(l.stack[0].at, "bracket is not closed")
	}
	if !l.empty {
		l.emit(Newline, n, n)
	}
	for range l.indent {
		l.emit(Dedent, n, n)
	}
}

// lineStart measures the indentation of a physical line.
func (l *lexer) lineStart() {
	src, start := l.src, l.pos
	l.fresh = false
	i, column := start, 0
	for i < len(src) {
		switch src[i] {
		case ' ':
			column++
		case '\t':
			column += 8 - column%8
		case '\f':
			column = 0
		case '\r':
		default:
			goto measured
		}
		i++
	}
measured:
	l.pos = i
	if i >= len(src) || src[i] == '\n' || src[i] == '#' {
		return // a blank line opens and closes nothing
	}
	if len(l.stack) > 0 {
		if column > 0 || !beginsDefinition(src[i:]) {
			return
		}
		l.fail(l.stack[0].at, "bracket is not closed")
		l.stack = l.stack[:0]
		l.emit(Newline, i, i)
		l.empty = true
	}
	if !l.empty {
		return // continued with a backslash
	}
	l.block(start, i, column)
}

// beginsDefinition says whether a line begins with what cannot stand inside
// brackets, so that a bracket before it was left open by mistake.
func beginsDefinition(line []byte) bool {
	for _, word := range []string{"def ", "class ", "import ", "async def "} {
		if bytes.HasPrefix(line, []byte(word)) {
			return true
		}
	}
	return false
}

func (l *lexer) block(start, i, column int) {
	top := 0
	if n := len(l.indent); n > 0 {
		top = l.indent[n-1]
	}
	if column > top {
		l.indent = append(l.indent, column)
		l.emit(Indent, start, i)
		return
	}
	for n := len(l.indent); n > 0 && l.indent[n-1] > column; n-- {
		l.indent = l.indent[:n-1]
		l.emit(Dedent, i, i)
	}
}

func (l *lexer) token() {
	src, start := l.src, l.pos
	c := src[start]
	switch classes[c] {
	case clSpace:
		l.pos++
	case clNewline:
		l.fresh = true
		if len(l.stack) == 0 && !l.empty {
			l.emit(Newline, start, start+1)
			l.empty = true
			return
		}
		l.pos++
	case clName:
		l.word()
	case clDigit:
		l.number()
	case clQuote:
		l.text(start, start, false)
	case clHash:
		end := len(src)
		if n := bytes.IndexByte(src[start:], '\n'); n >= 0 {
			end = start + n
		}
		l.emit(Comment, start, end)
	case clBackslash:
		l.backslash()
	case clOp:
		l.operator()
	default:
		l.code(Invalid, start, start+1)
	}
}

// backslash joins two physical lines.
func (l *lexer) backslash() {
	src, i := l.src, l.pos+1
	for i < len(src) && src[i] == '\r' {
		i++
	}
	if i < len(src) && src[i] == '\n' {
		l.pos = i + 1
		for l.pos < len(src) && classes[src[l.pos]] == clSpace {
			l.pos++
		}
		return
	}
	l.code(Invalid, l.pos, l.pos+1)
}

func (l *lexer) word() {
	src, start := l.src, l.pos
	i := start + 1
	for i < len(src) && namePart(src[i]) {
		i++
	}
	name := src[start:i]
	if i < len(src) && classes[src[i]] == clQuote {
		if ok, formatted := stringPrefix(name); ok {
			l.text(start, i, formatted)
			return
		}
	}
	if isKeyword(name) {
		l.code(Keyword, start, i)
		return
	}
	l.code(Name, start, i)
}

func (l *lexer) number() {
	src, start := l.src, l.pos
	i := start + 1
	hex := src[start] == '0' && i < len(src) && src[i]|0x20 == 'x'
	dot := src[start] == '.'
	for i < len(src) {
		c := src[i]
		if c == '.' && !dot && !hex {
			dot = true
		} else if (c == '+' || c == '-') && !hex && src[i-1]|0x20 == 'e' {
		} else if !namePart(c) || c >= 0x80 {
			break
		}
		i++
	}
	l.code(Number, start, i)
}

func (l *lexer) operator() {
	src, start := l.src, l.pos
	c := src[start]
	next, third := byte(0), byte(0)
	if start+1 < len(src) {
		next = src[start+1]
	}
	if start+2 < len(src) {
		third = src[start+2]
	}
	top := byte(0)
	if n := len(l.stack); n > 0 {
		top = l.stack[n-1].class
	}
	switch {
	case c == '(' || c == '[' || c == '{':
		l.stack = append(l.stack, frame{at: start, class: c})
		l.code(Op, start, start+1)
	case top == 'f' && (c == ':' || c == '}' || c == '!' && next != '='):
		l.resume(start, c)
	case c == ')' || c == ']' || c == '}':
		l.closeBracket(start, c)
	case c == '.' && classes[next] == clDigit:
		l.number()
	default:
		l.code(Op, start, start+operatorLen(c, next, third))
	}
}

// closeBracket ends the innermost bracket of the kind. A bracket left open
// right inside it is dropped; other closers that fit nothing are ignored.
func (l *lexer) closeBracket(start int, c byte) {
	open := byte('(')
	switch c {
	case ']':
		open = '['
	case '}':
		open = '{'
	}
	n := len(l.stack)
	switch {
	case n > 0 && l.stack[n-1].class == open:
		l.stack = l.stack[:n-1]
	case n > 1 && l.stack[n-1].class != 'f' && l.stack[n-2].class == open:
		l.stack = l.stack[:n-2]
	case n > 1 && c == '}' && l.stack[n-1].class != 'f' && l.stack[n-2].class == 'f':
		l.stack = l.stack[:n-1]
		l.resume(start, c)
		return
	}
	l.code(Op, start, start+1)
}

// operatorLen is the length of the operator made of c and what follows it.
func operatorLen(c, next, third byte) int {
	switch {
	case c == '.' && next == '.' && third == '.':
		return 3
	case c == '-' && next == '>', c == ':' && next == '=', c == '!' && next == '=':
		return 2
	case (c == '*' || c == '/' || c == '<' || c == '>') && next == c:
		if third == '=' {
			return 3
		}
		return 2
	case next == '=':
		switch c {
		case '+', '-', '*', '/', '%', '@', '&', '|', '^', '=', '<', '>':
			return 2
		}
	}
	return 1
}
