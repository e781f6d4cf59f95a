package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"drydock/internal/demo"
)

func demoCommand(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use: "demo", Short: "Unpack a sample project with faults and open it", Args: cobra.NoArgs,
		Long: `Unpack a sample project, a web product with the usual faults, into a temporary
directory and open the terminal UI on it. It is yours: change it, repair it,
delete it.`,
	}
	dir := cmd.Flags().String("dir", "", "unpack into `DIR`, which must be empty or absent")
	commonFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		path, err := unpackDemo(*dir)
		if err != nil {
			return exit(exitUsage, err)
		}
		if _, err := fmt.Fprintln(sh.out, path); err != nil {
			return err
		}
		if sh.outTTY {
			return openUI(cmd.Context(), sh, cmd, path)
		}
		sh.note("the sample project is there; try 'drydock audit %s' or 'drydock fix %s --list'", path, path)
		return nil
	}
	return cmd
}

// unpackDemo writes the sample project into dir, or into a fresh temporary
// directory when dir is empty, and returns where it is.
func unpackDemo(dir string) (string, error) {
	if dir == "" {
		tmp, err := os.MkdirTemp("", "drydock-demo-")
		if err != nil {
			return "", fmt.Errorf("the sample project needs a temporary directory: %w; name one with --dir", err)
		}
		return tmp, demo.Unpack(tmp)
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s: cannot be created: %w", dir, reason(err))
	}
	return dir, demo.Unpack(dir)
}
