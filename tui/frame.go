package tui

import (
	"fmt"
	"strings"

	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// frame is the whole screen as text.
func (a *App) frame() string {
	k := a.kit
	if a.width == 0 {
		return k.Line().Space(1).Accent("drydock").Space(2).Text(a.o.Name).Fit(40)
	}
	if a.tooSmall() {
		return a.sorry()
	}
	body := a.body()
	lines := append(a.header(), a.top().render(k, body)...)
	lines = append(lines, a.footer())
	for _, o := range a.overlays {
		box, x, y := o.Render(k, paint.Rect{W: a.width, H: a.height})
		lines = paint.Over(lines, box, x, y)
	}
	return strings.Join(lines, "\n")
}

// sorry is what a terminal shows that is too small.
func (a *App) sorry() string {
	k := a.kit
	rows := []*paint.Line{
		k.Line().Text("drydock needs at least"),
		k.Line().Text(fmt.Sprintf("%d x %d cells;", smallestWidth, smallestHeight)),
		k.Line().Text(fmt.Sprintf("here are %d x %d.", a.width, a.height)),
		k.Line().Muted("Make the window larger, or q quits."),
	}
	var out []string
	for i := range min(len(rows), a.height) {
		out = append(out, rows[i].Fit(a.width))
	}
	return strings.Join(out, "\n")
}

// headerRows is 2 where there is room for tabs of their own.
func (a *App) headerRows() int {
	if a.height >= 18 {
		return 2
	}
	return 1
}

// header is what stands above the panes: the project and the scan, then where
// one is.
func (a *App) header() []string {
	k := a.kit
	first := k.Line().Space(1).Add(themes.Style{FG: k.Theme.Accent, Bold: true}, "drydock")
	if a.width >= 60 || a.headerRows() == 2 {
		first.Space(2).Title(a.o.Name)
	}
	if a.width >= 80 && a.pic.commit != "" {
		first.Space(3).Muted(join(a.pic.branch, a.pic.commit))
	}
	if a.headerRows() == 1 {
		first.Space(2).Append(a.path())
	}
	rows := []string{paint.Spread(first, a.state(), a.width, themes.Style{})}
	if a.headerRows() == 2 {
		rows = append(rows, a.tabs())
	}
	return rows
}

// tab is an entry of the header's second row.
type headerTab struct {
	id   action.ID
	name string
}

var headerTabs = []headerTab{
	{action.GoOverview, "Overview"}, {action.GoFindings, "Findings"}, {action.GoPlan, "Plan"},
	{action.GoServices, "Services"}, {action.GoHistory, "History"}, {action.GoExport, "Export"},
}

// tabs is the header's second row: the tabs, or below one the path to it.
func (a *App) tabs() string {
	k := a.kit
	s := a.top()
	aside := k.Line()
	if s.aside != nil {
		aside = s.aside(k).Space(1)
	}
	if len(a.stack) > 2 || (len(a.stack) == 2 && a.width < 70) || s.aside != nil {
		return paint.Spread(k.Line().Space(1).Append(a.path()), aside, a.width, themes.Style{})
	}
	l := k.Line().Space(1)
	for i, t := range headerTabs {
		style := k.Muted
		if t.id == s.tab {
			style = themes.Style{FG: k.Theme.Accent, Bold: true, Underline: true}
		}
		key := fmt.Sprint(i + 1)
		if a.width >= 70 {
			l.Add(k.Key, key).Space(1).Add(style, t.name).Space(3)
		} else {
			l.Add(style, t.name).Space(1)
		}
	}
	return paint.Spread(l, aside, a.width, themes.Style{})
}

// path is the way from the overview to the top screen.
func (a *App) path() *paint.Line {
	l := a.kit.Line()
	screens := a.stack
	if len(screens) > 1 {
		screens = screens[1:]
	}
	if a.width < 70 {
		screens = screens[len(screens)-1:]
	}
	for i, s := range screens {
		if i == len(screens)-1 {
			l.Title(s.title())
		} else {
			l.Muted(s.title() + " " + a.kit.Crumb + " ")
		}
	}
	return l
}

// state is the right end of the header: the scan, or the score.
func (a *App) state() *paint.Line {
	k := a.kit
	l := k.Line()
	p := a.pic
	switch {
	case a.busy != "":
		return l.Accent(a.busy).Space(1)
	case p.scanning:
		l.Accent(p.spin.View()).Space(1)
		if a.width >= 60 {
			l.Text("scanning ")
		}
		if p.progress.Total > 0 {
			l.Text(fmt.Sprintf("%d/%d", p.progress.Done, p.progress.Total))
		}
		if a.width >= 100 {
			l.Muted(fmt.Sprintf("  %s  %s", count(p.progress.Files, "file"), seconds(p.progress.Elapsed)))
		}
		return l.Space(1)
	case p.failed != nil:
		return l.Add(k.Critical, "audit failed").Space(1)
	case p.score != nil:
		style := k.Score(p.score.Overall)
		style.Bold = true
		return l.Muted("score ").Add(style, points(p.score.Overall)+" "+p.score.Grade).Space(1)
	}
	return l
}

// hidden is the hint that leads to the next pane when that is not in view.
func (a *App) hidden() *paint.Line {
	k, s := a.kit, a.top()
	next := s.panes[(s.focus+1)%len(s.panes)]
	if next == s.focused() || next.Area().W > 0 {
		return k.Line()
	}
	return k.Line().Space(1).Add(k.Key, a.keys.Key(action.FocusNext)).Muted(" " + next.Name())
}

// footer is the last row: a note, or the keys that count here.
func (a *App) footer() string {
	k := a.kit
	if n := len(a.overlays); n > 0 {
		if hint := a.overlays[n-1].Hint(); hint != "" {
			return k.Line().Space(1).Muted(hint).Fit(a.width)
		}
	}
	if a.note.text != "" {
		style := k.Text
		mark := k.Dot
		if a.note.bad {
			style, mark = k.High, k.SevHigh
		}
		return k.Line().Space(1).Add(style, mark+" "+a.note.text).Fit(a.width)
	}
	l := a.hidden()
	more := k.Line().Add(k.Key, a.keys.Key(action.Help)).Muted(" help ")
	for _, o := range a.offers() {
		act := a.keys.Action(o.ID)
		if !act.Footer || o.ID == action.Help {
			continue
		}
		hint := k.Line()
		if o.Disabled != "" {
			hint.Faint("(" + a.keys.Key(o.ID) + " " + act.Label() + ")")
		} else {
			hint.Add(k.Key, a.keys.Key(o.ID)).Muted(" " + act.Label())
		}
		gap := 3
		if l.Width() == 0 {
			gap = 1
		}
		if l.Width()+gap+hint.Width()+1+more.Width() > a.width {
			break
		}
		l.Space(gap).Append(hint)
	}
	return paint.Spread(l, more, a.width, themes.Style{})
}
