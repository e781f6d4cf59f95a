// Package remediation repairs what the audit found: it plans a fix as data,
// proves it on an overlay of the project, shows it, writes it all or nothing,
// and takes it back byte for byte.
//
// A guided fix is one file: a Remedy that says what it closes, what it must ask
// and what it would change. Nothing but the engine writes.
package remediation

import (
	"context"
	"fmt"
	"slices"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// Remedy is one guided fix.
type Remedy struct {
	finding.Fix
	Summary string   // one sentence: what it does to the project
	Closes  []string // ids of the checks whose findings it closes

	// Questions are what must be answered before Plan; none means that the
	// fix needs no answer. They may depend on the answers given so far.
	Questions func(Case) ([]Question, error)
	// Plan turns the case into changes. It fails, naming the way out, when the
	// project is not in a state that it can mend without guessing.
	Plan func(context.Context, Case) (*Plan, error)
}

// Case is what a remedy works on.
type Case struct {
	Repo     *repo.Snapshot
	Findings []finding.Finding // open ones of the checks it closes, as chosen
	Answers  Answers
}

// Answers are the values given, by question key. A choice among many may have
// several.
type Answers map[string][]string

// One is the single answer to a question, or otherwise when it is not answered.
func (a Answers) One(key, otherwise string) string {
	if v := a[key]; len(v) > 0 {
		return v[0]
	}
	return otherwise
}

// Has says whether value is among the answers to a question.
func (a Answers) Has(key, value string) bool { return slices.Contains(a[key], value) }

// Kind is how a question is asked.
type Kind int

// The kinds of questions.
const (
	ChooseOne  Kind = iota // one of Options
	ChooseMany             // any of Options
	Text                   // free text, checked by Check
	Confirm                // "yes" or "no"
)

// Question is one thing a fix cannot know by itself.
type Question struct {
	Key     string
	Label   string
	Help    string // what depends on the answer
	Kind    Kind
	Options []Option
	Default []string           // the answer that pressing enter gives
	Check   func(string) error // of a Text answer; nil accepts any
}

// Option is one answer to choose.
type Option struct {
	Value    string
	Label    string
	Detail   string // evidence, one line
	Disabled string // why it cannot be chosen; "" when it can
}

// Accept checks answers against the questions and fills in defaults. The error
// names the question and what it accepts.
func Accept(questions []Question, given Answers) (Answers, error) {
	out := Answers{}
	for _, q := range questions {
		values, ok := given[q.Key]
		if !ok {
			values = q.Default
		}
		if err := q.accept(values); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Key, err)
		}
		out[q.Key] = values
	}
	for key := range given {
		if _, ok := out[key]; !ok {
			return nil, fmt.Errorf("%s: the fix asks no such question; it asks %s", key, keys(questions))
		}
	}
	return out, nil
}

func keys(questions []Question) string {
	if len(questions) == 0 {
		return "nothing"
	}
	s := ""
	for i, q := range questions {
		if i > 0 {
			s += ", "
		}
		s += q.Key
	}
	return s
}

func (q *Question) accept(values []string) error {
	if len(values) == 0 && q.Kind != ChooseMany {
		return fmt.Errorf("needs an answer: %s", q.Label)
	}
	if len(values) > 1 && q.Kind != ChooseMany {
		return fmt.Errorf("takes one answer, got %d", len(values))
	}
	for _, v := range values {
		switch q.Kind {
		case Confirm:
			if v != "yes" && v != "no" {
				return fmt.Errorf("%q is neither yes nor no", v)
			}
		case Text:
			if q.Check != nil {
				if err := q.Check(v); err != nil {
					return err
				}
			}
		default:
			i := slices.IndexFunc(q.Options, func(o Option) bool { return o.Value == v })
			if i < 0 {
				return fmt.Errorf("%q is not among the choices", v)
			}
			if why := q.Options[i].Disabled; why != "" {
				return fmt.Errorf("%s cannot be chosen: %s", v, why)
			}
		}
	}
	return nil
}

// Plan is a fix as data, before it is proven.
type Plan struct {
	Fix    finding.Fix
	Set    patch.Set
	Closes []string // fingerprints of the findings it means to close
	Checks []string // ids of the checks those belong to
	Effect []string // what it will do to the running system, a sentence each
	Left   []string // what remains to be done by hand
}

// attached turns a patch that a check attached into a plan.
func attached(f *finding.Finding, p *check.Patch) *Plan {
	return &Plan{
		Fix: finding.Fix{ID: f.Check, Title: p.Title, Safety: p.Safety}, Set: p.Set, Closes: []string{f.Fingerprint}, Checks: []string{f.Check},
	}
}

// Offer is a fix that is at hand for an audit's findings.
type Offer struct {
	finding.Fix
	Summary  string
	Findings []string // fingerprints that it may close
	Disabled string   // why it cannot be applied now; "" when it can
}

// Remedies lists the guided fixes.
func Remedies() []*Remedy { return []*Remedy{generateSecrets, addWorker, deleteBackupPages} }

func remedy(id string) *Remedy {
	for _, r := range Remedies() {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Offers lists the fixes at hand for the result's open findings: guided ones
// first, then the attached patches by check.
func Offers(res *audit.Result) []Offer {
	byID := map[string]*Offer{}
	var order []string
	for i := range res.Findings {
		f := &res.Findings[i]
		if f.Fix == nil || !f.Open() {
			continue
		}
		o := byID[f.Fix.ID]
		if o == nil {
			o = &Offer{Fix: *f.Fix}
			if r := remedy(f.Fix.ID); r != nil {
				o.Summary = r.Summary
			}
			byID[f.Fix.ID] = o
			order = append(order, f.Fix.ID)
		}
		o.Findings = append(o.Findings, f.Fingerprint)
	}
	var out []Offer
	for _, guided := range []bool{true, false} {
		for _, id := range order {
			if byID[id].Guided == guided {
				out = append(out, *byID[id])
			}
		}
	}
	return out
}
