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
	Vendored   Role = "vendored"
)

var (
	vendoredDirs = set("node_modules", ".venv", "venv", "vendor", "third_party", "bower_components", "site-packages", "__pypackages__", "Pods", ".yarn", "jspm_packages")
	builtDirs    = set(".next", ".nuxt", ".svelte-kit", ".output", "dist", "coverage", "__pycache__", ".turbo", ".pytest_cache", ".mypy_cache", ".ruff_cache", "storybook-static", "htmlcov", ".tox")
	testDirs     = set("test", "tests", "__tests__", "__mocks__", "__fixtures__", "fixtures", "testdata", "e2e", "cypress", "playwright", "spec", "specs", "testing")
	exampleDirs  = set("example", "examples", "sample", "samples", "docs_src", "cookbook", "tutorial", "tutorials")
	docDirs      = set("docs", "doc", "documentation")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// roleOf classifies a file by its path alone; vendored wins over generated,
// generated over test, test over example, example over docs.
func roleOf(name string) Role {
	dirs := strings.Split(path.Dir(name), "/")
	base := path.Base(name)
	in := func(known map[string]bool) bool {
		for _, d := range dirs {
			if known[d] {
				return true
			}
		}
		return false
	}
	switch {
	case in(vendoredDirs):
		return Vendored
	case in(builtDirs), generatedName(base):
		return Generated
	case in(testDirs), testName(base):
		return Test
	case in(exampleDirs):
		return Example
	case in(docDirs), docName(base):
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
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		return strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || strings.HasSuffix(stem, ".cy") || strings.HasSuffix(stem, ".stories")
	}
	return false
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
