package patch

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// applyUnified is a strict reader of what Unified writes, independent of it: it
// checks every number and every context line.
func applyUnified(diff string, before []byte) ([]byte, error) {
	var out bytes.Buffer
	old := bytes.SplitAfter(before, []byte("\n"))
	line, oldLeft, newLeft := 0, 0, 0
	rows := strings.SplitAfter(diff, "\n")
	for i, row := range rows {
		if oldLeft == 0 && newLeft == 0 {
			var oldStart, newStart int
			if !strings.HasPrefix(row, "@@ ") {
				continue
			}
			if oldStart, oldLeft, newStart, newLeft = header(row); oldLeft > 0 {
				oldStart--
			}
			for ; line < oldStart; line++ {
				out.Write(old[line])
			}
			if newLeft > 0 {
				newStart--
			}
			if at := bytes.Count(out.Bytes(), []byte("\n")); at != newStart {
				return nil, fmt.Errorf("%q: new side is at line %d", row, at)
			}
			continue
		}
		if row[0] == '\\' {
			continue
		}
		text := row[1:]
		if i+1 < len(rows) && strings.HasPrefix(rows[i+1], `\ No newline`) {
			text = strings.TrimSuffix(text, "\n")
		}
		if row[0] != Added {
			if line >= len(old) || string(old[line]) != text {
				return nil, fmt.Errorf("line %d is not %q", line+1, text)
			}
			line, oldLeft = line+1, oldLeft-1
		}
		if row[0] != Removed {
			out.WriteString(text)
			newLeft--
		}
	}
	for ; line < len(old); line++ {
		out.Write(old[line])
	}
	return out.Bytes(), nil
}

func header(row string) (oldStart, oldCount, newStart, newCount int) {
	var a, b string
	fmt.Sscanf(row, "@@ -%s +%s @@", &a, &b)
	read := func(s string) (start, count int) {
		if n, _ := fmt.Sscanf(s, "%d,%d", &start, &count); n == 1 {
			count = 1
		}
		return start, count
	}
	oldStart, oldCount = read(a)
	newStart, newCount = read(b)
	return oldStart, oldCount, newStart, newCount
}

func TestUnifiedRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := someText().Draw(t, "before"), someText().Draw(t, "after")
		if rapid.Bool().Draw(t, "small change") {
			after, _ = Apply(before, someEdits(t, len(before), "edits"))
		}
		diff := Unified("f", before, after, DiffOptions{})
		got, err := applyUnified(diff, before)
		if err != nil || !bytes.Equal(got, after) {
			t.Fatalf("%v\ngot  %q\nwant %q\n%s", err, got, after, diff)
		}
	})
}

