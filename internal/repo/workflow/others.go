package workflow

import (
	"strings"

	"drydock/internal/repo/expr"
	"drydock/internal/repo/yamldoc"
)

func (p *Pipeline) bitbucket(root *yamldoc.Node) {
	events := map[string]string{"default": "push", "branches": "push", "tags": "tag", "pull-requests": "pull_request", "custom": "manual"}
	b := bitbucket{p, imageOf(root.Get("image")), root.Get("definitions", "services")}
	for _, e := range root.Get("pipelines").Entries() {
		p.Triggers = append(p.Triggers, Trigger{Event: events[e.Name()], Span: e.KeySpan(), Node: e.Value})
		start := Start{On: occasionOf(events[e.Name()]), Event: e.Name()}
		if e.Value.IsSequence() {
			b.steps(e.Name(), e.Value, start, 0)
		}
		for _, named := range e.Value.Entries() {
			if start.Branches = nil; start.On == OnPush {
				start.Branches = []string{named.Name()}
			}
			b.steps(e.Name()+"/"+named.Name(), named.Value, start, 0)
		}
	}
}

type bitbucket struct {
	p        *Pipeline
	image    Ref
	services *yamldoc.Node
}

func (b bitbucket) steps(id string, list *yamldoc.Node, start Start, depth int) {
	p := b.p
	for _, item := range list.Items() {
		if step := item.Get("step"); step.Exists() && len(p.Jobs) < maxTotal {
			target := step.Get("deployment")
			j := Job{ID: id, Name: step.Get("name").Str(), Image: imageOf(step.Get("image")), Environment: target.Str(), EnvironmentSpan: spanOf(target), Span: item.Span, IDSpan: item.Span, Node: step}
			if j.Image.Name == "" {
				j.Image = b.image
			}
			for _, name := range step.Get("services").Items() {
				j.Services = append(j.Services, Service{Name: name.Str(), Image: imageOf(b.services.Get(name.Str(), "image")), Env: vars(b.services.Get(name.Str(), "variables")), Span: name.Span})
			}
			j.Steps = append(scriptSteps(step.Get("script"), ""), scriptSteps(step.Get("after-script"), "after-script")...)
			for _, line := range step.Get("script").Items() {
				if pipe := line.Get("pipe"); pipe.Exists() {
					j.Steps = append(j.Steps, Step{Uses: pipe.Str(), UsesSpan: pipe.Span, With: vars(line.Get("variables")), Span: line.Span, Node: line})
				}
			}
			if trigger := step.Get("trigger"); trigger.Str() == "manual" {
				gate := ref(trigger)
				j.Gate = &gate
			}
			s := start
			s.Maybe = step.Get("condition").Exists()
			j.starts = []Start{s}
			p.Jobs = append(p.Jobs, j)
		}
		for _, group := range []*yamldoc.Node{item.Get("parallel"), item.Get("parallel", "steps"), item.Get("stage", "steps")} {
			if group.IsSequence() && depth < maxListDepth && len(p.Jobs) < maxSteps {
				b.steps(id, group, start, depth+1)
			}
		}
	}
}

var travisPhases = []string{"before_install", "install", "before_script", "script", "after_success", "before_deploy", "after_deploy", "after_script"}

func (p *Pipeline) travis(root *yamldoc.Node) {
	starts := []Start{{On: OnPush, Event: "push", Branches: root.Get("branches", "only").Strings()}, {On: OnPullRequest, Event: "pull_request"}, {On: OnTag, Event: "push"}}
	job := func(n *yamldoc.Node, id string) Job {
		cond := n.Get("if")
		j := Job{ID: id, Stage: n.Get("stage").Str(), Span: n.Span, IDSpan: n.Span, Node: n, RunsOn: refs(n.Get("os")), If: cond.Str(), IfSpan: spanOf(cond)}
		for _, phase := range travisPhases {
			j.Steps = append(j.Steps, scriptSteps(n.Get(phase), phase)...)
		}
		deploys := n.Get("deploy").Items()
		if n.Get("deploy").IsMapping() {
			deploys = []*yamldoc.Node{n.Get("deploy")}
		}
		for _, d := range deploys {
			provider := d.Get("provider")
			steps := scriptSteps(d.Get("script"), "deploy")
			j.Steps = append(j.Steps, append(steps, Step{Name: "deploy", Uses: "deploy:" + provider.Str(), UsesSpan: spanOf(provider), With: vars(d), Span: d.Span, Node: d})...)
		}
		for _, s := range starts {
			s.Maybe = j.If != ""
			j.starts = append(j.starts, s)
		}
		return j
	}
	j := job(root, "build")
	for _, name := range root.Get("services").Items() {
		j.Services = append(j.Services, Service{Name: name.Str(), Span: name.Span})
	}
	if len(j.Steps) > 0 {
		p.Jobs = append(p.Jobs, j)
	}
	for _, list := range []string{"jobs", "matrix"} {
		for _, item := range root.Get(list, "include").Items() {
			if len(p.Jobs) < maxTotal {
				p.Jobs = append(p.Jobs, job(item, item.Get("name").Str()))
			}
		}
	}
}

