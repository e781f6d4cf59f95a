package repo

import (
	"strings"

	"drydock/internal/repo/jslex"
)

// jsFrameworks are the packages whose applications and routers are called in
// the same way.
var jsFrameworks = map[string]string{
	"express": "express", "express-promise-router": "express", "polka": "express", "restify": "express",
	"fastify": "fastify", "hono": "hono", "@hono/zod-openapi": "hono", "koa": "koa", "@koa/router": "koa", "koa-router": "koa",
}

// jsRouter is an application or a router.
type jsRouter struct {
	framework string
	app       bool
	prefix    string
	uses      []jsUse
	mounts    []jsMount
}

// jsUse is a middleware that a router runs from some place of its file on.
type jsUse struct {
	prefix string
	names  []string
	offset int
}

// jsMount is one place where a router is used by another.
type jsMount struct {
	parent *jsRouter // nil when it is not known by name
	prefix string
	names  []string // middlewares of the mount itself
	offset int
}

type jsRoutes struct {
	s       *Snapshot
	routers map[Symbol]*jsRouter
}

func expressRoutes(s *Snapshot) []Route {
	c := jsRoutes{s: s, routers: map[Symbol]*jsRouter{}}
	var sources []*Source
	for _, src := range s.Sources() {
		if src.Role == Production && src.JS() != nil {
			sources = append(sources, src)
		}
	}
	for _, src := range sources {
		c.declare(src)
	}
	if len(c.routers) == 0 {
		return nil
	}
	for _, src := range sources {
		c.mount(src)
	}
	var out []Route
	for _, src := range sources {
		out = append(out, c.routes(src)...)
	}
	return out
}

// declare finds the applications and routers that a file makes.
func (c *jsRoutes) declare(src *Source) {
	js := src.JS()
	makers := routerMakers(js)
	for _, a := range js.Assigns {
		call, ok := a.Value.Call()
		if !ok {
			continue
		}
		root, _, _ := strings.Cut(call.Callee, ".")
		framework := makers[root]
		if root == "require()" {
			framework = requiredFramework(a.Value.Text())
		}
		if framework == "" {
			continue
		}
		r := &jsRouter{framework: framework, app: !strings.HasSuffix(call.Callee, "Router") && !strings.HasSuffix(call.Callee, "router")}
		if strings.Contains(call.Callee, "()") && root != "require()" || call.Callee == "require" {
			continue
		}
		if len(call.Args) > 0 {
			if p, ok := call.Args[0].Prop("prefix"); ok {
				r.prefix = p.Value.Literal
			}
		}
		c.routers[Symbol{src.File, a.Target}] = r
	}
	c.parameters(src)
}

// routerMakers are the local names of what makes a router, by framework.
func routerMakers(js *jslex.File) map[string]string {
	makers := map[string]string{}
	for _, i := range js.Imports {
		framework := jsFrameworks[i.Module]
		if framework == "" || i.TypeOnly {
			continue
		}
		for _, name := range []string{i.Default, i.Namespace} {
			if name != "" {
				makers[name] = framework
			}
		}
		for _, n := range i.Names {
			switch n.Name {
			case "Router", "express", "fastify", "Fastify", "Hono", "OpenAPIHono", "default":
				name := n.Alias
				if name == "" {
					name = n.Name
				}
				makers[name] = framework
			}
		}
		if i.Require {
			makers["require()"] = framework
		}
	}
	return makers
}

func requiredFramework(text string) string {
	for module, framework := range jsFrameworks {
		if strings.Contains(text, `"`+module+`"`) || strings.Contains(text, `'`+module+`'`) {
			return framework
		}
	}
	return ""
}

// parameters declares the applications that a file's functions are handed:
// export default (app) => { app.post(…) }. Only a name that can mean nothing
// else is taken.
func (c *jsRoutes) parameters(src *Source) {
	for i := range src.JS().Calls {
		call := &src.JS().Calls[i]
		on, verb, ok := cutLast(call.Callee)
		if !ok || httpMethods[verb] == "" && verb != "use" || !routerParameter[on] || len(call.Args) < 2 || call.Func == "" {
			continue
		}
		if at := (Symbol{src.File, on}); c.routers[at] == nil {
			c.routers[at] = &jsRouter{framework: frameworkOf(src), mounts: []jsMount{{}}}
		}
	}
}

var routerParameter = set("app", "router", "server", "fastify")

func frameworkOf(src *Source) string {
	for _, i := range src.JS().Imports {
		if f := jsFrameworks[i.Module]; f != "" {
			return f
		}
	}
	return "express"
}

func (c *jsRoutes) router(src *Source, name string) *jsRouter {
	if name == "" {
		return nil
	}
	if r := c.routers[Symbol{src.File, name}]; r != nil {
		return r
	}
	if at, ok := c.s.Origin(src, name); ok {
		return c.routers[at]
	}
	return nil
}

