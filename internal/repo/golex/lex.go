package golex

import (
	"strings"
	"sync"

	"drydock/internal/finding"
)

// lexer turns a stretch of source into tokens. Offsets count from the beginning
// of src, whatever stretch is read.
type lexer struct {
	src      string
	t        []token
	comments []finding.Span
	open     []int32 // brackets that wait for their partner
	ends     bool    // the last token may end a statement
	head     bool    // stop before the first declaration
	err      *SyntaxError
}

// tokenBytes is how many bytes of source a token takes on the average, spaces
// included; it only sizes the first buffer.
const tokenBytes = 5

// buffers are the token lists of files that were read, to be used again.
var buffers = sync.Pool{New: func() any { return new([]token) }}

// maxBuffer is the longest token list that is kept for the next file.
const maxBuffer = 1 << 18

// lex reads src[from:to]. The tokens' brackets know their partners.
func lex(src string, from, to int, buffer []token) *lexer {
	if need := (to-from)/tokenBytes + 8; cap(buffer) < need {
		buffer = make([]token, 0, need)
	}
	l := &lexer{src: src[:to], t: buffer[:0]}
	l.run(from)
	l.newline(to)
	for _, i := range l.open {
		l.fail(int(l.t[i].start), "bracket is not closed")
	}
	return l
}

func (l *lexer) fail(offset int, msg string) {
	if l.err == nil || offset < l.err.Offset {
		l.err = &SyntaxError{offset, msg}
	}
}

// keyword is the id of the reserved word in the bytes [start, end), kwOther for a
// name.
func (l *lexer) keyword(start, end int) byte {
	if n := end - start; n < 2 || n > 11 || !mayBegin[l.src[start]] {
		return kwOther
	}
	return keywordOf(l.src[start:end])
}

func (l *lexer) add(k kind, id byte, start, end int, ends bool) {
	l.t = append(l.t, token{int32(start), int32(end), -1, k, id})
	l.ends = ends
}

// newline ends a statement where Go does.
func (l *lexer) newline(at int) {
	if l.ends {
		l.add(semi, ';', at, at, false)
	}
}

func (l *lexer) run(i int) {
	src := l.src
	if i == 0 && strings.HasPrefix(src, "\ufeff") {
		i = 3
	}
	for i < len(src) {
		c := src[i]
		switch classes[c] {
		case clNewline:
			l.newline(i)
			i++
		case clName:
			start := i
			for i++; i < len(src) && namePart[src[i]]; i++ {
			}
			if id := l.keyword(start, i); id != kwOther {
				if l.head && id >= kwFunc && id <= kwConst && len(l.open) == 0 {
					return
				}
				l.add(keyword, id, start, i, id == kwReturn || id >= kwBreak)
			} else {
				l.add(ident, 0, start, i, true)
			}
		case clDigit:
			i = l.number(i)
		case clString:
			i = l.quoted(i, '"', str)
		case clChar:
			i = l.quoted(i, '\'', char)
		case clRaw:
			end := strings.IndexByte(src[i+1:], '`')
			if end < 0 {
				l.fail(i, "string is not closed")
				l.add(raw, 0, i, len(src), true)
				return
			}
			l.add(raw, 0, i, i+end+2, true)
			i += end + 2
		case clSlash:
			i = l.slash(i)
		case clOpen:
			l.open = append(l.open, int32(len(l.t)))
			l.add(op, c, i, i+1, false)
			i++
		case clClose:
			l.close(c, i)
			i++
		case clSemi:
			l.add(semi, ';', i, i+1, false)
			i++
		case clOp:
			i = l.operator(i)
		default: // spaces, and bytes that no Go file has
			i++
		}
	}
}

