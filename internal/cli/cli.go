// Package cli is drydock's command line: it turns arguments, environment and
// configuration into plain options and hands them down.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"drydock/internal/inert"
)

// The exit codes, as documented.
const (
	exitOK         = 0
	exitGate       = 1 // a gate failed
	exitUsage      = 2 // the request is wrong; nothing was written
	exitIncomplete = 3 // the audit did not see everything
	exitFix        = 4 // a fix was not applied or undone; the tree is as it was
	exitInterrupt  = 130
)

// exitError ends the program with a code. An empty message prints nothing.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func exit(code int, err error) error { return &exitError{code, err} }

// usage is a wrong request.
func usage(format string, args ...any) error { return exit(exitUsage, fmt.Errorf(format, args...)) }

// shell is where a command runs: its streams and the environment.
type shell struct {
	in       io.Reader
	out, err io.Writer
	outTTY   bool
	errTTY   bool
	getenv   func(string) string
}

func newShell() *shell {
	return &shell{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv,
		outTTY: term.IsTerminal(int(os.Stdout.Fd())), errTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// note says something beside the result.
func (s *shell) note(format string, args ...any) {
	fmt.Fprintf(s.err, "drydock: %s\n", oneLine(fmt.Sprintf(format, args...)))
}

// Main runs drydock with the arguments and returns its exit code.
func Main(args []string) int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup wants the program to go on
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	// A second interrupt ends the program the hard way.
	context.AfterFunc(ctx, stop)
	sh := newShell()
	root := newRoot(sh)
	root.SetArgs(args)
	return code(sh, root.ExecuteContext(ctx))
}

// code prints an error as one line and says what to exit with. What cobra finds
// wrong is a wrong request.
func code(sh *shell, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) {
		sh.note("interrupted")
		return exitInterrupt
	}
	status := exitUsage
	var e *exitError
	if errors.As(err, &e) {
		status = e.code
	}
	if text := err.Error(); text != "" {
		sh.note("%s", text)
	}
	return status
}

// oneLine is s on one line, safe to print whatever path or text it quotes.
func oneLine(s string) string {
	return inert.Line(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), "; "))
}

func newRoot(sh *shell) *cobra.Command {
	root := rootCommand(sh)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetOut(sh.out)
	root.SetErr(sh.err)
	root.SetIn(sh.in)
	root.AddCommand(auditCommand(sh), checksCommand(sh), fixCommand(sh), undoCommand(sh), redoCommand(sh), initCommand(sh), demoCommand(sh), versionCommand(sh), manCommand(sh))
	return root
}
