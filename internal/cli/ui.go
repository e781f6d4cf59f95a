package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"drydock/internal/audit"
	"drydock/internal/report"
	"drydock/remediation"
	"drydock/tui"
)

// openUI opens the terminal UI on the project at path. Where there is no
// terminal to open it on, it audits.
func openUI(ctx context.Context, sh *shell, cmd *cobra.Command, path string) error {
	if !sh.outTTY {
		sh.note("standard output is no terminal: running 'drydock audit'")
		return runAudit(ctx, sh, cmd, path)
	}
	if wantsReport(cmd) {
		return runAudit(ctx, sh, cmd, path)
	}
	s, err := openSession(sh, cmd, path)
	if err != nil {
		return err
	}
	plain := s.set.Plain || sh.getenv("TERM") == "dumb"
	if plain {
		s.close()
		return runAudit(ctx, sh, cmd, path)
	}
	defer s.close()
	o := s.uiOptions()
	if err := o.Check(); err != nil {
		return exit(exitUsage, err)
	}
	return tui.Run(ctx, o)
}

// wantsReport says whether a flag was given that only a report can answer.
func wantsReport(cmd *cobra.Command) bool {
	for _, name := range []string{"format", "output", "report", "fail-under", "fail-on", "min-severity"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			return true
		}
	}
	return false
}

func (s *session) uiOptions() tui.Options {
	return tui.Options{
		Tree: s.dir, Name: filepath.Base(s.dir.Path()), Checks: s.checks, Audit: s.opts,
		Engine: remediation.NewEngine(s.dir.Path(), "", s.checks, s.opts),
		Theme:  s.set.Theme, NoColor: s.set.NoColor, ASCII: !utf8Locale(s.sh.getenv), Keymap: s.set.Keymap, Editor: editor(s.sh.getenv),
		Target: s.set.TargetScore, HoursPerWeek: s.set.HoursPerWeek * float64(max(1, s.set.Engineers)), Version: Version,
		Formats: report.Formats(), Export: s.export, Write: writeReport, Default: s.exportPath,
	}
}

// editor is the command that the person's environment names.
func editor(getenv func(string) string) string {
	if v := getenv("VISUAL"); v != "" {
		return v
	}
	return getenv("EDITOR")
}

// export renders the report of an audit for the export screen.
func (s *session) export(format string, res *audit.Result) ([]byte, error) {
	var b bytes.Buffer
	err := report.Write(&b, format, s.model(res), report.Options{ASCII: !utf8Locale(s.sh.getenv)})
	return b.Bytes(), err
}

// exportPath is the file that the export screen offers: in the working
// directory, where the person started drydock.
func (s *session) exportPath(format string) string {
	ext := map[string]string{"json": "json", "markdown": "md", "text": "txt"}[format]
	return fmt.Sprintf("drydock-%s.%s", filepath.Base(s.dir.Path()), ext)
}

// writeReport writes a report from the UI. A file that is there already is replaced
// only when drydock wrote it.
func writeReport(path string, data []byte) error {
	if err := checkTarget(path); err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && report.Ours(old):
		return writeFile(path, data)
	case err != nil:
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	return fmt.Errorf("%s: exists and is no report of drydock; choose another name", path)
}
