package golex

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// hard are declarations in which it is easy to take one thing for another.
const hard = `package hard

import (
	"fmt"
	. "strings"
	_ "embed"
	x "os" // the alias
)

/* a "quote */
var a, b = f('"', '\'', "// no comment", ` + "`" + `/* "nor
this` + "`" + `), 0x1e+1

var _ (T) = (*T)(nil)

var fs = []func() func(int) error{func() func(int) error { return g }}

var ms = map[string]func(a int) error{"k": func(a int) error { return h(a) }}

type (
	T struct {
		A, B int ` + "`json:\"a\"`" + `
		*E
		pkg.Embedded[int]
		F func(a int) (b, c int)
		G [16]byte
		n struct{ inner []chan<- *T }
	}
	I interface {
		Read(p []byte) (n int, err error)
		E
	}
	Alias = map[string][]T
	Pair[K comparable, V any] struct { k K; v V }
)

func (t *T) M(a, b int, c ...string) (int, error) { return a[i] * h(b), nil }

func (Pair[K, V]) N() {}

func gen[T any](x T) T { return x }

func main() {
	if v := (T{A: 1}); v.A == 1 { call() }
	if x == y { z() }
	for _, s := range []string{"a", "b"} { go func() { defer done(s) }() }
	for i := range 10 { _ = []byte(s)[i] }
	switch v := any(x).(type) { case *T: v.M(1, 2); default: return }
	select { case m := <-ch: use(m); case out <- T{}: }
	c := &call{chans: []chan<- *Result{ch}}
	p := *q(1) * *r(2)
	if err := func() error { if a { return nil }; return struct{}{}.Err() }(); err != nil { panic(err) }
	y, ok := gen[int](1), map[K]V{k: {1, 2}}
	for tests := range struct{ a int }{1}.all() { t.Run(tests, func(t *testing.T) {}) }
	a.b().c(1).d(func() {})
	interface{}(x).(fmt.Stringer).String()
label:
	goto label
}
`

