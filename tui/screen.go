package tui

import (
	"slices"

	"drydock/tui/action"
	"drydock/tui/paint"
)

// screen is a set of panes with one subject.
type screen struct {
	tab    action.ID     // the tab it belongs to
	title  func() string // its part of the path in the header
	aside  func(*paint.Kit) *paint.Line
	panes  []pane
	focus  int
	zoomed bool
	// arrange gives each pane its rectangle; one without cells is not shown.
	arrange func(area paint.Rect, columns int, focus int) []paint.Rect
	update  func(*picture) intent          // there is a new picture
	choose  func(string) intent            // the list's cursor is on another finding
	close   func()                         // the screen goes away
	shows   func(fingerprint string) bool  // it is this finding's own
	do      func(action.ID) (intent, bool) // actions that belong to no pane
	esc     func() (intent, bool)          // what back means before it means back
}

// columnsFor is how many columns of panes a width has room for.
func columnsFor(width int) int {
	switch {
	case width >= 140:
		return 3
	case width >= 100:
		return 2
	}
	return 1
}

func (s *screen) focused() pane { return s.panes[min(s.focus, len(s.panes)-1)] }

// layout places the panes and tells which one has the focus.
func (s *screen) layout(area paint.Rect) {
	s.focus = max(0, min(s.focus, len(s.panes)-1))
	rects := s.arrange(area, columnsFor(area.W), s.focus)
	if s.zoomed || rects[s.focus].W == 0 {
		for i := range rects {
			rects[i] = paint.Rect{}
		}
		rects[s.focus] = area
	}
	for i, p := range s.panes {
		p.Layout(rects[i])
		p.Focus(i == s.focus)
	}
}

// render draws the panes that are shown into the lines of area.
func (s *screen) render(k *paint.Kit, area paint.Rect) []string {
	lines := make([]string, area.H)
	var shown []pane
	for _, p := range s.panes {
		if r := p.Area(); r.W > 0 && r.H > 0 {
			shown = append(shown, p)
		}
	}
	slices.SortStableFunc(shown, func(a, b pane) int { return a.Area().X - b.Area().X })
	for _, p := range shown {
		r := p.Area()
		for i, line := range p.Render(k) {
			if y := r.Y - area.Y + i; y >= 0 && y < len(lines) {
				lines[y] += line
			}
		}
	}
	return lines
}

// cycle moves the focus by n panes.
func (s *screen) cycle(n int) {
	s.focus = (s.focus + n + len(s.panes)) % len(s.panes)
}

// at is the index of the pane at a cell, -1 when there is none.
func (s *screen) at(x, y int) int {
	return slices.IndexFunc(s.panes, func(p pane) bool { return p.Area().Contains(x, y) })
}

// beside splits area into columns of the given shares.
func beside(area paint.Rect, shares ...int) []paint.Rect {
	return split(area, shares, func(r paint.Rect, from, to int) paint.Rect {
		return paint.Rect{X: r.X + from, Y: r.Y, W: to - from, H: r.H}
	}, area.W)
}

// stacked splits area into rows of the given shares.
func stacked(area paint.Rect, shares ...int) []paint.Rect {
	return split(area, shares, func(r paint.Rect, from, to int) paint.Rect {
		return paint.Rect{X: r.X, Y: r.Y + from, W: r.W, H: to - from}
	}, area.H)
}

func split(area paint.Rect, shares []int, part func(paint.Rect, int, int) paint.Rect, size int) []paint.Rect {
	sum := 0
	for _, s := range shares {
		sum += s
	}
	var out []paint.Rect
	from, upTo := 0, 0
	for _, s := range shares {
		upTo += s
		to := size * upTo / sum
		out = append(out, part(area, from, to))
		from = to
	}
	return out
}

// topped splits area into a part of h rows and the rest below it. A rest of
// fewer than least rows goes to the upper part.
func topped(area paint.Rect, h, least int) []paint.Rect {
	if area.H-h < least {
		h = max(area.H-least, min(area.H, h))
		if area.H-h < least {
			return []paint.Rect{area, {}}
		}
	}
	h = max(h, 0)
	return []paint.Rect{{X: area.X, Y: area.Y, W: area.W, H: h}, {X: area.X, Y: area.Y + h, W: area.W, H: area.H - h}}
}

// only shows the pane with the focus and no other.
func only(n, focus int, area paint.Rect) []paint.Rect {
	out := make([]paint.Rect, n)
	out[focus] = area
	return out
}
