package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"drydock/internal/report"
)

// target is one report to write; no file is standard output.
type target struct{ format, file string }

// writeReports renders every target before it writes the first, so that a
// report which cannot be made leaves nothing half done.
func (s *session) writeReports(m *report.Model, targets []target) error {
	rendered := make([][]byte, len(targets))
	for i, t := range targets {
		var b bytes.Buffer
		if err := report.Write(&b, t.format, m, s.look(t)); err != nil {
			return exit(exitUsage, err)
		}
		rendered[i] = b.Bytes()
	}
	for i, t := range targets {
		if t.file == "" {
			if _, err := s.sh.out.Write(rendered[i]); err != nil {
				return exit(exitUsage, fmt.Errorf("standard output: %w", err))
			}
			continue
		}
		if err := writeFile(t.file, rendered[i]); err != nil {
			return exit(exitUsage, err)
		}
	}
	return nil
}

// look is how a report for this target is dressed: colours are for a terminal.
func (s *session) look(t target) report.Options {
	return report.Options{
		Color: t.file == "" && s.sh.outTTY && !s.set.NoColor && !s.set.Plain && s.sh.getenv("TERM") != "dumb",
		Plain: s.set.Plain, Quiet: s.set.Quiet, ASCII: !utf8Locale(s.sh.getenv),
	}
}

// writeFile replaces the file at path in one step: readers see the old bytes or
// all of the new ones. A link is refused rather than followed or replaced.
func writeFile(path string, data []byte) error {
	if err := checkTarget(path); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".drydock-*")
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, reason(err))
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", path, reason(err))
	}
	return nil
}

// checkTarget says why a report cannot be written to path, before the audit runs.
func checkTarget(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent, err := os.Stat(filepath.Dir(path))
		if err != nil || !parent.IsDir() {
			return fmt.Errorf("%s: its directory does not exist; create it first", path)
		}
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", path, reason(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s: is a symbolic link and not written through; name the file itself", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: is not a regular file; name a file", path)
	}
	return nil
}

// reason is the error without the path, which the caller names.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
