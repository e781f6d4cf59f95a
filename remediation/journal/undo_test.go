package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"drydock/internal/finding"
	"drydock/internal/patch"
)

// spot is a file of the model that the journal is held against.
type spot struct {
	data string
	mode fs.FileMode
}

var (
	somePaths = []string{"a", "b.yml", "d/a", "d/e/f", "d/e/g", "x/y/z", "x/.env", "sp ace/q"}
	someModes = []fs.FileMode{0o644, 0o600, 0o755, 0o444, 0o666, 0o640}
	someData  = rapid.SampledFrom([]string{"", "a", "a\n", "\ufeffx: 1\r\ny: 2\r\n", "mixed\r\nends\nhere", "\x00\xff bytes", strings.Repeat("line\n", 50)})
)

func writeModel(t fatal, root string, model map[string]spot) {
	for _, path := range slices.Sorted(maps.Keys(model)) {
		put(t, filepath.Join(root, path), model[path].data, model[path].mode)
	}
}

// drawSet draws a set that fits the model, and the model after it.
func drawSet(t *rapid.T, model map[string]spot) (patch.Set, map[string]spot) {
	set, after := patch.Set{Title: "drawn"}, maps.Clone(model)
	for _, path := range somePaths {
		was, exists := model[path]
		kind := rapid.IntRange(0, 3).Draw(t, "kind of "+path)
		switch {
		case kind == 0:
		case !exists:
			now := spot{someData.Draw(t, "new"), rapid.SampledFrom(someModes).Draw(t, "mode")}
			set.Changes = append(set.Changes, patch.Change{Path: path, Op: patch.Create, Mode: now.mode, Content: []byte(now.data)})
			after[path] = now
		case kind == 1:
			set.Changes = append(set.Changes, patch.Change{Path: path, Op: patch.Delete})
			delete(after, path)
		default:
			start := rapid.IntRange(0, len(was.data)).Draw(t, "start")
			end := rapid.IntRange(start, len(was.data)).Draw(t, "end")
			text := someData.Draw(t, "text")
			c := patch.Change{Path: path, Edits: []patch.Edit{patch.Replace(finding.Span{Start: start, End: end}, text)}}
			now := spot{was.data[:start] + text + was.data[end:], was.mode}
			if kind == 3 {
				now.mode = rapid.SampledFrom(someModes).Draw(t, "mode")
				c.Mode = now.mode
			}
			set.Changes = append(set.Changes, c)
			after[path] = now
		}
	}
	return set, after
}

func TestUndoIsIdentity(t *testing.T) {
	base := workDir(t)
	cases := 0
	rapid.Check(t, func(t *rapid.T) {
		cases++
		dir := filepath.Join(base, fmt.Sprint(cases))
		p := project{filepath.Join(dir, "project"), filepath.Join(dir, "state")}
		defer os.RemoveAll(dir)
		model := map[string]spot{"keep": {"kept\n", 0o644}}
		for _, path := range somePaths {
			if rapid.Bool().Draw(t, path) {
				model[path] = spot{someData.Draw(t, "data"), rapid.SampledFrom(someModes).Draw(t, "mode")}
			}
		}
		writeModel(t, p.root, model)
		s := p.open(t, nil)
		defer s.Close()
		stages := []tree{mustTree(t, p.root)}
		for range rapid.IntRange(1, 3).Draw(t, "sets") {
			set, after := drawSet(t, model)
			_, err := s.Apply(context.Background(), p.pin(t, set), meta)
			if errors.Is(err, ErrNothing) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			model = after
			now := mustTree(t, p.root)
			holdsModel(t, now, model)
			stages = append(stages, now)
		}
		if rapid.IntRange(0, 3).Draw(t, "edited since") == 0 && len(stages) > 1 {
			refusesAfterEdit(t, p, s)
			return
		}
		walk(t, p, s, stages)
	})
}

// holdsModel demands the model's files, and no others.
func holdsModel(t *rapid.T, got tree, model map[string]spot) {
	files := 0
	for path, content := range got {
		if strings.HasPrefix(content, "d") {
			continue
		}
		files++
		m, ok := model[path]
		if want := fmt.Sprintf("%v %q", m.mode, m.data); !ok || content != want {
			t.Fatalf("%s is %s, want %s", path, content, want)
		}
	}
	if files != len(model) {
		t.Fatalf("%d files, want %d", files, len(model))
	}
}

