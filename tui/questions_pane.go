package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"drydock/remediation"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// questionsPane asks what a fix cannot know, one question at a time.
type questionsPane struct {
	rows
	flow    *fixFlow
	asked   string // key of the question the state below is for
	options []remediation.Option
	marked  map[string]bool
	input   field
	problem string
}

func (p *questionsPane) Name() string           { return "Questions" }
func (p *questionsPane) Scopes() []action.Scope { return []action.Scope{action.Questions} }

func (p *questionsPane) Actions() []offer {
	why := ""
	if !p.open() || p.flow.question().Kind != remediation.ChooseMany {
		why = "this question takes one answer"
	}
	return []offer{{action.Answer, ""}, {action.AnswerMark, why}}
}

func (p *questionsPane) open() bool {
	return p.flow.stage == stageAsking && p.flow.at < len(p.flow.questions)
}

// sync takes over the question that is open now, with its default or the answer
// that was given before.
func (p *questionsPane) sync() {
	if !p.open() {
		p.touch()
		return
	}
	q := p.flow.question()
	if p.asked != q.Key {
		p.asked, p.problem = q.Key, ""
		p.list = paint.List{}
		p.marked = map[string]bool{}
		values, ok := p.flow.answers[q.Key]
		if !ok {
			values = q.Default
		}
		for _, v := range values {
			p.marked[v] = true
		}
		p.options = q.Options
		if q.Kind == remediation.Confirm {
			p.options = []remediation.Option{{Value: "yes", Label: "yes"}, {Value: "no", Label: "no"}}
		}
		if q.Kind == remediation.Text {
			p.input = newField()
			if len(values) > 0 {
				p.input.set(values[0])
			}
		}
		if i := slices.IndexFunc(p.options, func(o remediation.Option) bool { return p.marked[o.Value] }); i >= 0 && q.Kind != remediation.ChooseMany {
			p.list.Cursor = i
		}
	}
	p.touch()
}

func (p *questionsPane) Typing() bool { return p.open() && p.flow.question().Kind == remediation.Text }

func (p *questionsPane) Type(msg tea.KeyPressMsg) (intent, bool) {
	p.touch()
	p.problem = ""
	switch msg.String() {
	case "enter":
		return p.take([]string{p.input.text()}), true
	case "esc", "ctrl+c":
		return nil, false
	}
	p.input.key(msg)
	return nil, true
}

func (p *questionsPane) Paste(s string) {
	p.input.paste(s)
	p.touch()
}

func (p *questionsPane) Do(id action.ID) (intent, bool) {
	if !p.open() {
		return nil, false
	}
	if p.move(id) {
		return nil, true
	}
	switch id {
	case action.AnswerMark:
		return p.mark(), true
	case action.Answer:
		return p.take(p.values()), true
	}
	return nil, false
}

func (p *questionsPane) mark() intent {
	o := p.options[p.list.Cursor]
	if o.Disabled != "" {
		return warn{o.Label + ": " + o.Disabled}
	}
	p.marked[o.Value] = !p.marked[o.Value]
	p.touch()
	return nil
}

// values are the answer as it stands: what is marked, or what the cursor is on.
func (p *questionsPane) values() []string {
	if p.flow.question().Kind != remediation.ChooseMany {
		return []string{p.options[p.list.Cursor].Value}
	}
	var out []string
	for _, o := range p.options {
		if p.marked[o.Value] {
			out = append(out, o.Value)
		}
	}
	return out
}

func (p *questionsPane) take(values []string) intent {
	in, err := p.flow.answer(values)
	if err != nil {
		p.problem = err.Error()
		p.touch()
	}
	return in
}

func (p *questionsPane) Wheel(n int) intent {
	p.list.Scroll(n)
	p.touch()
	return nil
}

func (p *questionsPane) Click(_, y int) intent {
	if p.open() && len(p.options) > 0 {
		in := p.rect.Inset()
		if ok, _ := p.at(y, in.Y+len(p.intro(nil, in.W))); ok && p.flow.question().Kind == remediation.ChooseMany {
			return p.mark()
		}
	}
	return nil
}

