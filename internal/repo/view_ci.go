package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/expr"
	"drydock/internal/repo/workflow"
)

// CIJob is one job as CI runs it.
type CIJob struct {
	Pipeline *Pipeline
	Job      *workflow.Job
	Starts   []workflow.Start // those of the workflows that call it, where another one does

	// Environments are the deployment targets that the job may name, an expression
	// that reads an input or the matrix replaced by what the files say of it.
	Environments []string

	s *Snapshot
}

// CIJobs lists the jobs that something starts, by file and place. Templates, the
// jobs of actions and jobs that nothing runs are left out.
func (s *Snapshot) CIJobs() []*CIJob {
	return view(s, "ci jobs", func() []*CIJob {
		callers := s.callers()
		var out []*CIJob
		for _, p := range s.Pipelines() {
			for i := range p.Spec.Jobs {
				j := &p.Spec.Jobs[i]
				if starts := s.starts(p, j, callers, 0); len(starts) > 0 {
					out = append(out, &CIJob{p, j, starts, environments(p, j, callers), s})
				}
			}
		}
		return out
	})
}

// call is a job that calls a workflow of the project.
type call struct {
	pipeline *Pipeline
	job      *workflow.Job
}

// callers are the jobs that call each workflow of the project.
func (s *Snapshot) callers() map[*Pipeline][]call {
	out := map[*Pipeline][]call{}
	for _, p := range s.Pipelines() {
		if p.Spec.Kind != workflow.GitHub {
			continue
		}
		for i := range p.Spec.Jobs {
			j := &p.Spec.Jobs[i]
			if callee := s.Used(p.File, j.Uses); callee != nil && callee != p {
				out[callee] = append(out[callee], call{p, j})
			}
		}
	}
	return out
}

// environments are the targets that a job names; see CIJob.
func environments(p *Pipeline, j *workflow.Job, callers map[*Pipeline][]call) []string {
	if j.Environment == "" {
		return nil
	}
	context, name, _ := strings.Cut(onlyRead(j.Environment), ".")
	var out []string
	add := func(text string) {
		if text != "" && !strings.Contains(text, "${{") && !slices.Contains(out, text) && len(out) < maxStarts {
			out = append(out, text)
		}
	}
	switch context {
	case "inputs":
		for _, c := range callers[p] {
			for _, v := range c.job.With {
				if strings.EqualFold(v.Name, name) {
					add(v.Value)
				}
			}
		}
		for _, on := range p.Spec.Triggers {
			for _, in := range on.Inputs {
				if strings.EqualFold(in.Name, name) {
					add(in.Default)
					for _, option := range on.Node.Get("inputs", in.Name, "options").Strings() {
						add(option)
					}
				}
			}
		}
	case "matrix":
		for _, axis := range j.Matrix {
			if strings.EqualFold(axis.Name, name) {
				for _, v := range axis.Values {
					add(v.Name)
				}
			}
		}
	}
	if out == nil {
		return []string{j.Environment}
	}
	return out
}

// onlyRead is the path that a text which is one expression reads; "" for any
// other.
func onlyRead(text string) string {
	found := expr.Find(text)
	if len(found) != 1 || found[0].Node == nil || found[0].Start != 0 || found[0].End != len(text) {
		return ""
	}
	return found[0].Node.Path()
}

const (
	maxCallDepth = 4  // workflows that call one another, and actions that use one another
	maxStarts    = 50 // of one job
)

// starts are the ways in which a job comes to run; a call is replaced by those of
// the jobs that call, where the project holds them.
func (s *Snapshot) starts(p *Pipeline, j *workflow.Job, callers map[*Pipeline][]call, depth int) []workflow.Start {
	own := p.Spec.Starts(j)
	if p.Spec.Kind == workflow.Azure && len(p.IncludedBy) > 0 { // a template runs when the pipelines do
		own = nil
		for _, by := range p.IncludedBy {
			for _, start := range by.Spec.Starts(j) {
				own = addStart(own, start)
			}
		}
	}
	if len(callers[p]) == 0 || depth >= maxCallDepth {
		return own
	}
	var out []workflow.Start
	for _, o := range own {
		if o.On != workflow.OnCall {
			out = addStart(out, o)
			continue
		}
		for _, c := range callers[p] {
			for _, theirs := range s.starts(c.pipeline, c.job, callers, depth+1) {
				theirs.Maybe = theirs.Maybe || o.Maybe
				theirs.Gate = theirs.Gate || o.Gate
				if o.Branches != nil {
					theirs.Branches = o.Branches
				}
				out = addStart(out, theirs)
			}
		}
	}
	return out
}

// addStart adds a start that is not in the list.
func addStart(list []workflow.Start, start workflow.Start) []workflow.Start {
	if len(list) >= maxStarts || slices.ContainsFunc(list, func(o workflow.Start) bool {
		return o.On == start.On && o.Event == start.Event && o.Gate == start.Gate && o.Maybe == start.Maybe && slices.Equal(o.Branches, start.Branches)
	}) {
		return list
	}
	return append(list, start)
}

// On says whether the job runs on the occasion, for all that the files tell: also
// when a condition that they do not answer decides.
func (j *CIJob) On(occasions ...workflow.Occasion) bool {
	return slices.ContainsFunc(j.Starts, func(s workflow.Start) bool { return slices.Contains(occasions, s.On) })
}

