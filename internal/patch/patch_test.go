package patch

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"drydock/internal/finding"
)

func at(start, end int, text string) Edit {
	return Edit{Span: finding.Span{Start: start, End: end}, New: []byte(text)}
}

// someText draws files as they are found: LF, CRLF and lone CR mixed, a byte
// order mark, bytes that are not UTF-8, with and without a final newline.
func someText() *rapid.Generator[[]byte] {
	word := rapid.SampledFrom([]string{"", "a", "b: c", "  - d", "# e", "\ufeff", "\xff\xfe", "\r", "x\ry", "\t", "-- f", "++ g", `\ h`, "日本"})
	end := rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\n\n"})
	return rapid.Custom(func(t *rapid.T) []byte {
		var b strings.Builder
		for range rapid.IntRange(0, 30).Draw(t, "lines") {
			b.WriteString(word.Draw(t, "word") + end.Draw(t, "end"))
		}
		b.WriteString(word.Draw(t, "last"))
		return []byte(b.String())
	})
}

// someEdits draws edits that fit the file, in order.
func someEdits(t *rapid.T, size int, label string) []Edit {
	var edits []Edit
	from := 0
	for range rapid.IntRange(0, 6).Draw(t, label) {
		start := rapid.IntRange(from, size).Draw(t, "start")
		end := rapid.IntRange(start, min(size, start+5)).Draw(t, "end")
		edits = append(edits, at(start, end, rapid.SampledFrom([]string{"", "new", "n\n", "\r\n", "\xff"}).Draw(t, "new")))
		from = end
	}
	return edits
}

func TestApplyChangesOnlyTheBytesOfItsEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := someText().Draw(t, "before")
		edits := someEdits(t, len(before), "edits")
		after, err := Apply(before, edits)
		if err != nil {
			t.Fatal(err)
		}
		kept, rest := 0, after
		for _, e := range edits {
			untouched := before[kept:e.Span.Start]
			if !bytes.HasPrefix(rest, untouched) || !bytes.HasPrefix(rest[len(untouched):], e.New) {
				t.Fatalf("Apply(%q, %v) = %q", before, edits, after)
			}
			rest = rest[len(untouched)+len(e.New):]
			kept = e.Span.End
		}
		if !bytes.Equal(rest, before[kept:]) {
			t.Fatalf("the end of %q is not that of %q", after, before)
		}
	})
}

func TestInvertLeadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := someText().Draw(t, "before")
		edits := someEdits(t, len(before), "edits")
		after, err := Apply(before, edits)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Invert(before, edits)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Apply(after, back); err != nil || !bytes.Equal(got, before) {
			t.Fatalf("%q is not %q: %v", got, before, err)
		}
	})
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	for name, edits := range map[string][]Edit{
		"overlap":         {at(0, 3, "x"), at(2, 4, "y")},
		"same place":      {at(1, 2, "x"), at(1, 2, "x")},
		"insert inside":   {at(0, 3, ""), at(1, 1, "y")},
		"past the end":    {at(4, 6, "")},
		"backwards":       {at(3, 2, "")},
		"before the file": {at(-1, 0, "")},
	} {
		if got, err := Apply([]byte("12345"), edits); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

func TestInsertionsAtOnePlaceKeepTheirOrder(t *testing.T) {
	got, err := Apply([]byte("ad"), []Edit{at(1, 2, "D"), at(1, 1, "b"), at(1, 1, "c")})
	if err != nil || string(got) != "abcD" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestBetweenThenApplyIsTheNewFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := someText().Draw(t, "before"), someText().Draw(t, "after")
		got, err := Apply(before, Between(before, after))
		if err != nil || !bytes.Equal(got, after) {
			t.Fatalf("got %q, want %q (%v)", got, after, err)
		}
	})
}

