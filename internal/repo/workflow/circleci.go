package workflow

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// circleConfig is what the jobs of a CircleCI file refer to.
type circleConfig struct {
	root    *yamldoc.Node
	orbs    map[string]*yamldoc.Node // those written in the file
	total   int                      // steps so far
	filled  int                      // bytes of the commands that parameters were put into
	index   map[string]int           // jobs by id
	aliases map[string]string        // names that workflows give jobs
}

func (p *Pipeline) circleci(root *yamldoc.Node) {
	c := &circleConfig{root: root, orbs: map[string]*yamldoc.Node{}, index: map[string]int{}, aliases: map[string]string{}}
	p.circle = c
	for _, e := range root.Get("orbs").Entries() {
		orb := Orb{Name: e.Name(), Source: e.Value.Str(), Span: e.Span()}
		if e.Value.IsMapping() {
			c.orbs[orb.Name] = e.Value
		} else {
			p.Includes = append(p.Includes, orb.Source)
			p.Included = append(p.Included, Include{Kind: "orb", Name: orb.Source, Span: e.Value.Span})
		}
		p.Orbs = append(p.Orbs, orb)
	}
	p.Inputs = inputs(root.Get("parameters"))
	for _, e := range root.Get("jobs").Entries() {
		p.Jobs = append(p.Jobs, p.circleJob(e, ""))
		if p.err != nil {
			return
		}
	}
	for _, name := range sortedKeys(c.orbs) {
		for _, e := range c.orbs[name].Get("jobs").Entries() {
			p.Jobs = append(p.Jobs, p.circleJob(e, name))
		}
	}
	for i := range p.Jobs {
		c.index[p.Jobs[i].ID] = i
	}
	p.circleWorkflows(root.Get("workflows"))
	for i := range p.Jobs {
		c.fillSteps(p.Jobs[i].Steps, defaultsOf(p.Jobs[i].Node.Get("parameters")))
	}
}

// circleJobOf is the job with the given id or the name that a workflow gave it.
func (p *Pipeline) circleJobOf(name string) *Job {
	i, ok := p.circle.index[name]
	if !ok {
		if i, ok = p.circle.index[p.circle.aliases[name]]; !ok {
			return nil
		}
	}
	return &p.Jobs[i]
}

func sortedKeys(m map[string]*yamldoc.Node) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (p *Pipeline) circleJob(e yamldoc.Entry, orb string) Job {
	c, n := p.circle, e.Value
	j := newJob(e)
	if orb != "" {
		j.ID = orb + "/" + j.ID
	}
	args := defaultsOf(n.Get("parameters"))
	executor := n
	if name := n.Get("executor"); name.Exists() {
		if name.IsMapping() {
			args = args.with(name)
			name = name.Get("name")
		}
		if executor = c.find("executors", args.fill(name.Str()), orb); executor != nil {
			args = defaultsOf(executor.Get("parameters")).with(n.Get("executor")).under(args)
		}
	}
	for _, from := range []*yamldoc.Node{executor, n} {
		for i, image := range from.Get("docker").Items() {
			if s := serviceOf(image); i > 0 {
				s.Login = vars(image.Get("auth"))
				j.Services = append(j.Services, s)
			} else {
				j.Image, j.ImageLogin = ref(image.Get("image")), vars(image.Get("auth"))
				j.Env = append(j.Env, vars(image.Get("environment"))...)
			}
		}
		if machine := from.Get("machine", "image"); machine.Exists() {
			j.RunsOn = refs(machine)
		}
		j.Env = append(j.Env, vars(from.Get("environment"))...)
		j.Defaults = Defaults{ref(from.Get("shell")), ref(from.Get("working_directory"))}.or(j.Defaults)
		if from == n {
			break // the job has no other executor
		}
	}
	j.Image.Name = args.fill(j.Image.Name)
	// What the parameters of the job stand for is known where a workflow uses it.
	c.total += len(j.Env) + len(j.Services)
	j.Steps = p.circleSteps(n.Get("steps"), orb, arguments{nodes: args.nodes}, 0)
	for i := range j.Steps {
		if s := &j.Steps[i]; s.Run != "" && s.Dir == "" {
			s.Dir = workDir(j.Defaults.Dir.Name)
		}
	}
	return j
}

