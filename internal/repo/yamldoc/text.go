package yamldoc

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"drydock/internal/finding"
)

// text is a file's bytes and where its lines begin.
type text struct {
	src    []byte
	starts []int // offset of the first byte of each line, byte order mark skipped

	// The rune column that was looked up last, so that a long line is walked
	// once and not once per node. Used while parsing only.
	line, column, offset int
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func newText(src []byte) *text {
	t := &text{src: src, line: -1}
	first := 0
	if bytes.HasPrefix(src, byteOrderMark) {
		first = len(byteOrderMark)
	}
	t.starts = append(t.starts, first)
	for i := first; i < len(src); {
		if w := lineBreak(src, i); w > 0 {
			i += w
			t.starts = append(t.starts, i)
			continue
		}
		i++
	}
	return t
}

// lineBreak is the length of the line break at src[i], 0 when there is none.
// YAML 1.1 also breaks lines at NEL, LS and PS, and yaml.v3 counts those.
func lineBreak(src []byte, i int) int {
	switch src[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(src) && src[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xC2:
		if i+1 < len(src) && src[i+1] == 0x85 {
			return 2
		}
	case 0xE2:
		if i+2 < len(src) && src[i+1] == 0x80 && (src[i+2] == 0xA8 || src[i+2] == 0xA9) {
			return 3
		}
	}
	return 0
}

// offsetOf is the byte offset of yaml.v3's 1-based line and rune column.
func (t *text) offsetOf(line, column int) int {
	line, column = line-1, column-1
	if line < 0 || column < 0 {
		return 0
	}
	if line >= len(t.starts) {
		return len(t.src)
	}
	if line != t.line || column < t.column {
		t.line, t.column, t.offset = line, 0, t.starts[line]
	}
	for t.column < column && t.offset < len(t.src) {
		_, w := utf8.DecodeRune(t.src[t.offset:])
		t.offset += w
		t.column++
	}
	return t.offset
}

// lineIndex is the 0-based line that the offset lies on.
func (t *text) lineIndex(offset int) int {
	return max(0, sort.SearchInts(t.starts, offset+1)-1)
}

// lineStart is the offset of the first byte of the line the offset lies on.
func (t *text) lineStart(offset int) int { return min(t.starts[t.lineIndex(offset)], max(offset, 0)) }

func (t *text) position(offset int) (line, column int) {
	i := t.lineIndex(offset)
	return i + 1, max(0, offset-t.starts[i]) + 1
}

func (t *text) wholeLines(s finding.Span) finding.Span {
	last := t.lineIndex(max(s.Start, s.End-1))
	end := len(t.src)
	if last+1 < len(t.starts) {
		end = t.starts[last+1]
	}
	return finding.Span{Start: t.lineStart(s.Start), End: end}
}

// skipBlank is the offset of the first byte at or after i that is neither
// blank, nor a line break, nor part of a comment. It must start between two
// tokens: inside a plain scalar a # may be text.
func (t *text) skipBlank(i int) int {
	for i < len(t.src) {
		c := t.src[i]
		if c == ' ' || c == '\t' {
			i++
		} else if w := lineBreak(t.src, i); w > 0 {
			i += w
		} else if c == '#' {
			i = t.lineEnd(i)
		} else {
			break
		}
	}
	return i
}

// lineEnd is the offset of the line break that ends the line of i.
func (t *text) lineEnd(i int) int {
	for i < len(t.src) && lineBreak(t.src, i) == 0 {
		i++
	}
	return i
}
