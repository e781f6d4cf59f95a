package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CDPipeline says how versions come to production.
var CDPipeline = check.PerProject(check.Doc{
	ID:         "delivery/cd-pipeline",
	Title:      "Delivery pipeline",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Deployments that a pipeline makes are alike, and can be approved, checked and taken back.",
	How:        "Nothing is to be mended: this lists what the pipeline does.",
	Holds:      "A pipeline delivers",
	References: []string{"https://docs.github.com/en/actions/concepts/use-cases/continuous-deployment"},
}, func(p *check.Pass, s *repo.Snapshot) {
	list := deployments(s)
	if len(list) == 0 {
		return
	}
	has := []string{count(len(list), "deployment", "deployments")}
	var environments []string
	for _, w := range list {
		for _, e := range w.Job.Environments {
			if !slices.Contains(environments, e) && !strings.Contains(e, "$") {
				environments = append(environments, e)
			}
		}
	}
	if len(environments) > 0 {
		has = append(has, "environments "+names(environments))
	}
	if slices.ContainsFunc(list, func(w repo.CIWork) bool { return w.Job.Gated() }) {
		has = append(has, "approval")
	}
	asks := ciWork(s, repo.CISmoke, repo.CITests)
	if slices.ContainsFunc(list, func(w repo.CIWork) bool { _, ok := checkedBy(w, asks); return ok }) {
		has = append(has, "a check afterwards")
	}
	for _, more := range []struct {
		kind repo.CIWorkKind
		what string
	}{{repo.CIRollback, "rollback"}, {repo.CINotify, "notification"}, {repo.CIPublish, "releases"}} {
		if len(ciWork(s, more.kind)) > 0 {
			has = append(has, more.what)
		}
	}
	if progressive(s) != nil {
		has = append(has, "progressive delivery")
	}
	p.Holds(list[0].At, "%s", all(has))
})
