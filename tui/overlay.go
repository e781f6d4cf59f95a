package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"drydock/themes"
	"drydock/tui/paint"
)

// overlay stands above the panes and gets the keys first.
type overlay interface {
	Key(tea.KeyPressMsg) (in intent, done bool)
	Paste(string)
	Click(x, y int) (in intent, done bool)
	Wheel(rows int)
	Render(k *paint.Kit, screen paint.Rect) (box []string, x, y int)
	Hint() string // for the footer, "" leaves it as it is
}

func (a *App) closeOverlay(o overlay) {
	a.overlays = slices.DeleteFunc(a.overlays, func(other overlay) bool { return other == o })
}

// centred is a rectangle of at most w by h in the middle of the screen; where
// that is small, all of it above the footer.
func centred(screen paint.Rect, w, h int) paint.Rect {
	if screen.W < 60 || screen.H < 14 {
		return paint.Rect{W: screen.W, H: screen.H - 1}
	}
	w, h = min(w, screen.W-2), min(max(h, 6), screen.H-2)
	return paint.Rect{X: (screen.W - w) / 2, Y: (screen.H - h) / 2, W: w, H: h}
}

// reader is an overlay to read: help, the log.
type reader struct {
	title string
	lines func(k *paint.Kit, width int) []*paint.Line
	top   int
	shown int
	total int
	end   bool // opens at the end
}

func (r *reader) Key(msg tea.KeyPressMsg) (intent, bool) {
	switch msg.String() {
	case "j", "down":
		r.Wheel(1)
	case "k", "up":
		r.Wheel(-1)
	case "pgdown", "space", "ctrl+d", "ctrl+f":
		r.Wheel(max(1, r.shown-1))
	case "pgup", "ctrl+u", "ctrl+b":
		r.Wheel(-max(1, r.shown-1))
	case "g", "home":
		r.Wheel(-r.total)
	case "G", "end":
		r.Wheel(r.total)
	case "esc", "q", "?", "enter", "h", "left", "@", "ctrl+c":
		return nil, true
	}
	return nil, false
}

func (r *reader) Paste(string)                  {}
func (r *reader) Click(int, int) (intent, bool) { return nil, false }
func (r *reader) Wheel(n int)                   { r.top = max(0, min(r.top+n, r.total-r.shown)) }
func (r *reader) Hint() string                  { return "j k scroll   esc closes" }

func (r *reader) Render(k *paint.Kit, screen paint.Rect) ([]string, int, int) {
	rect := centred(screen, 92, screen.H)
	lines := r.lines(k, rect.Inset().W)
	rect = centred(screen, 92, len(lines)+2)
	in := rect.Inset()
	r.total, r.shown = len(lines), in.H
	if r.end {
		r.top, r.end = r.total, false
	}
	r.Wheel(0)
	var shown []string
	for i := r.top; i < min(r.total, r.top+in.H); i++ {
		shown = append(shown, lines[i].Render(in.W, themes.Style{}))
	}
	for len(shown) < in.H {
		shown = append(shown, k.Line().Fit(in.W))
	}
	frame := paint.Frame{Title: k.Line().Title(r.title), Focused: true, Scroll: paint.Scroll{Top: r.top, Shown: r.shown, Total: r.total}}
	return frame.Render(k, rect, shown), rect.X, rect.Y
}

// choice is one entry of a menu.
type choice struct {
	name     string
	detail   string
	key      string // shown at the right end
	disabled string
	take     intent
}

// menu is an overlay to choose from; typing narrows it down.
type menu struct {
	title   string
	choices []choice
	input   field
	list    paint.List
	match   []int               // indices into choices
	over    func(choice) intent // the cursor came onto a choice
	cancel  intent              // when it is left without choosing
	rect    paint.Rect
}

func newMenu(title string, choices []choice) *menu {
	m := &menu{title: title, choices: choices, input: newField()}
	m.narrow()
	return m
}

// narrow keeps the choices that hold every word typed.
func (m *menu) narrow() {
	m.match = m.match[:0]
	for i, c := range m.choices {
		if holdsWords(c.name+" "+c.detail, m.input.text()) {
			m.match = append(m.match, i)
		}
	}
	m.list.Resize(len(m.match), max(1, m.list.Part().Shown), nil)
}

func (m *menu) current() (choice, bool) {
	if m.list.Cursor < len(m.match) {
		return m.choices[m.match[m.list.Cursor]], true
	}
	return choice{}, false
}

func (m *menu) Key(msg tea.KeyPressMsg) (intent, bool) {
	switch msg.String() {
	case "esc", "ctrl+c":
		return m.cancel, true
	case "enter":
		return m.taken()
	case "down", "ctrl+n", "tab":
		m.list.Move(1)
	case "up", "ctrl+p", "shift+tab":
		m.list.Move(-1)
	case "pgdown":
		m.list.Page(1)
	case "pgup":
		m.list.Page(-1)
	default:
		if !m.input.key(msg) {
			return nil, false
		}
		m.narrow()
		m.list.Home()
	}
	return m.passed(), false
}

func (m *menu) passed() intent {
	if c, ok := m.current(); ok && m.over != nil {
		return m.over(c)
	}
	return nil
}

func (m *menu) taken() (intent, bool) {
	c, ok := m.current()
	switch {
	case !ok:
		return nil, false
	case c.disabled != "":
		return warn{c.name + ": " + c.disabled}, true
	}
	return c.take, true
}

func (m *menu) Paste(s string) {
	m.input.paste(s)
	m.narrow()
}

func (m *menu) Wheel(n int) { m.list.Move(n / wheelRows) }
func (m *menu) Hint() string {
	return "type to narrow down   enter takes it   esc leaves"
}

func (m *menu) Click(x, y int) (intent, bool) {
	if !m.rect.Contains(x, y) {
		return m.cancel, true
	}
	if i := m.list.At(y - m.rect.Inset().Y - 1); i >= 0 {
		m.list.Set(i)
		return m.taken()
	}
	return nil, false
}

func (m *menu) Render(k *paint.Kit, screen paint.Rect) ([]string, int, int) {
	m.rect = centred(screen, 72, min(len(m.choices)+3, 20))
	in := m.rect.Inset()
	m.list.Resize(len(m.match), in.H-1, nil)
	lines := []string{k.Line().Add(k.Key, "/ ").Append(m.input.line(k, in.W-2)).Fit(in.W)}
	from, to := m.list.Window()
	for i := from; i < to; i++ {
		c := m.choices[m.match[i]]
		base := themes.Style{}
		left := k.Line()
		if i == m.list.Cursor {
			base = k.Selected
			left.Accent(k.Cursor + " ")
		} else {
			left.Space(2)
		}
		style, detail := k.Text, c.detail
		if c.disabled != "" {
			style, detail = k.Muted, "not now: "+c.disabled
		}
		left.Add(style, c.name).Space(2).Muted(detail)
		lines = append(lines, paint.Spread(left, k.Line().Add(k.Key, c.key), in.W, base))
	}
	for len(lines) < in.H {
		lines = append(lines, k.Line().Fit(in.W))
	}
	frame := paint.Frame{Title: k.Line().Title(m.title), Focused: true, Scroll: m.list.Part()}
	return frame.Render(k, m.rect, lines), m.rect.X, m.rect.Y
}
