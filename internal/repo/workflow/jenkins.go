package workflow

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/expr"
)

// jenkins finds the stages of a Jenkinsfile, declarative or scripted, what they
// run and when. It does not understand Groovy: what is computed is not seen.
func (p *Pipeline) jenkins(src []byte) {
	r := jenkinsReader{p: p, g: groovy{src: src}, blocks: []jenkinsBlock{{job: -1}}, last: -1, begun: -1}
	for r.g.next() {
		r.token()
	}
	for i := range p.Jobs {
		j := &p.Jobs[i]
		if j.Image.Name == "" {
			j.Image = r.image
		}
		if len(j.RunsOn) == 0 {
			j.RunsOn = r.labels
		}
		j.starts = p.jenkinsStarts(r.conds[i])
	}
}

// jenkinsReader walks the source once, with the blocks that are open.
type jenkinsReader struct {
	p      *Pipeline
	g      groovy
	blocks []jenkinsBlock
	calls  []string           // words before the brackets that are open
	before string             // the word whose block may begin
	args   []argument         // what that word is given
	conds  map[int]*expr.Node // by job: its when
	image  Ref                // of the agent of all stages
	labels []Ref
	gate   *Ref // what later stages wait for
	last   int  // the stage begun last, for those without a block; -1 for none
	begun  int  // the stage whose block follows; -1 for none
}

type jenkinsBlock struct {
	name  string
	job   int // index of the stage around it, -1 outside
	dir   string
	conds []*expr.Node // of when, not, anyOf, allOf
}

const maxBlocks = 500 // blocks within one another that are told apart

func (r *jenkinsReader) top() *jenkinsBlock { return &r.blocks[len(r.blocks)-1] }

func (r *jenkinsReader) token() {
	switch {
	case r.g.kind == groovyWord:
		r.word()
	case r.g.kind != groovyMark:
	case r.g.text == "(":
		if len(r.calls) < maxBlocks {
			r.calls = append(r.calls, r.before)
		}
	case r.g.text == ")":
		if n := len(r.calls); n > 0 {
			r.before = r.calls[n-1]
			r.calls = r.calls[:n-1]
		}
	case r.g.text == ";":
		r.before, r.args = "", nil
	case r.g.text == "{":
		r.open()
	case r.g.text == "}":
		r.shut()
	}
}

func (r *jenkinsReader) open() {
	outer := *r.top()
	b := jenkinsBlock{name: r.before, job: outer.job, dir: outer.dir}
	switch r.before {
	case "stage":
		if r.begun >= 0 {
			b.job, r.begun = r.begun, -1
		}
	case "dir":
		if a, ok := given(r.args, "", "path"); ok && !strings.Contains(a.text, "$") {
			b.dir = path.Join(outer.dir, a.text)
		}
	case "input":
		r.wait(r.g.span)
	case "expression":
		r.condition(&expr.Node{Op: expr.Name, Text: "unknown"})
	}
	if len(r.blocks) < maxBlocks {
		r.blocks = append(r.blocks, b)
	}
	r.before, r.args = "", nil
}

func (r *jenkinsReader) shut() {
	r.before, r.args = "", nil
	if len(r.blocks) == 1 {
		return
	}
	b := *r.top()
	r.blocks = r.blocks[:len(r.blocks)-1]
	if b.job >= 0 && b.name == "stage" {
		r.p.Jobs[b.job].Span.End = r.g.span.End
		r.last = r.top().job
	}
	op := map[string]expr.Op{"when": expr.And, "allOf": expr.And, "anyOf": expr.Or, "not": expr.Not}[b.name]
	if op == 0 || len(b.conds) == 0 {
		return
	}
	n := b.conds[0]
	for _, c := range b.conds[1:] {
		join := op
		if op == expr.Not {
			join = expr.And
		}
		n = &expr.Node{Op: join, Args: []*expr.Node{n, c}}
	}
	if op == expr.Not {
		n = &expr.Node{Op: expr.Not, Args: []*expr.Node{n}}
	}
	if b.name != "when" {
		r.condition(n)
	} else if b.job >= 0 {
		r.limit(b.job, n)
	}
}

// limit adds a condition to a stage.
func (r *jenkinsReader) limit(job int, n *expr.Node) {
	if r.conds == nil {
		r.conds = map[int]*expr.Node{}
	}
	if have := r.conds[job]; have != nil {
		n = &expr.Node{Op: expr.And, Args: []*expr.Node{have, n}}
	}
	r.conds[job] = n
}

const maxConditions = 50 // in one when block

func (r *jenkinsReader) condition(n *expr.Node) {
	switch b := r.top(); b.name {
	case "when", "not", "anyOf", "allOf":
		if len(b.conds) < maxConditions {
			b.conds = append(b.conds, n)
		}
	}
}

// wait notes that the stage, and what comes after it, waits for a person.
func (r *jenkinsReader) wait(at finding.Span) {
	gate := Ref{"input", at}
	r.gate = &gate
	if b := r.top(); b.job >= 0 {
		r.p.Jobs[b.job].Gate = &gate
	} else if n := len(r.p.Jobs); n > 0 && r.last >= 0 {
		r.p.Jobs[n-1].Gate = &gate
	}
}

func (r *jenkinsReader) job() *Job {
	i := r.top().job
	if i < 0 {
		i = r.last
	}
	if i < 0 || i >= len(r.p.Jobs) {
		return nil
	}
	return &r.p.Jobs[i]
}

