package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"drydock/internal/patch"
)

// index is the list of sets that undo and redo know. It is replaced as one file.
type index struct {
	Version int
	Root    string
	Serial  int // of this version of the index
	Last    int // number of the newest set there ever was
	Entries []Entry
}

const (
	indexName   = "index"
	entryPrefix = "entry-"
	version     = 1

	// maxHistory is how many sets can be undone; older ones are forgotten.
	maxHistory = 100
)

// savedSet is what the history keeps of a set beside its entry: enough to lead
// back, and forth again where nothing secret was written.
type savedSet struct {
	Files []savedFile
	Made  []string // directories that the set made, outermost first
}

// savedFile leads from one image to another and back. A modified file is kept as
// edits, so that the rest of it is not stored.
type savedFile struct {
	Path    string
	Op      patch.Op
	Before  image // without bytes
	After   image // without bytes
	Reverse []patch.Edit
	Forward []patch.Edit // none when Secret
	Content []byte       // of a created file (none when Secret), or of a deleted one
	Secret  bool
}

func (s *Store) readIndex() (index, error) {
	var x index
	err := s.seal.read(s.state, indexName, &x)
	if errors.Is(err, fs.ErrNotExist) {
		return index{Version: version, Root: s.path}, nil
	}
	if err != nil {
		return index{}, fmt.Errorf("%w: remove it to start a new history", err)
	}
	if x.Version != version {
		return index{}, fmt.Errorf("written by another version of drydock: use that one, or remove %s", indexName)
	}
	return x, nil
}

func entryName(id string) string { return entryPrefix + id }

func (x index) nextID() string { return fmt.Sprintf("%06d", x.Last+1) }

// with is the index after a new set: what was undone cannot come back, and the
// oldest sets go.
func (x index) with(e Entry) index {
	kept := slices.DeleteFunc(slices.Clone(x.Entries), func(o Entry) bool { return o.Undone })
	kept = append(kept, e)
	if n := len(kept) - maxHistory; n > 0 {
		kept = slices.Delete(kept, 0, n)
	}
	x.Serial++
	x.Last++
	x.Entries = kept
	return x
}

// mark is the index with the i-th set undone, or not.
func (x index) mark(i int, undone bool) index {
	x.Serial++
	x.Entries = slices.Clone(x.Entries)
	x.Entries[i].Undone = undone
	return x
}

// sweep removes state files that nothing refers to. Whether it succeeds does not
// matter: the next one tries again.
func (s *Store) sweep() {
	names, err := s.state.Names()
	if err != nil {
		return
	}
	known := map[string]bool{}
	for _, e := range s.index.Entries {
		known[entryName(e.ID)] = true
	}
	for _, name := range names {
		if strings.HasPrefix(name, entryPrefix) && !known[name] || strings.HasSuffix(name, ".tmp") {
			_ = s.state.Remove(name)
		}
	}
}
