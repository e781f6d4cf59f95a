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
	"drydock/internal/repo/yamldoc"
)

// WorkflowPersistCredentials finds checkouts that leave the token where every later
// step can read it.
var WorkflowPersistCredentials = check.PerProject(check.Doc{
	ID:         "delivery/workflow-persist-credentials",
	Title:      "Checkout keeps the token",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "actions/checkout writes the job's token into .git/config so that later steps can push. Every script and package of the job can read it there, and an artifact made of the working directory publishes it.",
	How:        "Set persist-credentials: false on the checkouts of jobs that do not push.",
	Holds:      "Checkouts do not keep the token",
	References: []string{"https://github.com/actions/checkout#usage"},
	Peers:      []finding.Peer{check.Same("zizmor", "artipacked")},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range githubFiles(s, workflow.GitHub, workflow.Action) {
		var at []finding.Location
		var edits []patch.Edit
		leaks, kept := false, 0
		for i := range w.Spec.Jobs {
			j := &w.Spec.Jobs[i]
			for k := range j.Steps {
				step := &j.Steps[k]
				if !isCheckout(w, step) {
					continue
				}
				if step.Input("persist-credentials") == "false" {
					kept++
					continue
				}
				if step.Input("token") != "" || step.Input("ssh-key") != "" || usesRemote(s, w, j) {
					continue
				}
				leaks = leaks || uploadsAll(j.Steps[k+1:])
				at = append(at, w.At(step.UsesSpan))
				if edit, ok := keepNothing(w, step); ok {
					edits = append(edits, edit)
				}
			}
		}
		switch {
		case len(at) > 0:
			severity, what := finding.Low, count(len(at), "checkout leaves", "checkouts leave")+" the token in .git/config, and no later step pushes"
			if leaks {
				severity, what = finding.Medium, "the token is in .git/config, and an artifact takes the whole working directory"
			}
			found := p.Report(at[0], "%s", what).As(severity).With(at[1:]...).Keyed("persist")
			if len(edits) == len(at) {
				set := patch.Set{Title: "Do not keep the token", Changes: []patch.Change{change(w.File, "No later step of these jobs talks to the repository.", edits...)}}
				found.WithPatch("Do not keep the token after the checkout", finding.Review, set)
			}
		case kept > 0:
			p.Holds(w.Start(), "the checkouts of %s do not keep the token", w.Path)
		}
	}
})

// isCheckout says whether the step checks the project out with a version of the
// action that keeps the token in .git/config.
func isCheckout(w *repo.Pipeline, step *workflow.Step) bool {
	u := actions.ParseUses(step.Uses)
	if u.Name() != "actions/checkout" {
		return false
	}
	version := u.Ref
	if u.Commit() { // the version stands in the comment behind it
		line, _ := w.Position(step.UsesSpan.Start)
		_, version, _ = strings.Cut(w.Line(line), "#")
		version = strings.TrimPrefix(strings.TrimSpace(version), "tag=")
	}
	digit := strings.TrimPrefix(version, "v")
	return digit == "" || digit[0] < '6' || digit[0] > '9'
}

// usesRemote says whether the job talks to the repository after the checkout, or
// may do: by git, or by an action whose name says so.
func usesRemote(s *repo.Snapshot, w *repo.Pipeline, j *workflow.Job) bool {
	runs := w.Spec.Kind == workflow.Action
	for _, job := range s.CIJobs() {
		if w.Spec.Kind == workflow.Action {
			if !slices.ContainsFunc(job.Job.Steps, func(step workflow.Step) bool { return s.Used(job.Pipeline.File, step.Uses) == w }) {
				continue
			}
			if pushes(job.Job) {
				return true
			}
		} else if job.Pipeline.File != w.File || job.Job != j {
			continue
		}
		runs = true
		for _, cmd := range job.Commands() {
			for _, c := range s.Reached(cmd) {
				if c.Name() == "git" && len(c.Words) > 1 && slices.Contains([]string{"push", "fetch", "pull", "submodule", "clone", "ls-remote", "remote", "commit", "tag", "lfs", "-c"}, c.Words[1]) {
					return true
				}
				switch c.Name() {
				case "gh", "goreleaser", "semantic-release", "release-it", "lerna", "changeset", "standard-version", "mike", "mkdocs", "gh-pages":
					return true
				}
			}
		}
	}
	return !runs || pushes(j) || w.Spec.TokenOf(j).Writes("contents") && slices.ContainsFunc(j.Steps, foreignAction)
}

