package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"drydock/themes"
	"drydock/tui/paint"
)

// prompt asks for one line of text, in place of the footer.
type prompt struct {
	label    string
	input    field
	complain string
	changed  func(text string) (intent, error) // after each key; may be nil
	done     func(text string) intent
	cancel   func() intent
}

func (p *prompt) Key(msg tea.KeyPressMsg) (intent, bool) {
	switch msg.String() {
	case "enter":
		return p.done(p.input.text()), true
	case "esc", "ctrl+c":
		return p.cancel(), true
	default:
		if !p.input.key(msg) {
			return nil, false
		}
	}
	return p.told(), false
}

func (p *prompt) told() intent {
	if p.changed == nil {
		return nil
	}
	in, err := p.changed(p.input.text())
	p.complain = ""
	if err != nil {
		p.complain = err.Error()
	}
	return in
}

func (p *prompt) Paste(s string) {
	p.input.paste(s)
}

func (p *prompt) Click(int, int) (intent, bool) { return nil, false }
func (p *prompt) Wheel(int)                     {}
func (p *prompt) Hint() string                  { return "" }

func (p *prompt) Render(k *paint.Kit, screen paint.Rect) ([]string, int, int) {
	left := k.Line().Space(1).Add(k.Key, p.label)
	left.Append(p.input.line(k, screen.W-left.Width()-2))
	right := k.Line()
	if p.complain != "" {
		right.Add(k.High, p.complain).Space(1)
	} else {
		if screen.W >= 60 {
			right.Muted("enter keeps   esc leaves ")
		}
	}
	return []string{paint.Spread(left, right, screen.W, themes.Style{})}, 0, screen.H - 1
}

// confirm asks before something is written; the key that says yes is not the one
// that led here.
type confirm struct {
	title string
	lines func(k *paint.Kit, width int) []*paint.Line
	key   string
	word  string
	yes   intent
}

func (c *confirm) Key(msg tea.KeyPressMsg) (intent, bool) {
	switch msg.String() {
	case c.key:
		return c.yes, true
	case "esc", "n", "q", "h", "left", "ctrl+c":
		return say{"nothing was written"}, true
	}
	return nil, false
}

func (c *confirm) Paste(string)                  {}
func (c *confirm) Click(int, int) (intent, bool) { return nil, false }
func (c *confirm) Wheel(int)                     {}
func (c *confirm) Hint() string                  { return c.key + " " + c.word + "   esc leaves everything as it is" }

func (c *confirm) Render(k *paint.Kit, screen paint.Rect) ([]string, int, int) {
	rect := centred(screen, 70, screen.H)
	lines := c.lines(k, rect.Inset().W)
	lines = append(lines, k.Line(), k.Line().Add(k.Key, c.key).Text(" "+c.word).Space(3).Add(k.Key, "esc").Text(" not now"))
	rect = centred(screen, 70, len(lines)+2)
	in := rect.Inset()
	var shown []string
	for _, l := range lines[:min(len(lines), in.H)] {
		shown = append(shown, l.Fit(in.W))
	}
	for len(shown) < in.H {
		shown = append(shown, k.Line().Fit(in.W))
	}
	return paint.Frame{Title: k.Line().Title(c.title), Focused: true}.Render(k, rect, shown), rect.X, rect.Y
}

// holdsWords says whether text holds every word of words, whatever the case.
func holdsWords(text, words string) bool {
	text = strings.ToLower(text)
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
