package testing

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// fileTests are the tests of one file.
type fileTests struct {
	n     int
	first finding.Span
	looks bool // it is a test file by its place, its name or what it imports
}

// testsIn counts the tests of a file that run: not those in comments, not those
// that are skipped as they stand.
var testsIn = repo.Derive(func(s *repo.Snapshot, f *repo.File) (t fileTests) {
	if f.Role.Foreign() {
		return t
	}
	if f.Lang == repo.Go {
		if strings.HasSuffix(f.Name(), "_test.go") {
			t.looks = true
			t.n, t.first = goTests(f.Bytes())
		}
		return t
	}
	src := s.Source(f.Path)
	switch {
	case src == nil:
	case src.Lang == repo.Python:
		if f.Role == repo.Test || src.Mentions("TestCase", "APITestCase", "IsolatedAsyncioTestCase", "TransactionTestCase", "SimpleTestCase", "unittest") {
			t.n, t.first = pythonTests(src.Py(), f.Role == repo.Test)
			t.looks = t.n > 0 || f.Role == repo.Test && pythonTestName(f.Name())
		}
	default:
		named := scriptTestName(f.Name())
		t.looks = named
		if src.Mentions("it", "test", "specify", "fit", "Deno.test", "QUnit.test") && (named || f.Role == repo.Test || importsRunner(src)) {
			t.n, t.first = scriptTests(src.Bytes())
			t.looks = named || t.n > 0
		}
	}
	return t
})

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

// scriptTests counts the calls that declare a test. It reads tokens alone: test
// files are many, and long.
func scriptTests(data []byte) (n int, span finding.Span) {
	t := scriptTokens{data, jslex.Lex(data)}
	for i := range t.list {
		end, ok := t.testName(i)
		if !ok {
			continue
		}
		last, args := t.call(t.behindTypes(end))
		if last > 0 && args == 1 && t.text(last+1) == "(" { // it.each(table)("name", …)
			last, args = t.call(last + 1)
		}
		if args < 2 || t.text(last+1) == "{" || t.text(last+1) == "=>" { // the last two: a method of that name
			continue
		}
		if n == 0 {
			span = finding.Span{Start: t.list[i].Span.Start, End: t.list[end-1].Span.End}
		}
		n++
	}
	return n, span
}

type scriptTokens struct {
	data []byte
	list []jslex.Token
}

func (t scriptTokens) text(i int) string {
	if i < 0 || i >= len(t.list) {
		return ""
	}
	return string(t.data[t.list[i].Span.Start:t.list[i].Span.End])
}

// testName reads it, test.only and the like at token i; end is the token behind.
func (t scriptTokens) testName(i int) (end int, ok bool) {
	if t.list[i].Kind != jslex.Ident || t.text(i+1) != "(" && t.text(i+1) != "." || t.text(i-1) == "." || t.text(i-1) == "?." || t.text(i-1) == "function" {
		return 0, false
	}
	end = i + 1
	for t.text(end) == "." && end+1 < len(t.list) && (t.list[end+1].Kind == jslex.Ident || t.list[end+1].Kind == jslex.Keyword) {
		end += 2
	}
	rest := ""
	if end > i+1 {
		rest = t.text(i + 2)
	}
	switch t.text(i) {
	case "Deno", "QUnit":
		return end, rest == "test" && end == i+3
	case "it", "test", "specify", "fit":
	default:
		return 0, false
	}
	for k := i + 2; k < end; k += 2 {
		if word := t.text(k); strings.Contains(word, "skip") || strings.Contains(word, "todo") {
			return 0, false
		}
	}
	for _, other := range []string{"describe", "use", "before", "after", "extend", "step", "setTimeout"} {
		if strings.HasPrefix(rest, other) {
			return 0, false
		}
	}
	return end, true
}

// behindTypes is the token behind the type arguments that begin at token i, i when
// none do.
func (t scriptTokens) behindTypes(i int) int {
	if t.text(i) != "<" {
		return i
	}
	for j, depth := i, 0; j < min(len(t.list), i+400); j++ {
		switch t.text(j) {
		case "<":
			depth++
		case ">>":
			depth -= 2
		case ">":
			depth--
		}
		if depth <= 0 {
			return j + 1
		}
	}
	return i
}

// call reads the arguments in the parentheses at token i: the token that closes
// them, 0 without any, and how many there are.
func (t scriptTokens) call(i int) (last, args int) {
	if t.text(i) != "(" {
		return 0, 0
	}
	depth, comma := 0, true
	for ; i < len(t.list); i++ {
		if t.list[i].Kind == jslex.Comment {
			continue
		}
		if t.list[i].Kind == jslex.Punct {
			switch t.data[t.list[i].Span.Start] {
			case '(', '[', '{':
				depth++
				if depth == 1 {
					continue
				}
			case ')', ']', '}':
				if depth--; depth == 0 {
					return i, args
				}
			case ',':
				if depth == 1 {
					comma = true
					continue
				}
			}
		}
		if comma {
			args, comma = args+1, false
		}
	}
	return 0, 0
}

var runners = map[string]bool{
	"@playwright/test": true, "vitest": true, "@jest/globals": true, "node:test": true, "mocha": true, "ava": true, "tap": true, "uvu": true,
	"bun:test": true, "cypress": true, "@testing-library/react": true, "japa": true,
}

func importsRunner(src *repo.Source) bool {
	return slices.ContainsFunc(src.Modules(), func(m string) bool { return runners[m] })
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
