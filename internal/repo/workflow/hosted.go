package workflow

import (
	"strings"

	"drydock/internal/repo/yamldoc"
)

// changes are the occasions of systems whose files do not say when they run.
func changes() []Start { return []Start{{On: OnPush}, {On: OnPullRequest}} }

var appveyorPhases = []string{"init", "install", "before_build", "build_script", "after_build", "before_test", "test_script", "after_test", "before_deploy", "deploy_script", "after_deploy", "on_success"}

func (p *Pipeline) appveyor(root *yamldoc.Node) {
	j := Job{ID: "build", Span: root.Span, IDSpan: root.Span, Node: root, RunsOn: refs(root.Get("image")), starts: changes()}
	j.starts[0].Branches = root.Get("branches", "only").Strings()
	j.Env = append(vars(root.Get("environment")), vars(root.Get("environment", "global"))...)
	for _, name := range root.Get("services").Items() {
		j.Services = append(j.Services, Service{Name: name.Str(), Span: name.Span})
	}
	for _, phase := range appveyorPhases {
		list := root.Get(phase)
		items := list.Items()
		if list.IsScalar() || list.IsMapping() {
			items = []*yamldoc.Node{list}
		}
		for _, item := range items {
			if item.IsScalar() && !item.IsNull() {
				j.Steps = append(j.Steps, runStep(item, item, phase))
			}
			for _, e := range item.Entries() {
				s := runStep(e.Value, item, phase)
				s.Shell = map[string]string{"ps": "powershell", "pwsh": "pwsh", "cmd": "cmd", "sh": "sh"}[e.Name()]
				j.Steps = append(j.Steps, s)
			}
		}
	}
	for _, d := range append(root.Get("deploy").Items(), root.Get("deploy")) {
		if provider := d.Get("provider"); provider.Exists() {
			j.Steps = append(j.Steps, Step{Name: "deploy", Uses: "deploy:" + provider.Str(), UsesSpan: provider.Span, With: vars(d), Span: d.Span, Node: d})
		}
	}
	if len(j.Steps) > 0 {
		p.Jobs = append(p.Jobs, j)
	}
}

// tekton reads tasks, pipelines with tasks in them, and their runs.
func (p *Pipeline) tekton(root *yamldoc.Node) {
	if !strings.HasPrefix(root.Get("apiVersion").Str(), "tekton.dev/") {
		return
	}
	name, spec := root.Get("metadata", "name").Str(), root.Get("spec")
	starts := p.tektonTriggers(root.Get("metadata", "annotations"))
	for _, body := range []*yamldoc.Node{spec, spec.Get("taskSpec")} {
		if body.Get("steps").Exists() {
			j := Job{ID: name, Span: root.Span, IDSpan: spanOf(root.Get("metadata", "name")), Node: body, starts: starts}
			p.tektonSteps(&j, body)
			p.Jobs = append(p.Jobs, j)
		}
	}
	for _, body := range []*yamldoc.Node{spec, spec.Get("pipelineSpec")} {
		for _, task := range append(body.Get("tasks").Items(), body.Get("finally").Items()...) {
			uses := task.Get("taskRef", "name")
			j := Job{ID: task.Get("name").Str(), Needs: refs(task.Get("runAfter")), Uses: uses.Str(), UsesSpan: spanOf(uses), Span: task.Span, IDSpan: spanOf(task.Get("name")), Node: task, starts: starts}
			p.tektonSteps(&j, task.Get("taskSpec"))
			p.Jobs = append(p.Jobs, j)
		}
	}
}

// tektonTriggers reads the annotations by which a forge starts runs.
func (p *Pipeline) tektonTriggers(notes *yamldoc.Node) []Start {
	words := func(key string) (out []string) {
		return strings.FieldsFunc(notes.Get("pipelinesascode.tekton.dev/"+key).Str(), func(r rune) bool { return strings.ContainsRune("[], ", r) })
	}
	var out []Start
	for _, event := range words("on-event") {
		event = strings.Trim(event, `"'`)
		p.Triggers = append(p.Triggers, Trigger{Event: event, Span: spanOf(notes.Get("pipelinesascode.tekton.dev/on-event"))})
		out = append(out, Start{On: occasionOf(event), Event: event, Branches: words("on-target-branch")})
	}
	if out == nil {
		out = []Start{{On: OnOther, Maybe: true}}
	}
	return out
}

