package repo

import (
	"strconv"
	"strings"

	"drydock/internal/repo/golex"
)

// router is the router that an expression in function fn is, nil when it is none.
func (g *goScope) router(a golex.Arg, fn int) *goRouter {
	switch a.Kind {
	case golex.ValueIdent:
		return g.named(a.Name, fn)
	case golex.ValueCall:
		if call, ok := g.file.CallOf(a); ok {
			return g.called(call)
		}
	case golex.ValueComposite:
		if f := g.framework(a.Name); f != "" { // &http.ServeMux{}
			return g.made(a.Span.Start, f)
		}
	}
	return nil
}

// made is the router that is made at an offset of the file.
func (g *goScope) made(offset int, framework string) *goRouter {
	k := key("made", g.src.Path, strconv.Itoa(offset))
	r := g.c.routers[k]
	if r == nil {
		r = &goRouter{framework: framework, app: true}
		g.c.routers[k] = r
	}
	return r
}

// group is the group that the call at an offset makes of a router.
func (g *goScope) group(call *golex.Call, parent *goRouter, prefix string, around []golex.Arg) *goRouter {
	k := key("group", g.src.Path, strconv.Itoa(call.Span.End))
	r := g.c.routers[k]
	if r == nil {
		r = &goRouter{framework: parent.framework, prefix: prefix}
		for _, a := range around {
			if name := g.middleware(a); name != "" {
				r.names = append(r.names, name)
			}
		}
		g.c.routers[k] = r
		g.mountAt(call, goMount{child: r, parent: parent})
	}
	return r
}

// mountAt is mounts for what a call of the file mounts.
func (g *goScope) mountAt(call *golex.Call, m goMount) {
	m.file, m.offset = g.src.File, call.Span.Start
	if g.chained(call) {
		m.offset = call.CalleeSpan.End
	}
	g.c.mounts(m)
}

// chained says whether a call is made on what another returns: r.Use(a).Group("/x").
func (g *goScope) chained(call *golex.Call) bool { return len(g.chains[call.CalleeSpan.Start]) > 1 }

// mounts adds a place where a router is used. What is served by default is nobody's.
func (c *goRoutes) mounts(m goMount) {
	if m.child == m.parent || m.child == c.mux || c.mounted[m] || m.parent.within(m.child, 0) {
		return
	}
	c.mounted[m] = true
	m.child.parents = append(m.child.parents, m)
}

// within says whether r is mounted in other.
func (r *goRouter) within(other *goRouter, depth int) bool {
	for ; depth < maxHops && len(r.parents) > 0; depth++ {
		if r = r.parents[0].parent; r == other {
			return true
		}
	}
	return false
}

// named is the router that a dotted name means.
func (g *goScope) named(name string, fn int) *goRouter {
	if on, field, dotted := cutLast(name); dotted {
		if strings.ContainsAny(name, "([") {
			return nil
		}
		if g.file.ImportOf(on) == "net/http" && field == "DefaultServeMux" {
			return g.c.mux
		}
		if !g.c.fields[field] {
			return nil
		}
		if t := g.typeOf(on, fn); t.name != "" {
			if r := g.c.routers[key("field", t.dir, t.name, field)]; r != nil {
				return r
			}
			return g.c.field(t, field)
		}
		return g.c.routers[key("field", g.dir, "", field)]
	}
	for at, steps := fn, 0; at >= 0 && steps < maxScopes; at, steps = g.file.Funcs[at].Parent, steps+1 {
		if r := g.c.routers[g.local(at, name)]; r != nil {
			return r
		}
		if r := g.parameter(at, name); r != nil {
			return r
		}
	}
	if r := g.c.routers[key("package", g.dir, name)]; r != nil {
		return r
	}
	if !g.c.embeds {
		return nil
	}
	if t := g.typeOf(name, fn); t.name != "" { // a struct that embeds a router
		if embedded := g.c.index(t.dir).embeds[t.name]; embedded != "" {
			if r := g.c.routers[key("field", t.dir, t.name, embedded)]; r != nil {
				return r
			}
			return g.c.field(t, embedded)
		}
	}
	return nil
}

// maxScopes is how many functions around a name are asked for it.
const maxScopes = 32

// field is the router in a field of the type, made up when nothing tells what is
// kept there.
func (c *goRoutes) field(t goType, name string) *goRouter {
	framework := c.index(t.dir).routers[t.name+"."+name]
	if framework == "" {
		return nil
	}
	r := &goRouter{framework: framework}
	c.routers[key("field", t.dir, t.name, name)] = r
	return r
}

// parameter is the router that function fn is given under that name.
func (g *goScope) parameter(fn int, name string) *goRouter {
	f := &g.file.Funcs[fn]
	for i, p := range f.Params {
		if p.Name != name {
			continue
		}
		framework := g.framework(p.Type)
		if framework == "" {
			return nil
		}
		k := g.local(fn, name)
		if !f.Literal() {
			k = key("parameter", g.dir, f.Recv, f.Name, strconv.Itoa(i))
		}
		r := g.c.routers[k]
		if r == nil {
			r = &goRouter{framework: framework}
			g.c.routers[k] = r
		}
		return r
	}
	return nil
}

// framework is the framework whose router a type is, "" when it is none.
func (g *goScope) framework(text string) string { return routerType(g.file, text) }

