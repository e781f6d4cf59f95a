package gomod

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

const sample = `// Deprecated: no more.
module example.com/a/v2 // the module

go 1.22
toolchain go1.22.3

require github.com/x/y v1.2.3
require (
	golang.org/x/z v0.0.0-2024 // indirect
	"quoted.io/m" v1.0.0 // indirect; and more
	other.io/n v2.0.0+incompatible // not indirect
)

replace (
	github.com/x/y => ../y
	other.io/n v2.0.0 => fork.io/n v2.1.0
)
exclude github.com/bad v1.0.0
retract [v1.0.0, v1.1.0] // wrong
retract v1.9.0
tool golang.org/x/tools/cmd/stringer
godebug default=go1.21
`

func TestParse(t *testing.T) {
	f, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	text := func(s finding.Span) string { return sample[s.Start:s.End] }
	got := []string{f.Module.Value, f.Go.Value, f.Toolchain.Value, text(f.Module.Span), f.Tool[0].Value}
	for _, r := range f.Require {
		got = append(got, fmt.Sprintf("%s %s %t %s", r.Path, r.Version, r.Indirect, text(r.Span)))
	}
	for _, r := range f.Replace {
		got = append(got, fmt.Sprintf("%s@%s %s@%s %t %s", r.Old, r.OldVersion, r.New, r.NewVersion, r.Local(), text(r.NewSpan)))
	}
	for _, r := range f.Retract {
		got = append(got, r.Value)
	}
	got = append(got, f.Exclude[0].Path)
	want := `example.com/a/v2
1.22
go1.22.3
example.com/a/v2
golang.org/x/tools/cmd/stringer
github.com/x/y v1.2.3 false github.com/x/y v1.2.3
golang.org/x/z v0.0.0-2024 true golang.org/x/z v0.0.0-2024
quoted.io/m v1.0.0 true "quoted.io/m" v1.0.0
other.io/n v2.0.0+incompatible false other.io/n v2.0.0+incompatible
github.com/x/y@ ../y@ true ../y
other.io/n@v2.0.0 fork.io/n@v2.1.0 false fork.io/n
v1.0.0 to v1.1.0
v1.9.0
github.com/bad`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
	if r, ok := f.Provides("golang.org/x/z/sub"); !ok || r.Path != "golang.org/x/z" {
		t.Error(r, ok)
	}
	if _, ok := f.Provides("golang.org/x/zz"); ok {
		t.Error("a module does not hold what only begins like it")
	}
}

func TestBroken(t *testing.T) {
	for src, want := range map[string]string{
		"module a\nrequire b\n": "line 2: require needs a module and its version", "module a\nrequire (\n b v1\n": "line 4: require ( is not closed",
		"hello world": "line 1: unknown word hello", "replace a b": "line 1: replace needs a module, => and what stands in for it", "go": "line 1: go says nothing",
	} {
		if _, err := Parse([]byte(src)); err == nil || err.Error() != want {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestParseSum(t *testing.T) {
	sums, err := ParseSum([]byte("a.io/b v1.0.0 h1:x=\na.io/b v1.0.0/go.mod h1:y=\n\nbroken\n"))
	if len(sums) != 2 || sums[0].ModOnly || !sums[1].ModOnly || sums[1].Version != "v1.0.0" || sums[1].Line != 2 || err == nil || err.Error() != "line 4: needs a module, a version and a hash" {
		t.Error(sums, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("go 1.22\nuse (\n\t./a\n\t\"b c\"\n)\nreplace a => `x"))
	f.Add([]byte("retract [v1, \nreplace => =>\n((\n)"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse(src)
		spans := []finding.Span{file.Module.Span, file.Go.Span, file.Toolchain.Span}
		for _, list := range [][]Value{file.Use, file.Retract, file.Tool} {
			for _, v := range list {
				spans = append(spans, v.Span)
			}
		}
		for _, r := range append(file.Require, file.Exclude...) {
			spans = append(spans, r.Span)
		}
		for _, r := range file.Replace {
			spans = append(spans, r.Span, r.NewSpan)
		}
		for _, s := range spans {
			if s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("span %v outside %d bytes", s, len(src))
			}
		}
		ParseSum(src)
	})
}
