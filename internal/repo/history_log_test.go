package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
)

func TestHistorySaysHowMuchThereIs(t *testing.T) {
	dir := t.TempDir()
	for day := 1; day <= 5; day++ {
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
	c, err := r.CommitObject(head.Hash())
	if err != nil {
		t.Fatal(err)
	}
	// A merge of a side line, written by somebody else and by a program.
	when := func(day int) time.Time { return time.Date(2024, 5, day, 0, 0, 0, 0, time.UTC) }
	by := func(name, mail string, day int) object.Signature {
		return object.Signature{Name: name, Email: mail, When: when(day)}
	}
	side := written(t, dir, &object.Commit{Author: by("b", "B@b.example", 2), Committer: by("b", "b@b.example", 2), TreeHash: c.TreeHash, ParentHashes: c.ParentHashes})
	robot := written(t, dir, &object.Commit{Author: by("x[bot]", "x", 6), Committer: by("x[bot]", "x", 6), TreeHash: c.TreeHash, ParentHashes: []plumbing.Hash{side}})
	merge := written(t, dir, &object.Commit{Author: by("b", "b@b.example", 7), Committer: by("b", "b@b.example", 7), TreeHash: c.TreeHash, ParentHashes: []plumbing.Hash{head.Hash(), robot}})
	if err := r.Storer.SetReference(plumbing.NewHashReference(head.Name(), merge)); err != nil {
		t.Fatal(err)
	}
	got, err := openDir(t, dir).History(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got.First, got.Last = got.First.UTC(), got.Last.UTC()
	if diff := cmp.Diff(&History{Commits: 8, Contributors: 2, First: when(1), Last: when(7)}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// Cut off, as a shallow clone is.
	os.WriteFile(filepath.Join(dir, ".git/shallow"), []byte(c.ParentHashes[0].String()+"\n"), 0o644)
	old := c.ParentHashes[0].String()
	if err := os.Remove(filepath.Join(dir, ".git/objects", old[:2], old[2:])); err != nil {
		t.Fatal(err)
	}
	got, err = openDir(t, dir).History(context.Background())
	if err != nil || got.Commits != 4 || !got.AtLeast || !got.Shallow {
		t.Errorf("cut off: %+v (%v)", got, err)
	}

	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := openDir(t, dir).History(done); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := openDir(t, t.TempDir()).History(context.Background()); err == nil {
		t.Error("a directory without git has a history")
	}
}

func TestReleasesAreTagsThatAreVersions(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	commitAll(t, dir, 2, map[string]string{"a": "2"})
	r, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	old, err := r.ResolveRevision("HEAD~1")
	if err != nil {
		t.Fatal(err)
	}
	by := &object.Signature{Name: "a", Email: "a@b.example", When: time.Date(2024, 5, 9, 0, 0, 0, 0, time.UTC)}
	for name, id := range map[string]plumbing.Hash{"v1.2.0": *old, "v1.10.0-rc.1": head.Hash(), "nightly": head.Hash(), "web/v0.9": *old, "v2": head.Hash()} {
		if _, err := r.CreateTag(name, id, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.CreateTag("v1.10.0", *old, &git.CreateTagOptions{Tagger: by, Message: "m"}); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, ".git/packed-refs"), []byte(strings.Repeat("3", 40)+" refs/tags/pkg@3.0.0\n^"+head.Hash().String()+"\n"), 0o644)
	all, tags, err := openDir(t, dir).Releases(4)
	if err != nil || tags != 7 {
		t.Errorf("%d tags (%v)", tags, err)
	}
	var got []string
	for _, r := range all {
		got = append(got, fmt.Sprintf("%s %v %t %d", r.Tag, r.Version, r.Pre, r.When.Day()))
	}
	if diff := cmp.Diff([]string{"pkg@3.0.0 [3 0 0] false 2", "v1.10.0 [1 10 0] false 1", "v1.10.0-rc.1 [1 10 0] true 2", "v1.2.0 [1 2 0] false 1"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for tag, want := range map[string]bool{"2024.05.01": true, "release-2.0": true, "v1.2.3+build": true, "1.2.3.4": true, "": false, "v": false, "x.y": false, "v1..2": false, "2024-05-01": false, "v99999999999.1": false} {
		if _, _, ok := asRelease(tag); ok != want {
			t.Errorf("%q is a release: %t", tag, ok)
		}
	}
}

func TestMostChangedFiles(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "src"), 0o755)
	sweep := map[string]string{"src/a.ts": "0", "b.ts": "0"}
	for i := range maxSweep {
		sweep[fmt.Sprintf("src/s%d.ts", i)] = "0"
	}
	commitAll(t, dir, 1, sweep) // too many to mean any
	commitAll(t, dir, 2, map[string]string{"src/a.ts": "1", "gone.ts": "1"})
	commitAll(t, dir, 3, map[string]string{"src/a.ts": "2", "b.ts": "1", "gone.ts": "2"})
	commitAll(t, dir, 4, map[string]string{"src/a.ts": "3", "gone.ts": "3"})
	os.Remove(filepath.Join(dir, "gone.ts"))
	got, commits, err := openDir(t, dir).MostChanged(context.Background(), 5)
	if err != nil || commits != 4 || len(got) != 2 || got[0].Path != "src/a.ts" || got[0].Changes != 3 || got[0].Last.Day() != 4 || got[1].Path != "b.ts" || got[1].Changes != 1 {
		t.Errorf("%+v of %d commits (%v)", got, commits, err)
	}
}

func TestBlameTellsTheAgeOfLines(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "one\ntwo\nthree\n", "b": "x\n"})
	commitAll(t, dir, 2, map[string]string{"a": "zero\none\nTWO\nthree\n"})
	commitAll(t, dir, 3, map[string]string{"b": "y\nx\n"})
	commitAll(t, dir, 4, map[string]string{"a": "zero\none\nTWO\nthree\nfour\n"})
	os.WriteFile(filepath.Join(dir, "a"), []byte("new\nzero\none\r\nTWO\nthree\nfour\n"), 0o644)
	got, err := openDir(t, dir).Blame(context.Background(), map[string][]int{"a": {1, 2, 3, 4, 5, 6, 7}, "b": {2, 1}, "untracked": {1}})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for path, ages := range got {
		for _, a := range ages {
			switch {
			case a.Uncommitted:
				told[path] += "-"
			case a.AtLeast:
				told[path] += "+"
			default:
				told[path] += fmt.Sprint(a.When.Day())
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"a": "-21214-", "b": "13"}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// Where the past ends before the line's commit, it is at least as old.
	r, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, err := r.ResolveRevision("HEAD~3")
	if err != nil {
		t.Fatal(err)
	}
	id := first.String()
	if err := os.Remove(filepath.Join(dir, ".git/objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	got, err = openDir(t, dir).Blame(context.Background(), map[string][]int{"a": {3, 2}})
	if err != nil || !got["a"][0].AtLeast || got["a"][0].When.Day() != 2 || !got["a"][1].AtLeast {
		t.Errorf("%+v (%v)", got, err)
	}
}

func TestBlameFollowsMoves(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "old"), 0o755)
	os.MkdirAll(filepath.Join(dir, "new"), 0o755)
	long := "1\n2\n3\n4\n5\n"
	commitAll(t, dir, 1, map[string]string{"old/same": long, "old/edited": "x" + long, "old/other": "short\n"})
	r, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := r.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"old/same", "old/edited", "old/other"} {
		if _, err := w.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	commitAll(t, dir, 2, map[string]string{"new/renamed": long, "new/edited": "x" + long + "6\n", "new/other": "entirely\nnew\n"})
	got, err := openDir(t, dir).Blame(context.Background(), map[string][]int{"new/renamed": {3}, "new/edited": {3, 6}, "new/other": {1}})
	if err != nil || got["new/renamed"][0].When.Day() != 1 || got["new/edited"][0].When.Day() != 1 || got["new/edited"][1].When.Day() != 2 || got["new/other"][0].When.Day() != 2 {
		t.Errorf("%+v (%v)", got, err)
	}
}

// In a broken repository a directory may hold itself; nothing walks for ever.
func TestEndlessHistoryEnds(t *testing.T) {
	dir := t.TempDir()
	commitAll(t, dir, 1, map[string]string{"a": "1"})
	file := blob(t, dir, "x")
	tree := rawTree{{Name: "f", Mode: filemode.Regular, Hash: file}}
	for i := range 40 {
		id := written(t, dir, tree)
		tree = rawTree{{Name: "a", Mode: filemode.Dir, Hash: id}, {Name: "b", Mode: filemode.Dir, Hash: id}, {Name: fmt.Sprint("n", i), Mode: filemode.Regular, Hash: file}}
	}
	os.WriteFile(filepath.Join(dir, ".git/refs/heads/master"), []byte(handmade(t, dir, tree...)+"\n"), 0o644)
	if _, _, err := openDir(t, dir).MostChanged(context.Background(), 1); err != nil {
		t.Error(err)
	}
}
