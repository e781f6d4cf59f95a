package tui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// hostile is what a project may put into names and contents.
const hostile = "\x1b]52;c;cm0gLXJm\x07\x1b[2J\u202enimda\u2066\r\u009b31m"

func TestNothingOfTheProjectReachesTheTerminalRaw(t *testing.T) {
	d := newDriver(t, 120, 36, func(o *Options) { o.Name = "acme" + hostile })
	name := "evil\x1b[31m\r\u202e-old.tsx"
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte("const a = '"+hostile+"'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, "Dockerfile"), []byte("FROM a # "+hostile+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d.press("r")
	for _, keys := range [][]string{{"2"}, {"/"}, {"esc"}, {"j"}, {"enter"}, {"f"}, {"3"}, {"5"}, {"6"}, {"@"}, {"esc"}, {"1"}, {"tab"}, {"y"}} {
		d.press(keys...)
		d.inert()
	}
	d.press("esc", "/")
	d.send(tea.PasteMsg{Content: "evil" + hostile})
	d.settle()
	d.inert()
	d.press("enter")
	d.inert()
	d.press("ctrl+u")
	if title := d.app.View().WindowTitle; strings.ContainsAny(title, "\x1b\r\u202e\u009b\x07") {
		t.Errorf("the window's title is %q", title)
	}
}

// sgr are the sequences that drydock itself writes: colours and weights.
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func (d *driver) inert() {
	d.t.Helper()
	frame := d.app.View().Content
	for _, r := range sgr.ReplaceAllString(frame, "") {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069) {
			d.t.Fatalf("%U is on the screen:\n%s", r, d.screen())
		}
	}
	exact(d.t, frame, d.app.width, d.app.height)
}

func TestSecretsAreMaskedInExcerptAndDiff(t *testing.T) {
	const secret = "kJ8sd7Hq2lPz9XvB4nMw6TyR"
	d := newDriver(t, 160, 45)
	path := filepath.Join(d.dir, "Dockerfile")
	if err := os.WriteFile(path, []byte("FROM alpine\nENV API_TOKEN="+secret+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d.press("r", "2", "/")
	d.typed("path:dockerfile")
	d.press("enter", "enter")
	d.shows("API_TOKEN")
	d.hides(secret)
	d.press("f")
	d.shows("API_TOKEN")
	d.hides(secret)
}
