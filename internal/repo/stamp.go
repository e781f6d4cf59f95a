package repo

import (
	"encoding/binary"
	"io/fs"
	"time"

	"github.com/zeebo/xxh3"
)

// Stamp identifies what the snapshot was made from, without having read it: what
// the file system says of every file (size, mode, times, inode), git's index and
// HEAD, and what was left out. Two snapshots of a directory with the same stamp say
// the same, as long as what Probed lists is the same too. ok is false when a file
// changed so shortly before the walk that a later change could hide behind the same
// times, and for trees that are no directory.
func (s *Snapshot) Stamp() (stamp string, ok bool) {
	dir, isDir := s.tree.(*Dir)
	if !isDir {
		return "", false
	}
	h := xxh3.New()
	ok = true
	settled := s.opened.Add(-settling).UnixNano()
	number := func(v int64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(v))
		h.Write(b[:])
	}
	text := func(t string) {
		number(int64(len(t)))
		h.WriteString(t)
	}
	look := func(size int64, mode fs.FileMode, seen statKey) {
		number(size)
		number(int64(mode))
		number(seen.mtime)
		number(seen.ctime)
		number(int64(seen.inode))
		ok = ok && seen.ctime != 0 && seen.ctime < settled && seen.mtime < settled
	}
	for _, f := range s.files {
		text(f.Path)
		look(f.Size, f.Mode, f.seen)
		if f.Tracked {
			number(1)
		}
	}
	for _, skip := range s.skipped {
		text(skip.Path)
		text(skip.Reason)
	}
	if s.vcs != nil {
		text(s.vcs.Commit)
		text(s.vcs.Branch)
		for _, name := range []string{".git/index", ".git/info/exclude", ".git/packed-refs", ".git/shallow", ".git/config", ".git/refs/tags"} {
			info, err := dir.Lstat(name)
			if i, known := info.(*statInfo); err == nil && known {
				text(name)
				look(i.size, i.mode, i.key())
			}
		}
	}
	return Hash(h.Sum128().Bytes()).String(), ok
}

// settling is how long after a change the next one may bear the same time.
const settling = 20 * time.Millisecond

// Probed lists what was asked of the tree beyond the project's files, and the
// answer: files that git ignores, directories, names that are not there.
func (s *Snapshot) Probed() map[string]bool {
	out := map[string]bool{}
	s.probed.Range(func(name, exists any) bool {
		out[name.(string)] = exists.(bool)
		return true
	})
	return out
}

// Holds says whether the answers of an earlier Probed are still those of the tree.
func (s *Snapshot) Holds(probed map[string]bool) bool {
	for name, exists := range probed {
		if s.Exists(name) != exists {
			return false
		}
	}
	return true
}

// probe asks the tree for a name that the walk did not list, and remembers the
// answer.
func (s *Snapshot) probe(name string) bool {
	_, err := s.tree.Lstat(name)
	s.probed.Store(name, err == nil)
	return err == nil
}

// statKey is what changes with a file's content, as far as the file system knows.
type statKey struct {
	mtime, ctime int64 // nanoseconds since 1970
	inode        uint64
}

func (i *statInfo) key() statKey { return statKey{i.mtime, i.ctime, i.inode} }

// seenAs is the key of a file that the walk lists, zero when its tree has none.
func seenAs(info fs.FileInfo) statKey {
	if i, ok := info.(*statInfo); ok {
		return i.key()
	}
	return statKey{}
}
