package nginx

import "bytes"

// skipLua moves behind the brace that ends a Lua block whose opening brace has just
// been read, and says where that brace stands. It is -1, and nothing is skipped,
// when the block does not end.
func (l *lexer) skipLua() int {
	depth := 1
	for i := l.i; i < len(l.src); i++ {
		switch c := l.src[i]; c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				l.line += bytes.Count(l.src[l.i:i], []byte("\n"))
				l.i = i + 1
				return i
			}
		case '"', '\'':
			i = l.luaString(i)
		case '[':
			if end := l.luaLong(i); end > 0 {
				i = end - 1
			}
		case '-':
			if i+1 < len(l.src) && l.src[i+1] == '-' {
				i = l.luaComment(i+2) - 1
			}
		}
	}
	return -1
}

// luaString is the offset of the quote that closes the string opened at i, or of
// the line's end.
func (l *lexer) luaString(i int) int {
	quote := l.src[i]
	for i++; i < len(l.src) && l.src[i] != quote && l.src[i] != '\n'; i++ {
		if l.src[i] == '\\' {
			i++
		}
	}
	return i
}

// luaComment is the offset behind a comment whose text starts at i.
func (l *lexer) luaComment(i int) int {
	if end := l.luaLong(i); end > 0 {
		return end
	}
	for i < len(l.src) && l.src[i] != '\n' {
		i++
	}
	return i
}

// luaLong is the offset behind the long string [[…]] or [=[…]=] at i; 0 when none
// starts there or it does not end.
func (l *lexer) luaLong(i int) int {
	if i >= len(l.src) || l.src[i] != '[' {
		return 0
	}
	j := i + 1
	for j < len(l.src) && l.src[j] == '=' {
		j++
	}
	level := j - i - 1
	if j >= len(l.src) || l.src[j] != '[' || level >= len(l.unclosed) || l.unclosed[level] {
		return 0
	}
	shut := append(append([]byte("]"), l.src[i+1:j]...), ']')
	n := bytes.Index(l.src[j:], shut)
	if n < 0 {
		l.unclosed[level] = true
		return 0
	}
	return j + n + len(shut)
}
