package tui

import (
	"fmt"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/score"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// readyPane shows the score, how it comes about by category, and how far the
// audit is.
type readyPane struct {
	rows
	pic    *picture
	target float64
	head   int   // rows above the list
	moved  bool  // the cursor was moved: it stays on its category
	order  []int // indices of the categories, those that say something first
}

func (p *readyPane) Name() string           { return "Readiness" }
func (p *readyPane) Scopes() []action.Scope { return []action.Scope{action.Overview, action.Item} }
func (p *readyPane) Actions() []offer       { return []offer{{action.Open, ""}} }

func (p *readyPane) show(pic *picture) {
	chosen := p.chosen()
	p.pic = pic
	p.sort()
	for i, c := range p.order {
		if p.moved && finding.Categories()[c].ID == chosen {
			p.list.Cursor = i
		}
	}
	p.fit()
	p.touch()
}

// sort puts what the audit has nothing to say about last, once it is through.
func (p *readyPane) sort() {
	p.order = p.order[:0]
	var silent []int
	for i := range finding.Categories() {
		if p.pic.result != nil && !p.pic.result.Score.Categories[i].Applicable {
			silent = append(silent, i)
			continue
		}
		p.order = append(p.order, i)
	}
	p.order = append(p.order, silent...)
}

// chosen is the id of the category under the cursor.
func (p *readyPane) chosen() string {
	if p.list.Cursor >= len(p.order) {
		return ""
	}
	return finding.Categories()[p.order[p.list.Cursor]].ID
}

func (p *readyPane) Layout(r paint.Rect) {
	p.rows.Layout(r)
	p.fit()
}

// fit decides how much of the pane the score takes: the list keeps the rest.
func (p *readyPane) fit() {
	in := p.rect.Inset()
	switch {
	case in.H >= 14:
		p.head = 7
	case in.H >= 9:
		p.head = 3
	default:
		p.head = min(2, in.H)
	}
	p.list.Resize(len(finding.Categories()), in.H-p.head, nil)
}

func (p *readyPane) Do(id action.ID) (intent, bool) {
	if id == action.Open {
		return openList{p.chosen()}, true
	}
	if p.move(id) {
		p.moved = true
		return nil, true
	}
	return nil, false
}

func (p *readyPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.touch()
	return nil
}

func (p *readyPane) Click(_, y int) intent {
	if ok, again := p.at(y, p.rect.Inset().Y+p.head); ok && again {
		return openList{p.chosen()}
	}
	return nil
}

func (p *readyPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		var lines []string
		for _, l := range p.headLines(k, in.W) {
			lines = append(lines, l.Fit(in.W))
		}
		from, to := p.list.Window()
		for i := from; i < to; i++ {
			lines = append(lines, p.category(k, i, in.W))
		}
		frame := paint.Frame{Title: k.Line().Title("Readiness"), Right: p.corner(k), Focused: p.focused, Scroll: p.list.Part()}
		return frame.Render(k, p.rect, lines)
	})
}

func (p *readyPane) corner(k *paint.Kit) *paint.Line {
	if p.pic.before == nil || p.pic.score == nil || p.pic.scanning {
		return k.Line()
	}
	d := p.pic.score.Overall - p.pic.before.Overall
	switch {
	case d > 0:
		return k.Line().Add(k.Good, k.Up+" "+signed(d)).Muted(" since the last scan")
	case d < 0:
		return k.Line().Add(k.Critical, k.Down+" "+signed(d)).Muted(" since the last scan")
	}
	return k.Line().Muted("as in the last scan")
}

// height is how many rows show everything.
func (p *readyPane) height() int { return 7 + len(finding.Categories()) + 2 }

// headLines are the rows about the whole project.
func (p *readyPane) headLines(k *paint.Kit, width int) []*paint.Line {
	s := p.pic.score
	if p.head == 0 {
		return nil
	}
	if s == nil {
		lines := make([]*paint.Line, p.head)
		for i := range lines {
			lines[i] = k.Line()
		}
		lines[0].Muted(p.waiting())
		return lines
	}
	if p.head < 7 {
		lines := []*paint.Line{p.verdict(k, s, true), k.Bar(width, s.Overall, k.Score(s.Overall)), p.severities(k, s, width)}
		if p.head == 2 {
			lines = []*paint.Line{lines[0], lines[2]}
		}
		return lines[:min(p.head, len(lines))]
	}
	style := k.Score(s.Overall)
	style.Bold = true
	big := k.Big(int(s.Overall), style)
	if k.ASCII {
		big = [3]*paint.Line{k.Line(), k.Line().Add(style, points(s.Overall)), k.Line()}
	}
	beside := []*paint.Line{p.verdict(k, s, false), p.deploy(k, s), p.way(k)}
	var out []*paint.Line
	for i := range big {
		out = append(out, k.Line().Space(1).Append(big[i]).To(11).Append(beside[i]))
	}
	out = append(out, k.Line(), k.Bar(width, s.Overall, k.Score(s.Overall)), p.severities(k, s, width))
	return append(out, k.Line().Faint(strings.Repeat(k.Border.Top, width)))
}

