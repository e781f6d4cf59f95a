package yamldoc

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

func parseOne(t *testing.T, src string) *Doc {
	t.Helper()
	docs, err := Parse([]byte(src))
	if err != nil {
		t.Fatalf("Parse(%q): %v", src, err)
	}
	if len(docs) == 0 {
		t.Fatalf("Parse(%q): no document", src)
	}
	return docs[0]
}

func TestSpanIsTheTextOfTheValue(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"plain", "a: one\n", "one"},
		{"plain before a comment", "a: one # two\n", "one"},
		{"plain with a hash inside", "a: one#two\n", "one#two"},
		{"plain over two lines", "a: one\n   two\nb: 3\n", "one\n   two"},
		{"no final newline", "a: one", "one"},
		{"double quoted", `a: "o\"n\u0065" # c`, `"o\"n\u0065"`},
		{"single quoted", `a: 'it''s' # c`, `'it''s'`},
		{"double quoted over lines", "a: \"one\n  two\"\n", "\"one\n  two\""},
		{"multi-byte before it on the line", "{é: 1, a: ü x}\n", "ü x"},
		{"byte order mark", "\ufeffa: one\n", "one"},
		{"CRLF", "b: 1\r\na: one\r\nc: 2\r\n", "one"},
		{"tab after the colon", "a:\tone\n", "one"},
		{"literal", "a: |\n  x\n   y\n\nb: 1\n", "|\n  x\n   y"},
		{"literal with header", "a: |2-\n   x\n# c\nb: 1\n", "|2-\n   x"},
		{"folded at the end of the file", "a: >-\n  x\n\n  y", ">-\n  x\n\n  y"},
		{"literal CRLF", "a: |\r\n  x\r\n  y\r\nb: 1\r\n", "|\r\n  x\r\n  y"},
		{"empty literal", "a: |\nb: 1\n", "|"},
		{"anchor and tag are outside", "a: &x !!str one\n", "one"},
		{"anchor on the line before", "a: &x\n  # note\n  k: v\n", "k: v"},
		{"flow sequence", "a: [1, {b: c}, 'd' ] # e\n", "[1, {b: c}, 'd' ]"},
		{"flow over lines", "a: [\n  1, # one\n  2,\n]\n", "[\n  1, # one\n  2,\n]"},
		{"empty flow", "a: { }\n", "{ }"},
		{"block sequence", "a:\n- 1\n- b: 2\n  c: 3\nz: 1\n", "- 1\n- b: 2\n  c: 3"},
		{"block mapping", "a:\n  b: 1\n\n  c: 2\n\n# end\nz: 1\n", "b: 1\n\n  c: 2"},
		{"absent", "a:\nb: 1\n", ""},
		{"absent with an anchor", "a: &x\nb: 1\n", ""},
		{"alias", "x: &n 1\na: *n\n", "*n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := parseOne(t, tt.src).Root
			if root.Kind != Mapping {
				t.Fatalf("root is %v", root.Kind)
			}
			e, ok := root.Entry("a")
			if !ok {
				t.Fatal("no key a")
			}
			if got := tt.src[e.Value.Span.Start:e.Value.Span.End]; got != tt.want {
				t.Errorf("value %q, want %q (span %v)", got, tt.want, e.Value.Span)
			}
			if got := tt.src[e.KeySpan().Start:e.KeySpan().End]; got != "a" {
				t.Errorf("key %q", got)
			}
		})
	}
}

func TestBlockIsWhatAnEditMoves(t *testing.T) {
	src := "s:\n  web: # the site\n    image: x\n\n    tty: true   # yes\n  db: {image: y, a: b}\n"
	doc := parseOne(t, src)
	web, _ := doc.Get("s").Entry("web")
	if got, want := cut(src, web.Block()), "  web: # the site\n    image: x\n\n    tty: true"; got != want {
		t.Errorf("block %q, want %q", got, want)
	}
	if got, want := cut(src, doc.Lines(web.Block())), "  web: # the site\n    image: x\n\n    tty: true   # yes\n"; got != want {
		t.Errorf("lines %q, want %q", got, want)
	}
	inFlow, _ := doc.Get("s", "db").Entry("a")
	if got := cut(src, inFlow.Block()); got != "a: b" {
		t.Errorf("flow entry %q", got)
	}
	if got := web.Value.Indent(); got != 4 {
		t.Errorf("indent %d", got)
	}
}

func cut(src string, s finding.Span) string { return src[s.Start:s.End] }

