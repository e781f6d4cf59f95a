package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/finding"
)

// cut is the text a span covers.
func cut(t *testing.T, src string, s finding.Span) string {
	t.Helper()
	if s.Start < 0 || s.End < s.Start || s.End > len(src) {
		t.Fatalf("span %v of %d bytes", s, len(src))
	}
	return src[s.Start:s.End]
}

func TestPackageSaysWhatItDependsOnAndWhere(t *testing.T) {
	const src = "\ufeff{\r\n  \"name\": \"web\", \"version\": \"1.0.0\",\r\n  \"dependencies\": { \"re\\u0061ct\" : \"^18\", \"left\": \"a/b\" },\r\n" +
		"  \"devDependencies\": {\"jest\": \"*\"},\n  \"scripts\": {\"build\": \"next build\"},\n  \"workspaces\": {\"packages\": [\"apps/*\"]},\n" +
		"  \"bin\": \"./cli.js\", \"exports\": {\".\": {\"import\": \"./a.mjs\", \"default\": \"./a.js\"}},\n  \"packageManager\": \"pnpm@9.1.0\",\n" +
		"  \"engines\": {\"node\": \">=20\"}, \"jest\": {\"preset\": \"ts-jest\"}}"
	p, err := ParsePackage([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	d, ok := p.Dependency("react", Production)
	if !ok || d.Spec != "^18" || cut(t, src, d.NameSpan) != `"re\u0061ct"` || cut(t, src, d.SpecSpan) != `"^18"` || cut(t, src, d.Span) != `"re\u0061ct" : "^18"` {
		t.Errorf("react: %+v", d)
	}
	if _, ok := p.Dependency("jest", Production); ok || !p.DependsOn("jest") {
		t.Error("jest is a development dependency")
	}
	if d, _ := p.Dependency("jest"); !d.Floating() {
		t.Error("* floats")
	}
	if d, _ := p.Dependency("left"); !d.Address() {
		t.Error("a/b is an address")
	}
	if s, _ := p.Script("build"); s.Value != "next build" || cut(t, src, s.ValueSpan) != `"next build"` {
		t.Errorf("build: %+v", s)
	}
	if e, _ := p.Engine("node"); e.Value != ">=20" {
		t.Errorf("node: %+v", e)
	}
	if len(p.Bin) != 1 || p.Bin[0].Name != "web" || p.Bin[0].Value != "./cli.js" {
		t.Errorf("bin: %+v", p.Bin)
	}
	if len(p.Exports) != 2 || len(p.Workspaces) != 1 || cut(t, src, p.Workspaces[0].Span) != `"apps/*"` || p.Manager() != "pnpm" {
		t.Errorf("exports %v workspaces %v manager %s", p.Exports, p.Workspaces, p.Manager())
	}
	tools := p.Tools()
	if len(tools) != 1 || tools[0].Name != "jest" || tools[0].Value.AllStrings()[0].Value != "ts-jest" {
		t.Errorf("tools: %+v", tools)
	}
}

func TestPackageWithCommentsIsReadAndReported(t *testing.T) {
	p, err := ParsePackage([]byte("{\n  // note\n  \"name\": \"a\",\n}"))
	var at *Error
	if p == nil || p.Name.Value != "a" || !errors.As(err, &at) || at.Line != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestJSONErrorsNameTheLine(t *testing.T) {
	tests := []struct {
		src  string
		want string
	}{
		{"", "line 1: the document ends where a value is expected"},
		{"{\n\"a\" 1}", `line 2: a colon is expected after "a"`},
		{"{\"a\": 1\n\"b\": 2}", "line 2: a comma or } is expected"},
		{"[1, 2", "line 1: a comma or ] is expected"},
		{"[\n\"a", "line 2: the string is not closed"},
		{"[\"a\n\"]", "line 1: the string is not closed on its line"},
		{"{} x", "line 1: text after the end of the document"},
		{"{a: 1}", "line 1: a name in double quotes or } is expected"},
		{"[1-]", `line 1: "1-" is not a number`},
		{"[nul]", "line 1: a value is expected"},
		{"/* x", "line 1: the comment is not closed"},
		{"[\x00]", "line 1: a value is expected"},
		{strings.Repeat("[", 100_000), "line 1: nested deeper than 200 levels"},
		{strings.Repeat(`{"a":`, 100_000), "line 1: nested deeper than 200 levels"},
	}
	for _, tt := range tests {
		if _, err := ParseJSON([]byte(tt.src)); fmt.Sprint(err) != tt.want {
			t.Errorf("ParseJSON(%.20q) = %v, want %s", tt.src, err, tt.want)
		}
	}
}

func TestJSONStringsAreDecoded(t *testing.T) {
	v, err := ParseJSON([]byte(`["\ud83d\ude00", "a\tb\/\"", "\ud800", "\u00", 1e400, "raw` + "\xff" + `"]`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range v.Strings() {
		got = append(got, s.Value)
	}
	if diff := cmp.Diff([]string{"😀", "a\tb/\"", "\ufffd", "\ufffd00", "raw\xff"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTSConfigAllowsComments(t *testing.T) {
	const src = `{ /* base */ "extends": ["./a.json"], "compilerOptions": {"baseUrl": ".", "strict": true, "paths": {"@/*": ["src/*"],},}, "references": [{"path": "../b"}] }`
	c, err := ParseTSConfig([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if !c.IsStrict() || c.BaseURL.Value != "." || c.Extends[0].Value != "./a.json" || c.References[0].Value != "../b" {
		t.Errorf("%+v", c)
	}
	if cut(t, src, c.Paths[0].Pattern.Span) != `"@/*"` || cut(t, src, c.Paths[0].Targets[0].Span) != `"src/*"` {
		t.Errorf("%+v", c.Paths)
	}
}
