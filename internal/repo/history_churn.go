package repo

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Churn is how often a file was changed.
type Churn struct {
	Path    string
	Changes int // commits of the main line that changed it; a merge counts as one
	Last    time.Time
}

// Limits of the walk for changes.
const (
	maxChurn  = 1000   // commits
	maxSweep  = 300    // files that one commit changes: with more it moves or formats, and says nothing of each
	maxCompar = 60_000 // directories that are compared
)

// MostChanged lists the n files of the project that changed in most commits,
// following first parents through at most maxChurn commits, and how many commits
// were looked at. It fails when the project has no readable history, and with ctx's
// error when that is done.
func (s *Snapshot) MostChanged(ctx context.Context, n int) (top []Churn, commits int, err error) {
	changes := map[string]*Churn{}
	err = s.recall(func(p *past) error {
		d := treeDiff{objects: p.objects, left: maxCompar, most: maxSweep}
		at := p.head
		for ; commits < maxChurn && d.left > 0; commits++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			parent, err := at.Parent(0)
			if err != nil {
				if errors.Is(err, object.ErrParentNotFound) {
					d.compare(at.TreeHash, plumbing.ZeroHash, "", 0)
					d.tally(changes, at.Committer.When)
					commits++
				}
				break
			}
			d.compare(at.TreeHash, parent.TreeHash, "", 0)
			d.tally(changes, at.Committer.When)
			at = parent
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	for path, c := range changes {
		if f := s.byPath[path]; f != nil && !f.Role.Foreign() {
			top = append(top, *c)
		}
	}
	slices.SortFunc(top, func(a, b Churn) int { return cmp.Or(b.Changes-a.Changes, cmp.Compare(a.Path, b.Path)) })
	return top[:min(len(top), n)], commits, nil
}

// treeDiff finds the files in which two directories differ.
type treeDiff struct {
	objects gitObjects
	left    int // directories that may still be compared
	most    int // files that are listed
	changed []string
	alone   []fileVersion // of these, those that have no counterpart
}

// fileVersion is a file at some commit.
type fileVersion struct {
	path string
	blob plumbing.Hash
}

func (d *treeDiff) tally(changes map[string]*Churn, when time.Time) {
	if len(d.changed) <= maxSweep {
		for _, path := range d.changed {
			c := changes[path]
			if c == nil {
				c = &Churn{Path: path, Last: when}
				changes[path] = c
			}
			c.Changes++
		}
	}
	d.changed, d.alone = d.changed[:0], d.alone[:0]
}

// compare adds the files below prefix that are in the tree a and not the same in b.
func (d *treeDiff) compare(a, b plumbing.Hash, prefix string, depth int) {
	if a == b || d.left <= 0 || depth > MaxDepth || len(d.changed) > d.most {
		return
	}
	d.left--
	now, err := object.GetTree(d.objects, a)
	if err != nil {
		return
	}
	before := map[string]object.TreeEntry{}
	if !b.IsZero() {
		if old, err := object.GetTree(d.objects, b); err == nil {
			for _, e := range old.Entries {
				before[e.Name] = e
			}
		}
	}
	for _, e := range now.Entries {
		was := before[e.Name]
		if was.Hash == e.Hash && was.Mode == e.Mode {
			continue
		}
		switch {
		case e.Mode == filemode.Dir && was.Mode == filemode.Dir:
			d.compare(e.Hash, was.Hash, prefix+e.Name+"/", depth+1)
		case e.Mode == filemode.Dir:
			d.compare(e.Hash, plumbing.ZeroHash, prefix+e.Name+"/", depth+1)
		default:
			d.changed = append(d.changed, prefix+e.Name)
			if was.Hash.IsZero() {
				d.alone = append(d.alone, fileVersion{prefix + e.Name, e.Hash})
			}
		}
	}
}
