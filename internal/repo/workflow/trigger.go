package workflow

import (
	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Trigger is an event that starts a pipeline.
type Trigger struct {
	Event   string // push, pull_request, schedule, … as the system names it
	Span    finding.Span
	Node    *yamldoc.Node // its filters; nil when there are none
	Filters []Filter
	Inputs  []Input // of workflow_dispatch and workflow_call
	Secrets []Input // of workflow_call
	Outputs []Var   // of workflow_call
}

// Filter narrows what an event or a job reacts to.
type Filter struct {
	Name     string // branches, branches-ignore, tags, paths, types, … as GitHub names them
	Patterns []Ref
}

// Input is a parameter.
type Input struct {
	Name       string
	Type       string
	Default    string
	HasDefault bool
	Required   bool
	Span       finding.Span // its name
}

// Filter are the patterns of the trigger's filter with the given name.
func (t Trigger) Filter(name string) []Ref { return patterns(t.Filters, name) }

func patterns(filters []Filter, name string) []Ref {
	for _, f := range filters {
		if f.Name == name {
			return f.Patterns
		}
	}
	return nil
}

// On is the trigger for the given event.
func (p *Pipeline) On(event string) (Trigger, bool) {
	for _, t := range p.Triggers {
		if t.Event == event {
			return t, true
		}
	}
	return Trigger{}, false
}

// filters reads the filters of an event, lists or single words.
func filters(n *yamldoc.Node) []Filter {
	var out []Filter
	for _, e := range n.Entries() {
		switch e.Name() {
		case "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "types", "workflows":
			if list := refs(e.Value); len(list) > 0 {
				out = append(out, Filter{e.Name(), list})
			}
		}
	}
	return out
}

// inputs reads parameters that are written as a mapping of names.
func inputs(n *yamldoc.Node) []Input {
	var out []Input
	for _, e := range n.Entries() {
		in := Input{Name: e.Name(), Type: e.Value.Get("type").Str(), Span: e.KeySpan()}
		if d := e.Value.Get("default"); d.Exists() {
			in.Default, in.HasDefault = d.Str(), true
		}
		in.Required, _ = e.Value.Get("required").Bool()
		out = append(out, in)
	}
	return out
}
