package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"drydock/themes"
	"drydock/tui/action"
)

// Update takes one message. Whatever takes time happens in the command it
// returns.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		a.place()
	case tea.BackgroundColorMsg:
		a.look.dark = msg.IsDark()
		a.restyle()
	case tea.ColorProfileMsg:
		a.look.can = capability(msg.Profile)
		a.restyle()
	case tea.KeyPressMsg:
		return a, a.key(msg)
	case tea.PasteMsg:
		a.paste(msg.Content)
	case tea.MouseClickMsg:
		return a, a.click(msg.Mouse())
	case tea.MouseWheelMsg:
		return a, a.wheel(msg.Mouse())
	case started:
		return a, a.scanStarted(msg)
	case progressed:
		return a, a.scanProgressed(msg)
	case scanned:
		return a, a.scanEnded(msg)
	case reply:
		if msg.id != msg.request.box.id {
			return a, nil // what it answers is no longer asked
		}
		msg.request.box.id = 0
		return a, a.carry(msg.request.then(msg.value))
	case wrote:
		return a, a.written(msg)
	case edited:
		return a, a.editorLeft(msg)
	}
	return a, nil
}

func capability(p colorprofile.Profile) themes.Capability {
	switch {
	case p <= colorprofile.ASCII:
		return themes.NoColor
	case p == colorprofile.ANSI:
		return themes.ANSI16
	}
	return themes.FullColor
}

// key gives a key to the overlay, to a pane that takes text, or to the action
// it stands for.
func (a *App) key(msg tea.KeyPressMsg) tea.Cmd {
	a.note = note{}
	if n := len(a.overlays); n > 0 {
		top := a.overlays[n-1]
		in, done := top.Key(msg)
		if done {
			a.closeOverlay(top)
		}
		return a.carry(in)
	}
	if a.tooSmall() {
		if id, ok := a.keys.Resolve(msg, action.Global); ok && id == action.Quit {
			return a.quit()
		}
		return nil
	}
	focused := a.top().focused()
	if t, ok := focused.(typist); ok && t.Typing() {
		if in, handled := t.Type(msg); handled {
			return a.carry(in)
		}
	}
	id, ok := a.keys.Resolve(msg, a.scopes()...)
	if !ok {
		return nil
	}
	return a.do(id)
}

// scopes are those whose keys count now, the most particular first.
func (a *App) scopes() []action.Scope {
	return append(a.top().focused().Scopes(), action.Move, action.Global)
}

// do carries out an action, or says why it cannot be.
func (a *App) do(id action.ID) tea.Cmd {
	act := a.keys.Action(id)
	here := act.Scope == action.Move
	for _, o := range a.offers() {
		if o.ID == id && o.Disabled != "" {
			return a.carry(warn{act.Label() + ": " + o.Disabled})
		}
		here = here || o.ID == id
	}
	s := a.top()
	if !here {
		return a.carry(warn{act.Label() + ": not in this pane"})
	}
	if in, ok := s.focused().Do(id); ok {
		return a.carry(in)
	}
	if s.do != nil {
		if in, ok := s.do(id); ok {
			return a.carry(in)
		}
	}
	return a.global(id)
}

// offers lists what can be done here: the pane's actions, then those that are
// everywhere.
func (a *App) offers() []offer {
	out := a.top().focused().Actions()
	if a.top().do != nil && a.top().tab == action.GoFindings {
		out = append(out, offer{action.FindingNext, ""}, offer{action.FindingPrev, ""})
	}
	for _, act := range a.keys.In(action.Global) {
		out = append(out, offer{act.ID, a.disabled(act.ID)})
	}
	return out
}

func (a *App) paste(content string) {
	if n := len(a.overlays); n > 0 {
		a.overlays[n-1].Paste(content)
		return
	}
	if t, ok := a.top().focused().(typist); ok && t.Typing() {
		t.Paste(content)
	}
}

func (a *App) click(m tea.Mouse) tea.Cmd {
	if m.Button != tea.MouseLeft || a.tooSmall() {
		return nil
	}
	a.note = note{}
	if n := len(a.overlays); n > 0 {
		top := a.overlays[n-1]
		in, done := top.Click(m.X, m.Y)
		if done {
			a.closeOverlay(top)
		}
		return a.carry(in)
	}
	if m.Y == 1 && a.headerRows() == 2 {
		return a.clickTab(m.X)
	}
	s := a.top()
	i := s.at(m.X, m.Y)
	if i < 0 {
		return nil
	}
	s.focus = i
	a.place()
	return a.carry(s.panes[i].Click(m.X, m.Y))
}

// wheelRows is how far one notch of the wheel goes.
const wheelRows = 3

func (a *App) wheel(m tea.Mouse) tea.Cmd {
	n := wheelRows
	switch m.Button {
	case tea.MouseWheelUp:
		n = -n
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if k := len(a.overlays); k > 0 {
		a.overlays[k-1].Wheel(n)
		return nil
	}
	if a.tooSmall() {
		return nil
	}
	if i := a.top().at(m.X, m.Y); i >= 0 {
		return a.carry(a.top().panes[i].Wheel(n))
	}
	return nil
}

// clickTab opens the tab at column x of the header's second row.
func (a *App) clickTab(x int) tea.Cmd {
	at := 1
	for i, t := range headerTabs {
		w := len(t.name) + 1
		if a.width >= 70 {
			w = len(t.name) + 5
		}
		if x >= at && x < at+w {
			return a.do(headerTabs[i].id)
		}
		at += w
	}
	return nil
}
