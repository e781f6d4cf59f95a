// Package house holds the rules of the house as tests: which package stands on
// which floor, who may know what, how long a file may be.
package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors are those of docs/architecture.md, by the longest prefix of the import
// path. A package may import from its own floor and from those below.
var floors = map[string]int{
	"":                 7, // main.go
	"internal/cli":     6,
	"tui":              5,
	"internal/report":  5,
	"internal/config":  5,
	"remediation":      4,
	"internal/audit":   4,
	"scanners":         3,
	"internal/score":   3,
	"internal/probe":   3,
	"internal/check":   2,
	"internal/repo":    1,
	"internal/patch":   1,
	"internal/finding": 0,
	"internal/inert":   0,
	"internal/cache":   0,
	"internal/bench":   7,
	"internal/demo":    0,
	"internal/e2e":     7,
	"internal/house":   0,
	"themes":           0,
	"internal/safety":  0,
	"docs":             0,
}

// only says who alone may import a package from outside the project.
var only = map[string][]string{
	"charm.land/bubbletea/v2": {"tui"},
	"charm.land/bubbles/v2":   {"tui"},
	"charm.land/huh/v2":       {"tui"},
	"github.com/spf13/cobra":  {"internal/cli"},
	"github.com/spf13/viper":  {"internal/config"},
	"os/exec":                 {"tui", "internal/bench/compare"}, // the user's editor, programs to compare with; nothing of the project is ever run
	"net/http":                {"internal/probe"},
	"C":                       {},
}

// pure packages never touch disk, network, terminal or processes.
var pure = map[string][]string{
	"scanners":         {"os", "net", "os/exec", "syscall", "io/ioutil", "golang.org/x/sys/unix"},
	"internal/score":   {"os", "net", "time"},
	"internal/finding": {"os", "net", "time"},
	"internal/check":   {"os", "net", "time"},
	"internal/patch":   {"os", "net", "time"},
}

// tools are programs for those who build drydock; no rule for packages holds.
var tools = []string{"scanners/gen", "internal/check/checktest", "internal/bench/compare"}

const module = "drydock"

type source struct {
	file    string // relative to the module's root
	pkg     string // its directory, "" at the root
	imports []string
	lines   int
	made    bool // generated
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || name != root && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s := source{file: filepath.ToSlash(rel), lines: bytes.Count(text, []byte("\n")), made: ast.IsGenerated(f)}
		if s.pkg = path.Dir(s.file); s.pkg == "." {
			s.pkg = ""
		}
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, p)
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d source files found: the test looks in the wrong place", len(out))
	}
	return out
}

// under says whether the package is dir or below it.
func under(pkg, dir string) bool { return pkg == dir || strings.HasPrefix(pkg, dir+"/") }

func floorOf(pkg string) (int, bool) {
	for p := pkg; p != "."; p = path.Dir(p) {
		if floor, ok := floors[p]; ok {
			return floor, true
		}
	}
	return 0, false
}

func TestImportsPointDown(t *testing.T) {
	for _, s := range sources(t) {
		own, ok := floorOf(s.pkg)
		if !ok {
			t.Errorf("%s: the package %s stands on no floor: give it one", s.file, s.pkg)
			continue
		}
		for _, i := range s.imports {
			target, inside := strings.CutPrefix(i, module+"/")
			if !inside {
				continue
			}
			floor, known := floorOf(target)
			if !known {
				t.Errorf("%s: imports %s, which stands on no floor", s.file, i)
			}
			if floor > own {
				t.Errorf("%s: floor %d imports %s from floor %d: imports point down only", s.file, own, i, floor)
			}
		}
	}
}

func TestCategoriesDoNotKnowEachOther(t *testing.T) {
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.pkg, "scanners/") || slices.Contains(tools, s.pkg) {
			continue
		}
		for _, i := range s.imports {
			if target, ok := strings.CutPrefix(i, module+"/"); ok && strings.HasPrefix(target, "scanners") && !under(target, s.pkg) {
				t.Errorf("%s: imports %s: a category stands alone", s.file, i)
			}
		}
	}
}

func TestOnlyWhoMayImports(t *testing.T) {
	for _, s := range sources(t) {
		for _, i := range s.imports {
			for what, who := range only {
				if under(i, what) && !slices.ContainsFunc(who, func(dir string) bool { return under(s.pkg, dir) }) {
					t.Errorf("%s: imports %s, which belongs to %v alone", s.file, i, who)
				}
			}
			for dir, banned := range pure {
				if under(s.pkg, dir) && !slices.Contains(tools, s.pkg) && slices.Contains(banned, i) {
					t.Errorf("%s: imports %s: %s is pure", s.file, i, dir)
				}
			}
		}
	}
}

const maxLines = 400

func TestFilesStayShort(t *testing.T) {
	for _, s := range sources(t) {
		if !s.made && s.lines > maxLines {
			t.Errorf("%s has %d lines: %d are enough", s.file, s.lines, maxLines)
		}
	}
}

var nameless = []string{"util", "utils", "common", "helper", "helpers", "types", "misc", "shared"}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	for _, s := range sources(t) {
		if slices.Contains(nameless, path.Base(s.pkg)) {
			t.Errorf("%s: a package called %s says nothing", s.file, path.Base(s.pkg))
		}
	}
}
