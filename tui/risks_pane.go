package tui

import (
	"fmt"

	"drydock/internal/finding"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// risksPane lists the open findings, worst first.
type risksPane struct {
	rows
	pic    *picture
	items  []*finding.Finding
	chosen string
}

func (p *risksPane) Name() string           { return "Top risks" }
func (p *risksPane) Scopes() []action.Scope { return []action.Scope{action.Overview, action.Item} }
func (p *risksPane) Actions() []offer       { return itemActions(p.pic, p.selected()) }

func (p *risksPane) show(pic *picture) {
	p.pic = pic
	p.items = p.items[:0:0]
	for i := range pic.findings {
		if f := &pic.findings[i]; f.Open() {
			p.items = append(p.items, f)
			if f.Fingerprint == p.chosen {
				p.list.Cursor = len(p.items) - 1
			}
		}
	}
	p.fit()
	p.touch()
}

func (p *risksPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.fit()
}

func (p *risksPane) fit() { p.list.Resize(len(p.items), p.rect.Inset().H, nil) }

func (p *risksPane) selected() *finding.Finding {
	if p.list.Cursor < len(p.items) {
		return p.items[p.list.Cursor]
	}
	return nil
}

func (p *risksPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		p.keep()
		return nil, true
	}
	return itemDo(p.pic, p.selected(), id)
}

func (p *risksPane) keep() {
	if f := p.selected(); f != nil {
		p.chosen = f.Fingerprint
	}
}

func (p *risksPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.keep()
	p.touch()
	return nil
}

func (p *risksPane) Click(_, y int) intent {
	ok, again := p.at(y, p.rect.Inset().Y)
	p.keep()
	if f := p.selected(); ok && again && f != nil {
		return openItem{f.Fingerprint}
	}
	return nil
}

func (p *risksPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var lines []string
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			lines = append(lines, p.row(k, i, in.W))
		}
		if len(p.items) == 0 {
			word := "nothing open"
			if p.pic.scanning {
				word = "nothing so far"
			}
			lines = append(lines, k.Line().Muted(word).Fit(in.W))
		}
		frame := paint.Frame{Title: k.Line().Title("Top risks"), Focused: p.focused, Scroll: p.list.Part()}
		if len(p.items) > 0 {
			frame.Right = k.Line().Muted(fmt.Sprintf("%d of %s", p.list.Cursor+1, thousands(len(p.items))))
		}
		return frame.Render(k, p.rect, lines)
	})
}

func (p *risksPane) row(k *paint.Kit, i, width int) string {
	f := p.items[i]
	base := themes.Style{}
	left := k.Line()
	if i == p.list.Cursor && p.focused {
		base = k.Selected
		left.Accent(k.Cursor)
	} else {
		left.Space(1)
	}
	mark, style := k.Mark(f)
	left.Space(1).Add(style, mark).Space(1).Text(f.Title)
	right := k.Line()
	if width >= 36 {
		right.Muted(shortPlace(place(f), width*2/5-3, k))
	}
	right.Space(1)
	if f.Fix != nil {
		right.Accent(k.Fix)
	} else {
		right.Space(paint.Width(k.Fix))
	}
	return paint.Spread(left, right, width, base)
}
