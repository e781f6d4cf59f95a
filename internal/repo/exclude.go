package repo

import (
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// exclusion is one pattern of what the caller wants left out, and what it hit.
type exclusion struct {
	text        string
	pattern     gitignore.Pattern
	files, dirs int
}

func exclusions(patterns []string) []*exclusion {
	var out []*exclusion
	for _, text := range patterns {
		out = append(out, &exclusion{text: text, pattern: gitignore.ParsePattern(text, nil)})
	}
	return out
}

// excluded says whether name is left out; the last pattern that matches decides.
// Below a directory that is left out nothing is looked at.
func (w *walker) excluded(name string, isDir bool) bool {
	if len(w.exclude) == 0 {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	parts := strings.Split(name, "/")
	for i := len(w.exclude) - 1; i >= 0; i-- {
		switch e := w.exclude[i]; e.pattern.Match(parts, isDir) {
		case gitignore.Exclude:
			if isDir {
				e.dirs++
			} else {
				e.files++
			}
			return true
		case gitignore.Include:
			return false
		}
	}
	return false
}

func (w *walker) listExcluded() {
	for _, e := range w.exclude {
		if e.files+e.dirs > 0 {
			w.s.skip(e.text, fmt.Sprintf("excluded by configuration: directories %d, files %d", e.dirs, e.files), false)
		}
	}
}
