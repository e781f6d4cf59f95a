package tui

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/remediation"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// fixScreen takes fixes from questions to a proven change, and writes it.
func (a *App) fixScreen(parts []fixOf) *screen {
	flow := &fixFlow{engine: a.o.Engine, res: a.pic.result, parts: parts, readOnly: a.pic.readOnly}
	questions := &questionsPane{flow: flow}
	diff := &diffPane{flow: flow}
	proof := &proofPane{flow: flow}
	s := &screen{tab: action.GoFindings, panes: []pane{questions, proof}}
	flow.changed = func() {
		main := pane(diff)
		if flow.stage == stageLoading || flow.stage == stageAsking {
			main = questions
		}
		if s.panes[0] != main {
			s.panes[0], s.focus = main, 0
		}
		questions.sync()
		diff.sync()
		proof.touch()
	}
	s.title = func() string { return "Fix: " + flow.title() }
	s.close = flow.box.drop
	first := true
	s.update = func(pic *picture) intent {
		proof.pic = pic
		flow.undone = slices.ContainsFunc(a.history, func(h remediation.Applied) bool { return h.Undone && h.ID == flow.applied.ID })
		diff.touch()
		proof.touch()
		if first {
			first = false
			return flow.start()
		}
		return nil
	}
	s.esc = func() (intent, bool) {
		if flow.stage == stageAsking && flow.at > 0 {
			return flow.ask(flow.at - 1), true
		}
		return nil, false
	}
	s.arrange = func(area paint.Rect, columns, focus int) []paint.Rect {
		switch {
		case columns == 3:
			return beside(area, 68, 32)
		case columns == 2:
			return beside(area, 62, 38)
		case area.H >= 16 && s.panes[0] == pane(diff):
			return stacked(area, 62, 38)
		}
		return only(2, focus, area)
	}
	return s
}

// title names the fix, or says how many there are.
func (f *fixFlow) title() string {
	if len(f.parts) > 1 {
		return count(len(f.parts), "fix") + " as one set"
	}
	if f.plan != nil {
		return f.plan.Fix.Title
	}
	for i := range f.res.Findings {
		if fix := f.res.Findings[i].Fix; fix != nil && fix.ID == f.parts[0].id {
			return fix.Title
		}
	}
	return f.parts[0].id
}

// cannotWiden says why the fix cannot change between one finding and all.
func (f *fixFlow) cannotWiden() string {
	if len(f.parts) > 1 {
		return "this is a set of fixes"
	}
	if f.stage >= stageWriting {
		return "it is written"
	}
	if f.parts[0].fingerprints == nil && f.widest() > 1 {
		return "it is for all " + count(f.widest(), "finding") + " already"
	}
	if f.widest() < 2 {
		return "there is one finding of this kind"
	}
	return ""
}

// widest is how many open findings the fix could close.
func (f *fixFlow) widest() int {
	return len(f.closes())
}

// closes are the open findings that the fix could close.
func (f *fixFlow) closes() []*finding.Finding {
	var out []*finding.Finding
	for i := range f.res.Findings {
		if x := &f.res.Findings[i]; x.Open() && x.Fix != nil && x.Fix.ID == f.parts[0].id {
			out = append(out, x)
		}
	}
	return out
}

// widen plans the fix for all findings that it closes.
func (f *fixFlow) widen() intent {
	f.parts = []fixOf{{f.parts[0].id, nil}}
	return several{f.start(), rearranged{}}
}

func (f *fixFlow) cannotAsk() string {
	switch {
	case len(f.questions) == 0:
		return "this fix asks nothing"
	case f.stage >= stageWriting:
		return "it is written"
	}
	return ""
}

// confirm says once more what would be written, then asks for another key than
// the one that opened it.
func (f *fixFlow) confirm() overlay {
	return &confirm{title: "Write this change?", key: "a", word: "writes it", yes: perform{action.Apply}, lines: func(k *paint.Kit, width int) []*paint.Line {
		out := prose(k, k.Title, f.title(), width)
		for _, d := range f.diffs {
			out = append(out, k.Line().Muted(fmt.Sprintf("%-7s", d.Op)).Space(1).Text(d.Path))
		}
		out = append(out, k.Line())
		for _, e := range f.kept.Effect {
			out = append(out, prose(k, k.Text, e, width)...)
		}
		if f.kept.Fix.Safety == "review" {
			out = append(out, prose(k, k.Medium, "This changes behaviour: read the diff.", width)...)
		}
		return append(out, k.Line().Muted("All of it is written, or nothing. z takes it back."))
	}}
}

