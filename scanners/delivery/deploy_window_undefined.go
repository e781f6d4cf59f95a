package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
)

// DeployWindowUndefined says when the project deploys.
var DeployWindowUndefined = check.PerProject(check.Doc{
	ID:         "delivery/deploy-window-undefined",
	Title:      "When the project deploys",
	Severity:   finding.Info,
	Confidence: finding.NotProven,
	Hours:      0.5,
	Why:        "A deployment just before everybody goes home is mended by whoever is on call. A window that all know keeps changes to hours in which somebody looks.",
	How:        "Write down when production may change and who may make exceptions, and have the pipeline keep to it: a schedule, a deploy freeze, an environment with a wait timer.",
	Holds:      "Deployments keep to a window",
	References: []string{"https://docs.gitlab.com/user/project/releases/#prevent-unintentional-releases-by-setting-a-deploy-freeze"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, w := range deployments(s) {
		j := w.Job
		switch {
		case towardsTests(j) || !j.On(workflow.OnPush, workflow.OnSchedule):
		case !j.On(workflow.OnPush):
			p.Holds(w.At, "%s deploys by the clock", jobName(j))
		case freezes(j.Job):
			p.Holds(w.At, "%s keeps to deploy freezes", jobName(j))
		default:
			p.Unproven(w.At, "when %s may deploy: nothing in the project limits it", jobName(j))
		}
	}
})

// freezes says whether the job looks for GitLab's deploy freeze.
func freezes(j *workflow.Job) bool {
	for _, r := range j.Rules {
		if tests(r.If, "ci_deploy_freeze") {
			return true
		}
	}
	return tests(j.If, "ci_deploy_freeze")
}
