package repo

import (
	"errors"
	"path"
	"slices"

	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
)

// Dockerfile is one Dockerfile of the project.
type Dockerfile struct {
	*File
	Spec    *dockerfile.File
	Env     compose.Env // what its name or folder says: Dockerfile.dev, prod.Dockerfile; Base for nothing
	Variant string      // what else its name says: "web" of web.Dockerfile
}

// Dockerfiles lists the Dockerfiles, by path; those of tests and examples keep
// their role.
func (s *Snapshot) Dockerfiles() []*Dockerfile {
	return view(s, "dockerfiles", func() []*Dockerfile {
		var out []*Dockerfile
		for _, f := range s.files {
			if !dockerfile.Sniff(f.Path) || !f.written() || f.Blank() {
				continue
			}
			spec, err := dockerfile.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *dockerfile.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if spec != nil && len(spec.Stages) > 0 {
				env, variant := compose.EnvOf(f.Path, "dockerfile", "containerfile")
				out = append(out, &Dockerfile{f, spec, env, variant})
			}
		}
		return out
	})
}

// FinalStage is the stage that the file's image is made of.
func (d *Dockerfile) FinalStage() *dockerfile.Stage { return d.Spec.FinalStage() }

// StartWords is the command line that a container of the image starts with.
func (d *Dockerfile) StartWords() []string {
	stage := d.FinalStage()
	if stage == nil {
		return nil
	}
	var words []string
	for _, c := range []dockerfile.Command{stage.Entrypoint(), stage.Cmd()} {
		for _, cmd := range c.Commands() {
			words = append(words, cmd.Words...)
		}
	}
	return words
}

// DockerfileOf is the Dockerfile that a compose service builds, nil when it
// builds none or the file is not there.
func (s *Snapshot) DockerfileOf(svc *compose.Service) *Dockerfile {
	dir := s.contextDir(svc)
	if dir == "" || svc.Build.Inline.Set() {
		return nil
	}
	name := "Dockerfile"
	if svc.Build.Dockerfile.Set() {
		written, known := s.Interpolated(svc.Build.Dockerfile.Path, svc.Build.Dockerfile.Value)
		if !known {
			return nil
		}
		name = written
	}
	return s.dockerfileAt(path.Join(dir, name))
}

// contextDir is ContextDir with the variables that .env sets.
func (s *Snapshot) contextDir(svc *compose.Service) string {
	context, known := s.Interpolated(svc.Build.Context.Path, svc.Build.Context.Value)
	if !known {
		return ""
	}
	return contextDir(svc, context)
}

// dockerfileAt is the Dockerfile at a path, nil when there is none.
func (s *Snapshot) dockerfileAt(name string) *Dockerfile {
	return view(s, "dockerfiles by path", func() map[string]*Dockerfile {
		out := map[string]*Dockerfile{}
		for _, d := range s.Dockerfiles() {
			out[d.Path] = d
		}
		return out
	})[name]
}

// dockerfiles adds what images build and start.
func (c *commandCollector) dockerfiles() {
	for _, d := range c.s.Dockerfiles() {
		dir := c.s.contextOf(d)
		for _, stage := range d.Spec.Stages {
			for _, run := range stage.Runs() {
				for _, cmd := range run.Commands() {
					c.out = append(c.out, Command{Command: cmd, Source: FromBuild, Owner: d.Path, File: d.File, Span: run.Span, Dir: dir})
				}
			}
		}
		for _, stage := range d.started() {
			for _, start := range []dockerfile.Command{stage.Entrypoint(), stage.Cmd()} {
				base := Command{Source: FromDockerfile, Owner: d.Path, File: d.File, Span: start.Span, Dir: dir, image: stage}
				for _, cmd := range start.Commands() {
					base.Command = cmd
					c.out = append(c.out, base)
					c.called(base, 0)
				}
			}
		}
	}
}

// started are the stages that containers may be started from: the last one, and
// those that say themselves what they start, to be built as targets.
func (d *Dockerfile) started() []*dockerfile.Stage {
	var out []*dockerfile.Stage
	for _, stage := range d.Spec.Stages {
		says := slices.ContainsFunc(stage.Instructions, func(i *dockerfile.Instruction) bool { return i.Cmd == "CMD" || i.Cmd == "ENTRYPOINT" })
		if says || stage == d.FinalStage() {
			out = append(out, stage)
		}
	}
	return out
}

// contextOf is the directory that the image is built in: the one that the first
// compose file that builds it names, else the Dockerfile's own.
func (s *Snapshot) contextOf(d *Dockerfile) string {
	contexts := view(s, "build contexts", func() map[*Dockerfile]string {
		out := map[*Dockerfile]string{}
		for _, f := range s.ComposeFiles() {
			for _, svc := range f.Spec.Services {
				if d := s.DockerfileOf(svc); d != nil && out[d] == "" {
					out[d] = s.contextDir(svc)
				}
			}
		}
		return out
	})
	if dir := contexts[d]; dir != "" {
		return dir
	}
	return d.Dir()
}
