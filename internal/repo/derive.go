package repo

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Derived is something that follows from one file's content and place alone. What
// was derived stays with what is known of the file, so that a later snapshot that
// inherits that (see Inherit) need not derive it again.
type Derived[T any] struct {
	from func(*Snapshot, *File) T
	on   func(*Source) bool // see DeriveParsed
}

// Derive makes a question to files. from looks at nothing but the file that it is
// given, and what it returns is small and holds neither the file, nor parts of its
// content, nor parsed sources: it outlives the snapshot.
func Derive[T any](from func(*Snapshot, *File) T) *Derived[T] {
	return &Derived[T]{from: from}
}

// DeriveParsed makes a question for which sources are parsed. on tells of a source,
// before it is parsed, whether the question is worth asking (see File.Mentions); the
// answer of others is T's zero value. Named in a check's Doc.Asks, the questions of
// all checks are answered while a source is parsed once (see Snapshot.Ahead).
func DeriveParsed[T any](on func(*Source) bool, from func(*Source) T) *Derived[T] {
	d := &Derived[T]{on: on}
	d.from = func(s *Snapshot, f *File) (none T) {
		if src := s.Source(f.Path); src != nil && on(src) {
			return from(src)
		}
		return none
	}
	return d
}

// Question is a Derived of any kind.
type Question interface {
	ahead(s *Snapshot, src *Source)
}

func (d *Derived[T]) ahead(s *Snapshot, src *Source) {
	if d.on != nil && d.on(src) {
		d.Of(s, src.File)
	}
}

// Ahead answers questions about every source of production code, source by source
// over the cores, so that each is parsed once for all of them.
//
// A question that panics is left to who asks it later.
func (s *Snapshot) Ahead(ctx context.Context, questions ...Question) {
	if len(questions) == 0 {
		return
	}
	s.survey()
	sources := s.Sources()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(sources); i = next.Add(1) - 1 {
				if ctx.Err() != nil {
					return
				}
				if src := sources[i]; src.Role == Production {
					for _, q := range questions {
						s.askAhead(q, src)
					}
				}
			}
		})
	}
	workers.Wait()
}

func (s *Snapshot) askAhead(q Question, src *Source) {
	defer func() { _ = recover() }()
	q.ahead(s, src)
}

// Of is the answer for a file of the snapshot.
func (d *Derived[T]) Of(s *Snapshot, f *File) T {
	kept := &f.facts().derived
	kept.mu.Lock()
	for _, a := range kept.answers {
		if a.question == any(d) {
			kept.mu.Unlock()
			return a.answer.(T)
		}
	}
	kept.mu.Unlock()
	answer := d.from(s, f)
	kept.mu.Lock()
	kept.answers = append(kept.answers, derivedAnswer{d, answer})
	kept.mu.Unlock()
	return answer
}

// derivations are what was derived from one file. Two askers at a time may both
// derive; the first answer is given from then on.
type derivations struct {
	mu      sync.Mutex
	answers []derivedAnswer
}

type derivedAnswer struct {
	question any // the *Derived
	answer   any
}
