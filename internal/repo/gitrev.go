package repo

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Limits of what a revision may ask for.
const (
	maxRev       = 250    // bytes
	maxAncestors = 10_000 // steps back
)

// resolve is the commit that rev names: a name or an object id, then any number of
// ~n (n first parents back) and ^n (the n-th parent).
func (p *past) resolve(rev string) (*object.Commit, error) {
	if rev == "" || len(rev) > maxRev {
		return nil, fmt.Errorf("%q: not a revision: give a branch, a tag, a commit or HEAD~n", clip(rev))
	}
	name, steps := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		name, steps = rev[:i], rev[i:]
	}
	id, err := p.named(name)
	if err != nil {
		return nil, err
	}
	commit, err := p.objects.commit(id)
	if err != nil {
		return nil, fmt.Errorf("%s: names no commit that can be read: %w", name, err)
	}
	for left := maxAncestors; steps != ""; {
		step := steps[0]
		end := 1
		for end < len(steps) && '0' <= steps[end] && steps[end] <= '9' {
			end++
		}
		n := 1
		if digits := steps[1:end]; digits != "" {
			if n, err = strconv.Atoi(digits); err != nil || n > maxAncestors {
				return nil, fmt.Errorf("%s: more than %d commits back", rev, maxAncestors)
			}
		}
		if step != '~' && step != '^' {
			return nil, fmt.Errorf("%s: not a revision: only ~n and ^n may follow a name", rev)
		}
		steps = steps[end:]
		parent, times := 0, n
		if step == '^' {
			if n == 0 {
				continue
			}
			parent, times = n-1, 1
		}
		if left -= times; left < 0 {
			return nil, fmt.Errorf("%s: more than %d commits back", rev, maxAncestors)
		}
		for range times {
			next, err := commit.Parent(parent)
			if errors.Is(err, object.ErrParentNotFound) {
				return nil, fmt.Errorf("%s: commit %.12s has no such parent", rev, commit.Hash)
			} else if err != nil {
				return nil, fmt.Errorf("%s: the parent of commit %.12s cannot be read (a shallow clone ends somewhere): %w", rev, commit.Hash, err)
			}
			commit = next
		}
	}
	return commit, nil
}

// named is the object of a name, or of the first digits of its id.
func (p *past) named(name string) (plumbing.Hash, error) {
	if id := p.refs.find(name); id != "" {
		return plumbing.NewHash(id), nil
	}
	if objectID(name) != "" {
		return plumbing.NewHash(name), nil
	}
	none := fmt.Errorf("%s: no branch, tag or commit of that name", name)
	if len(name) < 4 || len(name) > 40 || strings.Trim(name, "0123456789abcdef") != "" {
		return plumbing.ZeroHash, none
	}
	whole, err := hex.DecodeString(name[:len(name)&^1])
	if err != nil {
		return plumbing.ZeroHash, none
	}
	ids, err := p.objects.HashesWithPrefix(whole)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("%s: %w", name, err)
	}
	var found []plumbing.Hash
	for _, id := range ids {
		if !strings.HasPrefix(id.String(), name) || len(found) > 1 {
			continue
		}
		if _, err := p.objects.commit(id); err == nil {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return plumbing.ZeroHash, none
	case 1:
		return found[0], nil
	}
	return plumbing.ZeroHash, fmt.Errorf("%s: begins more than one commit's id: give more digits", name)
}
