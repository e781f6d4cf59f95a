package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"drydock/internal/audit"
	"drydock/remediation"
	"drydock/themes"
)

// sizes are those of UX.md.
var sizes = []struct{ w, h int }{{160, 45}, {120, 36}, {80, 24}, {40, 10}}

func TestEveryScreenAtEverySize(t *testing.T) {
	for _, s := range []struct {
		name   string
		change func(*Options)
		path   func(*driver)
	}{
		{name: "overview", path: func(*driver) {}},
		{name: "category", path: func(d *driver) { d.press("j", "j", "j", "j", "enter") }},
		{name: "findings", path: func(d *driver) { d.press("2") }},
		{name: "finding", path: func(d *driver) { d.press("2", "enter") }},
		{name: "strengths", path: func(d *driver) { d.press("2", "]", "]") }},
		{name: "score", path: func(d *driver) { d.press("2", "]", "]", "]") }},
		{name: "filter", path: func(d *driver) { d.press("/"); d.typed("sev:high cat:docker") }},
		{name: "questions", change: withQuestions, path: func(d *driver) { d.openRoot(); d.press("f") }},
		{name: "question-text", change: withQuestions, path: func(d *driver) { d.openRoot(); d.press("f", "enter") }},
		{name: "fix", path: func(d *driver) { d.openRoot(); d.press("f") }},
		{name: "fix-split", path: func(d *driver) { d.openRoot(); d.press("f", "|") }},
		{name: "fix-confirm", path: func(d *driver) { d.openRoot(); d.press("f", "enter") }},
		{name: "fix-left-out", path: func(d *driver) { d.openRoot(); d.press("f", "j", "space") }},
		{name: "fix-written", path: func(d *driver) { d.openRoot(); d.press("f", "a") }},
		{name: "plan", path: func(d *driver) { d.press("F", "space") }},
		{name: "services", path: func(d *driver) { d.press("4") }},
		{name: "history-empty", path: func(d *driver) { d.press("5") }},
		{name: "export", path: func(d *driver) { d.press("x") }},
		{name: "help", path: func(d *driver) { d.press("?") }},
		{name: "palette", path: func(d *driver) { d.press(":"); d.typed("th") }},
		{name: "theme", path: func(d *driver) { d.press("T") }},
		{name: "log", path: func(d *driver) { d.press("s", "2", "s", "@") }},
		{name: "copy", path: func(d *driver) { d.press("2", "y") }},
		{name: "ascii", change: func(o *Options) { o.ASCII = true }, path: func(d *driver) { d.press("2") }},
	} {
		t.Run(s.name, func(t *testing.T) {
			d := newDriver(t, 160, 45, changes(s.change)...)
			s.path(d)
			for _, size := range sizes {
				d.send(tea.WindowSizeMsg{Width: size.w, Height: size.h})
				d.settle()
				exact(t, d.app.View().Content, size.w, size.h)
				golden(t, fmt.Sprintf("%s-%dx%d", s.name, size.w, size.h), d.screen())
			}
		})
	}
}

func changes(c func(*Options)) []func(*Options) {
	if c == nil {
		return nil
	}
	return []func(*Options){c}
}

func TestFirstFrameAndProgress(t *testing.T) {
	for _, size := range sizes {
		d := unstarted(t, size.w, size.h)
		golden(t, fmt.Sprintf("first-%dx%d", size.w, size.h), d.screen())
		d.app.Init() // the command is not run: the messages below take its place
		d.app.Update(progressed{d.app.scan.id, audit.Progress{
			Files: 8412, Walked: true, Done: 2, Total: 4, Current: []string{"frontend/copies"}, Elapsed: 1200 * time.Millisecond,
			Categories: map[string]audit.Fraction{"containers": {Done: 1, Total: 1}, "security": {Done: 0, Total: 1}, "frontend": {Done: 0, Total: 1}, "docs": {Done: 1, Total: 1}},
		}})
		exact(t, d.app.View().Content, size.w, size.h)
		golden(t, fmt.Sprintf("scanning-%dx%d", size.w, size.h), d.screen())
	}
}

func TestEveryThemeInColour(t *testing.T) {
	d := newDriver(t, 80, 24)
	d.press("2")
	for _, theme := range themes.All() {
		d.app.carry(setTheme{theme.Name})
		golden(t, "theme-"+theme.Name, strings.ReplaceAll(d.app.View().Content, "\x1b", "^[")+"\n")
	}
}

func TestTooSmallSaysSo(t *testing.T) {
	d := newDriver(t, 39, 10)
	d.shows("needs at least", "40 x 10", "39 x 10")
	d.press("j", "enter", "f")
	d.send(tea.WindowSizeMsg{Width: 40, Height: 10})
	d.shows("Readiness")
	d.send(tea.WindowSizeMsg{Width: 3, Height: 2})
	d.press("q")
	if !d.quit {
		t.Error("q does not quit where nothing is laid out")
	}
}

// exact fails unless the frame is w by h cells and holds nothing that a terminal
// would take for a command, colours aside.
func exact(t *testing.T, frame string, w, h int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != h {
		t.Errorf("the frame has %d lines, want %d", len(lines), h)
	}
	for i, line := range lines {
		if got := ansi.StringWidth(line); got != w {
			t.Errorf("line %d has %d columns, want %d: %q", i, got, w, ansi.Strip(line))
		}
		for _, r := range ansi.Strip(line) {
			if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
				t.Errorf("line %d holds %U", i, r)
			}
		}
	}
}

// openRoot opens the finding about the image that runs as root.
func (d *driver) openRoot() {
	d.press("2", "/")
	d.typed("check:root")
	d.press("enter", "enter")
	d.shows("never leaves root")
}

// asking is an engine whose fixes ask three questions first.
type asking struct{ Engine }

func withQuestions(o *Options) { o.Engine = asking{o.Engine} }

func (asking) Questions(*audit.Result, string, []string, remediation.Answers) ([]remediation.Question, error) {
	return []remediation.Question{
		{Key: "which", Label: "Which images to change", Help: "Only images that are built here can be changed.", Kind: remediation.ChooseMany, Default: []string{"backend"}, Options: []remediation.Option{
			{Value: "backend", Label: "backend/Dockerfile", Detail: "python:3.12-slim"},
			{Value: "frontend", Label: "frontend/Dockerfile", Detail: "node:22", Disabled: "it has a user already"},
		}},
		{Key: "user", Label: "Name of the user", Help: "It must exist in the image.", Kind: remediation.Text, Default: []string{"nobody"}, Check: func(s string) error {
			if strings.ContainsAny(s, " :") || s == "" {
				return fmt.Errorf("%q is no user name", s)
			}
			return nil
		}},
		{Key: "sure", Label: "Restart the service afterwards?", Kind: remediation.Confirm, Default: []string{"no"}},
	}, nil
}

func (a asking) Plan(ctx context.Context, res *audit.Result, id string, fingerprints []string, answers remediation.Answers) (*remediation.Plan, error) {
	plan, err := a.Engine.Plan(ctx, res, id, fingerprints, nil)
	if err == nil {
		plan.Effect = []string{fmt.Sprintf("the process runs as %s", answers.One("user", "?"))}
	}
	return plan, err
}
