package repo

import (
	"crypto/sha1" // git names blobs by it
	"fmt"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// stamp is what git's index remembers of a file.
type stamp struct {
	blob plumbing.Hash
	size uint32
	at   time.Time
}

// stampOf is nil for what has no content of its own to compare: links,
// submodules, files that git was told not to look at.
func stampOf(e *index.Entry) *stamp {
	if (e.Mode != filemode.Regular && e.Mode != filemode.Executable) || e.SkipWorktree || e.IntentToAdd {
		return nil
	}
	return &stamp{e.Hash, e.Size, e.ModifiedAt}
}

// Dirty says whether a tracked file differs from the commit that is checked out.
// Files that git does not track do not count. Without git, or where its objects
// cannot be read, nothing is known to differ.
func (s *Snapshot) Dirty() bool {
	if s.vcs == nil || s.vcs.pinned {
		return false
	}
	return view(s, "dirty", func() bool { return s.edited() || s.staged() })
}

// edited says whether a file differs from the index, as git decides it: by size
// and time, and by content where these do not settle it.
func (s *Snapshot) edited() bool {
	for name, st := range s.vcs.stamps {
		if st == nil {
			continue
		}
		info, err := s.tree.Lstat(name)
		if err != nil || !info.Mode().IsRegular() {
			return true
		}
		if info.ModTime().Equal(st.at) && uint32(info.Size()) == st.size {
			continue
		}
		if info.Size() > MaxFileSize || s.blobOf(name) != st.blob {
			return true
		}
	}
	return false
}

// blobOf is the id that git would give the file's content.
func (s *Snapshot) blobOf(name string) plumbing.Hash {
	data, err := s.tree.ReadFile(name)
	if err != nil {
		return plumbing.ZeroHash
	}
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return plumbing.Hash(h.Sum(nil))
}

// staged says whether the index differs from HEAD's tree.
func (s *Snapshot) staged() (differs bool) {
	dir := workingDir(s.tree)
	if dir == nil {
		return false
	}
	if s.vcs.Commit == "" {
		return len(s.vcs.stamps) > 0
	}
	defer func() {
		if recover() != nil { // go-git panics on some broken packs
			differs = false
		}
	}()
	objects, err := openObjects(dir)
	if err != nil {
		return false
	}
	defer objects.Close()
	commit, err := objects.commit(plumbing.NewHash(s.vcs.Commit))
	if err != nil {
		return false
	}
	if !s.vcs.cached.IsZero() {
		return s.vcs.cached != commit.TreeHash
	}
	tree, err := commit.Tree()
	if err != nil {
		return false
	}
	return s.differsFrom(tree)
}

func (s *Snapshot) differsFrom(tree *object.Tree) bool {
	committed := 0
	walk := object.NewTreeWalker(tree, true, nil)
	defer walk.Close()
	for {
		name, entry, err := walk.Next()
		if err != nil {
			break
		}
		if entry.Mode == filemode.Dir {
			continue
		}
		committed++
		st, tracked := s.vcs.stamps[name]
		if !tracked || st != nil && st.blob != entry.Hash {
			return true
		}
	}
	return committed != len(s.vcs.stamps)
}
