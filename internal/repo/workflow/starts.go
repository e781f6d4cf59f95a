package workflow

import (
	"slices"
	"strings"

	"drydock/internal/repo/expr"
)

// Occasion is what happens when a job starts, whatever the system calls it.
type Occasion string

// The occasions.
const (
	OnPush        Occasion = "push" // commits on a branch
	OnTag         Occasion = "tag"
	OnPullRequest Occasion = "pull request"
	OnSchedule    Occasion = "schedule"
	OnManual      Occasion = "manual" // somebody starts the pipeline
	OnRelease     Occasion = "release"
	OnCall        Occasion = "call"  // another workflow of GitHub calls it
	OnOther       Occasion = "other" // an API, another pipeline, an event of the forge
)

// Start is one way in which a job comes to run.
type Start struct {
	On       Occasion
	Event    string   // what the system calls it; "" where it has no word
	Branches []string // patterns, as far as the file tells: of a push its branch, of a pull request the one it goes to
	Maybe    bool     // whether it runs hangs on something that the file does not tell
	Gate     bool     // and then it waits for a person
}

// Starts lists the ways in which the job comes to run, in the order in which the
// file names them. It is empty for a job that nothing starts, and for jobs of
// actions and templates.
func (p *Pipeline) Starts(j *Job) []Start {
	if j == nil || j.Template || j.Idle || p.Kind == Action {
		return nil
	}
	budget := maxNeeds
	out := p.starts(j, &budget)
	for i := range out {
		out[i].Gate = out[i].Gate || j.gated
	}
	return out
}

// starts is Starts without gates, which GitLab's rules set one by one.
func (p *Pipeline) starts(j *Job, budget *int) []Start {
	switch {
	case p.Kind == GitLab:
		return p.gitlabStarts(j)
	case j.starts != nil:
		return slices.Clone(j.starts)
	}
	var out []Start
	cond, _ := expr.Parse(trimExpression(j.If))
	for _, t := range slices.Concat(p.Triggers, p.implied) {
		for _, s := range t.starts() {
			if p.Kind == GitHub || p.Kind == Azure {
				if s = s.under(cond, j.If, p.Kind); s.On == "" {
					continue
				}
			} else if j.If != "" {
				s.Maybe = true
			}
			out = append(out, s)
		}
	}
	if (p.Kind == GitHub || p.Kind == Azure) && !ignoresNeeds(j.If) {
		out = p.afterNeeds(j, out, budget)
	}
	return out
}

const maxNeeds = 100 // jobs before one, as far as their conditions are looked at

// ignoresNeeds says whether a job runs though one that it needs did not.
func ignoresNeeds(condition string) bool {
	return strings.Contains(condition, "always()") || strings.Contains(condition, "cancelled()") || strings.Contains(condition, "failure()") || strings.Contains(condition, "failed()")
}

// afterNeeds drops the starts on which a job that this one needs does not run.
func (p *Pipeline) afterNeeds(j *Job, starts []Start, budget *int) []Start {
	for _, need := range j.Needs {
		before := p.Job(need.Name)
		if before == nil || before == j || before.If == "" && len(before.Needs) == 0 || *budget == 0 {
			continue
		}
		*budget--
		theirs := p.starts(before, budget)
		kept := starts[:0]
		for _, s := range starts {
			i := slices.IndexFunc(theirs, func(t Start) bool { return t.On == s.On && t.Event == s.Event })
			if i < 0 {
				continue
			}
			s.Maybe = s.Maybe || theirs[i].Maybe
			if theirs[i].Branches != nil && before.If != "" {
				s.Branches = theirs[i].Branches
			}
			kept = append(kept, s)
		}
		starts = kept
	}
	return starts
}

// finish notes what is asked of a pipeline that is read: its jobs by id, and
// which of them wait for one that waits for a person.
func (p *Pipeline) finish() {
	p.byID = make(map[string]int, len(p.Jobs))
	waiting := map[string][]int{}
	var queue []int
	for i := range p.Jobs {
		j := &p.Jobs[i]
		if _, known := p.byID[j.ID]; !known {
			p.byID[j.ID] = i
		}
		for _, need := range j.Needs {
			waiting[need.Name] = append(waiting[need.Name], i)
		}
		if j.gated = j.Gate != nil; j.gated {
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		id := p.Jobs[queue[0]].ID
		queue = queue[1:]
		for _, i := range waiting[id] {
			if !p.Jobs[i].gated {
				p.Jobs[i].gated = true
				queue = append(queue, i)
			}
		}
	}
}

// starts are the occasions that an event stands for.
func (t Trigger) starts() []Start {
	on := occasionOf(t.Event)
	names := func(list []Ref) []string {
		var out []string
		for _, r := range list {
			out = append(out, r.Name)
		}
		return out
	}
	branches := names(t.Filter("branches"))
	ignored := t.Filter("branches-ignore")
	s := Start{On: on, Event: t.Event, Branches: branches}
	if on != OnPush {
		return []Start{s}
	}
	tags := t.Filter("tags") != nil || t.Filter("tags-ignore") != nil
	tag := Start{On: OnTag, Event: t.Event}
	switch byBranch := branches != nil || ignored != nil; {
	case tags && !byBranch:
		return []Start{tag}
	case byBranch && !tags:
		return []Start{s}
	}
	return []Start{s, tag}
}

func occasionOf(event string) Occasion {
	switch strings.ToLower(event) {
	case "push", "branch", "branches", "pushes":
		return OnPush
	case "tag", "tags":
		return OnTag
	case "pull_request", "pull_request_target", "merge_request", "merge_requests", "merge_group", "pull-requests", "pull_request_closed", "external_pull_requests":
		return OnPullRequest
	case "schedule", "schedules", "cron":
		return OnSchedule
	case "workflow_dispatch", "manual", "custom", "web", "promote", "rollback", "deployment":
		return OnManual
	case "release":
		return OnRelease
	case "workflow_call":
		return OnCall
	}
	return OnOther
}

func trimExpression(text string) string {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "${{"); ok && strings.Index(inner, "}}") == len(inner)-2 && len(inner) >= 2 {
		return inner[:len(inner)-2]
	}
	return text
}

