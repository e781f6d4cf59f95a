package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"drydock/tui/action"
)

func TestResizeStormKeepsEveryFrameExact(t *testing.T) {
	dir := project(t)
	keys := []string{
		"1", "2", "F", "4", "5", "x", "tab", "enter", "esc", "j", "k", "g", "G", "pgdown", "pgup", "]", "[", "s", "f", "|", "space", "n", "p", "w", "o",
		"+", "_", "?", ":", "T", "@", "/", "h", "l", "y", "M", "c", "z", "Z", "ctrl+u", "backspace",
	}
	for seed := range uint64(20) {
		d := at(t, dir, 160, 45, withQuestions)
		d.run(d.app.Init())
		d.settle()
		r := rand.New(rand.NewPCG(seed, 1))
		var done []string
		for range 60 {
			done = append(done, d.random(r, keys))
			if r.IntN(2) == 0 {
				d.settle()
			}
			exact(t, d.app.View().Content, d.app.width, d.app.height)
			if t.Failed() {
				t.Fatalf("seed %d, after %s:\n%s", seed, strings.Join(done, ", "), d.screen())
			}
		}
		d.settle()
	}
}

// random sends a size, the mouse or a key, and says which.
func (d *driver) random(r *rand.Rand, keys []string) string {
	switch r.IntN(8) {
	case 0:
		size := tea.WindowSizeMsg{Width: 40 + r.IntN(140), Height: 10 + r.IntN(50)}
		d.send(size)
		return fmt.Sprintf("%dx%d", size.Width, size.Height)
	case 1:
		at := tea.Mouse{X: r.IntN(d.app.width), Y: r.IntN(d.app.height), Button: tea.MouseLeft}
		d.send(tea.MouseClickMsg(at))
		return fmt.Sprintf("click %d,%d", at.X, at.Y)
	case 2:
		at := tea.Mouse{X: r.IntN(d.app.width), Y: r.IntN(d.app.height), Button: tea.MouseWheelDown}
		if r.IntN(2) == 0 {
			at.Button = tea.MouseWheelUp
		}
		d.send(tea.MouseWheelMsg(at))
		return fmt.Sprintf("wheel %d,%d", at.X, at.Y)
	}
	key := keys[r.IntN(len(keys))]
	d.send(keyPress(key))
	return key
}

func TestMouseOpensWhatItPointsAt(t *testing.T) {
	d := newDriver(t, 120, 36)
	d.click("Image runs as root")
	d.click("Image runs as root")
	d.shows("never leaves root", "Evidence")
	d.press("1")
	d.click("History")
	d.shows("no fix was applied here yet")
	d.press("2")
	d.click("Weak 5")
	d.shows("page-backup.tsx is a copy")
	before := d.app.top().panes[0].(*findingsPane).list.Cursor
	d.send(tea.MouseWheelMsg{X: 5, Y: 8, Button: tea.MouseWheelDown})
	d.settle()
	if now := d.app.top().panes[0].(*findingsPane).list; now.Cursor < before {
		t.Errorf("the wheel moved the cursor from %d to %d", before, now.Cursor)
	}
	d.press("M")
	if d.app.View().MouseMode != tea.MouseModeNone {
		t.Error("M does not give the mouse back to the terminal")
	}
}

// click clicks on the first place where text stands.
func (d *driver) click(text string) {
	d.t.Helper()
	for y, line := range strings.Split(d.screen(), "\n") {
		before, _, found := strings.Cut(line, text)
		if found {
			d.send(tea.MouseClickMsg{X: len([]rune(before)), Y: y, Button: tea.MouseLeft})
			d.settle()
			return
		}
	}
	d.t.Fatalf("%q is not on the screen:\n%s", text, d.screen())
}

func TestKeymapOfTheUserCounts(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Keymap = map[string][]string{"go.findings": {"ctrl+g"}, "help": {"f1"}} })
	d.press("2")
	d.shows("Readiness")
	d.press("ctrl+g")
	d.shows("All findings", "f1 help")
	_, err := New(t.Context(), Options{Keymap: map[string][]string{"help": {"q"}}})
	if err == nil || !strings.Contains(err.Error(), "q is both") {
		t.Errorf("a keymap with q twice gives %v", err)
	}
	if _, err := New(t.Context(), Options{Theme: "nope"}); err == nil {
		t.Error("an unknown theme is accepted")
	}
}

func TestPaletteListsEveryActionAtHand(t *testing.T) {
	d := newDriver(t, 160, 60)
	for _, screen := range []string{"1", "2", "3", "5", "6"} {
		d.press(screen)
		listed := map[string]bool{}
		for _, c := range d.app.palette().(*menu).choices {
			listed[c.name] = true
		}
		for _, o := range d.app.offers() {
			if act := d.app.keys.Action(o.ID); o.ID != action.Palette && !listed[act.Label()] {
				t.Errorf("screen %s: %s is not in the palette", screen, o.ID)
			}
		}
	}
	d.press("1", ":")
	d.typed("histo")
	d.press("enter")
	d.shows("no fix was applied here yet")
}

// Every key that the footer, the help or the palette offers must do something
// or say why not: an action at hand may not be silent.
func TestEveryOfferedActionActsOrSpeaks(t *testing.T) {
	for _, screen := range []string{"1", "2", "3", "4", "5", "6"} {
		d := newDriver(t, 120, 36)
		d.press(screen)
		for _, o := range d.app.offers() {
			switch o.ID {
			case action.Suspend, action.Quit, action.Editor:
				continue // they leave the program
			}
			if _, handled := d.app.top().focused().Do(o.ID); !handled && o.Disabled == "" {
				scope := d.app.keys.Action(o.ID).Scope
				if scope != action.Global && d.app.top().do == nil {
					t.Errorf("screen %s: nothing carries out %s", screen, o.ID)
				}
			}
		}
	}
}

func TestThemeIsShownAtOnceAndTakenBack(t *testing.T) {
	d := newDriver(t, 120, 36)
	before := d.app.kit.Theme.Name
	d.press("T", "down", "down")
	if d.app.kit.Theme.Name == before {
		t.Error("the theme under the cursor is not shown")
	}
	d.press("esc")
	if got := d.app.kit.Theme.Name; got != before {
		t.Errorf("after esc the theme is %s", got)
	}
	d.press("T")
	d.typed("nord")
	d.press("enter")
	if got := d.app.kit.Theme.Name; got != "nord" {
		t.Errorf("after enter the theme is %s", got)
	}
}

func TestNoColourMeansNone(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.NoColor = true; o.Theme = "nord" })
	for _, sequence := range sgr.FindAllString(d.app.View().Content, -1) {
		for _, code := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(sequence, "\x1b["), "m"), ";") {
			if len(code) > 1 {
				t.Fatalf("%q is a colour", sequence)
			}
		}
	}
	if d.app.View().BackgroundColor != nil {
		t.Error("the background is painted")
	}
}
