package pylex

import (
	"testing"

	"drydock/internal/finding"
)

// seeds are small programs that together use every part of the reader.
var seeds = []string{
	"import os, a.b as c\nfrom ..d import (e as f, # x\n  g)\nfrom . import *\nif TYPE_CHECKING:\n    from h import I\n",
	"A = os.getenv('A', 'x') or \"y\"; B: str = os.environ['B']\nos.environ['C'] = '1'\nx = y = {'a': [1, (2,)], **z}\n",
	"@app.post('/a/{b}', response_model=list[C])\n@wraps\nasync def f(a: int = 1, *, d=Depends(g), **kw) -> T:\n    '''doc'''\n    return await db.execute(q).all()\n",
	"class M[T](Base, Generic[T], metaclass=Meta):\n\tname: str\n\tage: int = Field(..., gt=0)\n\tdef m(self): pass\n",
	"s = f\"a{b!r:>{w}.{p}}{{}}\\N{DASH}{c['d']}\" rb'\\'' '''x\n''' \"\\x41\\u00e9\"\n",
	"from decouple import config\nenv = environ.Env()\nk = config('K', default=3, cast=int); r = env.str('R', 'z')\n",
	"try:\n  import ujson as json\nexcept ImportError: import json\nm = importlib.import_module('.p')\n",
	"f(key=lambda a, b=1: a, *args, **kw)\n[x for x in y if x]; {a: b for a, b in c}; (yield)\n",
	"match c:\n  case Foo(x=1): run()\na, (b, *c) = 1, 2\nx[1:2] += 3 \\\n  + 4\n",
	"}])(f'{", "def\nclass\nimport\nfrom\n@\nasync def", "\ufeffif x:\n    a(\ndef b(): pass", "f'{a:", "case x", "lambda",
}

func inside(s finding.Span, n int) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= n }

func checkTokens(t *testing.T, src []byte) {
	t.Helper()
	last := 0
	for _, k := range Lex(src) {
		empty := k.Kind == Newline || k.Kind == Dedent
		if k.Span.Start < last || k.Span.End < k.Span.Start || k.Span.End > len(src) || k.Span.Len() == 0 && !empty {
			t.Fatalf("token %v %v after %d in %d bytes", k.Kind, k.Span, last, len(src))
		}
		last = k.Span.End
	}
}

// checkSpans reads src and fails on a span that is not in it.
func checkSpans(t *testing.T, src []byte) {
	t.Helper()
	checkTokens(t, src)
	f := Parse(src)
	var spans []finding.Span
	for _, x := range f.Imports {
		spans = append(spans, x.Span, x.ModuleSpan)
	}
	for i, d := range f.Defs {
		spans = append(spans, d.Span, d.NameSpan, d.BodySpan)
		if d.Parent >= i {
			t.Fatalf("definition %d has parent %d", i, d.Parent)
		}
		for _, p := range d.Params {
			spans = argSpans(append(spans, p.Span), p.Default)
		}
	}
	for k := range f.Calls {
		spans = append(spans, f.Calls[k].Span, f.Calls[k].CalleeSpan)
		for n, a := range f.Calls[k].Args {
			if n < 4 {
				spans = argSpans(append(spans, a.NameSpan), a)
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
	for _, s := range spans {
		if !inside(s, len(src)) {
			t.Fatalf("span %v outside %d bytes", s, len(src))
		}
	}
}

func argSpans(spans []finding.Span, a Arg) []finding.Span {
	spans = append(spans, a.Span)
	if a.Span.Len() > 1000 { // what a value holds is read anew at each level
		return spans
	}
	for _, p := range a.Pairs() {
		spans = append(spans, p.Key.Span, p.Value.Span)
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
	f.Fuzz(checkTokens)
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(checkSpans)
}
