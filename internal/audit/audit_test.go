package audit

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func tree(text string) repo.Tree { return repo.NewTxtar(txtar.Parse([]byte(text))) }

// todo fails on every line with the word in it, and holds on files without.
var todo = check.PerFile(check.Doc{ID: "quality/word", Title: "Word", Severity: finding.Low, Confidence: finding.Sure},
	func(p *check.Pass, f *repo.File) {
		failed := false
		for n, line := range strings.Split(string(f.Bytes()), "\n") {
			if i := strings.Index(line, "word"); i >= 0 {
				failed = true
				start := f.LineOffsets()[n] + i
				p.Report(f.At(finding.Span{Start: start, End: start + 4}), "has the word")
			}
		}
		if !failed {
			p.Holds(f.Start(), "has it not")
		}
	})

var crash = check.PerProject(check.Doc{ID: "system/crash", Title: "Crash", Severity: finding.High},
	func(*check.Pass, *repo.Snapshot) { panic("boom") })

func run(t *testing.T, tr repo.Tree, opts Options, checks ...*check.Check) *Result {
	t.Helper()
	res, err := Start(context.Background(), tr, checks, opts).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestACrashCostsOnlyItsCheck(t *testing.T) {
	res := run(t, tree("-- a.go --\nword\n"), Options{}, crash, todo)
	if len(res.Errors) != 1 || res.Errors[0].Check != "system/crash" || !res.Score.Incomplete {
		t.Errorf("errors %+v, incomplete %v", res.Errors, res.Score.Incomplete)
	}
	if len(res.Findings) != 1 || res.Findings[0].Check != "quality/word" {
		t.Errorf("findings %+v", res.Findings)
	}
}

func TestFingerprintsSurviveEditsElsewhere(t *testing.T) {
	a := run(t, tree("-- a.go --\nword one\nword two\nword one\n"), Options{}, todo)
	b := run(t, tree("-- a.go --\nnew line\n\nword one\nword two\n\nword one\n"), Options{}, todo)
	prints := func(r *Result) (out []string) {
		for _, f := range r.Findings {
			out = append(out, f.Fingerprint)
		}
		return out
	}
	if diff := cmp.Diff(prints(a), prints(b)); diff != "" {
		t.Error(diff)
	}
	if p := prints(a); p[0] == p[2] {
		t.Error("two problems share a fingerprint")
	}
}

func TestOnlyAReasonMutes(t *testing.T) {
	res := run(t, tree(`
-- a.go --
word // drydock:ignore quality/word the field's term
// drydock:ignore quality/word
word
x := "drydock:ignore quality/word sneaky" + word
-- gen/b.go --
word
`), Options{Ignore: []Ignore{{Check: "quality/word", Path: "gen/**", Reason: "made by a tool"}}}, todo)
	var got []string
	for _, f := range res.Findings {
		by := "open"
		if f.Suppressed != nil {
			by = f.Suppressed.By + ": " + f.Suppressed.Reason
		}
		got = append(got, f.Locations[0].Path+" "+by)
	}
	want := []string{"a.go inline: the field's term", "a.go open", "a.go open", "a.go open", "a.go open", "gen/b.go config: made by a tool"}
	if got[0] != want[0] || got[len(got)-1] != want[5] || strings.Count(strings.Join(got, "\n"), "inline") != 1 {
		t.Errorf("%q", got)
	}
	if len(res.Skipped) == 0 || !strings.Contains(res.Skipped[0].Reason, "no reason") {
		t.Errorf("a mark without a reason goes unsaid: %+v", res.Skipped)
	}
}

func TestCancelIsPrompt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	stuck := check.PerProject(check.Doc{ID: "system/slow"}, func(*check.Pass, *repo.Snapshot) {
		close(started)
		<-ctx.Done()
	})
	r := Start(ctx, tree("-- a --\n"), []*check.Check{stuck}, Options{Jobs: 1})
	<-started
	cancel()
	if _, err := r.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v", err)
	}
}

func TestSameTreeSameResult(t *testing.T) {
	text := "-- b.go --\nword\nword\n-- a.go --\nword\n-- c.go --\nfine\n"
	a, b := run(t, tree(text), Options{Jobs: 1}, todo, crash), run(t, tree(text), Options{Jobs: 8}, crash, todo)
	if diff := cmp.Diff(a.Findings, b.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestProgressEndsAtTheResult(t *testing.T) {
	r := Start(context.Background(), tree("-- a.go --\nword\n"), []*check.Check{todo}, Options{})
	deadline, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		select {
		case <-r.Changed():
		case <-deadline.Done():
			t.Fatal("never done")
		}
		select {
		case <-r.Done():
			p := r.Progress()
			if p.Done != 1 || p.Total != 1 || p.Files != 1 || len(p.Findings) != 1 || p.Categories["quality"] != (Fraction{1, 1}) {
				t.Errorf("%+v", p)
			}
			return
		default:
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"a.go", "a.go", true}, {"*.go", "a.go", true}, {"*.go", "b/a.go", false}, {"**/*.go", "a.go", true}, {"**/*.go", "x/y/a.go", true},
		{"src/**", "src", true}, {"src/**", "src/a/b", true}, {"src/**", "srcs/a", false}, {"**", "a/b", true}, {"a/**/b", "a/b", true},
		{"a/**/b", "a/x/y/b", true}, {"a/**/b", "a/x/y/c", false}, {"**/a/**/b", "x/a/a/y/b", true}, {"[", "[", false}, {"", "a", false},
		{"**/a/**/a/b", "a/x/a/a/b", true}, {"**/x", "a/b", false}, {"a/b", "a", false},
		{strings.Repeat("**/a*/", 40) + "b", strings.Repeat("a/", 60) + "c", false}, // a project ships such patterns
	} {
		if got := Glob(c.pattern, c.name); got != c.want {
			t.Errorf("%s of %s: %v", c.pattern, c.name, got)
		}
	}
}
