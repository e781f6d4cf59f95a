package testing

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// testsIn counts the tests of a file that run: not those in comments, not those
// that are skipped as they stand. looks says whether the file is a test file by
// its place, its name or what it imports; span is the first test's.
func testsIn(s *repo.Snapshot, f *repo.File) (n int, span finding.Span, looks bool) {
	if f.Role == repo.Vendored || f.Role == repo.Generated {
		return 0, finding.Span{}, false
	}
	if f.Lang == repo.Go {
		if !strings.HasSuffix(f.Name(), "_test.go") {
			return 0, finding.Span{}, false
		}
		n, span = goTests(f.Bytes())
		return n, span, true
	}
	src := s.Source(f.Path)
	switch {
	case src == nil:
		return 0, finding.Span{}, false
	case src.Lang == repo.Python && f.Role != repo.Test && !src.Mentions("TestCase", "APITestCase", "IsolatedAsyncioTestCase", "TransactionTestCase", "SimpleTestCase", "unittest"):
		return 0, finding.Span{}, false
	case src.Py() != nil:
		n, span = pythonTests(src.Py(), f.Role == repo.Test)
		return n, span, n > 0 || f.Role == repo.Test && pythonTestName(f.Name())
	}
	named := scriptTestName(f.Name())
	if !src.Mentions("it", "test", "specify", "fit", "Deno.test", "QUnit.test") {
		return 0, finding.Span{}, named
	}
	js := src.JS()
	n, span = scriptTests(js)
	if !named && f.Role != repo.Test && !importsRunner(js) {
		return 0, finding.Span{}, false
	}
	return n, span, n > 0 || named
}

func pythonTestName(name string) bool {
	return strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py")
}

func scriptTestName(name string) bool {
	for _, mark := range []string{".test.", ".spec.", ".cy.", ".e2e."} {
		if strings.Contains(name, mark) {
			return true
		}
	}
	return false
}

// pythonTests counts functions that pytest or unittest collects.
func pythonTests(py *pylex.File, testFile bool) (n int, span finding.Span) {
	for i := range py.Defs {
		d := &py.Defs[i]
		if d.Kind == pylex.Class || !strings.HasPrefix(d.Name, "test") || skipped(d) {
			continue
		}
		inCase := d.Parent >= 0 && py.Defs[d.Parent].Kind == pylex.Class
		if !testFile && !(inCase && isTestCase(&py.Defs[d.Parent])) {
			continue
		}
		if d.Parent >= 0 && !inCase { // a function in a function
			continue
		}
		if n == 0 {
			span = d.NameSpan
		}
		n++
	}
	return n, span
}

func isTestCase(class *pylex.Def) bool {
	for _, base := range class.Bases {
		if strings.HasSuffix(base, "TestCase") {
			return true
		}
	}
	return false
}

func skipped(d *pylex.Def) bool {
	for i := range d.Decorators {
		switch strings.TrimPrefix(d.Decorators[i].Callee, "pytest.mark.") {
		case "skip", "unittest.skip", "pytest.fixture", "fixture":
			return true
		}
	}
	return false
}

// scriptTests counts the calls that declare a test.
func scriptTests(js *jslex.File) (n int, span finding.Span) {
	for i := range js.Calls {
		c := &js.Calls[i]
		root, rest, _ := strings.Cut(strings.TrimSuffix(c.Callee, "()"), ".")
		switch {
		case c.Callee == "Deno.test" || c.Callee == "QUnit.test":
		case root != "it" && root != "test" && root != "specify" && root != "fit":
			continue
		case strings.Contains(rest, "skip"), strings.Contains(rest, "todo"), strings.HasPrefix(rest, "describe"), strings.HasPrefix(rest, "use"),
			strings.HasPrefix(rest, "before"), strings.HasPrefix(rest, "after"), strings.HasPrefix(rest, "extend"), strings.HasPrefix(rest, "step"), strings.HasPrefix(rest, "setTimeout"):
			continue
		}
		if len(c.Args) < 2 { // it.each(table) is followed by the call that counts
			continue
		}
		if n == 0 {
			span = c.CalleeSpan
		}
		n++
	}
	return n, span
}

var runners = map[string]bool{
	"@playwright/test": true, "vitest": true, "@jest/globals": true, "node:test": true, "mocha": true, "ava": true, "tap": true, "uvu": true,
	"bun:test": true, "cypress": true, "@testing-library/react": true, "japa": true,
}

func importsRunner(js *jslex.File) bool {
	for _, i := range js.Imports {
		if runners[i.Module] && !i.TypeOnly {
			return true
		}
	}
	return false
}

// drivesBrowser says whether a test file runs the program as a whole.
func drivesBrowser(s *repo.Snapshot, f *repo.File) bool {
	if strings.Contains(f.Path, ".cy.") || strings.Contains("/"+f.Path, "/cypress/") {
		return true
	}
	for _, e := range s.Graph().External(f) {
		switch e.Package {
		case "@playwright/test", "playwright", "puppeteer", "selenium", "selenium-webdriver", "testcafe":
			return true
		}
	}
	return false
}

// goTests counts the functions that go test runs, at the beginning of a line.
func goTests(data []byte) (n int, span finding.Span) {
	at := 0
	for line := range bytes.Lines(data) {
		for _, prefix := range []string{"func Test", "func Fuzz", "func Benchmark", "func Example"} {
			if bytes.HasPrefix(line, []byte(prefix)) && !bytes.HasPrefix(line, []byte("func TestMain(")) {
				if n == 0 {
					span = finding.Span{Start: at, End: at + len(prefix)}
				}
				n++
			}
		}
		at += len(line)
	}
	return n, span
}
