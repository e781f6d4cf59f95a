package tui

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"drydock/internal/audit"
	"drydock/internal/patch"
	"drydock/remediation"
)

// stage is how far a fix has come.
type stage int

const (
	stageLoading  stage = iota // the questions are being made
	stageAsking                // a question is open
	stagePlanning              // the answers become a plan
	stageProving               // the plan is being proven
	stageProven
	stageRefused // the proof failed
	stageFailed  // no plan could be made
	stageWriting
	stageWritten
)

// fixFlow is one fix on its way from questions to written files. The panes of
// the fix screen show it; it is changed by answers that come back, and by keys.
type fixFlow struct {
	engine   Engine
	res      *audit.Result
	parts    []fixOf
	readOnly string

	stage     stage
	box       mailbox
	questions []remediation.Question
	at        int // index of the open question
	answers   remediation.Answers
	plan      *remediation.Plan // whole
	kept      *remediation.Plan // without what is left out
	diffs     []remediation.FileDiff
	left      map[hunkID]bool
	proof     *remediation.Proof
	err       error
	applied   remediation.Applied
	undone    bool   // what was applied has been taken back
	changed   func() // tells the panes
}

// hunkID names a hunk as patch.Select does.
type hunkID struct {
	path string
	hunk int
}

// planned is what the work on a plan gives back.
type planned struct {
	plan  *remediation.Plan
	diffs []remediation.FileDiff
	err   error
}

// asked is what the work on the questions gives back.
type asked struct {
	questions []remediation.Question
	err       error
}

// proved is what the work on a proof gives back.
type proved struct {
	plan  *remediation.Plan
	proof *remediation.Proof
	err   error
}

func (f *fixFlow) to(s stage) {
	f.stage = s
	f.changed()
}

func (f *fixFlow) fail(err error) intent {
	f.err = err
	f.to(stageFailed)
	return rearranged{}
}

// start asks the questions of a single fix from the beginning; a set of fixes is
// planned with the answers their questions propose.
func (f *fixFlow) start() intent {
	f.err, f.proof, f.plan, f.left = nil, nil, nil, map[hunkID]bool{}
	f.at = 0
	if len(f.parts) > 1 {
		return f.makePlan()
	}
	f.to(stageLoading)
	return f.ask(0)
}

// ask fetches the questions, which may depend on the answers so far, and opens
// the one at index at; behind the last one comes the plan.
func (f *fixFlow) ask(at int) intent {
	part, answers, res, engine := f.parts[0], maps.Clone(f.answers), f.res, f.engine
	return ask(&f.box, func(context.Context) asked {
		q, err := engine.Questions(res, part.id, part.fingerprints, answers)
		return asked{q, err}
	}, func(got asked) intent {
		if got.err != nil {
			return f.fail(got.err)
		}
		f.questions, f.at = got.questions, at
		if at >= len(got.questions) {
			return f.makePlan()
		}
		f.to(stageAsking)
		return rearranged{}
	})
}

// question is the one that is open.
func (f *fixFlow) question() *remediation.Question { return &f.questions[f.at] }

// answer takes the values for the open question, or says what it accepts.
func (f *fixFlow) answer(values []string) (intent, error) {
	q := f.question()
	if _, err := remediation.Accept([]remediation.Question{*q}, remediation.Answers{q.Key: values}); err != nil {
		return nil, errors.Unwrap(err)
	}
	if f.answers == nil {
		f.answers = remediation.Answers{}
	}
	f.answers[q.Key] = values
	return f.ask(f.at + 1), nil
}

// given are the answers to the questions that are asked now.
func (f *fixFlow) given() remediation.Answers {
	out := remediation.Answers{}
	for _, q := range f.questions {
		if v, ok := f.answers[q.Key]; ok {
			out[q.Key] = v
		}
	}
	return out
}

