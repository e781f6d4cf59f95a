package repo

import "sync"

// Derived is something that follows from one file's content and place alone. What
// was derived stays with what is known of the file, so that a later snapshot that
// inherits that (see Inherit) need not derive it again.
type Derived[T any] struct {
	from func(*Snapshot, *File) T
}

// Derive makes a question to files. from looks at nothing but the file that it is
// given, and what it returns is small and holds neither the file, nor parts of its
// content, nor parsed sources: it outlives the snapshot.
func Derive[T any](from func(*Snapshot, *File) T) *Derived[T] {
	return &Derived[T]{from: from}
}

// DeriveParsed makes a question for which sources are parsed. on tells of a source,
// before it is parsed, whether the question is worth asking (see File.Mentions); the
// answer of others is T's zero value.
func DeriveParsed[T any](on func(*Source) bool, from func(*Source) T) *Derived[T] {
	return Derive(func(s *Snapshot, f *File) (none T) {
		if src := s.Source(f.Path); src != nil && on(src) {
			return from(src)
		}
		return none
	})
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
