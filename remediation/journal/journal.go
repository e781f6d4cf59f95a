// Package journal writes fix sets into a working tree so that a set is there
// completely or not at all, whatever fails or kills the process, and so that it
// can be undone byte for byte.
//
// The order of things. A set is checked against the tree first; nothing is
// written while that can still say no. Then the journal is written and synced,
// outside the project: what stood at every path, and the name of every temporary
// file that is about to exist, so that no crash can leave one behind. Then the
// temporaries, each with its final mode before its first byte. Right before each
// rename the target is read again; then the directories are synced, everything
// is read back and compared, and the history is extended. Removing the journal
// is the commit. A journal found at start-up is settled by Recover, which puts
// back what stood there before and never touches what somebody else has edited.
//
// What is kept after the commit, for undo, is sealed: see seal.go for what that
// is worth.
package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"drydock/internal/patch"
)

// Meta is what the history says about a set.
type Meta struct {
	Title  string    // empty: the set's own
	FixIDs []string  // of the fixes that went into it
	Time   time.Time // when it is applied
}

// Entry is one applied set in the history.
type Entry struct {
	ID       string
	Title    string
	FixIDs   []string
	Time     time.Time
	Files    []File // by path
	Undone   bool   // taken back; Redo applies it again
	Redoable bool   // false when it wrote secrets, which are not kept
}

// File is what an applied set did to one file.
type File struct {
	Path   string
	Op     patch.Op
	Secret bool
}

// Store is the journal and the history of one project. It holds the project's
// lock from Open to Close. It is not for use by several goroutines at once.
type Store struct {
	path  string // the project's root: absolute, links resolved
	home  string // the state directory
	root  directory
	state directory
	lock  *os.File
	seal  sealer
	index index
}

// Open takes the project's lock and reads its history. root is the project's
// directory. stateDir is where state lives, "" for $XDG_STATE_HOME or what
// stands in for it; the project's own state goes into drydock/<hash of the
// root's path> below it, created for the owner alone. Open fails with ErrLocked
// while another process works on the project. Call Recover next.
func Open(root, stateDir string) (*Store, error) {
	return open(root, stateDir, func(d directory) directory { return d })
}

func open(root, stateDir string, wrap func(directory) directory) (opened *Store, err error) {
	real, err := realPath(root)
	if err != nil {
		return nil, err
	}
	home, err := stateHome(real, stateDir)
	if err != nil {
		return nil, err
	}
	s := &Store{path: real, home: home}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.lock, err = lockState(home); err != nil {
		return nil, err
	}
	rootDir, err := os.OpenRoot(real)
	if err != nil {
		return nil, err
	}
	s.root = wrap(osDir{rootDir})
	stateRoot, err := os.OpenRoot(home)
	if err != nil {
		return nil, err
	}
	s.state = wrap(osDir{stateRoot})
	if s.seal, err = loadSealer(s.state); err != nil {
		return nil, s.stateError(err)
	}
	if s.index, err = s.readIndex(); err != nil {
		return nil, s.stateError(err)
	}
	return s, nil
}

// Close gives the lock back.
func (s *Store) Close() error {
	var errs []error
	for _, d := range []directory{s.root, s.state} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	s.root, s.state, s.lock = nil, nil, nil
	return errors.Join(errs...)
}

// History is every applied set still known, oldest first.
func (s *Store) History() []Entry { return slices.Clone(s.index.Entries) }

// stateError names the state directory, for an error about what is in it.
func (s *Store) stateError(err error) error {
	return fmt.Errorf("the journal in %s: %w", s.home, err)
}

func realPath(root string) (string, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// stateHome is the project's state directory; it exists when this returns.
func stateHome(root, stateDir string) (string, error) {
	base, err := stateBase(stateDir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(base, 0o700); err != nil {
		return "", fmt.Errorf("no place for the journal: %w: set XDG_STATE_HOME to a directory you can write", err)
	}
	if base, err = filepath.EvalSymlinks(base); err != nil {
		return "", err
	}
	sum := patch.Sum([]byte(root)).String()
	home := filepath.Join(base, "drydock", sum[:32])
	if rel, err := filepath.Rel(root, home); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("the journal would lie inside the project, in %s: set XDG_STATE_HOME to a directory outside %s", home, root)
	}
	for _, dir := range []string{filepath.Dir(home), home} {
		if err := privateDir(dir); err != nil {
			return "", fmt.Errorf("no place for the journal: %w: set XDG_STATE_HOME to a directory you can write", err)
		}
	}
	return home, nil
}

// stateBase is the directory that all programs keep their state in. What is not
// absolute does not count, as the XDG specification has it.
func stateBase(stateDir string) (string, error) {
	if stateDir != "" {
		return filepath.Abs(stateDir)
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the journal: %w: set XDG_STATE_HOME", err)
	}
	return filepath.Join(home, ".local", "state"), nil
}

// privateDir makes sure that dir is a directory of ours, open to nobody else.
func privateDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || !ownedByUs(info) {
		return fmt.Errorf("%s is not a directory of yours", dir)
	}
	if info.Mode().Perm() != 0o700 {
		return os.Chmod(dir, 0o700)
	}
	return nil
}
