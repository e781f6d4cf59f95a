package workflow

import (
	"strings"

	"drydock/internal/repo/yamldoc"
)

// arguments are the values of parameters: texts, and nodes for those that hold
// steps.
type arguments struct {
	texts map[string]string
	nodes map[string]*yamldoc.Node
}

// defaultsOf are the defaults of declared parameters.
func defaultsOf(parameters *yamldoc.Node) arguments {
	a := arguments{map[string]string{}, map[string]*yamldoc.Node{}}
	for _, e := range parameters.Entries() {
		a.set(e.Name(), e.Value.Get("default"))
	}
	return a
}

func (a arguments) set(name string, v *yamldoc.Node) {
	if v.IsScalar() {
		a.texts[name] = v.Str()
	} else if v.Exists() {
		a.nodes[name] = v
	}
}

// with overrides the arguments by what a use gives.
func (a arguments) with(given *yamldoc.Node) arguments {
	out := arguments{map[string]string{}, map[string]*yamldoc.Node{}}
	for k, v := range a.texts {
		out.texts[k] = v
	}
	for k, v := range a.nodes {
		out.nodes[k] = v
	}
	for _, e := range given.Entries() {
		out.set(e.Name(), e.Value)
	}
	return out
}

// under adds what a has not from outer.
func (a arguments) under(outer arguments) arguments {
	for k, v := range outer.texts {
		if _, ok := a.texts[k]; !ok {
			a.texts[k] = v
		}
	}
	for k, v := range outer.nodes {
		if _, ok := a.nodes[k]; !ok {
			a.nodes[k] = v
		}
	}
	return a
}

// filled replaces parameters of the caller in what it hands on.
func (a arguments) filled(caller arguments) arguments {
	for k, v := range a.texts {
		a.texts[k] = caller.fill(v)
		if node := caller.nodes[parameterOf(v)]; node != nil {
			a.nodes[k] = node
		}
	}
	return a
}

// parameterOf is the x of << parameters.x >>, when that is all of the text.
func parameterOf(text string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "<<"), ">>")
	return strings.TrimPrefix(strings.TrimSpace(inner), "parameters.")
}

const maxFilled = 64 << 10 // bytes of a text after its parameters are put in

// fill puts the known parameters into a text.
func (a arguments) fill(text string) string {
	if len(a.texts) == 0 || !strings.Contains(text, "<<") {
		return text
	}
	var b strings.Builder
	for rest := text; ; {
		start := strings.Index(rest, "<<")
		stop := -1
		if start >= 0 {
			stop = strings.Index(rest[start:], ">>")
		}
		if stop < 0 {
			b.WriteString(rest)
			break
		}
		stop += start + 2
		value, known := a.texts[parameterOf(rest[start:stop])]
		if !known || !strings.Contains(rest[start:stop], "parameters.") {
			value = rest[start:stop]
		}
		b.WriteString(rest[:start] + value)
		if b.Len() > maxFilled {
			return text
		}
		rest = rest[stop:]
	}
	return b.String()
}

// circleStarts are the occasions on which a workflow runs.
func circleStarts(w *yamldoc.Node) []Start {
	maybe := w.Get("when").Exists() || w.Get("unless").Exists()
	triggers := w.Get("triggers")
	if !triggers.Exists() {
		return []Start{{On: OnPush, Event: "push", Maybe: maybe}, {On: OnTag, Event: "push", Maybe: maybe}}
	}
	var out []Start
	for _, t := range triggers.Items() {
		if s := t.Get("schedule"); s.Exists() {
			out = append(out, Start{On: OnSchedule, Event: "schedule", Branches: s.Get("filters", "branches", "only").Strings(), Maybe: maybe})
		}
	}
	return out
}

// circleFiltered narrows the occasions by the filters of a job. Without filters
// for tags none starts it.
func circleFiltered(base []Start, filters *yamldoc.Node) []Start {
	out := []Start{}
	tags, branches := filters.Get("tags"), filters.Get("branches")
	for _, s := range base {
		switch s.On {
		case OnTag:
			if !tags.Exists() {
				continue
			}
			if ignore := tags.Get("ignore"); ignore.Exists() && matchesAll(ignore.Strings()) && !tags.Get("only").Exists() {
				continue
			}
		case OnPush:
			if only := branches.Get("only").Strings(); len(only) > 0 {
				s.Branches = only
			} else if matchesAll(branches.Get("ignore").Strings()) {
				continue
			}
		}
		if filters.IsScalar() && !filters.IsNull() {
			s.Maybe = true // an expression
		}
		out = append(out, s)
	}
	return out
}

// matchesAll says whether one of the patterns is /.*/.
func matchesAll(patterns []string) bool {
	for _, p := range patterns {
		if p == "/.*/" || p == "/^.*$/" || p == "/^.*/" || p == "/.*$/" {
			return true
		}
	}
	return false
}
