package paint

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"drydock/themes"
)

func kit(t testing.TB, ascii bool) *Kit {
	t.Helper()
	theme, err := themes.Find("dark")
	if err != nil {
		t.Fatal(err)
	}
	return NewKit(theme, ascii)
}

func TestLinesAreExactlyAsWideAsAsked(t *testing.T) {
	k := kit(t, false)
	rapid.Check(t, func(r *rapid.T) {
		l, right := k.Line(), k.Line()
		for range rapid.IntRange(0, 5).Draw(r, "segments") {
			l.Add(k.Accent, rapid.String().Draw(r, "text"))
			right.Add(k.Muted, rapid.StringN(0, 6, -1).Draw(r, "right"))
		}
		width := rapid.IntRange(0, 60).Draw(r, "width")
		if got := ansi.StringWidth(Spread(l, right, width, k.Selected)); got != width {
			r.Fatalf("Spread to %d is %d wide", width, got)
		}
		if got := ansi.StringWidth(l.Fit(width)); got != width {
			r.Fatalf("Fit to %d is %d wide", width, got)
		}
	})
}

func TestCutLinesSayThatTheyAreCut(t *testing.T) {
	k := kit(t, false)
	if got := ansi.Strip(k.Line().Text("docker-").Accent("compose.yml").Fit(10)); got != "docker-co…" {
		t.Errorf("got %q", got)
	}
	if got := ansi.Strip(kit(t, true).Line().Text("日本 compose.yml").Fit(8)); got != "?? comp~" {
		t.Errorf("got %q", got)
	}
}

func TestFramesAreExactlyAsLargeAsAsked(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k := kit(t, rapid.Bool().Draw(r, "ascii"))
		rect := Rect{W: rapid.IntRange(1, 90).Draw(r, "w"), H: rapid.IntRange(1, 40).Draw(r, "h")}
		in := rect.Inset()
		var lines []string
		for range rapid.IntRange(0, in.H).Draw(r, "lines") {
			lines = append(lines, k.Line().Text("x").Fit(in.W))
		}
		f := Frame{
			Title: k.Line().Title(rapid.StringN(0, 30, -1).Draw(r, "title")), Right: k.Line().Muted(rapid.StringN(0, 30, -1).Draw(r, "right")),
			Focused: rapid.Bool().Draw(r, "focused"), Scroll: Scroll{Top: rapid.IntRange(0, 90).Draw(r, "top"), Shown: in.H, Total: 99},
		}
		out := f.Render(k, rect, lines)
		if len(out) != rect.H {
			r.Fatalf("%d lines, want %d", len(out), rect.H)
		}
		for _, line := range out {
			if w := ansi.StringWidth(line); w != rect.W {
				r.Fatalf("%q is %d wide, want %d", ansi.Strip(line), w, rect.W)
			}
		}
	})
}

func TestListKeepsTheCursorInViewAndOffHeadings(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		heading := rapid.SliceOfN(rapid.Bool(), 1, 30).Draw(r, "headings")
		selectable := 0
		for _, h := range heading {
			if !h {
				selectable++
			}
		}
		height := rapid.IntRange(1, 12).Draw(r, "height")
		var l List
		l.Resize(len(heading), height, func(i int) bool { return heading[i] })
		for range rapid.IntRange(0, 20).Draw(r, "moves") {
			switch n := rapid.IntRange(-5, 5).Draw(r, "by"); rapid.IntRange(0, 4).Draw(r, "how") {
			case 0:
				l.Move(n)
			case 1:
				l.Page(n)
			case 2:
				l.Scroll(n)
			case 3:
				l.Home()
			case 4:
				l.End()
			}
			from, to := l.Window()
			if l.Cursor < from || l.Cursor >= to {
				r.Fatalf("cursor %d is outside [%d,%d)", l.Cursor, from, to)
			}
			if selectable > 0 && heading[l.Cursor] {
				r.Fatalf("cursor %d is on a heading", l.Cursor)
			}
		}
	})
}

func TestOverKeepsWhatStandsBeside(t *testing.T) {
	k := kit(t, false)
	base := []string{k.Line().Accent("aaaaaaaaaa").Fit(10), k.Line().Text("日本日本日").Fit(10)}
	out := Over(base, []string{"XX", "YY"}, 3, 0)
	if got := ansi.Strip(out[0]); got != "aaaXXaaaaa" {
		t.Errorf("got %q", got)
	}
	for _, line := range out {
		if w := ansi.StringWidth(line); w != 10 {
			t.Errorf("%q is %d wide", ansi.Strip(line), w)
		}
	}
}

func TestWrapFitsAndLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[a-z]{1,30}( [a-z]{1,30}){0,8}`).Draw(r, "text")
		width := rapid.IntRange(4, 40).Draw(r, "width")
		lines := Wrap(text, width)
		for _, l := range lines {
			if Width(l) > width {
				r.Fatalf("%q is wider than %d", l, width)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			r.Fatalf("%q became %q", text, lines)
		}
	})
}

func TestInkIsWhatLipglossDraws(t *testing.T) {
	k := kit(t, false)
	for _, s := range []themes.Style{{}, k.Text, k.Critical, k.Text.Over(k.Selected), {FG: "9", Reverse: true}} {
		for range 2 { // the second time from what was kept
			if got, want := k.ink(s, "日本 compose"), s.Lipgloss().Render("日本 compose"); got != want {
				t.Errorf("%+v gives %q, lipgloss %q", s, got, want)
			}
		}
	}
}
