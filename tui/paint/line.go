package paint

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"drydock/internal/inert"
	"drydock/themes"
)

// Line is one row under construction: styled segments, left to right. All text
// passes through inert.Line on its way in.
type Line struct {
	kit      *Kit
	segments []segment
	width    int
}

type segment struct {
	text  string
	style themes.Style
	width int
}

// longest is how many bytes of a segment are looked at: no terminal is wider,
// and a minified line must not be measured to its end.
const longest = 2048

// Line starts an empty line.
func (k *Kit) Line() *Line { return &Line{kit: k} }

// Add appends text in a style.
func (l *Line) Add(style themes.Style, text string) *Line {
	if len(text) > longest {
		cut := longest
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	if l.kit.ASCII {
		text = inert.ASCII(text)
	} else {
		text = inert.Line(text)
	}
	if text == "" {
		return l
	}
	w := Width(text)
	l.segments = append(l.segments, segment{text, style, w})
	l.width += w
	return l
}

// Text, Muted and the like append text in one of the kit's styles.
func (l *Line) Text(text string) *Line   { return l.Add(l.kit.Text, text) }
func (l *Line) Muted(text string) *Line  { return l.Add(l.kit.Muted, text) }
func (l *Line) Faint(text string) *Line  { return l.Add(l.kit.Faint, text) }
func (l *Line) Accent(text string) *Line { return l.Add(l.kit.Accent, text) }
func (l *Line) Title(text string) *Line  { return l.Add(l.kit.Title, text) }

// Space appends n blanks.
func (l *Line) Space(n int) *Line { return l.Add(themes.Style{}, strings.Repeat(" ", max(0, n))) }

// To appends blanks up to column n, at least one.
func (l *Line) To(n int) *Line { return l.Space(max(1, n-l.width)) }

// Cell appends text cut or padded to exactly n columns.
func (l *Line) Cell(style themes.Style, n int, text string) *Line {
	if n <= 0 {
		return l
	}
	return l.Column(l.kit.Line().Add(style, text), n)
}

// Column appends another line cut or padded to exactly n columns.
func (l *Line) Column(cell *Line, n int) *Line {
	cell.fit(n)
	return l.Append(cell).Space(n - cell.width)
}

// Right appends text that ends at column n.
func (l *Line) Right(style themes.Style, n int, text string) *Line {
	return l.Space(n-l.width-Width(text)).Add(style, text)
}

// Append appends another line's segments.
func (l *Line) Append(other *Line) *Line {
	l.segments = append(l.segments, other.segments...)
	l.width += other.width
	return l
}

// Width is the number of columns the line takes.
func (l *Line) Width() int { return l.width }

// fit cuts the line to at most width columns, with an ellipsis when it was longer.
func (l *Line) fit(width int) {
	if l.width <= width {
		return
	}
	width = max(0, width)
	mark := l.kit.Ellipsis
	room := width - Width(mark)
	kept, used := l.segments[:0:0], 0
	for _, s := range l.segments {
		if used+s.width <= room {
			kept = append(kept, s)
			used += s.width
			continue
		}
		s.text = ansi.Truncate(s.text, max(0, room-used), "")
		s.width = Width(s.text)
		if width >= Width(mark) {
			s.text, s.width = s.text+mark, s.width+Width(mark)
		}
		kept = append(kept, s)
		used += s.width
		break
	}
	l.segments, l.width = kept, used
}

// Render is the line in exactly width columns, on a base style.
func (l *Line) Render(width int, base themes.Style) string {
	l.fit(width)
	var b strings.Builder
	for _, s := range l.segments {
		b.WriteString(l.kit.ink(s.style.Over(base), s.text))
	}
	if gap := width - l.width; gap > 0 {
		b.WriteString(l.kit.ink(base, strings.Repeat(" ", gap)))
	}
	return b.String()
}

// Fit is the line in exactly width columns.
func (l *Line) Fit(width int) string { return l.Render(width, themes.Style{}) }

// Spread is left and right at the two ends of width columns; left gives way.
func Spread(left, right *Line, width int, base themes.Style) string {
	if right.width > 0 && right.width+4 > width {
		return left.Render(width, base)
	}
	room := width - right.width
	if right.width > 0 {
		left.fit(room - 1)
	} else {
		left.fit(room)
	}
	return left.Render(room, base) + right.Render(right.width, base)
}

// Width is the number of columns that inert text takes.
func Width(text string) int {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return ansi.StringWidth(text)
		}
	}
	return len(text)
}

// Cut splits inert text after at most width columns.
func Cut(text string, width int) (head, rest string) {
	head = ansi.Truncate(text, width, "")
	return head, text[len(head):]
}

// Wrap breaks text into lines of at most width columns, at spaces where there
// are any. Line feeds in text break too.
func Wrap(text string, width int) []string {
	width = max(1, width)
	var out []string
	for _, paragraph := range strings.Split(inert.Text(text), "\n") {
		out = append(out, strings.Split(ansi.Wrap(paragraph, width, ""), "\n")...)
	}
	return out
}
