package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
)

// act is one of the three things the journal does to a tree.
type act struct {
	name  string
	ready func(t fatal, p project) // brings the project to where the act starts
	do    func(p project, s *Store, t fatal) error
}

func acts() []act {
	open := func(p project) fatalSet { return fatalSet{p} }
	return []act{
		{"apply", func(fatal, project) {}, func(p project, s *Store, t fatal) error {
			_, err := s.Apply(context.Background(), p.fixes(t), meta)
			return err
		}},
		{"undo", func(t fatal, p project) { open(p).applied(t) }, func(_ project, s *Store, _ fatal) error {
			_, err := s.Undo(context.Background())
			return err
		}},
		{"redo", func(t fatal, p project) { open(p).undone(t) }, func(_ project, s *Store, _ fatal) error {
			_, err := s.Redo(context.Background())
			return err
		}},
	}
}

// fatalSet brings a project into a state.
type fatalSet struct{ p project }

func (f fatalSet) applied(t fatal) { f.p.apply(t, f.p.fixes(t)) }

// undone leaves a set to redo; one without secrets, since those are not kept.
func (f fatalSet) undone(t fatal) {
	set := f.p.fixes(t)
	for i := range set.Changes {
		set.Changes[i].Secret = false
	}
	f.p.apply(t, set)
	s := f.p.open(t, nil)
	defer s.Close()
	if _, err := s.Undo(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// outcomes runs the act undisturbed, and says how many operations it takes and
// what the tree is before and after.
func (a act) outcomes(t *testing.T) (steps int, before, after tree) {
	t.Helper()
	p := rebuild(t)
	a.ready(t, p)
	before = mustTree(t, p.root)
	l := &layer{}
	s := p.open(t, l)
	defer s.Close()
	opened := l.steps
	if err := a.do(p, s, t); err != nil {
		t.Fatal(err)
	}
	return l.steps - opened, before, mustTree(t, p.root)
}

// By default every operation of apply fails once, and every third of undo and
// redo; with -kills all of them do.
func TestAnyFailedOperationLeavesTheTreeWholeAndClean(t *testing.T) {
	for i, a := range acts() {
		stride := 1
		if i > 0 && *kills == 0 {
			stride = 3
		}
		steps, before, after := a.outcomes(t)
		t.Logf("%s: %d operations", a.name, steps)
		for n := 1; n <= steps; n += stride {
			kinds := slices.Clone(ioErrors)
			kinds = append(kinds, io.ErrShortWrite)
			failure := kinds[n%len(kinds)]
			p := rebuild(t)
			a.ready(t, p)
			l := &layer{}
			s := p.open(t, l)
			l.before = failAt(l.steps+n, failure)
			history := len(s.History())
			err := a.do(p, s, t)
			when := fmt.Sprintf("%s with operation %d failing (%v)", a.name, n, err)
			if err == nil {
				sameTree(t, mustTree(t, p.root), after, when)
			} else {
				if _, ok := errors.AsType[*NotDoneError](err); !ok {
					t.Fatalf("%s: not a plain refusal", when)
				}
				if !errors.Is(err, failure) {
					t.Errorf("%s: the cause %v is lost", when, failure)
				}
				sameTree(t, mustTree(t, p.root), before, when)
				if got := len(s.History()); got != history {
					t.Fatalf("%s: the history has %d sets, want %d", when, got, history)
				}
			}
			mustClose(t, s)
			again := p.open(t, nil)
			if r, rerr := again.Recover(); rerr != nil || (err != nil && len(r.Put) > 0) {
				t.Fatalf("%s: recovery found more to do: %+v, %v", when, r, rerr)
			}
			if left := p.leftovers(t); len(left) > 0 {
				t.Fatalf("%s: leftovers %v", when, left)
			}
			if err != nil {
				if err := a.do(p, again, t); err != nil {
					t.Fatalf("%s: and then it does not work again: %v", when, err)
				}
				sameTree(t, mustTree(t, p.root), after, when+", again")
			}
			mustClose(t, again)
		}
	}
}

func TestShortWritesAreCompleted(t *testing.T) {
	a := acts()[0]
	_, _, after := a.outcomes(t)
	p := rebuild(t)
	l := &layer{before: func(int, string) fault { return fault{short: true} }}
	s := p.open(t, l)
	defer s.Close()
	if err := a.do(p, s, t); err != nil {
		t.Fatal(err)
	}
	sameTree(t, mustTree(t, p.root), after, "every write writes half")
}

func TestAWriteThatLostBytesIsSeen(t *testing.T) {
	p := rebuild(t)
	before := mustTree(t, p.root)
	l := &layer{}
	s := p.open(t, l)
	defer s.Close()
	renames := 0
	l.before = func(_ int, op string) fault {
		if op == "rename" {
			renames++
		}
		return fault{lie: renames == 1} // the journal is there, the temporaries come
	}
	_, err := s.Apply(context.Background(), p.fixes(t), meta)
	if err == nil || renames != 1 {
		t.Errorf("%v, after %d renames", err, renames)
	}
	sameTree(t, mustTree(t, p.root), before, "writes that write nothing")
}

func TestADiskThatStaysDeadIsSettledLater(t *testing.T) {
	for _, a := range acts() {
		steps, before, after := a.outcomes(t)
		for n := 1; n <= steps; n += 5 {
			p := rebuild(t)
			a.ready(t, p)
			l := &layer{}
			s := p.open(t, l)
			opened := l.steps
			l.before = func(step int, _ string) fault {
				if step < opened+n {
					return fault{}
				}
				return fault{err: ioErrors[1]}
			}
			err := a.do(p, s, t)
			when := fmt.Sprintf("%s with the disk dead from operation %d (%v)", a.name, n, err)
			mustClose(t, s)
			s = p.open(t, nil)
			if _, err := s.Recover(); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			want := before
			if err == nil {
				want = after
			}
			sameTree(t, mustTree(t, p.root), want, when)
			if left := p.leftovers(t); len(left) > 0 {
				t.Fatalf("%s: leftovers %v", when, left)
			}
			mustClose(t, s)
		}
	}
}

func TestASetThatCouldNotBeTakenBackBlocksTheNext(t *testing.T) {
	p := rebuild(t)
	l := &layer{}
	s := p.open(t, l)
	renames := 0
	dead := false
	l.before = func(_ int, op string) fault {
		if op == "rename" {
			renames++
		}
		dead = dead || renames == 3 // the journal, one file, and then nothing works
		if dead {
			return fault{err: ioErrors[1]}
		}
		return fault{}
	}
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); !errors.Is(err, ErrUnsettled) {
		t.Fatalf("got %v, want ErrUnsettled", err)
	}
	l.before = nil
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); !errors.Is(err, ErrUnsettled) {
		t.Errorf("a set on top of a half one: %v", err)
	}
	r, err := s.Recover()
	if err != nil || !r.Found || len(r.Put) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := s.Apply(context.Background(), p.fixes(t), meta); err != nil {
		t.Error(err)
	}
	mustClose(t, s)
}

func TestCancellingIsCleanBeforeTheFirstRenameAndTooLateAfter(t *testing.T) {
	a := acts()[0]
	steps, before, after := a.outcomes(t)
	done, kept := 0, 0
	for n := 1; n <= steps; n++ {
		p := rebuild(t)
		set := p.fixes(t)
		l := &layer{}
		s := p.open(t, l)
		ctx, cancel := context.WithCancel(context.Background())
		opened := l.steps
		l.before = func(step int, _ string) fault {
			if step == opened+n {
				cancel()
			}
			return fault{}
		}
		_, err := s.Apply(ctx, set, meta)
		when := fmt.Sprintf("cancelled at operation %d (%v)", n, err)
		if err == nil {
			done++
			sameTree(t, mustTree(t, p.root), after, when)
		} else {
			kept++
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: want context.Canceled", when)
			}
			sameTree(t, mustTree(t, p.root), before, when)
			if left := p.leftovers(t); len(left) > 0 {
				t.Fatalf("%s: leftovers %v", when, left)
			}
		}
		cancel()
		mustClose(t, s)
	}
	if done == 0 || kept == 0 {
		t.Errorf("%d sets completed, %d were cancelled: want some of both", done, kept)
	}
}

func mustClose(t fatal, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
