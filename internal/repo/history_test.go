package repo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

func commitAll(t *testing.T, dir string, day int, files map[string]string) {
	t.Helper()
	r, err := git.PlainOpen(dir)
	if err != nil {
		if r, err = git.PlainInit(dir, false); err != nil {
			t.Fatal(err)
		}
	}
	w, err := r.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Add(name); err != nil {
			t.Fatal(err)
		}
	}
	when := time.Date(2024, 5, day, 0, 0, 0, 0, time.UTC)
	if _, err := w.Commit("c", &git.CommitOptions{Author: &object.Signature{Name: "a", Email: "a@b.example", When: when}}); err != nil {
		t.Fatal(err)
	}
}

func openDir(t *testing.T, dir string) *Snapshot {
	t.Helper()
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return open(t, d)
}

func TestLastChangeIsTheCommitThatTouchedTheFile(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1", "b": "1"})
	commitAll(t, dir, 2, map[string]string{"b": "2"})
	commitAll(t, dir, 3, map[string]string{"c": "3"})
	s := openDir(t, dir)
	got, err := s.LastChanges(context.Background(), []string{"a", "b", "c", "nowhere"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got["a"].When.Day() != 1 || got["b"].When.Day() != 2 || got["c"].When.Day() != 3 {
		t.Errorf("%+v", got)
	}
	if v := s.VCS(); !v.Tracks("a") || v.Tracks("nowhere") || v.Branch != "master" || v.Commit != got["c"].Commit {
		t.Errorf("%+v", v)
	}
}

func TestGitThatWouldHangOrLeadOutsideIsNotRead(t *testing.T) {
	for _, name := range []string{".git/objects/info/alternates", ".git/objects/pack/pack-x.idx", "each object"} {
		dir := t.TempDir()
		commitAll(t, dir, 1, map[string]string{"a": "1"})
		names := []string{filepath.Join(dir, name)}
		if name != ".git/objects/info/alternates" {
			names = loose(t, dir)
		}
		if strings.HasSuffix(name, ".idx") {
			pack := strings.TrimSuffix(filepath.Join(dir, name), ".idx")
			names = append(names, pack+".idx", pack+".pack")
		}
		for _, full := range names {
			os.Remove(full)
			os.MkdirAll(filepath.Dir(full), 0o755)
			if err := syscall.Mkfifo(full, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := openDir(t, dir).LastChanges(context.Background(), []string{"a"}); err == nil {
			t.Errorf("history was read with a named pipe at %s", name)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{".git/HEAD", ".git"} {
		os.RemoveAll(filepath.Join(dir, ".git"))
		os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
		if s := openDir(t, dir); s.VCS() != nil || len(s.Skipped()) == 0 {
			t.Errorf("%s as a named pipe: vcs %v, skipped %v", name, s.VCS(), s.Skipped())
		}
	}
}

// loose are the files of the repository's objects.
func loose(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, ".git/objects/??/*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no objects in %s: %v", dir, err)
	}
	return names
}

// The configuration of a repository can name programs and other files; nothing
// reads it.
func TestHistoryNeedsNoConfiguration(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	config := filepath.Join(dir, ".git/config")
	if err := errors.Join(os.Remove(config), syscall.Mkfifo(config, 0o644)); err != nil {
		t.Fatal(err)
	}
	if got, err := openDir(t, dir).LastChanges(context.Background(), []string{"a"}); err != nil || len(got) != 1 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestObjectsOutsideTheProjectAreNotRead(t *testing.T) {
	dir, beyond := t.TempDir(), t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	objects := filepath.Join(dir, ".git/objects")
	moved := filepath.Join(beyond, "objects")
	if err := errors.Join(os.Rename(objects, moved), os.Symlink(moved, objects)); err != nil {
		t.Fatal(err)
	}
	if got, err := openDir(t, dir).LastChanges(context.Background(), []string{"a"}); err == nil {
		t.Errorf("history was read through a link out of the project: %+v", got)
	}
}
