// Package checktest runs a check's fixture: one txtar archive that holds small
// projects, what the check must say about each, and the tree after its fix.
//
// The first element of a name is the project: bad…, good…. Beside its files a
// project may hold
//
//	want    a line per problem: path:line severity text-in-the-message
//	holds   a line per subject that holds: path:line text
//	open    a line per subject that cannot be decided: path:line text
//	fixed/  the files as they are after every attached patch
//	was/    the files that an earlier commit held: the project is then one of git
//
// A bad project has want, a good one has none: it is the trap, what looks bad
// and is not. A check of severity Info only looks for a strength, and one that only
// a person can answer only asks: their fixtures have good projects alone, with and
// without holds, or a bad project whose want is empty, in which they say nothing.
package checktest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"golang.org/x/tools/txtar"
)

// Run runs the fixture of every check in testdata/<name>.txtar. A check without
// a fixture fails, as does a fixture without a bad or without a good project.
func Run(t *testing.T, checks []*check.Check) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			projects := load(t, filepath.Join("testdata", c.Name()+".txtar"))
			kinds := map[string]bool{}
			for name, p := range projects {
				kinds[kind(name)] = true
				t.Run(name, func(t *testing.T) { p.run(t, c, strings.HasPrefix(name, "bad")) })
			}
			if probe := c.Severity == finding.Info || c.Confidence == finding.NotProven; probe && len(projects) < 2 {
				t.Errorf("the fixture of %s needs a project that holds and one that only looks so", c.ID)
			} else if !probe && !kinds["bad"] || !kinds["good"] {
				t.Errorf("the fixture of %s needs a bad and a good project", c.ID)
			}
			documented(t, c)
		})
	}
}

func kind(name string) string {
	for _, k := range []string{"bad", "good"} {
		if strings.HasPrefix(name, k) {
			return k
		}
	}
	return ""
}

func documented(t *testing.T, c *check.Check) {
	t.Helper()
	for field, text := range map[string]string{"Title": c.Title, "Why": c.Why, "How": c.How} {
		if text == "" {
			t.Errorf("%s has no %s", c.ID, field)
		}
	}
	if c.Confidence == "" || c.Hours == 0 {
		t.Errorf("%s has no confidence or no hours", c.ID)
	}
}

// project is one of the fixture's.
type project struct {
	files             map[string]repo.MemFile
	fixed             map[string][]byte
	was               map[string][]byte
	want, holds, open []string
	silent            bool // want is there and empty
}

func load(t *testing.T, file string) map[string]*project {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	projects := map[string]*project{}
	for _, f := range txtar.Parse(data).Files {
		name, rest, ok := strings.Cut(f.Name, "/")
		if !ok || kind(name) == "" {
			t.Fatalf("%s: %q is not below bad… or good…", file, f.Name)
		}
		p := projects[name]
		if p == nil {
			p = &project{files: map[string]repo.MemFile{}, fixed: map[string][]byte{}, was: map[string][]byte{}}
			projects[name] = p
		}
		switch {
		case rest == "want":
			p.want = lines(f.Data)
			p.silent = len(p.want) == 0
		case rest == "holds":
			p.holds = lines(f.Data)
		case rest == "open":
			p.open = lines(f.Data)
		case strings.HasPrefix(rest, "was/"):
			p.was[strings.TrimPrefix(rest, "was/")] = f.Data
		case strings.HasPrefix(rest, "fixed/"):
			p.fixed[strings.TrimPrefix(rest, "fixed/")] = f.Data
		default:
			p.files[rest] = repo.MemFile{Data: f.Data}
		}
	}
	return projects
}

