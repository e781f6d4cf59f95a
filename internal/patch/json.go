package patch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"drydock/internal/finding"
)

// JSONString is value as a JSON string literal, with nothing escaped that need
// not be.
func JSONString(value string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// JSONRemove is the edits that take the object member or array item at span out
// of a JSON or JSONC file, with the comma that belongs to it, its line when it
// has lines of its own, and a comment that trails it on its last line. Other
// comments stay. It fails when span is not a whole member.
func JSONRemove(content []byte, span finding.Span) ([]Edit, error) {
	span = trimSpan(content, span)
	before, after, err := jsonAround(content, span)
	if err != nil {
		return nil, err
	}
	var edits []Edit
	end := span.End
	switch {
	case after.kind == ',':
		end = after.span.End
	case before.kind == ',':
		edits = append(edits, Edit{Span: before.span})
	}
	return append(edits, Edit{Span: wholeLines(content, finding.Span{Start: span.Start, End: end}, after.kind == ',')}), nil
}

// wholeLines widens what is removed to its lines when nothing else stands on
// them, else to the white space on one side of it.
func wholeLines(content []byte, span finding.Span, comma bool) finding.Span {
	start := LineStart(content, span.Start)
	rest := strings.TrimSpace(string(content[span.End:LineEnd(content, span.End)]))
	alone := len(strings.TrimSpace(string(content[start:span.Start]))) == 0
	if alone && (rest == "" || wholeComment(rest)) && nextLine(content, span.End) > LineEnd(content, span.End) {
		return finding.Span{Start: start, End: nextLine(content, span.End)}
	}
	if comma {
		for span.End < len(content) && (content[span.End] == ' ' || content[span.End] == '\t') {
			span.End++
		}
		return span
	}
	for span.Start > 0 && (content[span.Start-1] == ' ' || content[span.Start-1] == '\t') {
		span.Start--
	}
	return span
}

// wholeComment says whether text, the rest of a line, is one comment.
func wholeComment(text string) bool {
	if strings.HasPrefix(text, "//") {
		return true
	}
	return strings.HasPrefix(text, "/*") && strings.Index(text, "*/") == len(text)-2
}

// JSONInsert is the edits that add the member key with the literal raw as the
// last of the object at span (from "{" to "}"), on a line of its own where the
// object has lines, indented like its other members.
func JSONInsert(content []byte, span finding.Span, key, raw string) ([]Edit, error) {
	span = trimSpan(content, span)
	if span.Len() < 2 || content[span.Start] != '{' || content[span.End-1] != '}' {
		return nil, errors.New("not a JSON object")
	}
	member := JSONString(key) + ": " + raw
	tokens := jsonTokens(content, span.Start, span.End)
	last := tokens[len(tokens)-2]
	empty := len(tokens) == 2
	lines := bytes.IndexByte(content[span.Start:tokens[1].span.Start], '\n') >= 0
	indent := memberIndent(content, tokens[1].span.Start)
	if empty {
		indent += jsonUnit(content) // that of the closing brace so far
	}
	insert := func(at int, text string) Edit {
		return Edit{Span: finding.Span{Start: at, End: at}, New: []byte(text)}
	}
	var edits []Edit
	switch {
	case last.kind == ',':
		member += "," // the file's style is a comma after the last member too
	case !empty:
		edits = append(edits, insert(last.span.End, ","))
	}
	switch {
	case lines:
		member = EOL(content, span.End) + indent + member
	case !empty:
		member = " " + member
	}
	return append(edits, insert(afterComment(content, last.span.End, lines), member)), nil
}

// afterComment is where the line after the one at offset may start: behind the
// comment that ends it, when there is one.
func afterComment(content []byte, offset int, lines bool) int {
	end := LineEnd(content, offset)
	rest := strings.TrimSpace(string(content[offset:end]))
	if lines && wholeComment(rest) {
		return end
	}
	return offset
}

func memberIndent(content []byte, at int) string {
	return indentOf(content, LineStart(content, at))
}

// jsonUnit is what the file indents by: the indentation of its first indented
// line, or two spaces.
func jsonUnit(content []byte) string {
	for line := range strings.Lines(string(content)) {
		if indent := indentOf([]byte(line), 0); indent != "" && strings.TrimSpace(line) != "" {
			return indent
		}
	}
	return "  "
}

// jsonToken is a punctuation byte, or a string or bare word (kind 's').
type jsonToken struct {
	kind byte
	span finding.Span
}

// jsonTokens splits content[from:to], comments left out. Bytes that belong to no
// token are skipped: whether it is JSON is the parser's question.
func jsonTokens(content []byte, from, to int) []jsonToken {
	var out []jsonToken
	for i := from; i < to; {
		start := i
		switch c := content[i]; {
		case strings.IndexByte("{}[],:", c) >= 0:
			i++
			out = append(out, jsonToken{c, finding.Span{Start: start, End: i}})
		case c == '"':
			i = jsonStringEnd(content, i, to)
			out = append(out, jsonToken{'s', finding.Span{Start: start, End: i}})
		case c == '/' && i+1 < to && content[i+1] == '/':
			i = min(to, LineEnd(content, i))
		case c == '/' && i+1 < to && content[i+1] == '*':
			if n := bytes.Index(content[i+2:to], []byte("*/")); n >= 0 {
				i += n + 4
			} else {
				i = to
			}
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		default:
			for i < to && strings.IndexByte(" \t\r\n{}[],:\"/", content[i]) < 0 {
				i++
			}
			i = max(i, start+1)
			out = append(out, jsonToken{'s', finding.Span{Start: start, End: i}})
		}
	}
	return out
}

func jsonStringEnd(content []byte, i, to int) int {
	for i++; i < to; i++ {
		switch content[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return to
}

// jsonAround is the tokens before and after the member at span.
func jsonAround(content []byte, span finding.Span) (before, after jsonToken, err error) {
	from := 0
	if bytes.HasPrefix(content, []byte(bom)) {
		from = len(bom)
	}
	starts, ends := false, false
	for _, t := range jsonTokens(content, from, len(content)) {
		switch {
		case t.span.End <= span.Start:
			before = t
		case t.span.Start == span.Start:
			starts = true
		case t.span.Start >= span.End && after.kind == 0:
			after = t
		}
		ends = ends || t.span.End == span.End
	}
	if !starts || !ends || strings.IndexByte("{[,", before.kind) < 0 || strings.IndexByte("}],", after.kind) < 0 {
		return before, after, fmt.Errorf("bytes %s are not a whole JSON member", spanText(span))
	}
	return before, after, nil
}