// workDir is a working directory as a directory of the project; "" for the one
// that the project is checked out to.
func workDir(dir string) string {
	if dir == "." || strings.HasPrefix(dir, "~") || strings.HasPrefix(dir, "/") {
		return ""
	}
	return dir
}

// find is the command, job or executor of the given name, "orb/name" too.
func (c *circleConfig) find(section, name, orb string) *yamldoc.Node {
	if orb != "" {
		if n := c.orbs[orb].Get(section, name); n != nil {
			return n
		}
	}
	if from, rest, ok := strings.Cut(name, "/"); ok {
		return c.orbs[from].Get(section, rest)
	}
	return c.root.Get(section, name)
}

// circleSteps reads steps; the commands of the file among them are replaced by
// what they do.
func (p *Pipeline) circleSteps(list *yamldoc.Node, orb string, args arguments, depth int) []Step {
	var out []Step
	for _, item := range list.Items() {
		if p.circle.total++; p.circle.total > maxTotal {
			if p.err == nil {
				p.err = &Error{max(item.Line, 1), fmt.Sprintf("more than %d steps", maxTotal)}
			}
			return out
		}
		entries := item.Entries()
		name := item.Str()
		var body *yamldoc.Node
		if len(entries) > 0 {
			name, body = entries[0].Name(), entries[0].Value
		}
		switch {
		case depth < maxListDepth && (name == "when" || name == "unless") && body.Get("steps").Exists():
			condition := name + " " + body.Get("condition").Str()
			for _, s := range p.circleSteps(body.Get("steps"), orb, args, depth+1) {
				if s.If == "" {
					cond := body.Get("condition")
					s.If, s.IfSpan = condition, spanOf(cond)
				}
				out = append(out, s)
			}
			continue
		case strings.HasPrefix(name, "<<") && depth < maxListDepth: // a parameter that holds steps
			if steps := args.nodes[parameterOf(name)]; steps.IsSequence() {
				out = append(out, p.circleSteps(steps, orb, arguments{}, depth+1)...)
				continue
			}
		}
		if command := p.circle.find("commands", name, orb); command != nil && depth < maxListDepth {
			inside := orb
			if from, _, ok := strings.Cut(name, "/"); ok {
				inside = from
			}
			given := defaultsOf(command.Get("parameters")).with(body).filled(args)
			out = append(out, p.circleSteps(command.Get("steps"), inside, given, depth+1)...)
			continue
		}
		s := circleStep(item, name, body, args)
		if p.circle.fills(&s, args) {
			out = append(out, s)
		}
	}
	return out
}

const maxFilledTotal = 8 << 20 // bytes of all commands that parameters were put into

// fills puts parameters into the command of a step. It is false when that makes
// too much of the file.
func (c *circleConfig) fills(s *Step, args arguments) bool {
	run := args.fill(s.Run)
	if run == s.Run {
		return true
	}
	s.Run, s.run = run, nil // spelled nowhere as it runs
	c.filled += len(run)
	return c.filled <= maxFilledTotal
}

// fillSteps puts what a workflow gives a job into those of its commands that
// still hold parameters.
func (c *circleConfig) fillSteps(steps []Step, args arguments) {
	for i := range steps {
		if c.filled > maxFilledTotal || !c.fills(&steps[i], args) {
			return
		}
	}
}

// circleStep reads checkout, run: "…", run: {name, command} and orb commands.
func circleStep(n *yamldoc.Node, name string, body *yamldoc.Node, args arguments) Step {
	if body == nil {
		return Step{Uses: name, UsesSpan: n.Span, Span: n.Span, Node: n}
	}
	key := n.Entries()[0]
	if name != "run" {
		return Step{Uses: name, With: vars(body), UsesSpan: key.KeySpan(), Span: n.Span, Node: n}
	}
	s := runStep(body, n, "")
	if command := body.Get("command"); command.Exists() {
		s = runStep(command, n, body.Get("name").Str())
		s.Dir, s.Env, s.Shell = workDir(args.fill(body.Get("working_directory").Str())), vars(body.Get("environment")), body.Get("shell").Str()
		if when := body.Get("when"); when.Exists() {
			s.If, s.IfSpan = when.Str(), when.Span
		}
		s.Parallel, _ = body.Get("background").Bool()
	}
	if strings.Contains(s.Run, `\<<`) {
		s.Run, s.run = strings.ReplaceAll(s.Run, `\<<`, "<<"), nil
	}
	return s
}

