package tui

import (
	"drydock/internal/inert"
	"drydock/internal/patch"
	"drydock/remediation"
	"drydock/tui/paint"
)

// diffRow is one row: of a file, a hunk, or one or two lines of it.
type diffRow struct {
	kind  rowKind
	hunk  hunkID
	file  *remediation.FileDiff
	text  string
	left  *patch.Line // in split: removed or the same
	right *patch.Line // in split: added or the same; else the line
	old   int         // line numbers, 0 for none
	new   int
}

type rowKind int

const (
	fileRow rowKind = iota
	noteRow
	hunkRow
	lineRow
)

// fileRows are the rows of one file.
func fileRows(d *remediation.FileDiff, split bool, width int) []diffRow {
	out := []diffRow{{kind: fileRow, file: d, hunk: hunkID{d.Path, 0}}}
	if d.Note != "" {
		out = append(out, diffRow{kind: noteRow, text: d.Note, file: d, hunk: hunkID{d.Path, 0}})
	}
	for i, h := range d.Hunks {
		id := hunkID{d.Path, i}
		if d.Op != patch.Modify {
			id.hunk = 0
		}
		out = append(out, diffRow{kind: hunkRow, file: d, hunk: id, text: h.Header()})
		if split {
			out = append(out, wrapped(sides(d, id, h), halfOf(width))...)
		} else {
			out = append(out, wrapped(unified(d, id, h), width)...)
		}
	}
	return out
}

func unified(d *remediation.FileDiff, id hunkID, h patch.Hunk) []diffRow {
	var out []diffRow
	old, neu := h.OldStart, h.NewStart
	for i := range h.Lines {
		l := &h.Lines[i]
		row := diffRow{kind: lineRow, file: d, hunk: id, right: l}
		if l.Kind != patch.Added {
			row.old = old
			old++
		}
		if l.Kind != patch.Removed {
			row.new = neu
			neu++
		}
		out = append(out, row)
	}
	return out
}

// sides puts removed and added lines beside each other.
func sides(d *remediation.FileDiff, id hunkID, h patch.Hunk) []diffRow {
	var out []diffRow
	rows := unified(d, id, h)
	for i := 0; i < len(rows); {
		if rows[i].right.Kind == patch.Same {
			row := rows[i]
			row.left = row.right
			out = append(out, row)
			i++
			continue
		}
		var removed, added []diffRow
		for i < len(rows) && rows[i].right.Kind == patch.Removed {
			removed = append(removed, rows[i])
			i++
		}
		for i < len(rows) && rows[i].right.Kind == patch.Added {
			added = append(added, rows[i])
			i++
		}
		for j := range max(len(removed), len(added)) {
			row := diffRow{kind: lineRow, file: d, hunk: id}
			if j < len(removed) {
				row.left, row.old = removed[j].right, removed[j].old
			}
			if j < len(added) {
				row.right, row.new = added[j].right, added[j].new
			}
			out = append(out, row)
		}
	}
	return out
}

// numberWidth is what stands before a line's text: its number and its kind.
const numberWidth = 7

// noEnd marks a last line without a line feed.
const noEnd = " (no line end)"

// wrapped breaks lines that are wider than width: what is going to be written is
// shown whole.
func wrapped(rows []diffRow, width int) []diffRow {
	room := max(8, width-numberWidth)
	out := make([]diffRow, 0, len(rows))
	for _, r := range rows {
		left, right := chunks(r.left, room), chunks(r.right, room)
		for i := range max(len(left), len(right), 1) {
			part := r
			part.left, part.right = nil, nil
			if i > 0 {
				part.old, part.new = 0, 0
			}
			if i < len(left) {
				part.left = left[i]
			}
			if i < len(right) {
				part.right = right[i]
			}
			out = append(out, part)
		}
	}
	return out
}

// chunks is a line in pieces of at most width columns.
func chunks(l *patch.Line, width int) []*patch.Line {
	if l == nil {
		return nil
	}
	text := inert.Line(l.Text)
	full := width
	if l.NoEOL {
		full -= len(noEnd)
	}
	var out []*patch.Line
	for {
		// Only the beginning is measured: a minified line is long.
		start := text[:min(len(text), 16*width)]
		if len(start) == len(text) && paint.Width(text) <= full {
			break
		}
		head, _ := paint.Cut(start, width)
		if head == "" || len(head) == len(text) {
			break
		}
		out = append(out, &patch.Line{Kind: l.Kind, Text: head})
		text = text[len(head):]
	}
	return append(out, &patch.Line{Kind: l.Kind, Text: text, NoEOL: l.NoEOL})
}
