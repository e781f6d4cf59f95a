package workflow

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/actions"
	"drydock/internal/repo/expr"
)

// Flow is text from outside that a workflow or action of GitHub puts into code
// before a shell or an interpreter reads it: whoever chooses the text chooses
// what runs. A text that comes through an environment variable is none: the
// shell sees a value then, not a script.
type Flow struct {
	Job    *Job
	Step   *Step
	Source string       // the context that the text comes from: github.event.issue.title, inputs.name
	By     actions.By   // who can choose it
	Via    []string     // what it came through, from the source on: env.TITLE, steps.a.outputs.b, needs.c.outputs.d
	Input  string       // the input of the step's action that is run as code; "" for its script
	Span   finding.Span // the ${{ }} in the code
}

// Pass is text from outside that a job or step hands to another file of the
// project: an input of a called workflow or of a local action.
type Pass struct {
	Job    *Job
	Step   *Step // nil when the job calls a workflow
	Uses   string
	Input  string
	Source string
	By     actions.By
	Via    []string
	Span   finding.Span // the ${{ }}
}

// source is where a text came from.
type source struct {
	path string
	by   actions.By
	via  []string
}

// Limits of what is followed.
const (
	maxVia     = 8     // things that a text comes through
	maxFlows   = 1_000 // of one file
	maxTainted = 200   // variables that hold such texts at one step
)

// Flows lists what outsiders, writers or callers choose and what ends up in code,
// and what of it is handed on to other files, in file order.
func (p *Pipeline) Flows() ([]Flow, []Pass) {
	if p.Kind != GitHub && p.Kind != Action {
		return nil, nil
	}
	t := tracer{p: p, callers: p.Kind == Action, outputs: map[string]source{}, fixed: map[string]bool{}}
	for _, on := range p.Triggers {
		t.callers = t.callers || on.Event == "workflow_call"
		for _, in := range on.Inputs {
			switch in.Type {
			case "boolean", "number", "choice", "environment":
				name := strings.ToLower(in.Name)
				t.fixed["inputs."+name], t.fixed["github.event.inputs."+name] = true, true
			}
		}
	}
	// Outputs of jobs are known once the jobs are read, whatever their order.
	for range 2 {
		t.flows, t.passes = nil, nil
		for i := range p.Jobs {
			t.job(&p.Jobs[i])
		}
	}
	return t.flows, t.passes
}

type tracer struct {
	p       *Pipeline
	callers bool              // inputs come from who calls or uses the file
	fixed   map[string]bool   // inputs that hold no free text
	outputs map[string]source // needs.a.outputs.b
	flows   []Flow
	passes  []Pass
}

// scope is what names stand for at one step.
type scope struct {
	t     *tracer
	job   *Job
	env   map[string]source // by lower-case name
	steps map[string]source // steps.a.outputs.b
	kinds map[string]*Step  // the steps that use an action, by id
}

func (t *tracer) job(j *Job) {
	s := &scope{t: t, job: j, env: map[string]source{}, steps: map[string]source{}, kinds: map[string]*Step{}}
	s.setEnv(t.p.Env)
	s.setEnv(j.Env)
	if j.Uses != "" {
		t.pass(s, j, nil, j.Uses, j.With)
	}
	for k := range j.Steps {
		step := &j.Steps[k]
		inner := s
		if len(step.Env) > 0 {
			env := make(map[string]source, len(s.env))
			for k, v := range s.env {
				env[k] = v
			}
			inner = &scope{t, j, env, s.steps, s.kinds}
			inner.setEnv(step.Env)
		}
		t.step(inner, j, step)
		s.effects(step, inner)
	}
	for _, out := range j.Outputs {
		if from, ok := s.first(out.Value); ok {
			t.outputs["needs."+strings.ToLower(j.ID+".outputs."+out.Name)] = from
		}
	}
}

func (s *scope) setEnv(list []Var) {
	for _, v := range list {
		name := strings.ToLower(v.Name)
		delete(s.env, name)
		if from, ok := s.first(v.Value); ok && len(s.env) < maxTainted {
			s.env[name] = from
		}
	}
}

// first is the most dangerous text that comes into a value.
func (s *scope) first(value string) (source, bool) {
	var worst source
	for _, e := range expr.Find(value) {
		for _, from := range s.sources(e) {
			if from.by > worst.by {
				worst = from
			}
		}
	}
	return worst, worst.by != actions.Nobody
}

// sources are the texts from outside that become part of what an expression
// gives.
func (s *scope) sources(e expr.Expr) []source {
	var out []source
	for _, r := range e.Node.Reads() {
		if !r.Value {
			continue
		}
		if from := s.source(r.Path); from.by != actions.Nobody {
			out = append(out, from)
		}
	}
	return out
}

func (s *scope) source(path string) source {
	by := actions.Chooses(path)
	if by != actions.Nobody && s.t.fixed[path] {
		return source{}
	}
	if by == actions.Caller && !s.t.callers {
		by = actions.Writers // who starts the workflow by hand
	}
	if by != actions.Nobody {
		return source{path: path, by: by}
	}
	from, known := source{}, false
	switch context, rest, _ := strings.Cut(path, "."); context {
	case "env":
		from, known = s.env[rest]
	case "steps":
		if from, known = s.steps[path]; known {
			break
		}
		id, output, _ := strings.Cut(rest, ".outputs.")
		if step := s.kinds[id]; step != nil && actions.UntrustedOutput(actions.ParseUses(step.Uses), output, step.Input) {
			return source{path: path, by: actions.Anyone}
		}
	case "needs":
		from, known = s.t.outputs[path]
	case "matrix":
		from, known = s.inMatrix(rest)
	}
	if !known || len(from.via) >= maxVia {
		return source{}
	}
	return source{from.path, from.by, append(slices.Clone(from.via), path)}
}

