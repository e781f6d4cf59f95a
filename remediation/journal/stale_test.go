//go:build unix

package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"drydock/internal/patch"
)

// disturbances are what somebody may do to a file between preview and apply.
func disturbances() map[string]func(t *testing.T, path string) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]func(t *testing.T, path string){
		"edited":      func(t *testing.T, path string) { put(t, path, "other\n", 0o644) },
		"chmodded":    func(t *testing.T, path string) { must(t, os.Chmod(path, 0o600)) },
		"deleted":     func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"hard-linked": func(t *testing.T, path string) { must(t, os.Link(path, path+".link")) },
		"linked away": func(t *testing.T, path string) {
			must(t, os.Rename(path, path+".real"))
			must(t, os.Symlink(filepath.Base(path)+".real", path))
		},
		"a directory": func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o755))
		},
		"a FIFO": func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, syscall.Mkfifo(path, 0o644))
		},
	}
}

func TestAStalePreviewIsRefusedAndNothingChanges(t *testing.T) {
	for name, disturb := range disturbances() {
		for _, target := range []string{"compose.yml", "old/gone.txt", "bin/run.sh"} {
			p := rebuild(t)
			set := p.fixes(t)
			disturb(t, filepath.Join(p.root, target))
			disturbed := mustTree(t, p.root)
			s := p.open(t, nil)
			_, err := s.Apply(context.Background(), set, meta)
			stale, ok := errors.AsType[*StaleError](err)
			if !ok || !slices.Equal(stale.Paths(), []string{target}) {
				t.Errorf("%s %s: %v", target, name, err)
			}
			sameTree(t, mustTree(t, p.root), disturbed, target+" "+name)
			mustClose(t, s)
		}
	}
}

// The same, but in the last moment: after everything was checked once, right
// before a rename. Whatever was renamed by then is taken back.
func TestAnEditInTheLastMomentIsSeenAndKept(t *testing.T) {
	for name, disturb := range disturbances() {
		p := rebuild(t)
		set := p.fixes(t)
		target := filepath.Join(p.root, "old/gone.txt") // the last but one to be swapped
		l := &layer{}
		s := p.open(t, l)
		renames, done := 0, false
		var disturbed tree
		l.before = func(_ int, op string) fault {
			if op == "rename" {
				renames++
			}
			if renames == 3 && !done { // of the journal and two files
				done = true
				calm := mustTree(t, p.root)
				disturb(t, target)
				disturbed = mustTree(t, p.root)
				for path := range calm {
					if path != "old/gone.txt" {
						delete(disturbed, path)
					}
				}
			}
			return fault{}
		}
		before := mustTree(t, p.root)
		_, err := s.Apply(context.Background(), set, meta)
		if _, ok := errors.AsType[*StaleError](err); !ok || !done {
			t.Errorf("%s: %v", name, err)
		}
		delete(before, "old/gone.txt")
		for path, content := range disturbed {
			before[path] = content
		}
		sameTree(t, mustTree(t, p.root), before, name)
		mustClose(t, s)
	}
}

func TestAFileThatAppearedIsNotOverwritten(t *testing.T) {
	p := rebuild(t)
	set := p.fixes(t)
	put(t, filepath.Join(p.root, "deep/er/.env"), "MINE=1\n", 0o644)
	before := mustTree(t, p.root)
	s := p.open(t, nil)
	defer s.Close()
	_, err := s.Apply(context.Background(), set, meta)
	if stale, ok := errors.AsType[*StaleError](err); !ok || !slices.Equal(stale.Paths(), []string{"deep/er/.env"}) {
		t.Errorf("got %v", err)
	}
	sameTree(t, mustTree(t, p.root), before, "a file where one is to be created")
}

func TestLinksAreNeverFollowed(t *testing.T) {
	outside := workDir(t)
	put(t, filepath.Join(outside, "canary"), "safe\n", 0o644)
	for name, link := range map[string]string{"outside": outside, "inside": "bin", "nowhere": "none"} {
		p := rebuild(t)
		if err := os.Symlink(link, filepath.Join(p.root, "dir")); err != nil {
			t.Fatal(err)
		}
		before := mustTree(t, p.root)
		s := p.open(t, nil)
		for _, c := range []patch.Change{
			{Path: "dir/new", Op: patch.Create, Mode: 0o644},
			{Path: "dir/sub/new", Op: patch.Create, Mode: 0o644},
			{Path: "dir", Op: patch.Create, Mode: 0o644},
			{Path: "dir/canary", Op: patch.Delete, Base: patch.Sum([]byte("safe\n")), HasBase: true, BaseMode: 0o644},
		} {
			_, err := s.Apply(context.Background(), patch.Set{Changes: []patch.Change{c}}, meta)
			if _, ok := errors.AsType[*StaleError](err); !ok {
				t.Errorf("%s: %s %s: %v", name, c.Op, c.Path, err)
			}
		}
		sameTree(t, mustTree(t, p.root), before, name)
		mustClose(t, s)
	}
	sameTree(t, mustTree(t, outside), tree{"canary": `-rw-r--r-- "safe\n"`}, "outside the project")
}

