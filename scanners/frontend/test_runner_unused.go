package frontend

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// TestRunnerUnused finds frontends with a test runner and not one test.
var TestRunnerUnused = check.PerProject(check.Doc{
	ID:         "frontend/test-runner-unused",
	Title:      "Test runner without tests",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      8,
	Why:        "npm test is green because there is nothing to run: every change to the frontend is tried out by visitors.",
	How:        "Write a smoke test for each of the routes that matter (render it, wait for what it shows), run them in CI, then test what breaks.",
	Holds:      "The frontend has tests",
	References: []string{
		"https://nextjs.org/docs/app/guides/testing",
		"https://testing-library.com/docs/react-testing-library/intro/",
		"https://vitest.dev/guide/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		at, runner, ok := testRunner(s, app.pkg)
		if !ok {
			continue
		}
		if f := testBelow(s, app.pkg.Dir(), runner); f != nil {
			p.Holds(f.Start(), "%s runs tests such as %s", runner, f.Path)
			continue
		}
		if f := testBelow(s, ".", runner); f != nil && testsRoot(f.Path) {
			p.Unproven(at, "%s has no test of its own; %s may be about it", app.label(), f.Path)
			continue
		}
		p.Report(at, "%s is set up for %s, and there is no test for it to run", runner, app.label()).Keyed("%s", app.pkg.Dir())
	}
})

// runners are the programs that run tests of JavaScript.
var runners = []string{"jest", "vitest", "mocha", "karma", "ava", "react-scripts test", "ng test", "vue-cli-service test", "cypress run", "playwright test"}

// testRunner is where a package says what runs its tests.
func testRunner(s *repo.Snapshot, pkg *repo.Package) (at finding.Location, name string, ok bool) {
	for _, script := range pkg.Scripts {
		if script.Name != "test" && !strings.HasPrefix(script.Name, "test:") {
			continue
		}
		for _, runner := range runners {
			if wordIn([]byte(script.Value), runner) {
				return pkg.At(script.Span), runner, true
			}
		}
	}
	for _, c := range s.ToolConfigs(repo.ToolJest, repo.ToolVitest) {
		if c.Dir() == pkg.Dir() {
			return c.ValueAt(c.Root), string(c.Tool), true
		}
	}
	return at, "", false
}

// others say whether a test is one for another runner: of whole pages, in a browser.
func others(s *repo.Snapshot, f *repo.File, runner string) bool {
	if strings.Contains(f.Name(), ".cy.") && !strings.Contains(runner, "cypress") {
		return true
	}
	src := s.Source(f.Path)
	return src != nil && !strings.Contains(runner, "playwright") && slices.Contains(src.Modules(), "@playwright/test")
}

// testBelow is a file with tests of JavaScript below a directory that the runner runs.
func testBelow(s *repo.Snapshot, dir, runner string) *repo.File {
	for _, f := range s.Under(dir) {
		switch f.Lang {
		case repo.TypeScript, repo.JavaScript:
		default:
			continue
		}
		if f.Role.Foreign() || others(s, f, runner) {
			continue
		}
		name := f.Name()
		for _, mark := range []string{".test.", ".spec.", ".cy.", ".e2e.", "_test."} {
			if strings.Contains(name, mark) {
				return f
			}
		}
		if f.Role == repo.Test && f.Says("test", "it", "describe") && f.Says("expect", "assert", "should") {
			return f
		}
	}
	return nil
}

// testsRoot says whether a test lies in a folder of tests at the top.
func testsRoot(name string) bool {
	first, _, _ := strings.Cut(path.Clean(name), "/")
	switch first {
	case "test", "tests", "e2e", "__tests__", "cypress", "playwright":
		return true
	}
	return false
}
