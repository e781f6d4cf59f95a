// Package patch holds fixes as data: what to change in which files, on which
// bytes, planned on which version of them.
//
// Nothing here reads or writes a file. A fix is a Set; remediation/journal
// writes it, Unified and Hunks show it, the editors of this package build its
// edits without touching a byte that need not change.
package patch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"drydock/internal/finding"
)

// Digest is the SHA-256 of a file's bytes.
type Digest [sha256.Size]byte

// Sum is the digest of content.
func Sum(content []byte) Digest { return sha256.Sum256(content) }

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Edit replaces the bytes of Span by New. An empty span inserts, an empty New
// removes.
type Edit struct {
	Span finding.Span
	New  []byte
}

// Op is what a change does to its file.
type Op int

// The operations. Modify is the zero value.
const (
	Modify Op = iota
	Create
	Delete
)

// String is the operation as people read it: modify, create or delete.
func (o Op) String() string {
	switch o {
	case Modify:
		return "modify"
	case Create:
		return "create"
	case Delete:
		return "delete"
	}
	return fmt.Sprintf("op(%d)", int(o))
}

// ModeBits are the bits of a file mode that a change may set and a plan pins.
const ModeBits = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// Change is what happens to one file.
type Change struct {
	Path string // relative to the project's root, with "/"
	Op   Op

	Base     Digest      // of the file the change was planned on, when HasBase
	HasBase  bool        // always false for Create
	BaseMode fs.FileMode // mode bits of that file; 0 when not pinned yet

	Edits   []Edit      // Modify: on the bytes whose digest is Base
	Content []byte      // Create: the whole file
	Mode    fs.FileMode // Create: required; Modify: 0 keeps the mode

	Secret bool   // the new content must never be shown, nor kept after it is written
	Note   string // why this file changes, one sentence for the preview
}

// After is the file's content once the change is applied to before, and whether
// the file exists then. It fails when the edits do not fit before, or when
// before is not what the change was planned on.
func (c Change) After(before []byte) (after []byte, exists bool, err error) {
	if c.HasBase && Sum(before) != c.Base {
		return nil, false, fmt.Errorf("%s: changed since the fix was planned: plan it again", QuotePath(c.Path))
	}
	switch c.Op {
	case Create:
		return slices.Clone(c.Content), true, nil
	case Delete:
		return nil, false, nil
	}
	after, err = Apply(before, c.Edits)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", QuotePath(c.Path), err)
	}
	return after, true, nil
}

// Set is the changes that belong together: all of them are written, or none.
type Set struct {
	Title   string
	Changes []Change
}

// Sorted is the set with its changes ordered by path and their edits by
// position. Edits that insert at the same place keep their order.
func (s Set) Sorted() Set {
	out := Set{Title: s.Title, Changes: slices.Clone(s.Changes)}
	slices.SortStableFunc(out.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	for i := range out.Changes {
		out.Changes[i].Edits = sortEdits(out.Changes[i].Edits)
	}
	return out
}

// Validate says everything that is wrong with the set by itself, whatever tree
// it meets: paths that leave the project, two changes of one file, overlapping
// edits, fields that do not belong to the operation. Errors name the path.
func (s Set) Validate() error {
	var errs []error
	seen := make(map[string]bool, len(s.Changes))
	for _, c := range s.Changes {
		if err := c.validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", QuotePath(c.Path), err))
		}
		if seen[c.Path] {
			errs = append(errs, fmt.Errorf("%s: two changes of one file: merge them", QuotePath(c.Path)))
		}
		seen[c.Path] = true
	}
	for _, c := range s.Changes {
		for dir := parent(c.Path); dir != ""; dir = parent(dir) {
			if seen[dir] {
				errs = append(errs, fmt.Errorf("%s: %s is a file of the same set", QuotePath(c.Path), QuotePath(dir)))
			}
		}
	}
	return errors.Join(errs...)
}

func (c Change) validate() error {
	if err := validPath(c.Path); err != nil {
		return err
	}
	if c.Mode&^ModeBits != 0 || c.BaseMode&^ModeBits != 0 {
		return fmt.Errorf("mode %v is not that of a regular file", c.Mode|c.BaseMode)
	}
	switch c.Op {
	case Create:
		if c.Mode == 0 {
			return errors.New("a created file needs a mode")
		}
		if c.HasBase || c.BaseMode != 0 || len(c.Edits) > 0 {
			return errors.New("a created file has content, not a base or edits")
		}
	case Modify:
		if c.Content != nil {
			return errors.New("a modified file has edits, not content")
		}
		return checkEdits(c.Edits)
	case Delete:
		if c.Content != nil || len(c.Edits) > 0 || c.Mode != 0 {
			return errors.New("a deleted file has neither content, edits nor a mode")
		}
	default:
		return fmt.Errorf("unknown operation %v", c.Op)
	}
	return nil
}

// validPath refuses what is not a plain path below the root, and git's own
// directory: a fix never writes there.
func validPath(path string) error {
	if !fs.ValidPath(path) || path == "." || strings.ContainsRune(path, 0) {
		return errors.New("not a path below the project's root")
	}
	for part := range strings.SplitSeq(path, "/") {
		if strings.EqualFold(part, ".git") {
			return errors.New("git's own directory is never written")
		}
	}
	return nil
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return ""
	}
	return path[:i]
}

// Pin records, for every file that the set modifies or deletes, the digest and
// the mode it has in tree right now; journal.Apply writes a pinned set only. It
// fails when a file is missing, or differs from a digest or mode already
// recorded.
func Pin(s Set, tree fs.FS) (Set, error) {
	out := s.Sorted()
	var errs []error
	for i := range out.Changes {
		if c := &out.Changes[i]; c.Op != Create {
			if err := c.pin(tree); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", QuotePath(c.Path), err))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Set{}, err
	}
	return out, nil
}

func (c *Change) pin(tree fs.FS) error {
	info, err := fs.Stat(tree, c.Path)
	if err != nil {
		return reason(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	content, err := fs.ReadFile(tree, c.Path)
	if err != nil {
		return reason(err)
	}
	digest, mode := Sum(content), info.Mode()&ModeBits
	if c.HasBase && c.Base != digest {
		return errors.New("changed since the fix was planned: plan it again")
	}
	if c.BaseMode != 0 && c.BaseMode != mode {
		return fmt.Errorf("its mode changed from %v to %v since the fix was planned: plan it again", c.BaseMode, mode)
	}
	c.Base, c.HasBase, c.BaseMode = digest, true, mode
	return nil
}

// reason is what went wrong without the path, which the caller names.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

func sameEdit(a, b Edit) bool { return a.Span == b.Span && bytes.Equal(a.New, b.New) }
