package sqlfile

import (
	"bytes"
	"strings"
)

type tokenKind uint8

const (
	word tokenKind = iota
	quoted
	text
	number
	punct    // one byte, or ::
	computed // ${x}, {{ x }}, {x} where braces compute
	body     // $tag$ … $tag$
)

type token struct {
	kind       tokenKind
	start, end int32
}

// lexer cuts SQL into tokens, one at a time.
type lexer struct {
	src     []byte
	pos     int
	dialect Dialect
	braces  bool   // {x} is computed: the text is a Python f-string
	open    int    // where what is not closed opens, -1 without
	what    string // that is not closed
	lost    int    // $tag$ quotes and braces that nothing closes
}

// maxLost is how many openings that nothing closes are looked after.
const maxLost = 16

// next reads the next token; ok is false at the end.
func (l *lexer) next() (t token, ok bool) {
	l.blank()
	if l.pos >= len(l.src) {
		return token{}, false
	}
	start := l.pos
	kind := l.scan()
	if l.pos <= start { // no byte is looked at twice
		l.pos = start + 1
	}
	return token{kind, int32(start), int32(l.pos)}, true
}

// blank skips white space and comments.
func (l *lexer) blank() {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c <= ' ' || c == 0xC2 && l.at(1) == 0xA0:
			l.pos++
			if c == 0xC2 {
				l.pos++
			}
		case c == '-' && l.at(1) == '-', c == '#' && l.dialect == MySQL:
			l.pos = l.lineEnd()
		case c == '/' && l.at(1) == '*':
			l.comment()
		default:
			return
		}
	}
}

func (l *lexer) at(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

func (l *lexer) lineEnd() int {
	if n := bytes.IndexByte(l.src[l.pos:], '\n'); n >= 0 {
		return l.pos + n
	}
	return len(l.src)
}

func (l *lexer) unclosed(start int, what string) {
	if l.open < 0 {
		l.open, l.what = start, what
	}
}

// comment skips /* … */; PostgreSQL's and SQL Server's nest.
func (l *lexer) comment() {
	start, depth := l.pos, 0
	nests := l.dialect == PostgreSQL || l.dialect == SQLServer
	for i := l.pos; i+1 < len(l.src); i++ {
		switch {
		case l.src[i] == '/' && l.src[i+1] == '*' && (depth == 0 || nests):
			depth++
			i++
		case l.src[i] == '*' && l.src[i+1] == '/':
			depth--
			i++
			if depth == 0 {
				l.pos = i + 1
				return
			}
		}
	}
	l.pos = len(l.src)
	l.unclosed(start, "a comment")
}

// scan moves over the token that begins here.
func (l *lexer) scan() tokenKind {
	start, c := l.pos, l.src[l.pos]
	switch {
	case c == '\'':
		l.quote('\'', l.dialect.escapes())
		return text
	case c == '"':
		l.quote('"', l.dialect.escapes())
		return l.filled(start)
	case c == '`':
		l.quote('`', false)
		return l.filled(start)
	case c == '[' && (l.dialect == SQLServer || l.dialect == SQLite):
		if n := bytes.IndexByte(l.src[l.pos:min(len(l.src), l.pos+maxName)], ']'); n > 1 {
			l.pos += n + 1
			return quoted
		}
		l.pos++
		return punct
	case c == '$':
		return l.dollar()
	case c == '{' && (l.at(1) == '{' || l.at(1) == '%' || l.braces):
		l.brace()
		return computed
	case c >= '0' && c <= '9':
		for l.pos < len(l.src) && (nameByte(l.src[l.pos]) || l.src[l.pos] == '.') {
			l.pos++
		}
		return number
	case nameStart(c):
		for l.pos < len(l.src) && nameByte(l.src[l.pos]) && !(l.src[l.pos] == '$' && l.at(1) == '{') {
			l.pos++
		}
		return l.prefixed(start)
	case c == ':' && l.at(1) == ':':
		l.pos += 2
		return punct
	}
	l.pos++
	return punct
}

// filled says what sort of name the quotes that open at start hold: one with a
// placeholder in it is computed.
func (l *lexer) filled(start int) tokenKind {
	name := l.src[start:l.pos]
	if len(name) < maxName && (bytes.Contains(name, []byte("${")) || bytes.Contains(name, []byte("{{")) || l.braces && bytes.IndexByte(name, '{') >= 0) {
		return computed
	}
	return quoted
}

// maxName bounds a name in brackets, in bytes.
const maxName = 256

func nameStart(c byte) bool {
	return c == '_' || c == '@' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func nameByte(c byte) bool { return nameStart(c) || c >= '0' && c <= '9' || c == '$' }

// prefixed reads the string that a word stands before: E'…', N'…', U&'…'.
func (l *lexer) prefixed(start int) tokenKind {
	if l.pos >= len(l.src) || l.pos-start > 7 {
		return word
	}
	c := l.src[l.pos]
	prefix := l.src[start:l.pos]
	if c == '&' && len(prefix) == 1 && prefix[0]|0x20 == 'u' && (l.at(1) == '\'' || l.at(1) == '"') {
		l.pos++
		c = l.src[l.pos]
		l.quote(c, false)
		if c == '"' {
			return quoted
		}
		return text
	}
	if c != '\'' {
		return word
	}
	switch strings.ToLower(string(prefix)) {
	case "e":
		l.quote('\'', true)
	case "n", "b", "x", "_utf8", "_binary":
		l.quote('\'', l.dialect.escapes())
	default:
		return word
	}
	return text
}

// quote moves over a string or name that opens here. A doubled quote does not
// close it, nor does one behind a backslash where backslashes escape.
func (l *lexer) quote(mark byte, escapes bool) {
	start := l.pos
	for l.pos++; l.pos < len(l.src); l.pos++ {
		switch c := l.src[l.pos]; {
		case c == '\\' && escapes:
			l.pos++
		case c == mark:
			if l.at(1) != mark {
				l.pos++
				return
			}
			l.pos++
		}
	}
	l.pos = len(l.src)
	l.unclosed(start, "a quote")
}

// dollar reads $1, ${x} and $tag$ … $tag$.
func (l *lexer) dollar() tokenKind {
	start := l.pos
	if l.at(1) == '{' {
		l.pos++
		l.brace()
		return computed
	}
	i := l.pos + 1
	for i < len(l.src) && i-start < maxName && nameByte(l.src[i]) && l.src[i] != '$' {
		i++
	}
	if i >= len(l.src) || l.src[i] != '$' || !l.dialect.dollars() || l.at(1) >= '0' && l.at(1) <= '9' {
		l.pos = max(i, start+1)
		return word
	}
	tag := l.src[start : i+1]
	n := -1
	if l.lost < maxLost {
		n = bytes.Index(l.src[i+1:], tag)
	}
	if n < 0 {
		l.lost++
		l.pos = i + 1
		l.unclosed(start, "a "+string(tag)+" quote")
		return punct
	}
	l.pos = i + 1 + n + len(tag)
	return body
}

// maxBrace bounds how far the end of a placeholder is looked for, in bytes.
const maxBrace = 2000

// brace moves over a placeholder in braces; what is not closed nearby is one brace.
func (l *lexer) brace() {
	depth := 0
	for i := l.pos; i < len(l.src) && i-l.pos < maxBrace && l.lost < maxLost; i++ {
		switch l.src[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				l.pos = i + 1
				return
			}
		}
	}
	l.lost++
	l.pos++
}
