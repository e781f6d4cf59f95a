package caddy

import (
	"strings"

	"drydock/internal/finding"
)

type lexer struct {
	src string
	pos int
}

// line reads the words up to the end of a line, or up to a brace that opens or
// closes a block; end is the offset behind it.
func (l *lexer) line() (words []Text, opens, closes bool, end int) {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '\n':
			l.pos++
			if len(words) > 0 {
				return words, false, false, l.pos - 1
			}
		case c == ' ' || c == '\t' || c == '\r':
			l.pos++
		case c == '\\' && (strings.HasPrefix(l.src[l.pos+1:], "\n") || strings.HasPrefix(l.src[l.pos+1:], "\r\n")):
			l.pos += 1 + strings.IndexByte(l.src[l.pos+1:], '\n') + 1
		case c == '#':
			l.pos = l.lineEnd(l.pos)
		case c == '{' && l.alone():
			l.pos++
			return words, true, false, l.pos
		case c == '}' && len(words) == 0:
			l.pos++
			return nil, false, true, l.pos
		case c == '}' && l.alone(): // of the line's own block: { a b }
			return words, false, false, l.pos
		default:
			words = append(words, l.word())
		}
	}
	return words, false, false, l.pos
}

// alone says whether the brace at the position is a word of its own.
func (l *lexer) alone() bool {
	return l.pos+1 >= len(l.src) || strings.IndexByte(" \t\r\n", l.src[l.pos+1]) >= 0
}

func (l *lexer) lineEnd(i int) int {
	if n := strings.IndexByte(l.src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(l.src)
}

func (l *lexer) word() Text {
	start := l.pos
	switch c := l.src[start]; c {
	case '"', '`':
		i := start + 1
		for i < len(l.src) && l.src[i] != c {
			if c == '"' && l.src[i] == '\\' {
				i++
			}
			i++
		}
		l.pos = min(i+1, len(l.src))
		value := l.src[start+1 : min(i, len(l.src))]
		if c == '"' {
			value = strings.ReplaceAll(value, `\"`, `"`)
		}
		return Text{value, finding.Span{Start: start, End: l.pos}}
	case '<':
		if t, ok := l.heredoc(); ok {
			return t
		}
	}
	for l.pos < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.pos]) < 0 {
		l.pos++
	}
	return Text{l.src[start:l.pos], finding.Span{Start: start, End: l.pos}}
}

// heredoc reads <<NAME, lines, NAME.
func (l *lexer) heredoc() (Text, bool) {
	start := l.pos
	end := l.lineEnd(start)
	name, ok := strings.CutPrefix(strings.TrimRight(l.src[start:end], "\r"), "<<")
	if !ok || name == "" || strings.ContainsAny(name, " \t<") {
		return Text{}, false
	}
	for i := min(end+1, len(l.src)); i < len(l.src); {
		stop := l.lineEnd(i)
		line := l.src[i:stop]
		if trimmed := strings.TrimLeft(line, " \t"); strings.HasPrefix(trimmed, name) {
			l.pos = i + len(line) - len(trimmed) + len(name)
			return Text{l.src[end+1 : i], finding.Span{Start: start, End: l.pos}}, true
		}
		i = stop + 1
	}
	return Text{}, false
}
