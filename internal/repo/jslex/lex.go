package jslex

import (
	"bytes"
	"slices"
	"sync"

	"drydock/internal/finding"
)

// context is one level of nesting the lexer is in.
type context uint8

const (
	inParen     context = iota // ( )
	inCondition                // ( ) of if, while, for, with: a slash after it begins a regex
	inBlock                    // { } of statements: a slash after it begins a regex
	inObject                   // { } of an expression: a slash after it divides
	inTemplate                 // ${ }
	inJSXExpr                  // { } in a tag or between tags
	inTypeArgs                 // < > after a tag name
	inTag                      // <a ... >
	inCloseTag                 // </a >
	inChildren                 // between <a> and </a>
)

type lexer struct {
	src   []byte
	pos   int
	toks  []tok
	stack []context
	err   *SyntaxError

	nl        bool // a line ended since the previous token
	operand   bool // the previous token ends an operand: a slash divides, < compares
	condition bool // the previous token is if, while, for or with
	member    bool // the previous token is . or ?.
	arrow     bool // the previous token is => or ): a brace opens statements
	statement bool // the previous token is ; { } or nothing: a brace opens statements

	noRegexBefore int            // no regular expression ends before this offset: do not look again
	closers       map[string]int // last offset of each </name, built on first need
}

// Lex cuts src into tokens. Every byte that is not white space belongs to
// exactly one token; spans are ascending and inside src. It never fails: what
// cannot be read becomes Invalid or Punct tokens. It is nil for a source larger
// than any code is (256 MB).
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
	l := &lexer{src: src, toks: slices.Grow(buf[:0], len(src)/5+8), statement: true}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		l.pos = 3
	}
	if bytes.HasPrefix(src[l.pos:], []byte("#!")) {
		l.lineComment()
	}
	for l.pos < len(src) {
		switch l.top() {
		case inTag, inCloseTag:
			l.tag()
		case inChildren:
			l.children()
		default:
			l.code()
		}
	}
	return l.toks, l.err
}

func (l *lexer) top() context {
	if len(l.stack) == 0 {
		return inBlock
	}
	return l.stack[len(l.stack)-1]
}

func (l *lexer) push(c context) { l.stack = append(l.stack, c) }

func (l *lexer) pop() {
	if len(l.stack) > 0 {
		l.stack = l.stack[:len(l.stack)-1]
	}
}

func (l *lexer) emit(k Kind, start, end int) {
	l.toks = append(l.toks, tok{start: int32(start), end: int32(end), kind: k, nl: l.nl})
	l.nl = false
	l.pos = end
}

func (l *lexer) fail(offset int, msg string) {
	if l.err == nil {
		l.err = &SyntaxError{offset, msg}
	}
}

// after records what the token just read means for the next one.
func (l *lexer) after(operand bool) {
	l.operand = operand
	l.condition, l.member, l.arrow, l.statement = false, false, false, false
}

// code reads ordinary tokens until the context becomes a tag or text.
func (l *lexer) code() {
	src := l.src
	for l.pos < len(src) {
		start := l.pos
		switch classes[src[start]] {
		case clSpace:
			l.nl = l.nl || src[start] == '\n'
			l.pos++
		case clIdent:
			l.word()
		case clDigit:
			l.number()
		case clQuote:
			l.quoted()
		case clTick:
			l.template(start+1, false)
		case clSlash:
			l.slash()
		case clPunct:
			if l.punct() {
				return
			}
		default:
			l.emit(Invalid, start, start+1)
		}
	}
}

// unicodeSpace is the length of a non-ASCII space at i, or 0.
func unicodeSpace(src []byte, i int) int {
	switch {
	case src[i] == 0xc2 && i+1 < len(src) && src[i+1] == 0xa0: // no-break space
		return 2
	case src[i] == 0xe2 && i+2 < len(src) && src[i+1] == 0x80 && (src[i+2] == 0xa8 || src[i+2] == 0xa9):
		return 3
	case src[i] == 0xef && i+2 < len(src) && src[i+1] == 0xbb && src[i+2] == 0xbf:
		return 3
	}
	return 0
}

