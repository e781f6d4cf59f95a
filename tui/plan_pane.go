package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/score"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// planPane lists what to mend, in the order that pays.
type planPane struct {
	rows
	pic    *picture
	marked map[string]bool // by check
}

func (p *planPane) Name() string           { return "Plan" }
func (p *planPane) Scopes() []action.Scope { return []action.Scope{action.Plan, action.Item} }

func (p *planPane) Actions() []offer {
	f := p.first()
	_, noFix := p.pic.fixFor(f)
	none := ""
	if f == nil {
		none = "there is nothing to mend"
	}
	_, noSet := p.fixes()
	return []offer{{action.Open, none}, {action.PlanMark, none}, {action.PlanFix, noSet}, {action.Fix, noFix}, {action.Editor, none}, {action.Copy, none}}
}

func (p *planPane) show(pic *picture) {
	p.pic = pic
	if pic.result != nil {
		p.forget()
	}
	p.fit()
	p.touch()
}

// forget takes the mark off steps that are done.
func (p *planPane) forget() {
	maps.DeleteFunc(p.marked, func(check string, _ bool) bool {
		return !slices.ContainsFunc(p.pic.steps, func(s score.Recommendation) bool { return s.Check == check })
	})
}

func (p *planPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.fit()
}

func (p *planPane) fit() { p.list.Resize(len(p.pic.steps), p.rect.Inset().H, nil) }

func (p *planPane) step() *score.Recommendation {
	if p.list.Cursor < len(p.pic.steps) {
		return &p.pic.steps[p.list.Cursor]
	}
	return nil
}

// first is the first finding of the step under the cursor.
func (p *planPane) first() *finding.Finding {
	if s := p.step(); s != nil && len(s.Findings) > 0 {
		return p.pic.finding(s.Findings[0])
	}
	return nil
}

// fixes are the fixes of the marked steps, or why they cannot be planned.
func (p *planPane) fixes() ([]fixOf, string) {
	if p.pic.readOnly != "" {
		return nil, "nothing can be written: " + p.pic.readOnly
	}
	var out []fixOf
	seen := map[string]bool{}
	for _, s := range p.pic.steps {
		if !p.marked[s.Check] {
			continue
		}
		for _, fingerprint := range s.Findings {
			f := p.pic.finding(fingerprint)
			if f == nil || f.Fix == nil || seen[f.Fix.ID] {
				continue
			}
			seen[f.Fix.ID] = true
			out = append(out, fixOf{f.Fix.ID, nil})
		}
	}
	switch {
	case len(p.marked) == 0:
		return nil, "no step is marked"
	case len(out) == 0:
		return nil, "the marked steps have no patch"
	}
	return out, ""
}

func (p *planPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return chosen{}, true
	}
	switch id {
	case action.PlanMark:
		check := p.step().Check
		if p.marked[check] {
			delete(p.marked, check)
		} else {
			p.marked[check] = true
		}
		p.list.Move(1)
		p.touch()
		return chosen{}, true
	case action.PlanFix:
		fixes, _ := p.fixes()
		return openFix{fixes}, true
	}
	return itemDo(p.pic, p.first(), id)
}

func (p *planPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.touch()
	return nil
}

func (p *planPane) Click(_, y int) intent {
	ok, again := p.at(y, p.rect.Inset().Y)
	if f := p.first(); ok && again && f != nil {
		return openItem{f.Fingerprint}
	}
	return nil
}

func (p *planPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var lines []string
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			lines = append(lines, p.row(k, i, in.W))
		}
		if len(p.pic.steps) == 0 {
			lines = append(lines, k.Line().Muted("nothing is left to mend").Fit(in.W))
		}
		frame := paint.Frame{Title: k.Line().Title("What to mend first"), Right: k.Line().Muted(fmt.Sprintf("%d marked", len(p.marked))), Focused: p.focused, Scroll: p.list.Part()}
		return frame.Render(k, p.rect, lines)
	})
}