// TestSameAsGo holds the facts against what Go's own parser reads: in this
// project's files and in declarations that are easy to mistake.
func TestSameAsGo(t *testing.T) {
	check := func(name string, src []byte) {
		fset := gotoken.NewFileSet()
		tree, err := goparser.ParseFile(fset, name, src, goparser.ParseComments|goparser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if msg := compare(fset, tree, Parse(src), src); msg != "" {
			t.Errorf("%s: %s", name, msg)
		}
	}
	check("hard.go", []byte(hard))
	files := 0
	err := filepath.WalkDir("../../..", func(p string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".go") || strings.Contains(p, "testdata") || strings.HasPrefix(e.Name(), "zz_") {
			return err
		}
		src, err := os.ReadFile(p)
		check(p, src)
		files++
		return err
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// reading is what one reader found, as text.
type reading struct{ imports, funcs, calls, composites, returns, types, assigns []string }

func compare(fset *gotoken.FileSet, tree *ast.File, f *File, src []byte) string {
	want, got := fromGo(fset, tree), fromFile(f)
	head := ReadHead(src)
	comments := 0
	for _, c := range tree.Comments {
		comments += len(c.List)
	}
	switch {
	case f.Err != nil:
		return f.Err.Error()
	case f.Package != tree.Name.Name || head.Package != f.Package || len(head.Imports) != len(f.Imports) || head.Generated != ast.IsGenerated(tree) || f.Generated != head.Generated:
		return "head differs"
	case comments != len(f.Comments):
		return fmt.Sprintf("%d comments, Go has %d", len(f.Comments), comments)
	}
	for _, pair := range []struct {
		what      string
		want, got []string
	}{
		{"import", want.imports, got.imports}, {"function", want.funcs, got.funcs}, {"call", want.calls, got.calls}, {"composite", want.composites, got.composites},
		{"return", want.returns, got.returns}, {"type", want.types, got.types}, {"assignment", want.assigns, got.assigns},
	} {
		count := map[string]int{}
		for _, g := range pair.got {
			count[g]++
		}
		for _, w := range pair.want {
			if count[w]--; count[w] < 0 {
				return pair.what + " is missing: " + w
			}
		}
		for g, n := range count {
			if n > 0 {
				return pair.what + " is not there: " + g
			}
		}
	}
	return ""
}

func fromFile(f *File) (r reading) {
	for _, i := range f.Imports {
		r.imports = append(r.imports, i.Alias+" "+i.Path)
	}
	for _, x := range f.Funcs {
		r.funcs = append(r.funcs, fmt.Sprintf("%s.%s %d-%d %d parameters, body %d", x.Recv, x.Name, x.Span.Start, x.Span.End, len(x.Params), x.BodySpan.Len()))
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		r.calls = append(r.calls, fmt.Sprintf("%d-%d %d arguments", c.open, c.Span.End, len(c.Args)))
	}
	for _, c := range f.Composites {
		r.composites = append(r.composites, fmt.Sprintf("%d-%d", c.Span.Start, c.Span.End))
	}
	for _, x := range f.Returns {
		r.returns = append(r.returns, fmt.Sprintf("%d %d values", x.Span.Start, len(x.Values)))
	}
	for _, x := range f.Types {
		if x.Kind != "interface" && (x.Name != "" || len(x.Fields) > 0) {
			r.types = append(r.types, fmt.Sprintf("%s %d fields", x.Name, len(x.Fields)))
		}
	}
	for _, a := range f.Assigns {
		r.assigns = append(r.assigns, fmt.Sprintf("%d %t", a.TargetSpan.Start, a.Value.Kind != ValueNone))
	}
	return r
}

func fromGo(fset *gotoken.FileSet, tree *ast.File) (r reading) {
	at := func(p gotoken.Pos) int { return fset.PositionFor(p, false).Offset }
	fields := func(l *ast.FieldList) (n int) {
		for _, f := range l.List {
			n += max(1, len(f.Names))
		}
		return n
	}
	names := map[*ast.StructType]string{}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportSpec:
			p, _ := strconv.Unquote(x.Path.Value)
			alias := ""
			if x.Name != nil {
				alias = x.Name.Name
			}
			r.imports = append(r.imports, alias+" "+p)
		case *ast.FuncDecl:
			recv, body := "", 0
			if x.Recv != nil {
				e := x.Recv.List[0].Type
				for recv == "" {
					switch y := e.(type) {
					case *ast.StarExpr:
						e = y.X
					case *ast.IndexExpr:
						e = y.X
					case *ast.IndexListExpr:
						e = y.X
					case *ast.Ident:
						recv = y.Name
					}
				}
			}
			if x.Body != nil {
				body = at(x.Body.End()) - at(x.Body.Pos())
			}
			r.funcs = append(r.funcs, fmt.Sprintf("%s.%s %d-%d %d parameters, body %d", recv, x.Name.Name, at(x.Type.Func), at(x.End()), fields(x.Type.Params), body))
		case *ast.FuncLit:
			r.funcs = append(r.funcs, fmt.Sprintf(". %d-%d %d parameters, body %d", at(x.Pos()), at(x.End()), fields(x.Type.Params), at(x.Body.End())-at(x.Body.Pos())))
		case *ast.CallExpr:
			switch x.Fun.(type) {
			case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.InterfaceType, *ast.FuncType, *ast.StructType:
				return true // conversions to types without names
			}
			r.calls = append(r.calls, fmt.Sprintf("%d-%d %d arguments", at(x.Lparen), at(x.End()), len(x.Args)))
		case *ast.CompositeLit:
			if x.Type != nil {
				r.composites = append(r.composites, fmt.Sprintf("%d-%d", at(x.Pos()), at(x.End())))
			}
		case *ast.ReturnStmt:
			r.returns = append(r.returns, fmt.Sprintf("%d %d values", at(x.Pos()), len(x.Results)))
		case *ast.TypeSpec:
			switch y := x.Type.(type) {
			case *ast.StructType:
				names[y] = x.Name.Name
			case *ast.InterfaceType:
			default:
				r.types = append(r.types, x.Name.Name+" 0 fields")
			}
		case *ast.InterfaceType:
			return false
		case *ast.StructType:
			if n := fields(x.Fields); n > 0 || names[x] != "" {
				r.types = append(r.types, fmt.Sprintf("%s %d fields", names[x], n))
			}
		case *ast.AssignStmt:
			if u, ok := x.Rhs[0].(*ast.UnaryExpr); ok && u.Op == gotoken.RANGE {
				return true
			}
			for _, l := range x.Lhs {
				r.assigns = append(r.assigns, fmt.Sprintf("%d true", at(l.Pos())))
			}
		case *ast.ValueSpec:
			for _, l := range x.Names {
				r.assigns = append(r.assigns, fmt.Sprintf("%d %t", at(l.Pos()), len(x.Values) > 0))
			}
		}
		return true
	})
	return r
}