// close joins a closing bracket with the one that waits for it.
func (l *lexer) close(c byte, at int) {
	me := int32(len(l.t))
	l.add(op, c, at, at+1, true)
	n := len(l.open)
	if n == 0 {
		l.fail(at, "bracket was not opened")
		return
	}
	o := &l.t[l.open[n-1]]
	if closing := c - o.id; closing != 1 && closing != 2 { // ( ) are neighbours, [ ] and { } have one byte between
		l.fail(at, "bracket closes another kind")
		return
	}
	o.match, l.t[me].match = me, l.open[n-1]
	l.open = l.open[:n-1]
}

func (l *lexer) number(i int) int {
	start := i
	for i < len(l.src) {
		c := l.src[i]
		sign := (c == '+' || c == '-') && i > start && isExponent(l.src[start:i])
		if !namePart[c] && c != '.' && !sign {
			break
		}
		i++
	}
	l.add(number, 0, start, i, true)
	return i
}

// isExponent says whether a sign may follow: 1e, 0x1p, but not 0xe.
func isExponent(text string) bool {
	switch text[len(text)-1] {
	case 'e', 'E':
		return len(text) < 2 || text[1] != 'x' && text[1] != 'X'
	case 'p', 'P':
		return true
	}
	return false
}

// quoted reads a string or rune, which ends with its line at the latest.
func (l *lexer) quoted(start int, mark byte, k kind) int {
	i := start + 1
	for i < len(l.src) && l.src[i] != mark && l.src[i] != '\n' {
		if l.src[i] == '\\' && i+1 < len(l.src) && l.src[i+1] != '\n' {
			i++
		}
		i++
	}
	if i < len(l.src) && l.src[i] == mark {
		i++
	} else {
		l.fail(start, "string is not closed")
	}
	l.add(k, 0, start, i, true)
	return i
}

// slash reads a comment or a division.
func (l *lexer) slash(i int) int {
	rest := l.src[i:]
	switch {
	case strings.HasPrefix(rest, "//"):
		n := strings.IndexByte(rest, '\n')
		if n < 0 {
			n = len(rest)
		}
		end := n
		if end > 0 && rest[end-1] == '\r' {
			end--
		}
		l.comments = append(l.comments, finding.Span{Start: i, End: i + end})
		return i + n
	case strings.HasPrefix(rest, "/*"):
		n := strings.Index(rest[2:], "*/")
		if n < 0 {
			l.fail(i, "comment is not closed")
			l.comments = append(l.comments, finding.Span{Start: i, End: len(l.src)})
			return len(l.src)
		}
		n += 4
		l.comments = append(l.comments, finding.Span{Start: i, End: i + n})
		if l.ends && strings.IndexByte(rest[:n], '\n') >= 0 {
			l.newline(i)
		}
		return i + n
	}
	return l.operator(i)
}

func (l *lexer) operator(i int) int {
	c := l.src[i]
	var next byte
	if i+1 < len(l.src) {
		next = l.src[i+1]
	}
	switch {
	case c == '.':
		switch {
		case classes[next] == clDigit:
			return l.number(i)
		case strings.HasPrefix(l.src[i:], "..."):
			l.add(op, opDots, i, i+3, false)
			return i + 3
		}
	case c == ',':
	case next == '=':
		id := byte(opUpdate)
		switch c {
		case ':':
			id = opDefine
		case '=':
			id = opEqual
		case '!':
			id = opUnequal
		case '<', '>':
			id = opOther
		}
		l.add(op, id, i, i+2, false)
		return i + 2
	case c == '<' && next == '-':
		l.add(op, opArrow, i, i+2, false)
		return i + 2
	case c == next && (c == '+' || c == '-'):
		l.add(op, opStep, i, i+2, true)
		return i + 2
	case c == next && (c == '&' || c == '|' || c == '<' || c == '>'), c == '&' && next == '^':
		if i+2 < len(l.src) && l.src[i+2] == '=' && next != '|' && !(c == '&' && next == '&') {
			l.add(op, opUpdate, i, i+3, false)
			return i + 3
		}
		l.add(op, opOther, i, i+2, false)
		return i + 2
	}
	l.add(op, c, i, i+1, false)
	return i + 1
}
