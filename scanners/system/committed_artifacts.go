package system

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CommittedArtifacts finds what builds and machines leave behind, in git.
var CommittedArtifacts = check.PerProject(check.Doc{
	ID:         "system/committed-artifacts",
	Title:      "Build or machine files are tracked",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "What was built or installed on one machine is taken for source: it is out of date, hides vulnerable code from scanners, and a database or log may hold people's data.",
	How:        "Take the files out with git rm -r --cached and add them to .gitignore. Where a database or log held real data, treat that as leaked.",
	References: []string{"https://git-scm.com/docs/gitignore", "https://github.com/github/gitignore"},
}, func(p *check.Pass, s *repo.Snapshot) {
	type kind struct {
		first finding.Location
		n     int
	}
	found := map[string]*kind{}
	var order []string
	for _, f := range s.Files() {
		name := artifactOf(f)
		if name == "" || !f.Tracked || isSample(f.Path) {
			continue
		}
		if found[name] == nil {
			found[name] = &kind{first: f.Start()}
			order = append(order, name)
		}
		found[name].n++
	}
	if len(order) == 0 {
		return
	}
	slices.Sort(order)
	var parts []string
	for _, name := range order {
		if k := found[name]; k.n > 1 {
			parts = append(parts, fmt.Sprintf("%s (%d files)", name, k.n))
		} else {
			parts = append(parts, k.first.Path)
		}
	}
	problem := p.Report(found[order[0]].first, "git tracks %s", list(parts)).Keyed("artifacts")
	for _, name := range order[1:] {
		problem.With(found[name].first)
	}
})

// artifactOf names what a file belongs to that no one wrote, "" for one that
// somebody did.
func artifactOf(f *repo.File) string {
	dir := ""
	for part := range strings.SplitSeq(path.Dir(f.Path), "/") {
		dir = path.Join(dir, part)
		switch part {
		case "node_modules", ".venv", "venv", "site-packages", "__pycache__", ".next", ".nuxt", ".svelte-kit", ".turbo", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".terraform", ".gradle", ".parcel-cache":
			return dir
		}
	}
	base := f.Name()
	switch {
	case base == ".DS_Store", base == "Thumbs.db", base == "desktop.ini":
		return base
	case base == ".coverage", base == "npm-debug.log", base == "yarn-error.log":
		return f.Path
	}
	switch path.Ext(base) {
	case ".pid", ".pyc", ".pyo", ".swp":
		return "*" + path.Ext(base)
	case ".log":
		if f.Size > 0 && f.Role == repo.Production {
			return "*.log"
		}
	case ".sqlite", ".sqlite3", ".db":
		if f.Size >= 512 && f.Role == repo.Production && strings.HasPrefix(string(f.Bytes()[:min(len(f.Bytes()), 15)]), "SQLite format 3") {
			return f.Path
		}
	case ".tfstate":
		return f.Path
	}
	return ""
}

// isSample says whether a file lies where projects keep what they test or show.
func isSample(name string) bool {
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		switch part {
		case "test", "tests", "__tests__", "testdata", "fixtures", "__fixtures__", "spec", "examples", "example", "samples", "sample", "e2e", "docs", "third_party", "vendor", "benchmarks":
			return true
		}
		if strings.HasSuffix(part, "-tests") || strings.HasSuffix(part, "_test") || strings.Contains(part, "fixture") || strings.Contains(part, "testcase") || strings.Contains(part, "snapshot") {
			return true
		}
	}
	return false
}
