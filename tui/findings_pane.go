package tui

import (
	"fmt"
	"slices"

	"drydock/internal/finding"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// tab is one part of the list.
type tab int

const (
	tabRisks tab = iota
	tabWeaknesses
	tabStrengths
	tabScore
	tabMuted
	tabs
)

var tabNames = [tabs]string{"Risks", "Weaknesses", "Strengths", "Score", "Muted"}

// findingsPane lists the findings of one category, or of all.
type findingsPane struct {
	rows
	pic      *picture
	category string // "" is all
	tab      tab
	order    order
	items    []findingRow
	counts   [tabs]int
	chosen   string // fingerprint under the cursor
}

func newFindingsPane(category string) *findingsPane { return &findingsPane{category: category} }

func (p *findingsPane) Name() string { return "Findings" }

func (p *findingsPane) Scopes() []action.Scope {
	return []action.Scope{action.Findings, action.Item}
}

func (p *findingsPane) Actions() []offer {
	return append(itemActions(p.pic, p.selected()), offer{action.TabNext, ""}, offer{action.TabPrev, ""}, offer{action.Sort, ""})
}

// show takes a new picture and keeps the cursor on its finding.
func (p *findingsPane) show(pic *picture) {
	anew := p.pic == nil || p.pic.filter.text != pic.filter.text
	p.pic = pic
	p.build()
	if anew && p.tab != tabScore && p.counts[p.tab] == 0 {
		p.seek()
	}
}

// reveal opens the tab that holds f and puts the cursor on it.
func (p *findingsPane) reveal(f *finding.Finding) {
	p.tab, p.chosen = p.tabOf(f), f.Fingerprint
	p.build()
}

// seek opens the first tab that has something; without one, the tab stays.
func (p *findingsPane) seek() {
	for t := range tabs {
		if p.counts[t] > 0 {
			p.tab = t
			p.build()
			return
		}
	}
}

func (p *findingsPane) selected() *finding.Finding {
	if p.list.Cursor < len(p.items) {
		return p.items[p.list.Cursor].finding
	}
	return nil
}

// fingerprints lists the findings in the order shown.
func (p *findingsPane) fingerprints() []string {
	var out []string
	for _, r := range p.items {
		if r.finding != nil {
			out = append(out, r.finding.Fingerprint)
		}
	}
	return out
}

func (p *findingsPane) tabOf(f *finding.Finding) tab {
	switch {
	case f.Suppressed != nil:
		return tabMuted
	case f.Verdict == finding.Strength:
		return tabStrengths
	case f.Verdict == finding.Risk:
		return tabRisks
	}
	return tabWeaknesses
}

// build makes the rows of the tab that is open.
func (p *findingsPane) build() {
	p.counts = [tabs]int{}
	var list []*finding.Finding
	for i := range p.pic.findings {
		f := &p.pic.findings[i]
		if (p.category != "" && f.Category != p.category) || !p.pic.filter.matches(f) {
			continue
		}
		t := p.tabOf(f)
		p.counts[t]++
		if t == p.tab {
			list = append(list, f)
		}
	}
	p.order.sort(list)
	switch {
	case p.tab == tabScore:
		p.items = p.scoreRows()
	case p.order == bySeverity && p.tab != tabStrengths:
		p.items = grouped(list)
	default:
		p.items = flat(list)
	}
	if i := slices.IndexFunc(p.items, func(r findingRow) bool {
		return r.finding != nil && r.finding.Fingerprint == p.chosen
	}); i >= 0 {
		p.list.Cursor = i
	}
	p.fit()
	p.touch()
}

// scoreRows says how the score comes about, point by point.
func (p *findingsPane) scoreRows() []findingRow {
	if p.pic.score == nil {
		return nil
	}
	var out []findingRow
	for _, c := range p.pic.score.Categories {
		if (p.category != "" && c.ID != p.category) || !c.Applicable {
			continue
		}
		out = append(out, findingRow{left: c.Title, right: points(c.Score) + " of 100, " + c.Status, heading: true})
		for _, d := range c.Deductions {
			out = append(out, findingRow{left: p.titleOf(d.Check), right: "-" + points(d.Points)})
		}
		if len(c.Deductions) == 0 {
			out = append(out, findingRow{left: "nothing lost", right: "0"})
		}
	}
	return out
}

func (p *findingsPane) titleOf(check string) string {
	if doc := p.pic.docs[check]; doc != nil {
		return doc.Title
	}
	return check
}

func (p *findingsPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	if p.pic != nil {
		p.fit()
	}
}

// fit tells the list how many rows are left beside the tabs.
func (p *findingsPane) fit() {
	in := p.rect.Inset()
	p.list.Resize(len(p.items), in.H-1, func(i int) bool { return p.items[i].heading })
	if f := p.selected(); f != nil {
		p.chosen = f.Fingerprint
	}
}

func (p *findingsPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return p.moved(), true
	}
	switch id {
	case action.TabNext:
		p.open((p.tab + 1) % tabs)
		return p.moved(), true
	case action.TabPrev:
		p.open((p.tab + tabs - 1) % tabs)
		return p.moved(), true
	case action.Sort:
		p.order = (p.order + 1) % orders
		p.build()
		return say{"sorted by " + orderNames[p.order]}, true
	}
	return itemDo(p.pic, p.selected(), id)
}

