package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/expr"
	"drydock/internal/repo/workflow"
)

// WorkflowDangerousTrigger finds workflows that take the code of a pull request
// from a fork and run it with the project's rights.
var WorkflowDangerousTrigger = check.PerProject(check.Doc{
	ID:         "delivery/workflow-dangerous-trigger",
	Title:      "Code of strangers with the project's rights",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "pull_request_target, workflow_run and issue_comment run with a token that may write and with the project's secrets. Whoever opens a pull request then decides what that job builds, installs and runs.",
	How:        "Build and test on pull_request, which gets neither. Hand results to a second workflow as an artifact, and let that one never run what it was handed. Where a bot's changes are meant, compare github.event.pull_request.user.login, not github.actor.",
	Holds:      "Workflows with rights keep to the project's own code",
	References: []string{"https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/", "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target"},
	Peers: []finding.Peer{
		check.Narrower("zizmor", "dangerous-triggers"), check.Same("zizmor", "bot-conditions"), check.Narrower("scorecard", "Dangerous-Workflow"), check.Same("poutine", "untrusted_checkout_exec"),
		check.Same("semgrep", "yaml.github-actions.security.pull-request-target-code-checkout.pull-request-target-code-checkout"),
		check.Same("semgrep", "yaml.github-actions.security.workflow-run-target-code-checkout.workflow-run-target-code-checkout"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range githubWorkflows(s) {
		trigger, ok := dangerousTrigger(s, w)
		if !ok {
			continue
		}
		failed := false
		for _, j := range s.CIJobs() {
			if j.Pipeline.File == w.File && slices.ContainsFunc(j.Starts, func(st workflow.Start) bool { return st.Event == trigger.Event }) {
				failed = headCheckout(p, j, trigger) || failed
			}
		}
		if !failed {
			failed = botConditions(p, w, trigger)
		}
		if !failed {
			p.Holds(w.At(trigger.Span), "%s runs on %s and checks out no code of others", w.Path, trigger.Event)
		}
	}
})

// dangerousTrigger is the event of the workflow that outsiders cause and that gives
// its jobs the project's rights.
func dangerousTrigger(s *repo.Snapshot, w *repo.Pipeline) (workflow.Trigger, bool) {
	for _, event := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
		t, ok := w.Spec.On(event)
		if ok && !(event == "workflow_run" && watchesOwn(s, t)) {
			return t, true
		}
	}
	return workflow.Trigger{}, false
}

// watchesOwn says whether none of the workflows that a workflow_run waits for runs
// on pull requests.
func watchesOwn(s *repo.Snapshot, t workflow.Trigger) bool {
	list := t.Filter("workflows")
	for _, name := range list {
		i := slices.IndexFunc(githubWorkflows(s), func(w *repo.Pipeline) bool { return w.Spec.Name == name.Name })
		if i < 0 || startedBy(githubWorkflows(s)[i], "pull_request", "pull_request_target", "pull_request_review", "workflow_run") {
			return false
		}
	}
	return len(list) > 0
}

// headCheckout reports a job that checks out what somebody else proposes.
func headCheckout(p *check.Pass, j *repo.CIJob, trigger workflow.Trigger) bool {
	if ownChanges(j.Job.If) {
		return false
	}
	for i := range j.Job.Steps {
		step := &j.Job.Steps[i]
		span, ok := takesHead(step)
		if !ok || ownChanges(step.If) {
			continue
		}
		severity, what := finding.Medium, "it runs nothing of it, but the token lies beside it"
		if runsCode(j.Job.Steps[i+1:]) {
			severity, what = finding.Critical, "later steps run it with the project's token and secrets"
			switch {
			case j.Job.Environment != "":
				severity, what = finding.High, "later steps run it once "+j.Job.Environment+" lets the job through"
			case tests(j.Job.If, ".labels.*.name", "event.label.name", ".labels"):
				severity, what = finding.High, "later steps run it once it is labelled, whatever was pushed since"
			}
		}
		p.Report(j.Pipeline.At(span), "%s on %s checks out the code of the pull request: %s", j.Job.ID, trigger.Event, what).As(severity).With(j.Pipeline.At(trigger.Span)).Keyed("%s", j.Job.ID)
		return true
	}
	return false
}

// takesHead is where a step checks out the proposed code.
func takesHead(step *workflow.Step) (finding.Span, bool) {
	if u := actions.ParseUses(step.Uses); u.Name() == "actions/checkout" {
		for _, v := range step.With {
			// The name of a branch is looked up in the project, unless the fork is named too.
			if v.Name == "repository" && namesHead(v.Value, true) || v.Name == "ref" && namesHead(v.Value, namesHead(step.Input("repository"), true)) {
				return v.Span, true
			}
		}
		return finding.Span{}, false
	}
	for _, c := range step.Commands() {
		switch {
		case c.Name() == "gh" && len(c.Words) > 2 && c.Words[1] == "pr" && c.Words[2] == "checkout",
			c.Name() == "hub" && len(c.Words) > 2 && c.Words[1] == "pr" && c.Words[2] == "checkout",
			c.Name() == "git" && len(c.Words) > 2 && (c.Words[1] == "checkout" || c.Words[1] == "fetch") && namesHead(c.String(), false):
			return step.SpanOf(c.Start, c.End), true
		}
	}
	return finding.Span{}, false
}

// namesHead says whether a text names the proposed commit or repository, or, when
// branches count, the name of its branch.
func namesHead(text string, branches bool) bool {
	found := expr.Find(text)
	for _, e := range found {
		for _, r := range e.Node.Reads() {
			switch {
			case !r.Value || !branches && (r.Path == "github.head_ref" || strings.HasSuffix(r.Path, ".ref") || strings.HasSuffix(r.Path, "head_branch")):
			case r.Path == "github.head_ref", strings.HasPrefix(r.Path, "github.event.pull_request.head."), r.Path == "github.event.pull_request.merge_commit_sha",
				strings.HasPrefix(r.Path, "github.event.workflow_run.head_"), strings.HasPrefix(r.Path, "github.event.workflow_run.pull_requests."):
				return true
			}
		}
	}
	return len(found) > 0 && (strings.Contains(text, "refs/pull/") || strings.Contains(text, "pull/${{"))
}

// runsCode says whether one of the steps runs what lies in the working directory.
func runsCode(steps []workflow.Step) bool {
	for i := range steps {
		step := &steps[i]
		if strings.HasPrefix(step.Uses, "./") {
			return true
		}
		for _, c := range step.Commands() {
			switch c.Name() {
			case "", "echo", "printf", "git", "gh", "cat", "ls", "cd", "mkdir", "rm", "cp", "mv", "jq", "sed", "grep", "test", "[", "[[", "if", "then", "fi", "set", "export", "exit", "true", "diff", "curl", "tee", "wc", "head", "tail", "cut", "tr", "awk", "sort":
			default:
				return true
			}
		}
		name := actions.ParseUses(step.Uses).Name()
		for _, w := range []string{"build", "test", "lint", "pre-commit", "docker/", "goreleaser", "gradle", "maven", "action-semantic", "sonar"} {
			if strings.Contains(name, w) {
				return true
			}
		}
	}
	return false
}

// botConditions reports conditions that outsiders can make hold.
func botConditions(p *check.Pass, w *repo.Pipeline, trigger workflow.Trigger) bool {
	var at []finding.Location
	for _, j := range w.Spec.Jobs {
		if trustsActor(j.If) {
			at = append(at, w.At(j.IfSpan))
		}
		for _, step := range j.Steps {
			if trustsActor(step.If) {
				at = append(at, w.At(step.IfSpan))
			}
		}
	}
	if len(at) == 0 || trigger.Event == "workflow_run" {
		return false
	}
	p.Report(w.At(trigger.Span), "%s trusts github.actor, which says who caused the event and not whose change it is", w.Path).As(finding.Medium).With(at...).Keyed("actor")
	return true
}