// Checks says whether the job runs on changes before or as they are merged: on
// pull requests or pushes.
func (j *CIJob) Checks() bool { return j.On(workflow.OnPush, workflow.OnPullRequest) }

// Gated says whether the job never runs without a person: it waits for one, or
// only somebody starts it. Approvals that the settings of an environment ask for
// are not in the files.
func (j *CIJob) Gated() bool {
	return !slices.ContainsFunc(j.Starts, func(s workflow.Start) bool { return !s.Gate && s.On != workflow.OnManual })
}

// Commands are the commands that the job runs, in order: those of its steps, of
// the actions of the project that they use, and of the shell scripts that they
// call.
func (j *CIJob) Commands() []Command {
	c := commandCollector{s: j.s}
	j.s.jobCommands(&c, j.Pipeline.File, j.Job, j.Job.ID, 0)
	return c.out
}

func (s *Snapshot) jobCommands(c *commandCollector, f *File, j *workflow.Job, owner string, depth int) {
	var last *workflow.Step
	// Steps without commands are passed over by Commands: the actions among them
	// are taken in before the next command.
	next := 0
	use := func(until *workflow.Step) {
		for ; next < len(j.Steps) && &j.Steps[next] != until; next++ {
			step := &j.Steps[next]
			if action := s.Used(f, step.Uses); action != nil && action.Spec.Kind == workflow.Action && depth < maxCallDepth {
				for i := range action.Spec.Jobs {
					s.jobCommands(c, action.File, &action.Spec.Jobs[i], owner, depth+1)
				}
			}
		}
	}
	for cmd := range j.Commands() {
		if cmd.Step != last {
			use(cmd.Step)
			last = cmd.Step
		}
		if cmd.Script() == "" {
			c.pipeline(f, cmd, owner)
		}
	}
	use(nil)
}

// WorkflowFlow is text from outside that ends up in the code of a workflow or of
// an action that it uses.
type WorkflowFlow struct {
	workflow.Flow
	File    *File     // where the code is
	Entry   *Pipeline // the workflow that the text comes into
	EntryAt finding.Location
	Through []string // files of the project between the two, and what they were handed as
}

// WorkflowFlows lists the texts that people outside can put into the code that
// workflows run, also through workflows and actions of the project that are
// handed them, by the file that the text comes into. Inputs count where something
// in the project hands them on; what other projects might hand to an action is
// not in the list.
func (s *Snapshot) WorkflowFlows() []WorkflowFlow {
	return view(s, "workflow flows", func() []WorkflowFlow {
		t := flowTracer{s: s, known: map[*Pipeline]traced{}}
		for _, p := range s.Pipelines() {
			if p.Spec.Kind == workflow.GitHub {
				t.enter(p)
			}
		}
		return t.out
	})
}

type traced struct {
	flows  []workflow.Flow
	passes []workflow.Pass
}

type flowTracer struct {
	s     *Snapshot
	known map[*Pipeline]traced
	out   []WorkflowFlow
}

func (t *flowTracer) of(p *Pipeline) traced {
	r, ok := t.known[p]
	if !ok {
		r.flows, r.passes = p.Spec.Flows()
		t.known[p] = r
	}
	return r
}

// enter follows what comes into p itself.
func (t *flowTracer) enter(p *Pipeline) {
	_, byHand := p.Spec.On("workflow_dispatch")
	own := func(by actions.By) (actions.By, bool) {
		if by == actions.Caller { // also who starts it by hand, where that is possible
			return actions.Writers, byHand
		}
		return by, true
	}
	for _, f := range t.of(p).flows {
		var ok bool
		if f.By, ok = own(f.By); ok {
			t.out = append(t.out, WorkflowFlow{f, p.File, p, p.At(f.Span), nil})
		}
	}
	for _, pass := range t.of(p).passes {
		var ok bool
		if pass.By, ok = own(pass.By); ok {
			t.follow(p, pass, WorkflowFlow{Flow: workflow.Flow{Source: pass.Source, By: pass.By}, Entry: p, EntryAt: p.At(pass.Span)}, map[string]bool{})
		}
	}
}

// follow looks at what the file that pass hands a text to does with it.
func (t *flowTracer) follow(from *Pipeline, pass workflow.Pass, base WorkflowFlow, seen map[string]bool) {
	to := t.s.Used(from.File, pass.Uses)
	if to == nil || len(base.Through) >= maxCallDepth || seen[to.Path+" "+pass.Input] {
		return
	}
	seen[to.Path+" "+pass.Input] = true
	base.Through = append(slices.Clone(base.Through), to.Path+" "+pass.Input)
	input := "inputs." + strings.ToLower(pass.Input)
	for _, f := range t.of(to).flows {
		if f.By == actions.Caller && f.Source == input {
			one := base
			f.Source, f.By = base.Source, base.By
			one.Flow, one.File = f, to.File
			t.out = append(t.out, one)
		}
	}
	for _, next := range t.of(to).passes {
		if next.By == actions.Caller && next.Source == input {
			t.follow(to, next, base, seen)
		}
	}
}
