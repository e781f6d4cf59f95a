package tui

import (
	"fmt"

	"drydock/internal/finding"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// risksPane lists the open findings, worst first, those of one check in one row.
type risksPane struct {
	rows
	pic    *picture
	items  []riskRow
	total  int
	chosen string // check under the cursor
}

// riskRow is the first finding of a check, and how many there are.
type riskRow struct {
	first *finding.Finding
	count int
}

func (p *risksPane) Name() string           { return "Top risks" }
func (p *risksPane) Scopes() []action.Scope { return []action.Scope{action.Overview, action.Item} }
func (p *risksPane) Actions() []offer       { return itemActions(p.pic, p.selected()) }

func (p *risksPane) show(pic *picture) {
	p.pic = pic
	p.items, p.total = nil, 0
	at := map[string]int{}
	for i := range pic.findings {
		f := &pic.findings[i]
		if !f.Open() {
			continue
		}
		p.total++
		n, known := at[f.Check]
		if !known {
			n = len(p.items)
			at[f.Check] = n
			p.items = append(p.items, riskRow{first: f})
			if f.Check == p.chosen {
				p.list.Cursor = n
			}
		}
		p.items[n].count++
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
		return p.items[p.list.Cursor].first
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
		p.chosen = f.Check
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
			frame.Right = k.Line().Muted(thousands(p.total) + " open")
		}
		return frame.Render(k, p.rect, lines)
	})
}

func (p *risksPane) row(k *paint.Kit, i, width int) string {
	f := p.items[i].first
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
	if n := p.items[i].count; n > 1 {
		left.Muted(fmt.Sprintf(" %s%d", k.Times, n))
	}
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
