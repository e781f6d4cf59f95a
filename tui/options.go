// Package tui is drydock's terminal UI. App is its only Bubble Tea model; panes
// are structs that App lays out, hands data to, and asks what a key means.
package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/repo"
	"drydock/remediation"
	"drydock/themes"
	"drydock/tui/action"
)

// Engine is what the UI needs of remediation.Engine.
type Engine interface {
	Questions(res *audit.Result, fixID string, fingerprints []string, answers remediation.Answers) ([]remediation.Question, error)
	Plan(ctx context.Context, res *audit.Result, fixID string, fingerprints []string, answers remediation.Answers) (*remediation.Plan, error)
	Keep(plan *remediation.Plan, tree repo.Tree, keep func(path string, hunk int) bool) (*remediation.Plan, error)
	Prove(ctx context.Context, res *audit.Result, plan *remediation.Plan) (*remediation.Proof, error)
	Apply(ctx context.Context, plan *remediation.Plan, proof *remediation.Proof) (remediation.Applied, error)
	Undo(ctx context.Context) (remediation.Applied, error)
	Redo(ctx context.Context) (remediation.Applied, error)
	History() ([]remediation.Applied, error)
	Recover() (string, error) // settles what a killed process left, says what it did
	Writable() error          // why nothing can be written, nil when it can
}

// Options say what the UI opens and how. Tree, Checks and Engine are needed.
type Options struct {
	Tree   repo.Tree // *repo.Dir in a program
	Name   string    // of the project
	Checks []*check.Check
	Audit  audit.Options
	Engine Engine

	Theme   string              // a name of themes.Names; "" is auto
	NoColor bool                // also set by a NO_COLOR that is not empty
	ASCII   bool                // glyphs of 7 bits only
	Keymap  map[string][]string // keys by action id, instead of the action's own
	Editor  string              // command of the editor; "" has none

	Target       float64 // score that the roadmap leads to
	HoursPerWeek float64 // of the whole team
	Version      string

	Formats []string                                               // what Export can write
	Export  func(format string, res *audit.Result) ([]byte, error) // renders a report
	Write   func(path string, data []byte) error                   // writes it; fails when the file exists and is no report
	Default func(format string) string                             // the path that is offered; nil offers report.<format>
	now     func() time.Time                                       // for tests
	settled func(res *audit.Result)                                // for tests: fixes what the clock decides
}

// Check says what is wrong with the options that a user can set, nil when
// nothing is: an unknown theme, a keymap that cannot work.
func (o *Options) Check() error {
	if o.Theme != "" && o.Theme != themes.Auto {
		if _, err := themes.Find(o.Theme); err != nil {
			return err
		}
	}
	_, err := action.NewKeymap(o.Keymap)
	return err
}

// Run opens the UI on the terminal and returns when the person leaves it. It
// fails when the options do not hold (see Check) or the terminal cannot be used;
// leaving by a signal is no failure.
func Run(ctx context.Context, o Options) error {
	if os.Getenv("NO_COLOR") != "" {
		o.NoColor = true
	}
	app, err := New(ctx, o)
	if err != nil {
		return err
	}
	defer app.Close()
	// Bubble Tea gives the terminal back on INT and TERM by itself.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	options := []tea.ProgramOption{tea.WithContext(ctx)}
	if o.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err = tea.NewProgram(app, options...).Run()
	app.Close()
	switch {
	case err == nil, errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil:
		return nil
	}
	return fmt.Errorf("terminal: %w", err)
}
