package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// hotName is the journal of the set that is being written.
const hotName = "hot"

// record is the journal: all that is needed to put the tree back.
type record struct {
	Version int
	Root    string
	Op      string // "apply", "undo" or "redo"
	Title   string
	Moves   []move     // Before with its bytes, After without
	Made    []string   // directories that come to be, outermost first
	Gone    []savedDir // directories that go when they are empty, outermost first
	Index   index      // before
}

// savedDir is a directory that may have to be made again.
type savedDir struct {
	Path string
	Mode fs.FileMode
	Temp string // its name until it has its mode
}

// transaction is a record with what only the writer needs.
type transaction struct {
	record
	next  index
	entry string    // the history file that comes to be
	saved *savedSet // goes into the history file; nil for undo and redo
	tried int       // how many moves were begun: the rest need no taking back
}

// settled fails with ErrUnsettled while a journal is there.
func (s *Store) settled() error {
	if s.state == nil {
		return errors.New("the journal is closed")
	}
	_, err := s.state.Lstat(hotName)
	if err == nil {
		return ErrUnsettled
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s.stateError(err)
	}
	return nil
}

// run writes the transaction, or takes back what it wrote.
func (s *Store) run(ctx context.Context, w *walker, t *transaction) error {
	if err := ctx.Err(); err != nil {
		return s.notDone(t.Op, err)
	}
	if err := s.writeHot(t); err != nil {
		_ = removeIfThere(s.state, hotName) // a journal that stays is settled like any other: to nothing
		s.sweep()
		return s.notDone(t.Op, s.stateError(err))
	}
	if err := s.write(ctx, w, t); err != nil {
		return s.giveUp(w, t, err)
	}
	// Committed. A journal that comes back after a crash, because this sync
	// failed, is settled like any other.
	_ = s.state.Sync()
	s.index = t.next
	s.sweep()
	return nil
}

// giveUp puts the tree back after a failure and says so. It goes through the
// directories that are open, wherever somebody may have moved them meanwhile.
func (s *Store) giveUp(w *walker, t *transaction, cause error) error {
	report, err := s.settle(w, &t.record, t.tried)
	if err != nil {
		return fmt.Errorf("%s: %w; taking it back failed: %w; %w", t.Op, cause, err, ErrUnsettled)
	}
	s.sweep()
	return &NotDoneError{Op: t.Op, Err: cause, Edited: report.Edited}
}

// writeHot makes the journal durable before anything in the tree changes.
func (s *Store) writeHot(t *transaction) error {
	t.Version, t.Root = version, s.path
	hot := t.record
	hot.Moves = slices.Clone(t.Moves)
	for i := range hot.Moves {
		hot.Moves[i].After = hot.Moves[i].After.bare()
	}
	return s.seal.write(s.state, hotName, hot)
}

// write does everything from the first directory to the removal of the journal,
// which is the commit.
func (s *Store) write(ctx context.Context, w *walker, t *transaction) error {
	if err := s.prepare(w, t); err != nil {
		return err
	}
	for i := range t.Moves {
		if i == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := s.check(w, &t.Moves[i]); err != nil {
			return at(t.Moves[i].Path, err)
		}
		t.tried++
		if err := swap(w, &t.Moves[i]); err != nil {
			return at(t.Moves[i].Path, err)
		}
	}
	if err := syncParents(w, t); err != nil {
		return err
	}
	if err := s.dropDirs(w, t.Gone); err != nil {
		return err
	}
	if err := s.readBack(t.Moves); err != nil {
		return err
	}
	if t.saved != nil {
		if err := s.seal.write(s.state, t.entry, t.saved); err != nil {
			return s.stateError(err)
		}
	}
	if err := s.seal.write(s.state, indexName, t.next); err != nil {
		return s.stateError(err)
	}
	if err := s.state.Remove(hotName); err != nil {
		return s.stateError(err)
	}
	return nil
}

