package jslex

import (
	"strconv"
	"strings"
)

// unescape resolves the escapes of a string's body; those it cannot read stay
// as written.
func unescape(body string) string {
	var b strings.Builder
	b.Grow(len(body))
	for i := 0; i < len(body); {
		if body[i] != '\\' || i+1 >= len(body) {
			b.WriteByte(body[i])
			i++
			continue
		}
		i += escape(&b, body[i:])
	}
	return b.String()
}

// escape writes the character the escape at the start of s stands for and
// returns how many bytes the escape has.
func escape(b *strings.Builder, s string) int {
	switch c := s[1]; c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'v':
		b.WriteByte('\v')
	case '0':
		b.WriteByte(0)
	case '\n':
	case '\r':
		if len(s) > 2 && s[2] == '\n' {
			return 3
		}
	case 'x':
		return codePoint(b, s, 2, 4)
	case 'u':
		if len(s) > 2 && s[2] == '{' {
			if end := strings.IndexByte(s[:min(len(s), 12)], '}'); end > 3 {
				return codePoint(b, s, 3, end) + 1
			}
			b.WriteByte('u')
			return 2
		}
		return codePoint(b, s, 2, 6)
	default:
		b.WriteByte(c)
	}
	return 2
}

// codePoint writes the character whose hexadecimal number is s[from:to].
func codePoint(b *strings.Builder, s string, from, to int) int {
	if to <= len(s) {
		if n, err := strconv.ParseUint(s[from:to], 16, 32); err == nil {
			b.WriteRune(rune(n))
			return to
		}
	}
	b.WriteByte(s[1])
	return 2
}
