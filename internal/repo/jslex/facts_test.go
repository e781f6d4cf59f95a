package jslex

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// same compares what was read with what is written in the test, line by line.
func same(t *testing.T, got []string, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if !reflect.DeepEqual(got, lines) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

func TestImports(t *testing.T) {
	f := Parse([]byte(`
import a, { b as c, type D, default as e } from "./m"
import type { F } from 'f' with { type: "json" };
import * as n from 'n'
import './side'
export * from "all"; export * as ns from "ns"
export { x as default, y } from './re'
const { p, q: r } = require('req'), s = require('s')
const t = require("t").u
import v = require('v')
require.resolve('w')
const L = dynamic(() => import('./lazy').then((m) => m.L))
const { z } = await import(/* chunk */ ` + "`./z`" + `)
new Worker(new URL('./worker.ts', import.meta.url))
type T = typeof import('types') | import("more").M
jest.mock('./mocked'); import(variable); require(variable); // import 'comment'
const text = "import 'string'"
`))
	var got []string
	for _, i := range f.Imports {
		s := i.Module
		if i.Default != "" {
			s += " default=" + i.Default
		}
		if i.Namespace != "" {
			s += " ns=" + i.Namespace
		}
		for _, n := range i.Names {
			s += fmt.Sprintf(" %s:%s", n.Name, n.Alias)
			if n.TypeOnly {
				s += "!"
			}
		}
		for name, on := range map[string]bool{" type": i.TypeOnly} {
			if on {
				s += name
			}
		}
		switch {
		case i.Dynamic:
			s += " dynamic"
		case i.Require:
			s += " require"
		case i.ReExport:
			s += " re-export"
		case i.URL:
			s += " url"
		}
		if quoted := f.Text(i.ModuleSpan); strings.Trim(quoted, "\"'`") != i.Module {
			t.Errorf("ModuleSpan of %s is %s", i.Module, quoted)
		}
		got = append(got, s)
	}
	same(t, got, `
		./m default=a b:c D:! default:e
		f F: type
		n ns=n
		./side
		all re-export
		ns ns=ns re-export
		./re x:default y: re-export
		req p: q:r require
		s default=s require
		t u:t require
		v default=v require
		w require
		./lazy L: dynamic
		./z z: dynamic
		./worker.ts url
		types type dynamic
		more type dynamic`)
}

func TestExports(t *testing.T) {
	f := Parse([]byte(`
export default async function Page() {}
export const { GET, POST: post } = handlers, revalidate = 60
export async function PATCH() {}
export abstract class A {}
export interface I {}
export type U = string; export enum E { A }
export { local as renamed, type V } ; export * from './x'
const exported = 1 // export const no
module.exports = { one: 1, two }
module.exports.three = three; exports.four = () => {}
`))
	var got []string
	for _, e := range f.Exports {
		got = append(got, strings.Join([]string{e.Name, e.Local, e.Kind}, " "))
	}
	same(t, got, `
		default Page function
		GET GET const
		post post const
		revalidate revalidate const
		PATCH PATCH function
		A A class
		I I interface
		U U type
		E E enum
		renamed local named
		V V type
		*  all
		default  commonjs
		one  commonjs
		two two commonjs
		three three commonjs
		four  commonjs`)
}

func TestCalls(t *testing.T) {
	f := Parse([]byte(`
app.use(cors({ origin: '*' }))
export const POST = withAuth(async (req: Request): Promise<Response> => {
  const body = await schema.object({ a: z.string() }).parse(req?.body!)
  res.cookie("n", token, { httpOnly: false, ...rest })
  if (a) (b)
  for (const x of (y)) {}
  return new Foo<Bar>(1).run?.(x as (T), [1, 'two'])
})
class C extends mixin(B) {
  @Get('/:id', Guard()) async find<T>(@Param("id") id: string): Promise<T> { this.svc["find"](id) }
  if(a): void
  other(x: T): void
}
interface I { m(a: B): C; (x): y }
function plain(a = dflt()) {} // call(comment)
tag` + "`call(${inner()})`" + `
const o = { method(a) { deep() }, async *gen() {}, ['x' + y()]: 1 }
`))
	var got []string
	for _, c := range f.Calls {
		s := c.Callee + "/" + fmt.Sprint(len(c.Args)) + " in=" + c.Func
		for name, on := range map[string]bool{" new": c.New, " @": c.Decorator, " await": c.Await} {
			if on {
				s += name
			}
		}
		if !strings.HasPrefix(f.Text(c.Span), "new ") && c.New || !strings.HasSuffix(f.Text(c.Span), ")") {
			t.Errorf("span of %s is %q", c.Callee, f.Text(c.Span))
		}
		got = append(got, s)
	}
	same(t, got, `
		app.use/1 in=
		cors/1 in=
		withAuth/1 in=
		schema.object/1 in=POST
		z.string/0 in=POST
		schema.object().parse/1 in=POST await
		res.cookie/3 in=POST
		Foo/1 in=POST new
		Foo().run/2 in=POST
		mixin/1 in=
		Get/2 in= @
		Guard/0 in=
		Param/1 in=find @
		this.svc.find/1 in=find
		dflt/0 in=plain
		inner/0 in=
		deep/0 in=method
		y/0 in=`)
}

func TestArgs(t *testing.T) {
	f := Parse([]byte("f('a\\n\\u{41}', `b`, `c${d}`, 1, -2, !0, true, null, x.y?.z!, { k: 'v', 'q-r': [1, 's'], m() {}, short, ...rest }," +
		" g(1), () => 1, async function () {}, /re/, <p/>, a + b, ...list, await h(2), (paren), w as const)"))
	var got []string
	for _, a := range f.Calls[0].Args {
		s := fmt.Sprint(a.Kind, " ", a.Literal, "|", a.Ident, "|", a.Callee)
		for _, p := range a.Props() {
			s += fmt.Sprintf(" %s=%d", p.Key, p.Value.Kind)
		}
		got = append(got, strings.ReplaceAll(s, "\n", "<nl>"))
	}
	same(t, got, fmt.Sprintf(`
		%d a<nl>A||
		%d b||
		%d ||
		%d 1||
		%d -2||
		%d true||
		%d true||
		%d null||
		%d |x.y.z|
		%d || k=2 q-r=10 m=12 short=8 =8
		%d ||g
		%d ||
		%d ||
		%d ||
		%d ||
		%d ||
		%d |list|
		%d ||h
		%d |paren|
		%d |w|`, ValueString, ValueString, ValueTemplate, ValueNumber, ValueNumber, ValueBool, ValueBool, ValueNull, ValueIdent,
		ValueObject, ValueCall, ValueFunc, ValueFunc, ValueRegex, ValueJSX, ValueOther, ValueIdent, ValueCall, ValueIdent, ValueIdent))
	object := f.Calls[0].Args[9]
	if p, ok := object.Prop("q-r"); !ok || len(p.Value.Items()) != 2 || p.Value.Items()[1].Literal != "s" {
		t.Errorf("nested array is not reachable: %+v", p)
	}
	if !object.HasSpread() {
		t.Error("spread is not seen")
	}
	if inner, ok := f.Calls[0].Args[10].Call(); !ok || inner.Callee != "g" || len(inner.Args) != 1 {
		t.Errorf("argument's call = %v", inner)
	}
}

func TestEnvReads(t *testing.T) {
	f := Parse([]byte(`
const a = process.env.A || 'one'
const b = process.env["B"] ?? process.env.B2 ?? "two"
const c = Number(process.env.C) || 3, d = parseInt(process.env.D ?? '4', 10)
const { E, F: f = 'five' } = process.env
const g = import.meta.env.G
process.env.SET = 'x'
const h = (process.env.H as string) || fallback()
const i = process.env.I?.split(',') ?? []
other.process.env.NO; "process.env.TEXT" // process.env.COMMENT
`))
	var got []string
	for _, e := range f.EnvReads {
		s := e.Name
		if e.Default != nil {
			s += " " + e.Default.Text()
		}
		got = append(got, s)
	}
	same(t, got, `
		A 'one'
		B "two"
		B2 "two"
		C 3
		D '4'
		E
		F 'five'
		G
		H fallback()
		I []`)
}

func TestConfigObject(t *testing.T) {
	const body = `{ eslint: { ignoreDuringBuilds: true }, 'output': "standalone" }`
	for _, src := range []string{
		"module.exports = " + body,
		"export default " + body + " satisfies NextConfig",
		"/** @type {x} */\nconst nextConfig: NextConfig = " + body + "\nmodule.exports = nextConfig",
		"const nextConfig = " + body + "\nexport default withA({ enabled: true })(nextConfig)",
		"const c = " + body + "\nexport default withSentryConfig(withB(c), { org: 'x' })",
		"export default defineConfig(" + body + ")",
		"export default defineConfig(({ mode }) => (" + body + "))",
		"module.exports = async (phase) => { const c = " + body + "; const f = () => { return 1 }; return c }",
		"export default function config() { if (a) { b() } return " + body + " }",
		"const eslint = { ignoreDuringBuilds: !0 }\nexport default { eslint, output: 'standalone' }",
		"function make() { return " + body + " }\nexport default make",
		"export = " + body,
		"const create = async () => { let c = withA(" + body + "); if (x) { c = withB(c) }\n c = withSentry(c, { org: 'x' }); return c }\nexport default create",
	} {
		o := Parse([]byte(src)).ConfigObject()
		p, ok := o.Prop("eslint", "ignoreDuringBuilds")
		if on, isBool := p.Value.Bool(); !ok || !on || !isBool {
			t.Errorf("%s\neslint.ignoreDuringBuilds = %v, %v", src, p.Value, ok)
		}
		if p, ok := o.Prop("output"); !ok || p.Value.Literal != "standalone" {
			t.Errorf("%s\noutput = %v, %v", src, p.Value, ok)
		}
		if _, ok := o.Prop("eslint", "dirs"); ok {
			t.Errorf("%s\nfound a property that is not there", src)
		}
	}
	for _, src := range []string{"", "export const a = 1", "export default a", "export default f(f(f))", "const a = b; const b = a; export default a"} {
		if o := Parse([]byte(src)).ConfigObject(); o != nil {
			t.Errorf("ConfigObject(%q) = %s", src, o.Text())
		}
	}
}

func TestAssignsAndTags(t *testing.T) {
	f := Parse([]byte(`
const a: Map<string, (x: T) => void> = new Map(), b = 'text'
let c = d = 1
window.x.y = true
const { e, f: g = 2 } = h
class K { field = 'k'; static n: number = 3 }
const as = [1] as const
type Alias = { not: 'assigned' }
for (const i of list) {}
function p(q = 1) { r = 2 }
const el = <A.B one="1" two={2} {...rest} flag>{x ? <C on={() => { s = 1 }} /> : <></>}</A.B>
`))
	var got []string
	for _, a := range f.Assigns {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", a.Kind, a.Target, a.Key, a.Func)))
	}
	same(t, got, `
		const a
		const b
		let c
		d
		window.x.y
		const e e
		const g f
		field
		n
		const as
		r  p
		const el
		s`)
	got = nil
	for _, tag := range f.JSXTags {
		s := "<" + tag.Name
		for _, a := range tag.Attrs {
			s += fmt.Sprintf(" %s=%d", a.Name, a.Value.Kind)
		}
		got = append(got, s)
	}
	same(t, got, `
		<A.B one=2 two=4 =8 flag=1
		<C on=12
		<`)
}

func TestFuncsAreNamedByWhereTheyStand(t *testing.T) {
	f := Parse([]byte(`
function a() {}
const b = async () => 1
const c: Handler = function () {}
export default (req) => {}
const o = { d: () => {}, e() {}, 'f-g': function () {} }
class K { constructor(private x: T) {} get h(): T { return 1 } i = () => {}; abstract j(): void }
exports.k = (x): x is Y => true
const l = memo(forwardRef(() => null))
type M = (x: A) => B
const n: () => void = () => {}
list.map((x) => x)
`))
	var got []string
	for _, fn := range f.Funcs {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s async=%v", fn.Name, fn.Async)))
	}
	same(t, got, `
		a async=false
		b async=true
		c async=false
		default async=false
		d async=false
		e async=false
		f-g async=false
		constructor async=false
		h async=false
		i async=false
		exports.k async=false
		l async=false
		n async=false
		async=false`)
}
