package actions

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func lint(t *testing.T, src string) string {
	t.Helper()
	problems, err := Lint([]byte(src))
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	for _, p := range problems {
		mark := " "
		if p.Fatal {
			mark = "!"
		}
		message, _, _ := strings.Cut(p.Message, ". ")
		fmt.Fprintf(&b, "%s %s: %.70s <%.40s>\n", mark, p.Kind, message, src[p.Span.Start:p.Span.End])
	}
	return b.String()
}

func TestMistakesAreFoundAtTheirPlace(t *testing.T) {
	src := `on: {push: {brunches: [main]}, nosuch: }
jobs:
  a:
    runs-on: ubuntu-18.04
    needs: [gone]
    steps:
      - run: |
          echo one
          echo é ${{ github.sha }} ${{ nosuch.x }}
      - uses: actions/checkout
      - run: "echo ${{ steps.none.outputs.x }}"
        timeout: 3
      - run: echo ${{ format( }}
`
	want := `! syntax-check: unexpected key "brunches" for "push" section <brunches>
! events: unknown Webhook event "nosuch" <nosuch>
! job-needs: job "a" needs job "gone" which does not exist in this workflow <a>
! runner-label: GitHub no longer has runners called "ubuntu-18.04": the job waits unti <ubuntu-18.04>
! expression: undefined variable "nosuch" <${{ nosuch.x }}>
! action: specifying action "actions/checkout" in invalid format because ref is  <actions/checkout>
  expression: property "none" is not defined in object type {} <${{ steps.none.outputs.x }}>
  syntax-check: unexpected key "timeout" for step to run shell command <timeout>
! expression: unexpected end of input while parsing variable access, function call,  <${{ format( }}>
`
	for _, s := range []string{src, strings.ReplaceAll(src, "\n", "\r\n")} {
		if diff := cmp.Diff(want, lint(t, s)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatWorksIsNoMistake(t *testing.T) {
	job := func(steps string) string {
		return "on: push\nconcurrency: {group: a, queue: max}\njobs:\n  a:\n    runs-on: my-own-runner\n    strategy: {matrix: {java: [{v: 1}, {v: 2, early: true}]}}\n    steps:\n" + steps
	}
	for name, src := range map[string]string{
		"steps beside others":  job("    - {id: s, run: a, background: true}\n    - parallel: [{id: t, run: b}]\n    - wait: s\n    - wait-all:\n    - cancel: s\n    - run: ${{ steps.t.outputs.x }}\n"),
		"an old action":        job("    - uses: actions/checkout@v2\n"),
		"a new input":          job("    - {uses: actions/checkout@v4, with: {brand-new: 1}}\n"),
		"rows that lack a key": job("    - run: ${{ matrix.java.early }} ${{ matrix.nosuch || 'x' }}\n"),
		"a local action":       job("    - {id: l, uses: ./nosuch, with: {x: 1}}\n    - run: echo ${{ steps.l.outputs.x }}\n"),
		"a called workflow":    "on: push\njobs:\n  a: {uses: ./.github/workflows/nosuch.yml, with: {x: 1}}\n  b: {needs: a, runs-on: x, steps: [{run: \"${{ needs.a.outputs.y }}\"}]}\n",
		"input of outsiders":   job("    - run: ${{ github.head_ref }}\n"),
	} {
		if got := lint(t, src); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHostileWorkflowsAreRefused(t *testing.T) {
	long := strings.Repeat("(", 22_000)
	for name, src := range map[string]string{
		"no YAML": "a: [", "deep": strings.Repeat("[", 1000), "large": strings.Repeat("# x\n", maxLintBytes/4+1), "a long list": "on: [" + strings.Repeat("a,", 3_000) + "]",
		"an expression": "on: push\nenv: {a: '${{ " + long + " }}'}\n", "a condition": "on: push\njobs: {a: {if: '" + long + "'}}\n",
		"many long expressions": "on: push\nenv: {a: '" + strings.Repeat("${{ a"+strings.Repeat("&&a", 2_000)+" }}", 4) + "'}\n",
		"aliases":               "a: &a [" + strings.Repeat("x,", 1500) + "]\nb: &b [" + strings.Repeat("*a,", 1500) + "]\nc: [*b, *b]\n",
	} {
		if got := lint(t, src); !strings.HasPrefix(got, "error: ") {
			t.Errorf("%s: %.200s", name, got)
		}
	}
	for _, src := range []string{"", "- a\n", "a: 1\n---\nb: 2\n", "on: push\non: push\n", "jobs: {a: &a {steps: [*a]}}\n"} {
		lint(t, src) // must only return
	}
}

func TestUsesTakenApart(t *testing.T) {
	sha := strings.Repeat("0a", 20)
	for text, want := range map[string]string{
		"Actions/Checkout@v4":           "1 actions/checkout v4 pinned=false version=true",
		"a/b/c/d.yml@main":              "1 a/b/c/d.yml main pinned=false version=false",
		"a/b@" + sha:                    "1 a/b " + sha + " pinned=true version=false",
		"./.github/actions/x/":          "2 [.github/actions/x]  pinned=true version=false",
		"docker://alpine:3":             "3 [alpine:3]  pinned=false version=false",
		"docker://alpine@sha256:" + sha: "3 [alpine@sha256:" + sha + "] sha256:" + sha + " pinned=true version=false",
		"a/b@${{ x }}":                  "4  pinned=false version=false",
		"checkout@v4":                   "0  pinned=false version=false",
		"a/b":                           "0  pinned=false version=false",
		"../x@v1":                       "0  pinned=false version=false",
	} {
		u := ParseUses(text)
		name := u.Name()
		if u.Kind == Local {
			name = "[" + u.Path + "]"
		} else if u.Kind == Docker {
			name = "[" + u.Image + "]"
		}
		got := fmt.Sprintf("%d %s %s pinned=%v version=%v", u.Kind, name, u.Ref, u.Pinned(), u.Version())
		if got = strings.Replace(got, "   pinned", "  pinned", 1); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestWhoChoosesAText(t *testing.T) {
	for path, want := range map[string]By{
		"github.head_ref": Anyone, "github.event.pull_request.title": Anyone, "github.event.pull_request.head.sha": Nobody, "github.event.pull_request.number": Nobody,
		"github.event.commits.*.message": Anyone, "github.event.*.title": Anyone, "github.event": Anyone, "github": Anyone, "github.event.pull_request.head.ref.x": Nobody,
		"github.ref_name": Writers, "github.event.inputs.version": Writers, "github.event.client_payload.a.b": Writers, "inputs.x": Caller, "github.sha": Nobody,
		"github.event.workflow_run.head_branch": Anyone, "secrets.github.head_ref": Nobody, "github.actor": Nobody,
	} {
		if got := Chooses(path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if !RunsAsCode("actions/github-script", "Script") || RunsAsCode("actions/github-script", "result-encoding") || RunsAsCode("a/b", "script") {
		t.Error("inputs that are code")
	}
	none := func(string) string { return "" }
	for text, want := range map[string]bool{
		"tj-actions/changed-files@v40 all_changed_files": true, "tj-actions/changed-files@v40 any_changed": false, "tj-actions/changed-files@v45 all_changed_files": false,
		"tj-actions/changed-files@main all_changed_files": false, "jitterbit/get-changed-files@v1 all": true, "a/b@v1 all": false, "dorny/paths-filter@v3 src_files": true, "dorny/paths-filter@v3 src": false,
	} {
		uses, output, _ := strings.Cut(text, " ")
		if got := UntrustedOutput(ParseUses(uses), output, none); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if !UntrustedOutput(ParseUses("tj-actions/changed-files@v45"), "all_changed_files", func(string) string { return "false" }) {
		t.Error("safe_output: false")
	}
	if UntrustedOutput(ParseUses("dorny/paths-filter@v3"), "src_files", func(string) string { return "shell" }) {
		t.Error("list-files: shell")
	}
}

func FuzzLint(f *testing.F) {
	f.Add("on: push\njobs:\n  a:\n    runs-on: x\n    strategy: {matrix: {a: [1], exclude: [{a: 1}]}}\n    steps:\n    - run: |\n        é ${{ steps.x.y }}\n")
	f.Add("on: {workflow_call: {inputs: {a: {type: string}}}, schedule: [{cron: '* * * * *'}]}\njobs: {a: {uses: ./x.yml, secrets: inherit}}\n")
	f.Add("a: &a {if: \"${{ '\"}\nb: [*a, <<]\n---\n")
	f.Fuzz(func(t *testing.T, src string) {
		problems, err := Lint([]byte(src))
		if err != nil && strings.Contains(err.Error(), "stumbled") {
			t.Log(err) // what actionlint cannot read costs only itself
		}
		for _, p := range problems {
			if p.Span.Start < 0 || p.Span.End < p.Span.Start || p.Span.End > len(src) {
				t.Fatalf("%v of %d bytes: %+v", p.Span, len(src), p)
			}
		}
	})
}