func (p *planPane) row(k *paint.Kit, i, width int) string {
	s := p.pic.steps[i]
	base := themes.Style{}
	left := k.Line()
	if i == p.list.Cursor {
		base = k.Selected
		left.Accent(k.Cursor)
	} else {
		left.Space(1)
	}
	sign := k.Off
	if p.marked[s.Check] {
		sign = k.On
	}
	severity, err := finding.ParseSeverity(s.Priority)
	if err != nil {
		severity = finding.Low
	}
	left.Space(1).Text(sign).Space(1).Add(k.Severity(severity), k.SeverityGlyph(severity)).Space(1).Text(s.Title)
	if n := len(s.Findings); n > 1 {
		left.Muted(fmt.Sprintf(" %s%d", k.Times, n))
	}
	right := k.Line()
	if width >= 44 {
		right.Muted(fmt.Sprintf("%5s h", points(s.Hours))).Space(1)
	}
	right.Add(k.Good, fmt.Sprintf("%6s", signed(s.Gain))).Space(1)
	if s.Fixable {
		right.Accent(k.Fix)
	} else {
		right.Space(paint.Width(k.Fix))
	}
	return paint.Spread(left, right, width, base)
}

// roadmapPane shows what the marked steps would bring, and the weeks to the
// target.
type roadmapPane struct {
	text
	pic    *picture
	marked map[string]bool
}

func (p *roadmapPane) Name() string { return "Roadmap" }

func (p *roadmapPane) show(pic *picture) {
	p.pic = pic
	p.touch()
}

func (p *roadmapPane) Do(id action.ID) (intent, bool) { return nil, p.move(id) }

func (p *roadmapPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		lines := p.window(p.lines(k, in.W), in.W, in.H)
		return paint.Frame{Title: k.Line().Title("Roadmap"), Focused: p.focused, Scroll: p.part()}.Render(k, p.rect, lines)
	})
}

func (p *roadmapPane) lines(k *paint.Kit, width int) []*paint.Line {
	res := p.pic.result
	out := p.projection(k)
	r := p.pic.roadmap
	out = append(out, k.Line(), k.Line().Title(fmt.Sprintf("To %s", points(r.Target))).Muted(fmt.Sprintf(": %s h, %s", points(r.Hours), count(len(r.Weeks), "week"))))
	if len(r.Weeks) == 0 {
		word := "reached already"
		if res.Score.Overall < r.Target {
			word = "no step leads there"
		}
		return append(out, k.Line().Muted(word))
	}
	for _, w := range r.Weeks {
		out = append(out, k.Line(), k.Line().Accent(fmt.Sprintf("Week %d  ", w.N)).Title(w.Title).Muted(fmt.Sprintf("  %s h", points(w.Hours))).Space(2).Add(k.Score(w.Projected), points(w.Projected)))
		for _, rank := range w.Items {
			s := p.pic.steps[rank-1]
			out = append(out, paintStep(k, s, width))
		}
	}
	return out
}

func paintStep(k *paint.Kit, s score.Recommendation, width int) *paint.Line {
	l := k.Line().Space(2)
	return l.Cell(k.Text, max(10, width-10), s.Title).Muted(fmt.Sprintf(" %5s h", points(s.Hours)))
}

// projection is the score as it would be with the marked steps done.
func (p *roadmapPane) projection(k *paint.Kit) []*paint.Line {
	res := p.pic.result
	if len(p.marked) == 0 {
		return []*paint.Line{k.Line().Muted("mark steps to see the score they bring")}
	}
	var checks []string
	hours := 0.0
	for _, s := range p.pic.steps {
		if p.marked[s.Check] {
			checks = append(checks, s.Check)
			hours += s.Hours
		}
	}
	after := score.Compute(score.Without(res.Results, checks...), res.Weights, res.Score.Incomplete)
	ready := "can deploy then: no"
	if after.ReadyNow {
		ready = "can deploy then: yes"
	}
	return []*paint.Line{
		k.Line().Title("Marked  ").Append(change(k, res.Score.Overall, after.Overall)).Muted(fmt.Sprintf("  %s h", points(hours))),
		k.Line().Muted(strings.Repeat(" ", 8) + after.Grade + "  " + after.Status + ", " + ready),
	}
}

// planScreen says what to mend first, what it brings, and when.
func (a *App) planScreen() *screen {
	plan := &planPane{marked: a.marked}
	road := &roadmapPane{marked: a.marked}
	return &screen{
		tab: action.GoPlan, title: func() string { return "Plan" }, panes: []pane{plan, road},
		update: func(pic *picture) intent {
			plan.show(pic)
			road.show(pic)
			return nil
		},
		choose: func(string) intent { road.touch(); return nil },
		arrange: func(area paint.Rect, columns, focus int) []paint.Rect {
			if columns >= 2 {
				return beside(area, 60, 40)
			}
			return only(2, focus, area)
		},
	}
}
