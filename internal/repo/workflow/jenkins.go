package workflow

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// jenkins finds the stages of a Jenkinsfile and the strings that sh and bat are
// given. It does not understand Groovy: what is computed is not seen.
func (p *Pipeline) jenkins(src []byte) {
	g := groovy{src: src}
	var stage *Job
	for g.next() {
		text, span, ok := g.argument()
		switch g.word {
		case "stage":
			if ok {
				p.Jobs = append(p.Jobs, Job{ID: text, IDSpan: span, Span: finding.Span{Start: g.start, End: span.End}})
				stage = &p.Jobs[len(p.Jobs)-1]
			}
		case "cron":
			if ok {
				p.Crons = append(p.Crons, Cron{text, span})
				p.Triggers = append(p.Triggers, Trigger{Event: "schedule", Span: span})
			}
		case "sh", "bat", "powershell", "pwsh":
			if !ok {
				continue
			}
			if stage == nil {
				p.Jobs = append(p.Jobs, Job{IDSpan: span, Span: span})
				stage = &p.Jobs[len(p.Jobs)-1]
			}
			whole := finding.Span{Start: g.start, End: span.End}
			stage.Steps = append(stage.Steps, Step{Run: text, Shell: g.word, RunSpan: span, Span: whole})
			stage.Span.End = max(stage.Span.End, span.End)
		}
	}
}

// groovy walks the words of a Groovy source outside strings and comments.
type groovy struct {
	src   []byte
	pos   int
	start int
	word  string
}

func (g *groovy) next() bool {
	for g.pos < len(g.src) {
		rest := g.src[g.pos:]
		switch c := rest[0]; {
		case bytes.HasPrefix(rest, []byte("//")):
			g.pos += past(rest, "\n")
		case bytes.HasPrefix(rest, []byte("/*")):
			g.pos += 2 + past(rest[2:], "*/")
		case c == '"' || c == '\'':
			_, _, g.pos = g.quoted(g.pos)
		case isLetter(c):
			g.start = g.pos
			for g.pos < len(g.src) && (isLetter(g.src[g.pos]) || g.src[g.pos] >= '0' && g.src[g.pos] <= '9') {
				g.pos++
			}
			g.word = string(g.src[g.start:g.pos])
			return true
		default:
			g.pos++
		}
	}
	return false
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

// argument is the string literal behind the word: sh 'x', sh("x"), sh(script: "x", …).
func (g *groovy) argument() (text string, span finding.Span, ok bool) {
	i := g.pos
	skip := func(set string) {
		for i < len(g.src) && strings.IndexByte(set, g.src[i]) >= 0 {
			i++
		}
	}
	skip(" \t")
	if i < len(g.src) && g.src[i] == '(' {
		i++
		skip(" \t\r\n")
	}
	if bytes.HasPrefix(g.src[i:], []byte("script:")) {
		i += len("script:")
		skip(" \t\r\n")
	}
	if i >= len(g.src) || g.src[i] != '"' && g.src[i] != '\'' {
		return "", finding.Span{}, false
	}
	text, span, _ = g.quoted(i)
	return text, span, true
}

// quoted reads the string literal at i, which ends at its line unless its quotes
// are tripled.
func (g *groovy) quoted(i int) (text string, span finding.Span, end int) {
	quote := string(g.src[i])
	if triple := strings.Repeat(quote, 3); bytes.HasPrefix(g.src[i:], []byte(triple)) {
		quote = triple
	}
	from := i + len(quote)
	for end = from; end < len(g.src); end++ {
		switch {
		case g.src[end] == '\\':
			end++
		case bytes.HasPrefix(g.src[end:], []byte(quote)):
			return string(g.src[from:end]), finding.Span{Start: i, End: end + len(quote)}, end + len(quote)
		case len(quote) == 1 && g.src[end] == '\n':
			return string(g.src[from:end]), finding.Span{Start: i, End: end}, end
		}
	}
	end = len(g.src)
	return string(g.src[min(from, end):]), finding.Span{Start: i, End: end}, end
}