func routerType(file *golex.File, text string) string {
	on, name, ok := cutLast(strings.TrimLeft(text, "*&"))
	if !ok {
		return ""
	}
	f := goFrameworks[modulePath(file.ImportOf(on))]
	for _, t := range f.types {
		if t == name {
			return f.name
		}
	}
	return ""
}

// receiver is the router that call i is made on.
func (g *goScope) receiver(i int) *goRouter {
	call := &g.file.Calls[i]
	on, _, ok := cutLast(call.Callee)
	if !ok {
		return nil
	}
	if strings.Contains(on, "(") {
		inner := g.inner(call)
		if inner == nil {
			return nil
		}
		return g.called(inner)
	}
	if from := g.file.ImportOf(on); from != "" {
		if from == "net/http" && g.named(on, call.Func) == nil {
			return g.c.mux
		}
		if r := g.named(on, call.Func); r != nil { // mux := … hides the package
			return r
		}
		return nil
	}
	return g.named(on, call.Func)
}

// inner is the call before call in a chain.
func (g *goScope) inner(call *golex.Call) *golex.Call {
	var found *golex.Call
	for _, k := range g.chains[call.CalleeSpan.Start] {
		if c := &g.file.Calls[k]; c.Span.End < call.CalleeSpan.End {
			found = c
		}
	}
	return found
}

// maxChain is how many calls of a chain, or of calls within calls, are followed.
const maxChain = 24

// called is the router that a call returns, nil when it returns none.
func (g *goScope) called(call *golex.Call) *goRouter {
	if g.depth >= maxChain {
		return nil
	}
	g.depth++
	defer func() { g.depth-- }()
	on, method, dotted := cutLast(call.Callee)
	if !dotted {
		return g.c.routers[key("result", g.dir, "", call.Callee)]
	}
	if from := g.file.ImportOf(on); from != "" && !strings.Contains(on, ".") {
		f := goFrameworks[modulePath(from)]
		for _, m := range f.makes {
			if m == method {
				r := g.made(call.Span.Start, f.name)
				if m == "Default" && len(r.names) == 0 { // gin's, which runs these two
					r.names = []string{"gin.Logger", "gin.Recovery"}
				}
				return r
			}
		}
		if p := g.c.s.GoImport(g.src.File, from); p != nil {
			return g.c.routers[key("result", p.Dir, "", method)]
		}
	}
	var parent *goRouter
	if strings.Contains(on, "(") {
		if inner := g.inner(call); inner != nil {
			parent = g.called(inner)
		}
	} else {
		parent = g.named(on, call.Func)
	}
	if parent == nil {
		if r := g.method(on, method, call.Func); r != nil {
			return r
		}
		if parent = g.unknown(call, on, method); parent == nil {
			return nil
		}
	}
	switch method {
	case "Group":
		if len(call.Args) > 0 && call.At(0).Kind != golex.ValueFunc {
			return g.group(call, parent, g.path(call.At(0), call.Func), call.Args[1:])
		}
		return g.group(call, parent, "", nil)
	case "Route":
		return g.group(call, parent, g.path(call.At(0), call.Func), nil)
	case "With":
		return g.group(call, parent, "", call.Args)
	case "PathPrefix", "Path":
		return g.group(call, parent, g.path(call.At(0), call.Func), nil)
	case "Use", "Subrouter", "Methods", "Host", "Queries", "Headers", "Schemes", "Name", "StrictSlash", "SkipClean", "UseEncodedPath", "NewRoute", "MatcherFunc":
		return parent
	}
	return nil
}

// unknown is a router of gorilla that somebody else's code keeps, known by what is
// done with it: t.Server.HTTP.Path("/x").Methods("GET").Handler(h).
func (g *goScope) unknown(call *golex.Call, on, method string) *goRouter {
	if method != "Path" && method != "PathPrefix" || !strings.HasPrefix(call.At(0).Literal, "/") || strings.Contains(on, "(") || !needsGorilla(g.c.s, g.src) {
		return nil
	}
	chain := g.chains[call.CalleeSpan.Start]
	switch last := lastPart(g.file.Calls[chain[len(chain)-1]].Callee); last {
	case "Handler", "HandlerFunc", "Subrouter", "Methods":
	default:
		return nil
	}
	k := key("unknown", g.dir, on)
	r := g.c.routers[k]
	if r == nil {
		r = &goRouter{framework: "gorilla", app: true}
		g.c.routers[k] = r
	}
	return r
}

// needsGorilla says whether the module of a file asks for gorilla/mux.
func needsGorilla(s *Snapshot, src *GoSource) bool {
	m := s.GoMod(src.File)
	if m == nil {
		return src.Uses("github.com/gorilla/mux")
	}
	_, ok := m.Spec.Provides("github.com/gorilla/mux")
	return ok
}

// method is the router that a method of the project returns: h.Routes().
func (g *goScope) method(on, name string, fn int) *goRouter {
	if !g.c.givers[name] {
		return nil
	}
	if strings.HasSuffix(on, "{}") { // usersResource{}.Routes()
		t := g.typeRef(strings.TrimSuffix(on, "{}"))
		return g.c.routers[key("result", t.dir, t.name, name)]
	}
	if t := g.typeOf(on, fn); t.name != "" {
		return g.c.routers[key("result", t.dir, t.name, name)]
	}
	return nil
}
