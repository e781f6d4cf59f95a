package repo

import (
	"bufio"
	"bytes"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// ignoreFiles are the project's .gitignore files and .git/info/exclude. They
// grow while the walk descends, parents before children.
type ignoreFiles struct {
	root  *ignoreRules
	count atomic.Int64 // patterns of all files

	mu sync.Mutex
	in map[string]*ignoreRules // directory with a .gitignore → rules in force there
}

// ignoreRules are the patterns in force in a directory: those of its own file,
// then those of the directories above it.
type ignoreRules struct {
	patterns []gitignore.Pattern
	above    *ignoreRules
}

func newIgnoreFiles(tree Tree) *ignoreFiles {
	f := &ignoreFiles{in: map[string]*ignoreRules{}}
	f.root = f.read(tree, ".git/info/exclude", nil, nil)
	return f
}

// load reads the .gitignore of dir, where the rules above it are in force.
func (f *ignoreFiles) load(tree Tree, dir string, above *ignoreRules) *ignoreRules {
	var domain []string
	if dir != "." {
		domain = strings.Split(dir, "/")
	}
	rules := f.read(tree, join(dir, ".gitignore"), domain, above)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in[dir] = rules
	return rules
}

const maxIgnoreRules = 10_000 // patterns of one project: each is tried on each path

func (f *ignoreFiles) read(tree Tree, name string, domain []string, above *ignoreRules) *ignoreRules {
	data, err := tree.ReadFile(name)
	if err != nil {
		return above
	}
	rules := &ignoreRules{above: above}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() && f.count.Load() < maxIgnoreRules {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || strings.Count(line, "**") > 4 {
			continue
		}
		f.count.Add(1)
		rules.patterns = append(rules.patterns, gitignore.ParsePattern(line, domain))
	}
	return rules
}

// match says whether the rules ignore name. A file below an ignored directory
// is ignored with it.
func (f *ignoreFiles) match(name string, isDir bool) bool {
	for _, dir := range parents(name) {
		if f.at(dir).matchAlone(dir, true) {
			return true
		}
	}
	return f.at(name).matchAlone(name, isDir)
}

// at are the rules in force for name.
func (f *ignoreFiles) at(name string) *ignoreRules {
	for _, dir := range parents(name) {
		if rules := f.in[dir]; rules != nil {
			return rules
		}
	}
	if rules := f.in["."]; rules != nil {
		return rules
	}
	return f.root
}

// matchAlone says whether the rules ignore name, whose directories are known not
// to be ignored. The last pattern that matches decides.
func (r *ignoreRules) matchAlone(name string, isDir bool) bool {
	if r == nil {
		return false
	}
	parts := strings.Split(name, "/")
	for ; r != nil; r = r.above {
		for i := len(r.patterns) - 1; i >= 0; i-- {
			switch r.patterns[i].Match(parts, isDir) {
			case gitignore.Exclude:
				return true
			case gitignore.Include:
				return false
			}
		}
	}
	return false
}
