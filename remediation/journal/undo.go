package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"drydock/internal/patch"
)

// Undo takes the last applied set back: bytes, modes, absence. When a file is no
// longer what the set made of it, nothing is changed and the error is a
// *StaleError that lists all such files. ErrNothing when no set is left.
func (s *Store) Undo(ctx context.Context) (Entry, error) {
	for i, e := range slices.Backward(s.index.Entries) {
		if !e.Undone {
			return s.travel(ctx, "undo", i)
		}
	}
	return Entry{}, s.notDone("undo", ErrNothing)
}

// Redo applies the set again that was undone last, under the same conditions. A
// set that wrote secrets cannot be redone: they are not kept.
func (s *Store) Redo(ctx context.Context) (Entry, error) {
	for i, e := range s.index.Entries {
		if !e.Undone {
			continue
		}
		if !e.Redoable {
			return Entry{}, s.notDone("redo", fmt.Errorf("%q wrote secrets, and those are not kept: apply the fix again to make new ones", e.Title))
		}
		return s.travel(ctx, "redo", i)
	}
	return Entry{}, s.notDone("redo", ErrNothing)
}

// travel takes the i-th set of the history back or forth.
func (s *Store) travel(ctx context.Context, op string, i int) (Entry, error) {
	if err := s.settled(); err != nil {
		return Entry{}, s.notDone(op, err)
	}
	entry := s.index.Entries[i]
	var saved savedSet
	if err := s.seal.read(s.state, entryName(entry.ID), &saved); err != nil {
		return Entry{}, s.notDone(op, s.stateError(err))
	}
	w := newWalker(s.root)
	defer w.close()
	moves, err := retrace(w, saved, op == "undo")
	if err != nil {
		return Entry{}, s.notDone(op, err)
	}
	t := &transaction{
		record: record{Op: op, Title: entry.Title, Moves: moves, Index: s.index},
		next:   s.index.mark(i, op == "undo"),
	}
	if op == "undo" {
		t.Gone, err = standing(w, saved.Made)
	}
	if err == nil {
		err = t.missingDirs(w)
	}
	if err != nil {
		return Entry{}, s.notDone(op, err)
	}
	if err := s.run(ctx, w, t); err != nil {
		return Entry{}, err
	}
	return t.next.Entries[i], nil
}

// retrace is the moves that take a saved set back, or forth again, from the tree
// as it stands.
func retrace(w *walker, saved savedSet, back bool) ([]move, error) {
	var moves []move
	var stale []Stale
	for _, f := range saved.Files {
		from, to := f.Before, f.After
		if back {
			from, to = to, from
		}
		now, err := lookAt(w, f.Path)
		if why, refused := isRefusal(err); refused {
			stale = append(stale, Stale{f.Path, why})
			continue
		}
		if err != nil {
			return nil, at(f.Path, err)
		}
		if why := difference(now, from); why != "" {
			stale = append(stale, Stale{f.Path, why + " since"})
			continue
		}
		if to.Data, err = f.bytes(now.Data, back); err != nil {
			return nil, at(f.Path, err)
		}
		if to.Exists && patch.Sum(to.Data) != to.Digest {
			return nil, at(f.Path, errDamaged)
		}
		m := newMove(f.Path, now, to)
		m.Secret = f.Secret
		moves = append(moves, m)
	}
	if len(stale) > 0 {
		return nil, &StaleError{stale}
	}
	return moves, nil
}

// bytes is the file's content before the set (back) or after it, from what it
// holds now.
func (f *savedFile) bytes(now []byte, back bool) ([]byte, error) {
	switch {
	case f.Op == patch.Modify && back:
		return patch.Apply(now, f.Reverse)
	case f.Op == patch.Modify:
		return patch.Apply(now, f.Forward)
	}
	return f.Content, nil
}

// standing is those of the directories that are there, with their modes.
func standing(w *walker, paths []string) ([]savedDir, error) {
	var dirs []savedDir
	for _, path := range paths {
		d, err := w.dir(path)
		if _, refused := isRefusal(err); refused || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, at(path, err)
		}
		info, err := d.Stat()
		if err != nil {
			return nil, at(path, err)
		}
		dirs = append(dirs, savedDir{Path: path, Mode: modeOf(info), Temp: tempName()})
	}
	return dirs, nil
}
