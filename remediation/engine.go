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

// Engine plans, proves, writes and takes back fixes of one project. It is the
// only thing in drydock that changes a project.
type Engine struct {
	root     string
	stateDir string
	checks   []*check.Check
	opts     audit.Options
}

// NewEngine makes the engine for the project at root. It proves with the checks
// and options of the audits it is given. stateDir is where journals are kept, ""
// for the user's state directory.
func NewEngine(root, stateDir string, checks []*check.Check, opts audit.Options) *Engine {
	return &Engine{root: root, stateDir: stateDir, checks: checks, opts: opts}
}

// choose builds the case of a guided fix from the fingerprints chosen; none
// means every open finding it closes.
func choose(res *audit.Result, r *Remedy, fingerprints []string, answers Answers) (Case, error) {
	c := Case{Repo: res.Repo, Answers: answers}
	for _, f := range res.Findings {
		if !f.Open() || f.Fix == nil || f.Fix.ID != r.ID {
			continue
		}
		if len(fingerprints) == 0 || slices.Contains(fingerprints, f.Fingerprint) {
			c.Findings = append(c.Findings, f)
		}
	}
	if len(c.Findings) == 0 {
		return c, fmt.Errorf("%s: no open finding that it closes", r.ID)
	}
	return c, nil
}

// Questions are what the fix with this id must ask before it can be planned for
// the findings; none for a fix without questions.
func (e *Engine) Questions(res *audit.Result, fixID string, fingerprints []string, answers Answers) ([]Question, error) {
	r := remedy(fixID)
	if r == nil || r.Questions == nil {
		return nil, nil
	}
	c, err := choose(res, r, fingerprints, answers)
	if err != nil {
		return nil, err
	}
	return r.Questions(c)
}

// Plan plans the fix with this id for the findings (all it closes, if none are
// named). Answers left out take the questions' defaults.
func (e *Engine) Plan(ctx context.Context, res *audit.Result, fixID string, fingerprints []string, answers Answers) (*Plan, error) {
	plan, err := e.plan(ctx, res, fixID, fingerprints, answers)
	if err != nil {
		return nil, err
	}
	if plan.Set.Title == "" {
		plan.Set.Title = plan.Fix.Title
	}
	if len(plan.Set.Changes) == 0 {
		return nil, fmt.Errorf("%s: nothing to change", fixID)
	}
	plan.Set, err = patch.Pin(plan.Set, res.Repo.Tree())
	return plan, err
}

func (e *Engine) plan(ctx context.Context, res *audit.Result, fixID string, fingerprints []string, answers Answers) (*Plan, error) {
	r := remedy(fixID)
	if r == nil {
		return e.planAttached(res, fixID, fingerprints)
	}
	c, err := choose(res, r, fingerprints, answers)
	if err != nil {
		return nil, err
	}
	if r.Questions != nil {
		questions, err := r.Questions(c)
		if err != nil {
			return nil, err
		}
		if c.Answers, err = Accept(questions, answers); err != nil {
			return nil, err
		}
	}
	plan, err := r.Plan(ctx, c)
	if err != nil {
		return nil, err
	}
	plan.Fix = r.Fix
	for _, f := range c.Findings {
		if !slices.Contains(plan.Checks, f.Check) {
			plan.Checks = append(plan.Checks, f.Check)
		}
	}
	return plan, nil
}

// planAttached merges the patches that checks attached to the findings.
func (e *Engine) planAttached(res *audit.Result, id string, fingerprints []string) (*Plan, error) {
	var plan *Plan
	for i := range res.Findings {
		f := &res.Findings[i]
		attachment := res.Patches[f.Fingerprint]
		if !f.Open() || attachment == nil || f.Fix == nil || f.Fix.ID != id {
			continue
		}
		if len(fingerprints) > 0 && !slices.Contains(fingerprints, f.Fingerprint) {
			continue
		}
		one := attached(f, attachment)
		if plan == nil {
			plan = one
			continue
		}
		merged, err := patch.Merge(plan.Set, one.Set)
		if err != nil {
			return nil, err
		}
		plan.Set = merged
		plan.Closes = append(plan.Closes, f.Fingerprint)
	}
	if plan == nil {
		return nil, fmt.Errorf("%s: no open finding that it closes", id)
	}
	return plan, nil
}

// Merged is one plan that does what all of them do. It fails when two of them
// want the same bytes.
func Merged(plans ...*Plan) (*Plan, error) {
	out := &Plan{Fix: finding.Fix{ID: "set", Title: fmt.Sprintf("%d fixes", len(plans)), Safety: finding.Safe}}
	for _, p := range plans {
		set, err := patch.Merge(out.Set, p.Set)
		if err != nil {
			return nil, err
		}
		out.Set = set
		out.Closes = append(out.Closes, p.Closes...)
		out.Checks = append(out.Checks, p.Checks...)
		out.Effect = append(out.Effect, p.Effect...)
		out.Left = append(out.Left, p.Left...)
		if p.Fix.Safety == finding.Review {
			out.Fix.Safety = finding.Review
		}
	}
	if len(plans) == 1 {
		out.Fix = plans[0].Fix
	}
	out.Set.Title = out.Fix.Title
	return out, nil
}

// Keep is the plan without the hunks that a person left out; see FileDiff.
// Findings that only those would have closed are no longer promised.
func (e *Engine) Keep(plan *Plan, tree repo.Tree, keep func(path string, hunk int) bool) (*Plan, error) {
	set, err := patch.Select(plan.Set, tree.ReadFile, keep)
	if err != nil {
		return nil, err
	}
	out := *plan
	out.Set = set
	out.Closes = nil
	return &out, nil
}

// Prove audits the project as it would be with the plan applied. What the
// answers were is part of the plan; a second application is planned with none.
func (e *Engine) Prove(ctx context.Context, res *audit.Result, plan *Plan) (*Proof, error) {
	again := func(after *audit.Result) (*Plan, error) {
		return e.plan(ctx, after, plan.Fix.ID, plan.Closes, nil)
	}
	return prove(ctx, res, e.checks, e.opts, plan, again)
}
