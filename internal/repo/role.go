package repo

import (
	"path"
	"strings"
)

// Role says what a file is for. Only Production counts against a release.
type Role string

// The roles.
const (
	Production Role = "production"
	Test       Role = "test"
	Example    Role = "example"
	Docs       Role = "docs"
	Generated  Role = "generated"
	Built      Role = "build output"
	Vendored   Role = "vendored"
)

var (
	vendoredDirs = set("node_modules", ".venv", "venv", "vendor", "third_party", "bower_components", "site-packages", "__pypackages__", "Pods", ".yarn", "jspm_packages")
	builtDirs    = set(".next", ".nuxt", ".svelte-kit", ".output", "dist", "coverage", "__pycache__", ".turbo", ".pytest_cache", ".mypy_cache", ".ruff_cache", "storybook-static", "htmlcov", ".tox")
	testDirs     = set("test", "tests", "__tests__", "__mocks__", "__fixtures__", "fixtures", "testdata", "e2e", "cypress", "playwright", "spec", "specs", "testing",
		"Test", "Tests", "Fixtures", "intTest", "integrationTest", "integration-test", "androidTest", "dockerTest", "testFixtures", "smoke-test")
	exampleDirs = set("example", "examples", "sample", "samples", "docs_src", "cookbook", "tutorial", "tutorials", "playground", "playgrounds", "hack")
	docDirs     = set("docs", "doc", "documentation")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// roles are what the directories of a path say of the files in them.
type roles uint8

const (
	inVendored roles = 1 << iota
	inBuilt
	inTests
	inExamples
	inDocs
)

// rolesOfDir is what one directory's name says.
var rolesOfDir = buildRoles()

func buildRoles() map[string]roles {
	out := map[string]roles{}
	for role, names := range map[roles]map[string]bool{
		inVendored: vendoredDirs, inBuilt: builtDirs, inTests: testDirs, inExamples: exampleDirs, inDocs: docDirs,
	} {
		for name := range names {
			out[name] |= role
		}
	}
	return out
}

// rolesIn is what one directory's name says: the table, and the names that end in
// tests as projects of .NET and monorepos give them.
func rolesIn(dir string) roles {
	if known := rolesOfDir[dir]; known != 0 {
		return known
	}
	for _, end := range []string{"-tests", "_tests", ".Tests", ".tests", ".UnitTests", ".IntegrationTests"} {
		if strings.HasSuffix(dir, end) {
			return inTests
		}
	}
	return 0
}

// roleOf classifies a file by its path alone.
func roleOf(name string) Role {
	var in roles
	for dir := range strings.SplitSeq(path.Dir(name), "/") {
		in |= rolesIn(dir)
	}
	return in.of(path.Base(name))
}

// Foreign says whether nobody writes such files here by hand: vendored and generated
// ones, and build output.
func (r Role) Foreign() bool { return r == Vendored || r == Generated || r == Built }

// of classifies a file by its name and its directories: vendored wins over build
// output, that over generated, generated over test, test over example, example over
// docs.
func (in roles) of(base string) Role {
	switch {
	case in&inVendored != 0:
		return Vendored
	case in&inBuilt != 0:
		return Built
	case generatedName(base):
		return Generated
	case in&inTests != 0, testName(base):
		return Test
	case in&inExamples != 0:
		return Example
	case in&inDocs != 0, docName(base):
		return Docs
	}
	return Production
}

func generatedName(base string) bool {
	for _, end := range []string{".min.js", ".min.css", ".pb.go", "_pb2.py", "_pb2_grpc.py", ".generated.ts", ".generated.js", ".gen.go", ".gen.ts", ".d.ts.map", ".js.map", ".css.map"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return base == "next-env.d.ts"
}

func testName(base string) bool {
	stem, ext, _ := cutExt(base)
	switch ext {
	case ".py":
		return strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, "_test") || stem == "conftest"
	case ".go":
		return strings.HasSuffix(stem, "_test")
	case ".java", ".kt", ".scala", ".groovy", ".cs", ".php", ".swift":
		return camelEnd(stem, "Test") || camelEnd(stem, "Tests") || camelEnd(stem, "IT") || camelEnd(stem, "Spec")
	case ".rb":
		return strings.HasSuffix(stem, "_spec") || strings.HasSuffix(stem, "_test")
	case ".dart", ".ex", ".exs":
		return strings.HasSuffix(stem, "_test")
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		return strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || strings.HasSuffix(stem, ".cy") || strings.HasSuffix(stem, ".e2e") || strings.Contains(stem, ".e2e-") || strings.HasSuffix(stem, ".test-d") || strings.HasSuffix(stem, ".stories")
	}
	return false
}

// camelEnd says whether a name in camel case ends in a word: OrderTest, not Latest.
func camelEnd(stem, word string) bool {
	before, ok := strings.CutSuffix(stem, word)
	if !ok || before == "" {
		return false
	}
	c := before[len(before)-1]
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}

func docName(base string) bool {
	_, ext, _ := cutExt(base)
	switch ext {
	case ".md", ".mdx", ".rst", ".adoc":
		return true
	}
	switch base {
	case "LICENSE", "COPYING", "NOTICE", "AUTHORS", "CHANGELOG", "CONTRIBUTORS":
		return true
	}
	return false
}

// cutExt splits a base name at its last dot.
func cutExt(base string) (stem, ext string, found bool) {
	i := strings.LastIndexByte(base, '.')
	if i <= 0 {
		return base, "", false
	}
	return base[:i], strings.ToLower(base[i:]), true
}
