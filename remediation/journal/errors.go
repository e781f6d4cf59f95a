package journal

import (
	"errors"
	"fmt"
	"strings"

	"drydock/internal/patch"
)

// ErrLocked: another process works on the project. The error that wraps it names
// the process.
var ErrLocked = errors.New("another drydock is working on this project")

// ErrUnsettled: a journal is there, of a set that was interrupted. Recover
// settles it.
var ErrUnsettled = errors.New("a fix set was interrupted and is not settled yet: start drydock on this project again to settle it")

// ErrNothing: there is nothing to apply, undo or redo.
var ErrNothing = errors.New("nothing to do")

// ErrUnpinned: the set does not say what it was planned on.
var ErrUnpinned = errors.New("the plan does not say which version of the file it is for: pin the set when it is previewed")

// Stale is a file that is not what the plan, or the history, says.
type Stale struct {
	Path string
	Why  string
}

// StaleError lists every such file. Nothing was written.
type StaleError struct{ Files []Stale }

// Error names each file and why.
func (e *StaleError) Error() string {
	parts := make([]string, len(e.Files))
	for i, f := range e.Files {
		parts[i] = patch.QuotePath(f.Path) + ": " + f.Why
	}
	return strings.Join(parts, "; ")
}

// Paths are the files of the error.
func (e *StaleError) Paths() []string {
	paths := make([]string, len(e.Files))
	for i, f := range e.Files {
		paths[i] = f.Path
	}
	return paths
}

// NotDoneError says that a set was not applied, undone or redone, and that the
// tree is as it was before.
type NotDoneError struct {
	Op     string   // "apply", "undo" or "redo"
	Err    error    // why
	Edited []string // files that somebody else edited meanwhile; they were left as they are
}

// Error says why, and what state the tree is in.
func (e *NotDoneError) Error() string {
	if len(e.Edited) > 0 {
		return fmt.Sprintf("%s: %v; everything that was written is taken back; edited by somebody else meanwhile, and left alone: %s",
			e.Op, e.Err, quoteAll(e.Edited))
	}
	return fmt.Sprintf("%s: %v; the tree is exactly as it was before", e.Op, e.Err)
}

// Unwrap is why.
func (e *NotDoneError) Unwrap() error { return e.Err }

// lockedError is ErrLocked with the process that holds the lock.
type lockedError struct {
	pid  int
	path string
}

func (e *lockedError) Error() string {
	if e.pid == 0 {
		return fmt.Sprintf("%v (lock %s): wait for it, or end it", ErrLocked, e.path)
	}
	return fmt.Sprintf("%v: process %d: wait for it, or end it", ErrLocked, e.pid)
}

func (e *lockedError) Is(target error) bool { return target == ErrLocked }

// refusal is a reason not to touch a path that no retry changes.
type refusal struct{ why string }

func (e *refusal) Error() string { return e.why }

func refuse(format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...)}
}

func isRefusal(err error) (why string, ok bool) {
	if r, found := errors.AsType[*refusal](err); found {
		return r.why, true
	}
	return "", false
}

func quoteAll(paths []string) string {
	quoted := make([]string, len(paths))
	for i, p := range paths {
		quoted[i] = patch.QuotePath(p)
	}
	return strings.Join(quoted, ", ")
}

// at names the path an error is about, once.
func at(path string, err error) error {
	if err == nil {
		return nil
	}
	if _, named := errors.AsType[*StaleError](err); named {
		return err
	}
	return fmt.Errorf("%s: %w", patch.QuotePath(path), bare(err))
}
