package tui

import (
	"drydock/remediation"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// historyPane lists the fix sets that were written.
type historyPane struct {
	rows
	items []remediation.Applied // newest first
}

func (p *historyPane) Name() string           { return "History" }
func (p *historyPane) Scopes() []action.Scope { return []action.Scope{action.History} }
func (p *historyPane) Actions() []offer       { return nil }

// show takes the history, latest first.
func (p *historyPane) show(history []remediation.Applied) {
	p.items = history
	p.fit()
	p.touch()
}

func (p *historyPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.fit()
}

func (p *historyPane) fit() { p.list.Resize(len(p.items), p.rect.Inset().H, nil) }

func (p *historyPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return chosen{}, true
	}
	return nil, false
}

func (p *historyPane) Click(_, y int) intent {
	p.at(y, p.rect.Inset().Y)
	return chosen{}
}

func (p *historyPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var lines []string
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			h := p.items[i]
			base := themes.Style{}
			left := k.Line()
			if i == p.list.Cursor {
				base = k.Selected
				left.Accent(k.Cursor)
			} else {
				left.Space(1)
			}
			state := k.Line().Add(k.Good, k.Yes+" applied")
			if h.Undone {
				state = k.Line().Muted(k.No + " undone ")
			}
			left.Space(1).Muted(h.When.Local().Format("2006-01-02 15:04")).Space(2).Text(h.Title)
			lines = append(lines, paint.Spread(left, state, in.W, base))
		}
		if len(p.items) == 0 {
			lines = append(lines, k.Line().Muted("no fix was applied here yet").Fit(in.W))
		}
		return paint.Frame{Title: k.Line().Title("Applied fixes"), Right: k.Line().Muted("z undoes  Z redoes"), Focused: p.focused, Scroll: p.list.Part()}.Render(k, p.rect, lines)
	})
}

// appliedPane shows one of them.
type appliedPane struct {
	text
	item *remediation.Applied
}

func (p *appliedPane) Name() string                   { return "Files" }
func (p *appliedPane) Do(id action.ID) (intent, bool) { return nil, p.move(id) }

func (p *appliedPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var all []*paint.Line
		if p.item != nil {
			all = append(all, prose(k, k.Title, p.item.Title, in.W)...)
			all = append(all, k.Line())
			for _, f := range p.item.Files {
				all = append(all, k.Line().Text(f))
			}
			all = append(all, k.Line())
			for _, f := range p.item.Fixes {
				all = append(all, k.Line().Muted(f))
			}
		}
		lines := p.window(all, in.W, in.H)
		return paint.Frame{Title: k.Line().Title("Files"), Focused: p.focused, Scroll: p.part()}.Render(k, p.rect, lines)
	})
}

// historyScreen lists what was written, and taken back.
func (a *App) historyScreen() *screen {
	list := &historyPane{}
	files := &appliedPane{}
	see := func() intent {
		files.item = nil
		if list.list.Cursor < len(list.items) {
			files.item = &list.items[list.list.Cursor]
		}
		files.touch()
		return nil
	}
	return &screen{
		tab: action.GoHistory, title: func() string { return "History" }, panes: []pane{list, files},
		update: func(*picture) intent { list.show(a.history); return see() },
		choose: func(string) intent { return see() },
		arrange: func(area paint.Rect, columns, focus int) []paint.Rect {
			if columns >= 2 {
				return beside(area, 60, 40)
			}
			return only(2, focus, area)
		},
	}
}
