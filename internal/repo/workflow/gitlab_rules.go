package workflow

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/expr"
	"drydock/internal/repo/yamldoc"
)

// Rule is one of GitLab's rules: under a condition a job runs, or does not.
type Rule struct {
	If      string // "" holds always
	When    string // on_success, manual, never, delayed, always; "" as the job says
	Partial bool   // only when certain files changed or exist
	Span    finding.Span

	cond *expr.Node
}

// ruling is what decides whether GitLab runs a job.
type ruling struct {
	rules        []Rule
	hasRules     bool
	only, except []string
	hasOnly      bool
	partial      bool // only on certain changes or variables
	manual       bool // when: manual on the job itself
}

// conditions reads rules, only, except and when.
func (c *gitlabConfig) conditions(j *Job, get func(string) gitlabValue) {
	r := &j.rules
	if v := get("rules"); v.node != nil {
		r.hasRules = true
		r.rules = c.rules(v.node, 0)
		j.Rules = r.rules
		for i := range j.Rules {
			v.move(&j.Rules[i].Span)
		}
	}
	for key, list := range map[string]*[]string{"only": &r.only, "except": &r.except} {
		v := get(key)
		if v.node == nil {
			continue
		}
		words := v.node
		if words.IsMapping() {
			if key == "only" && (words.Get("changes").Exists() || words.Get("variables").Exists() || words.Get("kubernetes").Exists()) {
				r.partial = true
			}
			words = words.Get("refs")
		}
		*list = words.Strings()
		r.hasOnly = r.hasOnly || key == "only" && words != nil
		if len(*list) > 0 {
			f := gitlabValue{words, v.path, v.at}
			j.Filters = append(j.Filters, Filter{key, f.refs()})
		}
	}
	if when := get("when"); when.Str() == "manual" {
		r.manual = true
		if !slices.ContainsFunc(r.rules, func(rule Rule) bool { return rule.When != "" && rule.When != "manual" && rule.When != "never" }) {
			gate := when.ref()
			j.Gate = &gate
		}
	}
}

// rules reads a list of rules, those that it refers to among them.
func (c *gitlabConfig) rules(n *yamldoc.Node, depth int) []Rule {
	var out []Rule
	for _, item := range n.Items() {
		if len(out) > maxListItems || depth > maxListDepth {
			break
		}
		switch {
		case isReference(item):
			out = append(out, c.rules(c.reference(gitlabValue{node: item}).node, depth+1)...)
		case item.IsSequence():
			out = append(out, c.rules(item, depth+1)...)
		case item.IsMapping():
			r := Rule{If: item.Get("if").Str(), When: item.Get("when").Str(), Span: item.Span}
			r.Partial = item.Get("changes").Exists() || item.Get("exists").Exists()
			r.cond, _ = expr.Parse(r.If)
			out = append(out, r)
		}
	}
	return out
}

const maxListItems = 1_000 // rules of one job

// gitlabOccasions are the ways in which GitLab starts pipelines.
var gitlabOccasions = []Start{
	{On: OnPush, Event: "push"}, {On: OnTag, Event: "push"}, {On: OnPullRequest, Event: "merge_request_event"},
	{On: OnSchedule, Event: "schedule"}, {On: OnManual, Event: "web"}, {On: OnOther, Event: "api"},
}

func (p *Pipeline) gitlabStarts(j *Job) []Start {
	var out []Start
	for _, s := range gitlabOccasions {
		if len(p.rules) > 0 {
			if s = s.underRules(p.rules, false); s.On == "" {
				continue
			}
			s.Gate = false // pipelines do not wait
		}
		r := &j.rules
		switch {
		case r.hasRules:
			s = s.underRules(r.rules, r.manual)
		case r.hasOnly || len(r.except) > 0:
			s = s.underRefs(r)
		case s.On == OnPullRequest:
			continue // jobs that say nothing run for branches and tags
		}
		if s.On == "" {
			continue
		}
		s.Maybe = s.Maybe || r.partial
		s.Gate = s.Gate || r.manual && !r.hasRules
		out = append(out, s)
	}
	return out
}

