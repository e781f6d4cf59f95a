package cli

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
)

func rootCommand(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use: "drydock [PATH]", Short: "Audit a project for production readiness and repair it", Args: cobra.MaximumNArgs(1),
		Long: `drydock audits the project at PATH (the current directory by default) for
production readiness, scores it with evidence, and repairs it with proven,
reversible patches. It runs offline and executes nothing of the project.

Without a command it opens the terminal UI; where standard output is no
terminal it does what 'drydock audit' does.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			path := pathOf(args)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				if near := cmd.SuggestionsFor(path); len(near) > 0 {
					return usage("%s: neither a command nor a directory: did you mean 'drydock %s'?", path, near[0])
				}
			}
			return openUI(cmd.Context(), sh, cmd, path)
		},
	}
	cmd.SuggestionsMinimumDistance = 2
	commonFlags(cmd.Flags())
	auditFlags(cmd.Flags())
	reportFlags(cmd.Flags())
	return cmd
}
