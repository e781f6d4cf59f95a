package audit_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"drydock/internal/audit"
	"drydock/internal/demo"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/scanners"
)

// said is what an audit says of a content, wherever that came from: all but what
// is git's, the time it took, and the roots.
type said struct {
	Findings []finding.Finding
	Open     any
	Holds    map[string]any
	Score    any
	Results  any
	Stats    *repo.Stats
	Errors   []audit.Error
	Skipped  []repo.Skip
}

func sayings(t *testing.T, tree repo.Tree) said {
	t.Helper()
	r, err := audit.Start(context.Background(), tree, scanners.All(), audit.Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	s := said{r.Findings, r.Open, map[string]any{}, r.Score, r.Results, r.Repo.Stats(), r.Errors, r.Skipped}
	for _, o := range r.Outcomes {
		s.Holds[o.Doc.ID] = o.Held
	}
	return s
}

// One content gives one audit: as a working directory all of whose files are
// committed, as that commit, as edits laid over something else, and as an archive.
func TestOneContentGivesOneAudit(t *testing.T) {
	dir := t.TempDir()
	if err := demo.Unpack(dir); err != nil {
		t.Fatal(err)
	}
	working, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer working.Close()
	commit, err := repo.OpenCommit(working, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer commit.Close()

	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	archive := &txtar.Archive{}
	before, edits, deleted := map[string]repo.MemFile{}, map[string]repo.MemFile{}, []string{"gone/a.ts", "README.old.md"}
	for _, name := range deleted {
		before[name] = repo.MemFile{Data: []byte("console.log('TODO: never seen')\n")}
	}
	for i, f := range files {
		archive.Files = append(archive.Files, txtar.File{Name: f.Path, Data: f.Data})
		switch i % 3 {
		case 0: // changed
			before[f.Path] = repo.MemFile{Data: []byte("password = 'hunter2hunter2'\n"), Mode: f.Mode}
			edits[f.Path] = repo.MemFile{Data: f.Data, Mode: f.Mode}
		case 1: // added
			edits[f.Path] = repo.MemFile{Data: f.Data, Mode: f.Mode}
		case 2: // left alone
			before[f.Path] = repo.MemFile{Data: f.Data, Mode: f.Mode}
		}
	}
	want := sayings(t, working)
	if len(want.Findings) < 20 || len(want.Holds) != len(scanners.All()) || want.Stats.Code == 0 {
		t.Fatalf("%d findings of %d checks on %d lines: an audit that says nothing compares nothing", len(want.Findings), len(want.Holds), want.Stats.Code)
	}
	for name, tree := range map[string]repo.Tree{
		"commit":                     commit,
		"overlay over an archive":    repo.NewOverlay(repo.NewMem(before), edits, deleted),
		"overlay over the directory": repo.NewOverlay(working, nil, nil),
		"overlay over the commit":    repo.NewOverlay(commit, nil, nil),
		"archive":                    repo.NewTxtar(txtar.Parse(txtar.Format(archive))),
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, sayings(t, tree)); diff != "" {
				t.Errorf("differs from the working directory (-directory +%s):\n%s", name, diff)
			}
		})
	}

	t.Run("what is not committed is the directory's alone", func(t *testing.T) {
		name := filepath.Join(dir, "later.ts")
		if err := os.WriteFile(name, []byte("// TODO\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := sayings(t, working); got.Stats.Todos != want.Stats.Todos+1 {
			t.Errorf("the directory: %d todos, want %d", got.Stats.Todos, want.Stats.Todos+1)
		}
		if diff := cmp.Diff(want, sayings(t, commit)); diff != "" {
			t.Errorf("the commit changed: %s", strings.TrimSpace(diff))
		}
	})
}
