package jslex

import (
	"strings"
	"testing"
)

// shape writes the tokens as kind:text, one letter per common kind.
func shape(src string) string {
	letters := map[Kind]string{Ident: "i", Keyword: "k", Punct: "p", String: "s", Template: "t", TemplateHead: "th",
		TemplateMiddle: "tm", TemplateTail: "tt", Number: "n", Regex: "r", JSXOpen: "jo", JSXClose: "jc", JSXName: "jn",
		JSXString: "js", JSXText: "jt", Comment: "c", Invalid: "x"}
	var out []string
	for _, t := range Lex([]byte(src)) {
		out = append(out, letters[t.Kind]+":"+src[t.Span.Start:t.Span.End])
	}
	return strings.Join(out, " ")
}

func TestLexTellsCodeFromText(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"comment in string", `"// no" // yes`, `s:"// no" c:// yes`},
		{"string in comment", `/* "a */ b`, `c:/* "a */ i:b`},
		{"escaped quote", `'a\'b' c`, `s:'a\'b' i:c`},
		{"hashbang", "#!/usr/bin/env node\na", "c:#!/usr/bin/env node i:a"},
		{"plain template", "`a\\`b`", "t:`a\\`b`"},
		{"nested template", "`a${`b${c}d`}e`", "th:`a${ th:`b${ i:c tt:}d` tt:}e`"},
		{"object in template", "`${{a:1}.a}`", "th:`${ p:{ i:a p:: n:1 p:} p:. i:a tt:}`"},
		{"two substitutions", "`${a}-${b}`", "th:`${ i:a tm:}-${ i:b tt:}`"},
		{"division", "a / b / c", "i:a p:/ i:b p:/ i:c"},
		{"division after parenthesis", "(a) / b / c", "p:( i:a p:) p:/ i:b p:/ i:c"},
		{"regex after condition", "if (a) /b/.test(c)", "k:if p:( i:a p:) r:/b/ p:. i:test p:( i:c p:)"},
		{"regex after return", "return /'/g", "k:return r:/'/g"},
		{"regex with set", "x = /[/\"]/", "i:x p:= r:/[/\"]/"},
		{"keyword as member", "a.return / b", "i:a p:. i:return p:/ i:b"},
		{"regex after block", "{} /a/", "p:{ p:} r:/a/"},
		{"division after object", "x = {} / 2", "i:x p:= p:{ p:} p:/ n:2"},
		{"division after increment", "i++ / 2 / 1", "i:i p:++ p:/ n:2 p:/ n:1"},
		{"non-null then division", "a! / b / c", "i:a p:! p:/ i:b p:/ i:c"},
		{"optional chain and conditional", "a?.b ?.5 : 1", "i:a p:?. i:b p:? n:.5 p:: n:1"},
		{"numbers", "0xE+1 1e-5 1_000n .5", "n:0xE p:+ n:1 n:1e-5 n:1_000n n:.5"},
		{"private name", "this.#x", "k:this p:. i:#x"},
		{"no-break space", "a\u00a0= 1", "i:a p:= n:1"},
		{"nested type arguments", "a: M<S<T>>= 1", "i:a p:: i:M p:< i:S p:< i:T p:> p:>= n:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shape(c.src); got != c.want {
				t.Errorf("Lex(%q)\n got %s\nwant %s", c.src, got, c.want)
			}
		})
	}
}

