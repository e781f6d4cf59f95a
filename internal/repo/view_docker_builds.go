package repo

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/workflow"
)

// ImageBuild is one way that the project builds a Dockerfile.
type ImageBuild struct {
	Dockerfile *Dockerfile
	Spec       *dockerfile.File  // the Dockerfile as this build's arguments make it
	Stage      *dockerfile.Stage // of Spec, the stage that becomes the image; nil when the target does not exist
	Context    string            // directory that COPY takes from; "" when it is not one of the project
	Target     string            // "" for the last stage
	Args       []dockerfile.BuildArg
	Service    *compose.Service // of a build by compose, as it takes effect in Project
	Project    *compose.Project
	File       *File // what builds it: a compose file, a script, a pipeline
	Span       finding.Span
}

// At is where the build is written.
func (b *ImageBuild) At() finding.Location { return b.File.At(b.Span) }

// Env is the environment that the image is for: that of the compose project which
// builds it, else what the Dockerfile's name says.
func (b *ImageBuild) Env() compose.Env {
	if b.Project != nil {
		return b.Project.Env
	}
	return b.Dockerfile.Env
}

// ImageBuilds lists what builds the project's Dockerfiles: compose services, docker
// build in commands, scripts and makefiles, docker/build-push-action. They are
// sorted by Dockerfile; a Dockerfile that nothing builds is not among them.
func (s *Snapshot) ImageBuilds() []*ImageBuild {
	return view(s, "image builds", func() []*ImageBuild {
		b := buildCollector{s: s}
		for _, p := range s.ComposeProjects() {
			for _, svc := range p.Services() {
				b.compose(p, svc)
			}
		}
		for _, cmd := range s.Commands() {
			at := cmd.Span
			f := cmd.File
			if cmd.Via != nil {
				f = cmd.Via
			}
			b.command(f, at, cmd.Words, cmd.Dir)
		}
		for _, f := range s.files {
			if f.Lang == Shell && f.Role == Production && f.Size < 1<<20 && f.Mentions("docker", "podman", "buildah") {
				for _, cmd := range shell.Commands(string(f.Bytes())) {
					b.command(f, finding.Span{Start: cmd.Start, End: cmd.End}, cmd.Words, f.Dir())
				}
			}
		}
		b.actions()
		slices.SortStableFunc(b.out, func(a, c *ImageBuild) int { return strings.Compare(a.Dockerfile.Path, c.Dockerfile.Path) })
		return b.out
	})
}

// BuildsOf are the ImageBuilds of one Dockerfile.
func (s *Snapshot) BuildsOf(d *Dockerfile) []*ImageBuild {
	all := s.ImageBuilds()
	i, _ := slices.BinarySearchFunc(all, d.Path, func(b *ImageBuild, name string) int { return strings.Compare(b.Dockerfile.Path, name) })
	j := i
	for j < len(all) && all[j].Dockerfile.Path == d.Path {
		j++
	}
	return all[i:j]
}

type buildCollector struct {
	s    *Snapshot
	out  []*ImageBuild
	seen map[buildKey]bool
}

// buildKey tells builds apart. Projects of one environment that build a service in
// the same way are one.
type buildKey struct {
	file, dockerfile string
	at               int
	service, target  string
	args             string
	env              compose.Env
}

func (c *buildCollector) add(b *ImageBuild) {
	key := buildKey{file: b.File.Path, dockerfile: b.Dockerfile.Path, at: b.Span.Start, target: b.Target, args: fmt.Sprint(b.Args), env: b.Env()}
	if b.Service != nil {
		key.service = b.Service.Name
	}
	if c.seen == nil {
		c.seen = map[buildKey]bool{}
	}
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	b.Spec = b.Dockerfile.Spec.With(b.Args)
	b.Stage = b.Spec.Target(b.Target)
	c.out = append(c.out, b)
}

func (c *buildCollector) compose(p *compose.Project, svc *compose.Service) {
	d := c.s.DockerfileOf(svc)
	f := c.s.File(svc.Build.Path)
	if d == nil || f == nil {
		return
	}
	b := &ImageBuild{Dockerfile: d, Context: c.s.contextDir(svc), Service: svc, Project: p, File: f, Span: svc.Build.Span}
	b.Target, _ = c.s.Interpolated(svc.Build.Target.Path, svc.Build.Target.Value)
	for _, a := range svc.Build.Args {
		text := a.Value
		if !a.HasValue {
			text = "${" + a.Name + "}"
		}
		value, known := c.s.Interpolated(a.Path, text)
		if known || a.HasValue { // one without a value that nobody sets leaves the Dockerfile's default
			b.Args = append(b.Args, dockerfile.BuildArg{Name: a.Name, Value: value, Known: known})
		}
	}
	c.add(b)
}

