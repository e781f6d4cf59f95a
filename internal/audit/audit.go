// Package audit runs checks over a project: it schedules them over the cores,
// streams how far they are, and turns what they said into findings and a score.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/score"
)

// Options say how an audit runs and what counts. The zero value audits with
// every core and nothing muted.
type Options struct {
	Jobs       int // checks at once; 0 means one per core
	Weights    score.Weights
	Severities map[string]finding.Severity // per check id, instead of the declared one
	Ignore     []Ignore
	Exclude    []string // paths that are not looked at, as in .gitignore
	Attest     []Attestation
	Baseline   map[string]bool // fingerprints that are known already
	Previous   *repo.Snapshot  // of the same project: what has not changed is not read again
	Opened     *repo.Snapshot  // the tree, when it has been opened with these exclusions
}

// Ignore mutes findings, with a reason.
type Ignore struct {
	Fingerprint string // this finding alone, or
	Check       string // every finding of the check
	Path        string // in files that match this glob; "" is all
	Reason      string
}

// Result is a finished audit.
type Result struct {
	Repo     *repo.Snapshot
	Outcomes []check.Outcome         // by check id
	Findings []finding.Finding       // worst first, then by category, check and place
	Patches  map[string]*check.Patch // by fingerprint: fixes the checks attached
	Score    *score.Score
	Results  []score.Result // what the score was computed from
	Skipped  []repo.Skip
	Errors   []Error
	Open     []Undecided // what the checks could not decide
	Started  time.Time
	Duration time.Duration
	Weights  score.Weights
}

// Error is a part of the audit that did not take place.
type Error struct {
	Check   string `json:"check"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Unreadable says why a file could not be read, without the path that stands
// beside it.
func Unreadable(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return "cannot be read: " + err.Error()
}

// Unparsed says of a file that it does not parse.
func Unparsed(p repo.ParseError) repo.Skip {
	at := ""
	if p.Line > 0 {
		at = fmt.Sprintf(" at line %d", p.Line)
	}
	return repo.Skip{Path: p.Path, Reason: "does not parse" + at + ": " + p.Message}
}

// Undecided is a subject that files alone cannot decide.
type Undecided struct {
	Check string
	check.Evidence
}

// Finding is the finding with this fingerprint, or nil.
func (r *Result) Finding(fingerprint string) *finding.Finding {
	for i := range r.Findings {
		if r.Findings[i].Fingerprint == fingerprint {
			return &r.Findings[i]
		}
	}
	return nil
}

// Run is an audit under way.
type Run struct {
	ctx     context.Context
	checks  []*check.Check
	opts    Options
	started time.Time
	changed chan struct{} // one slot: something moved since it was last read
	done    chan struct{}
	walk    repo.Progress

	mu       sync.Mutex
	repo     *repo.Snapshot
	outcomes []check.Outcome
	running  map[string]bool

	result *Result
	err    error
}

// Start begins an audit of tree with the checks. It returns at once; cancelling
// ctx ends it promptly.
func Start(ctx context.Context, tree repo.Tree, checks []*check.Check, opts Options) *Run {
	r := &Run{
		ctx: ctx, checks: slices.Clone(checks), opts: opts, started: time.Now(),
		changed: make(chan struct{}, 1), done: make(chan struct{}), running: map[string]bool{},
	}
	slices.SortFunc(r.checks, func(a, b *check.Check) int { return strings.Compare(a.ID, b.ID) })
	go func() {
		defer r.signal()
		defer close(r.done)
		r.result, r.err = r.run(tree)
	}()
	return r
}

// Changed receives a value when Progress has changed since the last one was
// received. Changes in between are not counted.
func (r *Run) Changed() <-chan struct{} { return r.changed }

// Done is closed when the audit has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Wait waits for the end. It fails when the project cannot be listed, and with
// ctx's error when the audit was cancelled.
func (r *Run) Wait() (*Result, error) {
	<-r.done
	return r.result, r.err
}

func (r *Run) signal() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *Run) run(tree repo.Tree) (*Result, error) {
	s := r.opts.Opened
	if s == nil {
		var err error
		if s, err = repo.Open(r.ctx, tree, &r.walk, r.opts.Exclude...); err != nil {
			return nil, err
		}
		s.Inherit(r.opts.Previous)
		r.opts.Previous = nil // it may hold one before it
	} else {
		r.walk.Files.Store(int64(len(s.Files())))
	}
	r.mu.Lock()
	r.repo = s
	r.mu.Unlock()
	r.signal()

	filter := check.NewPrefilter(r.checks)
	queue := make(chan *check.Check)
	var workers sync.WaitGroup
	for range max(1, cmpOr(r.opts.Jobs, runtime.GOMAXPROCS(0))) {
		workers.Go(func() {
			for c := range queue {
				r.one(c, s, filter)
			}
		})
	}
feed:
	for _, c := range r.checks {
		select {
		case queue <- c:
		case <-r.ctx.Done():
			break feed
		}
	}
	close(queue)
	workers.Wait()
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	return r.finish(s), nil
}

func cmpOr(v, otherwise int) int {
	if v > 0 {
		return v
	}
	return otherwise
}

func (r *Run) one(c *check.Check, s *repo.Snapshot, filter *check.Prefilter) {
	r.mu.Lock()
	r.running[c.ID] = true
	r.mu.Unlock()
	r.signal()
	out := c.Run(r.ctx, s, filter)
	r.mu.Lock()
	delete(r.running, c.ID)
	r.outcomes = append(r.outcomes, out)
	r.mu.Unlock()
	r.signal()
}

// finish puts the outcomes in order and computes everything that follows.
func (r *Run) finish(s *repo.Snapshot) *Result {
	slices.SortFunc(r.outcomes, func(a, b check.Outcome) int { return strings.Compare(a.Doc.ID, b.Doc.ID) })
	res := &Result{Repo: s, Outcomes: r.outcomes, Started: r.started, Weights: r.opts.Weights, Patches: map[string]*check.Patch{}}
	var muted []repo.Skip
	notes := attest(r.outcomes, r.opts.Attest)
	res.Findings, res.Results, muted = assemble(s, r.outcomes, r.opts, res.Patches)
	incomplete := false
	for _, o := range r.outcomes {
		if o.Err != nil {
			res.Errors = append(res.Errors, Error{o.Doc.ID, "", o.Err.Error()})
			incomplete = true
		}
		for _, e := range o.Open {
			res.Open = append(res.Open, Undecided{o.Doc.ID, e})
		}
	}
	for _, f := range s.Files() {
		if err := f.ReadErr(); err != nil {
			res.Errors = append(res.Errors, Error{"", f.Path, Unreadable(err)})
			incomplete = true
		}
	}
	res.Skipped = append(append(s.Skipped(), muted...), notes...)
	for _, sk := range res.Skipped {
		incomplete = incomplete || sk.Incomplete
	}
	for _, p := range s.ParseErrors() {
		res.Skipped = append(res.Skipped, Unparsed(p))
	}
	slices.SortStableFunc(res.Skipped, func(a, b repo.Skip) int { return strings.Compare(a.Path, b.Path) })
	res.Score = score.Compute(res.Results, r.opts.Weights, incomplete)
	res.Duration = time.Since(r.started)
	return res
}
