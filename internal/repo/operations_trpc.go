package repo

import (
	"iter"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// trpcRouters are the functions that make a router of tRPC.
var trpcRouters = set("router", "createTRPCRouter", "createRouter", "createTRPCRouters")

// trpc collects routers and procedures.
type trpc struct {
	s      *Snapshot
	routes map[Symbol]trpcRouter
	inner  map[Symbol]bool // routers and procedures that a router holds
	seen   map[Symbol]bool
	steps  int
	out    []Operation
}

// maxTRPC bounds how many entries of routers are gone through: a router may be
// held by several, which hold one another.
const maxTRPC = 20_000

type trpcRouter struct {
	src  jsParsed
	call *jslex.Call
}

// trpcProcedures reads the procedures of tRPC's routers.
func trpcProcedures(s *Snapshot) []Operation {
	t := &trpc{s: s, routes: map[Symbol]trpcRouter{}, inner: map[Symbol]bool{}, seen: map[Symbol]bool{}}
	var routers []jsParsed
	for src := range t.sources("router", "createTRPCRouter", "createRouter", "createTRPCRouters", "mergeRouters") {
		before := len(t.routes)
		for i := range src.js.Calls {
			call := &src.js.Calls[i]
			name := lastPart(call.Callee)
			if !trpcRouters[name] && name != "mergeRouters" || len(call.Args) == 0 || call.Decorator || strings.Contains(call.Callee, "()") {
				continue
			}
			if at := routerNameAt(src.js, call); at != "" {
				t.routes[Symbol{src.File, strings.Clone(at)}] = trpcRouter{src, call}
			}
		}
		if len(t.routes) > before {
			routers = append(routers, src)
		}
	}
	if len(t.routes) == 0 {
		return nil
	}
	for _, r := range t.routes {
		t.children(r.src, r.call)
	}
	for _, src := range routers {
		for i := range src.js.Calls {
			call := &src.js.Calls[i]
			at := Symbol{src.File, routerNameAt(src.js, call)}
			if r, ok := t.routes[at]; ok && r.call == call && !t.inner[at] {
				t.walk(r, "", 0)
			}
		}
	}
	t.loose()
	return t.out
}

// sources are the files of packages with tRPC that may hold one of the words.
func (t *trpc) sources(words ...string) iter.Seq[jsParsed] {
	return func(yield func(jsParsed) bool) {
		any := false
		for _, p := range t.s.Packages() {
			any = any || p.DependsOn("@trpc/server")
		}
		if !any {
			return
		}
		for _, src := range t.s.SourcesMentioning(words...) {
			if _, ext, _ := cutExt(src.Name()); src.Role != Production || src.Lang == Python || ext == ".tsx" || ext == ".jsx" {
				continue
			}
			if js := src.JS(); readableScript(js) && !yield(jsParsed{src, js}) {
				return
			}
		}
	}
}

// children notes what a router holds by name.
func (t *trpc) children(src jsParsed, call *jslex.Call) {
	for _, a := range call.Args {
		t.held(src, a, 0)
	}
}

func (t *trpc) held(src jsParsed, a jslex.Arg, depth int) {
	if a.Ident != "" {
		if at, ok := t.s.Origin(src.Source, a.Ident); ok {
			t.inner[at] = true
		}
		return
	}
	if inner, ok := a.Call(); ok && trpcRouters[lastPart(inner.Callee)] {
		t.children(src, inner)
	}
	if depth < maxHops {
		for _, p := range a.Props() {
			t.held(src, p.Value, depth+1)
		}
	}
}

// walk adds the procedures below a router.
func (t *trpc) walk(r trpcRouter, prefix string, depth int) {
	if depth > maxHops {
		return
	}
	for _, a := range r.call.Args {
		if t.steps++; t.steps > maxTRPC {
			return
		}
		if a.Ident != "" { // mergeRouters(a, b)
			t.named(r.src, a.Ident, prefix, depth)
			continue
		}
		t.props(r.src, a, prefix, depth)
	}
}

// props adds the procedures of an object of procedures and routers.
func (t *trpc) props(src jsParsed, object jslex.Arg, prefix string, depth int) {
	if depth > maxHops {
		return
	}
	for _, p := range object.Props() {
		if t.steps++; t.steps > maxTRPC {
			return
		}
		if p.Value.Spread {
			if p.Value.Ident != "" {
				t.named(src, p.Value.Ident, prefix, depth)
			}
			continue
		}
		name := strings.Clone(p.Key)
		if prefix != "" {
			name = prefix + "." + p.Key
		}
		switch inner, ok := p.Value.Call(); {
		case ok && trpcRouters[lastPart(inner.Callee)]:
			t.walk(trpcRouter{src, inner}, name, depth+1)
		case ok:
			t.procedure(src, p.Value, name, p.Span, true)
		case p.Value.Ident != "":
			t.named(src, p.Value.Ident, name, depth)
		case p.Value.Kind == jslex.ValueObject: // a plain object of procedures
			t.props(src, p.Value, name, depth+1)
		}
	}
}

// named adds what a name stands for: a router, or one procedure.
func (t *trpc) named(src jsParsed, name, prefix string, depth int) {
	at, ok := t.s.Origin(src.Source, name)
	if !ok {
		return
	}
	if r, known := t.routes[at]; known {
		t.walk(r, prefix, depth+1)
		return
	}
	target := t.s.Source(at.File.Path)
	if target == nil || target.Lang == Python || t.seen[at] {
		return
	}
	js := target.JS()
	if v, ok := js.Variable(at.Name); ok && readableScript(js) {
		t.seen[at] = true
		t.procedure(jsParsed{target, js}, v, prefix, v.Span, true)
	}
}

// procedure adds the procedure that an expression builds, if it builds one.
func (t *trpc) procedure(src jsParsed, v jslex.Arg, name string, span finding.Span, registered bool) bool {
	verb := lastPart(v.Callee)
	if verb != "query" && verb != "mutation" && verb != "subscription" || !strings.Contains(strings.ToLower(v.Callee), "procedure") && !strings.Contains(v.Callee, "()") {
		return false
	}
	builder, guards := procedureParts(src.js, v)
	if builder == "" || !strings.Contains(strings.ToLower(builder), "procedure") && !strings.Contains(v.Callee, "input()") {
		return false
	}
	t.out = append(t.out, Operation{
		Kind: TRPCProcedure, Verb: verb, Name: strings.Clone(name), File: src.File, Span: span, Handler: src.File, HandlerSpan: v.Span,
		Builder: builder, Guards: guards, Input: strings.Contains(v.Callee, ".input()"), Registered: registered,
	})
	return true
}

// procedureParts are what a chain such as protectedProcedure.use(limit).input(x)
// .query(f) begins with, and what its calls of use are given.
func procedureParts(js *jslex.File, v jslex.Arg) (builder string, guards []string) {
	head, _, _ := strings.Cut(v.Callee, "()")
	builder, _, _ = cutLast(head)
	if builder == "" {
		builder = head
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		if c.Span.Start != v.Span.Start || lastPart(c.Callee) != "use" || c.Span.End > v.Span.End {
			continue
		}
		for _, a := range c.Args {
			if name := calledName(a); name != "" {
				guards = append(guards, strings.Clone(name))
			}
		}
	}
	return strings.Clone(builder), guards
}

// loose adds the procedures that no router was seen to hold.
func (t *trpc) loose() {
	known := map[Symbol]bool{}
	for _, o := range t.out {
		known[Symbol{o.File, ""}] = true
		known[Symbol{o.File, o.File.Text(o.HandlerSpan)}] = true
	}
	for src := range t.sources("mutation", "query", "subscription") {
		for i := range src.js.Assigns {
			a := &src.js.Assigns[i]
			if a.Func != "" || a.Value.Kind != jslex.ValueCall || t.seen[Symbol{src.File, a.Target}] || !strings.Contains(strings.ToLower(a.Value.Callee), "procedure") {
				continue
			}
			if !known[Symbol{src.File, src.js.Text(a.Value.Span)}] {
				t.procedure(src, a.Value, a.Target, a.Span, false)
			}
		}
	}
}
