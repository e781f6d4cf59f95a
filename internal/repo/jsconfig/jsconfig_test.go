package jsconfig

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/yamldoc"
)

// text writes a value: ? for what is not known, with its choices.
func text(v *Value) string {
	if v == nil {
		return "-"
	}
	var parts []string
	switch v.Kind {
	case Unknown:
		for _, c := range v.Choices {
			parts = append(parts, text(c))
		}
		out := "?" + v.Text
		if len(parts) > 0 {
			out += "<" + strings.Join(parts, "|") + ">"
		}
		for _, i := range v.Items {
			out += "(" + text(i) + ")"
		}
		return out
	case Null:
		return "null"
	case Array:
		for _, i := range v.Items {
			parts = append(parts, text(i))
		}
		if v.Open {
			parts = append(parts, "…")
		}
		return "[" + strings.Join(parts, " ") + "]"
	case Object:
		for _, m := range v.Members {
			parts = append(parts, m.Name+":"+text(m.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case Func:
		return "fn→" + text(v.Result)
	}
	return v.Text
}

func TestProgramsAreReadAsFarAsTheyAreLiteral(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"export default { a: 1, 'b-c': [true, 'x'], d: undefined, e: -2 }", "{a:1 b-c:[true x] d:null e:-2}"},
		{"const dev = process.env.NODE_ENV !== 'production'\nmodule.exports = { strict: !dev, out: dev ? undefined : 'standalone' }", "{strict:? out:?<null|standalone>}"},
		{"const base = { a: 1, b: { c: 2 } }\nexport default { ...base, a: 3, x: base.b.c, ...rest }", "{a:1 b:{c:2} a:3 x:2 :?rest}"},
		{"export default { ...(isProd ? { a: 1 } : {}), ...(x && { b: 2 }), d: a || 'q' }", "{:?<{a:1}|{}> :?<{b:2}|null> d:?<?a|q>}"},
		{"export default defineConfig(({ mode }) => { if (mode) { return { a: 1 } } return { a: 2 } })", "?<{a:1}|{a:2}>"},
		{"import { withSentryConfig } from 'x'\nlet c = { a: 1 }\nc = withMDX({ ext: 'mdx' })(c)\nexport default withSentryConfig(c, { org: 'o' })", "{a:1}"},
		{"const c = { a: 1 }\nif (x) { c.a = 2 }\nc.b = [y]\nexport default c", "{a:1 a:?<2|1> b:?<[?y]|null>}"},
		{"export default { plugins: [react(), viz({ open: true }), ...more, new Foo(1)], f: require('x') }", "{plugins:[?react ?viz({open:true}) ?Foo(1) …] f:?require('x')}"},
		{"export default { async headers() { return [{ key: 'CSP', value: csp.replace(/\\n/g, '') }] }, webpack: (config) => { return config } }\nconst csp = `default-src ${x}; img *`\nconst config = 1", "{headers:fn→[{key:CSP value:default-src ${x}; img *}] webpack:fn→?config}"},
		{"export default tseslint.config(js.configs.recommended, ...presets, { rules: { a: 'off' } }, [{ b: 1 }])", "[?js.configs.recommended {rules:{a:off}} {b:1} …]"},
		{"export default mergeConfig(base, defineConfig({ test: { globals: true } }))", "{:?base test:{globals:true}}"},
		{"const a = { x: { y: 1, z: 1 } }; const b = { x: { y: 2 } }\nmodule.exports = merge(a, b)", "{x:{y:1 z:1} x:{y:1 z:1 y:2}}"},
		{"const config = { a: 1 } satisfies C\nexport { config as default }", "{a:1}"},
		{"export default function () { return { [k]: 1, m() {}, s } }\nconst s = 's'", "{:? m:fn→- s:s}"},
		{"const { a } = require('x'); module.exports = { b: a }", "{b:?a}"},
		{"const a = b; const b = a; export default { x: a }", "{x:?a}"},
		{"export const x = 1", "-"},
		{"export default createConfig()", "?createConfig"},
	} {
		if got := text(Script(jslex.Parse([]byte(tt.src)))); got != tt.want {
			t.Errorf("%s\n%s, want %s", tt.src, got, tt.want)
		}
	}
	v := Script(jslex.Parse([]byte("export default withX({ a: 1 })")))
	if !v.Wrapped {
		t.Error("a wrapper hands on what it is given unseen")
	}
}

func TestGetSaysWhatIsThereForCertain(t *testing.T) {
	src := `const base = { a: 1 }
export default { ...base, b: { c: true }, ...(x ? { c: 'x' } : { d: 1 }), ...process.env, e: () => ({ f: 'g' }), h: y ? { i: 1 } : { i: 2 } }`
	v := Script(jslex.Parse([]byte(src)))
	for path, want := range map[string]string{
		"b": "?<?|{c:true}>", "b c": "?<?|true>", "e f": "g", "h i": "?<1|2>", "h j": "-", "e z": "-",
	} {
		if got := text(v.Get(strings.Fields(path)...)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	v = Script(jslex.Parse([]byte("export default { b: 1, ...(x ? { c: 'x' } : { d: 1 }), ...(y && { e: 2 }), a: 3 }")))
	for name, want := range map[string]string{"a": "3", "b": "1", "c": "?<?<x|null>|null>", "e": "?<?<2|null>|null>", "f": "-"} {
		if got := text(v.Get(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	c := v.Get("c")
	options, whole := c.Options()
	if !c.MayBe("x") || c.MayBe("y") || len(options) != 3 || !whole || c.Known() || c.True() {
		t.Errorf("%v %v", options, whole)
	}
	if u := Script(jslex.Parse([]byte("export default { ...other, a: true }"))); !u.Get("a").True() || u.Get("b") == nil || u.Get("b").Known() || !u.Get("b").MayBe("anything") {
		t.Error("a spread of something else may hold anything")
	}
	names, closed := v.Names()
	m, ok := v.Member("a")
	if fmt.Sprint(names, closed, ok) != "[b a] false true" || m.Value.Text != "3" {
		t.Error(names, closed, ok, m)
	}
	list := Script(jslex.Parse([]byte("export default { a: ['x', y, 'z'], b: 'q', c: () => ['r'] }")))
	x, all := list.Get("a").Strings()
	q, one := list.Get("b").Strings()
	r, _ := list.Get("c").Strings()
	if fmt.Sprint(x, all, q, one, r, list.Get("none").List()) != "[x z] false [q] true [r] []" {
		t.Error(x, all, q, one, r)
	}
}

func TestDataHasTheSameShape(t *testing.T) {
	j, err := JSON([]byte("{ // c\n \"a\": [1, true,], \"b\": null }"))
	if err != nil || text(j) != "{a:[1 true] b:null}" {
		t.Error(text(j), err)
	}
	src := "\ufeff// c\n{ extends: ['a'], 'b': +1 ? 1 : 2 }"
	if _, err := JSON([]byte(src)); err == nil {
		t.Error("a program is no JSON5")
	}
	src = "\ufeff// c\n{ extends: ['a'], 'b': {c: true,}, }\n"
	j, err = JSON([]byte(src))
	if err != nil || text(j) != "{extends:[a] b:{c:true}}" {
		t.Fatal(text(j), err)
	}
	if s := j.Get("b", "c").Span; src[s.Start:s.End] != "true" {
		t.Errorf("%q", src[s.Start:s.End])
	}
	if m, _ := j.Member("b"); src[m.NameSpan.Start:m.NameSpan.End] != "'b'" {
		t.Errorf("%v", m)
	}
	var e *Error
	if _, err = JSON([]byte("{\n a b")); !errors.As(err, &e) || e.Line != 2 {
		t.Error(err)
	}
	docs, _ := yamldoc.Parse([]byte("a: &x {b: true, c: 1.5}\nd: *x\ne: [q, ~]\n"))
	if got := text(FromYAML(docs[0].Root)); got != "{a:{b:true c:1.5} d:{b:true c:1.5} e:[q null]}" {
		t.Error(got)
	}
	root, _ := manifest.ParseTOML([]byte("[a]\nb = 'c'\nd = 1979-05-27\n"))
	if got := text(FromJSON(root)); got != "{a:{b:c d:1979-05-27}}" {
		t.Error(got)
	}
}

func TestFollowingIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("const v0 = { a: 1 };\n")
	for i := range 40 {
		fmt.Fprintf(&b, "const v%d = { a: v%d, b: v%d, ...v%d };\n", i+1, i, i, i)
	}
	b.WriteString("export default v40")
	n := 0
	v := Script(jslex.Parse([]byte(b.String())))
	v.Walk(func(*Value) bool { n++; return n < 200_000 })
	if n > 3*maxValues {
		t.Errorf("%d values", n)
	}
	v.Get("a", "b", "a")
	deep := "export default " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	Script(jslex.Parse([]byte(deep)))
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{
		"export default { a: 1, ...b, c: d ? 1 : 2 }", "let c = {a:1}; c.b = 2; c = w(c); export default c", "module.exports = merge(a, {b: `x${y}`})",
		"export default () => { return x && { a: 1 } }", "const a = `x`; export default { b: a.replace(/x/, '').trim() }", "{ a: 'b', /* c */ d: [1,], }", "a: &b [*b, !x]", "!",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		j, _ := JSON(src)
		all := []*Value{Script(jslex.Parse(src)), j}
		docs, _ := yamldoc.Parse(src)
		for _, d := range docs {
			all = append(all, FromYAML(d.Root))
		}
		for _, v := range all {
			n := 0
			v.Walk(func(v *Value) bool {
				if v.Span.Start < 0 || v.Span.End < v.Span.Start || v.Span.End > len(src) {
					t.Fatalf("%v of %d bytes", v.Span, len(src))
				}
				for _, m := range v.Members {
					if m.Span.Start < 0 || m.Span.End < m.Span.Start || m.Span.End > len(src) || m.NameSpan.Start < 0 || m.NameSpan.End > len(src) || m.NameSpan.End < m.NameSpan.Start {
						t.Fatalf("%+v of %d bytes", m, len(src))
					}
				}
				n++
				return n < 10_000
			})
			v.Get("a", "b").MayBe("c")
		}
	})
}
