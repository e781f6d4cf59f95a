package tui

import (
	"slices"

	"drydock/internal/finding"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// overviewScreen is where the program opens: score, categories, top risks.
func (a *App) overviewScreen() *screen {
	ready := &readyPane{target: a.o.Target}
	risks := &risksPane{}
	services := &servicesPane{}
	project := &projectPane{}
	plan := &planPane{marked: a.marked}
	s := &screen{tab: action.GoOverview, title: func() string { return "Overview" }, panes: []pane{ready, risks, plan, services, project}}
	s.update = func(pic *picture) intent {
		ready.show(pic)
		risks.show(pic)
		services.show(pic)
		project.show(pic)
		plan.show(pic)
		return nil
	}
	s.arrange = func(area paint.Rect, columns, focus int) []paint.Rect {
		switch {
		case columns == 3:
			c := beside(area, 35, 35, 30)
			left := topped(c[0], ready.height(), 8)
			right := topped(c[2], services.height(), area.H/2)
			return []paint.Rect{left[0], c[1], right[1], right[0], left[1]}
		case columns == 2:
			c := beside(area, 52, 48)
			left := topped(c[0], ready.height(), 8)
			right := topped(c[1], area.H-services.height(), 6)
			return []paint.Rect{left[0], right[0], {}, right[1], left[1]}
		}
		return only(5, focus, area)
	}
	return s
}

// findingsScreen lists the findings of a category, or of all, beside the one
// under the cursor.
func (a *App) findingsScreen(category string) *screen {
	list := newFindingsPane(category)
	evidence := &evidencePane{excerpt: a.excerpts}
	about := &aboutPane{}
	s := &screen{tab: action.GoFindings, panes: []pane{list, evidence, about}}
	s.title = func() string {
		if category == "" {
			return "Findings"
		}
		return finding.CategoryTitle(category)
	}
	see := func() intent {
		f := list.selected()
		about.see(a.pic, f, false)
		return evidence.see(a.pic, f)
	}
	s.update = func(pic *picture) intent {
		list.show(pic)
		return see()
	}
	s.choose = func(string) intent { return see() }
	s.close = evidence.box.drop
	s.arrange = func(area paint.Rect, columns, focus int) []paint.Rect {
		switch {
		case columns == 3:
			c := beside(area, 40, 32, 28)
			return c
		case columns == 2:
			c := beside(area, 52, 48)
			right := stacked(c[1], 50, 50)
			return []paint.Rect{c[0], right[0], right[1]}
		}
		return only(3, focus, area)
	}
	return s
}

// findingScreen shows one finding; siblings are those to go on to.
func (a *App) findingScreen(fingerprint string, siblings []string) *screen {
	evidence := &evidencePane{excerpt: a.excerpts}
	about := &aboutPane{}
	list := newFindingsPane("")
	s := &screen{tab: action.GoFindings, panes: []pane{evidence, about, list}}
	var current *finding.Finding
	see := func(pic *picture) intent {
		f := pic.finding(fingerprint)
		gone := f == nil && current != nil
		if f != nil {
			copied := *f
			current = &copied
		}
		about.see(pic, current, gone && !pic.scanning)
		list.show(pic)
		if f != nil {
			list.reveal(f)
		}
		return evidence.see(pic, current)
	}
	s.choose = func(chosen string) intent {
		fingerprint, current = chosen, nil
		return see(a.pic)
	}
	s.title = func() string {
		if current == nil {
			return "Finding"
		}
		return current.Title
	}
	s.aside = func(k *paint.Kit) *paint.Line {
		if current == nil {
			return k.Line()
		}
		mark, style := k.Mark(current)
		l := k.Line().Add(style, mark+" "+current.Severity.String()).Muted("  " + string(current.Confidence))
		if current.Hours > 0 {
			l.Muted("  " + points(current.Hours) + " h")
		}
		return l
	}
	s.update = see
	s.shows = func(f string) bool { return f == fingerprint }
	s.close = evidence.box.drop
	s.do = func(id action.ID) (intent, bool) {
		step := map[action.ID]int{action.FindingNext: 1, action.FindingPrev: -1}[id]
		if step == 0 {
			return nil, false
		}
		i := slices.Index(siblings, fingerprint) + step
		if i < 0 || i >= len(siblings) {
			return say{"that was the last one of the list"}, true
		}
		fingerprint, current = siblings[i], nil
		return see(a.pic), true
	}
	s.arrange = func(area paint.Rect, columns, focus int) []paint.Rect {
		switch {
		case columns == 3:
			c := beside(area, 30, 40, 30)
			return []paint.Rect{c[1], c[2], c[0]}
		case columns == 2:
			return append(beside(area, 58, 42), paint.Rect{})
		case area.H >= 16:
			return append(stacked(area, 50, 50), paint.Rect{})
		}
		return only(3, focus, area)
	}
	return s
}

// servicesScreen is the table of services alone.
func (a *App) servicesScreen() *screen {
	services := &servicesPane{}
	return &screen{
		tab: action.GoServices, title: func() string { return "Services" }, panes: []pane{services},
		update:  func(pic *picture) intent { services.show(pic); return nil },
		arrange: func(area paint.Rect, _, focus int) []paint.Rect { return only(1, focus, area) },
	}
}
