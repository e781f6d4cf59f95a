package patch

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// Replace is the edit that puts text in the place of span.
func Replace(span finding.Span, text string) Edit {
	return Edit{Span: span, New: []byte(text)}
}

// EOL is the line ending in use around offset: that of the line before it, else
// of the line at it, else of the first line, else "\n".
func EOL(content []byte, offset int) string {
	if end := bytes.LastIndexByte(content[:offset], '\n'); end >= 0 {
		return eolEndingAt(content, end)
	}
	if end := bytes.IndexByte(content, '\n'); end >= 0 {
		return eolEndingAt(content, end)
	}
	return "\n"
}

func eolEndingAt(content []byte, lf int) string {
	if lf > 0 && content[lf-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// LineStart is the offset of the first byte of the line that holds offset.
func LineStart(content []byte, offset int) int {
	return bytes.LastIndexByte(content[:offset], '\n') + 1
}

// LineEnd is the offset of the line ending of the line that holds offset, or the
// end of the file.
func LineEnd(content []byte, offset int) int {
	i := bytes.IndexByte(content[offset:], '\n')
	if i < 0 {
		return len(content)
	}
	if end := offset + i; end > 0 && content[end-1] == '\r' && end-1 >= offset {
		return end - 1
	}
	return offset + i
}

// nextLine is the offset after the line ending of the line that holds offset.
func nextLine(content []byte, offset int) int {
	i := bytes.IndexByte(content[offset:], '\n')
	if i < 0 {
		return len(content)
	}
	return offset + i + 1
}

// InsertAfter inserts whole lines after the line that holds offset, with that
// place's line ending. text is lines separated by "\n"; it needs no final one. A
// file without a final newline stays one.
func InsertAfter(content []byte, offset int, text string) Edit {
	next := nextLine(content, offset)
	return insertLines(content, next, text)
}

// InsertBefore inserts whole lines before the line that holds offset.
func InsertBefore(content []byte, offset int, text string) Edit {
	return insertLines(content, LineStart(content, offset), text)
}

// AppendLines inserts whole lines at the end of the file.
func AppendLines(content []byte, text string) Edit {
	return insertLines(content, len(content), text)
}

// insertLines inserts at a line's start, or at the end of the file.
func insertLines(content []byte, at int, text string) Edit {
	eol := EOL(content, at)
	text = strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", eol)
	if at > 0 && content[at-1] != '\n' && !onlyBOM(content[:at]) {
		text = eol + text
	} else {
		text += eol
	}
	return Edit{Span: finding.Span{Start: at, End: at}, New: []byte(text)}
}

func onlyBOM(b []byte) bool { return string(b) == bom }

const bom = "\ufeff"

// RemoveLines removes every line that span touches, with its line ending. When
// these are the last lines and the file has no final newline, the ending before
// them goes, so that the file still has none.
func RemoveLines(content []byte, span finding.Span) Edit {
	span = trimSpan(content, span)
	start, end := LineStart(content, span.Start), nextLine(content, max(span.Start, span.End-1))
	if end == len(content) && end > 0 && content[end-1] != '\n' && start > 0 {
		start -= len(eolEndingAt(content, start-1))
	}
	if start == 0 && bytes.HasPrefix(content, []byte(bom)) {
		start = len(bom)
	}
	return Edit{Span: finding.Span{Start: start, End: end}}
}

// trimSpan takes white space and line endings off the end of a span: parsers
// differ in whether a node owns the ending of its last line.
func trimSpan(content []byte, span finding.Span) finding.Span {
	for span.End > span.Start && strings.IndexByte(" \t\r\n", content[span.End-1]) >= 0 {
		span.End--
	}
	return span
}

// indentOf is the white space that starts the line at offset lineStart.
func indentOf(content []byte, lineStart int) string {
	end := lineStart
	for end < len(content) && (content[end] == ' ' || content[end] == '\t') {
		end++
	}
	return string(content[lineStart:end])
}

// indentLines puts indent before every line of text that is not empty.
func indentLines(text, indent string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = indent + l
		}
	}
	return strings.Join(lines, "\n")
}

// AddIgnore is the edit that makes an ignore file (.gitignore, .dockerignore)
// ignore pattern; ok is false when its last word on the pattern says so already.
func AddIgnore(content []byte, pattern string) (edit Edit, ok bool) {
	ignored := false
	for line := range strings.Lines(strings.TrimPrefix(string(content), bom)) {
		switch strings.TrimRight(line, " \r\n") {
		case pattern:
			ignored = true
		case "!" + pattern:
			ignored = false
		}
	}
	if ignored {
		return Edit{}, false
	}
	return AppendLines(content, pattern), true
}
