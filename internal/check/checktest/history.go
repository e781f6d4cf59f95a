package checktest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"drydock/internal/repo"
)

// committed is the project in a directory of its own with two commits: the files as
// they were, and as they are.
func committed(t *testing.T, p *project) repo.Tree {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := git.PlainInit(dir, false)
	must(err)
	w, err := r.Worktree()
	must(err)
	commit := func(day int, files map[string][]byte) {
		for name, data := range files {
			at := filepath.Join(dir, filepath.FromSlash(name))
			must(os.MkdirAll(filepath.Dir(at), 0o755))
			must(os.WriteFile(at, data, 0o644))
			_, err := w.Add(name)
			must(err)
		}
		by := &object.Signature{Name: "a", Email: "a@b.example", When: time.Date(2024, 5, day, 0, 0, 0, 0, time.UTC)}
		_, err := w.Commit("c", &git.CommitOptions{Author: by, AllowEmptyCommits: true})
		must(err)
	}
	commit(1, p.was)
	for name := range p.was {
		if _, still := p.files[name]; !still {
			_, err := w.Remove(name)
			must(err)
		}
	}
	now := map[string][]byte{}
	for name, f := range p.files {
		now[name] = f.Data
	}
	commit(2, now)
	tree, err := repo.OpenDir(dir)
	must(err)
	t.Cleanup(func() { tree.Close() })
	return tree
}
