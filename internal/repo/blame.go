package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
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
	maxMoved    = 20_000  // files of one commit that may have been moved
)

// Blame tells the age of lines, by path and line number (from 1): for each number
// asked, one Age in the same order. Files are followed along first parents, so that
// a line of a merged branch has the age of the merge, and through moves: of the file
// as it was, or of most of it under the same name. Files that git does not track,
// those above maxBlameLen and those beyond the first 200 have no answer. It fails
// when the project has no readable history, and with ctx's error when that is done.
func (s *Snapshot) Blame(ctx context.Context, lines map[string][]int) (map[string][]Age, error) {
	out := map[string][]Age{}
	err := s.recall(func(p *past) error {
		b := blame{s: s, p: p, versions: maxVersions}
		for _, name := range slices.Sorted(maps.Keys(lines)) {
			if len(b.files) < maxBlamed {
				b.start(name, lines[name])
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

type blame struct {
	s        *Snapshot
	p        *past
	files    []*blamed
	versions int // that may still be compared
	compared int // directories that were compared to find moves
}

// removals are the files of the parent that the commit removed; never nil.
func (b *blame) removals(parent, at *object.Commit) []fileVersion {
	d := treeDiff{objects: b.p.objects, left: maxCompar - b.compared, most: maxMoved, alone: []fileVersion{}}
	before := d.left
	d.compare(parent.TreeHash, at.TreeHash, "", 0)
	b.compared += before - d.left
	return d.alone
}

// moved finds what a file was before the commit that it first stands in: a removed
// file with the same content, or one of the same name that shares most lines.
func (b *blame) moved(f *blamed, gone []fileVersion) plumbing.Hash {
	for _, r := range gone {
		if r.blob == f.blob {
			f.name = r.path
			return r.blob
		}
	}
	for _, r := range gone {
		if path.Base(r.path) != path.Base(f.name) || b.versions <= 0 {
			continue
		}
		b.versions--
		old, err := b.lines(r.blob)
		if err != nil {
			continue
		}
		same := 0
		for _, n := range matchLines(f.text, old) {
			if n >= 0 {
				same++
			}
		}
		if 2*same > max(len(old), len(f.text)) {
			f.name = r.path
			return r.blob
		}
	}
	return plumbing.ZeroHash
}

// blamed is a file on the way back: the lines asked about that have no answer yet
// stand at known numbers of the version looked at.
type blamed struct {
	path string // now
	ages []Age
	name string // path of the version
	blob plumbing.Hash
	text [][]byte    // lines of the version
	open map[int]int // index of an answer → number of its line, from 0
}

// start prepares a file: it maps its lines to those of the commit.
func (b *blame) start(name string, numbers []int) {
	f := b.s.byPath[name]
	if f == nil || f.Size > maxBlameLen {
		return
	}
	ids, err := blobs(b.p.head, []string{name})
	if err != nil || ids[name].IsZero() {
		return
	}
	committed, err := b.lines(ids[name])
	if err != nil {
		return
	}
	file := &blamed{path: name, ages: make([]Age, len(numbers)), name: name, blob: ids[name], text: committed, open: map[int]int{}}
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
				paths = append(paths, f.name)
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
		var gone []fileVersion
		for _, f := range b.files {
			if len(f.open) == 0 || before[f.name] == f.blob {
				continue
			}
			id := before[f.name]
			if id.IsZero() && parent != nil {
				if gone == nil {
					gone = b.removals(parent, at)
				}
				id = b.moved(f, gone)
			}
			b.step(f, id, at)
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
