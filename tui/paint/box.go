package paint

import (
	"strings"

	"drydock/themes"
)

// Rect is a rectangle of cells.
type Rect struct{ X, Y, W, H int }

// Contains says whether the cell at (x, y) lies in the rectangle.
func (r Rect) Contains(x, y int) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Inset is the rectangle inside a Frame's border.
func (r Rect) Inset() Rect {
	if Bare(r) {
		return Rect{r.X, r.Y + 1, r.W, max(0, r.H-1)}
	}
	return Rect{r.X + 2, r.Y + 1, max(0, r.W-4), max(0, r.H-2)}
}

// Bare says whether a rectangle is too small to spend cells on a border: it gets
// a title line alone.
func Bare(r Rect) bool { return r.H < 5 || r.W < 24 || r.W < 44 && r.H < 12 }

// Frame is a titled box.
type Frame struct {
	Title, Right *Line
	Focused      bool
	Scroll       Scroll
}

// Scroll says which part of a longer content a box shows.
type Scroll struct{ Top, Shown, Total int }

// Render draws the box around lines, exactly r.W by r.H. Lines must be as wide
// as r.Inset; missing ones are blank.
func (f Frame) Render(k *Kit, r Rect, lines []string) []string {
	if r.W <= 0 || r.H <= 0 {
		return nil
	}
	in := r.Inset()
	out := make([]string, 0, r.H)
	blank := strings.Repeat(" ", in.W)
	line := func(i int) string {
		if i < len(lines) {
			return lines[i]
		}
		return blank
	}
	if Bare(r) {
		out = append(out, f.top(k, r.W, "", "", k.Faint))
		for i := range in.H {
			out = append(out, line(i))
		}
		return out
	}
	edge := k.Faint
	if f.Focused {
		edge = k.Accent
	}
	side := k.ink(edge, k.Border.Left)
	out = append(out, f.top(k, r.W, k.Border.TopLeft, k.Border.TopRight, edge))
	from, to := f.Scroll.thumb(in.H)
	for i := range in.H {
		right := side
		if i >= from && i < to {
			right = k.ink(k.Accent, k.Thumb)
		}
		out = append(out, side+" "+line(i)+" "+right)
	}
	return append(out, k.ink(edge, k.Border.BottomLeft+strings.Repeat(k.Border.Bottom, r.W-2)+k.Border.BottomRight))
}

// top is the box's first line: corner, title, rule, what stands at the right.
func (f Frame) top(k *Kit, width int, left, right string, edge themes.Style) string {
	title := k.Line().Add(edge, left)
	if f.Title != nil && f.Title.Width() > 0 {
		if f.Focused {
			title.Add(k.Accent, " "+k.Cursor+" ")
		} else {
			title.Add(edge, k.Border.Top).Space(1)
		}
		title.Append(f.Title).Space(1)
	}
	end := k.Line()
	if f.Right != nil && f.Right.Width() > 0 && title.Width()+f.Right.Width()+6 <= width {
		end.Space(1).Append(f.Right).Space(1).Add(edge, k.Border.Top)
	}
	end.Add(edge, right)
	title.fit(width - end.Width())
	title.Add(edge, strings.Repeat(k.Border.Top, max(0, width-title.Width()-end.Width())))
	return title.Fit(title.Width()) + end.Fit(end.Width())
}

// thumb is the range of rows, of height, that the scroll bar's thumb covers; it
// is empty when everything is in view.
func (s Scroll) thumb(height int) (from, to int) {
	if s.Total <= s.Shown || s.Shown <= 0 || height < 3 {
		return 0, 0
	}
	size := max(1, height*s.Shown/s.Total)
	free := s.Total - s.Shown
	from = (height - size) * min(s.Top, free) / free
	return from, from + size
}

// Bar is a bar of width cells, filled to value out of 100.
func (k *Kit) Bar(width int, value float64, style themes.Style) *Line {
	return k.bar(width, value, style, k.Full, k.Empty)
}

// ThinBar is a Bar for rows of a list, which must not grow together.
func (k *Kit) ThinBar(width int, value float64, style themes.Style) *Line {
	return k.bar(width, value, style, k.Thick, k.Thin)
}

func (k *Kit) bar(width int, value float64, style themes.Style, full, empty string) *Line {
	n := max(0, min(int(value/100*float64(width)+0.5), width))
	return k.Line().Add(style, strings.Repeat(full, n)).Add(k.Faint, strings.Repeat(empty, width-n))
}

// Over draws the lines of box over those of base at (x, y).
func Over(base []string, box []string, x, y int) []string {
	out := append([]string(nil), base...)
	for i, line := range box {
		if y+i < 0 || y+i >= len(out) {
			continue
		}
		out[y+i] = splice(out[y+i], line, x)
	}
	return out
}
