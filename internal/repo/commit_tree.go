package repo

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Commit is a commit of a repository as a Tree, read from git's objects without a
// checkout. Contents are read when they are asked for, and are those that git
// keeps: line endings are not converted as .gitattributes may ask, files that are
// kept elsewhere (Git LFS) are the pointers to them, nothing is expanded or
// filtered. Links are not followed; submodules are directories without content.
// Times are zero: git keeps none. It is safe for concurrent use.
type Commit struct {
	dir     *Dir
	id      plumbing.Hash
	entries map[string]*committed // by path; the root is "."
	skipped []Skip

	mu      sync.Mutex // objects are one goroutine's at a time
	objects gitObjects
}

// committed is a file, link, submodule or directory of a commit.
type committed struct {
	name string
	id   plumbing.Hash
	mode filemode.FileMode
	list []*committed // of a directory, sorted by name
}

// maxNames bounds what is listed of a commit, files, links and directories together:
// a few objects can stand for more than any machine has room for.
const maxNames = MaxFiles

// OpenCommit opens the commit that rev names in the repository at dir: HEAD, a
// branch, a tag, an object id or at least four digits of one, with ~n and ^n
// behind it. It fails with a sentence for people when there is no such commit, or
// when the repository cannot be read without leaving the directory. The commit has
// to be closed; dir stays open for as long.
func OpenCommit(dir *Dir, rev string) (_ *Commit, err error) {
	defer recovered(&err)
	objects, err := openObjects(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rev, err)
	}
	c := &Commit{dir: dir, objects: objects, entries: map[string]*committed{}}
	defer func() {
		if err != nil {
			objects.Close()
		}
	}()
	head, err := (&past{objects: objects, refs: readRefs(dir)}).resolve(rev)
	if err != nil {
		return nil, err
	}
	c.id = head.Hash
	root := &committed{name: ".", id: head.TreeHash, mode: filemode.Dir}
	c.entries["."] = root
	if err := c.list(root, ".", 0); err != nil {
		return nil, fmt.Errorf("%s: its tree cannot be read: %w", rev, err)
	}
	return c, nil
}

// list reads a directory and those below it.
func (c *Commit) list(dir *committed, at string, depth int) error {
	tree, err := object.GetTree(c.objects, dir.id)
	if err != nil {
		return err
	}
	for _, e := range tree.Entries {
		full := join(at, e.Name)
		switch {
		case e.Name == ".git" || e.Name == "." || e.Name == ".." || strings.ContainsAny(e.Name, "/\x00") || !fs.ValidPath(full):
			c.skipped = append(c.skipped, Skip{at, "holds a name that no checkout can have", false})
			continue
		case c.entries[full] != nil:
			c.skipped = append(c.skipped, Skip{full, "stands twice in the commit", false})
			continue
		case len(c.entries) >= maxNames:
			c.skipped = append(c.skipped, Skip{".", fmt.Sprintf("more than %d names; the rest was not looked at", maxNames), true})
			return nil
		}
		entry := &committed{name: e.Name, id: e.Hash, mode: e.Mode}
		c.entries[full] = entry
		dir.list = append(dir.list, entry)
		if e.Mode != filemode.Dir {
			continue
		}
		if depth >= MaxDepth {
			c.skipped = append(c.skipped, Skip{full, fmt.Sprintf("deeper than %d directories", MaxDepth), true})
		} else if err := c.list(entry, full, depth+1); err != nil {
			c.skipped = append(c.skipped, Skip{full, "cannot be read: " + err.Error(), true})
		}
	}
	slices.SortFunc(dir.list, func(a, b *committed) int { return cmp.Compare(a.name, b.name) })
	return nil
}

// ID is the commit's full object id.
func (c *Commit) ID() string { return c.id.String() }

// Close releases the repository's files.
func (c *Commit) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.objects.Close()
}

