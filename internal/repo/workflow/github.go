package workflow

import (
	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

func (p *Pipeline) github(root *yamldoc.Node) {
	p.Name = root.Get("name").Str()
	p.githubTriggers(root)
	p.Env = vars(root.Get("env"))
	p.Permissions = permissions(root)
	for _, e := range root.Get("jobs").Entries() {
		p.Jobs = append(p.Jobs, githubJob(e))
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
		t := Trigger{Event: e.Name(), Span: e.KeySpan()}
		if !e.Value.IsNull() {
			t.Node = e.Value
		}
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

func githubJob(e yamldoc.Entry) Job {
	n := e.Value
	j := newJob(e)
	j.Name, j.If, j.Uses = n.Get("name").Str(), n.Get("if").Str(), n.Get("uses").Str()
	j.Needs, j.RunsOn = refs(n.Get("needs")), refs(n.Get("runs-on"))
	j.Env, j.Permissions = vars(n.Get("env")), permissions(n)
	j.ContinueOnError, _ = n.Get("continue-on-error").Bool()
	if j.Image = ref(n.Get("container")); j.Image.Name == "" {
		j.Image = ref(n.Get("container", "image"))
	}
	if j.Environment = n.Get("environment").Str(); j.Environment == "" {
		j.Environment = n.Get("environment", "name").Str()
	}
	for _, s := range n.Get("services").Entries() {
		j.Services = append(j.Services, Service{s.Name(), ref(s.Value.Get("image")), vars(s.Value.Get("env")), s.Span()})
	}
	for _, item := range n.Get("steps").Items() {
		j.Steps = append(j.Steps, githubStep(item))
	}
	return j
}

func githubStep(n *yamldoc.Node) Step {
	run, uses := n.Get("run"), n.Get("uses")
	s := Step{
		ID: n.Get("id").Str(), Name: n.Get("name").Str(), Uses: uses.Str(), Run: run.Str(), Shell: n.Get("shell").Str(),
		If: n.Get("if").Str(), Dir: n.Get("working-directory").Str(), With: vars(n.Get("with")), Env: vars(n.Get("env")),
		UsesSpan: spanOf(uses), RunSpan: spanOf(run), Span: n.Span, Node: n, run: run,
	}
	s.ContinueOnError, _ = n.Get("continue-on-error").Bool()
	return s
}

// action reads action.yml: the steps of a composite action are one job.
func (p *Pipeline) action(root *yamldoc.Node) {
	p.Name = root.Get("name").Str()
	e, ok := root.Entry("runs")
	if !ok {
		return
	}
	j := newJob(e)
	j.Image = ref(e.Value.Get("image"))
	for _, item := range e.Value.Get("steps").Items() {
		j.Steps = append(j.Steps, githubStep(item))
	}
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

// vars are the entries of a mapping whose values are scalars, or the items
// NAME=value of a list.
func vars(n *yamldoc.Node) []Var {
	var out []Var
	for _, e := range n.Entries() {
		if e.Value.IsScalar() {
			out = append(out, Var{e.Name(), e.Value.Str(), e.KeySpan(), e.Value.Span, e.Span()})
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