// woodpecker reads steps as a mapping or a list; each document is a workflow.
func (p *Pipeline) woodpecker(root *yamldoc.Node) {
	for _, when := range append(root.Get("when").Items(), root.Get("when")) {
		for _, event := range refs(when.Get("event")) {
			p.Triggers = append(p.Triggers, Trigger{Event: event.Name, Span: event.Span})
		}
	}
	p.containers(root, root.Get("when"))
}

func (p *Pipeline) drone(root *yamldoc.Node) {
	if kind := root.Get("kind").Str(); kind != "" && kind != "pipeline" {
		return
	}
	for _, event := range refs(root.Get("trigger", "event")) {
		p.Triggers = append(p.Triggers, Trigger{Event: event.Name, Span: event.Span})
	}
	p.containers(root, root.Get("trigger"))
}

// containers reads the steps and services that Drone and Woodpecker share. Each
// step runs in a container of its own and so is a job here.
func (p *Pipeline) containers(root, trigger *yamldoc.Node) {
	var services []Service
	for _, item := range root.Get("services").Items() {
		services = append(services, serviceOf(item))
	}
	for _, e := range root.Get("services").Entries() {
		services = append(services, Service{Name: e.Name(), Image: ref(e.Value.Get("image")), Env: vars(e.Value.Get("environment")), Span: e.Span()})
	}
	starts := narrowed([]Start{{On: OnPush, Event: "push"}, {On: OnPullRequest, Event: "pull_request"}, {On: OnTag, Event: "tag"}, {On: OnSchedule, Event: "cron"}, {On: OnManual, Event: "manual"}, {On: OnManual, Event: "promote"}, {On: OnManual, Event: "deployment"}, {On: OnRelease, Event: "release"}}, trigger)
	job := func(j Job, n *yamldoc.Node) {
		if len(p.Jobs) > maxTotal/max(len(services), 1) {
			return // all services are those of each
		}
		j.Image, j.Env, j.Services = ref(n.Get("image")), vars(n.Get("environment")), services
		j.Steps = scriptSteps(n.Get("commands"), "")
		if settings := n.Get("settings"); len(j.Steps) == 0 && j.Image.Name != "" { // a plugin
			j.Steps = append(j.Steps, Step{Uses: j.Image.Name, UsesSpan: j.Image.Span, With: vars(settings), Span: n.Span, Node: n})
		}
		j.Needs = refs(n.Get("depends_on"))
		j.ContinueOnError = strings.EqualFold(n.Get("failure").Str(), "ignore")
		j.starts = narrowed(starts, n.Get("when"))
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

// narrowed are the starts that a when or trigger lets through: a mapping, or a
// list of which one must hold.
func narrowed(starts []Start, when *yamldoc.Node) []Start {
	alternatives := when.Items()
	if when.IsMapping() {
		alternatives = []*yamldoc.Node{when}
	}
	out := []Start{}
	for _, s := range starts {
		for _, w := range alternatives {
			if one, ok := s.when(w); ok {
				out = append(out, one)
				break
			}
		}
		if len(alternatives) == 0 {
			out = append(out, s)
		}
	}
	return out
}

func (s Start) when(w *yamldoc.Node) (Start, bool) {
	if events := w.Get("event"); events.Exists() && !includes(events, s.Event) {
		return s, false
	}
	if branch := w.Get("branch"); branch.Exists() && (s.On == OnPush || s.On == OnPullRequest) {
		list := branch
		if branch.IsMapping() {
			list = branch.Get("include")
		}
		s.Branches = list.Strings()
	}
	if s.On == OnTag && w.Get("branch").Exists() && !w.Get("event").Exists() {
		return s, false
	}
	for _, e := range w.Entries() {
		switch e.Name() {
		case "event", "branch", "status":
		case "target":
			if s.Event != "promote" {
				return s, false
			}
		case "cron":
			if s.On != OnSchedule {
				return s, false
			}
		default:
			s.Maybe = true
		}
	}
	return s, true
}

// includes says whether a list names the event; {include, exclude} too.
func includes(list *yamldoc.Node, event string) bool {
	has := func(n *yamldoc.Node) bool {
		for _, word := range n.Strings() {
			if word == event || word == "*" {
				return true
			}
		}
		return false
	}
	if list.IsMapping() {
		return (!list.Get("include").Exists() || has(list.Get("include"))) && !has(list.Get("exclude"))
	}
	return has(list)
}

// buildkite reads steps; after a block all wait for a person.
func (p *Pipeline) buildkite(root *yamldoc.Node) {
	p.Env = vars(root.Get("env"))
	var gate *Ref
	p.buildkiteSteps(root.Get("steps"), &gate, 0)
}

func (p *Pipeline) buildkiteSteps(list *yamldoc.Node, gate **Ref, depth int) {
	for _, item := range list.Items() {
		if len(p.Jobs) > maxTotal || depth > maxListDepth {
			return
		}
		for _, key := range []string{"block", "input"} {
			if e, ok := item.Entry(key); ok && key == "block" {
				*gate = &Ref{key, e.KeySpan()}
			}
		}
		if group := item.Get("steps"); group.IsSequence() {
			p.buildkiteSteps(group, gate, depth+1)
			continue
		}
		command, label := item.Get("command"), item.Get("label")
		if command == nil {
			command = item.Get("commands")
		}
		trigger := item.Get("trigger")
		if command == nil && trigger == nil && item.Get("plugins") == nil {
			continue
		}
		cond := item.Get("if")
		j := Job{ID: item.Get("key").Str(), Name: label.Str(), Needs: refs(item.Get("depends_on")), If: cond.Str(), IfSpan: spanOf(cond), Env: vars(item.Get("env")), Gate: *gate, Span: item.Span, IDSpan: spanOf(label), Node: item}
		if j.ID == "" {
			j.ID = j.Name
		}
		for _, e := range item.Get("agents").Entries() {
			j.RunsOn = append(j.RunsOn, ref(e.Value))
		}
		j.Uses, j.UsesSpan = trigger.Str(), spanOf(trigger)
		j.Timeout = item.Get("timeout_in_minutes").Str()
		j.ContinueOnError, _ = item.Get("soft_fail").Bool()
		j.Steps = scriptSteps(command, "")
		for _, plugin := range item.Get("plugins").Items() {
			name := plugin
			if e := plugin.Entries(); len(e) > 0 {
				name = e[0].Key
				if image := e[0].Value.Get("image"); image.Exists() && strings.HasPrefix(name.Str(), "docker#") {
					j.Image = ref(image)
				}
			}
			j.Steps = append(j.Steps, Step{Uses: name.Str(), UsesSpan: name.Span, Span: plugin.Span, Node: plugin})
		}
		j.starts = buildkiteStarts(j.If, item.Get("branches").Str())
		p.Jobs = append(p.Jobs, j)
	}
}

// buildkiteStarts are the occasions on which a step runs. What starts a build is
// set in Buildkite: branches and their pull requests are taken to.
func buildkiteStarts(condition, branches string) []Start {
	cond, _ := expr.Parse(condition)
	out := []Start{}
	for _, s := range []Start{{On: OnPush}, {On: OnPullRequest}, {On: OnTag}} {
		if condition != "" {
			var tested []string
			truth := cond.Holds(expr.World{Tested: func(_, text string) { tested = append(tested, text) }, Value: func(path string) expr.Value {
				switch {
				case path == "build.branch":
					return expr.Prefixed("")
				case path == "build.tag" && s.On == OnTag, path == "build.pull_request.id" && s.On == OnPullRequest:
					return expr.Prefixed("")
				case path == "build.tag" || path == "build.pull_request.id":
					return expr.Nothing()
				}
				return expr.Value{}
			}})
			if truth == expr.No {
				continue
			}
			s.Branches, s.Maybe = tested, truth == expr.Maybe && tested == nil
		}
		if branches != "" {
			s.Branches = strings.Fields(branches)
		}
		out = append(out, s)
	}
	return out
}