// vcs is what the commit says of itself.
func (c *Commit) vcs(skip func(path, reason string, incomplete bool)) *VCS {
	v := &VCS{Commit: c.ID(), index: map[string]bool{}, submodules: map[string]bool{}, pinned: true}
	for name, e := range c.entries {
		if e.mode != filemode.Dir {
			v.index[name] = true
		}
		if e.mode == filemode.Submodule {
			v.submodules[name] = true
		}
	}
	for _, s := range c.skipped {
		skip(s.Path, s.Reason, s.Incomplete)
	}
	return v
}

// commitOf is the commit that a tree, or what it overlays, is.
func commitOf(t Tree) *Commit {
	for {
		switch v := t.(type) {
		case *Commit:
			return v
		case *Overlay:
			t = v.base
		default:
			return nil
		}
	}
}

func (c *Commit) find(op, name string) (*committed, error) {
	if e := c.entries[name]; e != nil {
		return e, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements Tree.
func (c *Commit) ReadDir(name string) ([]fs.DirEntry, error) {
	dir, err := c.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !dir.Mode().IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	out := make([]fs.DirEntry, 0, len(dir.list))
	for _, e := range dir.list {
		out = append(out, commitEntry{c, e})
	}
	return out, nil
}

// ReadFile implements Tree.
func (c *Commit) ReadFile(name string) ([]byte, error) {
	e, err := c.find("read", name)
	if err != nil {
		return nil, err
	}
	if !e.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	}
	data, err := c.blob(e.id)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// blob is the content of a file.
func (c *Commit) blob(id plumbing.Hash) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.objects.blob(id)
}

// Lstat implements Tree.
func (c *Commit) Lstat(name string) (fs.FileInfo, error) {
	e, err := c.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return c.info(e)
}

func (c *Commit) info(e *committed) (fs.FileInfo, error) {
	if e.Mode().IsDir() {
		return memInfo{e.name, 0, e.Mode()}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	size, err := c.objects.blobSize(e.id)
	if err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: e.name, Err: err}
	}
	return memInfo{e.name, size, e.Mode()}, nil
}

// Readlink is the target of a symbolic link, as it is written.
func (c *Commit) Readlink(name string) (string, error) {
	e, err := c.find("readlink", name)
	if err != nil {
		return "", err
	}
	if e.mode != filemode.Symlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	data, err := c.blob(e.id)
	return string(data), err
}

// Hash implements Tree.
func (c *Commit) Hash(name string) (Hash, error) {
	data, err := c.ReadFile(name)
	if err != nil {
		return Hash{}, err
	}
	return HashOf(data), nil
}

// Open implements fs.FS.
func (c *Commit) Open(name string) (fs.File, error) { return openIn(c, name) }

// Mode is what a checkout gives the entry: git knows whether a file may be run,
// and nothing else of its permissions.
func (e *committed) Mode() fs.FileMode {
	switch e.mode {
	case filemode.Dir, filemode.Submodule:
		return fs.ModeDir | 0o755
	case filemode.Symlink:
		return fs.ModeSymlink | 0o777
	case filemode.Executable:
		return 0o755
	case filemode.Regular, filemode.Deprecated:
		return 0o644
	}
	return fs.ModeIrregular
}

// commitEntry is an entry of a directory; its size is looked up when it is asked.
type commitEntry struct {
	c *Commit
	e *committed
}

func (d commitEntry) Name() string               { return d.e.name }
func (d commitEntry) IsDir() bool                { return d.e.Mode().IsDir() }
func (d commitEntry) Type() fs.FileMode          { return d.e.Mode().Type() }
func (d commitEntry) Info() (fs.FileInfo, error) { return d.c.info(d.e) }

// When is the time of the commit.
func (c *Commit) When() (when time.Time, err error) {
	defer recovered(&err)
	c.mu.Lock()
	defer c.mu.Unlock()
	commit, err := object.GetCommit(c.objects, c.id)
	if err != nil {
		return time.Time{}, err
	}
	return commit.Committer.When, nil
}
