package workflow

import (
	"strings"

	"drydock/internal/repo/yamldoc"
)

func (p *Pipeline) azure(root *yamldoc.Node) {
	p.Name = root.Get("name").Str()
	for _, t := range []struct{ key, event string }{{"trigger", "push"}, {"pr", "pull_request"}} {
		e, ok := root.Entry(t.key)
		switch {
		case !ok:
			p.implied = append(p.implied, Trigger{Event: t.event})
		case e.Value.Str() != "none":
			p.Triggers = append(p.Triggers, Trigger{Event: t.event, Span: e.KeySpan(), Node: e.Value, Filters: azureFilters(e.Value)})
		}
	}
	for _, s := range root.Get("schedules").Items() {
		if cron := s.Get("cron"); cron.Str() != "" {
			p.Crons = append(p.Crons, Cron{cron.Str(), cron.Span})
			p.Triggers = append(p.Triggers, Trigger{Event: "schedule", Span: s.Span, Node: s, Filters: azureFilters(s)})
		}
	}
	for _, in := range root.Get("parameters").Items() {
		d := in.Get("default")
		p.Inputs = append(p.Inputs, Input{Name: in.Get("name").Str(), Type: in.Get("type").Str(), Default: d.Str(), HasDefault: d.Exists(), Required: !d.Exists(), Span: spanOf(in.Get("name"))})
	}
	if root.Get("parameters").IsMapping() {
		p.Inputs = inputs(root.Get("parameters"))
	}
	p.Env = azureVars(root.Get("variables"))
	p.azureBody(root, azureStage{}, 0)
	if template := root.Get("extends", "template"); template.Exists() {
		p.azureTemplate(template)
		p.azureBody(root.Get("extends", "parameters"), azureStage{}, 0)
	}
}

// azureStage is the stage around a job.
type azureStage struct {
	name, condition string
	inside          bool
}

// azureBody reads what a file, a stage or the parameters of a template hold:
// stages, jobs, or the steps of one job.
func (p *Pipeline) azureBody(n *yamldoc.Node, stage azureStage, depth int) {
	if n.Get("steps").IsSequence() {
		p.azureJob(n, stage)
	}
	template := func(parameters *yamldoc.Node) {
		if depth < maxListDepth {
			p.azureBody(parameters, stage, depth+1)
		}
	}
	p.azureList(n.Get("jobs"), 0, template, func(job *yamldoc.Node) {
		if job.Get("job").Exists() || job.Get("deployment").Exists() || job.Get("steps").Exists() {
			p.azureJob(job, stage)
		}
	})
	p.azureList(n.Get("stages"), 0, template, func(s *yamldoc.Node) {
		if !stage.inside { // stages do not nest
			p.azureBody(s, azureStage{s.Get("stage").Str(), s.Get("condition").Str(), true}, depth)
		}
	})
}

// azureList visits the items of a list, those under ${{ if }} and ${{ each }}
// among them. Of a template that stands for others it visits the parameters.
func (p *Pipeline) azureList(list *yamldoc.Node, depth int, template, visit func(*yamldoc.Node)) {
	for _, item := range list.Items() {
		if len(p.Jobs) > maxTotal || depth > maxListDepth {
			return
		}
		if name := item.Get("template"); name.Exists() {
			p.azureTemplate(name)
			template(item.Get("parameters"))
			continue
		}
		compiled := false
		for _, e := range item.Own() {
			if strings.HasPrefix(e.Name(), "${{") {
				compiled = true
				if e.Value.IsSequence() {
					p.azureList(e.Value, depth+1, template, visit)
				}
			}
		}
		if !compiled || len(item.Own()) > 1 {
			visit(item)
		}
	}
}

func (p *Pipeline) azureTemplate(n *yamldoc.Node) {
	if n.Str() == "" || len(p.Included) > maxSteps {
		return
	}
	name, repository, remote := strings.Cut(n.Str(), "@")
	kind := "local"
	if remote && repository != "self" {
		kind = "template"
	}
	p.Includes = append(p.Includes, n.Str())
	p.Included = append(p.Included, Include{Kind: kind, Name: name, Ref: repository, Span: n.Span})
}

func azureFilters(n *yamldoc.Node) []Filter {
	if list := refs(n); len(list) > 0 {
		return []Filter{{"branches", list}}
	}
	var out []Filter
	for _, key := range []string{"branches", "tags", "paths"} {
		for _, side := range []struct{ key, suffix string }{{"include", ""}, {"exclude", "-ignore"}} {
			if list := refs(n.Get(key, side.key)); len(list) > 0 {
				out = append(out, Filter{key + side.suffix, list})
			}
		}
	}
	return out
}

// azureVars reads variables in both forms: a mapping, and a list of name and
// value.
func azureVars(n *yamldoc.Node) []Var {
	out := vars(n)
	for _, item := range n.Items() {
		if name, value := item.Get("name"), item.Get("value"); name.Exists() && value.IsScalar() {
			out = append(out, Var{name.Str(), value.Str(), name.Span, value.Span, item.Span, value})
		}
	}
	return out
}

