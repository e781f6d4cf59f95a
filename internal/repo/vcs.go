package repo

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// VCS is what git knows of the project, read from its files without running
// anything. A nil VCS tracks nothing.
type VCS struct {
	Commit string // full object id of HEAD, "" before the first commit
	Branch string // "" when HEAD is detached
	index  map[string]bool
	stamps map[string]*stamp // of the same files; see stampOf
	cached plumbing.Hash     // the tree that the index equals, zero when it does not say
}

// Tracks says whether git's index holds the file.
func (v *VCS) Tracks(name string) bool { return v != nil && v.index[name] }

// trackedDirs are the directories that hold tracked files, at any depth.
func (v *VCS) trackedDirs() map[string]bool {
	dirs := map[string]bool{}
	if v == nil {
		return dirs
	}
	for name := range v.index {
		for _, dir := range parents(name) {
			if dirs[dir] {
				break
			}
			dirs[dir] = true
		}
	}
	return dirs
}

// readVCS reads .git as far as it lies inside the project. A .git file that
// points elsewhere is another repository's business (SAFETY.md): it is not
// followed.
func readVCS(tree Tree, skip func(path, reason string, incomplete bool)) *VCS {
	info, err := tree.Lstat(".git")
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		skip(".git", "not a directory: git facts (tracked files, history) are not used", false)
		return nil
	}
	head, err := tree.ReadFile(".git/HEAD")
	if err != nil {
		skip(".git", "HEAD cannot be read ("+reason(err)+"): git facts are not used", false)
		return nil
	}
	v := &VCS{index: map[string]bool{}, stamps: map[string]*stamp{}}
	v.readHead(tree, strings.TrimSpace(string(head)))
	data, err := tree.ReadFile(".git/index")
	if errors.Is(err, fs.ErrNotExist) {
		return v
	}
	if err == nil {
		err = v.readIndex(data)
	}
	if err != nil {
		skip(".git/index", "cannot be read ("+reason(err)+"): every file that is not ignored counts as tracked", false)
		return nil
	}
	return v
}

func (v *VCS) readIndex(data []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("broken index")
		}
	}()
	var idx index.Index
	if err := index.NewDecoder(bytes.NewReader(data)).Decode(&idx); err != nil {
		return err
	}
	for _, e := range idx.Entries {
		v.index[e.Name] = true
		v.stamps[e.Name] = stampOf(e)
	}
	if idx.Cache != nil {
		for _, t := range idx.Cache.Entries {
			if t.Path == "" && t.Entries >= 0 {
				v.cached = t.Hash
			}
		}
	}
	return nil
}

// readHead resolves HEAD through loose and packed references.
func (v *VCS) readHead(tree Tree, head string) {
	ref, symbolic := strings.CutPrefix(head, "ref: ")
	if !symbolic {
		v.Commit = objectID(head)
		return
	}
	v.Branch = strings.TrimPrefix(ref, "refs/heads/")
	if !fs.ValidPath(ref) {
		return
	}
	if data, err := tree.ReadFile(path.Join(".git", ref)); err == nil {
		v.Commit = objectID(strings.TrimSpace(string(data)))
		return
	}
	packed, err := tree.ReadFile(".git/packed-refs")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(packed)) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == ref {
			v.Commit = objectID(id)
			return
		}
	}
}

// objectID is s when it is one, else "".
func objectID(s string) string {
	if len(s) != 40 && len(s) != 64 {
		return ""
	}
	for _, c := range []byte(s) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return ""
		}
	}
	return s
}
