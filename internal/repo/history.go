package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Change is the last commit that touched a file.
type Change struct {
	When   time.Time
	Commit string // full object id
}

// maxHistory is how many commits LastChanges walks back from HEAD.
const maxHistory = 2000

// errNoHistory is said of projects without git, or before the first commit.
var errNoHistory = errors.New("the project has no git history that can be read")

// LastChanges finds, for each path, the last commit that changed it, following
// first parents. Paths without an answer in the commits walked are left out. It
// fails when the project has no readable history; the caller says so and goes on.
func (s *Snapshot) LastChanges(ctx context.Context, paths []string) (found map[string]Change, err error) {
	err = s.recall(func(p *past) error {
		var err error
		found, err = lastChanges(ctx, p.head, paths)
		return err
	})
	return found, err
}

// past is the history of a project while it is read.
type past struct {
	objects gitObjects
	refs    *gitRefs
	head    *object.Commit
}

// recall reads the history from the commit that the snapshot stands on. It fails
// when there is none that can be read.
func (s *Snapshot) recall(read func(*past) error) (err error) {
	dir := workingDir(s.tree)
	if s.vcs == nil || s.vcs.Commit == "" || dir == nil {
		return errNoHistory
	}
	defer recovered(&err)
	objects, err := openObjects(dir)
	if err != nil {
		return fmt.Errorf("git history cannot be read: %w", err)
	}
	defer objects.Close()
	head, err := objects.commit(plumbing.NewHash(s.vcs.Commit))
	if err != nil {
		return fmt.Errorf("git history cannot be read: %w", err)
	}
	return read(&past{objects, readRefs(dir), head})
}

func lastChanges(ctx context.Context, commit *object.Commit, paths []string) (map[string]Change, error) {
	out := map[string]Change{}
	present, err := blobs(commit, paths)
	if err != nil {
		return nil, err
	}
	for range maxHistory {
		if len(present) == 0 {
			break
		}
		if err := ctx.Err(); err != nil {
			return out, err
		}
		var before map[string]plumbing.Hash
		parent, err := commit.Parent(0)
		if err == nil {
			if before, err = blobs(parent, keysOf(present)); err != nil {
				return out, nil // a shallow clone ends here
			}
		} else if !errors.Is(err, object.ErrParentNotFound) {
			return out, nil
		}
		for path, blob := range present {
			if before[path] != blob {
				out[path] = Change{commit.Committer.When, commit.Hash.String()}
				delete(present, path)
			}
		}
		if parent == nil {
			break
		}
		commit = parent
	}
	return out, nil
}

// blobs are the object ids of the paths that the commit holds.
func blobs(c *object.Commit, paths []string) (map[string]plumbing.Hash, error) {
	tree, err := c.Tree()
	if err != nil {
		return nil, err
	}
	out := map[string]plumbing.Hash{}
	for _, p := range paths {
		if e, err := tree.FindEntry(p); err == nil {
			out[p] = e.Hash
		}
	}
	return out, nil
}

func keysOf(m map[string]plumbing.Hash) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// workingDir is the directory that a tree, or what it overlays, is read from: of a
// commit, the one that holds its repository.
func workingDir(t Tree) *Dir {
	for {
		switch v := t.(type) {
		case *Dir:
			return v
		case *Commit:
			return v.dir
		case *Overlay:
			t = v.base
		default:
			return nil
		}
	}
}

// plainGitDir refuses what go-git would follow out of the project: a common
// directory or alternates elsewhere (SAFETY.md).
func plainGitDir(dir *Dir) error {
	if info, err := dir.Lstat(".git"); err != nil {
		return errNoHistory
	} else if !info.IsDir() {
		return errors.New(".git is no directory: git data outside the project is not read")
	}
	if readGitConfig(dir).sha256() {
		return errors.New("objects that are named by SHA-256 are not read")
	}
	for _, name := range []string{".git/commondir", ".git/objects/info/alternates"} {
		if _, err := dir.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: objects outside the project are not read", filepath.ToSlash(name))
		}
	}
	return nil
}