func (p *Pipeline) azureJob(n *yamldoc.Node, stage azureStage) {
	id := n.Get("job").Str() + n.Get("deployment").Str()
	if id == "" {
		id = n.Get("name").Str() // as templates call it
	}
	cond := n.Get("condition")
	j := Job{
		ID: id, Stage: stage.name, Name: n.Get("displayName").Str(), Needs: refs(n.Get("dependsOn")), If: cond.Str(), IfSpan: spanOf(cond),
		Timeout: n.Get("timeoutInMinutes").Str(), Env: azureVars(n.Get("variables")), Span: n.Span, IDSpan: n.Span, Node: n,
	}
	switch {
	case j.If == "":
		j.If = stage.condition
	case stage.condition != "" && len(stage.condition)+len(j.If) < maxJoined:
		j.If = "and(" + stage.condition + ", " + j.If + ")"
	}
	target := n.Get("environment")
	if target.IsMapping() {
		target = target.Get("name")
	}
	j.Environment, j.EnvironmentSpan = target.Str(), spanOf(target)
	pool := n.Get("pool")
	for _, v := range []*yamldoc.Node{pool, pool.Get("vmImage"), pool.Get("name")} {
		if v.IsScalar() && !v.IsNull() {
			j.RunsOn = append(j.RunsOn, ref(v))
		}
	}
	if j.Image = ref(n.Get("container")); n.Get("container").IsMapping() {
		j.Image = ref(n.Get("container", "image"))
	}
	for _, s := range n.Get("services").Entries() {
		j.Services = append(j.Services, Service{Name: s.Name(), Image: ref(s.Value), Span: s.Span()})
	}
	j.Matrix = azureMatrix(n.Get("strategy", "matrix"))
	j.ContinueOnError, _ = n.Get("continueOnError").Bool()
	lists := []*yamldoc.Node{n.Get("steps")}
	for _, phase := range n.Get("strategy").Entries() { // of a deployment
		for _, hook := range phase.Value.Entries() {
			lists = append(lists, hook.Value.Get("steps"))
			for _, on := range hook.Value.Entries() { // on: failure, success
				lists = append(lists, on.Value.Get("steps"))
			}
		}
	}
	for _, list := range lists {
		step := func(item *yamldoc.Node) {
			if len(j.Steps) < maxTotal && item.IsMapping() {
				j.Steps = append(j.Steps, azureStep(item))
			}
		}
		p.azureList(list, 0, func(parameters *yamldoc.Node) {
			p.azureList(parameters.Get("steps"), 1, func(*yamldoc.Node) {}, step)
		}, step)
	}
	for i := range j.Steps {
		if task := j.Steps[i].Uses; strings.HasPrefix(task, "ManualValidation@") || strings.HasPrefix(task, "ManualIntervention@") {
			j.Gate = &Ref{task, j.Steps[i].UsesSpan}
		}
	}
	p.Jobs = append(p.Jobs, j)
}

// azureMatrix reads the named rows of a matrix as axes by variable.
func azureMatrix(n *yamldoc.Node) []Axis {
	if n.IsScalar() {
		return matrix(n)
	}
	var out []Axis
	index := map[string]int{}
	for _, row := range n.Entries() {
		for _, e := range row.Value.Entries() {
			i, ok := index[e.Name()]
			if !ok {
				i = len(out)
				index[e.Name()] = i
				out = append(out, Axis{Name: e.Name()})
			}
			out[i].Values = append(out[i].Values, refs(e.Value)...)
		}
	}
	return out
}

// azureScripts are the tasks that run a script they are given, and the input
// that holds it.
var azureScripts = map[string]string{"bash": "script", "cmdline": "script", "powershell": "script", "azurecli": "inlinescript", "azurepowershell": "inline", "pythonscript": "script", "shellscript": "script"}

func azureStep(n *yamldoc.Node) Step {
	cond := n.Get("condition")
	common := func(s Step) Step {
		s.ID, s.Name, s.Env, s.If, s.IfSpan = n.Get("name").Str(), n.Get("displayName").Str(), vars(n.Get("env")), cond.Str(), spanOf(cond)
		s.Timeout = n.Get("timeoutInMinutes").Str()
		s.ContinueOnError, _ = n.Get("continueOnError").Bool()
		return s
	}
	for _, key := range []string{"script", "bash", "pwsh", "powershell"} {
		if run := n.Get(key); run.Exists() {
			s := common(runStep(run, n, ""))
			if s.Dir = n.Get("workingDirectory").Str(); key != "script" {
				s.Shell = key
			}
			return s
		}
	}
	task := n.Get("task")
	with := vars(n.Get("inputs"))
	name, _, _ := strings.Cut(strings.ToLower(task.Str()), "@")
	s := Step{Span: n.Span, Node: n}
	if input := azureScripts[name]; input != "" {
		for _, v := range with {
			if strings.EqualFold(v.Name, input) {
				s = runStep(v.node, n, "")
			}
		}
		if s.Run != "" {
			s.Dir = valueOf(with, "workingDirectory")
			switch {
			case name == "pythonscript":
				s.Shell = "python"
			case strings.Contains(name, "powershell"):
				s.Shell = "pwsh"
			}
		}
	}
	s = common(s)
	s.Uses, s.UsesSpan, s.With = task.Str(), spanOf(task), with
	return s
}
