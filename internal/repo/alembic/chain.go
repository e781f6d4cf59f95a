package alembic

import "slices"

// Chain is how the revisions of one environment follow each other.
type Chain struct {
	Revisions  []*Revision   // a revision after those it revises; loops last
	Heads      []*Revision   // revised by none
	Roots      []*Revision   // revise none
	Missing    []Missing     // references to revisions that do not exist
	Duplicates [][]*Revision // those that share an id
	Looped     []*Revision   // on a loop or behind one
	Computed   []*Revision   // what they follow cannot be read: nothing is known for sure
}

// Missing is a reference to a revision that no file defines.
type Missing struct {
	From *Revision
	ID   Text
}

// Linear says whether the chain has one root, one head, and nothing wrong.
func (c *Chain) Linear() bool {
	return len(c.Heads) == 1 && len(c.Roots) == 1 && len(c.Missing)+len(c.Duplicates)+len(c.Looped)+len(c.Computed) == 0
}

// Revision is the revision with the given id, or nil.
func (c *Chain) Revision(id string) *Revision {
	for _, r := range c.Revisions {
		if r.ID.Value == id {
			return r
		}
	}
	return nil
}

// Build links revisions by what they revise. The result does not depend on their
// order; its lists are sorted by path where nothing else orders them.
func Build(revisions []*Revision) *Chain {
	sorted := slices.Clone(revisions)
	slices.SortStableFunc(sorted, func(a, b *Revision) int {
		switch {
		case a.Path < b.Path:
			return -1
		case a.Path > b.Path:
			return 1
		}
		return 0
	})
	l := linker{byID: map[string][]*Revision{}, next: map[*Revision][]*Revision{}, open: map[*Revision]int{}}
	for _, r := range sorted {
		l.byID[r.ID.Value] = append(l.byID[r.ID.Value], r)
	}
	for _, r := range sorted {
		l.link(r)
	}
	for _, r := range sorted {
		if len(l.next[r]) == 0 {
			l.chain.Heads = append(l.chain.Heads, r)
		}
		if same := l.byID[r.ID.Value]; len(same) > 1 && same[0] == r {
			l.chain.Duplicates = append(l.chain.Duplicates, same)
		}
	}
	l.order(sorted)
	return &l.chain
}

type linker struct {
	chain Chain
	byID  map[string][]*Revision
	next  map[*Revision][]*Revision // those that revise it
	open  map[*Revision]int         // revisions that must come before and have not
}

func (l *linker) link(r *Revision) {
	if r.Root() {
		l.chain.Roots = append(l.chain.Roots, r)
	}
	if r.Computed {
		l.chain.Computed = append(l.chain.Computed, r)
	}
	for _, down := range r.Down {
		before := l.byID[down.Value]
		if len(before) == 0 {
			l.chain.Missing = append(l.chain.Missing, Missing{r, down})
			continue
		}
		// Of several with one id the first stands for all: the duplicate is
		// what is wrong, not the heads it would make.
		for _, b := range before {
			l.next[b] = append(l.next[b], r)
		}
		l.open[r]++
	}
}

// order puts every revision after those it revises.
func (l *linker) order(sorted []*Revision) {
	var ready []*Revision
	for _, r := range sorted {
		if l.open[r] == 0 {
			ready = append(ready, r)
		}
	}
	done := map[*Revision]bool{}
	for len(ready) > 0 {
		r := ready[0]
		ready = ready[1:]
		done[r] = true
		l.chain.Revisions = append(l.chain.Revisions, r)
		if l.byID[r.ID.Value][0] != r {
			continue
		}
		for _, after := range l.next[r] {
			if l.open[after]--; l.open[after] == 0 {
				ready = append(ready, after)
			}
		}
	}
	for _, r := range sorted {
		if !done[r] {
			l.chain.Looped = append(l.chain.Looped, r)
		}
	}
	l.chain.Revisions = append(l.chain.Revisions, l.chain.Looped...)
}
