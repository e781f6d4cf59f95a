package remediation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/remediation/journal"
)

// Applied is one fix set in the project's history.
type Applied struct {
	ID       string
	Title    string
	When     time.Time
	Fixes    []string // ids
	Files    []string // paths, sorted
	Undone   bool
	Redoable bool // false when it wrote secrets: those are not kept for a redo
}

func applied(e journal.Entry) Applied {
	a := Applied{ID: e.ID, Title: e.Title, When: e.Time, Fixes: e.FixIDs, Undone: e.Undone, Redoable: e.Redoable}
	for _, f := range e.Files {
		a.Files = append(a.Files, f.Path)
	}
	return a
}

// lockPatience is how long a drydock waits for another one that is looking at
// the same project's journal or writing to it: that takes moments.
const lockPatience = 3 * time.Second

func (e *Engine) open() (*journal.Store, error) {
	for end := time.Now().Add(lockPatience); ; time.Sleep(lockPatience / 150) {
		store, err := journal.Open(e.root, e.stateDir)
		if !errors.Is(err, journal.ErrLocked) || time.Now().After(end) {
			return store, err
		}
	}
}

// with opens the journal for one operation: the project's lock is held only
// while something is written, so that two drydocks may look at one project. What
// a killed process left half done is settled first.
func (e *Engine) with(do func(*journal.Store) error) (err error) {
	store, err := e.open()
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := store.Close(); err == nil {
			err = closeErr
		}
	}()
	if _, err := store.Recover(); err != nil {
		return err
	}
	return do(store)
}

// Apply writes the plan, all of it or nothing. The proof must hold and be of
// this plan; what changed on disk since then makes it fail. After an error the
// project is exactly as it was before.
func (e *Engine) Apply(ctx context.Context, plan *Plan, proof *Proof) (Applied, error) {
	if proof == nil {
		return Applied{}, fmt.Errorf("%s: not proven, so it is not written", plan.Fix.ID)
	}
	if err := proof.Err(); err != nil {
		return Applied{}, fmt.Errorf("%s: the proof failed: %w", plan.Fix.ID, err)
	}
	var out Applied
	err := e.with(func(s *journal.Store) error {
		entry, err := s.Apply(ctx, plan.Set, journal.Meta{Title: plan.Fix.Title, FixIDs: []string{plan.Fix.ID}, Time: time.Now()})
		out = applied(entry)
		return err
	})
	return out, err
}

// Undo takes back the last applied set, byte for byte. It refuses when a file
// was edited since.
func (e *Engine) Undo(ctx context.Context) (Applied, error) {
	return e.step(func(s *journal.Store) (journal.Entry, error) { return s.Undo(ctx) })
}

// Redo applies again what Undo took back last.
func (e *Engine) Redo(ctx context.Context) (Applied, error) {
	return e.step(func(s *journal.Store) (journal.Entry, error) { return s.Redo(ctx) })
}

func (e *Engine) step(do func(*journal.Store) (journal.Entry, error)) (Applied, error) {
	var out Applied
	err := e.with(func(s *journal.Store) error {
		entry, err := do(s)
		out = applied(entry)
		return err
	})
	return out, err
}

// History lists the applied sets, the latest first.
func (e *Engine) History() ([]Applied, error) {
	var out []Applied
	err := e.with(func(s *journal.Store) error {
		for _, entry := range slices.Backward(s.History()) {
			out = append(out, applied(entry))
		}
		return nil
	})
	return out, err
}

// Recover settles what a killed process left half done, and says what it did;
// "" when there was nothing to do.
func (e *Engine) Recover() (string, error) {
	store, err := e.open()
	if err != nil {
		return "", err
	}
	report, err := store.Recover()
	if closeErr := store.Close(); err == nil {
		err = closeErr
	}
	if err != nil || !report.Found {
		return "", err
	}
	said := fmt.Sprintf("%q had been interrupted: %d files put back", report.Title, len(report.Put))
	if len(report.Edited) > 0 {
		said += "; edited since and left alone: " + strings.Join(report.Edited, ", ")
	}
	return said, nil
}

// Writable says whether fixes can be written, with a sentence for people when
// they cannot. Nothing is left behind.
func (e *Engine) Writable() error {
	return e.with(func(s *journal.Store) error { return s.CheckWritable() })
}
