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
	p.gitlabIncludes(root.Get("include"), "")
	p.gitlabJobs(root, &gitlabConfig{files: []gitlabFile{{"", root}}})
	root.Walk(func(n *yamldoc.Node) bool {
		if n.IsScalar() {
			p.gitlabTrigger(n)
		}
		return true
	})
}

// gitlabJobs reads what the file at root says, in a configuration that may be
// made of more files.
func (p *Pipeline) gitlabJobs(root *yamldoc.Node, c *gitlabConfig) {
	p.Env = append(p.Env, vars(root.Get("variables"))...)
	p.Stages = append(p.Stages, root.Get("stages").Strings()...)
	total := 0
	for _, e := range root.Entries() {
		if gitlabKeywords[e.Name()] || !e.Value.IsMapping() {
			continue
		}
		j := c.job(e)
		for _, key := range []*yamldoc.Node{e.Value.Get("trigger", "include"), e.Value.Get("trigger")} {
			if key.Exists() && (key != e.Value.Get("trigger") || !key.Get("include").Exists()) {
				p.gitlabChild(&j, key, key != e.Value.Get("trigger"))
			}
		}
		p.Jobs = append(p.Jobs, j)
		// What every job inherits is copied into each, so that a small file can
		// ask for more than memory holds.
		for _, axis := range j.Matrix {
			total += len(axis.Values)
		}
		if total += len(j.Steps) + len(j.Services) + len(j.Env) + len(j.Rules) + len(j.Needs) + len(j.RunsOn); total > maxTotal {
			p.err = &Error{e.Key.Line, fmt.Sprintf("more than %d steps", maxTotal)}
			return
		}
	}
	workflow := root.Get("workflow")
	for _, f := range c.files {
		if workflow == nil {
			workflow = f.root.Get("workflow")
		}
	}
	p.rules = c.rules(workflow.Get("rules"), 0)
}

// gitlabChild notes the pipeline that a job starts.
func (p *Pipeline) gitlabChild(j *Job, n *yamldoc.Node, include bool) {
	if include {
		p.gitlabIncludes(n, j.ID)
	}
	if j.Uses != "" {
		return
	}
	if !n.IsScalar() {
		if n.IsSequence() && len(n.Items()) > 0 {
			n = n.Items()[0]
		}
		for _, key := range []string{"project", "local", "artifact"} {
			if v := n.Get(key); v.Exists() {
				n = v
				break
			}
		}
	}
	j.Uses, j.UsesSpan = n.Str(), spanOf(n)
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

// gitlabIncludes lists the files that an include names, for this pipeline or for
// the one that the job starts.
func (p *Pipeline) gitlabIncludes(n *yamldoc.Node, job string) {
	items := n.Items()
	if n.Exists() && !n.IsSequence() {
		items = []*yamldoc.Node{n}
	}
	add := func(kind, ref string, n *yamldoc.Node) {
		if job == "" {
			p.Includes = append(p.Includes, n.Str())
		}
		p.Included = append(p.Included, Include{kind, n.Str(), ref, job, n.Span})
	}
	for _, item := range items {
		if item.IsScalar() {
			kind := "local"
			if strings.Contains(item.Str(), "://") {
				kind = "remote"
			}
			add(kind, "", item)
			continue
		}
		for _, key := range []string{"local", "file", "remote", "template", "component"} {
			names := item.Get(key)
			kind, ref := key, ""
			if key == "file" {
				kind, ref = "project", item.Get("project").Str()
			}
			if names.IsScalar() && !names.IsNull() {
				add(kind, ref, names)
			}
			for _, name := range names.Items() {
				if name.IsScalar() {
					add(kind, ref, name)
				}
			}
		}
	}
}

// job reads one job. What the job leaves out, the jobs that it extends, the
// default section and the top level give, in this order.
func (c *gitlabConfig) job(e yamldoc.Entry) Job {
	n := e.Value
	j := newJob(e)
	j.Template = strings.HasPrefix(j.ID, ".")
	chain := c.chain(n)
	extends := n.Get("extends")
	j.Uses, j.UsesSpan = joined(extends.Strings()), spanOf(extends)
	at := j.IDSpan // what comes from another file is shown here
	if extends.Exists() {
		at = extends.Span
	}
	get := func(key string) gitlabValue { return chain.get(key, at) }
	inherited := func(key string) gitlabValue {
		if v := get(key); v.node != nil || j.Template || !c.inherits(chain, "default", key) {
			return v
		}
		return c.global(key, at)
	}
	j.Stage = get("stage").Str()
	j.Env = chain.vars("variables", at)
	j.ContinueOnError, _ = get("allow_failure").Bool()
	j.RunsOn = inherited("tags").refs()
	j.Image = inherited("image").image()
	j.Timeout = inherited("timeout").Str()
	j.environment(get("environment"))
	if group := get("resource_group"); group.node != nil {
		j.Concurrency = &Concurrency{Group: group.ref(), Span: group.span(group.node)}
	}
	for _, need := range get("needs").items() {
		name := need
		if need.node.IsMapping() {
			name.node = need.node.Get("job")
		}
		if name.Str() != "" {
			j.Needs = append(j.Needs, name.ref())
		}
	}
	services := inherited("services")
	if j.Template && services.node == nil { // shown as a job would have them
		services = c.global("services", at)
	}
	for _, s := range services.items() {
		service := serviceOf(s.node)
		s.move(&service.Span, &service.Image.Span)
		s.moveVars(service.Env)
		j.Services = append(j.Services, service)
	}
	j.Matrix = gitlabMatrix(get("parallel").node.Get("matrix"))
	for _, part := range []struct{ key, name string }{{"before_script", "before_script"}, {"script", ""}, {"after_script", "after_script"}} {
		v := get(part.key)
		if part.key != "script" && v.node == nil {
			v = inherited(part.key)
			if j.Template {
				v = c.global(part.key, at)
			}
		}
		j.Steps = append(j.Steps, c.steps(v, part.name)...)
	}
	c.conditions(&j, get)
	return j
}

const maxJoined = 4 << 10 // bytes of names or conditions that are put together

// joined are names in one text, cut off where that would be long.
func joined(names []string) string {
	n := 0
	for i, name := range names {
		if n += len(name); n > maxJoined {
			names = names[:max(i, 1)]
			break
		}
	}
	return strings.Join(names, ", ")
}

func (j *Job) environment(v gitlabValue) {
	name := v
	if v.node.IsMapping() {
		name.node = v.node.Get("name")
		j.URL = v.node.Get("url").Str()
	}
	if name.node != nil {
		j.Environment, j.EnvironmentSpan = name.Str(), name.span(name.node)
	}
}

// gitlabMatrix joins the rows of parallel: matrix by name.
func gitlabMatrix(n *yamldoc.Node) []Axis {
	var out []Axis
	for _, row := range n.Items() {
		for _, e := range row.Entries() {
			at := -1
			for i := range out {
				if out[i].Name == e.Name() {
					at = i
				}
			}
			if at < 0 {
				at = len(out)
				out = append(out, Axis{Name: e.Name()})
			}
			out[at].Values = append(out[at].Values, refs(e.Value)...)
		}
		if len(out) > maxSteps {
			break
		}
	}
	return out
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
	return (&gitlabConfig{}).steps(gitlabValue{node: n}, name)
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
