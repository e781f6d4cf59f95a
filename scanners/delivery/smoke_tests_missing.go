package delivery

import (
	"fmt"
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
)

// SmokeTestsMissing finds deployments after which nobody looks whether it works.
var SmokeTestsMissing = check.PerProject(check.Doc{
	ID:         "delivery/smoke-tests-missing",
	Title:      "No check after a deployment",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "The job is green when the command returns, not when the new version answers. That it does not is learnt from customers.",
	How:        "Add a step behind the deployment that asks the health endpoint until it answers with the new version, and that fails the job otherwise. Wait for the rollout where the tool can.",
	Holds:      "Deployments are checked",
	References: []string{"https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_status/", "https://helm.sh/docs/helm/helm_upgrade/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	list := deployments(s)
	if len(list) == 0 {
		if at, ok := operated(s); ok && mainPipeline(s) != nil && gitOps(s) == nil && platform(s) == nil {
			p.Unproven(at, "what checks a deployment: no job deploys, so it is not in the project")
		}
		return
	}
	asks := ciWork(s, repo.CISmoke, repo.CITests, repo.CILoadTest)
	var blind []finding.Location
	var jobs []string
	for _, w := range list {
		if at, ok := checkedBy(w, asks); ok {
			p.Holds(at, "%s is checked", jobName(w.Job))
			continue
		}
		blind = append(blind, w.At)
		jobs = append(jobs, jobName(w.Job))
	}
	if len(blind) == 0 {
		return
	}
	text := fmt.Sprintf("%s deploys, and nothing checks what runs then", jobs[0])
	if len(jobs) > 1 {
		text = fmt.Sprintf("%d of %d deployments are followed by no check: %s", len(blind), len(list), names(unique(jobs)))
	}
	p.Report(blind[0], "%s", text).With(blind[1:]...).Keyed("smoke")
})

// checkedBy is what looks at the deployment: a later step of the job, or a job that
// waits for it.
func checkedBy(deploy repo.CIWork, asks []repo.CIWork) (finding.Location, bool) {
	for _, a := range asks {
		same := a.Job.Pipeline.File == deploy.Job.Pipeline.File
		switch {
		case same && a.Job.Job == deploy.Job.Job && a.Kind == repo.CISmoke && a.Step >= deploy.Step,
			same && a.Job.Job == deploy.Job.Job && a.Step > deploy.Step && deploy.Step >= 0,
			same && slices.ContainsFunc(a.Job.Job.Needs, func(n workflow.Ref) bool { return n.Name == deploy.Job.Job.ID }):
			return a.At, true
		}
	}
	return finding.Location{}, false
}
