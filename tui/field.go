package tui

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"drydock/themes"
	"drydock/tui/paint"
)

// field is one line of text under edit. textinput edits it; it is drawn as a
// paint.Line, because its text may be the project's and has to be made inert.
type field struct{ model textinput.Model }

// newField is an empty field that takes keys. Nothing in it blinks.
func newField() field {
	m := textinput.New()
	m.SetVirtualCursor(false)
	m.Focus()
	m.KeyMap.Paste.SetEnabled(false) // it would run a program; terminals paste by themselves
	return field{m}
}

// set replaces the text; the cursor goes to its end.
func (f *field) set(text string) {
	f.model.SetValue(text)
	f.model.CursorEnd()
}

func (f *field) text() string { return f.model.Value() }

// key edits as a line editor does. False when the key meant nothing to it.
func (f *field) key(msg tea.KeyPressMsg) bool {
	text, at := f.model.Value(), f.model.Position()
	f.model, _ = f.model.Update(msg)
	return f.model.Value() != text || f.model.Position() != at
}

// paste puts text at the cursor, without what cannot stand in a line.
func (f *field) paste(text string) {
	line := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	f.model, _ = f.model.Update(tea.PasteMsg{Content: line})
}

// line draws the text with its cursor in at most width columns; the part around
// the cursor is in view.
func (f *field) line(k *paint.Kit, width int) *paint.Line {
	runes, at := []rune(f.model.Value()), f.model.Position()
	l := k.Line().Text(string(runes[max(0, at-width+2):at]))
	under, rest := " ", ""
	if at < len(runes) {
		under, rest = string(runes[at]), string(runes[at+1:])
	}
	return l.Add(themes.Style{Reverse: true}, under).Text(rest)
}
