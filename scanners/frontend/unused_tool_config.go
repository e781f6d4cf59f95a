package frontend

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// UnusedToolConfig finds tools that are set up and have nothing to work on.
var UnusedToolConfig = check.PerProject(check.Doc{
	ID:         "frontend/unused-tool-config",
	Title:      "Tool set up, never used",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      0.5,
	Why:        "Every install brings dozens of packages along, and newcomers look for stories and tests that do not exist.",
	How:        "Delete the configuration and its packages, or write the first story or test.",
	Holds:      "Tools that are set up are used",
	References: []string{
		"https://storybook.js.org/docs/writing-stories",
		"https://docs.cypress.io/app/get-started/why-cypress",
		"https://playwright.dev/docs/intro",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, f := range s.Files() {
		if f.Role.Foreign() || f.Role == repo.Example || strings.Contains(f.Path, "{{") {
			continue
		}
		tool, ok := toolSetUp(f)
		if !ok {
			continue
		}
		dir := f.Dir()
		if path.Base(dir) == ".storybook" {
			dir = path.Dir(dir)
		}
		if work := workOf(s, tool, dir); work != nil {
			p.Holds(f.Start(), "%s has %s", tool.name, work.Path)
			continue
		}
		p.Report(f.Start(), "%s is set up in %s, and there is no %s for it", tool.name, f.Path, tool.work).Keyed("%s", tool.name)
	}
})

// set is a tool, and the marks in names of what it works on.
type set struct {
	name, work string
	stems      []string
	marks      []string
	dirs       []string
}

var sets = []set{
	{"Storybook", "story", []string{".storybook/main"}, []string{".stories.", ".story."}, []string{"stories"}},
	{"Cypress", "test", []string{"cypress.config"}, []string{".cy.", ".spec.", ".test.", ".feature"}, []string{"cypress"}},
	{"Playwright", "test", []string{"playwright.config"}, []string{".spec.", ".test.", ".e2e.", ".setup.", ".feature"}, []string{"e2e", "playwright"}},
}

func toolSetUp(f *repo.File) (set, bool) {
	if f.Lang != repo.TypeScript && f.Lang != repo.JavaScript {
		return set{}, false
	}
	name := strings.TrimSuffix(f.Path, path.Ext(f.Path))
	for _, t := range sets {
		for _, stem := range t.stems {
			if name == stem || strings.HasSuffix(name, "/"+stem) {
				return t, true
			}
		}
	}
	return set{}, false
}

// workOf is a file that the tool works on: below its directory, else, as monorepos
// have it, anywhere.
func workOf(s *repo.Snapshot, t set, dir string) *repo.File {
	for _, below := range []string{dir, "."} {
		for _, f := range s.Under(below) {
			if f.Role.Foreign() {
				continue
			}
			if slices.ContainsFunc(t.marks, func(mark string) bool { return strings.Contains(f.Name(), mark) }) {
				return f
			}
			parts := strings.Split(f.Dir(), "/")
			if (f.Lang == repo.TypeScript || f.Lang == repo.JavaScript) && slices.ContainsFunc(t.dirs, func(d string) bool { return slices.Contains(parts, d) }) && f.Says("test", "it", "describe", "stories", "story", "Story") && !strings.Contains(f.Name(), ".config.") {
				return f
			}
		}
	}
	return nil
}
