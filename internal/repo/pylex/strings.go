package pylex

import "bytes"

// text reads a string whose prefix begins at start and whose quote is at i.
func (l *lexer) text(start, i int, formatted bool) {
	src := l.src
	quote := src[i]
	triple := i+2 < len(src) && src[i+1] == quote && src[i+2] == quote
	if triple {
		i += 3
	} else {
		i++
	}
	if formatted {
		l.pos = start
		l.literal(i, frame{at: start, class: 'f', quote: quote, triple: triple}, String, FStart)
		return
	}
	for i < len(src) {
		switch c := src[i]; {
		case c == '\\' && i+1 < len(src): // in a raw string, too, a quote after it does not close
			if src[i+1] == '\r' && i+2 < len(src) && src[i+2] == '\n' {
				i++
			}
			i += 2
			continue
		case c == quote && (!triple || bytes.HasPrefix(src[i+1:], []byte{quote, quote})):
			i++
			if triple {
				i += 2
			}
			l.code(String, start, i)
			return
		case c == '\n' && !triple:
			l.fail(start, "string is not closed on its line")
			l.code(String, start, i)
			return
		}
		i++
	}
	l.fail(start, "string is not closed")
	l.code(String, start, len(src))
}

// literal reads the text of an f-string from i on; the token begins at l.pos.
// It ends as whole at the closing quote or as open at a replacement field.
func (l *lexer) literal(i int, f frame, whole, open Kind) {
	src, start := l.src, l.pos
	for i < len(src) {
		switch c := src[i]; {
		case c == '\\' && bytes.HasPrefix(src[i:], []byte(`\N{`)): // a character by its name
			i += 3
			continue
		case c == '\\' && i+1 < len(src) && src[i+1] != '{' && src[i+1] != '}':
			i += 2
			continue
		case c == f.quote && (!f.triple || bytes.HasPrefix(src[i+1:], []byte{f.quote, f.quote})):
			i++
			if f.triple {
				i += 2
			}
			l.code(whole, start, i)
			return
		case c == '{' && !f.spec && i+1 < len(src) && src[i+1] == '{':
			i += 2
			continue
		case c == '{':
			l.code(open, start, i+1)
			l.stack = append(l.stack, f)
			return
		case c == '}' && f.spec:
			f.spec = false
		case c == '\n' && !f.triple:
			l.fail(f.at, "string is not closed on its line")
			l.code(whole, start, i)
			return
		}
		i++
	}
	l.fail(f.at, "string is not closed")
	l.code(whole, start, len(src))
}

// resume goes on with the text of an f-string where a replacement field ends:
// at its brace, its conversion (!r) or its format (:>10).
func (l *lexer) resume(start int, c byte) {
	n := len(l.stack) - 1
	f := l.stack[n]
	l.stack = l.stack[:n]
	l.pos = start
	if c != '}' {
		f.spec = true
	}
	l.literal(start+1, f, FEnd, FMiddle)
}
