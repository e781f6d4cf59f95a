package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// walker lists the project, directories side by side. It never follows a link and
// never opens anything but directories and ignore files.
type walker struct {
	s           *Snapshot
	ctx         context.Context
	progress    *Progress
	trackedDirs map[string]bool // directories that hold tracked files
	exclude     []*exclusion

	helpers chan struct{} // one slot for each further goroutine that may walk
	files   atomic.Int64
	mu      sync.Mutex // guards what the snapshot lists, and the counts of exclude
}

// level is a directory on the way: what it inherits from those above.
type level struct {
	name  string // "." at the root
	depth int
	above *level
	roles roles
	rules *ignoreRules

	asked, ignored bool // see walker.ignores
}

// branch is a directory as it was walked. Its entries stand in the order of the
// paths of what is in them, so that reading it out gives files sorted by path.
type branch struct {
	entries []branchEntry
	walked  sync.WaitGroup
}

type branchEntry struct {
	file *File
	dir  *branch
}

func (b *branch) read(out []*File) []*File {
	for _, e := range b.entries {
		if e.file != nil {
			out = append(out, e.file)
		} else {
			out = e.dir.read(out)
		}
	}
	return out
}

// walk lists all files. It fails when the root cannot be listed or ctx is done.
func (w *walker) walk() error {
	w.helpers = make(chan struct{}, runtime.GOMAXPROCS(0)-1)
	root := &level{name: ".", rules: w.s.ignore.root}
	top := &branch{}
	err := w.dir(top, root)
	top.wait()
	if err != nil {
		return err
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.files.Load() > MaxFiles {
		w.skip(".", fmt.Sprintf("more than %d files; the rest was not looked at", MaxFiles), true)
	}
	w.s.files = top.read(make([]*File, 0, w.files.Load()))
	w.listExcluded()
	return nil
}

func (b *branch) wait() {
	b.walked.Wait()
	for _, e := range b.entries {
		if e.dir != nil {
			e.dir.wait()
		}
	}
}

func (w *walker) skip(path, reason string, incomplete bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.s.skip(path, reason, incomplete)
}

// dir walks one directory and those below it.
func (w *walker) dir(to *branch, at *level) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if at.depth > MaxDepth {
		w.skip(at.name, fmt.Sprintf("deeper than %d directories", MaxDepth), true)
		return nil
	}
	entries, err := w.s.tree.ReadDir(at.name)
	if err != nil && len(entries) == 0 {
		if at.name == "." {
			return fmt.Errorf("the project's directory cannot be listed: %w", err)
		}
		w.skip(at.name, "directory cannot be read: "+reason(err), true)
		return nil
	}
	for _, e := range entries {
		if e.Name() == ".gitignore" && e.Type().IsRegular() {
			at.rules = w.s.ignore.load(w.s.tree, at.name, at.rules)
		}
	}
	w.mu.Lock()
	w.s.dirs[at.name] = true
	w.mu.Unlock()
	slices.SortFunc(entries, byPath)
	for _, e := range entries {
		if e.Name() == ".git" {
			continue // of the project or of a submodule: not the project's files
		}
		full := join(at.name, e.Name())
		if w.excluded(full, e.IsDir()) {
			continue
		}
		switch {
		case e.IsDir():
			w.subdir(to, at, full, e.Name())
		case e.Type()&fs.ModeSymlink != 0:
			w.link(full)
		case e.Type().IsRegular():
			w.file(to, at, full, e)
		default:
			w.skip(full, "not a regular file ("+kindOf(e.Type())+")", false)
		}
		if w.files.Load() > MaxFiles {
			break
		}
	}
	return nil
}

// byPath orders entries as the paths of what is in them are ordered.
func byPath(a, b fs.DirEntry) int {
	x, y := a.Name(), b.Name()
	n := min(len(x), len(y))
	if c := strings.Compare(x[:n], y[:n]); c != 0 || len(x) == len(y) {
		return c
	}
	return int(after(x, n, a.IsDir())) - int(after(y, n, b.IsDir()))
}

// after is the byte that follows the first n of a name in a path.
func after(name string, n int, dir bool) byte {
	switch {
	case n < len(name):
		return name[n]
	case dir:
		return '/'
	}
	return 0
}

// join is path.Join for a clean directory and a name in it.
func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

func (w *walker) subdir(to *branch, at *level, full, name string) {
	if w.s.vcs.Submodule(full) {
		w.skip(full, "a submodule: another repository's files", false)
		return
	}
	below := &level{name: full, depth: at.depth + 1, above: at, rules: at.rules, roles: at.roles | rolesIn(name)}
	if !w.trackedDirs[full] {
		if w.ignores(below) {
			return
		}
		if vendoredDirs[name] && name != "vendor" {
			return // installed, not written here, and not in git
		}
	}
	sub := &branch{}
	to.entries = append(to.entries, branchEntry{dir: sub})
	select {
	case w.helpers <- struct{}{}:
		sub.walked.Go(func() {
			defer func() { <-w.helpers }()
			_ = w.dir(sub, below) // fails only when ctx is done: walk asks
		})
	default:
		_ = w.dir(sub, below)
	}
}

// ignores says whether the rules ignore the directory. It matters only for what
// git does not track, so it is not asked before something untracked turns up.
func (w *walker) ignores(at *level) bool {
	if at.above == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var open []*level
	for p := at; p.above != nil && !p.asked; p = p.above {
		open = append(open, p)
	}
	for _, p := range slices.Backward(open) {
		p.ignored = p.above.ignored || p.above.rules.matchAlone(p.name, true)
		p.asked = true
	}
	return at.ignored
}

func (w *walker) file(to *branch, at *level, full string, e fs.DirEntry) {
	tracked := w.s.vcs.Tracks(full)
	if !tracked && (w.ignores(at) || at.rules.matchAlone(full, false)) {
		return
	}
	info, err := e.Info()
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			w.skip(full, reason(err), true)
		}
		return
	}
	if w.files.Add(1) > MaxFiles {
		return
	}
	if info.Size() > MaxFileSize {
		w.skip(full, fmt.Sprintf("%d MiB: larger than %d MiB", info.Size()>>20, MaxFileSize>>20), false)
	}
	if w.s.vcs == nil {
		tracked = true
	}
	to.entries = append(to.entries, branchEntry{file: &File{
		Path: full, Size: info.Size(), Mode: info.Mode(), Lang: langOf(full), Role: at.roles.of(e.Name()), Tracked: tracked, home: w.s.home, seen: seenAs(info),
	}})
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
		w.skip(full, "link cannot be read: "+reason(err), false)
		return
	}
	joined := path.Join(path.Dir(full), target)
	if path.IsAbs(target) || joined == ".." || strings.HasPrefix(joined, "../") {
		w.skip(full, "link out of the project, not followed", false)
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
