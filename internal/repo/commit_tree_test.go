package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

func opened(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func openCommit(t *testing.T, dir, rev string) *Commit {
	t.Helper()
	c, err := OpenCommit(opened(t, dir), rev)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// written is an object of the repository, which need not be one that git writes.
func written(t *testing.T, dir string, o interface {
	Encode(plumbing.EncodedObject) error
}) plumbing.Hash {
	t.Helper()
	r, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := r.Storer.NewEncodedObject()
	if err := o.Encode(e); err != nil {
		t.Fatal(err)
	}
	id, err := r.Storer.SetEncodedObject(e)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func blob(t *testing.T, dir, text string) plumbing.Hash {
	t.Helper()
	return written(t, dir, content(text))
}

type content string

func (c content) Encode(o plumbing.EncodedObject) error {
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, string(c))
	return errors.Join(err, w.Close())
}

// rawTree is a tree whose entries stand as they are given, sorted or not.
type rawTree []object.TreeEntry

func (entries rawTree) Encode(o plumbing.EncodedObject) error {
	o.SetType(plumbing.TreeObject)
	w, err := o.Writer()
	if err != nil {
		return err
	}
	for _, e := range entries {
		_, werr := fmt.Fprintf(w, "%o %s\x00%s", uint32(e.Mode), e.Name, e.Hash[:])
		err = errors.Join(err, werr)
	}
	return errors.Join(err, w.Close())
}

// handmade commits a tree of these entries and returns the commit's id.
func handmade(t *testing.T, dir string, entries ...object.TreeEntry) string {
	t.Helper()
	tree := written(t, dir, rawTree(entries))
	by := object.Signature{Name: "a", Email: "a@b.example", When: time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)}
	return written(t, dir, &object.Commit{Author: by, Committer: by, Message: "c", TreeHash: tree}).String()
}

func TestACommitIsATree(t *testing.T) {
	dir := t.TempDir()
	large := strings.Repeat("0123456789abcdef\n", 100_000)
	os.MkdirAll(filepath.Join(dir, "d/e"), 0o755)
	commitAll(t, dir, 1, map[string]string{"a.txt": "one\n", "d/e/f.sh": "#!/bin/sh\n", ".gitattributes": "* text eol=crlf\n*.bin filter=lfs\n", "x.bin": "version https://git-lfs.example\n", "large.txt": large, "empty": ""})
	for _, packed := range []bool{false, true} {
		if packed {
			r, err := git.PlainOpen(dir)
			if err := errors.Join(err, r.RepackObjects(&git.RepackConfig{})); err != nil {
				t.Fatal(err)
			}
		}
		c := openCommit(t, dir, "HEAD")
		if err := fstest.TestFS(c, "a.txt", "d/e/f.sh", "empty"); err != nil {
			t.Error(err)
		}
		for name, want := range map[string]string{"a.txt": "one\n", "x.bin": "version https://git-lfs.example\n", "large.txt": large, "empty": ""} {
			got, err := c.ReadFile(name)
			hash, herr := c.Hash(name)
			if err != nil || herr != nil || string(got) != want || hash != HashOf([]byte(want)) {
				t.Errorf("packed %t: %s holds %.40q (%v, %v)", packed, name, got, err, herr)
			}
		}
		info, err := c.Lstat("large.txt")
		if err != nil || info.Size() != int64(len(large)) || info.Mode() != 0o644 {
			t.Errorf("%+v %v", info, err)
		}
		for _, name := range []string{"d", "gone", "a.txt/x"} {
			if _, err := c.ReadFile(name); err == nil {
				t.Errorf("%s was read", name)
			}
		}
		when, err := c.When()
		if err != nil || when.Day() != 1 {
			t.Errorf("committed %v (%v)", when, err)
		}
		if s := open(t, c); len(s.Files()) != 6 || !s.File("a.txt").Tracked || s.Dirty() || s.VCS().Commit != c.ID() {
			t.Errorf("files %v, vcs %+v", s.Files(), s.VCS())
		}
	}
}

func TestACommitKeepsModesAndFollowsNothing(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	file := blob(t, dir, "x")
	sub := written(t, dir, &object.Tree{Entries: []object.TreeEntry{{Name: "in.ts", Mode: filemode.Regular, Hash: file}}})
	c := openCommit(t, dir, handmade(t, dir,
		object.TreeEntry{Name: "d", Mode: filemode.Dir, Hash: sub},
		object.TreeEntry{Name: "in", Mode: filemode.Symlink, Hash: blob(t, dir, "d")},
		object.TreeEntry{Name: "mod", Mode: filemode.Submodule, Hash: plumbing.NewHash(strings.Repeat("1", 40))},
		object.TreeEntry{Name: "out", Mode: filemode.Symlink, Hash: blob(t, dir, "../../etc/passwd")},
		object.TreeEntry{Name: "run", Mode: filemode.Executable, Hash: file},
	))
	for name, want := range map[string]fs.FileMode{"d": fs.ModeDir | 0o755, "in": fs.ModeSymlink | 0o777, "mod": fs.ModeDir | 0o755, "run": 0o755, "d/in.ts": 0o644} {
		if info, err := c.Lstat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v (%v), want %v", name, info, err, want)
		}
	}
	for _, name := range []string{"in", "in/in.ts", "out", "mod"} {
		if data, err := c.ReadFile(name); err == nil {
			t.Errorf("%s was followed: %q", name, data)
		}
	}
	s := open(t, c)
	var skipped []string
	for _, k := range s.Skipped() {
		skipped = append(skipped, k.Path+": "+k.Reason)
	}
	if got := strings.Join(skipped, "\n"); got != "mod: a submodule: another repository's files\nout: link out of the project, not followed" {
		t.Errorf("skipped\n%s", got)
	}
	if len(s.Files()) != 2 {
		t.Errorf("files %v", s.Files())
	}
}

