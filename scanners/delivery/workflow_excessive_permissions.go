package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
)

// WorkflowExcessivePermissions finds workflows whose token may do more than their
// jobs need.
var WorkflowExcessivePermissions = check.PerProject(check.Doc{
	ID:         "delivery/workflow-excessive-permissions",
	Title:      "Workflow's token may do too much",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Every step of a job can use its token, also the action of a stranger and the package that a build installs. A token that may write can push code, publish releases and change the project's settings.",
	How:        "Write permissions: contents: read at the top of the workflow, and give what else is needed to the one job that needs it.",
	Holds:      "Tokens of workflows are limited",
	References: []string{"https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions", "https://docs.github.com/en/actions/reference/security/secure-use#limiting-github_token-permissions"},
	Peers: []finding.Peer{
		check.Same("zizmor", "excessive-permissions"), check.Same("scorecard", "Token-Permissions"), check.Broader("kics-dd", "unspecified_workflows_permissions"),
		check.Broader("checkov", "CKV2_GHA_1"), check.Same("poutine", "default_permissions_on_risky_events"),
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range githubWorkflows(s) {
		judgePermissions(p, w)
	}
})

func judgePermissions(p *check.Pass, w *repo.Pipeline) {
	top := w.Spec.Permissions
	var all []finding.Location // the token may write everything
	if top != nil && top.All == "write-all" {
		all = append(all, w.At(top.Span))
	}
	var unsaid []finding.Location
	inherits := 0
	for _, j := range w.Spec.Jobs {
		switch {
		case j.Permissions == nil:
			inherits++
			unsaid = append(unsaid, w.At(j.IDSpan))
		case j.Permissions.All == "write-all":
			all = append(all, w.At(j.Permissions.Span))
		}
	}
	switch {
	case len(all) > 0:
		p.Report(all[0], "the token may write everything").With(all[1:]...).Keyed("write-all")
	case top == nil && len(unsaid) > 0 && !onlyCalled(w):
		said := len(w.Spec.Jobs) - len(unsaid)
		text := "nothing limits the token of " + w.Path + ": what it may do is the repository's setting"
		if said > 0 {
			text = "nothing limits the token of " + count(len(unsaid), "job", "jobs") + " of " + w.Path
		}
		found := p.Report(unsaid[0], "%s", text).As(finding.Medium).With(unsaid[1:]...).Keyed("unsaid")
		if set, ok := readOnly(w); ok {
			found.WithPatch("Limit the token to reading", finding.Review, set)
		}
	case top != nil && len(writes(top)) > 0 && (inherits > 1 || inherits == 1 && onlyReads(w)):
		var at []finding.Location
		var scopes []string
		severity := finding.Low
		for _, v := range writes(top) {
			at = append(at, w.At(v.Span))
			scopes = append(scopes, v.Name)
			if inherits > 1 && slices.Contains([]string{"contents", "packages", "actions", "deployments", "id-token", "workflows"}, v.Name) {
				severity = finding.Medium
			}
		}
		which := "the only job, no step of which writes anything,"
		if inherits > 1 {
			which = "each of " + count(inherits, "job", "jobs")
		}
		p.Report(at[0], "%s may write %s", which, names(scopes)).As(severity).With(at[1:]...).Keyed("top-level")
	case top != nil || len(unsaid) == 0 && len(w.Spec.Jobs) > 0:
		p.Holds(w.Start(), "%s says what its token may do", w.Path)
	}
}

// writes are the scopes that the token may write.
func writes(perms *workflow.Permissions) []workflow.Var {
	var out []workflow.Var
	for _, v := range perms.Scopes {
		if v.Value == "write" {
			out = append(out, v)
		}
	}
	return out
}

// reading are the actions that do their work with a token that may read the
// content, and need no other.
var reading = []string{
	"actions/checkout", "actions/setup-", "actions/cache", "actions/upload-artifact", "actions/download-artifact", "pnpm/action-setup", "astral-sh/setup-uv",
	"oven-sh/setup-bun", "denoland/setup-deno", "docker/setup-", "dtolnay/rust-toolchain", "swatinem/rust-cache", "gradle/actions/setup-gradle", "ruby/setup-ruby",
	"shivammathur/setup-php", "golangci/golangci-lint-action", "pre-commit/action", "hadolint/hadolint-action", "codecov/codecov-action", "aquasecurity/trivy-action",
}

// onlyReads says whether no step of the workflow uses the token for more than
// reading the content.
func onlyReads(w *repo.Pipeline) bool {
	for _, j := range w.Spec.Jobs {
		if j.Uses != "" {
			return false
		}
		for _, step := range j.Steps {
			name := actions.ParseUses(step.Uses).Name()
			if step.Uses != "" && !slices.ContainsFunc(reading, func(r string) bool { return name == r || strings.HasSuffix(r, "-") && strings.HasPrefix(name, r) }) {
				return false
			}
		}
	}
	content := string(w.Bytes())
	for _, use := range []string{"GITHUB_TOKEN", "github.token", "github-token", "git push", "gh ", "ghcr.io", "secrets: inherit"} {
		if strings.Contains(content, use) {
			return false
		}
	}
	return true
}

// readOnly limits the token to reading the content. ok is false where a step may
// use it for more.
func readOnly(w *repo.Pipeline) (set patch.Set, ok bool) {
	if !onlyReads(w) || slices.ContainsFunc(w.Spec.Jobs, func(j workflow.Job) bool { return j.Permissions != nil }) {
		return set, false
	}
	edit, ok := afterTriggers(w, "permissions:\n  contents: read")
	if !ok {
		return set, false
	}
	return patch.Set{Title: "Limit the token to reading", Changes: []patch.Change{change(w.File, "Its jobs read the code and write nothing.", edit)}}, true
}
