//go:build unix

package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"drydock/internal/patch"
)

func TestTwoInstancesDoNotWorkOnOneProject(t *testing.T) {
	p := rebuild(t)
	s := p.open(t, nil)
	link := filepath.Join(filepath.Dir(p.root), "same")
	if err := os.Symlink(p.root, link); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{p.root, link} {
		_, err := Open(root, p.state)
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
			t.Errorf("%s: got %v, want ErrLocked naming process %d", root, err, os.Getpid())
		}
	}
	other := newProject(t, workDir(t))
	o, err := Open(other.root, p.state)
	if err != nil {
		t.Fatalf("another project is locked too: %v", err)
	}
	mustClose(t, o)
	mustClose(t, s)
	again, err := Open(p.root, p.state)
	if err != nil {
		t.Fatalf("the lock outlives its holder: %v", err)
	}
	mustClose(t, again)
}

func TestStateIsOutsideAndForTheOwnerAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	p := rebuild(t)
	p.apply(t, p.fixes(t))
	drydock := filepath.Join(p.state, "drydock")
	if err := os.Chmod(drydock, 0o755); err != nil { // as an older tool may have left it
		t.Fatal(err)
	}
	mustClose(t, p.open(t, nil))
	for path, content := range mustTree(t, p.state) {
		if want := "drwx------"; !strings.HasPrefix(content, want) && !strings.HasPrefix(content, "-rw-------") {
			t.Errorf("%s is %.10s", path, content)
		}
	}
	if _, err := Open(p.root, filepath.Join(p.root, "state")); err == nil || !strings.Contains(err.Error(), "XDG_STATE_HOME") {
		t.Errorf("a state directory inside the project: %v", err)
	}
}

func TestTheStateHomeIsXDGs(t *testing.T) {
	dir := workDir(t)
	t.Setenv("HOME", filepath.Join(dir, "home"))
	for env, want := range map[string]string{
		filepath.Join(dir, "xdg"): filepath.Join(dir, "xdg"),
		"relative":                filepath.Join(dir, "home", ".local", "state"),
		"":                        filepath.Join(dir, "home", ".local", "state"),
	} {
		t.Setenv("XDG_STATE_HOME", env)
		if got, err := stateBase(""); err != nil || got != want {
			t.Errorf("XDG_STATE_HOME=%q: got %q, %v, want %q", env, got, err, want)
		}
	}
}

func TestNoSecretIsInTheStateInTheClear(t *testing.T) {
	p := rebuild(t)
	s := p.open(t, nil)
	defer s.Close()
	check := func(when string) {
		t.Helper()
		for _, secret := range []string{oldSecret, newSecret} {
			if p.stateHolds(t, secret) {
				t.Errorf("%s: the state directory holds %s", when, secret)
			}
		}
	}
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); err != nil {
		t.Fatal(err)
	}
	check("after apply")
	saved := savedSet{}
	if err := s.seal.read(s.state, entryName("000001"), &saved); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(dump(saved), newSecret) {
		t.Error("the history keeps the new secret, though sealed")
	}
	if _, err := s.Redo(context.Background()); err == nil {
		t.Error("redo without an undo")
	}
	if _, err := s.Undo(context.Background()); err != nil {
		t.Fatal(err)
	}
	check("after undo")
	if _, err := s.Redo(context.Background()); err == nil || !strings.Contains(err.Error(), "not kept") {
		t.Errorf("redo of a set with secrets: %v", err)
	}
}

func TestASecretPutIntoAFileIsNotKeptEither(t *testing.T) {
	p := rebuild(t)
	set := p.pin(t, patch.Set{Changes: []patch.Change{{Path: "README", Secret: true, Edits: []patch.Edit{{New: []byte(newSecret)}}}}})
	e := p.apply(t, set)
	s := p.open(t, nil)
	defer s.Close()
	saved := savedSet{}
	if err := s.seal.read(s.state, entryName(e.ID), &saved); err != nil {
		t.Fatal(err)
	}
	if e.Redoable || strings.Contains(dump(saved), newSecret) {
		t.Errorf("the history keeps it: %+v", e)
	}
}

