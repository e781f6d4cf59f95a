package delivery

import (
	"fmt"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
)

// WorkflowConcurrencyMissing finds workflows of which several runs go on for one
// branch at a time.
var WorkflowConcurrencyMissing = check.PerProject(check.Doc{
	ID:         "delivery/workflow-concurrency-missing",
	Title:      "Runs for outdated commits go on",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "Each push starts a run while those for the commits before it still use runners. Two runs that deploy may overtake one another, and the older one wins.",
	How:        "Add concurrency with a group of the workflow's name and the branch, and cancel-in-progress for pull requests.",
	Holds:      "Newer runs replace or wait for older ones",
	References: []string{"https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency"},
	Peers:      []finding.Peer{check.Same("zizmor", "concurrency-limits")},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	onBranches := map[*repo.File]bool{}
	for _, j := range s.CIJobs() {
		onBranches[j.Pipeline.File] = onBranches[j.Pipeline.File] || j.On(workflow.OnPush, workflow.OnPullRequest)
	}
	var missing, limited []*repo.Pipeline
	for _, w := range githubWorkflows(s) {
		if !onBranches[w.File] || works(w) == "" {
			continue
		}
		if limitsRuns(w) {
			limited = append(limited, w)
		} else {
			missing = append(missing, w)
		}
	}
	for _, w := range limited {
		p.Holds(w.Start(), "%s lets one run per group go on", w.Path)
	}
	if len(missing) == 0 {
		return
	}
	var also []finding.Location
	var changes []patch.Change
	for i, w := range missing {
		if i > 0 {
			also = append(also, triggerOf(w))
		}
		if edit, ok := afterTriggers(w, "concurrency:\n  group: ${{ github.workflow }}-${{ github.ref }}\n  cancel-in-progress: ${{ github.event_name == 'pull_request' }}"); ok {
			changes = append(changes, change(w.File, "Runs for one branch follow one another; those of a pull request are cancelled by the next.", edit))
		}
	}
	what := fmt.Sprintf("%d of %d workflows that changes start have no concurrency group", len(missing), len(missing)+len(limited))
	found := p.Report(triggerOf(missing[0]), "%s", what).With(also...).Keyed("concurrency")
	if len(changes) == len(missing) {
		found.WithPatch("Let one run per branch go on", finding.Review, patch.Set{Title: "Add concurrency groups", Changes: changes})
	}
})

// limitsRuns says whether the workflow, or each of its jobs, is in a group.
func limitsRuns(w *repo.Pipeline) bool {
	for i := range w.Spec.Jobs {
		if w.Spec.ConcurrencyOf(&w.Spec.Jobs[i]) == nil {
			return false
		}
	}
	return true
}

// triggerOf is where the workflow says what starts it.
func triggerOf(w *repo.Pipeline) finding.Location {
	if on, ok := w.Spec.Root.Entry("on"); ok {
		return w.At(on.KeySpan())
	}
	return w.Start()
}