// prepare makes the directories and the temporaries.
func (s *Store) prepare(w *walker, t *transaction) error {
	for i, path := range t.Made {
		if err := makeDir(w, path); err != nil {
			t.Made = t.Made[:i] // somebody else's by now, if it is there
			return at(path, err)
		}
	}
	for _, m := range t.Moves {
		if !m.After.Exists {
			continue
		}
		above, _ := split(m.Path)
		d, err := w.dir(above)
		if err != nil {
			return at(m.Path, err)
		}
		if err := writeNew(d, m.Temp, m.After.Data, m.After.Mode, m.After.Owner, m.Before.Exists); err != nil {
			return at(m.Path, err)
		}
	}
	return nil
}

func makeDir(w *walker, path string) error {
	above, name := split(path)
	d, err := w.dir(above)
	if err != nil {
		return err
	}
	return d.Mkdir(name, 0o755)
}

// check reads the target once more, right before it is replaced. The directory
// must still be the one that its path leads to.
func (s *Store) check(w *walker, m *move) error {
	above, name := split(m.Path)
	d, err := w.dir(above)
	if err != nil {
		return err
	}
	if err := s.stillAt(above, d); err != nil {
		return err
	}
	now, err := look(d, name)
	if why, refused := isRefusal(err); refused {
		return &StaleError{[]Stale{{m.Path, why}}}
	}
	if err != nil {
		return err
	}
	if why := difference(now, m.Before); why != "" {
		return &StaleError{[]Stale{{m.Path, why}}}
	}
	return nil
}

// swap puts the new file in the target's place.
func swap(w *walker, m *move) error {
	above, name := split(m.Path)
	d, err := w.dir(above)
	if err != nil {
		return err
	}
	if m.After.Exists {
		return d.Rename(m.Temp, name)
	}
	return d.Remove(name)
}

// stillAt says whether path, walked again, leads to the open directory d.
func (s *Store) stillAt(path string, d directory) error {
	w := newWalker(s.root)
	defer w.close()
	again, err := w.dir(path)
	if err != nil {
		return err
	}
	a, err := again.Stat()
	if err != nil {
		return err
	}
	b, err := d.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(a, b) {
		return refuse("the directory %s was replaced while the fix was written", path)
	}
	return nil
}

// syncParents makes the names of all moved files and new directories durable.
func syncParents(w *walker, t *transaction) error {
	paths := slices.Clone(t.Made)
	for _, m := range t.Moves {
		paths = append(paths, m.Path)
	}
	done := map[string]bool{}
	for _, path := range paths {
		above, _ := split(path)
		if done[above] {
			continue
		}
		done[above] = true
		d, err := w.dir(above)
		if err == nil {
			err = d.Sync()
		}
		if err != nil {
			return at(path, err)
		}
	}
	return nil
}

// dropDirs removes the directories, innermost first, that are empty.
func (s *Store) dropDirs(w *walker, dirs []savedDir) error {
	for _, g := range slices.Backward(dirs) {
		if err := dropDir(w, g.Path); err != nil {
			return at(g.Path, err)
		}
	}
	return nil
}

// dropDir removes the directory at path if it is there and empty. Something in
// the way, or inside, stays.
func dropDir(w *walker, path string) error {
	d, err := w.dir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, refused := isRefusal(err); refused {
		return nil
	}
	if err != nil {
		return err
	}
	names, err := d.Names()
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return nil
	}
	if err := w.forget(path); err != nil {
		return err
	}
	above, name := split(path)
	parent, err := w.dir(above)
	if err != nil {
		return err
	}
	if err := parent.Remove(name); err != nil {
		return err
	}
	return parent.Sync()
}

// readBack demands that the tree holds what was to be written, seen afresh.
func (s *Store) readBack(moves []move) error {
	w := newWalker(s.root)
	defer w.close()
	for _, m := range moves {
		now, err := lookAt(w, m.Path)
		if err != nil {
			return at(m.Path, err)
		}
		if why := difference(now, m.After); why != "" {
			return at(m.Path, fmt.Errorf("read back after writing: %s", why))
		}
	}
	return nil
}
