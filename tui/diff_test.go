package tui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"drydock/internal/inert"
	"drydock/internal/patch"
	"drydock/tui/paint"
)

func TestChunksLoseNothingAndFit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := &patch.Line{Kind: patch.Added, Text: rapid.String().Draw(r, "text"), NoEOL: rapid.Bool().Draw(r, "no end")}
		width := rapid.IntRange(20, 60).Draw(r, "width")
		var b strings.Builder
		parts := chunks(l, width)
		for i, part := range parts {
			b.WriteString(part.Text)
			last := i == len(parts)-1
			if paint.Width(part.Text) > width || part.Kind != l.Kind || part.NoEOL != (l.NoEOL && last) {
				r.Fatalf("part %d is %+v", i, part)
			}
		}
		if b.String() != inert.Line(l.Text) {
			r.Fatalf("%q became %q", l.Text, b.String())
		}
	})
	if n := len(chunks(&patch.Line{Text: strings.Repeat("x", 1<<20)}, 64)); n != 1<<14 {
		t.Errorf("a long line takes %d rows", n)
	}
}

func TestSidesStandBesideEachOther(t *testing.T) {
	h := patch.Hunks("a", []byte("one\ntwo\nthree\n"), []byte("one\n2\n2b\nthree\n"))[0]
	var got []string
	for _, r := range sides(nil, hunkID{}, h) {
		text := func(l *patch.Line) string {
			if l == nil {
				return "."
			}
			return l.Text
		}
		got = append(got, text(r.left)+"|"+text(r.right))
	}
	if want := "one|one two|2 .|2b three|three"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}
