package repo

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/actions"
	"drydock/internal/repo/workflow"
)

// Pipeline is one file that tells a CI system what to run.
type Pipeline struct {
	*File
	Spec *workflow.Pipeline

	// IncludedBy are the pipelines that take this file in; none for one that the CI
	// system itself looks for.
	IncludedBy []*Pipeline

	child bool // a job of another pipeline starts it
}

// Workflow is one pipeline of GitHub Actions.
type Workflow struct {
	*File
	Spec *workflow.Pipeline

	s *Snapshot
}

// ActionFile is an action.yml: an action that the project holds.
type ActionFile struct {
	*File
	Spec *workflow.Pipeline
}

// Pipelines lists the CI files that hold at least one job or take jobs in from
// elsewhere, by path, and the files of the project that those include; those of
// tests and examples keep their role.
func (s *Snapshot) Pipelines() []*Pipeline {
	return view(s, "pipelines", func() []*Pipeline {
		b := pipelineBuilder{s: s, byPath: map[string]*Pipeline{}}
		for _, f := range s.files {
			if kind := workflow.Sniff(f.Path); kind != "" {
				b.parse(f, kind)
			}
		}
		b.includes()
		var out []*Pipeline
		for _, p := range b.all {
			if len(p.Spec.Jobs) > 0 || len(p.Spec.Includes) > 0 {
				out = append(out, p)
			}
		}
		slices.SortFunc(out, func(a, b *Pipeline) int { return cmp.Compare(a.Path, b.Path) })
		return out
	})
}

type pipelineBuilder struct {
	s      *Snapshot
	all    []*Pipeline
	byPath map[string]*Pipeline
}

// parse reads f once; nil when it is not to be read.
func (b *pipelineBuilder) parse(f *File, kind workflow.Kind) *Pipeline {
	if p, ok := b.byPath[f.Path]; ok {
		return p
	}
	if !f.written() || f.Blank() {
		return nil
	}
	spec, err := workflow.ParseAs(kind, f.Bytes())
	b.failed(f, err)
	p := &Pipeline{File: f, Spec: spec}
	b.byPath[f.Path] = p
	b.all = append(b.all, p)
	return p
}

func (b *pipelineBuilder) failed(f *File, err error) {
	if err == nil {
		return
	}
	line := 0
	var e *workflow.Error
	if errors.As(err, &e) {
		line = e.Line
	}
	b.s.parseFailed(f, line, err)
}

// Limits on the files of one pipeline; those of GitLab.
const maxIncluded = 150

// includes reads the files that pipelines of GitLab and Azure take in. A file that
// several pipelines of GitLab take in is read as the first has it.
func (b *pipelineBuilder) includes() {
	roots := slices.Clone(b.all)
	slices.SortStableFunc(roots, func(x, y *Pipeline) int { // the file that the system itself looks for comes first
		return strings.Count(x.Path, "/") - strings.Count(y.Path, "/")
	})
	for i := 0; i < len(roots) && i < len(b.s.files); i++ {
		root := roots[i]
		gitlab := root.Spec.Kind == workflow.GitLab
		if len(root.IncludedBy) > 0 && !root.child || !gitlab && root.Spec.Kind != workflow.Azure {
			continue
		}
		parts := []workflow.Part{{Path: root.Path, Pipeline: root.Spec}}
		queue := []*Pipeline{root}
		for n := 0; n < len(queue); n++ {
			for _, in := range queue[n].Spec.Included {
				for _, f := range b.s.included(queue[n], in) {
					p := b.parse(f, root.Spec.Kind)
					if p == nil || len(queue) >= maxIncluded || slices.Contains(queue, p) || gitlab && len(p.IncludedBy) > 0 {
						continue
					}
					p.IncludedBy = append(p.IncludedBy, root)
					if in.Job != "" { // a pipeline of its own
						p.child = true
						roots = append(roots, p)
						continue
					}
					queue = append(queue, p)
					parts = append(parts, workflow.Part{Path: p.Path, Pipeline: p.Spec})
				}
			}
		}
		if gitlab && len(parts) > 1 {
			for name, err := range workflow.JoinGitLab(parts) {
				b.failed(b.s.File(name), err)
			}
		}
	}
}

