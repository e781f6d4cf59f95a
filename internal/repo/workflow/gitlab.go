package workflow

import (
	"fmt"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// gitlabKeywords are the top-level keys that are no jobs.
var gitlabKeywords = map[string]bool{
	"stages": true, "include": true, "variables": true, "default": true, "workflow": true, "image": true, "services": true,
	"before_script": true, "after_script": true, "cache": true, "spec": true,
}

func (p *Pipeline) gitlab(root *yamldoc.Node) {
	p.Env = append(p.Env, vars(root.Get("variables"))...)
	p.Stages = append(p.Stages, root.Get("stages").Strings()...)
	p.gitlabIncludes(root.Get("include"))
	base, total := root.Get("default"), 0
	for _, e := range root.Entries() {
		if gitlabKeywords[e.Name()] || !e.Value.IsMapping() {
			continue
		}
		j := gitlabJob(e, root, base)
		p.Jobs = append(p.Jobs, j)
		// What every job inherits is copied into each, so that a small file can
		// ask for more than memory holds.
		if total += len(j.Steps) + len(j.Services); total > maxTotal {
			p.err = &Error{e.Key.Line, fmt.Sprintf("more than %d steps", maxTotal)}
			return
		}
	}
	root.Walk(func(n *yamldoc.Node) bool {
		if n.IsScalar() {
			p.gitlabTrigger(n)
		}
		return true
	})
}

// gitlabEvents are the words by which rules and only tell what starts a
// pipeline.
var gitlabEvents = []struct{ word, event string }{
	{"merge_request_event", "merge_request"}, {"CI_MERGE_REQUEST_", "merge_request"}, {"merge_requests", "merge_request"},
	{"schedules", "schedule"}, {`"schedule"`, "schedule"}, {"'schedule'", "schedule"}, {"CI_COMMIT_TAG", "tag"}, {"CI_DEFAULT_BRANCH", "push"},
}

func (p *Pipeline) gitlabTrigger(n *yamldoc.Node) {
	if len(n.Value) > 400 {
		return // a script, no rule
	}
	for _, e := range gitlabEvents {
		if _, known := p.On(e.event); !known && strings.Contains(n.Value, e.word) {
			p.Triggers = append(p.Triggers, Trigger{Event: e.event, Span: n.Span})
		}
	}
}

func (p *Pipeline) gitlabIncludes(n *yamldoc.Node) {
	items := n.Items()
	if n.Exists() && !n.IsSequence() {
		items = []*yamldoc.Node{n}
	}
	for _, item := range items {
		if item.IsScalar() {
			p.Includes = append(p.Includes, item.Str())
			continue
		}
		for _, key := range []string{"local", "file", "remote", "template", "component"} {
			p.Includes = append(p.Includes, item.Get(key).Strings()...)
		}
	}
}

// gitlabJob reads one job. What the job leaves out, the default section and the
// top level give.
func gitlabJob(e yamldoc.Entry, root, base *yamldoc.Node) Job {
	n := e.Value
	j := newJob(e)
	inherited := func(key string) *yamldoc.Node {
		for _, from := range []*yamldoc.Node{n, base, root} {
			if v := from.Get(key); v != nil {
				return v
			}
		}
		return nil
	}
	j.Template = strings.HasPrefix(j.ID, ".")
	j.Stage = n.Get("stage").Str()
	j.Uses = strings.Join(n.Get("extends").Strings(), ", ")
	j.Env = vars(n.Get("variables"))
	j.ContinueOnError, _ = n.Get("allow_failure").Bool()
	j.RunsOn = refs(n.Get("tags"))
	j.Image = imageOf(inherited("image"))
	if j.Environment = n.Get("environment").Str(); j.Environment == "" {
		j.Environment = n.Get("environment", "name").Str()
	}
	for _, need := range n.Get("needs").Items() {
		if need.IsMapping() {
			need = need.Get("job")
		}
		if need.Str() != "" {
			j.Needs = append(j.Needs, ref(need))
		}
	}
	for _, s := range inherited("services").Items() {
		j.Services = append(j.Services, serviceOf(s))
	}
	j.Steps = append(j.Steps, scriptSteps(inherited("before_script"), "before_script")...)
	j.Steps = append(j.Steps, scriptSteps(n.Get("script"), "")...)
	j.Steps = append(j.Steps, scriptSteps(inherited("after_script"), "after_script")...)
	if j.Template {
		j.Image = imageOf(n.Get("image"))
	}
	return j
}

func imageOf(n *yamldoc.Node) Ref {
	if n.IsMapping() {
		n = n.Get("name")
	}
	return ref(n)
}

// serviceOf reads a service of a list: an image, or a mapping with name, alias,
// variables or environment.
func serviceOf(n *yamldoc.Node) Service {
	s := Service{Image: imageOf(n), Span: spanOf(n), Env: append(vars(n.Get("variables")), vars(n.Get("environment"))...)}
	if image := n.Get("image"); image.Exists() {
		s.Image, s.Name = ref(image), n.Get("name").Str()
	}
	if alias := n.Get("alias").Str(); alias != "" {
		s.Name = alias
	}
	if s.Name == "" {
		s.Name = baseName(s.Image.Name)
	}
	return s
}

// baseName is the image's name without registry, tag and digest.
func baseName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndexByte(image, '/')+1:]
	image, _, _ = strings.Cut(image, ":")
	return image
}

const maxListDepth = 10 // lists in lists that a script is looked for in; GitLab's own limit

// scriptSteps makes a step of each line of a script. Anchors put lists in lists.
func scriptSteps(n *yamldoc.Node, name string) []Step {
	var out []Step
	var add func(n *yamldoc.Node, depth int)
	add = func(n *yamldoc.Node, depth int) {
		switch {
		case n.IsScalar() && !n.IsNull():
			out = append(out, runStep(n, n, name))
		case depth < maxListDepth && len(out) < maxSteps:
			for _, item := range n.Items() {
				add(item, depth+1)
			}
		}
	}
	add(n, 0)
	return out
}

const (
	maxSteps = 10_000  // steps of one script; aliases could make more of them than bytes
	maxTotal = 100_000 // steps and services of one file
)

// runStep is a step whose script is the scalar run. An alias stands where it is
// used and is spelled where its anchor is.
func runStep(run, whole *yamldoc.Node, name string) Step {
	return Step{Name: name, Run: run.Str(), RunSpan: spanOf(run.Resolve()), Span: spanOf(whole), Node: whole, run: run.Resolve()}
}
