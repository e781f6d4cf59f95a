package jslex

import (
	"testing"

	"drydock/internal/finding"
)

// seeds are small programs that together use every part of the reader.
var seeds = []string{
	"import a, { b as c, type D } from './m' with { type: 'json' }\nexport * as n from 'n'\nexport { x as default } from \"y\"",
	"const { A, B = 'x' } = process.env; const p = Number(process.env.PORT ?? `3`) || 1",
	"export const GET = wrap(async (req: Request): Promise<Response> => { await z.object({ a: 1 }).parse(req?.body!) })",
	"export default class X<T> extends Y(Z) { @Get('a') async m<U>(a: U): Promise<void> { this.#p = new URL('./w', import.meta.url) } }",
	"const C = () => <A.B<T> x='1' {...y} on={() => { f(`a${b}c`) }}>it's {a ? <b/> : null} // text</A.B>",
	"module.exports = withX(() => ({ eslint: { ignoreDuringBuilds: !0 }, ...base, async headers() { return [] } }))",
	"if (a) /re[/]/g.test('\\u{1F600}\\x41'); for await (const x of y) a /= 2 / 1",
	"const f = <T,>(x: T) => x as unknown as { a: 1 }, g = <any>h, { i: [j] } = k",
	"require('a').b; const d = dynamic(() => import('./D').then((m) => m.D)); import e = require('e')",
	"#!/bin/x\n\ufefflet \u00a0a = `unclosed ${ 'x\n</a> <b c=\"",
	"}])<>/>`${}{<a></a", "a\n(b)\n[c]\n`d`", "interface A { (x): y; new (x): z; m?(a): b } type T = { a: 1 } enum E { A = 1 }",
}

func inside(s finding.Span, n int) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= n }

// checkSpans reads src and fails on a span that is not in it.
func checkSpans(t *testing.T, src []byte) {
	t.Helper()
	last := 0
	for _, k := range Lex(src) {
		if k.Span.Start < last || k.Span.End <= k.Span.Start || k.Span.End > len(src) {
			t.Fatalf("token %v %v after %d in %d bytes", k.Kind, k.Span, last, len(src))
		}
		last = k.Span.End
	}
	f := Parse(src)
	var spans []finding.Span
	for _, x := range f.Imports {
		spans = append(spans, x.Span, x.ModuleSpan)
	}
	for _, x := range f.Exports {
		spans = append(spans, x.Span)
	}
	for k := range f.Calls {
		spans = append(spans, f.Calls[k].Span, f.Calls[k].CalleeSpan)
		for n, a := range f.Calls[k].Args {
			if n < 4 {
				spans = argSpans(spans, a)
			}
		}
	}
	for _, x := range f.EnvReads {
		spans = append(spans, x.Span)
		if x.Default != nil {
			spans = argSpans(spans, *x.Default)
		}
	}
	for _, x := range f.Assigns {
		spans = argSpans(append(spans, x.Span, x.TargetSpan), x.Value)
	}
	for _, x := range f.Funcs {
		spans = append(spans, x.Span, x.BodySpan)
	}
	for _, x := range f.JSXTags {
		spans = append(spans, x.Span)
		for _, a := range x.Attrs {
			spans = append(spans, a.Span, a.Value.Span)
		}
	}
	if o := f.ConfigObject(); o != nil {
		spans = argSpans(spans, o.Arg)
		o.Prop("a", "b")
	}
	for _, s := range spans {
		if !inside(s, len(src)) {
			t.Fatalf("span %v outside %d bytes", s, len(src))
		}
	}
}

func argSpans(spans []finding.Span, a Arg) []finding.Span {
	spans = append(spans, a.Span)
	if a.Span.Len() > 1000 { // what a property holds is read anew at each level
		return spans
	}
	for _, p := range a.Props() {
		spans = append(spans, p.Span, p.KeySpan, p.Value.Span)
	}
	for _, item := range a.Items() {
		spans = append(spans, item.Span)
	}
	a.Call()
	return spans
}

func FuzzLex(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		last := 0
		for _, k := range Lex(src) {
			if k.Span.Start < last || k.Span.End <= k.Span.Start || k.Span.End > len(src) {
				t.Fatalf("token %v %v after %d in %d bytes", k.Kind, k.Span, last, len(src))
			}
			last = k.Span.End
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(checkSpans)
}
