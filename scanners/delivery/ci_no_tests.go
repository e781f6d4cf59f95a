package delivery

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CINoTests finds pipelines that run none of the project's tests.
var CINoTests = check.PerProject(check.Doc{
	ID:         "delivery/ci-no-tests",
	Title:      "CI runs no tests",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "The pipeline is green whatever the change breaks. Tests that nobody runs stop to pass, and then stop to be trusted.",
	How:        "Add a step that runs the tests on every push and pull request, and let it fail the job.",
	Holds:      "CI runs the tests",
	References: []string{"https://docs.github.com/en/actions/use-cases-and-examples/building-and-testing"},
	Peers:      []finding.Peer{check.Same("scorecard", "CI-Tests")},
}, func(p *check.Pass, s *repo.Snapshot) {
	main := mainPipeline(s)
	if main == nil {
		return // delivery/ci-missing
	}
	var late *repo.CIWork
	for _, w := range ciWork(s, repo.CITests) {
		if w.Job.Checks() {
			p.Holds(w.At, "%s of %s runs %s", jobName(w.Job), w.Job.Pipeline.Path, w.What)
			return
		}
		late = &w
	}
	tests := slices.IndexFunc(s.Files(), func(f *repo.File) bool { return f.Role == repo.Test && f.Lang.Code() && !f.Blank() })
	if tests < 0 {
		return // testing/none
	}
	if at, what, ok := elsewhere(s, repo.CITests); ok {
		p.Unproven(at, "whether CI runs the tests: %s", what)
		return
	}
	if late != nil {
		p.Report(late.At, "%s runs tests, but not on changes", jobName(late.Job)).As(finding.Medium).Keyed("late")
		return
	}
	p.Report(main.Start(), "no job of CI runs a test, and the project has some").With(s.Files()[tests].Start()).Keyed("none")
})
