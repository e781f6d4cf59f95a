package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// openUI opens the terminal UI on the project at path. Where there is no
// terminal to open it on, it audits.
func openUI(ctx context.Context, sh *shell, cmd *cobra.Command, path string) error {
	if !sh.outTTY {
		sh.note("standard output is no terminal: running 'drydock audit'")
	}
	return runAudit(ctx, sh, cmd, path)
}