// underRules is the start as the first rule that holds decides it. Its On is ""
// when none lets it run. A rule that does not say when goes by the job, which may
// be manual.
func (s Start) underRules(rules []Rule, manual bool) Start {
	possible := false
	var branches []string
	for _, r := range rules {
		truth, tested := expr.Yes, []string(nil)
		if r.If != "" {
			truth, tested = holds(r.cond, s.gitlabValue)
		}
		if truth == expr.No {
			continue
		}
		never := r.When == "never"
		gate := r.When == "manual" || r.When == "" && manual
		if truth == expr.Yes && !r.Partial && tested == nil {
			switch {
			case never && !possible:
				return Start{}
			case never:
				s.Branches = branches
				s.Maybe = branches == nil
				return s
			}
			if possible { // on some branches by an earlier rule, on all by this one
				s.Gate = s.Gate && gate
				return s
			}
			s.Gate = gate
			return s
		}
		if never {
			continue // on all branches but some
		}
		if !possible {
			s.Gate = gate
		}
		s.Gate = s.Gate && gate
		possible = true
		branches = append(branches, tested...)
		s.Maybe = s.Maybe || r.Partial || truth == expr.Maybe
	}
	if !possible {
		return Start{}
	}
	s.Branches = append(s.Branches, branches...)
	return s
}

// gitlabValue is what GitLab's variables hold when a pipeline starts so.
func (s Start) gitlabValue(path string) expr.Value {
	onBranch := s.On == OnPush || s.On == OnSchedule || s.On == OnManual
	switch path {
	case "ci_pipeline_source":
		if s.On == OnOther {
			return expr.Value{}
		}
		return expr.Text(s.Event)
	case "ci_commit_branch":
		switch {
		case s.On == OnTag || s.On == OnPullRequest:
			return expr.Nothing()
		case onBranch:
			return expr.Prefixed("")
		}
	case "ci_commit_tag":
		switch {
		case s.On == OnTag:
			return expr.Prefixed("")
		case s.On == OnPush || s.On == OnPullRequest || s.On == OnSchedule:
			return expr.Nothing()
		}
	case "ci_commit_ref_name", "ci_default_branch", "ci_commit_sha":
		return expr.Prefixed("")
	}
	if strings.HasPrefix(path, "ci_merge_request_") || path == "ci_open_merge_requests" {
		switch {
		case s.On == OnPullRequest && (path == "ci_merge_request_iid" || path == "ci_merge_request_id" || path == "ci_merge_request_target_branch_name" || path == "ci_merge_request_source_branch_name"):
			return expr.Prefixed("")
		case s.On != OnPullRequest && s.On != OnOther && path != "ci_open_merge_requests":
			return expr.Nothing()
		}
	}
	return expr.Value{}
}

// underRefs is the start as only and except narrow it.
func (s Start) underRefs(r *ruling) Start {
	if r.hasOnly {
		found, branches, certain := s.matches(r.only)
		if !found {
			return Start{}
		}
		s.Branches, s.Maybe = branches, s.Maybe || !certain
	} else if s.On == OnPullRequest {
		return Start{}
	}
	for _, word := range r.except {
		if one, branches, certain := s.matches([]string{word}); one && certain && branches == nil {
			return Start{}
		}
	}
	return s
}

// matches says whether one of the words names how a pipeline starts: a keyword,
// or a branch or tag, which are then listed.
func (s Start) matches(words []string) (found bool, branches []string, certain bool) {
	keywords := map[string][]Occasion{
		"branches": {OnPush, OnSchedule, OnManual, OnOther}, "tags": {OnTag}, "merge_requests": {OnPullRequest}, "schedules": {OnSchedule}, "pushes": {OnPush, OnTag},
		"web": {OnManual}, "api": {OnOther}, "triggers": {OnOther}, "pipelines": {OnOther}, "chat": {OnOther}, "external": {OnOther}, "external_pull_requests": {OnPullRequest},
	}
	all := false
	for _, word := range words {
		name, _, _ := strings.Cut(word, "@")
		if on, ok := keywords[name]; ok {
			for _, o := range on {
				if o == s.On {
					found, all, certain = true, true, true
				}
			}
			continue
		}
		pattern := strings.HasPrefix(name, "/")
		switch {
		case s.On == OnPush || s.On == OnSchedule || s.On == OnManual:
			found, certain = true, true
			branches = append(branches, name)
		case s.On == OnTag && (pattern || strings.ContainsAny(name, "0123456789")):
			found = true
		}
	}
	if all {
		branches = nil
	}
	return found, branches, certain
}