// under is the start as the condition narrows it; its On is "" when the condition
// rules it out.
func (s Start) under(cond *expr.Node, text string, kind Kind) Start {
	if strings.TrimSpace(text) == "" {
		return s
	}
	if cond == nil { // not understood
		s.Maybe = true
		return s
	}
	value := s.githubValue
	if kind == Azure {
		value = s.azureValue
	}
	truth, branches := holds(cond, value)
	switch truth {
	case expr.No:
		return Start{}
	case expr.Maybe:
		s.Maybe = true
	}
	if branches != nil && (s.On == OnPush || s.On == OnPullRequest) {
		s.Branches = branches
	}
	return s
}

// holds says whether a condition holds, on which branches if only on some: then
// that is no doubt.
func holds(cond *expr.Node, value func(path string) expr.Value) (truth expr.Truth, branches []string) {
	type test struct{ path, text string }
	var tests []test
	truth = cond.Holds(expr.World{Value: value, Tested: func(path, text string) { tests = append(tests, test{path, text}) }})
	if truth != expr.Maybe {
		return truth, nil
	}
	certain := true
	for _, t := range tests[:min(len(tests), maxListDepth)] {
		name, ok := branchOf(t.path, t.text)
		if !ok {
			continue
		}
		other := strings.ToLower(strings.TrimPrefix(t.text, "$"))
		switch cond.Holds(expr.World{Value: func(path string) expr.Value {
			if path == t.path || path == other && strings.HasPrefix(t.text, "$") {
				return expr.Text(t.text)
			}
			return value(path)
		}}) {
		case expr.Yes:
			branches = append(branches, name)
		case expr.Maybe:
			branches = append(branches, name)
			certain = false
		}
	}
	if branches != nil && certain {
		return expr.Yes, branches
	}
	return expr.Maybe, branches
}

// branchOf is the branch that a value would have to be for a condition to hold.
func branchOf(path, text string) (name string, ok bool) {
	switch path {
	case "github.ref", "variables.build.sourcebranch":
		return strings.CutPrefix(text, "refs/heads/")
	case "github.ref_name", "github.base_ref", "variables.build.sourcebranchname", "ci_commit_branch", "ci_commit_ref_name", "ci_merge_request_target_branch_name":
		return text, true
	}
	return "", false
}

// githubValue is what the contexts hold when a job starts so.
func (s Start) githubValue(path string) expr.Value {
	pull := s.On == OnPullRequest && s.Event != "merge_group"
	switch path {
	case "github.event_name":
		if s.On == OnCall {
			return expr.Value{} // that of the caller
		}
		return expr.Text(s.Event)
	case "github.ref":
		switch {
		case s.On == OnTag:
			return expr.Prefixed("refs/tags/")
		case s.On == OnPush || s.Event == "pull_request_target" || s.On == OnSchedule:
			return expr.Prefixed("refs/heads/")
		case pull:
			return expr.Prefixed("refs/pull/")
		}
		return expr.Prefixed("refs/")
	case "github.ref_type":
		switch s.On {
		case OnTag, OnRelease:
			return expr.Text("tag")
		case OnPush, OnSchedule:
			return expr.Text("branch")
		}
	case "github.ref_name":
		return expr.Prefixed("")
	case "github.head_ref", "github.base_ref":
		switch {
		case pull:
			return expr.Prefixed("")
		case s.On == OnPush || s.On == OnTag || s.On == OnSchedule || s.On == OnManual:
			return expr.Text("")
		}
	}
	if strings.HasPrefix(path, "github.event.") {
		about, _, _ := strings.Cut(strings.TrimPrefix(path, "github.event."), ".")
		known := s.On == OnPush || s.On == OnTag || s.On == OnSchedule || s.On == OnManual || pull
		if known && (about == "pull_request" && !pull || about == "release" || about == "issue" || about == "comment" || about == "inputs" && s.On != OnManual) {
			return expr.Nothing()
		}
		if path == "github.event.pull_request" && pull {
			return expr.Prefixed("")
		}
	}
	return expr.Value{}
}

// azureValue is what Azure's variables hold when a job starts so.
func (s Start) azureValue(path string) expr.Value {
	switch path {
	case "variables.build.reason":
		switch s.On {
		case OnPullRequest:
			return expr.Text("PullRequest")
		case OnSchedule:
			return expr.Text("Schedule")
		case OnManual:
			return expr.Text("Manual")
		case OnPush, OnTag:
			return expr.Text("IndividualCI") // or BatchedCI, which conditions hardly tell apart
		}
	case "variables.build.sourcebranch":
		switch s.On {
		case OnPush:
			return expr.Prefixed("refs/heads/")
		case OnTag:
			return expr.Prefixed("refs/tags/")
		case OnPullRequest:
			return expr.Prefixed("refs/pull/")
		}
	case "variables.build.sourcebranchname":
		return expr.Prefixed("")
	}
	return expr.Value{}
}