// circleWorkflows says what runs the jobs: which need which, on which branches.
func (p *Pipeline) circleWorkflows(list *yamldoc.Node) {
	ran, uses := map[string]bool{}, false
	for _, w := range list.Entries() {
		if !w.Value.IsMapping() {
			continue // version: 2
		}
		base := circleStarts(w.Value)
		for _, t := range w.Value.Get("triggers").Items() {
			if cron := t.Get("schedule", "cron"); cron.Str() != "" {
				p.Crons = append(p.Crons, Cron{cron.Str(), cron.Span})
				p.Triggers = append(p.Triggers, Trigger{Event: "schedule", Span: t.Span, Node: t})
			}
		}
		for _, item := range w.Value.Get("jobs").Items() {
			uses = true
			p.circleRun(item, base, ran)
			if len(p.Jobs) > maxTotal {
				return
			}
		}
	}
	for i := range p.Jobs {
		if j := &p.Jobs[i]; uses && !ran[j.ID] {
			j.Idle = true
		}
	}
}

// circleRun notes one use of a job in a workflow.
func (p *Pipeline) circleRun(item *yamldoc.Node, base []Start, ran map[string]bool) {
	id, use, span := item.Str(), (*yamldoc.Node)(nil), item.Span
	if entries := item.Entries(); len(entries) > 0 {
		id, use, span = entries[0].Name(), entries[0].Value, entries[0].KeySpan()
	}
	if id == "" {
		return
	}
	j := p.circleJobOf(id)
	if j == nil { // an approval, or a job of an orb
		p.circle.index[id] = len(p.Jobs)
		p.Jobs = append(p.Jobs, Job{ID: id, IDSpan: span, Span: item.Span, Node: item})
		j = &p.Jobs[len(p.Jobs)-1]
		if kind := use.Get("type"); kind.Str() == "approval" {
			gate := ref(kind)
			j.Gate = &gate
		} else if strings.Contains(id, "/") {
			j.Uses, j.UsesSpan, j.With = id, span, vars(use)
		}
	}
	ran[id] = true
	if alias := use.Get("name").Str(); alias != "" && alias != id {
		p.circle.aliases[alias] = id
		if j.Name == "" {
			j.Name = alias
		}
	}
	for _, need := range use.Get("requires").Items() {
		name := ref(need)
		if e := need.Entries(); len(e) > 0 {
			name = Ref{e[0].Name(), e[0].KeySpan()}
		}
		if before := p.circleJobOf(name.Name); before != nil {
			name.Name = before.ID
		}
		if name.Name != "" && len(j.Needs) < maxListItems && !slices.Contains(j.Needs, name) {
			j.Needs = append(j.Needs, name)
		}
	}
	if m := matrix(use.Get("matrix", "parameters")); len(m) > 0 {
		j.Matrix = m
	}
	args := defaultsOf(j.Node.Get("parameters")).with(use)
	p.circle.fillSteps(j.Steps, args)
	before, after := p.circleSteps(use.Get("pre-steps"), "", args, 1), p.circleSteps(use.Get("post-steps"), "", args, 1)
	for name, steps := range args.nodes { // steps that the use hands to the job
		if name != "pre-steps" && name != "post-steps" && use.Get(name) == steps && j.Node.Get("parameters", name, "type").Str() == "steps" {
			after = append(p.circleSteps(steps, "", arguments{}, 1), after...)
		}
	}
	j.Steps = slices.Concat(before, j.Steps, after)
	for _, s := range circleFiltered(base, use.Get("filters")) {
		if !slices.ContainsFunc(j.starts, func(t Start) bool { return t.On == s.On && slices.Equal(t.Branches, s.Branches) }) {
			j.starts = append(j.starts, s)
		}
	}
	if j.starts == nil {
		j.starts = []Start{}
	}
}
