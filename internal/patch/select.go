package patch

import "fmt"

// Select is the part of the set that a person kept. keep is asked once for every
// hunk that Hunks numbers from 0 in a file; a created or deleted file, and a
// change of mode alone, is one hunk with number 0. before reads a file's present
// content. A file of which nothing is kept is left out; one of which all is kept
// stays as it was planned; a new mode stays as long as any hunk does.
func Select(s Set, before func(path string) ([]byte, error), keep func(path string, hunk int) bool) (Set, error) {
	out := Set{Title: s.Title}
	for _, c := range s.Sorted().Changes {
		if c.Op != Modify {
			if keep(c.Path, 0) {
				out.Changes = append(out.Changes, c)
			}
			continue
		}
		old, err := before(c.Path)
		if err != nil {
			return Set{}, fmt.Errorf("%s: %w", QuotePath(c.Path), err)
		}
		reduced, any, err := selectHunks(c, old, keep)
		if err != nil {
			return Set{}, err
		}
		if any {
			out.Changes = append(out.Changes, reduced)
		}
	}
	return out, nil
}

func selectHunks(c Change, old []byte, keep func(string, int) bool) (reduced Change, any bool, err error) {
	neu, _, err := c.After(old)
	if err != nil {
		return Change{}, false, err
	}
	all := Hunks(c.Path, old, neu)
	if len(all) == 0 {
		return c, keep(c.Path, 0), nil
	}
	var edits []Edit
	kept := 0
	for i, h := range all {
		if keep(c.Path, i) {
			kept++
			edits = append(edits, h.edits...)
		}
	}
	if kept == len(all) {
		return c, true, nil
	}
	c.Edits = edits
	return c, kept > 0, nil
}