// foreignAction says whether a step uses an action that may do with a token that can
// write what it likes.
func foreignAction(step workflow.Step) bool {
	name := actions.ParseUses(step.Uses).Name()
	return name != "" && !slices.ContainsFunc(reading, func(r string) bool { return name == r || strings.HasSuffix(r, "-") && strings.HasPrefix(name, r) })
}

// pushes says whether a step of the job looks as if it pushed: an action by its
// name, a script by its text.
func pushes(j *workflow.Job) bool {
	for _, step := range j.Steps {
		name := actions.ParseUses(step.Uses).Name()
		for _, word := range []string{"commit", "push", "release", "changeset", "pages", "pull-request", "semantic", "version", "deploy", "bump", "tag", "autofix", "backport", "merge", "sync", "git-", "nx-set-shas", "changed-files", "chart", "reviewdog", "submodule", "crowdin", "paths-filter", "claude", "copilot"} {
			if strings.Contains(name, word) && name != "actions/checkout" {
				return true
			}
		}
		texts := []string{step.Run}
		for _, v := range step.With {
			texts = append(texts, v.Value)
		}
		for _, text := range texts {
			if strings.Contains(text, "git push") || strings.Contains(text, "git fetch") || strings.Contains(text, "'git'") || strings.Contains(text, "`git ") {
				return true
			}
		}
	}
	return false
}

// uploadsAll says whether a step makes an artifact of the working directory.
func uploadsAll(steps []workflow.Step) bool {
	return slices.ContainsFunc(steps, func(step workflow.Step) bool {
		if actions.ParseUses(step.Uses).Name() != "actions/upload-artifact" {
			return false
		}
		for line := range strings.Lines(step.Input("path")) {
			switch strings.TrimSpace(line) {
			case ".", "./", "*", "**", "./**", "./*", "${{ github.workspace }}", "${{github.workspace}}":
				// Hidden files are left out since version 4.4 unless asked for.
				u := actions.ParseUses(step.Uses)
				return step.Input("include-hidden-files") == "true" || u.Version() && strings.Compare(strings.TrimPrefix(u.Ref, "v"), "4") < 0
			}
		}
		return false
	})
}

// keepNothing sets persist-credentials: false on a checkout.
func keepNothing(w *repo.Pipeline, step *workflow.Step) (edit patch.Edit, ok bool) {
	node := step.Node.Resolve()
	if node == nil || node.Style != yamldoc.Block || step.From != "" {
		return edit, false
	}
	content := w.Bytes()
	const line = "persist-credentials: false"
	if with, has := node.Entry("with"); has {
		if with.Value.Get("persist-credentials").Exists() || with.Value.Kind != yamldoc.Mapping || with.Inherited || len(with.Value.Own()) == 0 {
			return edit, false
		}
		indent, block := patch.YAMLIndent(content, with.Value.Own()[0].Span().Start)
		if !block && with.Value.Style == yamldoc.Block {
			return edit, false
		}
		edit, err := patch.YAMLAppend(content, with.Value.Span, indent, line)
		return edit, err == nil
	}
	own := node.Own()
	if len(own) == 0 {
		return edit, false
	}
	indent, ok := patch.YAMLIndent(content, own[0].Span().Start)
	if !ok {
		return edit, false
	}
	return patch.YAMLInsertAfter(content, own[len(own)-1].Span(), indent, "with:\n  "+line), true
}