func TestMergeKeysAreSeenThrough(t *testing.T) {
	src := `x: &base {image: a, restart: always}
y: &more
  <<: *base
  image: b
web:
  <<: [*more, {user: me}]
  ports: [1]
`
	web := parseOne(t, src).Get("web")
	var got []string
	for _, e := range web.Entries() {
		mark := ""
		if e.Inherited {
			mark = " from " + e.Via.Raw()
		}
		got = append(got, e.Name()+"="+e.Value.Raw()+mark)
	}
	want := "ports=[1]|image=b from *more|restart=always from *more|user=me from {user: me}"
	if strings.Join(got, "|") != want {
		t.Errorf("entries\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
	if web.Get("restart").Str() != "always" || web.Get("<<") != nil {
		t.Error("Get does not look through the merge")
	}
}

func TestWithinMapsDecodedTextToBytes(t *testing.T) {
	tests := []struct{ src, part string }{
		{"a: KEY=value", "value"},
		{"a: 'it''s VALUE'", "VALUE"},
		{`a: "tab\tVALUE\x41"`, "VALUE"},
		{"a: one\n  VALUE two", "VALUE"},
		{"a: |\r\n  one\r\n    VALUE", "VALUE"},
		{"a: >\n  one\n  VALUE\n", "VALUE"},
		{"a: \"one \\\n  VALUE\"\n", "VALUE"},
	}
	for _, tt := range tests {
		n := parseOne(t, tt.src).Get("a")
		part := tt.part
		at := strings.Index(n.Str(), part)
		if at < 0 {
			at, part = strings.Index(n.Str(), "value"), "value"
		}
		if got := cut(tt.src, n.Within(at, at+len(part))); got != part {
			t.Errorf("%q: %q, want %q", tt.src, got, part)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	tests := []struct {
		name, src string
		line      int
		msg       string
	}{
		{"duplicate key", "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", 5, "lines 3 and 5"},
		{"bad indentation", "a:\n  b: 1\n c: 2\n", 2, "expected key"},
		{"tab as indentation", "a:\n\tb: 1\n", 2, ""},
		{"NUL", "a: 1\nb: \x00\n", 2, "control character"},
		{"invalid UTF-8", "a: 1\n\n# \xff\n", 3, "UTF-8"},
		{"UTF-16", "\xff\xfea\x00", 1, "UTF-16"},
		{"brackets", "a: 1\nb: " + strings.Repeat("[", 100_000), 2, "nested deeper"},
		{"brackets over lines", strings.Repeat("[\n", 1000), 201, "nested deeper"},
		{"dashes", strings.Repeat("- ", 50_000), 1, "nested deeper"},
		{"mappings", nestedMappings(300), 200, "nested deeper"},
		{"too many nodes", "a: 1\nb: [" + strings.Repeat("1,", MaxNodes) + "]", 2, "entries"},
		{"unknown anchor", "a: *nobody\n", 1, "nobody"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.src))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Line != tt.line || !strings.Contains(e.Msg, tt.msg) {
				t.Errorf("%v, want line %d with %q", e, tt.line, tt.msg)
			}
		})
	}
}

func nestedMappings(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestBracketsInTextAreNotDepth(t *testing.T) {
	brackets := strings.Repeat("[", 500)
	for _, src := range []string{
		"a: '" + brackets + "'\n",
		"a: x # " + brackets + "\n",
		"a: |\n  " + brackets + "\n\n  " + brackets + "\nb: 1\n",
		"a: x" + brackets + "\n",
	} {
		if _, err := Parse([]byte(src)); err != nil {
			t.Errorf("%.20q: %v", src, err)
		}
	}
}

func TestDocumentsBeforeAnErrorAreKept(t *testing.T) {
	docs, err := Parse([]byte("a: 1\n---\nb: 2\n---\n{\n"))
	if err == nil || len(docs) != 2 || docs[1].Get("b").Str() != "2" {
		t.Errorf("%d documents, error %v", len(docs), err)
	}
	docs, err = Parse([]byte("a: 1\na: 2\n"))
	if err == nil || len(docs) != 1 || len(docs[0].Duplicates) != 1 {
		t.Errorf("duplicate: %d documents, error %v", len(docs), err)
	}
}

func TestEmptyFilesHaveNoRoot(t *testing.T) {
	for _, src := range []string{"", "\n", "# only a comment\n", "\ufeff"} {
		docs, err := Parse([]byte(src))
		if err != nil {
			t.Errorf("%q: %v", src, err)
		}
		for _, d := range docs {
			if d.Root != nil {
				t.Errorf("%q: root %+v", src, d.Root)
			}
		}
	}
	var none *Node
	if none.Get("a", "b").Str() != "" || none.Entries() != nil || none.Items() != nil || !none.IsNull() || none.Raw() != "" {
		t.Error("a nil node is not silent")
	}
}

func TestAliasesThatMultiplyAreRefused(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 8), i-1)
	}
	for name, src := range map[string]string{
		"bomb":       bomb,
		"merge bomb": strings.NewReplacer("[x, x, x, x, x, x, x, x, x]", "{k: v}", "[", "{<<: [", "]", "]}").Replace(bomb),
		"self alias": "a: &a [*a]\n",
		"self merge": "a: &a\n  <<: *a\n  b: 1\n",
	} {
		_, err := Parse([]byte(src))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Msg, "multiply") && !strings.Contains(e.Msg, "contains itself") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse([]byte("a: &a {x: 1}\nb: [*a, *a, *a]\nc: &a 2\nd: *a\n")); err != nil {
		t.Errorf("ordinary aliases: %v", err)
	}
}