// included are the files of the project that an include names.
func (s *Snapshot) included(p *Pipeline, in workflow.Include) []*File {
	if in.Kind != "local" || strings.ContainsAny(in.Name, "$\\") {
		return nil
	}
	name := path.Clean(strings.TrimLeft(in.Name, "/"))
	if p.Spec.Kind == workflow.Azure && !strings.HasPrefix(in.Name, "/") {
		name = path.Join(p.Dir(), in.Name)
	}
	if !strings.Contains(name, "*") {
		if f := s.File(name); f != nil {
			return []*File{f}
		}
		return nil
	}
	dir, _, _ := strings.Cut(name, "*")
	dir = path.Dir(dir + "x")
	var out []*File
	for _, f := range s.Under(dir) {
		if globMatch(name, f.Path) && len(out) < maxIncluded {
			out = append(out, f)
		}
	}
	return out
}

// globMatch matches a path against a pattern in which ** spans directories.
func globMatch(pattern, name string) bool {
	head, tail, deep := strings.Cut(pattern, "**")
	if !deep {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	}
	rest, ok := strings.CutPrefix(name, head)
	if !ok || strings.Contains(tail, "**") {
		return false
	}
	if tail = strings.TrimPrefix(tail, "/"); !strings.HasSuffix(pattern, "**/"+tail) {
		tail = "*" + tail // **.yml
	}
	depth := strings.Count(tail, "/") + 1
	parts := strings.Split(rest, "/")
	if len(parts) < depth {
		return false
	}
	ok, err := path.Match(tail, strings.Join(parts[len(parts)-depth:], "/"))
	return ok && err == nil
}

// Workflows lists the pipelines of GitHub Actions, by path.
func (s *Snapshot) Workflows() []*Workflow {
	return view(s, "workflows", func() []*Workflow {
		var out []*Workflow
		for _, p := range s.Pipelines() {
			if p.Spec.Kind == workflow.GitHub {
				out = append(out, &Workflow{p.File, p.Spec, s})
			}
		}
		return out
	})
}

// ActionFiles lists the actions that the project holds, by path.
func (s *Snapshot) ActionFiles() []*ActionFile {
	return view(s, "action files", func() []*ActionFile {
		var out []*ActionFile
		for _, p := range s.Pipelines() {
			if p.Spec.Kind == workflow.Action {
				out = append(out, &ActionFile{p.File, p.Spec})
			}
		}
		return out
	})
}

// actionsRoot is the directory that the uses: ./… of a workflow or action starts
// at: the root of the repository that the file was written for.
func actionsRoot(f *File) string {
	if dir, _, ok := strings.Cut("/"+f.Path, "/.github/"); ok {
		return strings.TrimPrefix(dir, "/")
	}
	return ""
}

// Used is the file of the project that a uses: ./… of the file from means: an
// action, or a workflow that is called; nil for any other uses and when there is
// no such file.
func (s *Snapshot) Used(from *File, uses string) *Pipeline {
	u := actions.ParseUses(uses)
	if u.Kind != actions.Local {
		return nil
	}
	byPath := view(s, "pipelines by path", func() map[string]*Pipeline {
		m := map[string]*Pipeline{}
		for _, p := range s.Pipelines() {
			m[p.Path] = p
		}
		return m
	})
	name := path.Join(actionsRoot(from), u.Path)
	for _, candidate := range []string{name, path.Join(name, "action.yml"), path.Join(name, "action.yaml")} {
		if p := byPath[candidate]; p != nil && (p.Spec.Kind == workflow.GitHub || p.Spec.Kind == workflow.Action) {
			return p
		}
	}
	return nil
}

// pipelines adds what CI jobs run. What only a job that uses it would run, a
// template or an action, is left out.
func (c *commandCollector) pipelines() {
	for _, p := range c.s.Pipelines() {
		if p.Spec.Kind == workflow.Action {
			continue
		}
		for cmd := range p.Spec.Commands() {
			if !cmd.Job.Template && !cmd.Job.Idle && cmd.Script() == "" {
				c.pipeline(p.File, cmd, "")
			}
		}
	}
}

// pipeline adds one command of a pipeline and those of the script it calls.
func (c *commandCollector) pipeline(f *File, cmd workflow.Command, owner string) {
	if owner == "" {
		owner = cmd.Job.ID
	}
	one := Command{Command: cmd.Command, Source: FromPipeline, Owner: owner, File: f, Span: cmd.Span, Dir: cmd.Step.Dir}
	if one.Dir == "" {
		one.Dir = "."
	}
	c.out = append(c.out, one)
	c.called(one, 0)
}