func (p *questionsPane) Render(k *paint.Kit) []string {
	return p.draw(k, func() []string {
		in := p.rect.Inset()
		frame := paint.Frame{Title: k.Line().Title("Questions"), Focused: p.focused}
		if !p.open() {
			return frame.Render(k, p.rect, []string{k.Line().Muted("looking at what has to be asked").Fit(in.W)})
		}
		frame.Right = k.Line().Muted(fmt.Sprintf("%d of %d", p.flow.at+1, len(p.flow.questions)))
		var lines []string
		for _, l := range p.intro(k, in.W) {
			lines = append(lines, l.Fit(in.W))
		}
		if p.Typing() {
			lines = append(lines, k.Line().Add(k.Key, "> ").Append(p.input.line(k, in.W-2)).Fit(in.W))
		} else {
			lines = p.choosing(k, lines, in)
			frame.Scroll = p.list.Part()
		}
		if p.problem != "" {
			for len(lines) < in.H-1 {
				lines = append(lines, k.Line().Fit(in.W))
			}
			lines = append(lines, k.Line().Add(k.High, k.SevHigh+" "+p.problem).Fit(in.W))
		}
		return frame.Render(k, p.rect, lines)
	})
}

// intro is the question in words. Without a kit it only counts lines.
func (p *questionsPane) intro(k *paint.Kit, width int) []*paint.Line {
	if k == nil {
		k = paint.NewKit(themes.Theme{}, false)
	}
	q := p.flow.question()
	out := prose(k, k.Title, q.Label, width)
	if q.Help != "" && p.rect.H > 8 {
		out = append(out, prose(k, k.Muted, q.Help, width)...)
		out = append(out, k.Line())
	}
	return out
}

// choosing adds the choices, and below them in full what the list had to cut of
// the one under the cursor. The last row stays free for what is wrong.
func (p *questionsPane) choosing(k *paint.Kit, lines []string, in paint.Rect) []string {
	room := in.H - len(lines) - 1
	o := p.options[min(p.list.Cursor, len(p.options)-1)]
	detail := o.Detail
	if o.Disabled != "" {
		detail = "cannot be chosen: " + o.Disabled
	}
	cut := paint.Width(o.Label)+paint.Width(detail)+8 > in.W
	below := prose(k, k.Muted, o.Label+": "+detail, in.W)
	if !cut || room < len(below)+3 {
		return append(lines, p.choices(k, in.W, room)...)
	}
	lines = append(lines, p.choices(k, in.W, min(len(p.options), room-len(below)-1))...)
	lines = append(lines, k.Line().Fit(in.W))
	for _, l := range below {
		lines = append(lines, l.Fit(in.W))
	}
	return lines
}

func (p *questionsPane) choices(k *paint.Kit, width, height int) []string {
	p.list.Resize(len(p.options), height, nil)
	many := p.flow.question().Kind == remediation.ChooseMany
	var out []string
	from, to := p.list.Window()
	for i := from; i < to; i++ {
		o := p.options[i]
		base := themes.Style{}
		l := k.Line()
		if i == p.list.Cursor {
			base = k.Selected
			l.Accent(k.Cursor + " ")
		} else {
			l.Space(2)
		}
		sign, off := k.On, k.Off
		on := p.marked[o.Value]
		if !many {
			sign, off = k.RadioOn, k.RadioOff
			on = i == p.list.Cursor
		}
		if !on {
			sign = off
		}
		style := k.Text
		if o.Disabled != "" {
			style = k.Muted
		}
		l.Add(style, sign+" "+o.Label).Space(2)
		if o.Disabled != "" {
			l.Add(k.Medium, "cannot: "+o.Disabled)
		} else {
			l.Muted(o.Detail)
		}
		out = append(out, l.Render(width, base))
	}
	return out
}
