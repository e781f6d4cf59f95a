package backend

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// WorkerUnverified finds queues that running code fills and that no process
// empties.
var WorkerUnverified = check.PerProject(check.Doc{
	ID:         "backend/worker-unverified",
	Title:      "Jobs are queued and no process does them",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "The queue takes every job and nobody takes them off it: mails are not sent, imports never end, and the caller is told that all is well.",
	How:        "Declare the worker as a process of its own beside the server, in the compose file, Procfile or manifest that production uses, with a restart policy and a healthcheck.",
	Holds:      "A worker process is declared for the queue",
	References: []string{
		"https://python-rq.org/docs/workers/",
		"https://docs.celeryq.dev/en/stable/userguide/workers.html",
		"https://docs.bullmq.io/guide/workers",
	},
	Fix: finding.AddWorker(),
}, func(p *check.Pass, s *repo.Snapshot) {
	queued := enqueues(s)
	if len(queued) == 0 {
		return
	}
	w := findWorkers(s)
	for _, library := range libraries(queued) {
		places := queued[library]
		switch {
		case w.inProcess[library] != nil:
			p.Holds(*w.inProcess[library], "code that runs takes the jobs of %s itself", library)
		case len(w.deployed) > 0:
			p.Holds(w.deployed[0].at, "%s takes the jobs of %s", w.deployed[0].name, library)
		case len(w.development) > 0:
			p.Unproven(w.development[0].at, "%s takes the jobs of %s in development; whether production has one is for containers/compose-worker-missing-in-prod to say", w.development[0].name, library)
		case w.maybe != nil:
			p.Unproven(*w.maybe, "the jobs of %s may be taken by what this line starts", library)
		case !w.processes:
			p.Unproven(places[0], "jobs are queued with %s; nothing here says how the program is started", library)
		default:
			p.Report(places[0], "jobs are queued with %s, and no compose file, Procfile, image or manifest starts a worker", library).
				Keyed("%s", library).With(places[1:]...).NotFixable()
		}
	}
})

func libraries(queued map[string][]finding.Location) []string {
	var out []string
	for name := range queued {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
