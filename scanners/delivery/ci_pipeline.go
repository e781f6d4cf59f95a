package delivery

import (
	"fmt"
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CIPipeline says what CI does on changes.
var CIPipeline = check.PerProject(check.Doc{
	ID:         "delivery/ci-pipeline",
	Title:      "CI pipeline",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "What a pipeline does on each change is what a merge can be trusted for.",
	How:        "Nothing is to be mended: this lists what the pipeline does.",
	Holds:      "CI does several kinds of work on changes",
	References: []string{"https://docs.github.com/en/actions/get-started/continuous-integration"},
}, func(p *check.Pass, s *repo.Snapshot) {
	kinds := []repo.CIWorkKind{repo.CITests, repo.CILints, repo.CICoverage, repo.CISAST, repo.CISecrets, repo.CIDepAudit, repo.CIImageBuild, repo.CIImageScan, repo.CILoadTest}
	var does []string
	jobs := map[string]bool{}
	var at *finding.Location
	for _, kind := range kinds {
		list := slices.DeleteFunc(ciWork(s, kind), func(w repo.CIWork) bool { return !w.Job.Checks() })
		if len(list) == 0 {
			continue
		}
		does = append(does, string(kind))
		for _, w := range list {
			if at == nil {
				at = &w.At
			}
			jobs[w.Job.Pipeline.Path+" "+jobName(w.Job)] = true
		}
	}
	if len(does) >= 2 {
		p.Holds(*at, "%s", fmt.Sprintf("%s on changes: %s", count(len(jobs), "job", "jobs"), all(does)))
	}
})

// all joins words the way a sentence does.
func all(list []string) string {
	if n := len(list); n > 4 {
		return names(list[:1]) + ", " + all(list[1:])
	}
	return names(list)
}