// inMatrix is the text from outside that a value of the job's matrix is made of.
func (s *scope) inMatrix(name string) (source, bool) {
	if s.job == nil || name == "" || strings.Contains(name, "*") || strings.HasPrefix(name, "matrix.") {
		return source{}, false
	}
	matrix := s.job.Node.Get("strategy", "matrix")
	key, _, _ := strings.Cut(name, ".")
	var texts []string
	for _, e := range matrix.Entries() {
		switch {
		case strings.EqualFold(e.Name(), key):
			texts = append(texts, append(e.Value.Strings(), e.Value.Str())...)
		case e.Name() == "include":
			texts = append(texts, e.Value.Str())
			for _, row := range e.Value.Items() {
				for _, v := range row.Entries() {
					if strings.EqualFold(v.Name(), key) {
						texts = append(texts, v.Value.Str())
					}
				}
			}
		}
	}
	if !matrix.IsMapping() {
		texts = append(texts, matrix.Str())
	}
	for _, text := range texts {
		if strings.Contains(text, "matrix.") { // it cannot be made of itself
			continue
		}
		if from, ok := s.first(text); ok {
			return from, true
		}
	}
	return source{}, false
}

// step looks for texts from outside in the code of a step.
func (t *tracer) step(s *scope, j *Job, step *Step) {
	if step.Run != "" {
		t.code(s, j, step, "", step.Run, step.SpanOf)
	}
	uses := actions.ParseUses(step.Uses)
	switch uses.Kind {
	case actions.Repository:
		for i := range step.With {
			v := &step.With[i]
			if actions.RunsAsCode(uses.Name(), v.Name) {
				t.code(s, j, step, v.Name, v.Value, v.SpanOf)
			}
		}
	case actions.Local:
		t.pass(s, j, step, step.Uses, step.With)
	}
}

func (t *tracer) code(s *scope, j *Job, step *Step, input, text string, span func(start, end int) finding.Span) {
	for _, e := range expr.Find(text) {
		for _, from := range s.sources(e) {
			if len(t.flows) < maxFlows {
				t.flows = append(t.flows, Flow{j, step, from.path, from.by, from.via, input, span(e.Start, e.End)})
			}
		}
	}
}

func (t *tracer) pass(s *scope, j *Job, step *Step, uses string, with []Var) {
	for i := range with {
		v := &with[i]
		for _, e := range expr.Find(v.Value) {
			for _, from := range s.sources(e) {
				if len(t.passes) < maxFlows {
					t.passes = append(t.passes, Pass{j, step, uses, v.Name, from.path, from.by, from.via, v.SpanOf(e.Start, e.End)})
				}
			}
		}
	}
}

// effects notes what a step leaves for those after it: outputs, and variables of
// the job.
func (s *scope) effects(step *Step, inner *scope) {
	id := strings.ToLower(step.ID)
	if id != "" && step.Uses != "" {
		s.kinds[id] = step
	}
	if !strings.Contains(step.Run, "GITHUB_") && !strings.Contains(step.Run, "::set-output") {
		return
	}
	for line := range strings.Lines(step.Run) {
		name, file, ok := written(line)
		if !ok || file == "output" && id == "" {
			continue
		}
		from, tainted := inner.inLine(line)
		key := "steps." + id + ".outputs." + name
		switch {
		case !tainted:
		case file == "output":
			s.steps[key] = from
		case len(from.via) < maxVia:
			s.env[name] = from
		}
	}
}

// written takes apart a line of a script that sets an output or a variable:
// echo "name=$VALUE" >> $GITHUB_OUTPUT.
func written(line string) (name, file string, ok bool) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return "", "", false
	}
	if _, rest, found := strings.Cut(line, "::set-output name="); found {
		name, _, ok = strings.Cut(rest, "::")
		return strings.ToLower(name), "output", ok
	}
	switch {
	case strings.Contains(line, "GITHUB_OUTPUT"):
		file = "output"
	case strings.Contains(line, "GITHUB_ENV"):
		file = "env"
	default:
		return "", "", false
	}
	body, found := strings.CutPrefix(line, "echo ")
	if !found {
		if body, found = strings.CutPrefix(line, "printf "); !found {
			return "", "", false
		}
	}
	body = strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(body), "-n "), `"' `)
	name, _, ok = strings.Cut(body, "=")
	for i := range len(name) {
		if c := name[i]; !(c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return "", "", false
		}
	}
	return strings.ToLower(name), file, ok && name != ""
}

// inLine is the text from outside that a line of a script writes: by an
// expression, or by a variable of the environment.
func (s *scope) inLine(line string) (source, bool) {
	if from, ok := s.first(line); ok {
		return from, true
	}
	_, value, _ := strings.Cut(line, "=")
	for rest := value; ; {
		i := strings.IndexByte(rest, '$')
		if i < 0 {
			return source{}, false
		}
		rest = strings.TrimPrefix(rest[i+1:], "{")
		n := 0
		for n < len(rest) && (rest[n] == '_' || rest[n] >= '0' && rest[n] <= '9' || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
			n++
		}
		name := strings.ToLower(rest[:n])
		if from, ok := s.env[name]; ok && len(from.via) < maxVia {
			return source{from.path, from.by, append(slices.Clone(from.via), "env."+name)}, true
		}
		if name == "github_head_ref" {
			return source{path: "github.head_ref", by: actions.Anyone, via: []string{"env.github_head_ref"}}, true
		}
		rest = rest[n:]
	}
}
