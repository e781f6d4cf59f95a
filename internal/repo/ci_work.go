package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
)

// CIWorkKind is what a step of a pipeline is for.
type CIWorkKind string

// The kinds of work that CI does. One step may do several.
const (
	CITests      CIWorkKind = "tests"
	CICoverage   CIWorkKind = "coverage"
	CILints      CIWorkKind = "lint"
	CISAST       CIWorkKind = "static analysis"
	CISecrets    CIWorkKind = "secret scan"
	CIDepAudit   CIWorkKind = "dependency scan"
	CIImageScan  CIWorkKind = "image scan"
	CILoadTest   CIWorkKind = "performance test"
	CIImageBuild CIWorkKind = "image build"
	CIImagePush  CIWorkKind = "image push"
	CIPublish    CIWorkKind = "publication" // of packages and releases
	CIDeploy     CIWorkKind = "deployment"
	CIPages      CIWorkKind = "publication of documentation"
	CISmoke      CIWorkKind = "check of what runs" // asks a server, waits for a rollout
	CIRollback   CIWorkKind = "rollback"
	CINotify     CIWorkKind = "notification"
	CICluster    CIWorkKind = "cluster for tests" // makes one that lives as long as the job
)

// CIWork is one piece of work that CI does.
type CIWork struct {
	Kind CIWorkKind
	Job  *CIJob
	Step int              // index of the step in the job; -1 for the job itself, which calls a workflow
	At   finding.Location // in the pipeline, or in the script that it calls
	What string           // the command or action
	Cmd  *Command         // nil for an action
	Soft bool             // its failure fails nothing: || true, continue-on-error, exit-code: 0
}

// CIWork lists what the jobs of CI do as far as commands and actions give it away,
// by file and place: through scripts, actions of the project and tasks by name. Jobs
// of tests and examples are left out.
func (s *Snapshot) CIWork() []CIWork {
	return view(s, "ci work", func() []CIWork {
		c := ciWorkCollector{s: s}
		for _, j := range s.CIJobs() {
			if j.Pipeline.Role == Production {
				c.job(j)
			}
		}
		return c.out
	})
}

type ciWorkCollector struct {
	s   *Snapshot
	out []CIWork
}

func (c *ciWorkCollector) job(j *CIJob) {
	first := len(c.out)
	for i := range j.Job.Steps {
		c.step(j, j.Pipeline, &j.Job.Steps[i], i, 0)
	}
	if j.Job.Uses != "" && c.s.Used(j.Pipeline.File, j.Job.Uses) == nil {
		at := j.Pipeline.At(j.Job.UsesSpan)
		for _, kind := range workOfAction(j.Job.Uses, func(name string) string { return "" }) {
			c.out = append(c.out, CIWork{Kind: kind, Job: j, Step: -1, At: at, What: j.Job.Uses})
		}
	}
	for _, cmd := range j.Commands() {
		c.command(j, cmd)
	}
	if j.Job.ContinueOnError {
		for i := first; i < len(c.out); i++ {
			c.out[i].Soft = true
		}
	}
}

// step adds the work of an action, and of those that an action of the project uses.
func (c *ciWorkCollector) step(j *CIJob, p *Pipeline, step *workflow.Step, index, depth int) {
	if step.Uses == "" || depth > maxCallDepth {
		return
	}
	if action := c.s.Used(p.File, step.Uses); action != nil && action.Spec.Kind == workflow.Action {
		for i := range action.Spec.Jobs {
			for k := range action.Spec.Jobs[i].Steps {
				c.step(j, action, &action.Spec.Jobs[i].Steps[k], index, depth+1)
			}
		}
		return
	}
	for _, kind := range workOfAction(step.Uses, step.Input) {
		soft := step.ContinueOnError || (kind == CIImageScan || kind == CIDepAudit) && neverFails(step)
		c.out = append(c.out, CIWork{Kind: kind, Job: j, Step: index, At: p.At(step.UsesSpan), What: withoutRef(step.Uses), Soft: soft})
	}
}

// neverFails says whether a scanning action only reports.
func neverFails(step *workflow.Step) bool {
	name := actions.ParseUses(step.Uses).Name()
	switch name {
	case "aquasecurity/trivy-action":
		code := step.Input("exit-code")
		return code == "" || code == "0"
	case "anchore/scan-action":
		return step.Input("fail-build") == "false"
	case "actions/dependency-review-action":
		return step.Input("warn-only") == "true"
	}
	return false
}

// command adds the work of a command and of the tasks that it starts.
func (c *ciWorkCollector) command(j *CIJob, cmd Command) {
	index, soft := -1, false
	for i := range j.Job.Steps {
		step := &j.Job.Steps[i]
		if cmd.File == j.Pipeline.File && cmd.Via == nil && step.RunSpan.Start <= cmd.Span.Start && cmd.Span.End <= step.RunSpan.End {
			index, soft = i, step.ContinueOnError || step.Tolerates(cmd.Command)
		}
	}
	seen := map[CIWorkKind]bool{}
	reached := c.s.Reached(cmd)
	for i := range reached {
		for _, kind := range workOfCommand(reached[i].Words) {
			if !seen[kind] {
				seen[kind] = true
				c.out = append(c.out, CIWork{Kind: kind, Job: j, Step: index, At: cmd.At(), What: shortCommand(reached[i].Words), Cmd: &reached[i], Soft: soft})
			}
		}
	}
	call, ok := c.s.TaskCall(cmd)
	if !ok || len(call.Missing) > 0 || len(call.Tasks) > 0 && !doesSomething(reached[1:]) {
		return
	}
	// What a task does that is not understood, its name says.
	for _, name := range call.Names {
		for _, kind := range workOfTask(name) {
			if !seen[kind] && (len(call.Tasks) == 0 || kind == CITests) {
				seen[kind] = true
				c.out = append(c.out, CIWork{Kind: kind, Job: j, Step: index, At: cmd.At(), What: shortCommand(cmd.Words), Cmd: &reached[0], Soft: soft})
			}
		}
	}
}

// doesSomething says whether one of the commands is more than a message.
func doesSomething(list []Command) bool {
	return slices.ContainsFunc(list, func(cmd Command) bool {
		switch cmd.Name() {
		case "", "echo", "exit", "true", "printf", "cd":
			return false
		}
		return true
	})
}

// shortCommand is a command as a sentence may name it.
func shortCommand(words []string) string {
	words = unwrapped(words)
	var out []string
	for _, w := range words {
		if len(out) == 3 || len(w) > 40 || len(out) > 0 && strings.ContainsAny(w, "$={\n&|;") {
			break
		}
		out = append(out, w)
	}
	if len(out) == 0 && len(words) > 0 {
		return programName(words[0])
	}
	return strings.Join(out, " ")
}

// workOfTask is what a task is for by its name.
func workOfTask(name string) []CIWorkKind {
	head, _, _ := strings.Cut(strings.ReplaceAll(name, "-", ":"), ":")
	switch head {
	case "test", "tests", "check", "e2e", "spec", "unittest", "integration", "verify":
		return []CIWorkKind{CITests}
	case "lint", "eslint", "typecheck":
		return []CIWorkKind{CILints}
	case "deploy":
		return []CIWorkKind{CIDeploy}
	case "coverage", "cov":
		return []CIWorkKind{CITests, CICoverage}
	case "audit":
		return []CIWorkKind{CIDepAudit}
	case "bench", "benchmark":
		return []CIWorkKind{CILoadTest}
	}
	return nil
}