func (p *findingsPane) open(t tab) {
	p.tab, p.list.Cursor, p.list.Top, p.chosen = t, 0, 0, ""
	p.build()
}

func (p *findingsPane) moved() intent {
	if f := p.selected(); f != nil {
		p.chosen = f.Fingerprint
		return chosen{f.Fingerprint}
	}
	return nil
}

func (p *findingsPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.touch()
	return p.moved()
}

func (p *findingsPane) Click(x, y int) intent {
	in := p.rect.Inset()
	if y == in.Y {
		at := in.X
		for t := range tabs {
			w := paint.Width(p.tabLabel(t)) + p.tabGap()
			if x >= at && x < at+w {
				p.open(t)
				return p.moved()
			}
			at += w
		}
		return nil
	}
	ok, again := p.at(y, in.Y+1)
	if f := p.selected(); ok && again && f != nil {
		return openItem{f.Fingerprint}
	}
	return p.moved()
}

func (p *findingsPane) tabGap() int {
	if p.rect.W < 44 {
		return 1
	}
	return 2
}

// tabLabel is short where the pane is narrow.
func (p *findingsPane) tabLabel(t tab) string {
	name := tabNames[t]
	if p.rect.W < 64 {
		name = [tabs]string{"Risk", "Weak", "Strong", "Score", "Muted"}[t]
	}
	if t == tabScore {
		return name
	}
	return fmt.Sprintf("%s %d", name, p.counts[t])
}

func (p *findingsPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		frame := paint.Frame{Title: p.title(k), Right: k.Line().Muted(p.corner()), Focused: p.focused, Scroll: p.list.Part()}
		lines := []string{p.tabLine(k).Fit(in.W)}
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			lines = append(lines, p.row(k, i, in.W))
		}
		if len(p.items) == 0 {
			lines = append(lines, k.Line().Muted(p.empty()).Fit(in.W))
		}
		return frame.Render(k, p.rect, lines)
	})
}

func (p *findingsPane) title(k *paint.Kit) *paint.Line {
	if p.category == "" {
		return k.Line().Title("All findings")
	}
	return k.Line().Title(finding.CategoryTitle(p.category))
}

func (p *findingsPane) corner() string {
	if !p.pic.filter.empty() {
		return "filter: " + p.pic.filter.text
	}
	return "by " + orderNames[p.order]
}

func (p *findingsPane) tabLine(k *paint.Kit) *paint.Line {
	line := k.Line()
	for t := range tabs {
		style := k.Muted
		if t == p.tab {
			style = themes.Style{FG: k.Theme.Accent, Bold: true, Underline: true}
		}
		line.Add(style, p.tabLabel(t)).Space(p.tabGap())
	}
	return line
}

func (p *findingsPane) empty() string {
	switch {
	case !p.pic.filter.empty():
		return "nothing matches the filter; c clears it"
	case p.pic.scanning:
		return "nothing so far"
	case p.tab == tabRisks:
		return "no risks"
	}
	return "none"
}

// row draws one row. Places stand at the right end, where there is room.
func (p *findingsPane) row(k *paint.Kit, i, width int) string {
	r := p.items[i]
	if r.heading || r.finding == nil {
		style := k.Text
		left := k.Line()
		if r.heading {
			style = k.Title
		} else {
			left.Space(2)
		}
		return paint.Spread(left.Add(style, r.left), k.Line().Muted(r.right), width, p.base(k, i))
	}
	mark, style := k.Mark(r.finding)
	left := k.Line()
	if i == p.list.Cursor {
		left.Accent(k.Cursor)
	} else {
		left.Space(1)
	}
	left.Space(1).Add(style, mark).Space(1).Text(r.left)
	right := k.Line()
	room := width * 2 / 5
	if width >= 36 {
		right.Muted(shortPlace(r.right, room-2, k))
	}
	right.Space(1)
	if r.finding.Fix != nil {
		right.Accent(k.Fix)
	} else {
		right.Space(paint.Width(k.Fix))
	}
	return paint.Spread(left, right, width, p.base(k, i))
}

func (p *findingsPane) base(k *paint.Kit, i int) themes.Style {
	if i == p.list.Cursor && len(p.items) > 0 && p.items[i].finding != nil {
		return k.Selected
	}
	return themes.Style{}
}
