package patch

import (
	"bytes"
	"fmt"

	"github.com/aymanbagabas/go-udiff"

	"drydock/internal/finding"
)

// ContextLines is how many unchanged lines surround a hunk.
const ContextLines = 3

// The kinds of lines in a hunk, as a unified diff writes them.
const (
	Same    byte = ' '
	Added   byte = '+'
	Removed byte = '-'
)

// Line is one line of a hunk. Text has no line feed; a carriage return before it
// is part of the text. It is the file's raw text: escape it before showing it.
type Line struct {
	Kind  byte // Same, Added or Removed
	Text  string
	NoEOL bool // the file ends here without a line feed
}

// Hunk is a run of changed lines with their context. Line numbers are 1-based;
// when a side has no lines, its start is the number of the line before.
type Hunk struct {
	Path     string
	OldStart int
	OldLines int
	NewStart int
	NewLines int
	Lines    []Line

	edits []Edit // what the hunk does to the old bytes, whole lines
}

// Hunks is what leads from before to after, in the order of the file.
func Hunks(path string, before, after []byte) []Hunk {
	return hunks(path, before, after, ContextLines)
}

// Between is the edits, on whole lines, that lead from before to after.
func Between(before, after []byte) []Edit {
	if bytes.Equal(before, after) {
		return nil
	}
	var edits []Edit
	for _, e := range udiff.Lines(string(before), string(after)) {
		edits = append(edits, Edit{Span: finding.Span{Start: e.Start, End: e.End}, New: []byte(e.New)})
	}
	return edits
}

// lineEdit is an edit with the lines it covers: old [from,to), new [newFrom,newTo).
type lineEdit struct {
	edit                     Edit
	from, to, newFrom, newTo int
}

func lineEdits(before, after []byte) []lineEdit {
	var out []lineEdit
	at, line, newLine := 0, 0, 0
	for _, e := range Between(before, after) {
		gap := bytes.Count(before[at:e.Span.Start], []byte("\n"))
		line, newLine = line+gap, newLine+gap
		le := lineEdit{edit: e, from: line, newFrom: newLine}
		le.to = line + countLines(before[e.Span.Start:e.Span.End])
		le.newTo = newLine + countLines(e.New)
		at, line, newLine = e.Span.End, le.to, le.newTo
		out = append(out, le)
	}
	return out
}

func hunks(path string, before, after []byte, context int) []Hunk {
	edits := lineEdits(before, after)
	old, neu := splitLines(before), splitLines(after)
	var out []Hunk
	for len(edits) > 0 {
		n := 1
		for n < len(edits) && edits[n].from-edits[n-1].to <= 2*context {
			n++
		}
		out = append(out, buildHunk(path, edits[:n], old, neu, context))
		edits = edits[n:]
	}
	return out
}

func buildHunk(path string, edits []lineEdit, old, neu []Line, context int) Hunk {
	first, last := edits[0], edits[len(edits)-1]
	start := max(0, first.from-context)
	end := min(len(old), last.to+context)
	h := Hunk{
		Path:     path,
		OldLines: end - start,
		NewLines: (end - last.to) + last.newTo - (first.newFrom - (first.from - start)),
	}
	h.OldStart = firstLine(start, h.OldLines)
	h.NewStart = firstLine(first.newFrom-(first.from-start), h.NewLines)
	at := start
	for _, e := range edits {
		h.add(Same, old[at:e.from])
		h.add(Removed, old[e.from:e.to])
		h.add(Added, neu[e.newFrom:e.newTo])
		h.edits = append(h.edits, e.edit)
		at = e.to
	}
	h.add(Same, old[at:end])
	return h
}

// firstLine turns a 0-based line into what a hunk's header says.
func firstLine(zeroBased, count int) int {
	if count == 0 {
		return zeroBased
	}
	return zeroBased + 1
}

func (h *Hunk) add(kind byte, lines []Line) {
	for _, l := range lines {
		l.Kind = kind
		h.Lines = append(h.Lines, l)
	}
}

// Header is the hunk's "@@" line without a line feed.
func (h Hunk) Header() string {
	return fmt.Sprintf("@@ -%s +%s @@", rangeText(h.OldStart, h.OldLines), rangeText(h.NewStart, h.NewLines))
}

func rangeText(start, count int) string {
	if count == 1 {
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

func countLines(b []byte) int {
	n := bytes.Count(b, []byte("\n"))
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return n
}

func splitLines(b []byte) []Line {
	var lines []Line
	for len(b) > 0 {
		text, rest, found := bytes.Cut(b, []byte("\n"))
		lines = append(lines, Line{Text: string(text), NoEOL: !found})
		b = rest
	}
	return lines
}
