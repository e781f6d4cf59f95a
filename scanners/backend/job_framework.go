package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// JobFramework tells that slow work is done by workers.
var JobFramework = check.PerProject(check.Doc{
	ID:         "backend/job-framework",
	Title:      "Background jobs",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Work that takes longer than a request belongs into a queue: the caller gets an answer at once, and a job that fails can be done again.",
	How:        "Put the work on a queue, let a worker of its own take it off, and keep the state of each job where the caller can ask for it.",
	Holds:      "Slow work goes through a queue to workers",
	References: []string{"https://python-rq.org/docs/", "https://docs.celeryq.dev/en/stable/", "https://docs.bullmq.io/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	queued := enqueues(s)
	if len(queued) == 0 {
		return
	}
	w := findWorkers(s)
	for _, library := range libraries(queued) {
		at, by := queued[library][0], ""
		switch {
		case w.inProcess[library] != nil:
			by = "taken by code that runs"
			at = *w.inProcess[library]
		case len(w.deployed) > 0:
			by = "taken by " + w.deployed[0].name
		case len(w.development) > 0:
			by = "taken by " + w.development[0].name + " in development"
		default:
			continue
		}
		state := ""
		for _, m := range s.Models() {
			if m.Role == repo.Production && hasPart(m.Spec.Name, "job", "jobs", "task", "tasks") && !hasPart(m.Spec.Name, "cron") && hasState(m) {
				state = ", their state kept in " + m.Spec.Name
				break
			}
		}
		p.Holds(at, "jobs of %s are %s%s", library, by, state)
	}
})

func hasState(m *repo.Model) bool {
	for _, c := range m.Spec.Table.Columns {
		if low := strings.ToLower(c.Name); low == "status" || low == "state" {
			return true
		}
	}
	return false
}
