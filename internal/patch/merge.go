package patch

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"drydock/internal/finding"
)

// ConflictError says why two sets cannot be one.
type ConflictError struct {
	Path   string
	A, B   finding.Span // the bytes both want; zero when the whole files clash
	Reason string
}

// Error names the path, the spans and the way out.
func (e *ConflictError) Error() string {
	if e.A == (finding.Span{}) && e.B == (finding.Span{}) {
		return fmt.Sprintf("%s: %s: apply one fix first, then plan the other", QuotePath(e.Path), e.Reason)
	}
	return fmt.Sprintf("%s: %s (bytes %s and %s): apply one fix first, then plan the other",
		QuotePath(e.Path), e.Reason, spanText(e.A), spanText(e.B))
}

// Merge is one set that does what a and b do, sorted. What both do alike is done
// once. Where both insert at the same place, a's text comes first. Changes that
// exclude each other are a *ConflictError; a set invalid by itself fails too.
func Merge(a, b Set) (Set, error) {
	for _, s := range []Set{a, b} {
		if err := s.Validate(); err != nil {
			return Set{}, err
		}
	}
	out := a.Sorted()
	out.Title = joinTexts(a.Title, b.Title)
	at := make(map[string]int, len(out.Changes))
	for i, c := range out.Changes {
		at[c.Path] = i
	}
	for _, c := range b.Sorted().Changes {
		i, both := at[c.Path]
		if !both {
			out.Changes = append(out.Changes, c)
			continue
		}
		merged, err := mergeChanges(out.Changes[i], c)
		if err != nil {
			return Set{}, err
		}
		out.Changes[i] = merged
	}
	out = out.Sorted()
	if err := out.Validate(); err != nil {
		return Set{}, err
	}
	return out, nil
}

func mergeChanges(a, b Change) (Change, error) {
	conflict := func(reason string) (Change, error) {
		return Change{}, &ConflictError{Path: a.Path, Reason: reason}
	}
	switch {
	case a.Op != b.Op:
		return conflict(fmt.Sprintf("one fix would %v it, another %v it", a.Op, b.Op))
	case a.HasBase && b.HasBase && a.Base != b.Base:
		return conflict("the fixes were planned on different versions of it")
	case a.BaseMode != 0 && b.BaseMode != 0 && a.BaseMode != b.BaseMode:
		return conflict("the fixes were planned on different modes of it")
	case a.Mode != 0 && b.Mode != 0 && a.Mode != b.Mode:
		return conflict(fmt.Sprintf("the fixes want the modes %v and %v", a.Mode, b.Mode))
	case a.Op == Create && !bytes.Equal(a.Content, b.Content):
		return conflict("the fixes create it with different content")
	}
	edits, err := mergeEdits(a.Path, a.Edits, b.Edits)
	if err != nil {
		return Change{}, err
	}
	out := a
	out.Edits = edits
	if !out.HasBase {
		out.Base, out.HasBase = b.Base, b.HasBase
	}
	out.BaseMode |= b.BaseMode
	out.Mode |= b.Mode
	out.Secret = a.Secret || b.Secret
	out.Note = joinTexts(a.Note, b.Note)
	return out, nil
}

func mergeEdits(path string, a, b []Edit) ([]Edit, error) {
	out := slices.Clone(a)
	left := slices.Clone(a)
	for _, e := range b {
		if i := slices.IndexFunc(left, func(o Edit) bool { return sameEdit(o, e) }); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		for _, o := range a {
			if overlap(o.Span, e.Span) {
				return nil, &ConflictError{Path: path, A: o.Span, B: e.Span, Reason: "two fixes change the same place"}
			}
		}
		out = append(out, e)
	}
	return sortEdits(out), nil
}

// overlap says whether two edits cannot both be made. Touching is allowed: the
// position of each text is then still certain.
func overlap(a, b finding.Span) bool {
	return a.Start < b.End && b.Start < a.End
}

func joinTexts(a, b string) string {
	if b == "" || strings.Contains("; "+a+"; ", "; "+b+"; ") {
		return a
	}
	if a == "" {
		return b
	}
	return a + "; " + b
}