// A directory that is swapped for a link after the temporaries were made.
func TestAParentSwappedForALinkStopsTheSet(t *testing.T) {
	outside := workDir(t)
	p := rebuild(t)
	set := p.fixes(t)
	before := mustTree(t, p.root)
	l := &layer{}
	s := p.open(t, l)
	defer s.Close()
	renames, bin := 0, filepath.Join(p.root, "bin")
	l.before = func(_ int, op string) fault {
		if op != "rename" {
			return fault{}
		}
		if renames++; renames == 2 { // the journal is there; bin/run.sh comes now
			if err := errors.Join(os.Rename(bin, filepath.Join(p.root, "moved")), os.Symlink(outside, bin)); err != nil {
				t.Fatal(err)
			}
		}
		return fault{}
	}
	if _, err := s.Apply(context.Background(), set, meta); err == nil {
		t.Error("the set was applied")
	}
	sameTree(t, mustTree(t, outside), tree{}, "outside the project")
	before["moved"], before["moved/run.sh"] = before["bin"], before["bin/run.sh"]
	delete(before, "bin/run.sh")
	got := mustTree(t, p.root)
	before["bin"] = got["bin"]
	sameTree(t, got, before, "the project, moved directory included")
}

// The same before the first rename: then there is not even one.
func TestAParentSwappedEarlyIsSeenBeforeTheRename(t *testing.T) {
	p := rebuild(t)
	set := p.fixes(t)
	l := &layer{}
	s := p.open(t, l)
	defer s.Close()
	renames, synced, bin := 0, 0, filepath.Join(p.root, "bin")
	l.before = func(_ int, op string) fault {
		switch op {
		case "rename":
			renames++
		case "fsync":
			synced++
		}
		if op == "fsync" && synced == 5 { // the journal and four temporaries
			if err := errors.Join(os.Rename(bin, filepath.Join(p.root, "moved")), os.Mkdir(bin, 0o755)); err != nil {
				t.Fatal(err)
			}
		}
		return fault{}
	}
	if _, err := s.Apply(context.Background(), set, meta); err == nil || synced < 5 || renames != 1 {
		t.Errorf("%v, after %d renames, want that of the journal alone", err, renames)
	}
	for path := range mustTree(t, p.root) {
		if filepath.Ext(path) == ".tmp" {
			t.Errorf("leftover %s", path)
		}
	}
}

func TestADirectoryThatAppearedStays(t *testing.T) {
	p := rebuild(t)
	set := p.fixes(t)
	before := mustTree(t, p.root)
	l := &layer{}
	s := p.open(t, l)
	defer s.Close()
	l.before = func(_ int, op string) fault {
		if op == "mkdir" {
			if err := os.Mkdir(filepath.Join(p.root, "deep"), 0o711); err != nil {
				t.Fatal(err)
			}
		}
		return fault{}
	}
	if _, err := s.Apply(context.Background(), set, meta); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v", err)
	}
	before["deep"] = "drwx--x--x"
	sameTree(t, mustTree(t, p.root), before, "a directory made meanwhile")
}

func TestAnUnpinnedSetIsRefused(t *testing.T) {
	p := rebuild(t)
	s := p.open(t, nil)
	defer s.Close()
	full := p.fixes(t)
	for i, c := range full.Changes {
		if c.Op == patch.Create {
			continue
		}
		noMode, noBase := c, c
		noMode.BaseMode = 0
		noBase.HasBase = false
		for _, c := range []patch.Change{noMode, noBase} {
			if _, err := s.Apply(context.Background(), patch.Set{Changes: []patch.Change{c}}, meta); !errors.Is(err, ErrUnpinned) {
				t.Errorf("change %d of %s: %v", i, c.Path, err)
			}
		}
	}
}

func TestASetThatAltersNothingIsNothing(t *testing.T) {
	p := rebuild(t)
	s := p.open(t, nil)
	defer s.Close()
	same := p.pin(t, patch.Set{Changes: []patch.Change{{Path: "README", Mode: 0o640, Edits: []patch.Edit{{New: nil}}}}})
	if _, err := s.Apply(context.Background(), same, meta); !errors.Is(err, ErrNothing) {
		t.Errorf("got %v", err)
	}
	if len(s.History()) != 0 {
		t.Error("nothing is in the history")
	}
}
