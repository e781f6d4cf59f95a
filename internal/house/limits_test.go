package house

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/limits.md anew")

const limitsPage = "docs/limits.md"

var limitName = regexp.MustCompile(`^[mM]ax[A-Z]`)

// TestLimitsAreListed holds docs/limits.md to the source: every constant that bounds
// what is read of a project stands there with what its comment says it bounds.
func TestLimitsAreListed(t *testing.T) {
	var rows []string
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.pkg, "internal/repo") || s.made {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, filepath.Join(filepath.Join("..", ".."), s.file), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if !limitName.MatchString(name.Name) || i >= len(v.Values) {
						continue
					}
					what := comment(v.Comment, v.Doc, g.Doc)
					if what == "" {
						t.Errorf("%s: %s says nothing of what it bounds", s.file, name.Name)
					}
					var value bytes.Buffer
					if err := format.Node(&value, fset, v.Values[i]); err != nil {
						t.Fatal(err)
					}
					rows = append(rows, fmt.Sprintf("| `%s` | `%s` | %s | %s |", strings.TrimPrefix(s.pkg, "internal/"), name.Name, value.String(), strings.ReplaceAll(what, "|", "\\|")))
				}
			}
		}
	}
	slices.Sort(rows)
	page := "# Limits\n\nWhat drydock reads of a project is bounded, so that no project can make it hang or fill the memory. A file or directory that a limit\n" +
		"leaves out is listed in the report's method and limits, and the score then says incomplete where a sound audit needs it. Generated from the constants by `go test ./internal/house -update`; do not edit.\n\n| package | limit | is | of what |\n| --- | --- | --- | --- |\n" +
		strings.Join(rows, "\n") + "\n"
	file := filepath.Join(filepath.Join("..", ".."), limitsPage)
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != page {
		t.Errorf("%s is not what the source says: run go test ./internal/house -update", limitsPage)
	}
}

// comment is the first of the comments that is there, in one line.
func comment(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}
