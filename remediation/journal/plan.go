package journal

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"drydock/internal/patch"
)

// Apply writes the set, all of it or nothing. The set must be pinned (see
// patch.Pin): every file must still be what the plan was made for, a regular file
// with one name, reached without a link, or absent where one is created; else
// the error is a *StaleError or says which path it cannot be. A change that would
// alter nothing is left out; ErrNothing when that leaves none. Cancelling ctx
// counts until the first rename, after which the set completes. Any error but
// ErrUnsettled means that the tree is as it was before. Sets that were undone
// cannot be redone after this.
func (s *Store) Apply(ctx context.Context, set patch.Set, meta Meta) (Entry, error) {
	w := newWalker(s.root)
	defer w.close()
	moves, files, err := s.survey(ctx, w, set)
	if err != nil {
		return Entry{}, s.notDone("apply", err)
	}
	entry := Entry{ID: s.index.nextID(), Title: meta.Title, FixIDs: slices.Clone(meta.FixIDs), Time: meta.Time, Redoable: true}
	if entry.Title == "" {
		entry.Title = set.Title
	}
	for i, m := range moves {
		entry.Files = append(entry.Files, File{Path: m.Path, Op: opOf(m), Secret: m.Secret})
		entry.Redoable = entry.Redoable && !m.Secret
		files[i].Op = opOf(m)
	}
	t := &transaction{
		record: record{Op: "apply", Title: entry.Title, Moves: moves, Index: s.index},
		next:   s.index.with(entry),
		entry:  entryName(entry.ID),
	}
	if err := t.missingDirs(w); err != nil {
		return Entry{}, s.notDone("apply", err)
	}
	t.saved = &savedSet{Files: files, Made: t.Made}
	if err := s.run(ctx, w, t); err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// survey holds the set against the tree: what stands at every path, what shall.
func (s *Store) survey(ctx context.Context, w *walker, set patch.Set) ([]move, []savedFile, error) {
	if err := s.settled(); err != nil {
		return nil, nil, err
	}
	if err := set.Validate(); err != nil {
		return nil, nil, err
	}
	var moves []move
	var files []savedFile
	var stale []Stale
	for _, c := range set.Sorted().Changes {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if c.Op != patch.Create && (!c.HasBase || c.BaseMode == 0) {
			return nil, nil, at(c.Path, ErrUnpinned)
		}
		before, err := lookAt(w, c.Path)
		if why, refused := isRefusal(err); refused {
			stale = append(stale, Stale{c.Path, why})
			continue
		}
		if err != nil {
			return nil, nil, at(c.Path, err)
		}
		if why := difference(before, planned(c)); why != "" {
			stale = append(stale, Stale{c.Path, why})
			continue
		}
		after, saved, err := outcome(c, before)
		if err != nil {
			return nil, nil, err
		}
		if !before.same(after) {
			m := newMove(c.Path, before, after)
			m.Secret = c.Secret
			moves, files = append(moves, m), append(files, saved)
		}
	}
	if len(stale) > 0 {
		return nil, nil, &StaleError{stale}
	}
	if len(moves) == 0 {
		return nil, nil, ErrNothing
	}
	return moves, files, nil
}

// planned is the image that the plan was made for.
func planned(c patch.Change) image {
	if c.Op == patch.Create {
		return image{}
	}
	return image{Exists: true, Mode: c.BaseMode, Digest: c.Base}
}

// outcome is the image that the change leads to, and what the history needs to
// lead back and forth.
func outcome(c patch.Change, before image) (image, savedFile, error) {
	data, exists, err := c.After(before.Data)
	if err != nil {
		return image{}, savedFile{}, err
	}
	after := image{Exists: exists}
	if exists {
		after = image{Exists: true, Mode: c.Mode, Digest: patch.Sum(data), Owner: before.Owner, Data: data}
		if c.Op == patch.Modify && c.Mode == 0 {
			after.Mode = before.Mode
		}
		if !keepsModes {
			after.Mode = storableMode(after.Mode)
		}
	}
	saved := savedFile{Path: c.Path, Before: before.bare(), After: after.bare(), Secret: c.Secret}
	switch {
	case c.Op == patch.Delete:
		saved.Content = before.Data
	case c.Op == patch.Create && !c.Secret:
		saved.Content = data
	case c.Op == patch.Modify:
		if saved.Reverse, err = patch.Invert(before.Data, c.Edits); err != nil {
			return image{}, savedFile{}, at(c.Path, err)
		}
		if !c.Secret {
			saved.Forward = c.Edits
		}
	}
	return after, saved, nil
}

// storableMode is what a system that knows nothing but "read-only" makes of m.
func storableMode(m fs.FileMode) fs.FileMode {
	if m&0o200 == 0 {
		return 0o444
	}
	return 0o666
}

func opOf(m move) patch.Op {
	switch {
	case !m.Before.Exists:
		return patch.Create
	case !m.After.Exists:
		return patch.Delete
	}
	return patch.Modify
}

// missingDirs notes the directories that must be made for the files that come to
// be, outermost first.
func (t *transaction) missingDirs(w *walker) error {
	for _, m := range t.Moves {
		if !m.After.Exists {
			continue
		}
		above, _ := split(m.Path)
		for i := range len(above) + 1 {
			if i < len(above) && above[i] != '/' {
				continue
			}
			dir := above[:i]
			if slices.Contains(t.Made, dir) {
				continue
			}
			_, err := w.dir(dir)
			if errors.Is(err, fs.ErrNotExist) {
				t.Made = append(t.Made, dir)
			} else if err != nil {
				return at(m.Path, err)
			}
		}
	}
	slices.SortFunc(t.Made, strings.Compare)
	return nil
}

// notDone wraps why nothing was written.
func (s *Store) notDone(op string, err error) error {
	if errors.Is(err, ErrUnsettled) {
		return err
	}
	return &NotDoneError{Op: op, Err: err}
}
