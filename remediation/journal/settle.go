package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Report says what Recover found and did.
type Report struct {
	Found  bool     // a set had been interrupted
	Op     string   // what it was doing: "apply", "undo" or "redo"
	Title  string   // of the set
	Put    []string // files that were put back
	Edited []string // files somebody edited since; they were left as they are
}

// Recover settles the journal of a set that was interrupted; call it after Open.
// A file that is as it was before the set is left, one that the set had changed is
// put back, any other is somebody's edit: it is left and reported. Recover may
// itself be interrupted and run again. It fails when the journal cannot be read,
// or a file cannot be put back; the journal then stays.
func (s *Store) Recover() (Report, error) {
	var hot record
	err := s.seal.read(s.state, hotName, &hot)
	if errors.Is(err, fs.ErrNotExist) {
		s.sweep()
		return Report{}, nil
	}
	if err != nil {
		return Report{Found: true}, s.stateError(fmt.Errorf("%w: nothing was touched; compare the project with its version control, then remove %s", err, hotName))
	}
	if hot.Version != version || hot.Root != s.path {
		return Report{Found: true}, s.stateError(fmt.Errorf("%s was written by another version of drydock or for %s: use that one to settle it", hotName, hot.Root))
	}
	w := newWalker(s.root)
	defer w.close()
	report, err := s.settle(w, &hot, len(hot.Moves))
	if err != nil {
		return report, fmt.Errorf("putting the project back: %w: mend that and start drydock again; the journal is kept", err)
	}
	s.sweep()
	return report, nil
}

// settle puts everything back to where the record says it was, and removes the
// journal. It works from any state in between, its own included. Of the moves,
// only the first tried may have been made; of the others the temporaries go.
func (s *Store) settle(w *walker, r *record, tried int) (Report, error) {
	report := Report{Found: true, Op: r.Op, Title: r.Title}
	var errs []error
	for i, m := range slices.Backward(r.Moves) {
		errs = append(errs, at(m.Path, s.putBack(w, r, &m, i < tried, &report)))
	}
	for _, path := range slices.Backward(r.Made) {
		errs = append(errs, at(path, dropDir(w, path)))
	}
	for _, g := range r.Gone {
		errs = append(errs, at(g.Path, remake(w, g)))
	}
	if err := errors.Join(errs...); err != nil {
		return report, err
	}
	if err := s.settleState(r); err != nil {
		return report, s.stateError(err)
	}
	slices.Sort(report.Put)
	slices.Sort(report.Edited)
	return report, nil
}

// settleState puts the history back and removes the journal. A saved set that
// the history does not name is swept later.
func (s *Store) settleState(r *record) error {
	there, err := s.readIndex()
	if err != nil {
		return err
	}
	if there.Serial != r.Index.Serial { // else a full disk need not be written to
		if err := s.seal.write(s.state, indexName, r.Index); err != nil {
			return err
		}
	}
	s.index = r.Index
	if err := s.state.Sync(); err != nil {
		return err
	}
	if err := removeIfThere(s.state, hotName); err != nil {
		return err
	}
	return s.state.Sync()
}

// putBack settles one path; tried is false when its move was never begun.
func (s *Store) putBack(w *walker, r *record, m *move, tried bool, report *Report) error {
	above, name := split(m.Path)
	d, err := w.dir(above)
	if errors.Is(err, fs.ErrNotExist) && m.Before.Exists {
		if d, err = remakeAbove(w, r, above); d == nil && err == nil {
			report.Edited = append(report.Edited, m.Path) // somebody removed the directory
			return nil
		}
	} else if errors.Is(err, fs.ErrNotExist) {
		return nil // no directory, no file: as it was
	}
	if _, refused := isRefusal(err); refused {
		report.Edited = append(report.Edited, m.Path)
		return nil
	}
	if err != nil {
		return err
	}
	for _, temp := range []string{m.Temp, m.Back} {
		if err := removeIfThere(d, temp); err != nil {
			return err
		}
	}
	if !tried {
		return nil
	}
	now, err := look(d, name)
	_, refused := isRefusal(err)
	switch {
	case refused:
		report.Edited = append(report.Edited, m.Path)
		return nil
	case err != nil:
		return err
	case now.same(m.Before):
		return nil
	case !now.same(m.After):
		report.Edited = append(report.Edited, m.Path)
		return nil
	}
	report.Put = append(report.Put, m.Path)
	return restore(d, name, m)
}

// restore puts Before in the place of After.
func restore(d directory, name string, m *move) error {
	if !m.Before.Exists {
		if err := d.Remove(name); err != nil {
			return err
		}
		return d.Sync()
	}
	if err := writeNew(d, m.Back, m.Before.Data, m.Before.Mode, m.Before.Owner, m.After.Exists); err != nil {
		return err
	}
	if err := d.Rename(m.Back, name); err != nil {
		return err
	}
	return d.Sync()
}

// remakeAbove makes the directories again that the set removed, down to path; nil
// when the set did not remove path.
func remakeAbove(w *walker, r *record, path string) (directory, error) {
	for _, g := range r.Gone {
		if err := remake(w, g); err != nil {
			return nil, err
		}
	}
	d, err := w.dir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return d, err
}

// remake makes a directory that is gone; it gets its name when it has its mode.
// Something else in its place stays.
func remake(w *walker, g savedDir) error {
	above, name := split(g.Path)
	parent, err := w.dir(above)
	if _, refused := isRefusal(err); refused || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := removeIfThere(parent, g.Temp); err != nil {
		return err
	}
	if _, err := parent.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := parent.Mkdir(g.Temp, 0o700); err != nil {
		return err
	}
	if err := parent.Chmod(g.Temp, g.Mode); err != nil {
		return err
	}
	if err := parent.Rename(g.Temp, name); err != nil {
		return err
	}
	return parent.Sync()
}
