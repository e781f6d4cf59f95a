package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Age says when a line came to be as it is.
type Age struct {
	Change           // of the main line that brought it; the oldest one looked at with AtLeast
	AtLeast     bool // the line is older than Change: the walk ended before the commit that wrote it
	Uncommitted bool // the line is not in the commit that the snapshot stands on
}

// Limits of blame.
const (
	maxBlamed   = 200     // files asked about at once
	maxBlame    = 2000    // commits that are looked at
	maxVersions = 2000    // versions of all files that are compared
	maxBlameLen = 1 << 20 // bytes of a file
)

// Blame tells the age of lines, by path and line number (from 1): for each number
// asked, one Age in the same order. Files are followed along first parents by their
// path, not through renames, so that a line of a merged branch has the age of the
// merge. Files that git does not track, larger ones and those beyond the first 200
// have no answer. It fails when the project has no readable history, and with ctx's
// error when that is done.
func (s *Snapshot) Blame(ctx context.Context, lines map[string][]int) (map[string][]Age, error) {
	out := map[string][]Age{}
	err := s.recall(func(p *past) error {
		b := blame{s: s, p: p, versions: maxVersions}
		for _, path := range slices.Sorted(keys(lines)) {
			if len(b.files) < maxBlamed {
				b.start(path, lines[path])
			}
		}
		if err := b.walk(ctx); err != nil {
			return err
		}
		for _, f := range b.files {
			out[f.path] = f.ages
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func keys[K comparable, V any](m map[K]V) func(yield func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

type blame struct {
	s        *Snapshot
	p        *past
	files    []*blamed
	versions int
}

// blamed is a file on the way back: the lines asked about that have no answer yet
// stand at known numbers of the version looked at.
type blamed struct {
	path string
	ages []Age
	blob plumbing.Hash
	text [][]byte    // lines of the version
	open map[int]int // index of an answer → number of its line, from 0
}

// start prepares a file: it maps its lines to those of the commit.
func (b *blame) start(path string, numbers []int) {
	f := b.s.byPath[path]
	if f == nil || f.Size > maxBlameLen {
		return
	}
	ids, err := blobs(b.p.head, []string{path})
	if err != nil || ids[path].IsZero() {
		return
	}
	committed, err := b.lines(ids[path])
	if err != nil {
		return
	}
	file := &blamed{path: path, ages: make([]Age, len(numbers)), blob: ids[path], text: committed, open: map[int]int{}}
	here := matchLines(splitLines(f.Bytes()), committed)
	for i, n := range numbers {
		if n < 1 || n > len(here) || here[n-1] < 0 {
			file.ages[i].Uncommitted = true
			continue
		}
		file.open[i] = here[n-1]
	}
	b.files = append(b.files, file)
}

func (b *blame) lines(id plumbing.Hash) ([][]byte, error) {
	size, err := b.p.objects.blobSize(id)
	if err != nil {
		return nil, err
	}
	if size > maxBlameLen {
		return nil, errTooLarge
	}
	data, err := b.p.objects.blob(id)
	if err != nil {
		return nil, fmt.Errorf("a version cannot be read: %w", err)
	}
	return splitLines(data), nil
}

// splitLines are the lines of a text without their endings.
func splitLines(data []byte) [][]byte {
	var out [][]byte
	for line := range bytes.Lines(data) {
		out = append(out, bytes.TrimRight(line, "\r\n"))
	}
	return out
}

// walk goes back commit by commit until every line has an answer or a bound is hit.
func (b *blame) walk(ctx context.Context) error {
	at := b.p.head
	for range maxBlame {
		var paths []string
		for _, f := range b.files {
			if len(f.open) > 0 {
				paths = append(paths, f.path)
			}
		}
		if len(paths) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		parent, err := at.Parent(0)
		if err != nil && !errors.Is(err, object.ErrParentNotFound) {
			break // a shallow clone ends here
		}
		before := map[string]plumbing.Hash{}
		if parent != nil {
			if before, err = blobs(parent, paths); err != nil {
				break
			}
		}
		for _, f := range b.files {
			if len(f.open) > 0 && before[f.path] != f.blob {
				b.step(f, before[f.path], at)
			}
		}
		if parent == nil {
			return nil
		}
		at = parent
	}
	for _, f := range b.files {
		for i := range f.open {
			f.ages[i] = Age{Change: changeOf(at), AtLeast: true}
		}
	}
	return nil
}

func changeOf(c *object.Commit) Change { return Change{c.Committer.When, c.Hash.String()} }

// step answers the lines of the file that the commit brought, and moves the others
// to the version before it.
func (b *blame) step(f *blamed, before plumbing.Hash, at *object.Commit) {
	var old [][]byte
	if !before.IsZero() {
		b.versions--
		var err error
		if old, err = b.lines(before); err != nil || b.versions < 0 {
			for i := range f.open {
				f.ages[i] = Age{Change: changeOf(at), AtLeast: true}
			}
			clear(f.open)
			return
		}
	}
	where := matchLines(f.text, old)
	for i, n := range f.open {
		if where[n] < 0 {
			f.ages[i].Change = changeOf(at)
			delete(f.open, i)
		} else {
			f.open[i] = where[n]
		}
	}
	f.text, f.blob = old, before
}
