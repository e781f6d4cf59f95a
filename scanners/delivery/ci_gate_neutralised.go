package delivery

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// CIGateNeutralised finds tests and scans that cannot fail the pipeline.
var CIGateNeutralised = check.PerProject(check.Doc{
	ID:         "delivery/ci-gate-neutralised",
	Title:      "Test or scan that cannot fail the build",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The job is green whatever the tool finds, and everybody reads green as tested. A vulnerability or a broken test is merged with a note in a log that nobody opens.",
	How:        "Drop continue-on-error and || true, and let the scanner return an error from the severity on that is to stop a merge. Put up with known findings in the tool's own ignore file, with a reason.",
	Holds:      "Tests and scans can fail the build",
	References: []string{"https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepscontinue-on-error", "https://github.com/aquasecurity/trivy-action#inputs"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	kinds := []repo.CIWorkKind{repo.CITests, repo.CISAST, repo.CISecrets, repo.CIDepAudit, repo.CIImageScan}
	strict := map[repo.CIWorkKind]*repo.CIWork{}
	all := ciWork(s, kinds...)
	for i := range all {
		if w := &all[i]; !w.Soft && w.Job.Checks() && strict[w.Kind] == nil {
			strict[w.Kind] = w
		}
	}
	seen := map[finding.Location]bool{}
	for _, w := range all {
		if !w.Soft || !w.Job.Checks() || seen[w.At] || strictInJob(all, w) || reportsElsewhere(w) {
			continue
		}
		seen[w.At] = true
		severity := finding.High
		if strict[w.Kind] != nil || w.Kind != repo.CITests {
			severity = finding.Medium
		}
		found := p.Report(w.At, "%s of %s cannot fail the build: %s", w.Kind, jobName(w.Job), because(w)).As(severity).Keyed("%s %s", jobName(w.Job), w.What)
		if set, ok := makeStrict(w); ok {
			found.WithPatch("Let the step fail the build", finding.Review, set)
		}
	}
	for _, kind := range kinds {
		if w := strict[kind]; w != nil {
			p.Holds(w.At, "%s of %s can fail the build", kind, jobName(w.Job))
		}
	}
})

// strictInJob says whether the job does the same once more and fails then, as those
// do that report first.
func strictInJob(all []repo.CIWork, soft repo.CIWork) bool {
	for _, w := range all {
		if w.Job.Job == soft.Job.Job && w.Kind == soft.Kind && !w.Soft {
			return true
		}
	}
	return false
}

// reportsElsewhere says whether the tool hands what it finds to the forge, which
// can hold up a merge for it, or whether a later step looks at how the step ended.
func reportsElsewhere(w repo.CIWork) bool {
	step := stepOf(w)
	if step == nil {
		return false
	}
	if strings.EqualFold(step.Input("format"), "sarif") || strings.Contains(step.Run, "sarif") {
		return true
	}
	if step.ID == "" {
		return false
	}
	for i := range w.Job.Job.Steps {
		other := &w.Job.Job.Steps[i]
		if strings.Contains(other.If+other.Run, "steps."+step.ID+".") {
			return true
		}
		for _, v := range append(other.Env, other.With...) {
			if strings.Contains(v.Value, "steps."+step.ID+".") {
				return true
			}
		}
	}
	return false
}

func stepOf(w repo.CIWork) *workflow.Step {
	if w.Step < 0 || w.Step >= len(w.Job.Job.Steps) {
		return nil
	}
	return &w.Job.Job.Steps[w.Step]
}

// because says what keeps the failure from counting.
func because(w repo.CIWork) string {
	step := stepOf(w)
	switch {
	case w.Job.Job.ContinueOnError:
		return "the job may fail"
	case step == nil:
		return "its failure is thrown away"
	case step.ContinueOnError:
		return "continue-on-error"
	case w.Cmd != nil:
		return "|| throws the failure away"
	case step.Input("exit-code") == "0" || step.Input("exit-code") == "":
		return "it exits with 0 whatever it finds"
	}
	return "its inputs say so"
}

// makeStrict removes continue-on-error from a step that is written in block style.
func makeStrict(w repo.CIWork) (set patch.Set, ok bool) {
	step := stepOf(w)
	if step == nil || !step.ContinueOnError || w.Job.Pipeline.Spec.Kind != workflow.GitHub || w.Job.Job.ContinueOnError {
		return set, false
	}
	node := step.Node.Resolve()
	if node == nil || node.Style != yamldoc.Block || node.Own()[0].Name() == "continue-on-error" {
		return set, false
	}
	entry, ok := node.Entry("continue-on-error")
	if !ok || entry.Inherited || entry.Value.Str() != "true" {
		return set, false
	}
	edit := patch.RemoveLines(w.Job.Pipeline.Bytes(), entry.Span())
	return patch.Set{Title: "Let the step fail the build", Changes: []patch.Change{change(w.Job.Pipeline.File, "What the step finds stops the merge.", edit)}}, true
}
