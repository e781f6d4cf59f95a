package workflow

import (
	"drydock/internal/finding"
	"drydock/internal/repo/expr"
)

// jenkinsWhen reads the conditions of a when block and the variables of an
// environment.
func (r *jenkinsReader) jenkinsWhen(word, block string, at finding.Span) {
	if block == "environment" {
		r.variable(at)
		return
	}
	call := func(name string) *expr.Node { return &expr.Node{Op: expr.Name, Text: name} }
	switch word {
	case "branch":
		if a, ok := given(r.args, "", "pattern"); ok {
			r.condition(&expr.Node{Op: expr.Equal, Args: []*expr.Node{call("branch"), {Op: expr.String, Text: a.text}}})
		}
	case "tag", "buildingTag":
		r.condition(call("tag"))
	case "changeRequest":
		r.condition(call("pr"))
	case "triggeredBy":
		if a, ok := given(r.args, "", "cause"); ok && a.text == "TimerTrigger" {
			r.condition(call("cron"))
		} else {
			r.condition(call("unknown"))
		}
	case "environment", "changeset", "changelog", "equals", "isRestartedRun":
		r.condition(call("unknown"))
	}
}

// jenkinsStarts are the occasions on which a stage runs. What starts a build is
// set in Jenkins: branches and their pull requests are taken to.
func (p *Pipeline) jenkinsStarts(cond *expr.Node) []Start {
	all := []Start{{On: OnPush}, {On: OnPullRequest}, {On: OnTag, Maybe: true}}
	if len(p.Crons) > 0 {
		all = append(all, Start{On: OnSchedule, Event: "cron"})
	}
	out := []Start{}
	for _, s := range all {
		if cond == nil {
			out = append(out, s)
			continue
		}
		var branches []string
		unsure := false
		truth := cond.Holds(expr.World{Tested: func(_, text string) { branches = append(branches, text) }, Value: func(path string) expr.Value {
			yes := map[bool]expr.Value{true: expr.Text("true"), false: expr.Nothing()}
			switch path {
			case "branch":
				if s.On == OnPush || s.On == OnSchedule {
					return expr.Prefixed("")
				}
				return expr.Nothing()
			case "tag":
				return yes[s.On == OnTag]
			case "pr":
				return yes[s.On == OnPullRequest]
			case "cron":
				return yes[s.On == OnSchedule]
			}
			unsure = true
			return expr.Value{}
		}})
		if truth == expr.No {
			continue
		}
		s.Branches = branches
		s.Maybe = s.Maybe || truth == expr.Maybe && (unsure || branches == nil)
		out = append(out, s)
	}
	return out
}
