package delivery

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
)

// WorkflowUnpinnedUses finds actions whose code can change under the workflow.
var WorkflowUnpinnedUses = check.PerProject(check.Doc{
	ID:         "delivery/workflow-unpinned-uses",
	Title:      "Action that can change under the workflow",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "A tag or branch of somebody else's repository can be moved. When an account behind a popular action is taken over, every workflow that names a tag runs the new code in the next minute, with its secrets.",
	How:        "Name the full commit and keep the version as a comment: uses: owner/action@<40 digits> # v1.2.3. Dependabot and Renovate move such pins forward.",
	Holds:      "Actions are pinned to commits",
	References: []string{"https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions"},
	Peers: []finding.Peer{
		check.Same("zizmor", "unpinned-uses"), check.Broader("kics", "unpinned_actions_full_length_commit_sha"), check.Same("scorecard", "Pinned-Dependencies"),
		check.Broader("poutine", "github_action_from_unverified_creator_used"),
		check.Broader("semgrep", "yaml.github-actions.security.third-party-action-not-pinned-to-commit-sha.third-party-action-not-pinned-to-commit-sha"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range githubFiles(s, workflow.GitHub, workflow.Action) {
		var at []finding.Location
		var loose []string
		others, all := 0, 0
		see := func(text string, span finding.Span) {
			u := actions.ParseUses(text)
			if u.Kind != actions.Repository && u.Kind != actions.Docker {
				return
			}
			all++
			if u.Pinned() {
				return
			}
			at = append(at, w.At(span))
			if name, _, _ := strings.Cut(text, "@"); len(loose) == 0 || loose[len(loose)-1] != name {
				loose = append(loose, name)
			}
			if !strings.EqualFold(u.Owner, "actions") && !strings.EqualFold(u.Owner, "github") {
				others++
			}
		}
		for _, j := range w.Spec.Jobs {
			see(j.Uses, j.UsesSpan)
			for _, step := range j.Steps {
				see(step.Uses, step.UsesSpan)
			}
		}
		switch {
		case all == 0:
		case len(at) == 0:
			p.Holds(w.Start(), "%s pins %s", w.Path, count(all, "action", "actions"))
		default:
			what, severity := fmt.Sprintf("%d of %d actions can change", len(at), all), finding.Medium
			if others == 0 {
				severity = finding.Low
				what += ", all of them GitHub's own"
			}
			p.Report(at[0], "%s: %s", what, names(unique(loose))).As(severity).With(at[1:]...).Keyed("unpinned")
		}
	}
})

// unique are the words, each once, in order.
func unique(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, w := range list {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
