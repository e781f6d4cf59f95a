package workflow

import (
	"strings"

	"drydock/internal/repo/yamldoc"
)

func (p *Pipeline) circle(root *yamldoc.Node) {
	for _, e := range root.Get("jobs").Entries() {
		j := newJob(e)
		for i, image := range e.Value.Get("docker").Items() {
			if i == 0 {
				j.Image = ref(image.Get("image"))
				continue
			}
			j.Services = append(j.Services, serviceOf(image))
		}
		j.Env = vars(e.Value.Get("environment"))
		for _, item := range e.Value.Get("steps").Items() {
			j.Steps = append(j.Steps, circleStep(item))
		}
		p.Jobs = append(p.Jobs, j)
	}
	for _, w := range root.Get("workflows").Entries() {
		for _, t := range w.Value.Get("triggers").Items() {
			if cron := t.Get("schedule", "cron"); cron.Str() != "" {
				p.Crons = append(p.Crons, Cron{cron.Str(), cron.Span})
				p.Triggers = append(p.Triggers, Trigger{Event: "schedule", Span: t.Span, Node: t})
			}
		}
	}
}

// circleStep reads checkout, run: "…", run: {name, command} and orb commands.
func circleStep(n *yamldoc.Node) Step {
	if n.IsScalar() {
		return Step{Uses: n.Str(), UsesSpan: n.Span, Span: n.Span, Node: n}
	}
	entries := n.Entries()
	if len(entries) == 0 {
		return Step{Span: n.Span, Node: n}
	}
	key, run := entries[0], entries[0].Value
	if key.Name() != "run" {
		return Step{Uses: key.Name(), With: vars(run), UsesSpan: key.KeySpan(), Span: n.Span, Node: n}
	}
	if command := run.Get("command"); command.Exists() {
		s := runStep(command, n, run.Get("name").Str())
		s.Dir, s.Env = run.Get("working_directory").Str(), vars(run.Get("environment"))
		return s
	}
	return runStep(run, n, "")
}

func (p *Pipeline) azure(root *yamldoc.Node) {
	p.Name = root.Get("name").Str()
	for _, t := range []struct{ key, event string }{{"trigger", "push"}, {"pr", "pull_request"}} {
		if e, ok := root.Entry(t.key); ok && e.Value.Str() != "none" {
			p.Triggers = append(p.Triggers, Trigger{t.event, e.KeySpan(), e.Value})
		}
	}
	for _, s := range root.Get("schedules").Items() {
		if cron := s.Get("cron"); cron.Str() != "" {
			p.Crons = append(p.Crons, Cron{cron.Str(), cron.Span})
			p.Triggers = append(p.Triggers, Trigger{"schedule", s.Span, s})
		}
	}
	p.Env = vars(root.Get("variables"))
	p.azureJobs(root, "")
	for _, stage := range root.Get("stages").Items() {
		p.azureJobs(stage, stage.Get("stage").Str())
	}
}

// azureJobs reads the jobs of a stage, or its steps when it is one job.
func (p *Pipeline) azureJobs(n *yamldoc.Node, stage string) {
	if n.Get("steps").Exists() {
		p.azureJob(n, "", stage)
	}
	for _, job := range n.Get("jobs").Items() {
		id := job.Get("job").Str() + job.Get("deployment").Str()
		p.azureJob(job, id, stage)
	}
}

func (p *Pipeline) azureJob(n *yamldoc.Node, id, stage string) {
	j := Job{ID: id, Stage: stage, Name: n.Get("displayName").Str(), Environment: n.Get("environment").Str(), Needs: refs(n.Get("dependsOn")), If: n.Get("condition").Str(), Span: n.Span, IDSpan: n.Span, Node: n}
	steps := n.Get("steps").Items()
	for _, phase := range n.Get("strategy").Entries() { // of a deployment
		for _, hook := range phase.Value.Entries() {
			steps = append(steps, hook.Value.Get("steps").Items()...)
		}
	}
	for _, item := range steps {
		j.Steps = append(j.Steps, azureStep(item))
	}
	p.Jobs = append(p.Jobs, j)
}

func azureStep(n *yamldoc.Node) Step {
	for _, key := range []string{"script", "bash", "pwsh", "powershell"} {
		if run := n.Get(key); run.Exists() {
			s := runStep(run, n, n.Get("displayName").Str())
			s.Env, s.Dir, s.If = vars(n.Get("env")), n.Get("workingDirectory").Str(), n.Get("condition").Str()
			s.ContinueOnError, _ = n.Get("continueOnError").Bool()
			if key != "script" {
				s.Shell = key
			}
			return s
		}
	}
	task := n.Get("task")
	return Step{Name: n.Get("displayName").Str(), Uses: task.Str(), UsesSpan: spanOf(task), With: vars(n.Get("inputs")), Env: vars(n.Get("env")), Span: n.Span, Node: n}
}

