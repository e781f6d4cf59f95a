package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/internal/audit"
	"drydock/internal/inert"
	"drydock/internal/repo"
	"drydock/remediation"
)

func undoCommand(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use: "undo [PATH]", Short: "Take the last applied fix back, byte for byte", Args: cobra.MaximumNArgs(1),
		Long: `Take back the fix set that was applied last to the project at PATH (the current
directory by default): bytes, modes and absence. It refuses when one of the files
was edited since, and leaves everything as it is.`,
	}
	list := cmd.Flags().Bool("list", false, "print the history, the latest first")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *list {
			return listHistory(sh, pathOf(args))
		}
		return travel(cmd.Context(), sh, pathOf(args), "took back", (*remediation.Engine).Undo)
	}
	return cmd
}

func redoCommand(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use: "redo [PATH]", Short: "Apply again what undo took back", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return travel(cmd.Context(), sh, pathOf(args), "applied again", (*remediation.Engine).Redo)
		},
	}
}

// history is the engine for a project's past. It reads no configuration: a
// mistake there must not keep anybody from undoing.
func history(sh *shell, path string) (*remediation.Engine, error) {
	dir, err := repo.OpenDir(path)
	if err != nil {
		return nil, exit(exitUsage, err)
	}
	defer dir.Close()
	engine := remediation.NewEngine(dir.Path(), "", nil, audit.Options{})
	said, err := engine.Recover()
	if err != nil {
		return nil, exit(exitFix, err)
	}
	if said != "" {
		sh.note("%s", said)
	}
	return engine, nil
}

func travel(ctx context.Context, sh *shell, path, verb string, step func(*remediation.Engine, context.Context) (remediation.Applied, error)) error {
	engine, err := history(sh, path)
	if err != nil {
		return err
	}
	done, err := step(engine, ctx)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return exit(exitFix, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", verb, strings.Join(done.Fixes, ", "), inert.Line(done.Title))
	for _, f := range done.Files {
		fmt.Fprintf(&b, "  %s\n", inert.Line(f))
	}
	_, err = io.WriteString(sh.out, b.String())
	return err
}

func listHistory(sh *shell, path string) error {
	engine, err := history(sh, path)
	if err != nil {
		return err
	}
	sets, err := engine.History()
	if err != nil {
		return exit(exitFix, err)
	}
	var b strings.Builder
	if len(sets) == 0 {
		b.WriteString("no fix was applied here\n")
	}
	for _, a := range sets {
		state := ""
		switch {
		case a.Undone && a.Redoable:
			state = "  (undone; redo applies it again)"
		case a.Undone:
			state = "  (undone)"
		}
		fmt.Fprintf(&b, "%s  %s  %s, %s%s\n", a.ID, a.When.Local().Format(time.DateTime), inert.Line(a.Title), plural(len(a.Files), "file"), state)
	}
	_, err = io.WriteString(sh.out, b.String())
	return err
}
