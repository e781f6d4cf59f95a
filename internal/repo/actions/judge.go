package actions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"

	"drydock/internal/repo/expr"
	"drydock/internal/repo/yamldoc"
)

// judge says whether a fault is one that GitHub does not let pass, and whether it
// is a fault at all. actionlint is strict, and it is older than some of what
// GitHub accepts by now.
func judge(f *actionlint.Error, text string, at *yamldoc.Node, modern bool) (fatal, keep bool) {
	m := f.Message
	switch f.Kind {
	case "syntax-check":
		return judgeSyntax(m, text, modern)
	case "expression":
		return judgeExpression(m, text, at, modern)
	case "job-needs", "id", "glob", "shell-name", "workflow-call", "runner-label":
		return true, true
	case "events":
		if strings.Contains(m, "its default value will never be used") || strings.HasPrefix(m, "\"options\" can not be set") {
			return false, true
		}
		return !strings.Contains(m, "duplicated") && !strings.Contains(m, "activity type"), true
	case "action":
		// Old actions run on the newest Node.js, and inputs come with every release.
		if strings.Contains(m, "is too old to run") || strings.Contains(m, "is not defined in action") {
			return false, false
		}
		return strings.Contains(m, "invalid format"), true
	}
	return false, true
}

// newKeys are keys that GitHub has taken since actionlint was last released.
var newKeys = []string{"background", "wait", "wait-all", "cancel", "parallel", "queue"}

func judgeSyntax(message, text string, modern bool) (fatal, keep bool) {
	switch {
	case strings.HasPrefix(message, "step must run script") && modern && slices.Contains(newKeys, unquote(text)):
		return false, false
	case strings.HasPrefix(message, "string should not be empty"): // tags: with nothing behind it, which GitHub takes
		return false, false
	case strings.HasPrefix(message, "anchor "), strings.HasSuffix(message, "should not be empty"),
		strings.Contains(message, "its default value will never be used"), strings.HasPrefix(message, "\"options\" can not be set"):
		return false, true
	}
	key, expected := unexpectedKey(message)
	if key == "" {
		return true, true
	}
	if slices.Contains(newKeys, key) {
		return false, false
	}
	for _, e := range expected {
		if near(key, e) {
			return true, true
		}
	}
	return false, true
}

// unexpectedKey takes apart: unexpected key "a" for … expected one of "b", "c".
func unexpectedKey(message string) (key string, expected []string) {
	rest, ok := strings.CutPrefix(message, "unexpected key \"")
	if !ok {
		return "", nil
	}
	key, rest, _ = strings.Cut(rest, "\"")
	_, rest, _ = strings.Cut(rest, "expected one of ")
	for _, w := range strings.Split(rest, ", ") {
		expected = append(expected, strings.Trim(w, "\""))
	}
	return key, expected
}

func unquote(text string) string { return strings.Trim(text, "\"'") }

// near says whether a word is another one misspelt: at most two letters are
// swapped, missing or too many, and no more than a third of the word.
func near(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) > 64 || len(b) > 64 {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)] <= min(2, len(b)/3)
}

func judgeExpression(message, text string, at *yamldoc.Node, modern bool) (fatal, keep bool) {
	switch {
	case strings.Contains(message, "potentially untrusted"), strings.Contains(message, "extracts potentially"):
		return false, false
	case strings.Contains(message, "is not defined in object type"):
		// It is empty then, which people count on: matrix.a || 'default', or rows
		// of a matrix that leave a value out.
		found := expr.Find(text)
		if len(found) == 0 {
			if n, err := expr.Parse(at.Str()); err == nil {
				found = []expr.Expr{{Node: n}}
			}
		}
		for _, e := range found {
			if e.Node == nil {
				continue
			}
			for _, r := range e.Node.Reads() {
				deep := strings.HasPrefix(r.Path, "matrix.") && strings.Count(r.Path, ".") > 1
				if deep || modern && strings.HasPrefix(r.Path, "steps.") {
					return false, false
				}
			}
		}
		return false, !strings.Contains(text, "||")
	case strings.HasPrefix(message, "undefined variable"), strings.HasPrefix(message, "undefined function"), strings.HasPrefix(message, "context "),
		strings.HasPrefix(message, "calling function"), strings.Contains(message, "while parsing"), strings.Contains(message, "while lexing"):
		return true, true
	}
	return false, true
}

