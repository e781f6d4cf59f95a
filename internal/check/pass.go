package check

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// Pass is one run of one check. It collects the four outcomes: a subject that
// fails, one that holds, one that cannot be decided, and, when nothing was
// said, that there was nothing to look at.
type Pass struct {
	Repo    *repo.Snapshot
	ctx     context.Context
	doc     *Doc
	filter  *Prefilter
	outcome Outcome
}

// Outcome is what a check said about a project.
type Outcome struct {
	Doc      *Doc
	Problems []*Problem
	Held     []Evidence
	Open     []Evidence // what it could not decide
	Err      error      // it crashed: the audit is incomplete
}

// Applies says whether there was anything to look at.
func (o *Outcome) Applies() bool { return len(o.Problems)+len(o.Held) > 0 }

// Evidence is a place and what it shows.
type Evidence struct {
	At      finding.Location
	Message string
}

// Problem is a failing subject.
type Problem struct {
	Evidence
	Severity finding.Severity
	Also     []finding.Location // further places of the same problem
	Key      string             // normalised evidence for the fingerprint; the snippet by default
	Fixable  bool               // the check's guided fix can close it
	Patch    *Patch             // a patch that closes it, without questions
}

// Patch is a fix that a check attaches to a problem.
type Patch struct {
	Title  string
	Safety finding.Safety
	Set    patch.Set
}

// Context ends when the audit is cancelled.
func (p *Pass) Context() context.Context { return p.ctx }

// Report says that the subject at this place fails. Severity, further places
// and the like are set on what it returns.
func (p *Pass) Report(at finding.Location, format string, args ...any) *Problem {
	problem := &Problem{
		Evidence: Evidence{at, fmt.Sprintf(format, args...)},
		Severity: p.doc.Severity,
		Key:      strings.Join(strings.Fields(at.Snippet), " "),
		Fixable:  p.doc.Fix != nil,
	}
	p.outcome.Problems = append(p.outcome.Problems, problem)
	return problem
}

// Holds says that the subject at this place is as it should be, and why.
func (p *Pass) Holds(at finding.Location, format string, args ...any) {
	p.outcome.Held = append(p.outcome.Held, Evidence{at, fmt.Sprintf(format, args...)})
}

// Unproven says that the subject at this place cannot be decided from the
// project's files. It costs no points and is listed in the report's limits.
func (p *Pass) Unproven(at finding.Location, format string, args ...any) {
	p.outcome.Open = append(p.outcome.Open, Evidence{at, fmt.Sprintf(format, args...)})
}

// As sets the problem's severity; it may not exceed the check's Worst.
func (r *Problem) As(s finding.Severity) *Problem {
	r.Severity = s
	return r
}

// With adds further places.
func (r *Problem) With(also ...finding.Location) *Problem {
	r.Also = append(r.Also, also...)
	return r
}

// Keyed sets the evidence that identifies the problem across edits, for when the
// line's text does not: a service's name, a route, a variable.
func (r *Problem) Keyed(format string, args ...any) *Problem {
	r.Key = fmt.Sprintf(format, args...)
	return r
}

// NotFixable says that the check's guided fix does not apply here.
func (r *Problem) NotFixable() *Problem {
	r.Fixable = false
	return r
}

// WithPatch attaches a patch that closes the problem.
func (r *Problem) WithPatch(title string, safety finding.Safety, set patch.Set) *Problem {
	r.Patch = &Patch{title, safety, set}
	return r
}

// Run runs the check over the snapshot. A panic becomes the outcome's Err, as
// does ctx's error when it was cancelled before the check was through.
func (c *Check) Run(ctx context.Context, s *repo.Snapshot, filter *Prefilter) (out Outcome) {
	p := &Pass{Repo: s, ctx: ctx, doc: &c.Doc, filter: filter, outcome: Outcome{Doc: &c.Doc}}
	defer func() {
		if r := recover(); r != nil {
			out = Outcome{Doc: &c.Doc, Err: fmt.Errorf("crashed: %v at %s", r, crashSite(debug.Stack()))}
		}
	}()
	c.run(p)
	for _, problem := range p.outcome.Problems {
		if problem.Severity > c.Weighs() {
			return Outcome{Doc: &c.Doc, Err: fmt.Errorf("reports %s but declares at most %s", problem.Severity, c.Weighs())}
		}
	}
	p.hide()
	p.outcome.Err = ctx.Err()
	return p.outcome
}

// hide masks, in what the check said, the secrets of the files it spoke of:
// messages quote values that a parser took out of their lines.
func (p *Pass) hide() {
	one := func(e *Evidence) {
		if f := p.Repo.File(e.At.Path); f != nil {
			e.Message = f.Hide(e.Message)
		}
	}
	for _, problem := range p.outcome.Problems {
		one(&problem.Evidence)
	}
	for i := range p.outcome.Held {
		one(&p.outcome.Held[i])
	}
	for i := range p.outcome.Open {
		one(&p.outcome.Open[i])
	}
}

// crashSite is the first frame below the panic that is the project's own, so
// that a report can be acted on without a stack that may hold secrets.
func crashSite(stack []byte) string {
	_, below, _ := strings.Cut(string(stack), "panic(")
	for line := range strings.Lines(below) {
		line = strings.TrimSpace(line)
		if i := strings.Index(line, "/scanners/"); i >= 0 && strings.Contains(line, ".go:") {
			site, _, _ := strings.Cut(line[i+1:], " ")
			return site
		}
		if i := strings.Index(line, "/internal/"); i >= 0 && strings.Contains(line, ".go:") {
			site, _, _ := strings.Cut(line[i+1:], " ")
			return site
		}
	}
	return "an unknown place"
}

// mentions says whether the prefilter lets the check see the file.
func (p *Pass) mentions(f *repo.File) bool {
	if len(p.doc.Keywords) == 0 || p.filter == nil {
		return true
	}
	return p.filter.Mentions(p.doc.ID, f)
}