func (l *lexer) word() {
	src, start := l.src, l.pos
	i := start
	for i < len(src) && identPart(src[i]) {
		if src[i] >= 0x80 {
			if n := unicodeSpace(src, i); n > 0 {
				if i == start {
					l.pos += n
					return
				}
				break
			}
		}
		i++
	}
	name := src[start:i]
	if l.member || !isKeyword(name) {
		l.emit(Ident, start, i)
		l.after(true)
		return
	}
	l.emit(Keyword, start, i)
	wasFor := l.condition && string(name) == "await" // for await (
	l.after(keywordEndsOperand(name))
	switch string(name) {
	case "if", "while", "for", "with":
		l.condition = true
	case "else", "do", "try", "finally":
		l.statement = true
	}
	l.condition = l.condition || wasFor
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
		} else if !identPart(c) || c >= 0x80 || c == '#' || c == '\\' {
			break
		}
		i++
	}
	l.emit(Number, start, i)
	l.after(true)
}

func (l *lexer) quoted() {
	src, start := l.src, l.pos
	quote := src[start]
	i := start + 1
	for i < len(src) {
		switch c := src[i]; {
		case c == quote:
			l.emit(String, start, i+1)
			l.after(true)
			return
		case c == '\\' && i+1 < len(src):
			if src[i+1] == '\r' && i+2 < len(src) && src[i+2] == '\n' {
				i++
			}
			i += 2
			continue
		case c == '\n':
			l.fail(start, "string is not closed on its line")
			l.emit(String, start, i)
			l.after(true)
			return
		}
		i++
	}
	l.fail(start, "string is not closed")
	l.emit(String, start, len(src))
	l.after(true)
}

// template reads template text from i on; the token begins at l.pos, which is
// a backtick or the brace that closes a substitution.
func (l *lexer) template(i int, inner bool) {
	src, start := l.src, l.pos
	whole, open := Template, TemplateHead
	if inner {
		whole, open = TemplateTail, TemplateMiddle
	}
	for i < len(src) {
		switch c := src[i]; {
		case c == '`':
			l.emit(whole, start, i+1)
			l.after(true)
			return
		case c == '\\' && i+1 < len(src):
			i += 2
			continue
		case c == '$' && i+1 < len(src) && src[i+1] == '{':
			l.emit(open, start, i+2)
			l.push(inTemplate)
			l.after(false)
			return
		}
		i++
	}
	l.fail(start, "template is not closed")
	l.emit(whole, start, len(src))
	l.after(true)
}

func (l *lexer) lineComment() {
	end := len(l.src)
	if n := bytes.IndexByte(l.src[l.pos:], '\n'); n >= 0 {
		end = l.pos + n
	}
	l.emit(Comment, l.pos, end)
}

func (l *lexer) blockComment() {
	start := l.pos
	if n := bytes.Index(l.src[start+2:], []byte("*/")); n >= 0 {
		l.emit(Comment, start, start+2+n+2)
		return
	}
	l.fail(start, "comment is not closed")
	l.emit(Comment, start, len(l.src))
}

// slash reads what begins with one: a comment, a regular expression or a division.
func (l *lexer) slash() {
	src, start := l.src, l.pos
	if start+1 < len(src) {
		switch src[start+1] {
		case '/':
			l.lineComment()
			return
		case '*':
			l.blockComment()
			return
		}
	}
	if !l.operand && start >= l.noRegexBefore {
		if end := l.regexEnd(start); end > 0 {
			l.emit(Regex, start, end)
			l.after(true)
			return
		}
	}
	end := start + 1
	if end < len(src) && src[end] == '=' {
		end++
	}
	l.emit(Punct, start, end)
	l.after(false)
}

// regexEnd is the offset after the regular expression that begins at start,
// or 0 when it does not end on its line.
func (l *lexer) regexEnd(start int) int {
	src, set := l.src, false
	i := start + 1
	for i < len(src) && src[i] != '\n' {
		switch src[i] {
		case '\\':
			if i+1 < len(src) && src[i+1] != '\n' {
				i++
			}
		case '[':
			set = true
		case ']':
			set = false
		case '/':
			if !set {
				i++
				for i < len(src) && identPart(src[i]) && src[i] < 0x80 && src[i] != '#' && src[i] != '\\' {
					i++
				}
				return i
			}
		}
		i++
	}
	l.noRegexBefore = i
	return 0
}
