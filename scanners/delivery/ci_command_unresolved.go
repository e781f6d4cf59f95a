package delivery

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/actions"
)

// CICommandUnresolved finds pipelines that start what does not exist.
var CICommandUnresolved = check.PerProject(check.Doc{
	ID:         "delivery/ci-command-unresolved",
	Title:      "CI runs a command that does not exist",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      3,
	Why:        "The job fails on its first run after the script was renamed, or has been red for so long that nobody looks. What it was to check is not checked.",
	How:        "Name the script or target that exists now, or add the one that is missing.",
	Holds:      "Commands of CI exist",
	References: []string{"https://docs.npmjs.com/cli/commands/npm-run", "https://www.gnu.org/software/make/manual/html_node/Goals.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, pipeline := range s.Pipelines() {
		if !isRead(pipeline) || pipeline.Role != repo.Production {
			continue
		}
		calls, missing := 0, 0
		seen := map[string]bool{}
		for _, j := range s.CIJobs() {
			if j.Pipeline.File != pipeline.File || takesOther(j) {
				continue
			}
			for _, cmd := range j.Commands() {
				if cmd.Via != nil && cmd.Via.Role != repo.Production {
					continue
				}
				call, ok := s.TaskCall(cmd)
				if !ok {
					continue
				}
				calls += len(call.Tasks)
				for _, name := range call.Missing {
					key := j.Job.ID + " " + name
					if seen[key] || strings.ContainsAny(name, "$*%{") {
						continue
					}
					seen[key] = true
					missing++
					p.Report(cmd.At(), "%s runs %s, and %s has no %s", j.Job.ID, name, place(call.Dir), kindOf(call)).Keyed("%s %s", j.Job.ID, name)
				}
			}
		}
		if calls > 0 && missing == 0 {
			p.Holds(pipeline.Start(), "%s starts %s that exist", pipeline.Path, count(calls, "task", "tasks"))
		}
	}
})

func place(dir string) string {
	if dir == "." || dir == "" {
		return "the project"
	}
	return path.Clean(dir)
}

// kindOf is what the runner calls its tasks.
func kindOf(call repo.TaskCall) string {
	switch call.Runner {
	case repo.NPM:
		return "script of that name"
	}
	return "target of that name"
}

// takesOther says whether the job works on another repository than this one.
func takesOther(j *repo.CIJob) bool {
	for _, step := range j.Job.Steps {
		if actions.ParseUses(step.Uses).Name() == "actions/checkout" && step.Input("repository") != "" && step.Input("path") == "" {
			return true
		}
	}
	return false
}
