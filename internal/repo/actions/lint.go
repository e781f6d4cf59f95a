package actions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rhysd/actionlint"

	"drydock/internal/finding"
	"drydock/internal/repo/expr"
	"drydock/internal/repo/yamldoc"
)

// Problem is one mistake in a workflow.
type Problem struct {
	Kind    string // the rule of actionlint: syntax-check, expression, job-needs, events, …
	Message string // may quote the file
	Span    finding.Span

	// Fatal says that GitHub refuses the workflow, or that the job never runs.
	// What is not fatal may work all the same, or be newer than actionlint.
	Fatal bool
}

// Limits of what Lint looks at. They are far above what GitHub itself accepts.
const (
	maxLintBytes = 512 << 10 // bytes of a workflow
	maxLintItems = 2_000     // entries of one list or mapping; some rules compare all pairs
	maxLintWork  = 64 << 20  // the squares of the lengths of all expressions: typing one takes that long
)

// Lint lists what actionlint finds wrong with a workflow, by place. It reads no
// other file and starts no program: what a local action or a called workflow
// wants is not looked at, nor are the labels of runners that an organisation can
// name as it likes. Untrusted input is left to those who follow where it flows.
// It fails for a file that is no YAML or beyond the limits.
func Lint(src []byte) (found []Problem, err error) {
	if len(src) > maxLintBytes {
		return nil, fmt.Errorf("larger than %d KiB", maxLintBytes>>10)
	}
	docs, err := yamldoc.Parse(src)
	if err != nil && (len(docs) == 0 || len(docs[len(docs)-1].Duplicates) == 0 && len(docs[0].Duplicates) == 0) {
		return nil, err
	}
	if len(docs) == 0 || docs[0].Root == nil {
		return nil, nil
	}
	if err := lintable(docs[0].Root); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			found, err = nil, fmt.Errorf("actionlint stumbled: %v", r)
		}
	}()
	tree, faults := actionlint.Parse(src)
	if tree != nil {
		faults = append(faults, runRules(tree)...)
		faults = append(faults, retiredRunners(tree)...)
	}
	places, modern := newPlaces(src, docs[0].Root), parallelSteps(docs[0].Root)
	for _, f := range faults {
		span, node := places.of(f)
		if fatal, keep := judge(f, places.text(span), node, modern); keep {
			found = append(found, Problem{f.Kind, f.Message, span, fatal})
		}
	}
	slices.SortStableFunc(found, func(a, b Problem) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		return strings.Compare(a.Message, b.Message)
	})
	return slices.Compact(found), nil
}

// runRules has the rules that need nothing but the file look at it.
func runRules(tree *actionlint.Workflow) []*actionlint.Error {
	local, called := actionlint.NewLocalActionsCache(nil, nil), actionlint.NewLocalReusableWorkflowCache(nil, "", nil)
	rules := []actionlint.Rule{
		actionlint.NewRuleMatrix(), actionlint.NewRuleCredentials(), actionlint.NewRuleShellName(), actionlint.NewRuleEvents(),
		actionlint.NewRuleJobNeeds(), actionlint.NewRuleAction(local), actionlint.NewRuleEnvVar(), actionlint.NewRuleID(),
		actionlint.NewRuleGlob(), actionlint.NewRulePermissions(), actionlint.NewRuleWorkflowCall("", called),
		actionlint.NewRuleExpression(local, called), actionlint.NewRuleDeprecatedCommands(), actionlint.NewRuleIfCond(),
	}
	v := actionlint.NewVisitor()
	for _, r := range rules {
		v.AddPass(r)
	}
	if err := v.Visit(tree); err != nil {
		return nil
	}
	var out []*actionlint.Error
	for _, r := range rules {
		out = append(out, r.Errs()...)
	}
	return out
}

var errTooMany = errors.New("a list is longer than a workflow's can be")

// lintable refuses what would make the rules slow or their recursion deep.
func lintable(root *yamldoc.Node) (err error) {
	work := 0
	count := func(n *yamldoc.Node, length int) {
		if work += length * length; length > expr.MaxLength || work > maxLintWork {
			err = fmt.Errorf("line %d: expressions too long to look at", n.Line)
		}
	}
	root.Walk(func(n *yamldoc.Node) bool {
		switch {
		case err != nil:
		case len(n.Own()) > maxLintItems || len(n.Items()) > maxLintItems:
			err = errTooMany
		case n.Kind == yamldoc.Mapping:
			if cond := n.Get("if"); cond.Exists() {
				count(cond, len(cond.Str()))
			}
		case n.Kind == yamldoc.Scalar:
			for _, e := range expr.Find(n.Value) {
				count(n, e.End-e.Start)
			}
		}
		return err == nil
	})
	return err
}

// places turns actionlint's lines and columns into bytes.
type places struct {
	src   []byte
	nodes map[int][]*yamldoc.Node // by line, in order
}

func newPlaces(src []byte, root *yamldoc.Node) places {
	p := places{src, map[int][]*yamldoc.Node{}}
	root.Walk(func(n *yamldoc.Node) bool {
		p.nodes[n.Line] = append(p.nodes[n.Line], n)
		return true
	})
	return p
}

// column is the 1-based column, in characters, that the node starts in.
func (p places) column(n *yamldoc.Node) int {
	start := n.Span.Start - n.Indent()
	return utf8.RuneCount(p.src[start:n.Span.Start]) + 1
}

func (p places) text(s finding.Span) string { return string(p.src[s.Start:s.End]) }

// of is where the fault is: the node it names, or the expression in it.
func (p places) of(f *actionlint.Error) (span finding.Span, at *yamldoc.Node) {
	for _, n := range p.nodes[max(f.Line, 1)] {
		if at == nil || p.column(n) <= f.Column {
			at = n
		}
	}
	if at == nil {
		return finding.Span{}, nil
	}
	if f.Kind != "expression" || at.Kind != yamldoc.Scalar {
		if at.Kind == yamldoc.Mapping && len(at.Own()) > 0 {
			return at.Own()[0].KeySpan(), at // rather than a whole block
		}
		return at.Span, at
	}
	// actionlint counts from the node's column through the decoded text.
	offset := f.Column - p.column(at)
	if at.Style == yamldoc.SingleQuoted || at.Style == yamldoc.DoubleQuoted {
		offset--
	}
	for _, e := range expr.Find(at.Value) {
		if e.Start <= offset && offset < e.End {
			return at.Within(e.Start, e.End), at
		}
	}
	return at.Span, at
}
