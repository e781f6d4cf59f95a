package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"drydock/internal/audit"
	"drydock/remediation"
)

// planFixes plans every job with the answers given and merges the plans.
func (s *session) planFixes(ctx context.Context, e *remediation.Engine, res *audit.Result, jobs []fixJob, set []string) (*remediation.Plan, error) {
	given, err := parseAnswers(set)
	if err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	var plans []*remediation.Plan
	for _, j := range jobs {
		answers, err := s.answer(e, res, j, given, asked)
		if err != nil {
			return nil, err
		}
		plan, err := e.Plan(ctx, res, j.fix, j.findings, answers)
		if err != nil {
			return nil, s.refused(ctx, err)
		}
		plans = append(plans, plan)
	}
	for key := range given {
		if !asked[key] {
			return nil, usage("--set %s: no chosen fix asks that; %s", key, asks(asked))
		}
	}
	plan, err := remediation.Merged(plans...)
	if err != nil {
		return nil, exit(exitFix, err)
	}
	return plan, nil
}

func asks(asked map[string]bool) string {
	var keys []string
	for k := range asked {
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return "it asks nothing"
	}
	slices.Sort(keys)
	return "it asks " + strings.Join(keys, ", ")
}

// parseAnswers reads --set flags. A key given several times has several
// answers; an empty value is the choice of none.
func parseAnswers(set []string) (remediation.Answers, error) {
	out := remediation.Answers{}
	for _, s := range set {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" {
			return nil, usage("--set %q: write it as KEY=VALUE", s)
		}
		if out[key] == nil {
			out[key] = []string{}
		}
		if value != "" {
			out[key] = append(out[key], value)
		}
	}
	return out, nil
}

const maxRounds = 8 // of questions that follow from answers

// answer takes from given what this fix asks, and notes the keys in asked. An
// answer may bring up further questions.
func (s *session) answer(e *remediation.Engine, res *audit.Result, j fixJob, given remediation.Answers, asked map[string]bool) (remediation.Answers, error) {
	answers := remediation.Answers{}
	for range maxRounds {
		questions, err := e.Questions(res, j.fix, j.findings, answers)
		if err != nil {
			return nil, exit(exitFix, err)
		}
		next := remediation.Answers{}
		for _, q := range questions {
			asked[q.Key] = true
			if v, ok := given[q.Key]; ok {
				next[q.Key] = v
			} else if len(q.Default) == 0 && q.Kind != remediation.ChooseMany {
				return nil, usage("%s asks %s: %s; answer with --set %s=%s", j.fix, q.Key, q.Label, q.Key, choices(&q))
			}
		}
		if len(next) == len(answers) {
			if _, err := remediation.Accept(questions, next); err != nil {
				return nil, usage("--set %s", explained(err, questions))
			}
			return next, nil
		}
		answers = next
	}
	return nil, exit(exitFix, fmt.Errorf("%s: its questions do not come to an end", j.fix))
}

// choices is what may be answered, as one writes it.
func choices(q *remediation.Question) string {
	switch {
	case q.Kind == remediation.Confirm:
		return "yes|no"
	case q.Kind == remediation.Text:
		return "TEXT"
	}
	var values []string
	for _, o := range q.Options {
		if o.Disabled == "" {
			values = append(values, o.Value)
		}
	}
	return strings.Join(values, "|")
}

// explained adds the choices to an error that names its question first.
func explained(err error, questions []remediation.Question) string {
	text := err.Error()
	for i := range questions {
		if q := &questions[i]; strings.HasPrefix(text, q.Key+": ") && q.Kind != remediation.Text {
			return text + "; choose " + choices(q)
		}
	}
	return text
}
