package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// walker lists the project. It never follows a link and never opens anything
// but directories and ignore files.
type walker struct {
	s           *Snapshot
	ctx         context.Context
	progress    *Progress
	trackedDirs map[string]bool // directories that hold tracked files
	full        bool
	exclude     []*exclusion
}

func (w *walker) dir(name string, depth int, ignored bool) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if depth > MaxDepth {
		w.s.skip(name, fmt.Sprintf("deeper than %d directories", MaxDepth), true)
		return nil
	}
	entries, err := w.s.tree.ReadDir(name)
	if err != nil && len(entries) == 0 {
		if name == "." {
			return fmt.Errorf("the project's directory cannot be listed: %w", err)
		}
		w.s.skip(name, "directory cannot be read: "+reason(err), true)
		return nil
	}
	w.s.dirs[name] = true
	for _, e := range entries {
		if e.Name() == ".gitignore" && e.Type().IsRegular() {
			w.s.ignore.load(name)
		}
	}
	for _, e := range entries {
		full := path.Join(name, e.Name())
		if e.Name() == ".git" {
			continue // of the project or of a submodule: not the project's files
		}
		if w.excluded(full, e.IsDir()) {
			continue
		}
		switch {
		case e.IsDir():
			if err := w.subdir(full, depth, ignored); err != nil {
				return err
			}
		case e.Type()&fs.ModeSymlink != 0:
			w.link(full)
		case e.Type().IsRegular():
			w.file(full, e, ignored)
		default:
			w.s.skip(full, "not a regular file ("+kindOf(e.Type())+")", false)
		}
		if w.full {
			return nil
		}
	}
	return nil
}

func (w *walker) subdir(full string, depth int, ignored bool) error {
	ignored = ignored || w.s.ignore.matchAlone(full, true)
	if !w.trackedDirs[full] {
		if ignored {
			return nil
		}
		if vendoredDirs[path.Base(full)] && path.Base(full) != "vendor" {
			return nil // installed, not written here, and not in git
		}
	}
	return w.dir(full, depth+1, ignored)
}

func (w *walker) file(full string, e fs.DirEntry, ignored bool) {
	tracked := w.s.vcs.Tracks(full)
	if !tracked && (ignored || w.s.ignore.matchAlone(full, false)) {
		return
	}
	if len(w.s.files) >= MaxFiles {
		w.s.skip(".", fmt.Sprintf("more than %d files; the rest was not looked at", MaxFiles), true)
		w.full = true
		return
	}
	info, err := e.Info()
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			w.s.skip(full, reason(err), true)
		}
		return
	}
	if info.Size() > MaxFileSize {
		w.s.skip(full, fmt.Sprintf("%d MiB: larger than %d MiB", info.Size()>>20, MaxFileSize>>20), false)
	}
	if w.s.vcs == nil {
		tracked = true
	}
	w.s.files = append(w.s.files, &File{
		Path: full, Size: info.Size(), Mode: info.Mode(), Lang: langOf(full), Role: roleOf(full), Tracked: tracked, tree: w.s.tree,
	})
	w.progress.Files.Add(1)
}

// link reports a symbolic link that leaves the project; one that stays inside is
// seen where it points to.
func (w *walker) link(full string) {
	reader, ok := w.s.tree.(interface{ Readlink(string) (string, error) })
	if !ok {
		return
	}
	target, err := reader.Readlink(full)
	if err != nil {
		w.s.skip(full, "link cannot be read: "+reason(err), false)
		return
	}
	joined := path.Join(path.Dir(full), target)
	if path.IsAbs(target) || joined == ".." || strings.HasPrefix(joined, "../") {
		w.s.skip(full, "link out of the project, not followed", false)
	}
}

func kindOf(t fs.FileMode) string {
	switch {
	case t&fs.ModeNamedPipe != 0:
		return "named pipe"
	case t&fs.ModeSocket != 0:
		return "socket"
	case t&fs.ModeDevice != 0:
		return "device"
	}
	return t.String()
}

// reason is an error without the operation and path that the caller names.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