// proofPane shows what an audit of the changed project says, before a byte is
// written; afterwards, what the audit of the real one says.
type proofPane struct {
	text
	flow *fixFlow
	pic  *picture
}

func (p *proofPane) Name() string           { return "Proof" }
func (p *proofPane) Scopes() []action.Scope { return []action.Scope{action.Diff} }
func (p *proofPane) Actions() []offer {
	why := p.flow.cannotApply()
	return []offer{{action.Apply, why}, {action.Confirm, why}, {action.Widen, p.flow.cannotWiden()}, {action.Ask, p.flow.cannotAsk()}}
}

func (p *proofPane) Do(id action.ID) (intent, bool) {
	if p.move(id) {
		return nil, true
	}
	switch id {
	case action.Apply:
		return p.flow.apply(), true
	case action.Confirm:
		return overlaid{p.flow.confirm()}, true
	case action.Widen:
		return p.flow.widen(), true
	case action.Ask:
		p.flow.answers = nil
		return several{p.flow.start(), rearranged{}}, true
	}
	return nil, false
}

func (p *proofPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		lines := p.window(p.lines(k, in.W), in.W, in.H)
		return paint.Frame{Title: k.Line().Title("Proof"), Focused: p.focused, Scroll: p.part()}.Render(k, p.rect, lines)
	})
}

func (p *proofPane) lines(k *paint.Kit, width int) []*paint.Line {
	f := p.flow
	switch f.stage {
	case stageLoading, stageAsking:
		return p.before(k, width)
	case stagePlanning:
		return prose(k, k.Muted, "Planning the change.", width)
	case stageFailed:
		return prose(k, k.Muted, "There is nothing to prove.", width)
	case stageProving:
		return prose(k, k.Muted, "Auditing a copy of the project with the change, in memory. Nothing is written.", width)
	case stageWriting:
		return prose(k, k.Muted, "Writing all of it, or nothing.", width)
	}
	var out []*paint.Line
	switch {
	case f.undone:
		return prose(k, k.Muted, "Taken back: the project is as it was before this fix.", width)
	case f.stage == stageWritten:
		out = append(out, p.outcome(k, width)...)
	default:
		out = append(out, p.verdict(k, width)...)
	}
	if f.proof != nil {
		out = append(out, k.Line())
		out = append(out, shown(k, f.proof, width)...)
		out = append(out, k.Line())
		out = append(out, scores(k, f.proof)...)
	}
	if f.kept != nil {
		out = append(out, said(k, "What it does", f.kept.Effect, width)...)
		out = append(out, said(k, "Left to do by hand", f.kept.Left, width)...)
	}
	return out
}

// before says what the fix is about while it asks: what it does, what was
// answered, what it means to close.
func (p *proofPane) before(k *paint.Kit, width int) []*paint.Line {
	f := p.flow
	var out []*paint.Line
	if summary := p.pic.offers[f.parts[0].id].Summary; summary != "" {
		out = append(out, prose(k, k.Text, summary, width)...)
		out = append(out, k.Line())
	}
	out = append(out, prose(k, k.Muted, "First the questions. Nothing is written before you have seen the change and its proof.", width)...)
	if len(f.answers) > 0 {
		out = append(out, k.Line(), k.Line().Title("Answered"))
	}
	for i, q := range f.questions {
		if values, ok := f.answers[q.Key]; ok && i < f.at {
			out = append(out, prose(k, k.Muted, q.Label, width)...)
			out = append(out, prose(k, k.Text, "  "+strings.Join(values, ", "), width)...)
		}
	}
	out = append(out, k.Line(), k.Line().Title("It can close"))
	for _, x := range f.closes() {
		mark, style := k.Mark(x)
		out = append(out, k.Line().Add(style, mark+" ").Text(x.Title).Muted(" "+place(x)))
	}
	return out
}

