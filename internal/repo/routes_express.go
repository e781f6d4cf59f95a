package repo

import (
	"strings"

	"drydock/internal/finding"
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
	offset int // where the call ends: of chained calls the later ones end later
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
	chains  map[chain]*jsRouter
}

// chain is the place where an expression such as Router().use(a).use(b) begins.
type chain struct {
	file  *File
	start int
}

func expressRoutes(s *Snapshot) []Route {
	c := jsRoutes{s: s, routers: map[Symbol]*jsRouter{}, chains: map[chain]*jsRouter{}}
	s.survey()
	for _, src := range s.Sources() {
		if src.Role == Production && src.Lang != Python && mayMakeRouter(src) {
			c.declare(src)
		}
	}
	if len(c.routers) == 0 {
		return nil
	}
	made := map[*File]bool{}
	for at := range c.routers {
		made[at.File] = true
	}
	knows := s.Graph().near(made)
	var sources []*Source
	for _, src := range s.Sources() {
		if src.Role == Production && src.Lang != Python && knows[src.File] {
			sources = append(sources, src)
		}
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
	for i := range js.Calls {
		call := &js.Calls[i]
		root, _, _ := strings.Cut(call.Callee, ".")
		framework := makers[root]
		if root == "require()" {
			framework = requiredFramework(js.Text(call.CalleeSpan))
		}
		if framework == "" || strings.Contains(strings.TrimPrefix(call.Callee, "require()"), "()") {
			continue
		}
		r := &jsRouter{framework: framework, app: !strings.HasSuffix(call.Callee, "Router") && !strings.HasSuffix(call.Callee, "router")}
		if len(call.Args) > 0 {
			if p, ok := call.Args[0].Prop("prefix"); ok {
				r.prefix = p.Value.Literal
			}
		}
		start := chain{src.File, call.CalleeSpan.Start}
		if name := routerNameAt(js, call); name != "" && c.chains[start] == nil {
			c.routers[Symbol{src.File, name}], c.chains[start] = r, r
		}
	}
	c.parameters(src)
}

// routerNameAt is the name given to the expression that begins with the call:
// the variable it is assigned to, or default.
func routerNameAt(js *jslex.File, call *jslex.Call) string {
	for i := range js.Assigns {
		if v := js.Assigns[i].Value; v.Kind == jslex.ValueCall && v.Span.Start == call.Span.Start {
			return js.Assigns[i].Target
		}
	}
	for _, e := range js.Exports {
		if e.Name == "default" && e.Local == "" && e.Span.End <= call.Span.Start && strings.TrimSpace(js.Text(finding.Span{Start: e.Span.End, End: call.Span.Start})) == "" {
			return "default"
		}
	}
	return ""
}

// receiver is the router that a call is made on, and the method. Calls may be
// chained: app.use(a).use(b), new Hono().get("/", h).
func (c *jsRoutes) receiver(src *Source, call *jslex.Call) (r *jsRouter, method string) {
	on, method, ok := cutLast(call.Callee)
	if !ok {
		return nil, ""
	}
	base, links, chained := strings.Cut(on, "()")
	if !chained {
		return c.router(src, on), method
	}
	if on == "require()" {
		return nil, ""
	}
	for _, link := range strings.Split(strings.Trim(links, "."), ".") {
		if link = strings.TrimSuffix(link, "()"); link != "" && !chainLinks[link] && httpMethods[link] == "" {
			return nil, ""
		}
	}
	if r := c.chains[chain{src.File, call.CalleeSpan.Start}]; r != nil {
		return r, method
	}
	name, link, ok := cutLast(base)
	if !ok || !chainLinks[link] && httpMethods[link] == "" {
		return nil, ""
	}
	return c.router(src, name), method
}

// chainLinks are the methods that return the router they are called on.
var chainLinks = set("use", "register", "route", "basePath")

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
		if len(call.Args) == 0 {
			continue
		}
		switch parent, method := c.receiver(src, call); {
		case parent == nil:
		case method == "use", method == "register", method == "route" && len(call.Args) == 2:
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
		child.mounts = append(child.mounts, jsMount{parent, prefixes[0], names, call.Span.End})
	}
	if len(children) > 0 {
		return
	}
	for _, p := range prefixes {
		parent.uses = append(parent.uses, jsUse{p, names, call.Span.End})
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
				child.mounts = append(child.mounts, jsMount{parent, p.Value.Literal, nil, call.Span.End})
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
