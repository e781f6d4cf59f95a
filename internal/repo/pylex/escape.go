package pylex

import (
	"strconv"
	"strings"
)

// unquote is the value of the string at token i, without prefix and quotes and
// with its simple escapes resolved.
func (f *File) unquote(i int) string {
	text := f.text(i)
	raw := false
	for len(text) > 0 && text[0] != '"' && text[0] != '\'' {
		raw = raw || text[0]|0x20 == 'r'
		text = text[1:]
	}
	if text == "" {
		return ""
	}
	marks := text[:1]
	if triple := strings.Repeat(marks, 3); strings.HasPrefix(text, triple) {
		marks = triple
	}
	body := strings.TrimSuffix(text[len(marks):], marks)
	if raw || strings.IndexByte(body, '\\') < 0 {
		return body
	}
	return unescape(body)
}

// unescape resolves the escapes of a string's body; those it does not know
// stay as written, as in Python.
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

// escape writes what the escape at the start of s stands for and returns how
// many bytes the escape has.
func escape(b *strings.Builder, s string) int {
	switch c := s[1]; c {
	case '\\', '\'', '"':
		b.WriteByte(c)
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return octal(b, s)
	case '\n':
	case '\r':
		if len(s) > 2 && s[2] == '\n' {
			return 3
		}
	case 'x':
		return codePoint(b, s, 4)
	case 'u':
		return codePoint(b, s, 6)
	case 'U':
		return codePoint(b, s, 10)
	default:
		b.WriteString(s[:2])
	}
	return 2
}

// codePoint writes the character whose hexadecimal number is s[2:to].
func codePoint(b *strings.Builder, s string, to int) int {
	if to <= len(s) {
		if n, err := strconv.ParseUint(s[2:to], 16, 32); err == nil {
			b.WriteRune(rune(n))
			return to
		}
	}
	b.WriteString(s[:2])
	return 2
}

// octal writes the character whose one to three octal digits begin at s[1].
func octal(b *strings.Builder, s string) int {
	i, n := 1, 0
	for i < len(s) && i < 4 && s[i] >= '0' && s[i] <= '7' {
		n = n*8 + int(s[i]-'0')
		i++
	}
	b.WriteRune(rune(n))
	return i
}
