// Package helm reads Helm charts: their metadata, and their templates as far as
// they can be read without rendering. A template's actions are blanked out byte by
// byte, so that what stands around them is YAML whose spans are those of the file,
// and what the actions would put in is looked up in the chart's own values where
// that is plain. Nothing is executed, and what cannot be told is marked so.
package helm

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// Limits on what is read of one template.
const (
	maxActions = 20_000 // actions; what follows is left as it stands
	maxBroken  = 200    // brackets that open and do not close, likewise
	maxNesting = 100    // blocks within blocks
)

// actionKind says what an action does to the text.
type actionKind int

const (
	inline  actionKind = iota // puts a text into a line
	insert                    // puts whole lines in
	control                   // if, else, end, range, with, an assignment
	comment
)

// action is one {{ … }}, or {% … %} in the templates of other engines.
type action struct {
	span   finding.Span
	expr   string // what it says, without brackets and dashes
	word   string // its first word
	kind   actionKind
	indent int // of the lines that an insert puts in
	region int // the block it stands in
}

// Templated says whether src holds actions of a template language.
func Templated(src []byte) bool {
	return bytes.Contains(src, []byte("{{")) || bytes.Contains(src, []byte("{%"))
}

// scan finds the actions of src in order.
func scan(src []byte) []action {
	var out []action
	broken := 0
	for i := 0; i+1 < len(src) && len(out) < maxActions && broken < maxBroken; {
		open := bytes.IndexByte(src[i:], '{')
		if open < 0 || i+open+1 >= len(src) {
			break
		}
		i += open
		if src[i+1] != '{' && src[i+1] != '%' {
			i++
			continue
		}
		a, end := scanOne(src, i)
		if end < 0 {
			i += 2
			broken++
			continue
		}
		out = append(out, a)
		i = end
	}
	for i := range out {
		out[i].classify(src)
	}
	return out
}

// maxAction bounds the bytes of one action, so that an opening bracket without an
// end costs little.
const maxAction = 16 << 10

func scanOne(src []byte, start int) (a action, end int) {
	closing := []byte("}}")
	if src[start+1] == '%' {
		closing = []byte("%}")
	}
	body := start + 2
	if body < len(src) && src[body] == '-' {
		body++
	}
	text := body
	for text < len(src) && (src[text] == ' ' || src[text] == '\t' || src[text] == '\n' || src[text] == '\r') {
		text++
	}
	limit := min(len(src), start+maxAction)
	if bytes.HasPrefix(src[text:], []byte("/*")) {
		n := bytes.Index(src[text:limit], []byte("*/"))
		if n < 0 {
			return action{}, -1
		}
		tail := bytes.Index(src[text+n:limit], closing)
		if tail < 0 {
			return action{}, -1
		}
		end = text + n + tail + 2
		return action{span: finding.Span{Start: start, End: end}, kind: comment, word: "/*"}, end
	}
	for i := body; i < limit; i++ {
		switch c := src[i]; {
		case c == '"' || c == '`' || c == '\'':
			if i = closeQuote(src[:limit], i); i < 0 {
				return action{}, -1
			}
		case c == closing[0] && i+1 < len(src) && src[i+1] == closing[1]:
			expr := strings.Join(strings.Fields(strings.TrimSuffix(string(src[body:i]), "-")), " ")
			word, _, _ := strings.Cut(expr, " ")
			return action{span: finding.Span{Start: start, End: i + 2}, expr: expr, word: word}, i + 2
		}
	}
	return action{}, -1
}

// closeQuote is the index of the quote that closes the one at i, -1 when none
// does. An apostrophe is a quote only around one character.
func closeQuote(src []byte, i int) int {
	quote := src[i]
	for j := i + 1; j < len(src); j++ {
		switch {
		case src[j] == '\\' && quote != '`':
			j++
		case src[j] == quote:
			return j
		case src[j] == '\n' && quote != '`':
			if quote == '\'' {
				return i
			}
			return -1
		}
	}
	if quote == '\'' {
		return i
	}
	return -1
}

var controls = map[string]bool{
	"if": true, "else": true, "end": true, "range": true, "with": true, "define": true, "block": true, "break": true, "continue": true,
	"elif": true, "endif": true, "for": true, "endfor": true, "set": true, "macro": true, "endmacro": true, "endset": true,
}

// classify decides what the action does from its words and from what stands around
// it on its line.
func (a *action) classify(src []byte) {
	if a.kind == comment {
		return
	}
	percent := src[a.span.Start+1] == '%'
	if percent || controls[a.word] || a.word == "fail" || isAssignment(a.expr) {
		a.kind = control
		return
	}
	lineStart := bytes.LastIndexByte(src[:a.span.Start], '\n') + 1
	before := src[lineStart:a.span.Start]
	alone := len(bytes.TrimLeft(before, " \t")) == 0 && blankAfter(src, a.span.End)
	a.indent = len(before)
	if n, ok := indentation(a.expr); ok {
		a.indent = n
		a.kind = insert
	} else if alone || strings.Contains(a.expr, "toYaml") {
		a.kind = insert
	}
}

// blankAfter says whether nothing but blanks and further actions stand between i
// and the end of the line.
func blankAfter(src []byte, i int) bool {
	for i < len(src) && src[i] != '\n' {
		switch {
		case src[i] == ' ' || src[i] == '\t' || src[i] == '\r':
			i++
		default:
			return false
		}
	}
	return true
}

// indentation is the number after the last indent or nindent of a pipeline.
func indentation(expr string) (n int, ok bool) {
	words := strings.Fields(strings.NewReplacer("|", " ", "(", " ", ")", " ").Replace(expr))
	for i, w := range words {
		if (w == "indent" || w == "nindent") && i+1 < len(words) {
			if v, err := parseSmall(words[i+1]); err {
				n, ok = v, true
			}
		}
	}
	return n, ok
}

func parseSmall(s string) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' || n > 1000 {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

// isAssignment says whether the action sets a variable: $x := …, $x = ….
func isAssignment(expr string) bool {
	if !strings.HasPrefix(expr, "$") {
		return false
	}
	name, rest, _ := strings.Cut(expr, " ")
	return len(name) > 1 && (strings.HasPrefix(rest, ":=") || strings.HasPrefix(rest, "= "))
}