// parallelSteps says whether the workflow uses steps that run beside others, of
// which actionlint knows nothing.
func parallelSteps(root *yamldoc.Node) bool {
	for _, job := range root.Get("jobs").Entries() {
		for _, step := range job.Value.Get("steps").Items() {
			for _, key := range newKeys {
				if _, ok := step.Entry(key); ok {
					return true
				}
			}
		}
	}
	return false
}

// retired are the runners of GitHub that jobs wait for in vain.
var retired = map[string]bool{
	"ubuntu-16.04": true, "ubuntu-18.04": true, "ubuntu-20.04": true, "macos-10.15": true, "macos-11": true, "macos-12": true, "macos-13": true,
	"windows-2016": true, "windows-2019": true,
}

// misnamed are labels that people take for those of GitHub's runners.
var misnamed = map[string]string{
	"linux-latest": "ubuntu-latest", "mac-latest": "macos-latest", "osx-latest": "macos-latest", "debian-latest": "ubuntu-latest", "win-latest": "windows-latest",
	"ubuntu-lastest": "ubuntu-latest", "ubuntu-lates": "ubuntu-latest", "ubunto-latest": "ubuntu-latest", "macos-lastest": "macos-latest", "window-latest": "windows-latest",
}

// hosted is the system of a runner of GitHub's own, by its label.
func hosted(label string) string {
	for _, system := range []string{"ubuntu", "windows", "macos"} {
		if label == system+"-latest" {
			return system
		}
	}
	return ""
}

// retiredRunners finds jobs that wait for a runner there is none of.
func retiredRunners(tree *actionlint.Workflow) []*actionlint.Error {
	var out []*actionlint.Error
	report := func(pos *actionlint.Pos, format string, args ...any) {
		out = append(out, &actionlint.Error{Kind: "runner-label", Line: pos.Line, Column: pos.Col, Message: fmt.Sprintf(format, args...)})
	}
	for _, job := range tree.Jobs {
		if job == nil || job.RunsOn == nil || job.If != nil && (job.If.Value == "false" || job.If.Value == "${{ false }}") {
			continue
		}
		labels := runnerLabels(job)
		if slices.ContainsFunc(labels, func(l runnerLabel) bool { return l.name == "self-hosted" }) {
			continue
		}
		systems := ""
		for _, l := range labels {
			if retired[l.name] {
				report(l.pos, "GitHub no longer has runners called %q: the job waits until it times out", l.name)
			} else if meant := misnamed[l.name]; meant != "" {
				report(l.pos, "GitHub has no runners called %q, as it has %q: the job waits until it times out", l.name, meant)
			}
			if s := hosted(l.name); s != "" && !l.matrix {
				if systems != "" && systems != s {
					report(l.pos, "no runner is %s and %s at once: the job waits until it times out", systems, s)
					break
				}
				systems = s
			}
		}
	}
	return out
}

type runnerLabel struct {
	name   string
	pos    *actionlint.Pos
	matrix bool // one of several
}

// runnerLabels are the labels that a job asks for, those of its matrix among them.
func runnerLabels(job *actionlint.Job) []runnerLabel {
	var out []runnerLabel
	labels := job.RunsOn.Labels
	if job.RunsOn.LabelsExpr != nil {
		labels = append(slices.Clone(labels), job.RunsOn.LabelsExpr)
	}
	for _, label := range labels {
		if label == nil {
			continue
		}
		found := expr.Find(label.Value)
		if len(found) != 1 || found[0].Node == nil || job.Strategy == nil || job.Strategy.Matrix == nil {
			out = append(out, runnerLabel{label.Value, label.Pos, false})
			continue
		}
		name, ok := strings.CutPrefix(found[0].Node.Path(), "matrix.")
		row := job.Strategy.Matrix.Rows[name]
		if !ok || row == nil || found[0].Start > 0 || found[0].End < len(label.Value) {
			continue
		}
		for _, v := range row.Values {
			if s, ok := v.(*actionlint.RawYAMLString); ok {
				out = append(out, runnerLabel{s.Value, s.Pos(), true})
			}
		}
	}
	return out
}