// verdict says whether the plan may be written, and what to press.
func (p *proofPane) verdict(k *paint.Kit, width int) []*paint.Line {
	if p.flow.stage == stageRefused {
		return prose(k, k.Critical, k.No+" not to be written: "+p.flow.err.Error(), width)
	}
	if p.flow.readOnly != "" {
		return prose(k, k.High, "proven, but nothing can be written: "+p.flow.readOnly, width)
	}
	out := []*paint.Line{k.Line().Add(k.Good, k.Yes+" proven").Muted(" on a copy in memory")}
	return append(out, k.Line().Add(k.Key, "a").Text(" writes "+p.flow.files()))
}

// outcome says what was written, and what the audit after it found.
func (p *proofPane) outcome(k *paint.Kit, width int) []*paint.Line {
	out := []*paint.Line{k.Line().Add(k.Good, k.Yes+" written").Muted(" "+p.flow.files()).Space(2).Add(k.Key, "z").Text(" takes it back")}
	if p.pic.scanning || p.pic.result == p.flow.res {
		return append(out, k.Line().Muted("the audit runs again"))
	}
	was, is := p.flow.res.Score, p.pic.result.Score
	out = append(out, k.Line().Muted("audited again: ").Append(change(k, was.Overall, is.Overall)))
	for _, f := range p.flow.proof.Closed {
		if p.pic.finding(f.Fingerprint) == nil {
			out = append(out, k.Line().Add(k.Good, " "+k.Yes+" ").Text(f.Title).Muted(" "+place(&f)))
		}
	}
	return out
}

// shown are the five things a proof shows.
func shown(k *paint.Kit, proof *remediation.Proof, width int) []*paint.Line {
	var out []*paint.Line
	add := func(ok bool, text string) {
		mark, style := k.Yes, k.Good
		if !ok {
			mark, style = k.No, k.Critical
		}
		for i, line := range paint.Wrap(text, width-3) {
			l := k.Line()
			if i == 0 {
				l.Cell(style, 3, mark)
			} else {
				l.Space(3)
			}
			out = append(out, l.Text(line))
		}
	}
	add(len(proof.Closed) > 0 && len(proof.StillOpen) == 0, count(len(proof.Closed), "finding")+" gone")
	for _, f := range proof.StillOpen {
		add(false, "still open: "+f.Title+" "+place(&f))
	}
	add(len(proof.New) == 0, count(len(proof.New), "new finding"))
	for _, f := range proof.New {
		add(false, "new: "+f.Title+" "+place(&f))
	}
	if len(proof.Unreadable) == 0 {
		add(true, "every file still parses")
	}
	for _, e := range proof.Unreadable {
		add(false, e.Path+" no longer parses: "+e.Message)
	}
	add(len(proof.Dropped) == 0, "no score falls")
	add(!proof.Repeats, "a second time would change nothing")
	return out
}

// scores are the project's and the changed categories' scores, before and after.
func scores(k *paint.Kit, proof *remediation.Proof) []*paint.Line {
	out := []*paint.Line{k.Line().Cell(k.Title, 24, "Score").Append(change(k, proof.Before.Overall, proof.After.Overall))}
	for i, was := range proof.Before.Categories {
		is := proof.After.Categories[i]
		if was.Applicable && is.Applicable && was.Score != is.Score {
			out = append(out, k.Line().Cell(k.Text, 24, was.Title).Append(change(k, was.Score, is.Score)))
		}
	}
	return out
}

func change(k *paint.Kit, was, is float64) *paint.Line {
	l := k.Line().Add(k.Score(was), points(was)).Muted(" "+k.Arrow+" ").Add(k.Score(is), points(is))
	if d := is - was; d != 0 {
		l.Muted("  " + signed(d))
	}
	return l
}

func said(k *paint.Kit, title string, sentences []string, width int) []*paint.Line {
	if len(sentences) == 0 {
		return nil
	}
	out := []*paint.Line{k.Line(), k.Line().Title(title)}
	for _, s := range sentences {
		for i, line := range paint.Wrap(s, width-2) {
			lead := k.Dot
			if i > 0 {
				lead = ""
			}
			out = append(out, k.Line().Cell(k.Muted, 2, lead).Text(line))
		}
	}
	return out
}