func TestSubmodulesAreNotTheProjects(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a.ts": "1"})
	r, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	idx, err := r.Storer.Index()
	if err != nil {
		t.Fatal(err)
	}
	e := idx.Add("mod")
	e.Mode, e.Hash = filemode.Submodule, plumbing.NewHash(strings.Repeat("1", 40))
	if err := r.Storer.SetIndex(idx); err != nil {
		t.Fatal(err)
	}
	os.Mkdir(filepath.Join(dir, "mod"), 0o755)
	os.WriteFile(filepath.Join(dir, "mod/b.ts"), nil, 0o644)
	os.WriteFile(filepath.Join(dir, "mod/.git"), []byte("gitdir: ../.git/modules/mod\n"), 0o644)
	s := openDir(t, dir)
	if len(s.Files()) != 1 || !s.VCS().Submodule("mod") || len(s.Skipped()) != 1 || s.Skipped()[0].Path != "mod" {
		t.Errorf("files %v, skipped %v", s.Files(), s.Skipped())
	}
}

// A few objects can stand for more files than a machine has room for, and for
// names that no checkout can have.
func TestHostileCommits(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	file := blob(t, dir, "x")
	odd := openCommit(t, dir, handmade(t, dir,
		object.TreeEntry{Name: ".git", Mode: filemode.Regular, Hash: file},
		object.TreeEntry{Name: "..", Mode: filemode.Regular, Hash: file},
		object.TreeEntry{Name: "a/b", Mode: filemode.Regular, Hash: file},
		object.TreeEntry{Name: "c", Mode: filemode.Regular, Hash: file},
		object.TreeEntry{Name: "c", Mode: filemode.Executable, Hash: file},
		object.TreeEntry{Name: "gone", Mode: filemode.Dir, Hash: plumbing.NewHash(strings.Repeat("2", 40))},
	))
	if s := open(t, odd); len(s.Files()) != 1 || len(s.Skipped()) != 5 {
		t.Errorf("files %v, skipped %v", s.Files(), s.Skipped())
	}

	tree := &object.Tree{}
	for i := range 10 {
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: fmt.Sprint(i), Mode: filemode.Regular, Hash: file})
	}
	for range 8 {
		id := written(t, dir, tree)
		tree = &object.Tree{}
		for i := range 10 {
			tree.Entries = append(tree.Entries, object.TreeEntry{Name: fmt.Sprint(i), Mode: filemode.Dir, Hash: id})
		}
	}
	bomb := openCommit(t, dir, handmade(t, dir, tree.Entries...))
	if len(bomb.entries) > maxNames || len(bomb.skipped) == 0 || !bomb.skipped[0].Incomplete {
		t.Errorf("%d names, skipped %v", len(bomb.entries), bomb.skipped)
	}

	// A file whose object declares less than it holds.
	big := blob(t, dir, string(bytes.Repeat([]byte("0"), MaxFileSize+1)))
	c := openCommit(t, dir, handmade(t, dir, object.TreeEntry{Name: "big", Mode: filemode.Regular, Hash: big}))
	if _, err := c.ReadFile("big"); !errors.Is(err, errTooLarge) {
		t.Errorf("read more than %d bytes: %v", MaxFileSize, err)
	}
}

