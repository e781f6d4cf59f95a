package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
)

// WorkflowInvalid finds workflows that GitHub refuses or whose jobs never run.
var WorkflowInvalid = check.PerProject(check.Doc{
	ID:         "delivery/workflow-invalid",
	Title:      "Workflow that GitHub refuses",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "GitHub starts no job of a workflow with a mistake in it, and tells nobody but the list of runs. A pipeline that was green last week no longer looks at changes. An expression that names nothing gives an empty text, and the step runs with that.",
	How:        "Mend the key, the expression or the name that the finding points at, and let actionlint look at workflows before they are merged.",
	Holds:      "Workflows are valid",
	References: []string{"https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax", "https://github.com/rhysd/actionlint/blob/main/docs/checks.md"},
	Peers: []finding.Peer{
		check.Same("actionlint", "any-rule"), check.Same("actionlint", "syntax-check"), check.Same("actionlint", "expression"), check.Same("actionlint", "events"),
		check.Same("actionlint", "job-needs"), check.Same("actionlint", "runner-label"), check.Same("actionlint", "if-cond"), check.Same("actionlint", "permissions"),
		check.Same("actionlint", "deprecated-commands"), check.Narrower("actionlint", "outdated-action"), check.Same("zizmor", "unsound-condition"), check.Same("poutine", "if_always_true"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	workflows := map[*repo.File]*repo.Workflow{}
	for _, w := range s.Workflows() {
		workflows[w.File] = w
	}
	for _, f := range s.Production() {
		if workflow.Sniff(f.Path) != workflow.GitHub || strings.Count(f.Path, "/") != 2 || f.Blank() {
			continue
		}
		problems, err := problemsOf(f, workflows[f])
		if err != nil {
			if e := parseError(s, f); e != nil {
				p.Report(lineOf(f, e.Line), "does not parse: %s", e.Message).Keyed("does not parse")
			}
			continue
		}
		reportProblems(p, f, problems)
	}
})

func problemsOf(f *repo.File, w *repo.Workflow) ([]actions.Problem, error) {
	if w != nil {
		return w.Problems()
	}
	return actions.Lint(f.Bytes()) // it has no job that could be read
}

// reportProblems reports what GitHub refuses one by one, and the rest of a file
// together.
func reportProblems(p *check.Pass, f *repo.File, problems []actions.Problem) {
	var doubts []actions.Problem
	refused := 0
	for _, problem := range problems {
		switch {
		case problem.Kind == "credentials": // delivery/workflow-hardcoded-credentials
		case !problem.Fatal:
			doubts = append(doubts, problem)
		case refused < 10:
			refused++
			p.Report(f.At(problem.Span), "%s", sentence(problem.Message)).Keyed("%s %s", problem.Kind, problem.Message)
		}
	}
	switch {
	case len(doubts) > 0:
		first := doubts[0]
		also := make([]finding.Location, 0, len(doubts))
		for _, d := range doubts[1:] {
			also = append(also, f.At(d.Span))
		}
		text := sentence(first.Message)
		if len(also) > 0 {
			text = count(len(doubts), "doubtful place", "doubtful places") + ", first: " + text
		}
		p.Report(f.At(first.Span), "%s", text).As(finding.Low).With(also...).Keyed("doubtful %s", first.Message)
	case refused == 0:
		p.Holds(f.Start(), "%s is valid", f.Path)
	}
}

// sentence is a message of actionlint without its advice and rule names.
func sentence(message string) string {
	message, _, _ = strings.Cut(message, ". see ")
	message, _, _ = strings.Cut(message, ". available ")
	message, _, _ = strings.Cut(message, ": https://")
	if i := strings.Index(message, "\n"); i >= 0 {
		message = message[:i]
	}
	const most = 220
	if len(message) > most {
		cut := strings.LastIndexByte(message[:most], ' ')
		message = message[:max(cut, 1)] + " …"
	}
	return strings.TrimRight(message, ".")
}

func parseError(s *repo.Snapshot, f *repo.File) *repo.ParseError {
	all := s.ParseErrors()
	if i := slices.IndexFunc(all, func(e repo.ParseError) bool { return e.Path == f.Path }); i >= 0 {
		return &all[i]
	}
	return nil
}

// lineOf is the place of a line, 1-based.
func lineOf(f *repo.File, line int) finding.Location {
	starts := f.LineOffsets()
	if line < 1 || line > len(starts) {
		return f.Start()
	}
	start, end := starts[line-1], int(f.Size)
	if line < len(starts) {
		end = starts[line] - 1
	}
	return f.At(finding.Span{Start: start, End: max(start, end)})
}