func TestLexJSX(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"text is not code", `x = <p>it's // {a} "ok"</p>`,
			`i:x p:= jo:< jn:p jc:> jt:it's //  p:{ i:a p:} jt: "ok" jo:</ jn:p jc:>`},
		{"attributes", `(<A.B a-b="x\" c={d} {...e} f/>)`,
			`p:( jo:< jn:A.B jn:a-b p:= js:"x\" jn:c p:= p:{ i:d p:} p:{ p:... i:e p:} jn:f jc:/> p:)`},
		{"fragment", `return <>a<b/></>`, `k:return jo:< jc:> jt:a jo:< jn:b jc:/> jo:</ jc:>`},
		{"element as attribute", `f(<a b=<c/> d/>)`, `i:f p:( jo:< jn:a jn:b p:= jo:< jn:c jc:/> jn:d jc:/> p:)`},
		{"typed component", `x = <T<R> a="b" />`, `i:x p:= jo:< jn:T p:< i:R p:> jn:a p:= js:"b" jc:/>`},
		{"arrow in attribute", `x = <a f={() => { g() }}>t</a>`,
			`i:x p:= jo:< jn:a jn:f p:= p:{ p:( p:) p:=> p:{ i:g p:( p:) p:} p:} jc:> jt:t jo:</ jn:a jc:>`},
		{"comment in tag", "x = <a // '\n b='c'/>", "i:x p:= jo:< jn:a c:// ' jn:b p:= js:'c' jc:/>"},
		{"less than", "a < b / c > d", "i:a p:< i:b p:/ i:c p:> i:d"},
		{"generic arrow with comma", "x = <T,>(a: T) => a", "i:x p:= p:< i:T p:, p:> p:( i:a p:: i:T p:) p:=> i:a"},
		{"generic arrow", "x = <T>(a: T) => a", "i:x p:= p:< i:T p:> p:( i:a p:: i:T p:) p:=> i:a"},
		{"generic arrow with bound", "x = <T extends A>(a) => a", "i:x p:= p:< i:T k:extends i:A p:> p:( i:a p:) p:=> i:a"},
		{"assertion", "x = <any>y", "i:x p:= p:< i:any p:> i:y"},
		{"assertion of array", "x = <readonly string[]>y", "i:x p:= p:< i:readonly i:string p:[ p:] p:> i:y"},
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
		{"a = 'b\nc", 4}, {"a /* b", 2}, {"x(`a${b}c", 7}, {`x = <a b="c/>`, 9},
	} {
		f := Parse([]byte(c.src))
		if f.Err == nil || f.Err.Offset != c.offset {
			t.Errorf("Parse(%q).Err = %v, want offset %d", c.src, f.Err, c.offset)
		}
	}
	if f := Parse([]byte("a = 'b'")); f.Err != nil {
		t.Errorf("sound file has Err %v", f.Err)
	}
}

// hostile are sources that a careless reader is slow on or falls over.
func hostile() map[string]string {
	const n = 30_000
	long := map[string]string{
		"parentheses":      strings.Repeat("(", 100_000),
		"closers":          strings.Repeat(")]}", n),
		"calls":            strings.Repeat("a(", n),
		"chain":            strings.Repeat("a.b().", n),
		"substitutions":    strings.Repeat("`${", 50_000),
		"tags":             "x=" + strings.Repeat("<a>", n),
		"tags with braces": "x=" + strings.Repeat("<a b={", n),
		"angles":           strings.Repeat("a<", n),
		"arrows":           strings.Repeat("a=>", n),
		"assignments":      strings.Repeat("a=", n),
		"casts":            strings.Repeat("a as ", n),
		"regex starts":     strings.Repeat("/[", n),
		"slashes":          strings.Repeat("/ ", n),
		"declarations":     strings.Repeat("const a:", n),
		"functions":        strings.Repeat("function(){", n),
		"methods":          "class A {" + strings.Repeat("a(){b={", n),
		"objects":          "x=" + strings.Repeat("{a:", n),
		"exports":          strings.Repeat("export default ", n),
		"env":              strings.Repeat("process.env.A||", n),
		"wrapped env":      strings.Repeat("f(process.env.A,", n),
		"imports":          strings.Repeat("import{", n),
		"requires":         strings.Repeat("require('a'", n),
		"conditionals":     strings.Repeat("a?b:", n),
		"types":            strings.Repeat("():a|", n),
		"new":              strings.Repeat("new ", n),
		"quotes":           strings.Repeat("'\n", n),
		"parenthesised":    "f(" + strings.Repeat("(", n) + strings.Repeat(")", n+1),
		"non-null":         "a" + strings.Repeat("!", n) + "(b)",
		"calls of calls":   "a" + strings.Repeat("()", n),
		"members":          "a" + strings.Repeat("[0]", n),
		"then":             strings.Repeat("import('a').then(a=>", n),
		"config":           "module.exports=" + strings.Repeat("a(", n) + "{}" + strings.Repeat(")", n),
		"defaults":         "export default " + strings.Repeat("()=>", n) + "{}",
		"closing tags":     strings.Repeat("</a", n),
		"zero":             "\x00\x01\xff\xfe\\",
	}
	return long
}

func TestHostileInputIsReadInLinearTime(t *testing.T) {
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) { checkSpans(t, []byte(src)) })
	}
}
