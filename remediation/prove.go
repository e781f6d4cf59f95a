package remediation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/score"
)

// Proof is what an audit of the project with the plan applied has shown. It is
// made on an overlay; nothing was written.
type Proof struct {
	Closed     []finding.Finding // gone
	StillOpen  []finding.Finding // meant to be closed, and were not
	New        []finding.Finding // were not there before
	Unreadable []repo.ParseError // files that the plan touches and that no longer parse
	Dropped    []string          // titles of what would score less
	Repeats    bool              // applying the plan a second time would change something
	Before     *score.Score
	After      *score.Score
	Result     *audit.Result // the audit of the overlay
}

// OK says whether the plan may be written.
func (p *Proof) OK() bool { return p.Err() == nil }

// Err says why the plan may not be written, nil when it may.
func (p *Proof) Err() error {
	switch {
	case len(p.Unreadable) > 0:
		e := p.Unreadable[0]
		return fmt.Errorf("%s would no longer parse: %s", e.Path, e.Message)
	case len(p.StillOpen) > 0:
		f := p.StillOpen[0]
		return fmt.Errorf("%s at %s:%d would still be open", f.Check, f.Locations[0].Path, f.Locations[0].Line)
	case len(p.New) > 0:
		f := p.New[0]
		return fmt.Errorf("it would bring a new finding: %s at %s:%d", f.Check, f.Locations[0].Path, f.Locations[0].Line)
	case len(p.Dropped) > 0:
		return fmt.Errorf("the score of %s would fall", p.Dropped[0])
	case p.Repeats:
		return errors.New("applying it a second time would change the project again")
	case len(p.Closed) == 0:
		return errors.New("it would close no finding")
	}
	return nil
}

// prove applies the plan to an overlay of what res was read from and audits
// that with the same checks and options. It fails when the plan does not fit
// the tree, not when the proof does: see Proof.Err.
func prove(ctx context.Context, res *audit.Result, checks []*check.Check, opts audit.Options, plan *Plan, again func(*audit.Result) (*Plan, error)) (*Proof, error) {
	base := res.Repo.Tree()
	overlay, err := repo.Patched(base, plan.Set)
	if err != nil {
		return nil, err
	}
	opts.Previous = res.Repo
	after, err := audit.Start(ctx, overlay, checks, opts).Wait()
	if err != nil {
		return nil, err
	}
	p := &Proof{Before: res.Score, After: after.Score, Result: after}
	compare(p, res, after, plan)
	// A category of which nothing is left to look at leaves the mean: the
	// overall score then compares two different things.
	comparable := true
	for i, was := range res.Score.Categories {
		is := after.Score.Categories[i]
		comparable = comparable && was.Applicable == is.Applicable
		if was.Applicable && is.Applicable && is.Score < was.Score {
			p.Dropped = append(p.Dropped, was.Title)
		}
	}
	if comparable && after.Score.Overall < res.Score.Overall {
		p.Dropped = append(p.Dropped, "the project")
	}
	known := res.Repo.ParseErrors()
	for _, e := range after.Repo.ParseErrors() {
		touched := slices.ContainsFunc(plan.Set.Changes, func(c patch.Change) bool { return c.Path == e.Path })
		if touched && !slices.ContainsFunc(known, func(k repo.ParseError) bool { return k.Path == e.Path }) {
			p.Unreadable = append(p.Unreadable, e)
		}
	}
	if again != nil && p.Err() == nil {
		if p.Repeats, err = repeats(after, again); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// compare sorts the findings of both audits into closed, open and new.
func compare(p *Proof, before, after *audit.Result, plan *Plan) {
	open := func(r *audit.Result) map[string]finding.Finding {
		m := map[string]finding.Finding{}
		for _, f := range r.Findings {
			if f.Open() {
				m[f.Fingerprint] = f
			}
		}
		return m
	}
	was, is := open(before), open(after)
	for _, f := range before.Findings {
		if _, still := is[f.Fingerprint]; f.Open() && !still {
			p.Closed = append(p.Closed, f)
		}
	}
	for _, f := range after.Findings {
		_, known := was[f.Fingerprint]
		switch {
		case !f.Open():
		case !known:
			p.New = append(p.New, f)
		case slices.Contains(plan.Closes, f.Fingerprint):
			p.StillOpen = append(p.StillOpen, f)
		}
	}
}

// repeats plans the same fix on the mended project and says whether that would
// change a byte. A fix with nothing left to do may say so by an error.
func repeats(after *audit.Result, again func(*audit.Result) (*Plan, error)) (bool, error) {
	plan, err := again(after)
	if err != nil || plan == nil {
		return false, nil // nothing left to plan
	}
	tree := after.Repo.Tree()
	for _, c := range plan.Set.Changes {
		var before []byte
		if c.Op != patch.Create {
			if before, err = tree.ReadFile(c.Path); err != nil {
				return false, fmt.Errorf("%s: %w", c.Path, err)
			}
		}
		content, exists, err := c.After(before)
		if err != nil {
			return false, err
		}
		if !exists || c.Op == patch.Create || !bytes.Equal(before, content) {
			return true, nil
		}
	}
	return false, nil
}
