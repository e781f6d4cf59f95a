package expr

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadsOfExpressions(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a ${{ github.event.pull_request.title }} b", "github.event.pull_request.title"},
		{"${{ github.event['issue'].Title }}", "github.event.issue.title"},
		{"${{ github.event.commits[0].message }}${{ github.event.commits.*.message }}", "github.event.commits.*.message github.event.commits.*.message"},
		{"${{ github.event[inputs.key] }}", "github.event.* (inputs.key)"},
		{"${{ contains(github.event.head_commit.message, '}} [skip]') }}", "(github.event.head_commit.message)"},
		{"${{ format('{0}-{1}', github.head_ref, inputs.x) }}", "github.head_ref inputs.x"},
		{"${{ github.head_ref || github.ref_name }}", "github.head_ref github.ref_name"},
		{"${{ github.event.issue.title == 'x' && 'a' || 'b' }}", "(github.event.issue.title)"},
		{"${{ github.event.issue.title && 'a' || 'b' }}", "(github.event.issue.title)"},
		{"${{ !github.event.issue.title }}", "(github.event.issue.title)"},
		{"${{ fromJSON(steps.a.outputs.list)[0].name }}", "steps.a.outputs.list"},
		{"${{ toJSON(github) }}", "github"},
		{"${{ matrix.os-version }} ${{ -1 }}", "matrix.os-version"},
		{"${{ 'it''s }}' }}", ""},
		{"${{ secrets.A", "! no }} ends the expression"},
		{"${{ a b }}", `! "b" follows the expression`},
		{"${{ }}", "! an expression is missing"},
		{"$ { { a } }", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, e := range Find(tt.text) {
			if e.Err != nil {
				got = append(got, "! "+e.Err.Error())
				continue
			}
			for _, r := range e.Node.Reads() {
				path := r.Path
				if !r.Value {
					path = "(" + path + ")"
				}
				got = append(got, path)
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", tt.text, diff)
		}
	}
}

func TestWhetherConditionsHold(t *testing.T) {
	var tested []string
	w := World{Value: func(path string) Value {
		switch path {
		case "event":
			return Text("push")
		case "ref":
			return Prefixed("refs/heads/")
		case "gone":
			return Nothing()
		case "branch":
			return Prefixed("")
		}
		return Value{}
	}, Tested: func(path, text string) { tested = append(tested, path+"="+text) }}
	for text, want := range map[string]Truth{
		"event == 'push'": Yes, "event == 'PUSH'": Yes, "event != 'push'": No, "'pull_request' == event": No,
		"startsWith(ref, 'refs/tags/')": No, "startsWith(ref, 'refs/heads/')": Yes, "startsWith(ref, 'refs/heads/release')": Maybe,
		"ref == 'refs/tags/v1'": No, "event == 'push' && secret": Maybe, "event == 'x' && secret": No, "secret || event": Yes,
		"gone": No, "!gone": Yes, "gone == null": Yes, "$branch": Yes, "$branch != null && $event == \"push\"": Yes, "branch == null": No,
		"gone =~ /^v/": No, "gone !~ /^v/": Yes, "event =~ /^p/": Maybe, "always() && !cancelled()": Yes, "failure()": Maybe,
		"and(succeeded(), eq(event, 'push'))": Yes, "or(ne(event, 'push'), in(event, 'a', 'push'))": Yes, "not(eq(ref, 'x'))": Yes,
		"notIn(event, 'a')": Yes, "(gone || event) == 'push'": Yes, "contains(gone, 'x')": No, "false": No, "unknown.thing": Maybe,
	} {
		n, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := n.Holds(w); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	tested = nil
	n, _ := Parse("ref == 'refs/heads/main' && !(ref == 'refs/heads/other') && branch == $CI_DEFAULT_BRANCH")
	if n.Holds(w) != Maybe {
		t.Error("a branch decides")
	}
	if diff := cmp.Diff([]string{"ref=refs/heads/main", "branch=$CI_DEFAULT_BRANCH"}, tested); diff != "" {
		t.Error(diff)
	}
}

func TestHostileExpressionsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"brackets": strings.Repeat("(", 10_000), "nots": strings.Repeat("!", 10_000), "indexes": strings.Repeat("a[", 10_000), "ors": strings.Repeat("a||", 5_000) + "a",
		"members": "a" + strings.Repeat(".a", 5_000), "calls": strings.Repeat("f(", 5_000), "long": strings.Repeat("a", MaxLength+1), "ands": strings.Repeat("a&&", 5_000) + "a",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
	if got := len(Find(strings.Repeat("${{a}}", 50_000))); got != 50_000 {
		t.Errorf("%d expressions", got)
	}
}

func FuzzExpressions(f *testing.F) {
	for _, s := range []string{"${{ a.b['c'][0].* && !f(x, 'y''z') }} ${{", "a =~ /x\\/y/i || $A == \"b\"", "${A} != null", "and(eq(variables['Build.Reason'], 'x'))", "1.2.3 < -4e+5", "${{ '"} {
		f.Add(s)
	}
	w := World{Value: func(string) Value { return Prefixed("a") }, Tested: func(string, string) {}}
	f.Fuzz(func(t *testing.T, s string) {
		inside := func(what string, start, end int) {
			if start < 0 || end < start || end > len(s) {
				t.Fatalf("%s: %d to %d of %d bytes", what, start, end, len(s))
			}
		}
		check := func(n *Node) {
			inside("node", n.Start, n.End)
			for _, r := range n.Reads() {
				inside("read "+r.Path, r.Start, r.End)
			}
			_ = fmt.Sprint(n.Holds(w))
		}
		for _, e := range Find(s) {
			inside("expression", e.Start, e.End)
			if (e.Node == nil) != (e.Err != nil) {
				t.Fatal("a node or an error")
			}
			if e.Node != nil {
				check(e.Node)
			}
		}
		if n, err := Parse(s); err == nil {
			check(n)
		}
	})
}
