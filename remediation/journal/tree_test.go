package journal

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drydock/internal/finding"
	"drydock/internal/patch"
)

// tree is what a directory holds: path to mode and bytes.
type tree map[string]string

func readTree(root string) (tree, error) {
	t := tree{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			t[rel] = info.Mode().String()
			return nil
		}
		data, err := os.ReadFile(path)
		t[rel] = fmt.Sprintf("%v %q", info.Mode(), data)
		return err
	})
	delete(t, ".")
	return t, err
}

func mustTree(t fatal, root string) tree {
	t.Helper()
	got, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// fatal is what testing.T and rapid.T share.
type fatal interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func sameTree(t fatal, got, want tree, when string) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if got[path] != want[path] {
			t.Fatalf("%s: %s is %s, want %s", when, path, got[path], want[path])
		}
	}
	t.Fatalf("%s: got %v, want %v", when, got, want)
}

// project is a directory with a project in it, and one for state.
type project struct{ root, state string }

func put(t fatal, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

const (
	oldSecret = "canary-old-8d1c7e"
	newSecret = "canary-new-51f0aa"
)

// newProject is a small project whose compose file holds a secret.
func newProject(t fatal, dir string) project {
	t.Helper()
	p := project{filepath.Join(dir, "project"), filepath.Join(dir, "state")}
	put(t, filepath.Join(p.root, "compose.yml"), "services:\r\n  db:\r\n    PASSWORD: "+oldSecret, 0o644)
	put(t, filepath.Join(p.root, "bin/run.sh"), "#!/bin/sh\n", 0o755)
	put(t, filepath.Join(p.root, "old/gone.txt"), "bye "+oldSecret+"\n", 0o444)
	put(t, filepath.Join(p.root, "README"), "untouched\n", 0o640)
	return p
}

// fixes is a set with a modification, a change of mode, a deletion, and creations
// in directories that are there and that are not.
func (p project) fixes(t fatal) patch.Set {
	t.Helper()
	compose, err := os.ReadFile(filepath.Join(p.root, "compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(compose), oldSecret)
	set := patch.Set{Title: "Move the secret out", Changes: []patch.Change{
		{Path: "compose.yml", Edits: []patch.Edit{patch.Replace(finding.Span{Start: i, End: i + len(oldSecret)}, "${PASSWORD}")}},
		{Path: "bin/run.sh", Mode: 0o700},
		{Path: "old/gone.txt", Op: patch.Delete},
		{Path: "old/new.txt", Op: patch.Create, Mode: 0o444, Content: []byte("hello\n")},
		{Path: "deep/er/.env", Op: patch.Create, Mode: 0o600, Content: []byte("PASSWORD=" + newSecret + "\n"), Secret: true},
	}}
	return p.pin(t, set)
}

func (p project) pin(t fatal, set patch.Set) patch.Set {
	t.Helper()
	pinned, err := patch.Pin(set, os.DirFS(p.root))
	if err != nil {
		t.Fatal(err)
	}
	return pinned
}

func (p project) open(t fatal, l *layer) *Store {
	t.Helper()
	if l == nil {
		l = &layer{}
	}
	s, err := open(p.root, p.state, l.wrap)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p project) apply(t fatal, set patch.Set) Entry {
	t.Helper()
	s := p.open(t, nil)
	defer s.Close()
	e, err := s.Apply(context.Background(), set, meta)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var meta = Meta{Title: "Move the secret out", FixIDs: []string{"secrets/move"}, Time: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}

// stateHolds says whether any state file holds the text in the clear.
func (p project) stateHolds(t fatal, text string) bool {
	t.Helper()
	for _, content := range mustTree(t, p.state) {
		if strings.Contains(content, text) {
			return true
		}
	}
	return false
}

// leftovers is the journals and temporaries in the state directory.
func (p project) leftovers(t fatal) []string {
	t.Helper()
	var left []string
	for path := range mustTree(t, p.state) {
		if name := filepath.Base(path); name == hotName || strings.HasSuffix(name, ".tmp") {
			left = append(left, path)
		}
	}
	return left
}

// rebuild makes the project anew in an empty directory.
func rebuild(t *testing.T) project {
	t.Helper()
	return newProject(t, workDir(t))
}

// workDir is an empty directory, in memory where the system has such a place:
// these tests make thousands of files.
func workDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "drydock-test-")
	if err != nil {
		dir = t.TempDir()
	} else {
		t.Cleanup(func() {
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		})
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return real
}