func TestRevisions(t *testing.T) {
	dir := t.TempDir()
	for day := 1; day <= 4; day++ {
		commitAll(t, dir, day, map[string]string{"a": fmt.Sprint(day)})
	}
	r, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	by := &object.Signature{Name: "a", Email: "a@b.example", When: time.Date(2024, 5, 4, 0, 0, 0, 0, time.UTC)}
	_, err = r.CreateTag("v1", head.Hash(), &git.CreateTagOptions{Tagger: by, Message: "m"})
	if err := errors.Join(err, r.Storer.SetReference(plumbing.NewHashReference("refs/heads/side/x", head.Hash())),
		os.WriteFile(filepath.Join(dir, ".git/packed-refs"), []byte("# pack-refs\n"+head.Hash().String()+" refs/tags/packed\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	full := head.Hash().String()
	for rev, want := range map[string]string{
		"HEAD": "4", "@": "4", "HEAD~0": "4", "HEAD~": "3", "HEAD~2": "2", "HEAD^^~": "1", "HEAD^1~1": "2", "HEAD^0": "4", "master~1": "3", "refs/heads/master": "4", "heads/master": "4",
		"side/x": "4", "v1": "4", "v1~3": "1", "packed": "4", full: "4", full[:7]: "4", full[:8] + "~1": "3",
		"": "not a revision", "nope": "no branch, tag or commit", "HEAD~4": "no such parent", "HEAD^2": "no such parent", "HEAD~99999": "more than", "HEAD~9999~9999": "no such parent",
		"HEAD~1x": "not a revision", "../../etc/passwd": "no branch", "HEAD^{tree}": "not a revision", strings.Repeat("a", 300): "not a revision", "0000000": "no branch", strings.Repeat("0", 40): "names no commit",
	} {
		c, err := OpenCommit(opened(t, dir), rev)
		if err != nil {
			if len(want) == 1 || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v, want %s", rev, err, want)
			}
			continue
		}
		data, err := c.ReadFile("a")
		if string(data) != want || err != nil {
			t.Errorf("%q: %q (%v), want %s", rev, data, err, want)
		}
		c.Close()
	}
}

// The history of a commit's snapshot ends at the commit.
func TestACommitHasItsOwnPast(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	commitAll(t, dir, 2, map[string]string{"a": "2"})
	got, err := open(t, openCommit(t, dir, "HEAD~1")).LastChanges(context.Background(), []string{"a"})
	if err != nil || got["a"].When.Day() != 1 {
		t.Errorf("%+v %v", got, err)
	}
}
