package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"drydock/themes"
	"drydock/tui/paint"
)

func TestFieldEditsLikeALine(t *testing.T) {
	f := newField()
	f.set("drydock audit")
	for _, key := range []string{"ctrl+w", "home", "delete", "right", "end", "left", "x"} {
		if !f.key(keyPress(key)) {
			t.Errorf("%s means nothing", key)
		}
	}
	f.paste("a\x1b\r\n\u202eb")
	if got, want := f.text(), "rydockxab "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f.key(keyPress("ctrl+u"))
	f.key(keyPress("ctrl+k"))
	if f.text() != "" || f.key(tea.KeyPressMsg{Code: tea.KeyF5}) {
		t.Errorf("left %q", f.text())
	}
}

func TestFieldIsDrawnInertAndFits(t *testing.T) {
	k := paint.NewKit(themes.Theme{}, false)
	f := newField()
	f.set("a\u202eb")
	if drawn := f.line(k, 20).Fit(20); strings.ContainsRune(drawn, '\u202e') {
		t.Errorf("drawn as %q", drawn)
	}
	f.set(strings.Repeat("long ", 40))
	if w := f.line(k, 20).Width(); w > 20 {
		t.Errorf("drawn %d wide", w)
	}
}

// ctrl+v runs a program in textinput; here terminals paste by themselves.
func TestFieldRunsNoClipboardProgram(t *testing.T) {
	f := newField()
	if _, cmd := f.model.Update(tea.KeyPressMsg{Code: 'v', Mod: tea.ModCtrl}); cmd != nil {
		t.Errorf("ctrl+v asks for %T", cmd())
	}
}
