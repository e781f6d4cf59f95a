package pylex

import (
	"strings"
	"testing"
)

// shape writes the tokens as kind:text, one letter per common kind.
func shape(src string) string {
	letters := map[Kind]string{Name: "n", Keyword: "k", Op: "o", Number: "d", String: "s", FStart: "f<", FMiddle: "f-",
		FEnd: "f>", Comment: "c", Newline: "NL", Indent: "IN", Dedent: "DE", Invalid: "x"}
	var out []string
	for _, t := range Lex([]byte(src)) {
		switch t.Kind {
		case Newline, Indent, Dedent:
			out = append(out, letters[t.Kind])
		default:
			out = append(out, letters[t.Kind]+":"+src[t.Span.Start:t.Span.End])
		}
	}
	return strings.Join(out, " ")
}

func TestLex(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"comment and string", "'# no' # yes", "s:'# no' c:# yes NL"},
		{"prefixes", `rb'a' Rb"b" u'c' x'd'`, `s:rb'a' s:Rb"b" s:u'c' n:x s:'d' NL`},
		{"raw keeps the quote closed", `r'a\'' b`, `s:r'a\'' n:b NL`},
		{"triple", "'''a\n'b''' c", "s:'''a\n'b''' n:c NL"},
		{"triple ends late", `"""a"" """ b`, `s:"""a"" """ n:b NL`},
		{"format", `f"a{b}c"`, `f<:f"a{ n:b f>:}c" NL`},
		{"format without fields", `f"{{a}}" b`, `s:f"{{a}}" n:b NL`},
		{"format with conversion", `f"{a!r:>{w}}-{b:%Y}" c`, `f<:f"{ n:a f-:!r:>{ n:w f-:}}-{ n:b f>::%Y}" n:c NL`},
		{"format with inequality", `f"{a != b}"`, `f<:f"{ n:a o:!= n:b f>:}" NL`},
		{"braces after a format", `f"{a:>3}{{b}}"`, `f<:f"{ n:a f>::>3}{{b}}" NL`},
		{"nested quotes", `f"{a["b"]}" c`, `f<:f"{ n:a o:[ s:"b" o:] f>:}" n:c NL`},
		{"format in format", `f"{f'{a}'}"`, `f<:f"{ f<:f'{ n:a f>:}' f>:}" NL`},
		{"dict in format", `f"{ {1: 2}[1] }"`, `f<:f"{ o:{ d:1 o:: d:2 o:} o:[ d:1 o:] f>:}" NL`},
		{"named character", `f"\N{DASH}{a}"`, `f<:f"\N{DASH}{ n:a f>:}" NL`},
		{"blocks", "if a:\n  b\n\n  # x\n  c\nd", "k:if n:a o:: NL IN n:b NL c:# x n:c NL DE n:d NL"},
		{"blocks at the end", "if a:\n  if b:\n    c", "k:if n:a o:: NL IN k:if n:b o:: NL IN n:c NL DE DE"},
		{"brackets join lines", "a(\n  b,\nc)\nd", "n:a o:( n:b o:, n:c o:) NL n:d NL"},
		{"backslash joins lines", "a \\\n  + b\nc", "n:a o:+ n:b NL n:c NL"},
		{"open bracket before a definition", "a(b\ndef c(): pass", "n:a o:( n:b NL k:def n:c o:( o:) o:: k:pass NL"},
		{"operators", "a **= b // c -> d := ...", "n:a o:**= n:b o:// n:c o:-> n:d o::= o:... NL"},
		{"numbers", "0xE+1 1e-5 1_0j .5", "d:0xE o:+ d:1 d:1e-5 d:1_0j d:.5 NL"},
		{"carriage returns", "if a:\r\n  b\r\nc", "k:if n:a o:: NL IN n:b NL DE n:c NL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shape(c.src); got != c.want {
				t.Errorf("Lex(%q)\n got %s\nwant %s", c.src, got, c.want)
			}
		})
	}
}

func TestErrSaysWhereReadingStumbled(t *testing.T) {
	for _, c := range []struct {
		src    string
		offset int
	}{
		{"a = 'b\nc", 4}, {"a '''b", 2}, {"f(a, [b\n", 1}, {"x(\n\ndef f(): pass\n", 1}, {"a = f'{b}c\n", 4},
	} {
		f := Parse([]byte(c.src))
		if f.Err == nil || f.Err.Offset != c.offset {
			t.Errorf("Parse(%q).Err = %v, want offset %d", c.src, f.Err, c.offset)
		}
	}
	if f := Parse([]byte("a = 'b'\n")); f.Err != nil {
		t.Errorf("sound file has Err %v", f.Err)
	}
}

// hostile are sources that a careless reader is slow on or falls over.
func hostile() map[string]string {
	const n = 30_000
	return map[string]string{
		"parentheses":       strings.Repeat("(", 100_000),
		"closers":           strings.Repeat(")]}", n),
		"calls":             strings.Repeat("a(", n),
		"closed calls":      strings.Repeat("a(", n) + strings.Repeat(")", n),
		"chain":             strings.Repeat("a.b().", n),
		"calls of calls":    "a" + strings.Repeat("()", n),
		"subscripts":        "a" + strings.Repeat("[0]", n),
		"fields":            strings.Repeat(`f"{`, 50_000),
		"formats":           strings.Repeat(`f"{a:{`, n/2),
		"braces in strings": `f"` + strings.Repeat("{", n),
		"assignments":       strings.Repeat("a=", n),
		"annotations":       strings.Repeat("a:", n),
		"one-line blocks":   strings.Repeat("try:", n),
		"definitions":       strings.Repeat("def a():", n),
		"classes":           strings.Repeat("class A:", n),
		"lambdas":           strings.Repeat("lambda a,", n),
		"lambdas closed":    strings.Repeat("lambda a:", n),
		"imports":           strings.Repeat("import a,", n),
		"import lines":      strings.Repeat("from a import b;", n),
		"open imports":      strings.Repeat("from a import(", n),
		"decorators":        strings.Repeat("@a\n", n),
		"environment":       strings.Repeat("import os;os.environ['A'];os.getenv('A')or ", n/4),
		"dicts":             strings.Repeat("{a:", n),
		"closed dicts":      strings.Repeat("x={'a':", n) + strings.Repeat("}", n),
		"commas":            strings.Repeat("a,", n) + "=1",
		"parenthesised":     "f(" + strings.Repeat("(", n) + strings.Repeat(")", n+1),
		"await":             "f(" + strings.Repeat("await ", n) + ")",
		"quotes":            strings.Repeat("'\n", n),
		"backslashes":       strings.Repeat("\\\n", n),
		"type checking":     strings.Repeat("if TYPE_CHECKING:", n),
		"deep blocks":       deepBlocks(1500),
		"zero":              "\x00\x01\xff\xfe\\",
	}
}

func deepBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "class A:\n")
	}
	return b.String()
}

func TestHostileInputIsReadInLinearTime(t *testing.T) {
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) { checkSpans(t, []byte(src)) })
	}
}
