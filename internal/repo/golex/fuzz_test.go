package golex

import (
	"testing"

	"drydock/internal/finding"
)

// seeds are small programs that together use every part of the reader.
var seeds = []string{
	hard,
	"package p\nimport \"os\"\nfunc f() { a := os.Getenv(\"A\"); if a == \"\" { a = `x` }; if v, ok := os.LookupEnv(b); !ok { log.Fatal(v) } }",
	"package p\ntype T struct { A string `env:\"A,default=b\"`; B, C struct{ D int }; *E[F] }\nvar x = map[string][]T{\"a\": {{A: \"b\"}}}",
	"//go:build a && (b || !c)\n// +build d\n\npackage p //nolint:all // why\n//go:embed \"a\" b `c`\n/* x */",
	"func", "func(", "func f[T any](", "func (r", "func func func() func() {", "var (", "const (\nA = iota\nB", "import (\"a", "type (A = []", "if x := y; {", "}])({", "`", "'", "\"", "/*", "a.b().c[d].(e)(", "x.(", "switch x := y.(type) {", "[]*<-chan<- chan *T{", "a, b, c, d, e, f, g, h, i, j = k", "a=a=a=a", "0x1p-2 1e+3 .5 ... <<= &^= a...", "\ufeffpackage p;;", "cmp.Or(os.Getenv(\"A\"), ",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		inside := func(spans ...finding.Span) {
			for _, s := range spans {
				if s.Start < 0 || s.End < s.Start || s.End > len(src) {
					t.Fatalf("span %v outside %d bytes", s, len(src))
				}
			}
		}
		head := ReadHead(src)
		inside(head.PackageSpan)
		for _, i := range head.Imports {
			inside(i.Span, i.PathSpan)
		}
		if head.Build != nil {
			inside(head.Build.Span)
			head.Build.Matches("linux", "amd64")
		}
		file := Parse(src)
		args := func(list []Arg) {
			for n, a := range list {
				inside(a.Span)
				file.CallOf(a)
				file.FuncOf(a)
				if n < 4 && a.Span.Len() < 1000 { // what a value holds is read anew
					for _, p := range file.Elements(a.Span) {
						inside(p.Key.Span, p.Value.Span)
					}
					for _, x := range file.Terms(a) {
						inside(x.Span)
					}
				}
			}
		}
		inside(file.PackageSpan)
		inside(file.Comments...)
		for i, x := range file.Funcs {
			inside(x.Span, x.NameSpan, x.BodySpan)
			if x.Parent >= i {
				t.Fatalf("function %d has parent %d", i, x.Parent)
			}
			file.Outer(i)
			file.FuncAt(x.Span.Start)
		}
		for _, x := range file.Types {
			inside(x.Span)
			for _, y := range x.Fields {
				inside(y.Span, y.TagSpan)
			}
		}
		for _, c := range file.Calls {
			inside(c.Span, c.CalleeSpan)
			args(c.Args)
		}
		for _, a := range file.Assigns {
			inside(a.Span, a.TargetSpan)
			args([]Arg{a.Value})
		}
		for _, x := range file.Returns {
			inside(x.Span)
			args(x.Values)
		}
		for _, x := range file.Composites {
			inside(x.Span)
		}
		for _, x := range file.EnvReads {
			inside(x.Span)
			if x.Default != nil {
				args([]Arg{*x.Default})
			}
		}
		for _, x := range file.Embeds {
			inside(x.Span)
		}
		for _, x := range file.Nolints {
			inside(x.Span)
		}
		file.Logs()
	})
}

// TestLinear reads what a reader that looks ahead or back without limit would
// take minutes for.
func TestLinear(t *testing.T) {
	for _, piece := range []string{"func() ", "a=", "a(", "a.b().", "[]", "**", "chan ", "if x := ", "for {", "func(){", "x,", "a[", "return ", "os.Getenv(a)==", "func ", "(a,", "map[a]", "struct{a ", "if a := os.Getenv(\"A\"); "} {
		src := make([]byte, 0, 1<<18)
		src = append(src, "package p\nimport \"os\"\n"...)
		for len(src) < 1<<18-100 {
			src = append(src, piece...)
		}
		Parse(src)
	}
}
