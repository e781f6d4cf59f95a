package repo

import (
	"errors"

	"drydock/internal/repo/workflow"
)

// Pipeline is one file that tells a CI system what to run.
type Pipeline struct {
	*File
	Spec *workflow.Pipeline
}

// Workflow is one pipeline of GitHub Actions.
type Workflow struct {
	*File
	Spec *workflow.Pipeline
}

// Pipelines lists the CI files that hold at least one job or take jobs in from
// elsewhere, by path; those of tests and examples keep their role.
func (s *Snapshot) Pipelines() []*Pipeline {
	return view(s, "pipelines", func() []*Pipeline {
		var out []*Pipeline
		for _, f := range s.files {
			if workflow.Sniff(f.Path) == "" || !f.written() || f.Blank() {
				continue
			}
			spec, err := workflow.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *workflow.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if len(spec.Jobs) > 0 || len(spec.Includes) > 0 {
				out = append(out, &Pipeline{f, spec})
			}
		}
		return out
	})
}

// Workflows lists the pipelines of GitHub Actions, by path.
func (s *Snapshot) Workflows() []*Workflow {
	return view(s, "workflows", func() []*Workflow {
		var out []*Workflow
		for _, p := range s.Pipelines() {
			if p.Spec.Kind == workflow.GitHub {
				out = append(out, &Workflow{p.File, p.Spec})
			}
		}
		return out
	})
}

// pipelines adds what CI jobs run. What only a job that uses it would run, a
// template or an action, is left out.
func (c *commandCollector) pipelines() {
	for _, p := range c.s.Pipelines() {
		if p.Spec.Kind == workflow.Action {
			continue
		}
		for cmd := range p.Spec.Commands() {
			if cmd.Job.Template || cmd.Script() != "" {
				continue
			}
			one := Command{Command: cmd.Command, Source: FromPipeline, Owner: cmd.Job.ID, File: p.File, Span: cmd.Span, Dir: cmd.Step.Dir}
			if one.Dir == "" {
				one.Dir = "."
			}
			c.out = append(c.out, one)
			c.called(one, 0)
		}
	}
}