func lines(data []byte) (out []string) {
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (p *project) run(t *testing.T, c *check.Check, bad bool) {
	t.Helper()
	var tree repo.Tree = repo.NewMem(p.files)
	if len(p.was) > 0 {
		tree = committed(t, p)
	}
	out := outcome(t, c, tree)
	var problems, held, open []string
	for _, r := range out.Problems {
		problems = append(problems, fmt.Sprintf("%s:%d %s %s", r.At.Path, r.At.Line, r.Severity, r.Message))
	}
	for _, e := range out.Held {
		held = append(held, fmt.Sprintf("%s:%d %s", e.At.Path, e.At.Line, e.Message))
	}
	for _, e := range out.Open {
		open = append(open, fmt.Sprintf("%s:%d %s", e.At.Path, e.At.Line, e.Message))
	}
	if p.silent && len(problems)+len(held)+len(open) > 0 {
		t.Errorf("says something where it is to be silent: %q %q %q", problems, held, open)
	}
	if bad && len(p.want) == 0 && !p.silent {
		t.Error("a bad project needs a want")
	}
	if !bad && len(p.want) > 0 {
		t.Error("a good project has no want")
	}
	match(t, "problem", p.want, problems)
	if p.holds != nil || c.Severity == finding.Info {
		match(t, "strength", p.holds, held)
	}
	if p.open != nil {
		match(t, "undecided subject", p.open, open)
	}
	if len(p.fixed) > 0 {
		p.runFix(t, c, tree, out)
	}
}

func outcome(t *testing.T, c *check.Check, tree repo.Tree) check.Outcome {
	t.Helper()
	s, err := repo.Open(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := c.Run(context.Background(), s, check.NewPrefilter([]*check.Check{c}))
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	for _, e := range s.ParseErrors() {
		t.Logf("%s:%d does not parse: %s", e.Path, e.Line, e.Message)
	}
	return out
}

// match compares line by line; what is wanted is a prefix up to the message,
// and a part of that.
func match(t *testing.T, what string, want, got []string) {
	t.Helper()
	left := slices.Clone(got)
	for _, w := range want {
		at := slices.IndexFunc(left, func(g string) bool { return agrees(what, w, g) })
		if at < 0 {
			t.Errorf("missing %s: %s", what, w)
			continue
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, g := range left {
		t.Errorf("unexpected %s: %s", what, g)
	}
}

func agrees(what, want, got string) bool {
	fields := 2
	if what == "problem" {
		fields = 3
	}
	w, g := strings.SplitN(want, " ", fields), strings.SplitN(got, " ", fields)
	if len(w) < fields-1 || !slices.Equal(w[:fields-1], g[:fields-1]) {
		return false
	}
	return len(w) < fields || strings.Contains(g[fields-1], w[fields-1])
}

// runFix applies every attached patch to an overlay and demands: the expected
// tree, the findings gone, nothing new, a second application empty.
func (p *project) runFix(t *testing.T, c *check.Check, tree repo.Tree, out check.Outcome) {
	t.Helper()
	var set patch.Set
	for _, r := range out.Problems {
		if r.Patch == nil {
			continue
		}
		merged, err := patch.Merge(set, r.Patch.Set)
		if err != nil {
			t.Fatal(err)
		}
		set = merged
	}
	if len(set.Changes) == 0 {
		t.Fatal("fixed/ is there, but no problem carries a patch")
	}
	after, err := repo.Patched(tree, set)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range p.fixed {
		got, err := after.ReadFile(name)
		if err != nil {
			t.Errorf("after the fix: %v", err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s after the fix:\n%s\nwant:\n%s", name, got, want)
		}
	}
	again := outcome(t, c, after)
	for _, r := range again.Problems {
		if r.Patch != nil {
			t.Errorf("the fix left %s:%d %s", r.At.Path, r.At.Line, r.Message)
		}
	}
	if fixable := countPatched(out); len(again.Problems) > len(out.Problems)-fixable {
		t.Errorf("%d problems before the fix of %d, %d after it", len(out.Problems), fixable, len(again.Problems))
	}
}

func countPatched(out check.Outcome) (n int) {
	for _, r := range out.Problems {
		if r.Patch != nil {
			n++
		}
	}
	return n
}