func TestUnifiedWritesWhatGitReads(t *testing.T) {
	for name, c := range map[string]struct {
		path, before, after string
		o                   DiffOptions
		want                string
	}{
		"create": {"a b.env", "", "A=1\n", DiffOptions{Op: Create, NewMode: 0o600},
			"diff --git a/a b.env b/a b.env\nnew file mode 100600\n--- /dev/null\n+++ b/a b.env\t\n@@ -0,0 +1 @@\n+A=1\n"},
		"delete": {"f", "x\r\ny", "", DiffOptions{Op: Delete, OldMode: 0o644},
			"diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\r\n-y\n\\ No newline at end of file\n"},
		"mode only": {"f", "x", "x", DiffOptions{OldMode: 0o666, NewMode: 0o600},
			"diff --git a/f b/f\nold mode 100666\nnew mode 100600\n"},
		"newline added": {"f", "x", "x\n", DiffOptions{},
			"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n"},
		"hostile name": {"a\x1b]52;c\n\u202eb\xff", "x\n", "y\n", DiffOptions{},
			`diff --git "a/a\033]52;c\n\342\200\256b\377" "b/a\033]52;c\n\342\200\256b\377"` + "\n" +
				`--- "a/a\033]52;c\n\342\200\256b\377"` + "\n" + `+++ "b/a\033]52;c\n\342\200\256b\377"` + "\n@@ -1 +1 @@\n-x\n+y\n"},
		"nothing": {"f", "x", "x", DiffOptions{OldMode: 0o644, NewMode: 0o644}, ""},
		"binary":  {"f", "x\x00", "", DiffOptions{Op: Delete}, "diff --git a/f b/f\ndeleted file mode 100644\nBinary files a/f and /dev/null differ\n"},
	} {
		if got := Unified(c.path, []byte(c.before), []byte(c.after), c.o); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestUnifiedSetKeepsSecretsToItself(t *testing.T) {
	const canary = "canary-3f1b"
	s := Set{Changes: []Change{
		{Path: ".env", Op: Create, Mode: 0o600, Content: []byte("KEY=" + canary + "\n"), Secret: true},
		{Path: "compose.yml", Edits: []Edit{at(0, len(canary), "${KEY}")}},
	}}
	before := func(string) ([]byte, error) { return []byte(canary), nil }
	mask := func(text string) string { return strings.ReplaceAll(text, canary, "can…") }
	diff, err := UnifiedSet(s, before, mask)
	if err != nil || strings.Contains(diff, canary) {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, want := range []string{"a/.env", "new file mode 100600", "-can…", "+${KEY}"} {
		if !strings.Contains(diff, want) {
			t.Errorf("no %q in\n%s", want, diff)
		}
	}
}

func TestHunksShareContextOrStandApart(t *testing.T) {
	var before []byte
	for i := range 30 {
		before = fmt.Appendf(before, "%04d\n", i)
	}
	for gap, want := range map[int]int{2*ContextLines + 1: 2, 2 * ContextLines: 1} {
		second := 5 * (10 + gap + 1)
		after, err := Apply(before, []Edit{at(50, 51, "x"), at(second, second+1, "x")})
		if err != nil {
			t.Fatal(err)
		}
		if got := Hunks("f", before, after); len(got) != want {
			t.Errorf("%d lines between two changes: %d hunks, want %d", gap, len(got), want)
		}
	}
}

func TestSelectOfEveryHunkIsTheWholeAndOfNoneIsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := someText().Draw(t, "before")
		change := Change{Path: "f", Edits: someEdits(t, len(before), "edits"), Base: Sum(before), HasBase: true}
		after, _ := Apply(before, change.Edits)
		read := func(string) ([]byte, error) { return before, nil }
		all := Hunks("f", before, after)
		chosen := make([]bool, max(1, len(all)))
		for i := range chosen {
			chosen[i] = rapid.Bool().Draw(t, "keep")
		}
		set := Set{Changes: []Change{change}}
		part, err := Select(set, read, func(_ string, i int) bool { return chosen[i] })
		if err != nil {
			t.Fatal(err)
		}
		rest, err := Select(set, read, func(_ string, i int) bool { return !chosen[i] })
		if err != nil {
			t.Fatal(err)
		}
		// What was kept and what was left out are together the whole.
		whole, err := Merge(part, rest)
		if err != nil || len(whole.Changes) != 1 {
			t.Fatalf("%+v, %v", whole, err)
		}
		if got, _, err := whole.Changes[0].After(before); err != nil || !bytes.Equal(got, after) {
			t.Fatalf("got %q, want %q (%v)", got, after, err)
		}
	})
}

func TestSelectLeavesOutOneHunkOfTwo(t *testing.T) {
	var before []byte
	for i := range 30 {
		before = fmt.Appendf(before, "%04d\n", i)
	}
	set := Set{Changes: []Change{
		{Path: "f", Edits: []Edit{at(0, 4, "first"), at(len(before)-5, len(before)-1, "last")}},
		{Path: "g", Op: Create, Mode: 0o644},
	}}
	read := func(string) ([]byte, error) { return before, nil }
	got, err := Select(set, read, func(path string, i int) bool { return path == "f" && i == 1 })
	if err != nil || len(got.Changes) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	after, _, err := got.Changes[0].After(before)
	if want := string(before[:len(before)-5]) + "last\n"; err != nil || string(after) != want {
		t.Errorf("got %q, %v", after, err)
	}
}
