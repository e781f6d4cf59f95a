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

// Pipelines lists the CI files that hold at least one job, by path.
func (s *Snapshot) Pipelines() []*Pipeline {
	return view(s, "pipelines", func() []*Pipeline {
		var out []*Pipeline
		for _, f := range s.files {
			if f.Role == Vendored || f.Role == Generated || f.Blank() || workflow.Sniff(f.Path) == "" {
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
			if spec != nil && len(spec.Jobs) > 0 {
				out = append(out, &Pipeline{f, spec})
			}
		}
		return out
	})
}

// pipelines adds what CI jobs run.
func (c *commandCollector) pipelines() {
	for _, p := range c.s.Pipelines() {
		for _, job := range p.Spec.Jobs {
			for _, step := range job.Steps {
				if step.Run == "" {
					continue
				}
				dir := step.Dir
				if dir == "" {
					dir = "."
				}
				c.line(Command{Source: FromPipeline, Owner: job.ID, File: p.File, Span: step.RunSpan, Dir: dir}, step.Run)
			}
		}
	}
}