func (p *Pipeline) tektonSteps(j *Job, body *yamldoc.Node) {
	for _, item := range body.Get("steps").Items() {
		if script := item.Get("script"); script.Exists() {
			s := runStep(script, item, item.Get("name").Str())
			if line, ok := strings.CutPrefix(script.Str(), "#!"); ok {
				line, _, _ = strings.Cut(line, "\n")
				s.Shell = strings.TrimPrefix(strings.TrimSpace(line), "/usr/bin/env ")
			}
			j.Steps = append(j.Steps, s)
			continue
		}
		p.argv(j, item, append(item.Get("command").Items(), item.Get("args").Items()...), item.Get("name").Str())
	}
}

// argv adds a step that runs words rather than a line. What a shell is given
// with -c is the script.
func (p *Pipeline) argv(j *Job, item *yamldoc.Node, words []*yamldoc.Node, name string) {
	if len(words) == 0 {
		return
	}
	for i := 1; i+1 < len(words); i++ {
		if isShellName(words[0].Str()) && strings.HasPrefix(words[i].Str(), "-") && strings.HasSuffix(words[i].Str(), "c") {
			j.Steps = append(j.Steps, runStep(words[i+1], item, name))
			return
		}
	}
	var line []string
	length := 0
	for _, w := range words {
		if length += len(w.Str()); p.made+length > maxFilledTotal {
			return
		}
		line = append(line, quoted(w.Str()))
	}
	p.made += length
	j.Steps = append(j.Steps, Step{Name: name, Run: strings.Join(line, " "), RunSpan: words[0].Span, Span: item.Span, Node: item})
}

func isShellName(word string) bool {
	switch word[strings.LastIndexByte(word, '/')+1:] {
	case "sh", "bash", "dash", "ash", "zsh":
		return true
	}
	return false
}

// quoted is a word as a shell would have to be given it.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\r\n'\"\\;&|<>()`#") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func (p *Pipeline) cloudbuild(root *yamldoc.Node) {
	j := Job{ID: "build", Span: root.Span, IDSpan: root.Span, Node: root, Timeout: root.Get("timeout").Str(), starts: []Start{{On: OnPush, Maybe: true}, {On: OnPullRequest, Maybe: true}}}
	for _, item := range root.Get("steps").Items() {
		n := len(j.Steps)
		image := item.Get("name")
		if script := item.Get("script"); script.Exists() {
			j.Steps = append(j.Steps, runStep(script, item, item.Get("id").Str()))
		} else {
			var words []*yamldoc.Node
			if entry := item.Get("entrypoint"); entry.Exists() {
				words = append(words, entry)
			}
			p.argv(&j, item, append(words, item.Get("args").Items()...), item.Get("id").Str())
		}
		if len(j.Steps) == n {
			j.Steps = append(j.Steps, Step{Span: item.Span, Node: item})
		}
		s := &j.Steps[n]
		if s.run == nil && !item.Get("entrypoint").Exists() && s.Run != "" { // gcr.io/cloud-builders/docker runs docker
			s.Run = baseName(image.Str()) + " " + s.Run
		}
		s.Uses, s.UsesSpan, s.Dir = image.Str(), spanOf(image), workDir(item.Get("dir").Str())
	}
	if len(j.Steps) > 0 {
		p.Jobs = append(p.Jobs, j)
	}
}

func (p *Pipeline) codebuild(root *yamldoc.Node) {
	p.Env = vars(root.Get("env", "variables"))
	j := Job{ID: "build", Span: root.Span, IDSpan: root.Span, Node: root, starts: []Start{{On: OnPush, Maybe: true}}}
	for _, phase := range root.Get("phases").Entries() {
		j.Steps = append(j.Steps, scriptSteps(phase.Value.Get("commands"), phase.Name())...)
		j.Steps = append(j.Steps, scriptSteps(phase.Value.Get("finally"), phase.Name())...)
	}
	if len(j.Steps) > 0 {
		p.Jobs = append(p.Jobs, j)
	}
}
