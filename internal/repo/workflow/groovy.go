package workflow

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// groovy walks the tokens of a Groovy or Kotlin source: words, strings and single
// characters, comments left out. What is computed is not seen.
type groovy struct {
	src   []byte
	pos   int
	kind  groovyKind
	text  string       // the word, or what the string holds, or the character
	span  finding.Span // of the token, quotes included
	plain bool         // the string is spelled as it is meant
	last  groovyToken  // the token before
}

type groovyToken struct {
	kind groovyKind
	text string
}

type groovyKind int

const (
	groovyEnd groovyKind = iota
	groovyWord
	groovyString
	groovyMark
)

// next reads a token; false at the end.
func (g *groovy) next() bool {
	g.last = groovyToken{g.kind, g.text}
	for g.pos < len(g.src) {
		rest := g.src[g.pos:]
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			g.pos++
			if c == '\n' {
				g.set(groovyMark, "\n", g.pos-1)
				return true
			}
		case bytes.HasPrefix(rest, []byte("//")):
			g.pos += max(0, past(rest, "\n")-1)
			if g.pos >= len(g.src)-1 && !bytes.HasSuffix(rest, []byte("\n")) {
				g.pos = len(g.src)
			}
		case bytes.HasPrefix(rest, []byte("/*")):
			g.pos += 2 + past(rest[2:], "*/")
		case c == '"' || c == '\'':
			start := g.pos
			g.string()
			g.kind, g.span = groovyString, finding.Span{Start: start, End: g.pos}
			return true
		case c == '/' && g.beginsPattern():
			start, end := g.pos, bytes.IndexAny(rest[1:], "/\n")
			if end < 0 || rest[1+end] == '\n' {
				g.pos++
				g.set(groovyMark, "/", start)
				return true
			}
			g.pos += end + 2
			g.text, g.plain = string(rest[1:1+end]), true
			g.kind, g.span = groovyString, finding.Span{Start: start, End: g.pos}
			return true
		case isLetter(c):
			start := g.pos
			for g.pos < len(g.src) && (isLetter(g.src[g.pos]) || g.src[g.pos] >= '0' && g.src[g.pos] <= '9') {
				g.pos++
			}
			g.set(groovyWord, string(g.src[start:g.pos]), start)
			return true
		default:
			g.pos++
			g.set(groovyMark, string(rest[:1]), g.pos-1)
			return true
		}
	}
	g.set(groovyEnd, "", len(g.src))
	return false
}

func (g *groovy) set(kind groovyKind, text string, start int) {
	g.kind, g.text, g.plain, g.span = kind, text, false, finding.Span{Start: start, End: g.pos}
}

// beginsPattern says whether a slash opens a text rather than divides.
func (g *groovy) beginsPattern() bool {
	return g.kind == groovyMark && strings.Contains("(,=~[:?!&|{", g.text) && g.text != ""
}

func isLetter(c byte) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// past is the number of bytes up to and with the mark; all when it is missing.
func past(src []byte, mark string) int {
	if i := bytes.Index(src, []byte(mark)); i >= 0 {
		return i + len(mark)
	}
	return len(src)
}

// string reads the literal at pos, which ends at its line unless its quotes are
// tripled, and moves behind it.
func (g *groovy) string() {
	i := g.pos
	quote := string(g.src[i])
	if triple := strings.Repeat(quote, 3); bytes.HasPrefix(g.src[i:], []byte(triple)) {
		quote = triple
	}
	from := i + len(quote)
	escaped := false
	for end := from; end < len(g.src); end++ {
		closes := bytes.HasPrefix(g.src[end:], []byte(quote))
		switch {
		case g.src[end] == '\\':
			escaped = true
			end++
		case closes || len(quote) == 1 && g.src[end] == '\n':
			g.text, g.plain = unescape(string(g.src[from:end]), escaped), !escaped
			g.pos = end
			if closes {
				g.pos += len(quote)
			}
			return
		}
	}
	g.text, g.plain = string(g.src[min(from, len(g.src)):]), true
	g.pos = len(g.src)
}

// unescape drops the backslashes of a literal.
func unescape(s string, escaped bool) string {
	if !escaped {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '\n': // the line goes on: a shell reads it so too
			b.WriteString("\\\n")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

const maxArguments = 80 // tokens of a call that are looked at

// argument is a literal that a call is given, with the name before its colon.
type argument struct {
	name  string
	text  string
	span  finding.Span
	plain bool
	word  bool // no literal but a word: true
}

// arguments are the literals that follow the word which g stands at: in brackets
// or on its line. g does not move.
func (g groovy) arguments() []argument {
	var out []argument
	name, depth := "", 0
	for n := 0; n < maxArguments && g.next(); n++ {
		switch {
		case g.kind == groovyMark && (g.text == "(" || g.text == "["):
			depth++
		case g.kind == groovyMark && (g.text == ")" || g.text == "]"):
			if depth--; depth <= 0 {
				return out
			}
		case g.kind == groovyMark && (g.text == "{" || g.text == "}" || g.text == ";" || g.text == "=" && depth == 0):
			return out
		case g.kind == groovyMark && g.text == "\n":
			if depth == 0 && g.last.text != "," && (n > 0 || len(out) > 0) {
				return out
			}
			if depth == 0 && n == 0 {
				return out
			}
		case g.kind == groovyMark && g.text == ",":
			name = ""
		case g.kind == groovyWord && depth <= 1:
			if g.last.text == ":" && name != "" {
				out = append(out, argument{name: name, text: g.text, span: g.span, word: true})
				name = ""
			} else {
				name = g.text
			}
		case g.kind == groovyString && depth <= 1:
			if g.last.text != ":" {
				name = ""
			}
			if g.last.text == "+" && len(out) > 0 { // a text in parts
				out[len(out)-1].text += g.text
				out[len(out)-1].plain = false
				continue
			}
			out = append(out, argument{name, g.text, g.span, g.plain, false})
			name = ""
		}
	}
	return out
}

// given is the argument with one of the names; "" is for those without one.
func given(args []argument, names ...string) (argument, bool) {
	for _, name := range names {
		for _, a := range args {
			if a.name == name && !a.word {
				return a, true
			}
		}
	}
	return argument{}, false
}
