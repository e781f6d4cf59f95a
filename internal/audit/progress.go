package audit

import (
	"slices"
	"time"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/score"
)

// Progress is how far an audit has come, at one moment.
type Progress struct {
	Files      int  // found by the walk so far
	Walked     bool // the walk is over
	Done       int  // checks that ended
	Total      int
	Current    []string            // ids of the checks that run, sorted
	Categories map[string]Fraction // by category id
	Findings   []finding.Finding   // of the checks that ended, ordered as in Result
	Score      *score.Score        // of the checks that ended; nil before the first
	Elapsed    time.Duration
}

// Fraction is a number of checks out of all of a category.
type Fraction struct{ Done, Total int }

// Progress says where the audit stands. It may be called from any goroutine at
// any time; the result is the caller's.
func (r *Run) Progress() Progress {
	r.mu.Lock()
	outcomes := slices.Clone(r.outcomes)
	snapshot := r.repo
	p := Progress{
		Files: int(r.walk.Files.Load()), Walked: snapshot != nil, Done: len(outcomes), Total: len(r.checks),
		Categories: map[string]Fraction{}, Elapsed: time.Since(r.started),
	}
	for id := range r.running {
		p.Current = append(p.Current, id)
	}
	r.mu.Unlock()
	slices.Sort(p.Current)
	for _, c := range r.checks {
		f := p.Categories[c.Category()]
		f.Total++
		p.Categories[c.Category()] = f
	}
	for _, o := range outcomes {
		f := p.Categories[o.Doc.Category()]
		f.Done++
		p.Categories[o.Doc.Category()] = f
	}
	if len(outcomes) > 0 {
		var results []score.Result
		p.Findings, results, _ = assemble(snapshot, outcomes, r.opts, nil)
		p.Score = score.Compute(results, r.opts.Weights, true)
	}
	return p
}

// Source is the file a finding's location names, nil for the root or before
// the walk is over: for excerpts while the audit still runs.
func (r *Run) Source(path string) *repo.File {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.repo == nil {
		return nil
	}
	return r.repo.File(path)
}