func (r *jenkinsReader) word() {
	word, at := r.g.text, r.g.span
	member := r.g.last.text == "." && word != "image" && word != "inside"
	r.before, r.args = word, nil
	switch word {
	case "stage", "sh", "bat", "powershell", "pwsh", "dir", "cron", "pollSCM", "node", "label", "image", "docker", "input", "branch", "tag", "library", "Library", "build", "triggeredBy", "environment":
		if member {
			return
		}
		r.args = r.g.arguments()
	}
	first, ok := given(r.args, "", "script", "name", "message", "job", "pattern", "value")
	name := r.top().name
	switch word {
	case "stage":
		if first, ok = given(r.args, "", "name"); ok {
			r.stage(first, at)
		}
	case "cron", "pollSCM":
		if ok && name == "triggers" || ok && word == "cron" {
			r.trigger(word, first)
		}
	case "sh", "bat", "powershell", "pwsh":
		if first, ok = given(r.args, "script", ""); ok {
			r.step(word, first, at)
		} else if j := r.job(); j != nil && len(r.args) == 0 && r.called() {
			j.Steps = append(j.Steps, Step{Computed: true, Shell: word, RunSpan: at, Span: at, Dir: r.top().dir})
		}
	case "node", "label":
		if first, ok = given(r.args, "", "label"); ok && first.text != "" {
			r.runsOn(Ref{first.text, first.span})
		}
	case "image", "docker":
		if first, ok = given(r.args, "", "image"); ok && (word == "image" || name == "agent") {
			r.container(Ref{first.text, first.span})
		}
	case "input":
		if ok && r.g.last.text != "=" {
			r.wait(at)
		}
	case "build":
		if j := r.job(); ok && j != nil && r.args[0].name != "" {
			j.Steps = append(j.Steps, Step{Uses: "job:" + first.text, UsesSpan: first.span, Span: first.span})
		}
	case "library", "Library":
		if ok {
			r.p.Includes = append(r.p.Includes, first.text)
			r.p.Included = append(r.p.Included, Include{Kind: "library", Name: first.text, Span: first.span})
		}
	default:
		r.jenkinsWhen(word, name, at)
		return
	}
	r.jenkinsWhen(word, name, at)
}

// variable reads NAME = 'value' of an environment block.
func (r *jenkinsReader) variable(at finding.Span) {
	ahead := r.g
	name := ahead.text
	if !ahead.next() || ahead.text != "=" || ahead.kind != groovyMark || !ahead.next() || ahead.kind != groovyString {
		return
	}
	v := Var{Name: name, Value: ahead.text, NameSpan: at, ValueSpan: ahead.span, Span: finding.Span{Start: at.Start, End: ahead.span.End}}
	if i := r.top().job; i >= 0 {
		r.p.Jobs[i].Env = append(r.p.Jobs[i].Env, v)
	} else {
		r.p.Env = append(r.p.Env, v)
	}
}

// called says whether the word is followed by an argument that is no literal.
func (r *jenkinsReader) called() bool {
	ahead := r.g
	if !ahead.next() {
		return false
	}
	if ahead.kind == groovyMark && ahead.text == "(" {
		ahead.next()
	}
	return ahead.kind == groovyWord
}

func (r *jenkinsReader) stage(name argument, at finding.Span) {
	r.p.Jobs = append(r.p.Jobs, Job{ID: name.text, IDSpan: name.span, Span: finding.Span{Start: at.Start, End: name.span.End}, Gate: r.gate})
	r.last = len(r.p.Jobs) - 1
	r.begun = r.last
	if outer := r.top().job; outer >= 0 && r.conds[outer] != nil {
		r.limit(r.last, r.conds[outer])
	}
}

func (r *jenkinsReader) trigger(word string, a argument) {
	event := "schedule"
	if word == "pollSCM" {
		event = "push"
	} else {
		r.p.Crons = append(r.p.Crons, Cron{a.text, a.span})
	}
	r.p.Triggers = append(r.p.Triggers, Trigger{Event: event, Span: a.span})
}

func (r *jenkinsReader) runsOn(label Ref) {
	if j := r.job(); j != nil && r.top().job >= 0 {
		j.RunsOn = append(j.RunsOn, label)
	} else if len(r.labels) == 0 {
		r.labels = append(r.labels, label)
	}
}

func (r *jenkinsReader) container(image Ref) {
	if i := r.top().job; i >= 0 {
		r.p.Jobs[i].Image = image
	} else if r.image.Name == "" {
		r.image = image
	}
}

// step notes a command.
func (r *jenkinsReader) step(shell string, a argument, at finding.Span) {
	j := r.job()
	if j == nil {
		r.p.Jobs = append(r.p.Jobs, Job{IDSpan: a.span, Span: a.span})
		r.last = len(r.p.Jobs) - 1
		j = &r.p.Jobs[r.last]
	}
	s := Step{Run: a.text, Shell: shell, Dir: r.top().dir, RunSpan: a.span, Span: finding.Span{Start: at.Start, End: max(at.End, a.span.End)}}
	if s.plain = a.plain; a.plain {
		s.skip = 1
		if a.span.Len() >= len(a.text)+6 {
			s.skip = 3
		}
	}
	for _, b := range r.blocks {
		switch b.name {
		case "catchError", "warnError":
			s.ContinueOnError = true
		case "post":
			s.Name = "post"
		}
	}
	for _, x := range r.args {
		s.ContinueOnError = s.ContinueOnError || x.name == "returnStatus" && x.text == "true"
	}
	j.Steps = append(j.Steps, s)
	j.Span.End = max(j.Span.End, s.Span.End)
}