func TestValidateRefusesWhatMustNotBeWritten(t *testing.T) {
	create := func(path string) Change { return Change{Path: path, Op: Create, Mode: 0o644} }
	for name, changes := range map[string][]Change{
		"leaves the root":   {create("../x")},
		"absolute":          {create("/etc/passwd")},
		"inner dots":        {create("a/../b")},
		"the root":          {create(".")},
		"empty":             {create("")},
		"git's directory":   {create(".git/hooks/pre-commit")},
		"disguised":         {create("sub/.GIT/config")},
		"twice":             {create("a"), create("a")},
		"file and parent":   {create("a/b/c"), create("a")},
		"no mode":           {{Path: "a", Op: Create}},
		"directory mode":    {{Path: "a", Op: Create, Mode: fs.ModeDir | 0o755}},
		"edits overlap":     {{Path: "a", Edits: []Edit{at(0, 2, ""), at(1, 3, "")}}},
		"content to edit":   {{Path: "a", Content: []byte("x")}},
		"content to delete": {{Path: "a", Op: Delete, Content: []byte("x")}},
		"unknown":           {{Path: "a", Op: 9}},
	} {
		if err := (Set{Changes: changes}).Validate(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := (Set{Changes: []Change{create("a.b/c"), create("a"), create(".github/x"), create("x.git")}}).Validate(); err != nil {
		t.Errorf("a plain set is refused: %v", err)
	}
}

func TestMergeOfDisjointEditsIsBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := someText().Draw(t, "before")
		all := someEdits(t, len(before), "edits")
		var a, b []Edit
		side := 0
		for i, e := range all {
			// Edits that touch stay on one side: between sides, a's comes first.
			if i == 0 || all[i-1].Span.End < e.Span.Start {
				side = rapid.IntRange(0, 2).Draw(t, "side")
			}
			if side != 1 {
				a = append(a, e)
			}
			if side != 0 {
				b = append(b, e)
			}
		}
		change := func(edits []Edit) Set { return Set{Changes: []Change{{Path: "f", Edits: edits}}} }
		merged, err := Merge(change(a), change(b))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Apply(before, merged.Changes[0].Edits)
		want, wantErr := Apply(before, all)
		if err != nil || wantErr != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %q (%v), want %q (%v)", got, err, want, wantErr)
		}
	})
}

func TestMergeNamesWhatConflicts(t *testing.T) {
	modify := Change{Path: "f", Edits: []Edit{at(2, 6, "x")}}
	inside := Change{Path: "f", Edits: []Edit{at(3, 3, "y")}}
	_, err := Merge(Set{Changes: []Change{modify}}, Set{Changes: []Change{inside}})
	conflict, ok := errors.AsType[*ConflictError](err)
	if !ok || conflict.Path != "f" || conflict.A != modify.Edits[0].Span || conflict.B != inside.Edits[0].Span {
		t.Fatalf("got %v", err)
	}
	based := func(text string) Change { return Change{Path: "f", Base: Sum([]byte(text)), HasBase: true} }
	for name, pair := range map[string][2]Change{
		"modify and delete": {modify, {Path: "f", Op: Delete}},
		"two contents":      {{Path: "f", Op: Create, Mode: 0o644, Content: []byte("a")}, {Path: "f", Op: Create, Mode: 0o644}},
		"two modes":         {{Path: "f", Mode: 0o600}, {Path: "f", Mode: 0o644}},
		"two versions":      {based("a"), based("b")},
	} {
		_, err := Merge(Set{Changes: pair[:1]}, Set{Changes: pair[1:]})
		if _, ok := errors.AsType[*ConflictError](err); !ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestMergeDoesWhatIsAlikeOnce(t *testing.T) {
	line := Change{Path: ".gitignore", Edits: []Edit{at(4, 4, ".env\n")}, Note: "keep secrets out"}
	file := Change{Path: ".env", Op: Create, Mode: 0o600, Content: []byte("A=b\n"), Secret: true}
	s := Set{Title: "Move the secret out", Changes: []Change{line, file}}
	got, err := Merge(s, s)
	if err != nil || len(got.Changes) != 2 || len(got.Changes[1].Edits) != 1 || !got.Changes[0].Secret {
		t.Errorf("got %+v, %v", got, err)
	}
	if got.Title != s.Title || got.Changes[1].Note != line.Note {
		t.Errorf("texts are repeated: %q, %q", got.Title, got.Changes[1].Note)
	}
}

func TestMergeKeepsWhatOneSideDoesTwice(t *testing.T) {
	twice := Change{Path: "f", Edits: []Edit{at(1, 1, "x"), at(1, 1, "x")}}
	once := Change{Path: "f", Edits: []Edit{at(1, 1, "x")}}
	got, err := Merge(Set{Changes: []Change{once}}, Set{Changes: []Change{twice}})
	if err != nil || len(got.Changes[0].Edits) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPinRecordsWhatThePreviewSaw(t *testing.T) {
	tree := fstest.MapFS{"f": {Data: []byte("x"), Mode: 0o640}}
	set, err := Pin(Set{Changes: []Change{{Path: "f"}}}, tree)
	if c := set.Changes[0]; err != nil || !c.HasBase || c.Base != Sum([]byte("x")) || c.BaseMode != 0o640 {
		t.Fatalf("got %+v, %v", set, err)
	}
	tree["f"] = &fstest.MapFile{Data: []byte("y"), Mode: 0o640}
	if _, err := Pin(set, tree); err == nil {
		t.Error("an edit after the first pin went unseen")
	}
	tree["f"] = &fstest.MapFile{Data: []byte("x"), Mode: 0o600}
	if _, err := Pin(set, tree); err == nil {
		t.Error("a new mode after the first pin went unseen")
	}
	if _, err := Pin(Set{Changes: []Change{{Path: "gone"}}}, tree); err == nil {
		t.Error("a missing file was pinned")
	}
}
