// Command shot draws a real screen of the terminal UI, on the sample project, as
// an SVG file: the picture in the README.
//
//	go run ./tui/shot [-size 120x36] [-theme dark] [-keys "2 enter"] FILE
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"drydock/internal/audit"
	"drydock/internal/demo"
	"drydock/internal/repo"
	"drydock/remediation"
	"drydock/scanners"
	"drydock/themes"
	"drydock/tui"
)

func main() {
	size := flag.String("size", "120x36", "columns x rows")
	theme := flag.String("theme", "dark", "name of the theme")
	keys := flag.String("keys", "", "keys to press first, separated by blanks")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: shot [-size 120x36] [-theme dark] [-keys \"2 enter\"] FILE")
		os.Exit(2)
	}
	if err := shoot(flag.Arg(0), *size, *theme, strings.Fields(*keys)); err != nil {
		fmt.Fprintln(os.Stderr, "shot:", err)
		os.Exit(1)
	}
}

func shoot(file, size, theme string, keys []string) error {
	var width, height int
	if _, err := fmt.Sscanf(size, "%dx%d", &width, &height); err != nil {
		return fmt.Errorf("size %q: write columns x rows, as in 120x36", size)
	}
	look, err := themes.Find(theme)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "drydock-shot-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	app, done, err := open(filepath.Join(dir, "acme"), filepath.Join(dir, "state"), theme)
	if err != nil {
		return err
	}
	defer done()
	var loop loop
	loop.model = app
	loop.send(tea.WindowSizeMsg{Width: width, Height: height})
	loop.run(app.Init())
	loop.settle()
	for _, key := range keys {
		loop.send(press(key))
		loop.settle()
	}
	return os.WriteFile(file, []byte(svg(loop.model.View().Content, look)), 0o644)
}

// open makes the UI on a copy of the sample project.
func open(dir, state, theme string) (*tui.App, func(), error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, nil, err
	}
	if err := demo.Unpack(dir); err != nil {
		return nil, nil, err
	}
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return nil, nil, err
	}
	checks := scanners.All()
	app, err := tui.New(context.Background(), tui.Options{
		Tree: tree, Name: "acme", Checks: checks, Engine: remediation.NewEngine(dir, state, checks, audit.Options{}), Theme: theme, Target: 90, HoursPerWeek: 40,
	})
	if err != nil {
		tree.Close()
		return nil, nil, err
	}
	return app, func() { app.Close(); tree.Close() }, nil
}

// loop carries out commands until none is left.
type loop struct {
	model   tea.Model
	msgs    chan tea.Msg
	pending int
}

func (l *loop) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if l.msgs == nil {
		l.msgs = make(chan tea.Msg)
	}
	l.pending++
	go func() { l.msgs <- cmd() }()
}

func (l *loop) send(msg tea.Msg) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			l.run(cmd)
		}
		return
	}
	var cmd tea.Cmd
	l.model, cmd = l.model.Update(msg)
	l.run(cmd)
}

func (l *loop) settle() {
	for l.pending > 0 {
		msg := <-l.msgs
		l.pending--
		if msg != nil {
			l.send(msg)
		}
	}
}

func press(key string) tea.KeyPressMsg {
	named := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "down": tea.KeyDown, "up": tea.KeyUp}
	if code, ok := named[key]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: []rune(key)[0], Text: key}
}