func (p *readyPane) waiting() string {
	switch {
	case p.pic.failed != nil:
		return "the audit came to nothing: " + p.pic.failed.Error()
	case !p.pic.progress.Walked:
		return "listing files"
	}
	if now := p.pic.progress.Current; len(now) > 0 {
		return "reading: " + now[0]
	}
	return "reading"
}

// verdict is grade and status; with the number where no big one is drawn.
func (p *readyPane) verdict(k *paint.Kit, s *score.Score, number bool) *paint.Line {
	style := k.Score(s.Overall)
	style.Bold = true
	l := k.Line()
	if number {
		l.Add(style, points(s.Overall)).Space(2)
	}
	l.Add(style, s.Grade).Space(2).Text(s.Status)
	switch {
	case p.pic.result == nil:
		l.Muted(", so far")
	case s.Incomplete:
		l.Muted(", audit incomplete")
	}
	return l
}

func (p *readyPane) deploy(k *paint.Kit, s *score.Score) *paint.Line {
	if p.pic.result == nil {
		return k.Line().Muted("can deploy now: ").Muted("not decided yet")
	}
	if s.ReadyNow {
		return k.Line().Muted("can deploy now: ").Add(k.Good, "yes")
	}
	return k.Line().Muted("can deploy now: ").Add(k.Critical, "no")
}

// way says what the target score takes.
func (p *readyPane) way(k *paint.Kit) *paint.Line {
	if p.pic.result == nil || len(p.pic.steps) == 0 {
		return k.Line()
	}
	fixable := 0
	for _, s := range p.pic.steps {
		if s.Fixable {
			fixable++
		}
	}
	l := k.Line()
	if p.pic.score.Overall < p.target {
		l.Muted(fmt.Sprintf("to %s: ", points(p.target))).Text(points(p.pic.roadmap.Hours) + " h").Muted(", ")
	}
	return l.Text(fmt.Sprintf("%d of %d", fixable, len(p.pic.steps))).Muted(" steps by patch")
}

func (p *readyPane) severities(k *paint.Kit, s *score.Score, width int) *paint.Line {
	c := s.Total()
	l := k.Line()
	for i, part := range []struct {
		style themes.Style
		glyph string
		n     int
		word  string
	}{
		{k.Critical, k.SevCritical, c.Critical, "critical"}, {k.High, k.SevHigh, c.High, "high"},
		{k.Medium, k.SevMedium, c.Medium, "medium"}, {k.Low, k.SevLow, c.Low, "low"}, {k.Good, k.Strong, c.Strength, "strong"},
	} {
		if i > 0 {
			l.Space(2)
		}
		l.Add(part.style, part.glyph).Text(fmt.Sprintf(" %d", part.n))
		if width >= 56 {
			l.Muted(" " + part.word)
		}
	}
	return l
}

// category is one row of the list.
func (p *readyPane) category(k *paint.Kit, i, width int) string {
	at := p.order[i]
	c := finding.Categories()[at]
	base := themes.Style{}
	left := k.Line()
	if i == p.list.Cursor && p.focused {
		base = k.Selected
		left.Accent(k.Cursor)
	} else {
		left.Space(1)
	}
	name := min(22, max(12, width-24))
	left.Space(1).Cell(k.Text, name, c.Title)
	fraction := p.pic.progress.Categories[c.ID]
	if p.pic.result == nil && fraction.Done < fraction.Total {
		left.Add(k.Accent, " "+p.pic.spin.View()).Muted(fmt.Sprintf(" %d of %d", fraction.Done, fraction.Total))
		return left.Render(width, base)
	}
	var cat score.Category
	if p.pic.score != nil {
		cat = p.pic.score.Categories[at]
	}
	if !cat.Applicable {
		left.Space(1).Muted(p.whyNot(c.ID))
		return left.Render(width, base)
	}
	bar := min(30, width-name-20)
	if bar >= 4 {
		left.Space(1).Append(k.ThinBar(bar, cat.Score, k.Score(cat.Score)))
	}
	style := k.Score(cat.Score)
	style.Bold = true
	left.Right(style, left.Width()+5, fmt.Sprintf("%.0f", cat.Score))
	left.Add(k.Muted, " "+fmt.Sprintf("%-2s", cat.Grade))
	if cat.Counts.Critical > 0 {
		left.Add(k.Critical, fmt.Sprintf(" %d%s", cat.Counts.Critical, k.SevCritical))
	}
	if cat.Counts.High > 0 {
		left.Add(k.High, fmt.Sprintf(" %d%s", cat.Counts.High, k.SevHigh))
	}
	if rest := cat.Counts.Medium + cat.Counts.Low; rest > 0 && cat.Counts.Critical*cat.Counts.High == 0 {
		left.Add(k.Medium, fmt.Sprintf(" %d%s", rest, k.SevMedium))
	}
	return left.Render(width, base)
}

func (p *readyPane) whyNot(category string) string {
	for id := range p.pic.docs {
		if !strings.HasPrefix(id, category+"/") {
			continue
		}
		if p.pic.result == nil && p.pic.progress.Categories[category].Total == 0 {
			return "waiting"
		}
		return "not applicable"
	}
	return "no checks"
}
