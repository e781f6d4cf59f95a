package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"drydock/internal/config"
	"drydock/internal/repo"
)

func initCommand(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use: "init [PATH]", Short: "Write a commented drydock.yaml", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := pathOf(args)
			dir, err := repo.OpenDir(path)
			if err != nil {
				return exit(exitUsage, err)
			}
			defer dir.Close()
			root, err := os.OpenRoot(dir.Path())
			if err != nil {
				return exit(exitUsage, err)
			}
			defer root.Close()
			if err := writeNew(root, config.FileName, config.Template()); err != nil {
				return exit(exitUsage, err)
			}
			_, err = fmt.Fprintf(sh.out, "wrote %s: everything in it is a comment that shows the default\n", config.FileName)
			return err
		},
	}
}

// writeNew creates the file below root; one that is there stays as it is.
func writeNew(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: is there already and stays as it is; edit it", name)
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", name, reason(err))
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("%s: cannot be written: %w", name, reason(err)), root.Remove(name))
	}
	return nil
}
