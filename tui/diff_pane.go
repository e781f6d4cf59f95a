package tui

import (
	"fmt"

	"drydock/internal/patch"
	"drydock/remediation"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// diffPane shows what a plan changes, hunk by hunk.
type diffPane struct {
	rows
	flow  *fixFlow
	split bool
	lines []diffRow
	from  []remediation.FileDiff // what lines was made from
	cut   bool                   // whether lines was made for two sides
	width int                    // of the pane that lines was made for
}

// splitWidth is the least width of a pane that shows two sides.
const splitWidth = 76

func (p *diffPane) Name() string           { return "Diff" }
func (p *diffPane) Scopes() []action.Scope { return []action.Scope{action.Diff} }

func (p *diffPane) Actions() []offer {
	narrow := ""
	if p.rect.W < splitWidth {
		narrow = fmt.Sprintf("two sides need %d columns; + gives the pane the whole screen", splitWidth)
	}
	fixed := ""
	if p.flow.stage >= stageWriting || len(p.lines) == 0 {
		fixed = "there is nothing to choose from"
	}
	why := p.flow.cannotApply()
	return []offer{
		{action.Apply, why}, {action.Confirm, why}, {action.LeaveOut, fixed}, {action.HunkNext, fixed}, {action.HunkPrev, fixed},
		{action.Layout, narrow}, {action.Widen, p.flow.cannotWiden()}, {action.Ask, p.flow.cannotAsk()},
	}
}

func (p *diffPane) sync() {
	p.build()
	p.touch()
}

func (p *diffPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.build()
}

func (p *diffPane) build() {
	split := p.split && p.rect.W >= splitWidth
	width := p.rect.Inset().W
	if p.lines == nil || len(p.from) != len(p.flow.diffs) || (len(p.from) > 0 && &p.from[0] != &p.flow.diffs[0]) || p.cut != split || p.width != width {
		p.from, p.cut, p.width = p.flow.diffs, split, width
		p.lines = []diffRow{}
		for i := range p.from {
			p.lines = append(p.lines, fileRows(&p.from[i], split, width)...)
		}
	}
	p.list.Resize(len(p.lines), p.rect.Inset().H, nil)
}

func (p *diffPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return nil, true
	}
	switch id {
	case action.Apply:
		return p.flow.apply(), true
	case action.Confirm:
		return overlaid{p.flow.confirm()}, true
	case action.LeaveOut:
		return p.flow.toggle(p.lines[p.list.Cursor].hunk), true
	case action.HunkNext:
		p.jump(1)
		return nil, true
	case action.HunkPrev:
		p.jump(-1)
		return nil, true
	case action.Layout:
		p.split = !p.split
		p.sync()
		return nil, true
	case action.Widen:
		return p.flow.widen(), true
	case action.Ask:
		p.flow.answers = nil
		return several{p.flow.start(), rearranged{}}, true
	}
	return nil, false
}

// jump goes to the next hunk in a direction.
func (p *diffPane) jump(step int) {
	for i := p.list.Cursor + step; i >= 0 && i < len(p.lines); i += step {
		if p.lines[i].kind == hunkRow {
			p.list.Set(i)
			p.touch()
			return
		}
	}
}

func (p *diffPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.touch()
	return nil
}

func (p *diffPane) Click(_, y int) intent {
	p.at(y, p.rect.Inset().Y)
	return nil
}

func (p *diffPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		frame := paint.Frame{Title: k.Line().Title("Change"), Right: p.corner(k), Focused: p.focused, Scroll: p.list.Part()}
		var lines []string
		switch p.flow.stage {
		case stageLoading, stagePlanning:
			lines = append(lines, k.Line().Muted("planning").Fit(in.W))
		case stageFailed:
			for _, l := range prose(k, k.High, p.flow.err.Error(), in.W) {
				lines = append(lines, l.Fit(in.W))
			}
		default:
			from, to := p.list.Window()
			for i := from; i < to; i++ {
				lines = append(lines, p.row(k, i, in.W))
			}
		}
		return frame.Render(k, p.rect, lines)
	})
}

// corner says how the proof stands, for when its pane is not in view.
func (p *diffPane) corner(k *paint.Kit) *paint.Line {
	l := k.Line()
	switch p.flow.stage {
	case stageProving:
		return l.Muted("proving")
	case stageProven:
		return l.Add(k.Good, k.Yes+" proven")
	case stageRefused:
		return l.Add(k.Critical, k.No+" refused")
	case stageWriting:
		return l.Muted("writing")
	case stageWritten:
		if p.flow.undone {
			return l.Muted("taken back")
		}
		return l.Add(k.Good, k.Yes+" written")
	}
	return l
}

func (p *diffPane) row(k *paint.Kit, i, width int) string {
	r := p.lines[i]
	base := themes.Style{}
	if i == p.list.Cursor && p.focused {
		base = k.Selected
	}
	out := p.flow.left[r.hunk]
	l := k.Line()
	switch r.kind {
	case fileRow:
		return paint.Spread(l.Title(r.file.Path), p.fileFacts(k, r.file), width, base)
	case noteRow:
		return l.Space(2).Muted(r.text).Render(width, base)
	case hunkRow:
		sign, word := k.On, ""
		if out {
			sign, word = k.Off, "left out"
		}
		return paint.Spread(l.Accent(sign+" ").Muted(r.text), k.Line().Add(k.Medium, word), width, base)
	}
	if p.cut {
		half := halfOf(width)
		side(k, l, r.left, r.old, half, out)
		l.Add(k.Faint, k.Border.Left)
		side(k, l, r.right, r.new, width-half-1, out)
		return l.Render(width, base)
	}
	number := r.new
	if r.right.Kind == patch.Removed {
		number = r.old
	}
	side(k, l, r.right, number, width, out)
	return l.Render(width, base)
}

// halfOf is the width of the left side.
func halfOf(width int) int { return (width - 1) / 2 }

// side draws a line of the diff in exactly width columns; a line that is left
// out is shown as if it did not change. Number 0 continues the line above.
func side(k *paint.Kit, l *paint.Line, line *patch.Line, number, width int, out bool) {
	if line == nil {
		l.Space(width)
		return
	}
	style := k.Text
	switch {
	case out:
		style = k.Muted
	case line.Kind == patch.Added:
		style = k.Good
	case line.Kind == patch.Removed:
		style = themes.Style{FG: k.Theme.Critical}
	}
	mark := fmt.Sprintf("%4d ", number)
	if number == 0 {
		mark = "     "
	}
	text := line.Text
	if line.NoEOL {
		text += noEnd
	}
	l.Column(k.Line().Add(k.Faint, mark).Add(style, string(line.Kind)+" "+text), width)
}

func (p *diffPane) fileFacts(k *paint.Kit, d *remediation.FileDiff) *paint.Line {
	l := k.Line()
	switch d.Op {
	case patch.Create:
		l.Add(k.Good, fmt.Sprintf("new file, %04o", d.Mode.Perm()))
	case patch.Delete:
		l.Add(k.Critical, "deleted")
	default:
		l.Add(k.Good, fmt.Sprintf("+%d", d.Added())).Space(1).Add(themes.Style{FG: k.Theme.Critical}, fmt.Sprintf("-%d", d.Removed()))
	}
	if d.Secret {
		l.Muted(", values not shown")
	}
	return l
}
