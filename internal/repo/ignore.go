package repo

import (
	"bufio"
	"bytes"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// ignoreRules are the project's .gitignore files and .git/info/exclude. They
// grow while the walk descends, parents before children.
type ignoreRules struct {
	tree     Tree
	patterns []gitignore.Pattern
	matcher  gitignore.Matcher
}

func newIgnoreRules(tree Tree) *ignoreRules {
	r := &ignoreRules{tree: tree}
	r.add(".git/info/exclude", nil)
	return r
}

// load reads the .gitignore of dir.
func (r *ignoreRules) load(dir string) {
	var domain []string
	if dir != "." {
		domain = strings.Split(dir, "/")
	}
	r.add(path.Join(dir, ".gitignore"), domain)
}

const maxIgnoreRules = 10_000 // patterns of one project: each is tried on each path

func (r *ignoreRules) add(name string, domain []string) {
	data, err := r.tree.ReadFile(name)
	if err != nil {
		return
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() && len(r.patterns) < maxIgnoreRules {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || strings.Count(line, "**") > 4 {
			continue
		}
		r.patterns = append(r.patterns, gitignore.ParsePattern(line, domain))
	}
	r.matcher = gitignore.NewMatcher(r.patterns)
}

// match says whether the rules ignore name. A file below an ignored directory
// is ignored with it.
func (r *ignoreRules) match(name string, isDir bool) bool {
	for _, dir := range parents(name) {
		if r.matchAlone(dir, true) {
			return true
		}
	}
	return r.matchAlone(name, isDir)
}

// matchAlone is match for a name whose directories are known not to be ignored.
func (r *ignoreRules) matchAlone(name string, isDir bool) bool {
	return r.matcher != nil && r.matcher.Match(strings.Split(name, "/"), isDir)
}
