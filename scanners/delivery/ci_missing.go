// Package delivery checks how changes get to production: pipelines, migrations,
// backups.
package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/workflow"
)

// CIMissing finds projects whose changes nothing builds or tests.
var CIMissing = check.PerProject(check.Doc{
	ID:         "delivery/ci-missing",
	Title:      "No CI pipeline",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Whether a change builds and passes its tests depends on who made it remembering to try. What breaks is found by the next person, or in production.",
	How:        "Add a pipeline that builds, lints and tests on every push and pull request.",
	Holds:      "Changes run through a pipeline",
	References: []string{"https://docs.github.com/en/actions/use-cases-and-examples/building-and-testing", "https://docs.gitlab.com/ci/quick_start/"},
	Peers:      []finding.Peer{check.Same("repolinter", "integrates-with-ci"), check.Narrower("scorecard", "CI-Tests")},
}, func(p *check.Pass, s *repo.Snapshot) {
	if !slices.ContainsFunc(s.Production(), func(f *repo.File) bool { return f.Lang.Code() && !f.Blank() }) {
		return
	}
	idle, most := 0, 0
	var best *repo.Pipeline
	for _, pipeline := range s.Pipelines() {
		switch {
		case !isRead(pipeline):
		case works(pipeline) == "":
			idle++
		case best == nil || commands(pipeline) > most:
			best, most = pipeline, commands(pipeline)
		}
	}
	if best != nil {
		p.Holds(best.Start(), "%s runs %s", best.Path, works(best))
		return
	}
	if f := otherPipeline(s); f != nil {
		p.Holds(f.Start(), "%s runs the project's pipeline", f.Path)
		return
	}
	if f := hollowPipeline(s); f != nil && idle == 0 {
		p.Report(f.Start(), "%s holds no job, and there is no other pipeline", f.Path).Keyed("none")
	} else if idle > 0 {
		p.Report(finding.Root(), "%s, and none of them builds or tests a change", count(idle, "pipeline file is", "pipeline files are")+" there").Keyed("none")
	} else {
		p.Report(finding.Root(), "no CI pipeline").Keyed("none")
	}
})

// commands is how many commands a pipeline runs.
func commands(p *repo.Pipeline) (n int) {
	for range p.Spec.Commands() {
		n++
	}
	return n
}

// isRead says whether the CI system looks for the file where it lies: at the
// root, not in a project that was copied in.
func isRead(p *repo.Pipeline) bool {
	if p.Spec.Kind == workflow.Action {
		return false
	}
	switch p.Spec.Kind {
	case workflow.GitHub:
		return strings.Count(p.Dir(), "/") == 1
	case workflow.GitLab:
		return p.Role == repo.Production && (p.Dir() == "." || len(p.IncludedBy) > 0)
	case workflow.Woodpecker, workflow.Drone, workflow.CircleCI, workflow.Travis, workflow.AppVeyor, workflow.Bitbucket, workflow.Buildkite:
		return p.Role == repo.Production && (p.Dir() == "." || strings.HasPrefix(p.Dir(), "."))
	}
	return p.Role == repo.Production
}

// works says how the pipeline starts on changes and what it does then; "" when
// it does neither.
func works(p *repo.Pipeline) string {
	jobs := 0
	for _, job := range p.Spec.Jobs {
		if !job.Template && (job.Uses != "" || slices.ContainsFunc(job.Steps, builds)) {
			jobs++
		}
	}
	if jobs == 0 {
		return ""
	}
	what := count(jobs, "job", "jobs")
	if p.Spec.Kind != workflow.GitHub {
		return what
	}
	for _, event := range []string{"pull_request", "push", "merge_group", "pull_request_target", "workflow_run"} {
		if _, on := p.Spec.On(event); on {
			return what + " on " + event
		}
	}
	return ""
}

// builds says whether a step runs a command of the project or an action that
// builds or checks.
func builds(step workflow.Step) bool {
	if strings.TrimSpace(step.Run) != "" {
		return slices.ContainsFunc(step.Commands(), func(c shell.Command) bool {
			switch c.Name() {
			case "", "echo", "gh", "exit", "true", "git", "printf":
				return false
			}
			return true
		})
	}
	action, _, _ := strings.Cut(step.Uses, "@")
	for _, w := range []string{"build", "test", "lint", "scan", "check", "codeql", "sonar", "pre-commit", "deploy", "goreleaser", "./", "action-validator", "megalinter"} {
		if strings.Contains(action, w) {
			return true
		}
	}
	return false
}

// otherPipeline is the file of a CI system that is not read in full.
func otherPipeline(s *repo.Snapshot) *repo.File {
	for _, f := range s.Files() {
		if f.Blank() || f.Role == repo.Vendored || f.Role == repo.Test || f.Role == repo.Example {
			continue
		}
		switch strings.ToLower(f.Path) {
		case "cloudbuild.yaml", "cloudbuild.yml", "appveyor.yml", ".appveyor.yml", "buildspec.yml", ".cirrus.yml", "codemagic.yaml", "bitrise.yml", ".semaphore/semaphore.yml", "wercker.yml", ".buildkite/pipeline.yml", ".buildkite/pipeline.yaml", "shippable.yml", "buddy.yml", "xcode-cloud.yml", "dagger.json":
			return f
		}
		switch dir := f.Dir(); {
		case dir == ".builds", dir == ".tekton", dir == ".ci" && path.Ext(f.Path) != ".md", strings.HasPrefix(dir, ".teamcity"), dir == ".buildkite", strings.HasPrefix(dir, ".buddy"):
			return f
		}
	}
	return nil
}

// hollowPipeline is a file that has the name of a pipeline and no job.
func hollowPipeline(s *repo.Snapshot) *repo.File {
	for _, f := range s.Files() {
		kind := workflow.Sniff(f.Path)
		if kind == "" || kind == workflow.Action || f.Role != repo.Production {
			continue
		}
		if !slices.ContainsFunc(s.Pipelines(), func(p *repo.Pipeline) bool { return p.File == f }) {
			return f
		}
	}
	return nil
}