// walk undoes every set, redoes every set, and looks at every stage.
func walk(t *rapid.T, p project, s *Store, stages []tree) {
	for i := len(stages) - 2; i >= 0; i-- {
		if _, err := s.Undo(context.Background()); err != nil {
			t.Fatal(err)
		}
		sameTree(t, mustTree(t, p.root), stages[i], fmt.Sprintf("undo to stage %d", i))
	}
	if _, err := s.Undo(context.Background()); !errors.Is(err, ErrNothing) {
		t.Fatalf("one undo too many: %v", err)
	}
	for i := 1; i < len(stages); i++ {
		if _, err := s.Redo(context.Background()); err != nil {
			t.Fatal(err)
		}
		sameTree(t, mustTree(t, p.root), stages[i], fmt.Sprintf("redo to stage %d", i))
	}
	if _, err := s.Redo(context.Background()); !errors.Is(err, ErrNothing) {
		t.Fatalf("one redo too many: %v", err)
	}
}

func refusesAfterEdit(t *rapid.T, p project, s *Store) {
	last := s.History()[len(s.History())-1]
	f := rapid.SampledFrom(last.Files).Draw(t, "edited file")
	put(t, filepath.Join(p.root, f.Path), "edited by a person", 0o604)
	before := mustTree(t, p.root)
	_, err := s.Undo(context.Background())
	stale, ok := errors.AsType[*StaleError](err)
	if !ok || !slices.Equal(stale.Paths(), []string{f.Path}) {
		t.Fatalf("%s was edited: %v", f.Path, err)
	}
	sameTree(t, mustTree(t, p.root), before, "a refused undo")
}

func TestUndoListsEveryEditedFile(t *testing.T) {
	p := rebuild(t)
	p.apply(t, p.fixes(t))
	put(t, filepath.Join(p.root, "compose.yml"), "mine\n", 0o644)
	put(t, filepath.Join(p.root, "old/gone.txt"), "back again\n", 0o644)
	s := p.open(t, nil)
	defer s.Close()
	_, err := s.Undo(context.Background())
	stale, ok := errors.AsType[*StaleError](err)
	if !ok || !slices.Equal(stale.Paths(), []string{"compose.yml", "old/gone.txt"}) {
		t.Errorf("got %v", err)
	}
}

func TestUndoLeavesADirectoryThatSomebodyUses(t *testing.T) {
	p := rebuild(t)
	p.apply(t, p.fixes(t))
	put(t, filepath.Join(p.root, "deep/mine.txt"), "mine\n", 0o644)
	s := p.open(t, nil)
	defer s.Close()
	if _, err := s.Undo(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := mustTree(t, p.root)
	if _, ok := got["deep/er"]; ok || got["deep/mine.txt"] == "" {
		t.Errorf("got %v", got)
	}
}

func TestHistoryOutlivesTheProcess(t *testing.T) {
	p := rebuild(t)
	before := mustTree(t, p.root)
	e := p.apply(t, p.fixes(t))
	if e.Title != meta.Title || !slices.Equal(e.FixIDs, meta.FixIDs) || !e.Time.Equal(meta.Time) || len(e.Files) != 5 || e.Redoable {
		t.Errorf("got %+v", e)
	}
	s := p.open(t, nil)
	defer s.Close()
	if h := s.History(); len(h) != 1 || h[0].ID != e.ID || h[0].Undone {
		t.Fatalf("got %+v", h)
	}
	if u, err := s.Undo(context.Background()); err != nil || !u.Undone {
		t.Fatalf("%+v, %v", u, err)
	}
	sameTree(t, mustTree(t, p.root), before, "undo in another process")
}

func TestANewSetEndsRedo(t *testing.T) {
	p := rebuild(t)
	fatalSet{p}.undone(t)
	s := p.open(t, nil)
	defer s.Close()
	set := patch.Set{Title: "other", Changes: []patch.Change{{Path: "new", Op: patch.Create, Mode: 0o644}}}
	if _, err := s.Apply(context.Background(), set, Meta{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Redo(context.Background()); !errors.Is(err, ErrNothing) {
		t.Errorf("got %v", err)
	}
	if h := s.History(); len(h) != 1 || h[0].Title != "other" {
		t.Errorf("got %+v", h)
	}
	entries := 0
	for path := range mustTree(t, p.state) {
		if strings.Contains(path, entryPrefix) {
			entries++
		}
	}
	if entries != 1 {
		t.Errorf("%d saved sets in the state directory, want 1", entries)
	}
}