func (p *Pipeline) bitbucket(root *yamldoc.Node) {
	events := map[string]string{"default": "push", "branches": "push", "tags": "tag", "pull-requests": "pull_request", "custom": "manual"}
	for _, e := range root.Get("pipelines").Entries() {
		p.Triggers = append(p.Triggers, Trigger{events[e.Name()], e.KeySpan(), e.Value})
		if e.Value.IsSequence() {
			p.bitbucketSteps(e.Name(), e.Value, 0)
		}
		for _, named := range e.Value.Entries() {
			p.bitbucketSteps(e.Name()+"/"+named.Name(), named.Value, 0)
		}
	}
}

func (p *Pipeline) bitbucketSteps(id string, list *yamldoc.Node, depth int) {
	for _, item := range list.Items() {
		if step := item.Get("step"); step.Exists() {
			j := Job{ID: id, Name: step.Get("name").Str(), Image: imageOf(step.Get("image")), Environment: step.Get("deployment").Str(), Span: item.Span, IDSpan: item.Span, Node: step}
			for _, name := range step.Get("services").Items() {
				j.Services = append(j.Services, Service{Name: name.Str(), Span: name.Span})
			}
			j.Steps = append(scriptSteps(step.Get("script"), ""), scriptSteps(step.Get("after-script"), "after-script")...)
			p.Jobs = append(p.Jobs, j)
		}
		for _, group := range []*yamldoc.Node{item.Get("parallel"), item.Get("parallel", "steps"), item.Get("stage", "steps")} {
			if group.IsSequence() && depth < maxListDepth && len(p.Jobs) < maxSteps {
				p.bitbucketSteps(id, group, depth+1)
			}
		}
	}
}

func (p *Pipeline) travis(root *yamldoc.Node) {
	j := Job{ID: "build", Span: root.Span, IDSpan: root.Span, Node: root, RunsOn: refs(root.Get("os"))}
	for _, name := range root.Get("services").Items() {
		j.Services = append(j.Services, Service{Name: name.Str(), Image: Ref{}, Span: name.Span})
	}
	for _, phase := range []string{"before_install", "install", "before_script", "script", "after_success", "before_deploy", "after_script"} {
		j.Steps = append(j.Steps, scriptSteps(root.Get(phase), phase)...)
	}
	if len(j.Steps) > 0 {
		p.Jobs = append(p.Jobs, j)
	}
	for _, list := range []string{"jobs", "matrix"} {
		for _, item := range root.Get(list, "include").Items() {
			in := Job{ID: item.Get("name").Str(), Stage: item.Get("stage").Str(), Steps: scriptSteps(item.Get("script"), "script"), Span: item.Span, IDSpan: item.Span, Node: item}
			p.Jobs = append(p.Jobs, in)
		}
	}
}

// woodpecker reads steps as a mapping or a list; each document is a workflow.
func (p *Pipeline) woodpecker(root *yamldoc.Node) {
	p.containers(root)
	for _, when := range append(root.Get("when").Items(), root.Get("when")) {
		for _, event := range refs(when.Get("event")) {
			p.Triggers = append(p.Triggers, Trigger{Event: event.Name, Span: event.Span})
		}
	}
}

func (p *Pipeline) drone(root *yamldoc.Node) {
	if kind := root.Get("kind").Str(); kind != "" && kind != "pipeline" {
		return
	}
	p.containers(root)
	for _, event := range refs(root.Get("trigger", "event")) {
		p.Triggers = append(p.Triggers, Trigger{Event: event.Name, Span: event.Span})
	}
}

// containers reads the steps and services that Drone and Woodpecker share. Each
// step runs in a container of its own and so is a job here.
func (p *Pipeline) containers(root *yamldoc.Node) {
	var services []Service
	for _, item := range root.Get("services").Items() {
		services = append(services, serviceOf(item))
	}
	for _, e := range root.Get("services").Entries() {
		services = append(services, Service{e.Name(), ref(e.Value.Get("image")), vars(e.Value.Get("environment")), e.Span()})
	}
	job := func(j Job, n *yamldoc.Node) {
		j.Image, j.Env, j.Services = ref(n.Get("image")), vars(n.Get("environment")), services
		j.Steps = scriptSteps(n.Get("commands"), "")
		j.ContinueOnError = strings.EqualFold(n.Get("failure").Str(), "ignore")
		p.Jobs = append(p.Jobs, j)
	}
	steps := root.Get("steps")
	if steps == nil {
		steps = root.Get("pipeline") // the older key
	}
	for _, e := range steps.Entries() {
		job(newJob(e), e.Value)
	}
	for _, item := range steps.Items() {
		job(Job{ID: item.Get("name").Str(), Span: item.Span, IDSpan: spanOf(item.Get("name")), Node: item}, item)
	}
}