// dump is every byte string of a saved set.
func dump(s savedSet) string {
	var b strings.Builder
	for _, f := range s.Files {
		b.Write(f.Content)
		b.Write(f.Before.Data)
		b.Write(f.After.Data)
		for _, e := range append(f.Forward, f.Reverse...) {
			b.Write(e.New)
		}
	}
	return b.String()
}

func TestASecretIsNeverReadableByMoreThanItWillBe(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	p := rebuild(t)
	l := &layer{}
	s := p.open(t, l)
	defer s.Close()
	seen := 0
	l.before = func(_ int, op string) fault {
		for path, content := range mustTree(t, p.root) {
			if !strings.Contains(path, "deep/er/") || strings.HasPrefix(content, "d") {
				continue
			}
			if seen++; !strings.HasPrefix(content, "-rw-------") {
				t.Errorf("before %s, %s is %.10s", op, path, content)
			}
		}
		return fault{}
	}
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); err != nil || seen == 0 {
		t.Fatal(err, seen)
	}
}

func TestADamagedJournalIsNotGuessedAt(t *testing.T) {
	p := rebuild(t)
	s := p.open(t, nil)
	before := mustTree(t, p.root)
	mustClose(t, s)
	put(t, filepath.Join(s.home, hotName), "drydock1 not what was written", 0o600)
	s = p.open(t, nil)
	defer s.Close()
	if _, err := s.Recover(); !errors.Is(err, errDamaged) || !strings.Contains(err.Error(), s.home) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); !errors.Is(err, ErrUnsettled) {
		t.Errorf("got %v", err)
	}
	sameTree(t, mustTree(t, p.root), before, "a damaged journal")
}

func TestRecoveryLeavesWhatSomebodyEdited(t *testing.T) {
	p := rebuild(t)
	want := mustTree(t, p.root)
	l := &layer{}
	s := p.open(t, l)
	renames := 0
	l.before = func(_ int, op string) fault {
		if op == "rename" {
			renames++
		}
		if renames < 5 { // the journal and three files; then the disk is dead
			return fault{}
		}
		return fault{err: syscall.EIO}
	}
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); !errors.Is(err, ErrUnsettled) {
		t.Fatal(err)
	}
	mustClose(t, s)
	put(t, filepath.Join(p.root, "compose.yml"), "rescued by hand\n", 0o644)
	s = p.open(t, nil)
	defer s.Close()
	r, err := s.Recover()
	if err != nil || !slices.Equal(r.Edited, []string{"compose.yml"}) || !slices.Equal(r.Put, []string{"bin/run.sh", "deep/er/.env", "old/gone.txt"}) {
		t.Errorf("got %+v, %v", r, err)
	}
	want["compose.yml"] = `-rw-r--r-- "rescued by hand\n"`
	sameTree(t, mustTree(t, p.root), want, "after recovery")
}

func TestCheckWritableNamesWhatIsInTheWay(t *testing.T) {
	p := rebuild(t)
	s := p.open(t, nil)
	defer s.Close()
	before := mustTree(t, p.root)
	if err := s.CheckWritable("compose.yml", "bin/run.sh", "not/yet/there"); err != nil {
		t.Error(err)
	}
	sameTree(t, mustTree(t, p.root), before, "after looking")
	if err := s.CheckWritable("README/x"); err == nil || !strings.Contains(err.Error(), filepath.Join(p.root, "README")) {
		t.Errorf("a file for a directory: %v", err)
	}
	if err := os.RemoveAll(p.root); err != nil {
		t.Fatal(err)
	}
	if err := s.CheckWritable(); err == nil || !strings.Contains(err.Error(), p.root) {
		t.Errorf("no project: %v", err)
	}
}

func TestOldSetsAreForgottenOneByOne(t *testing.T) {
	x := index{}
	for i := range maxHistory + 5 {
		x = x.with(Entry{ID: x.nextID(), Title: fmt.Sprint(i)})
	}
	if len(x.Entries) != maxHistory || x.Entries[0].Title != "5" || x.nextID() != fmt.Sprintf("%06d", maxHistory+6) {
		t.Errorf("%d sets from %q, next %s", len(x.Entries), x.Entries[0].Title, x.nextID())
	}
}
