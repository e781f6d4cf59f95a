package repo

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// projectDir is a directory with files of every kind that facts speak of, changed
// long ago.
func projectDir(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	old := time.Now().Add(-time.Hour)
	for name, text := range map[string]string{
		"src/a.ts": "import { b } from './b'\n// TODO\nconsole.log(mockUsers)\n", "src/b.ts": "export const b = 1\n",
		"app/main.py": "from .x import y, z\nimport os\n\n# comment\n", "logo.bin": "a\x00b", "empty": "", "README.md": "# x\n",
	} {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(full, old, old); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func snapshotOf(t testing.TB, root string) *Snapshot {
	t.Helper()
	dir, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	s, err := Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// settledProject is a snapshot of root made when no change of its files can hide.
func settledProject(t testing.TB, root string) *Snapshot {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		s := snapshotOf(t, root)
		if _, ok := s.Stamp(); ok {
			s.survey()
			return s
		}
	}
	t.Fatal("the files' times never settled")
	return nil
}

func factsOf(s *Snapshot) map[string]*facts {
	out := map[string]*facts{}
	for _, f := range s.Files() {
		out[f.Path] = f.known.Load()
	}
	return out
}

var sameFacts = cmp.AllowUnexported(facts{}, count{}, link{})

func TestFactsOutliveTheProcess(t *testing.T) {
	root := projectDir(t)
	first := settledProject(t, root)
	second := snapshotOf(t, root)
	second.Adopt(first.Facts())
	if diff := cmp.Diff(factsOf(first), factsOf(second), sameFacts); diff != "" {
		t.Errorf("adopted facts (-kept +adopted):\n%s", diff)
	}
	second.survey()
	if n := second.Surveyed(); n != 0 {
		t.Errorf("%d files were read again", n)
	}
}

func TestChangedFilesAreReadAgain(t *testing.T) {
	root := projectDir(t)
	first := settledProject(t, root)
	if err := os.WriteFile(filepath.Join(root, "src/a.ts"), []byte("import { c } from './c'\n// TODO\nconsole.log(mockUsers)\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for how, take := range map[string]func(*Snapshot){
		"adopted":   func(s *Snapshot) { s.Adopt(first.Facts()) },
		"inherited": func(s *Snapshot) { s.Inherit(first) },
	} {
		s := snapshotOf(t, root)
		take(s)
		s.survey()
		if n := s.Surveyed(); n != 1 {
			t.Errorf("%s: %d files were read, want the one that changed", how, n)
		}
		if got := s.File("src/a.ts").facts().links[0].module; got != "./c" {
			t.Errorf("%s: the changed file imports %q", how, got)
		}
	}
}

// FuzzAdopt gives records that somebody may have damaged.
func FuzzAdopt(f *testing.F) {
	root := projectDir(f)
	record := settledProject(f, root).Facts()
	f.Add(record)
	f.Add([]byte{})
	f.Add([]byte("\x011\x05"))
	f.Fuzz(func(t *testing.T, record []byte) {
		s := snapshotOf(t, root)
		s.Adopt(record)
		s.survey()
		for _, file := range s.Files() {
			file.Mentions("import", "b")
			for _, l := range file.facts().links {
				if l.span.Start < 0 || l.span.End < l.span.Start || int64(l.span.End) > file.Size {
					t.Fatalf("%s: a link at %v", file.Path, l.span)
				}
			}
		}
	})
}
