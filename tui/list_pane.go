package tui

import (
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// rows is what panes with a list have in common: a cursor, and moving it.
type rows struct {
	base
	list paint.List
}

// move carries out an action of moving; false when id is none.
func (r *rows) move(id action.ID) bool {
	switch id {
	case action.Up:
		r.list.Move(-1)
	case action.Down:
		r.list.Move(1)
	case action.PageUp:
		r.list.Page(-1)
	case action.PageDown:
		r.list.Page(1)
	case action.Top:
		r.list.Home()
	case action.Bottom:
		r.list.End()
	default:
		return false
	}
	r.touch()
	return true
}

// at puts the cursor on the row at y of the screen, whose list starts at top;
// false when there is none. again says that the cursor was there already.
func (r *rows) at(y, top int) (ok, again bool) {
	i := r.list.At(y - top)
	if i < 0 {
		return false, false
	}
	again = i == r.list.Cursor
	r.list.Set(i)
	r.touch()
	return true, again
}

// text is what panes with longer text have in common: a window on lines.
type text struct {
	base
	top   int
	total int
	shown int
}

func (t *text) move(id action.ID) bool {
	step := map[action.ID]int{
		action.Up: -1, action.Down: 1, action.PageUp: -max(1, t.shown-1), action.PageDown: max(1, t.shown-1),
		action.Top: -t.total, action.Bottom: t.total,
	}[id]
	if step == 0 {
		return false
	}
	t.scroll(step)
	return true
}

func (t *text) scroll(n int) {
	t.top = max(0, min(t.top+n, t.total-t.shown))
	t.touch()
}

func (t *text) Wheel(n int) intent {
	t.scroll(n)
	return nil
}

// window is the part of lines in view, each cut to width.
func (t *text) window(lines []*paint.Line, width, height int) []string {
	t.total, t.shown = len(lines), height
	t.top = max(0, min(t.top, t.total-t.shown))
	var out []string
	for i := t.top; i < min(t.total, t.top+height); i++ {
		out = append(out, lines[i].Render(width, themes.Style{}))
	}
	return out
}

func (t *text) part() paint.Scroll { return paint.Scroll{Top: t.top, Shown: t.shown, Total: t.total} }

// prose is text wrapped to width, in a style.
func prose(k *paint.Kit, style themes.Style, text string, width int) []*paint.Line {
	var out []*paint.Line
	for _, line := range paint.Wrap(text, width) {
		out = append(out, k.Line().Add(style, line))
	}
	return out
}

// labelled is text wrapped beside a label in a column of its own.
func labelled(k *paint.Kit, label, text string, width int) []*paint.Line {
	const column = 8
	if width < 36 {
		out := []*paint.Line{k.Line().Accent(label)}
		return append(out, prose(k, k.Text, text, width)...)
	}
	var out []*paint.Line
	for i, line := range paint.Wrap(text, width-column) {
		if i > 0 {
			label = ""
		}
		out = append(out, k.Line().Cell(k.Accent, column, label).Text(line))
	}
	return out
}