func (f *fixFlow) makePlan() intent {
	f.to(stagePlanning)
	parts, answers, res, engine := f.parts, f.given(), f.res, f.engine
	if len(parts) > 1 {
		answers = nil
	}
	work := func(ctx context.Context) (got planned) {
		var plans []*remediation.Plan
		for _, part := range parts {
			plan, err := engine.Plan(ctx, res, part.id, part.fingerprints, answers)
			if err != nil {
				return planned{err: err}
			}
			plans = append(plans, plan)
		}
		got.plan = plans[0]
		if len(plans) > 1 {
			if got.plan, got.err = remediation.Merged(plans...); got.err != nil {
				return got
			}
		}
		got.diffs, got.err = remediation.Preview(res.Repo.Tree(), got.plan.Set)
		return got
	}
	return several{rearranged{}, ask(&f.box, work, func(got planned) intent {
		if got.err != nil {
			return f.fail(got.err)
		}
		f.plan, f.diffs = got.plan, got.diffs
		return several{rearranged{}, f.prove()}
	})}
}

// prove proves what is kept of the plan. A proof under way is given up.
func (f *fixFlow) prove() intent {
	f.proof, f.kept, f.err = nil, nil, nil
	if f.keepsNothing() {
		f.box.drop()
		f.err = errors.New("everything is left out")
		f.to(stageRefused)
		return nil
	}
	f.to(stageProving)
	left, plan, res, engine := maps.Clone(f.left), f.plan, f.res, f.engine
	work := func(ctx context.Context) (got proved) {
		got.plan = plan
		if len(left) > 0 {
			got.plan, got.err = engine.Keep(plan, res.Repo.Tree(), func(path string, hunk int) bool { return !left[hunkID{path, hunk}] })
			if got.err != nil {
				return got
			}
		}
		got.proof, got.err = engine.Prove(ctx, res, got.plan)
		return got
	}
	return ask(&f.box, work, func(got proved) intent {
		if got.err != nil {
			return f.fail(got.err)
		}
		f.kept, f.proof = got.plan, got.proof
		if f.err = got.proof.Err(); f.err != nil {
			f.to(stageRefused)
		} else {
			f.to(stageProven)
		}
		return nil
	})
}

// toggle leaves a hunk out, or takes it in again.
func (f *fixFlow) toggle(id hunkID) intent {
	if f.left[id] {
		delete(f.left, id)
	} else {
		f.left[id] = true
	}
	return f.prove()
}

func (f *fixFlow) keepsNothing() bool {
	for _, d := range f.diffs {
		hunks := len(d.Hunks)
		if d.Op != patch.Modify || hunks == 0 {
			hunks = 1
		}
		for i := range hunks {
			if !f.left[hunkID{d.Path, i}] {
				return false
			}
		}
	}
	return true
}

// cannotApply says why the plan cannot be written now, "" when it can.
func (f *fixFlow) cannotApply() string {
	switch {
	case f.undone:
		return "it was taken back; go back and plan it anew"
	case f.stage == stageWritten:
		return "it is written; the audit runs again"
	case f.stage == stageWriting:
		return "it is being written"
	case f.stage == stageRefused:
		return f.err.Error()
	case f.stage == stageFailed:
		return "there is no plan"
	case f.stage != stageProven:
		return "the proof is under way"
	case f.readOnly != "":
		return "nothing can be written: " + f.readOnly
	}
	return ""
}

// apply writes the proven plan.
func (f *fixFlow) apply() intent {
	f.to(stageWriting)
	plan, proof, engine := f.kept, f.proof, f.engine
	return write{what: "writing", work: func(ctx context.Context) (remediation.Applied, error) {
		return engine.Apply(ctx, plan, proof)
	}, then: func(done remediation.Applied, err error) intent {
		if err != nil {
			f.err = err
			f.to(stageRefused)
			return warn{"nothing was written: " + err.Error()}
		}
		f.applied = done
		f.to(stageWritten)
		return say{fmt.Sprintf("applied %s; z takes it back", plan.Fix.Title)}
	}}
}

// files counts what the plan touches.
func (f *fixFlow) files() string { return count(len(f.diffs), "file") }
