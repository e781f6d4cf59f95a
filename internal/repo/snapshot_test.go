package repo

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func open(t *testing.T, tree Tree) *Snapshot {
	t.Helper()
	s, err := Open(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func paths(s *Snapshot) (out []string) {
	for _, f := range s.Files() {
		out = append(out, f.Path)
	}
	return out
}

func TestIgnoredFilesAreNotTheProjects(t *testing.T) {
	s := open(t, NewTxtar(txtar.Parse([]byte(`
-- .gitignore --
*.log
/build/
!keep.log
-- a.log --
-- keep.log --
-- build/x.go --
-- sub/.gitignore --
secret.txt
-- sub/secret.txt --
-- sub/b.go --
-- node_modules/left/pad.js --
`))))
	want := []string{".gitignore", "keep.log", "sub/.gitignore", "sub/b.go"}
	if diff := cmp.Diff(want, paths(s)); diff != "" {
		t.Error(diff)
	}
	if !s.Exists("a.log") || s.Exists("../etc/passwd") || s.Exists("nowhere") {
		t.Error("Exists must see ignored files and nothing outside")
	}
}

func TestWalkSurvivesWhatIsNotAFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main.go", "package main\n")
	for _, fifo := range []string{"compose.yml", ".gitignore"} {
		if err := syscall.Mkfifo(filepath.Join(dir, fifo), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"out": "/", "loop": "loop", ".env": "../outside", "in": "main.go"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := open(t, d)
	if diff := cmp.Diff([]string{"main.go"}, paths(s)); diff != "" {
		t.Error(diff)
	}
	want := []Skip{
		{".env", "link out of the project, not followed", false},
		{".gitignore", "not a regular file (named pipe)", false},
		{"compose.yml", "not a regular file (named pipe)", false},
		{"out", "link out of the project, not followed", false},
	}
	if diff := cmp.Diff(want, s.Skipped()); diff != "" {
		t.Error(diff)
	}
	if _, err := d.ReadFile("compose.yml"); err == nil {
		t.Error("a named pipe was read")
	}
}

func TestOverlayIsTheTreeAfterTheEdits(t *testing.T) {
	base := NewTxtar(txtar.Parse([]byte("-- a --\n1\n-- d/b --\n2\n-- d/c --\n3\n-- e/only --\n4\n")))
	o := NewOverlay(base, map[string]MemFile{"d/b": {Data: []byte("two\n")}, "n/new": {Data: []byte("new\n")}}, []string{"a", "e/only"})
	s := open(t, o)
	if diff := cmp.Diff([]string{"d/b", "d/c", "n/new"}, paths(s)); diff != "" {
		t.Error(diff)
	}
	if got := string(s.File("d/b").Bytes()); got != "two\n" {
		t.Errorf("d/b = %q", got)
	}
	if s.Exists("a") || s.Exists("e/only") || s.Exists("e") {
		t.Error("a deleted file still exists")
	}
	if data, err := base.ReadFile("a"); err != nil || string(data) != "1\n" {
		t.Error("the base was changed")
	}
}

func TestPositionsCountCharacters(t *testing.T) {
	s := open(t, NewMem(map[string]MemFile{"f.py": {Data: []byte("é = 1\r\nx = 2")}}))
	f := s.File("f.py")
	if line, col := f.Position(3); line != 1 || col != 3 {
		t.Errorf("Position(3) = %d:%d", line, col)
	}
	if line, col := f.Position(8); line != 2 || col != 1 {
		t.Errorf("Position(8) = %d:%d", line, col)
	}
	if got := f.Line(1); got != "é = 1" {
		t.Errorf("Line(1) = %q", got)
	}
}
