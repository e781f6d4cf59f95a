package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// ApprovalGateMissing finds deployments to production that nobody has agreed to.
var ApprovalGateMissing = check.PerProject(check.Doc{
	ID:         "delivery/approval-gate-missing",
	Title:      "Production is deployed without approval",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Each merge is in production minutes later, also the one on Friday evening and the one from a stolen account.",
	How:        "Give the job an environment and require reviewers for it in the repository's settings; in GitLab use when: manual with a protected environment.",
	Holds:      "Somebody agrees to deployments",
	References: []string{"https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments", "https://docs.gitlab.com/ci/environments/deployment_approvals/"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	list := deployments(s)
	if len(list) == 0 {
		if at, ok := operated(s); ok && mainPipeline(s) != nil && gitOps(s) == nil && platform(s) == nil {
			p.Unproven(at, "who agrees to a deployment: no job deploys, so it is not in the project")
		}
		return
	}
	for _, w := range list {
		j := w.Job
		switch {
		case towardsTests(j):
		case j.Gated() || !automatic(j):
			p.Holds(w.At, "%s waits for a person", jobName(j))
		case boundBefore(s, j, map[string]bool{}):
			p.Holds(w.At, "%s waits for a job that is bound to an environment", jobName(j))
		case j.Job.Environment != "":
			p.Holds(j.Pipeline.At(j.Job.EnvironmentSpan), "%s is bound to %s, whose rules can ask for approval", jobName(j), environmentOf(j))
		default:
			found := p.Report(w.At, "%s deploys on every %s, and nobody has to agree", jobName(j), occasions(j)).Keyed("%s", jobName(j))
			if set, ok := bindEnvironment(j); ok {
				found.WithPatch("Bind the job to the environment production", finding.Review, set)
			}
		}
	}
})

// environmentOf names what the job is bound to.
func environmentOf(j *repo.CIJob) string {
	if len(j.Environments) == 0 || strings.Contains(j.Environments[0], "$") {
		return "an environment that it is given"
	}
	return word(len(j.Environments), "the environment ", "the environments ") + names(j.Environments)
}

// boundBefore says whether a job that this one waits for is bound to an environment,
// itself or in the workflow that it calls.
func boundBefore(s *repo.Snapshot, j *repo.CIJob, seen map[string]bool) bool {
	for _, need := range j.Job.Needs {
		if seen[need.Name] {
			continue
		}
		seen[need.Name] = true
		for _, other := range s.CIJobs() {
			if other.Pipeline.File != j.Pipeline.File || other.Job.ID != need.Name {
				continue
			}
			if bound(other.Job) || boundBefore(s, other, seen) {
				return true
			}
			if called := s.Used(other.Pipeline.File, other.Job.Uses); called != nil {
				for i := range called.Spec.Jobs {
					if bound(&called.Spec.Jobs[i]) {
						return true
					}
				}
			}
		}
	}
	return false
}

// bound says whether a job names an environment that is not for tests.
func bound(j *workflow.Job) bool {
	low := strings.ToLower(j.Environment)
	return low != "" && !strings.Contains(low, "test") && !strings.Contains(low, "staging") && !strings.Contains(low, "dev") && !strings.Contains(low, "preview")
}

// automatic says whether the job runs on changes: tags and releases are made by a
// person, and what the clock starts is rarely for customers.
func automatic(j *repo.CIJob) bool {
	return slices.ContainsFunc(j.Starts, func(st workflow.Start) bool {
		return !st.Gate && (st.On == workflow.OnPush || st.On == workflow.OnOther && st.Event == "workflow_run")
	})
}

// occasions names what starts the job by itself.
func occasions(j *repo.CIJob) string {
	for _, st := range j.Starts {
		if st.On == workflow.OnPush && len(st.Branches) > 0 {
			return "push to " + names(st.Branches)
		}
	}
	if j.On(workflow.OnPush) {
		return "push"
	}
	return "run of the pipeline before"
}

// towardsTests says whether the job deploys to where no customer is, by its names
// and branches.
func towardsTests(j *repo.CIJob) bool {
	list := append([]string{j.Job.ID, j.Job.Name, j.Job.Stage, j.Pipeline.Name(), j.Pipeline.Spec.Name}, j.Environments...)
	for _, st := range j.Starts {
		list = append(list, st.Branches...)
	}
	for _, text := range list {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !(r >= 'a' && r <= 'z') }) {
			switch word {
			case "staging", "stage", "preview", "dev", "develop", "development", "test", "qa", "review", "canary", "beta", "sandbox", "demo", "docs", "storybook", "playground", "nightly", "alpha", "cleanup", "destroy", "pr", "benchmark", "load":
				return true
			}
		}
	}
	return false
}

// bindEnvironment adds environment: production to the job. The subject of an
// identity token changes with the environment, so jobs that ask for one are left.
func bindEnvironment(j *repo.CIJob) (set patch.Set, ok bool) {
	node := j.Job.Node.Resolve()
	if j.Pipeline.Spec.Kind != workflow.GitHub || node == nil || node.Style != yamldoc.Block || j.Pipeline.Spec.TokenOf(j.Job).Writes("id-token") || j.Job.Uses != "" {
		return set, false
	}
	runsOn, ok := node.Entry("runs-on")
	if !ok || runsOn.Inherited {
		return set, false
	}
	content := j.Pipeline.Bytes()
	indent, ok := patch.YAMLIndent(content, runsOn.Span().Start)
	if !ok {
		return set, false
	}
	edit := patch.YAMLInsertAfter(content, runsOn.Span(), indent, "environment: production")
	return patch.Set{Title: "Bind the deployment to an environment", Changes: []patch.Change{change(j.Pipeline.File, "Reviewers can then be required for production in the repository's settings.", edit)}}, true
}
