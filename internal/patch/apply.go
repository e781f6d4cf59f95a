package patch

import (
	"cmp"
	"fmt"
	"slices"

	"drydock/internal/finding"
)

// Apply is before with the edits made. Edits may come in any order; those that
// insert at the same place are made in the order given, before a replacement
// that starts there. Edits that overlap or leave the file are an error.
func Apply(before []byte, edits []Edit) ([]byte, error) {
	edits = sortEdits(edits)
	if err := checkEdits(edits); err != nil {
		return nil, err
	}
	size := len(before)
	for _, e := range edits {
		if e.Span.End > len(before) {
			return nil, fmt.Errorf("edit of bytes %s leaves the file of %d bytes", spanText(e.Span), len(before))
		}
		size += len(e.New) - e.Span.Len()
	}
	after := make([]byte, 0, size)
	at := 0
	for _, e := range edits {
		after = append(after, before[at:e.Span.Start]...)
		after = append(after, e.New...)
		at = e.Span.End
	}
	return append(after, before[at:]...), nil
}

// Invert is the edits that lead from the result of Apply(before, edits) back to
// before. It fails where Apply does.
func Invert(before []byte, edits []Edit) ([]Edit, error) {
	if _, err := Apply(before, edits); err != nil {
		return nil, err
	}
	back := make([]Edit, 0, len(edits))
	shift := 0
	for _, e := range sortEdits(edits) {
		start := e.Span.Start + shift
		back = append(back, Edit{
			Span: finding.Span{Start: start, End: start + len(e.New)},
			New:  slices.Clone(before[e.Span.Start:e.Span.End]),
		})
		shift += len(e.New) - e.Span.Len()
	}
	return joinTouching(back), nil
}

// joinTouching merges edits that meet, so that their order cannot matter.
func joinTouching(edits []Edit) []Edit {
	out := edits[:0]
	for _, e := range edits {
		if n := len(out); n > 0 && out[n-1].Span.End == e.Span.Start {
			out[n-1].Span.End = e.Span.End
			out[n-1].New = append(out[n-1].New, e.New...)
			continue
		}
		out = append(out, e)
	}
	return out
}

// sortEdits is a copy of edits ordered by position; insertions come before the
// replacement of the bytes that follow them.
func sortEdits(edits []Edit) []Edit {
	if edits == nil {
		return nil
	}
	out := slices.Clone(edits)
	slices.SortStableFunc(out, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	return out
}

// checkEdits refuses edits that no file could take.
func checkEdits(edits []Edit) error {
	sorted := sortEdits(edits)
	for i, e := range sorted {
		if e.Span.Start < 0 || e.Span.End < e.Span.Start {
			return fmt.Errorf("edit of bytes %s is not a range", spanText(e.Span))
		}
		if i > 0 && e.Span.Start < sorted[i-1].Span.End {
			return fmt.Errorf("edits of bytes %s and %s overlap", spanText(sorted[i-1].Span), spanText(e.Span))
		}
	}
	return nil
}

func spanText(s finding.Span) string { return fmt.Sprintf("%d-%d", s.Start, s.End) }