// mount reads use, register and route of every known router.
func (c *jsRoutes) mount(src *Source) {
	for i := range src.JS().Calls {
		call := &src.JS().Calls[i]
		on, method, ok := cutLast(call.Callee)
		if !ok || len(call.Args) == 0 {
			continue
		}
		if method != "use" && method != "register" && (method != "route" || len(call.Args) != 2) {
			continue
		}
		on, _, _ = strings.Cut(on, ".use()") // app.use(a).use(b)
		if parent := c.router(src, on); parent != nil {
			c.use(src, parent, call)
		}
	}
}

func (c *jsRoutes) use(src *Source, parent *jsRouter, call *jslex.Call) {
	prefixes, args := []string{""}, call.Args
	if list, ok := args[0].Strings(); ok && len(list) > 0 {
		prefixes, args = list, args[1:]
	} else if c.table(src, parent, call) {
		return
	}
	if len(args) > 0 {
		if p, ok := args[len(args)-1].Prop("prefix"); ok && p.Value.IsLiteral { // fastify
			prefixes = []string{p.Value.Literal}
		}
	}
	var names []string
	var children []*jsRouter
	for _, a := range flatten(args) {
		if child := c.router(src, routerName(a)); child != nil && child != parent {
			children = append(children, child)
			continue
		}
		if n := calledName(a); n != "" {
			names = append(names, n)
		}
	}
	for _, child := range children {
		child.mounts = append(child.mounts, jsMount{parent, prefixes[0], names, call.Span.Start})
	}
	if len(children) > 0 {
		return
	}
	for _, p := range prefixes {
		parent.uses = append(parent.uses, jsUse{p, names, call.Span.Start})
	}
}

// routerName is the name of a router as it is used: routes or routes.routes().
func routerName(a jslex.Arg) string {
	if a.Ident != "" {
		return a.Ident
	}
	name, _ := strings.CutSuffix(a.Callee, ".routes")
	if name == a.Callee {
		return ""
	}
	return name
}

// table mounts the routers of [{ path: "/auth", route: authRoute }, …].forEach(r
// => router.use(r.path, r.route)).
func (c *jsRoutes) table(src *Source, parent *jsRouter, call *jslex.Call) bool {
	if len(call.Args) != 2 || !strings.Contains(call.Args[0].Ident, ".") || !strings.Contains(call.Args[1].Ident, ".") {
		return false
	}
	pathKey, routeKey := lastPart(call.Args[0].Ident), lastPart(call.Args[1].Ident)
	found := false
	for _, a := range src.JS().Assigns {
		for _, item := range a.Value.Items() {
			p, okPath := item.Prop(pathKey)
			r, okRoute := item.Prop(routeKey)
			if !okPath || !okRoute || !p.Value.IsLiteral {
				continue
			}
			if child := c.router(src, r.Value.Ident); child != nil && child != parent {
				child.mounts = append(child.mounts, jsMount{parent, p.Value.Literal, nil, call.Span.Start})
				found = true
			}
		}
	}
	return found
}

// flatten lists arguments with the elements of arrays in their place.
func flatten(args []jslex.Arg) []jslex.Arg {
	var out []jslex.Arg
	for _, a := range args {
		if a.Kind == jslex.ValueArray {
			out = append(out, a.Items()...)
		} else {
			out = append(out, a)
		}
	}
	return out
}

// calledName names a middleware: an identifier, or what is called to make it.
func calledName(a jslex.Arg) string {
	if a.Ident != "" {
		return a.Ident
	}
	return a.Callee
}

// jsPlace is where a route ends up, and what a request to it passes.
type jsPlace struct {
	path        string
	middlewares []string // outermost first
	global      []string // those of an application for every route
	mounted     bool
}

// place follows the first mount of each router up to an application, for a
// route that is registered below the router at the offset of its file.
func (r *jsRouter) place(path string, offset, depth int) jsPlace {
	at := jsPlace{path: joinRoute(r.prefix, path), mounted: r.app}
	for _, u := range r.uses {
		if u.offset >= offset || !below(joinedPrefix(u.prefix), at.path) {
			continue
		}
		at.middlewares = append(at.middlewares, u.names...)
		if r.app && joinedPrefix(u.prefix) == "" {
			at.global = append(at.global, u.names...)
		}
	}
	if len(r.mounts) == 0 || depth > maxHops {
		return at
	}
	m := r.mounts[0]
	if m.parent == nil {
		return jsPlace{joinRoute(m.prefix, at.path), append(append([]string{}, m.names...), at.middlewares...), at.global, true}
	}
	up := m.parent.place(joinRoute(m.prefix, at.path), m.offset, depth+1)
	up.middlewares = append(append(up.middlewares, m.names...), at.middlewares...)
	up.global = append(up.global, at.global...)
	return up
}

func joinedPrefix(p string) string {
	if p == "" || p == "*" || p == "/" {
		return ""
	}
	return joinRoute(strings.TrimSuffix(p, "*"))
}
