package workflow

import (
	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

func (p *Pipeline) github(root *yamldoc.Node) {
	p.Name = root.Get("name").Str()
	p.githubTriggers(root)
	p.Env = vars(root.Get("env"))
	p.Permissions, p.Concurrency, p.Defaults = permissions(root), concurrency(root), defaults(root)
	for _, e := range root.Get("jobs").Entries() {
		p.Jobs = append(p.Jobs, githubJob(e, p.Defaults))
	}
}

// githubTriggers reads on:, in its three forms. YAML 1.1 takes the bare word on
// for true, which is why the key is sought by its text.
func (p *Pipeline) githubTriggers(root *yamldoc.Node) {
	on := root.Get("on")
	if on == nil {
		on = root.Get("true")
	}
	if on.IsScalar() && !on.IsNull() {
		p.Triggers = append(p.Triggers, Trigger{Event: on.Str(), Span: on.Span})
	}
	for _, item := range on.Items() {
		p.Triggers = append(p.Triggers, Trigger{Event: item.Str(), Span: item.Span})
	}
	for _, e := range on.Entries() {
		t := Trigger{Event: e.Name(), Span: e.KeySpan(), Filters: filters(e.Value)}
		if !e.Value.IsNull() {
			t.Node = e.Value
		}
		t.Inputs, t.Secrets = inputs(e.Value.Get("inputs")), inputs(e.Value.Get("secrets"))
		t.Outputs = nestedVars(e.Value.Get("outputs"), "value")
		p.Triggers = append(p.Triggers, t)
		if e.Name() != "schedule" {
			continue
		}
		for _, item := range e.Value.Items() {
			if cron := item.Get("cron"); cron.Str() != "" {
				p.Crons = append(p.Crons, Cron{cron.Str(), cron.Span})
			}
		}
	}
}

func githubJob(e yamldoc.Entry, outer Defaults) Job {
	n := e.Value
	j := newJob(e)
	j.Name, j.Timeout = n.Get("name").Str(), n.Get("timeout-minutes").Str()
	cond, uses := n.Get("if"), n.Get("uses")
	j.If, j.IfSpan, j.Uses, j.UsesSpan = cond.Str(), spanOf(cond), uses.Str(), spanOf(uses)
	j.Needs, j.RunsOn = refs(n.Get("needs")), runsOn(n.Get("runs-on"))
	j.Env, j.Permissions, j.Concurrency = vars(n.Get("env")), permissions(n), concurrency(n)
	j.Defaults = defaults(n).or(outer)
	j.ContinueOnError, _ = n.Get("continue-on-error").Bool()
	j.container(n.Get("container"))
	target := n.Get("environment")
	if target.IsMapping() {
		j.URL = target.Get("url").Str()
		target = target.Get("name")
	}
	j.Environment, j.EnvironmentSpan = target.Str(), spanOf(target)
	for _, s := range n.Get("services").Entries() {
		j.Services = append(j.Services, Service{s.Name(), ref(s.Value.Get("image")), vars(s.Value.Get("env")), vars(s.Value.Get("credentials")), s.Span()})
	}
	j.Matrix, j.Outputs, j.With = matrix(n.Get("strategy", "matrix")), vars(n.Get("outputs")), vars(n.Get("with"))
	secrets := n.Get("secrets")
	j.InheritSecrets, j.Secrets = secrets.Str() == "inherit", vars(secrets)
	j.githubSteps(n.Get("steps"))
	return j
}

func (j *Job) container(n *yamldoc.Node) {
	if j.Image = ref(n); n.IsMapping() {
		j.Image, j.ImageLogin = ref(n.Get("image")), vars(n.Get("credentials"))
		j.Env = append(j.Env, vars(n.Get("env"))...)
	}
}

// githubSteps reads steps, those that run beside one another among them.
func (j *Job) githubSteps(list *yamldoc.Node) {
	for _, item := range list.Items() {
		group := item.Get("parallel")
		for _, member := range group.Items() {
			s := githubStep(member, j.Defaults)
			s.Parallel = true
			j.Steps = append(j.Steps, s)
		}
		if !group.Exists() {
			j.Steps = append(j.Steps, githubStep(item, j.Defaults))
		}
	}
}

func githubStep(n *yamldoc.Node, d Defaults) Step {
	run, uses, cond := n.Get("run"), n.Get("uses"), n.Get("if")
	s := Step{
		ID: n.Get("id").Str(), Name: n.Get("name").Str(), Uses: uses.Str(), Run: run.Str(), Shell: n.Get("shell").Str(),
		If: cond.Str(), Dir: n.Get("working-directory").Str(), With: vars(n.Get("with")), Env: vars(n.Get("env")), Timeout: n.Get("timeout-minutes").Str(),
		UsesSpan: spanOf(uses), RunSpan: spanOf(run), IfSpan: spanOf(cond), Span: n.Span, Node: n, run: run,
	}
	if run.Exists() {
		if s.Shell == "" {
			s.Shell = d.Shell.Name
		}
		if s.Dir == "" {
			s.Dir = d.Dir.Name
		}
	}
	s.ContinueOnError, _ = n.Get("continue-on-error").Bool()
	s.Parallel, _ = n.Get("background").Bool()
	return s
}

// action reads action.yml: the steps of a composite action are one job.
func (p *Pipeline) action(root *yamldoc.Node) {
	p.Name = root.Get("name").Str()
	e, ok := root.Entry("runs")
	if !ok {
		return
	}
	p.Inputs, p.Outputs = inputs(root.Get("inputs")), nestedVars(root.Get("outputs"), "value")
	p.Runs = &Runs{Using: e.Value.Get("using").Str(), Files: map[string]string{}, Span: e.Span()}
	for _, key := range []string{"main", "pre", "post", "image", "entrypoint", "pre-entrypoint", "post-entrypoint"} {
		if v := e.Value.Get(key).Str(); v != "" {
			p.Runs.Files[key] = v
		}
	}
	j := newJob(e)
	j.Image, j.Env = ref(e.Value.Get("image")), vars(e.Value.Get("env"))
	j.githubSteps(e.Value.Get("steps"))
	p.Jobs = append(p.Jobs, j)
}

func newJob(e yamldoc.Entry) Job {
	return Job{ID: e.Name(), IDSpan: e.KeySpan(), Span: e.Span(), Node: e.Value}
}

func permissions(n *yamldoc.Node) *Permissions {
	e, ok := n.Entry("permissions")
	if !ok {
		return nil
	}
	return &Permissions{All: e.Value.Str(), Scopes: vars(e.Value), Span: e.Span()}
}

func concurrency(n *yamldoc.Node) *Concurrency {
	e, ok := n.Entry("concurrency")
	if !ok {
		return nil
	}
	group := e.Value
	if group.IsMapping() {
		group = group.Get("group")
	}
	return &Concurrency{ref(group), e.Value.Get("cancel-in-progress").Str(), e.Span()}
}

func defaults(n *yamldoc.Node) Defaults {
	run := n.Get("defaults", "run")
	return Defaults{ref(run.Get("shell")), ref(run.Get("working-directory"))}
}

// or fills in what d leaves open.
func (d Defaults) or(outer Defaults) Defaults {
	if d.Shell.Name == "" {
		d.Shell = outer.Shell
	}
	if d.Dir.Name == "" {
		d.Dir = outer.Dir
	}
	return d
}

// runsOn are the labels of a runner; {group, labels} too.
func runsOn(n *yamldoc.Node) []Ref {
	if n.IsMapping() {
		return append(refs(n.Get("group")), refs(n.Get("labels"))...)
	}
	return refs(n)
}

func matrix(n *yamldoc.Node) []Axis {
	if n.IsScalar() && !n.IsNull() {
		return []Axis{{Expr: ref(n)}}
	}
	var out []Axis
	for _, e := range n.Entries() {
		a := Axis{Name: e.Name()}
		if e.Value.IsScalar() {
			a.Expr = ref(e.Value)
		} else {
			a.Values = refs(e.Value)
		}
		out = append(out, a)
	}
	return out
}

// vars are the entries of a mapping whose values are scalars.
func vars(n *yamldoc.Node) []Var {
	var out []Var
	for _, e := range n.Entries() {
		if e.Value.IsScalar() {
			out = append(out, Var{e.Name(), e.Value.Str(), e.KeySpan(), e.Value.Span, e.Span(), e.Value})
		}
	}
	return out
}

// nestedVars are the entries of a mapping whose values are mappings that hold the
// value under the key.
func nestedVars(n *yamldoc.Node, key string) []Var {
	var out []Var
	for _, e := range n.Entries() {
		if v := e.Value.Get(key); v.IsScalar() {
			out = append(out, Var{e.Name(), v.Str(), e.KeySpan(), v.Span, e.Span(), v})
		}
	}
	return out
}

func ref(n *yamldoc.Node) Ref { return Ref{n.Str(), spanOf(n)} }

// refs are the scalars of a list, or the one scalar that stands in its place.
func refs(n *yamldoc.Node) []Ref {
	if n.IsScalar() && !n.IsNull() {
		return []Ref{ref(n)}
	}
	var out []Ref
	for _, item := range n.Items() {
		if item.IsScalar() {
			out = append(out, ref(item))
		}
	}
	return out
}

func spanOf(n *yamldoc.Node) finding.Span {
	if n == nil {
		return finding.Span{}
	}
	return n.Span
}