// valueFlags are the options of docker build whose value is the next word.
var valueFlags = set("-t", "--tag", "--platform", "--cache-from", "--cache-to", "--label", "--network", "--secret", "--ssh", "--output", "-o", "--progress",
	"--iidfile", "--metadata-file", "--builder", "--build-context", "--add-host", "--allow", "--attest", "--shm-size", "--ulimit", "--isolation",
	"--no-cache-filter", "--annotation", "--cgroup-parent", "-m", "--memory", "--format", "--sbom", "--provenance", "--context", "-c", "--cpu-shares")

// command takes a docker build line apart.
func (c *buildCollector) command(f *File, at finding.Span, words []string, dir string) {
	for len(words) > 0 && (strings.TrimLeft(words[0], "@-+") == "" || words[0] == "sudo" || words[0] == "exec" || words[0] == "time") {
		words = words[1:]
	}
	if len(words) < 3 {
		return
	}
	switch strings.TrimLeft(path.Base(words[0]), "@-+") {
	case "docker", "podman", "nerdctl":
		words = words[1:]
		if words[0] == "buildx" || words[0] == "image" || words[0] == "builder" {
			words = words[1:]
		}
		if len(words) == 0 || words[0] != "build" {
			return
		}
	case "buildah":
		if words[1] != "bud" && words[1] != "build" {
			return
		}
		words = words[1:]
	default:
		return
	}
	b := ImageBuild{File: f, Span: at}
	var file, context string
	for words = words[1:]; len(words) > 0; words = words[1:] {
		flag, value, joined := strings.Cut(words[0], "=")
		take := func() string {
			if !joined && len(words) > 1 {
				value, words = words[1], words[1:]
			}
			return value
		}
		switch {
		case flag == "-f" || flag == "--file":
			file = take()
		case flag == "--target":
			b.Target = take()
		case flag == "--build-arg":
			name, value, has := strings.Cut(take(), "=")
			b.Args = append(b.Args, dockerfile.BuildArg{Name: name, Value: value, Known: has && !strings.Contains(value, "$")})
		case strings.HasPrefix(flag, "-") && flag != "-":
			if valueFlags[flag] && !joined {
				take()
			}
		case context == "" || strings.HasPrefix(context, "$"): // options may stand in a variable
			context = words[0]
		}
	}
	c.locate(&b, context, file, dir)
}

// locate finds the Dockerfile of a build that names its context and file as seen
// from dir or from the root.
func (c *buildCollector) locate(b *ImageBuild, context, file, dir string) {
	if strings.Contains(b.Target, "$") {
		b.Target = ""
	}
	context, inside := withoutVariable(context)
	inside = inside && context != "-" && !strings.Contains(context, "://")
	if file == "" {
		if !inside {
			return
		}
		file = path.Join(context, "Dockerfile")
	}
	file, ok := withoutVariable(file)
	if !ok {
		return
	}
	for _, base := range []string{dir, "."} {
		if d := c.s.dockerfileAt(path.Join(base, file)); d != nil {
			if b.Dockerfile = d; inside {
				b.Context = path.Join(base, context)
			}
			c.add(b)
			return
		}
	}
}

// actions reads the steps of docker/build-push-action and its kin.
func (c *buildCollector) actions() {
	for _, p := range c.s.Pipelines() {
		for i := range p.Spec.Jobs {
			for k := range p.Spec.Jobs[i].Steps {
				step := &p.Spec.Jobs[i].Steps[k]
				name, _ := step.Action()
				if p.Spec.Kind != workflow.GitHub && p.Spec.Kind != workflow.Action || !strings.HasSuffix(name, "/build-push-action") {
					continue
				}
				b := ImageBuild{File: p.File, Span: step.UsesSpan, Target: step.Input("target")}
				for line := range strings.Lines(step.Input("build-args")) {
					if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
						b.Args = append(b.Args, dockerfile.BuildArg{Name: name, Value: value, Known: !strings.Contains(value, "${{")})
					}
				}
				c.locate(&b, cmp.Or(strings.TrimPrefix(step.Input("context"), "{{defaultContext}}:"), "."), step.Input("file"), ".")
			}
		}
	}
}
