package repo

import (
	"strings"

	"drydock/internal/finding"

	"drydock/internal/repo/pylex"
)

// pyRouter is an application, an APIRouter or a Blueprint.
type pyRouter struct {
	framework   string
	app         bool
	file        *File
	name        string       // the variable that holds it
	span        finding.Span // the assignment that makes it
	prefix      string
	deps        []string
	middlewares []string // of an application
	mounts      []pyMount
	param       bool // handed to a function: mounted on something that is not known
}

// pyMount is one place where a router is included.
type pyMount struct {
	parent *pyRouter // nil when what it is mounted on is not known by name
	prefix string
	deps   []string
}

// pyRoutes collects the routers of all files, then what is mounted where.
type pyRoutes struct {
	s        *Snapshot
	routers  map[Symbol]*pyRouter
	local    map[pyLocal]*pyRouter // those that functions make for themselves
	params   map[pyParam]*pyRouter // routers that functions are handed
	makers   map[string]bool       // functions in which a router is made
	madeHere map[*File]bool
	takers   map[string]bool   // functions and classes that are handed one
	strings  map[string]string // name → the one literal that the project gives it, "" when there is none
}

// pyFrameworkWords are in some file of every project with routers.
var pyFrameworkWords = []string{"FastAPI", "APIRouter", "Starlette", "Flask", "Blueprint", "APIFlask", "Quart", "APIBlueprint", "NinjaAPI", "RouteTableDef"}

// pyWords are in every file that makes, mounts or uses a router, one of them at
// least.
var pyWords = []string{
	"FastAPI", "APIRouter", "Starlette", "Flask", "Blueprint", "APIFlask", "Quart", "APIBlueprint", "NinjaAPI", "RouteTableDef", "fastapi", "flask",
	"include_router", "register_blueprint", "add_url_rule", "add_api_route", "add_resource", "add_middleware", "MethodView", "route", "router", "blueprint", "bp",
}

// pythonRouters are the routers of the project's Python, mounted, and the files
// that may use them.
func pythonRouters(s *Snapshot) (*pyRoutes, []pyParsed) {
	c := &pyRoutes{
		s: s, routers: map[Symbol]*pyRouter{}, local: map[pyLocal]*pyRouter{}, params: map[pyParam]*pyRouter{}, strings: map[string]string{},
		makers: map[string]bool{}, takers: map[string]bool{}, madeHere: map[*File]bool{},
	}
	any := false
	for _, src := range s.SourcesMentioning(pyFrameworkWords...) {
		any = any || src.Role == Production && src.Lang == Python
	}
	if !any {
		return c, nil
	}
	var sources []pyParsed
	for src := range parsedPython(s, pyWords...) {
		if usesPyRouter(src.py) {
			sources = append(sources, src)
		}
	}
	for _, src := range sources {
		c.declare(src.Source, src.py)
	}
	if len(c.routers) == 0 {
		return c, nil
	}
	for _, src := range sources {
		c.parameters(src.Source, src.py)
	}
	c.handOver(sources)
	for _, src := range sources {
		c.mount(src.Source, src.py)
	}
	c.ninjaUrls()
	return c, sources
}

// declare finds the routers that a file makes.
func (c *pyRoutes) declare(src *Source, py *pylex.File) {
	for _, a := range py.Assigns {
		call, ok := a.Value.Call()
		if !ok {
			continue
		}
		r := &pyRouter{file: src.File, name: strings.Clone(a.Target), span: a.Span}
		switch made := lastPart(py.Qualify(call.Callee)); {
		case made == "FastAPI", made == "Starlette":
			r.framework, r.app = "fastapi", true
		case strings.HasSuffix(made, "APIRouter"): // a subclass is called after it
			r.framework = "fastapi"
		case made == "Flask", made == "APIFlask", made == "Quart":
			r.framework, r.app = "flask", true
		case made == "Blueprint", made == "APIBlueprint":
			r.framework = "flask"
		case made == "Api" && (strings.HasPrefix(py.Qualify(call.Callee), "flask_rest") || strings.HasPrefix(py.Qualify(call.Callee), "flask_smorest")), made == "Namespace" && strings.HasPrefix(py.Qualify(call.Callee), "flask_rest"):
			r.framework = "flask"
			c.wrap(src, r, call)
		case made == "NinjaAPI", py.Qualify(call.Callee) == "ninja.Router":
			r.framework, r.app = "ninja", made == "NinjaAPI"
		case py.Qualify(call.Callee) == "aiohttp.web.RouteTableDef":
			r.framework, r.app = "aiohttp", true
		default:
			continue
		}
		for _, name := range []string{"prefix", "url_prefix"} {
			if v, ok := call.Arg(name); ok {
				r.prefix = c.text(src, v)
			}
		}
		if v, ok := call.Arg("dependencies"); ok {
			r.deps = c.depends(src, v)
		}
		at := Symbol{src.File, r.name}
		if c.routers[at] == nil || a.Func < 0 {
			c.routers[at] = r
		}
		c.madeHere[src.File] = true
		if a.Func >= 0 {
			c.local[pyLocal{src.File, a.Func, r.name}] = r
			c.makers[strings.Clone(py.Defs[a.Func].Name)] = true
		}
	}
}

// mount reads include_router, register_blueprint, mount and add_middleware.
func (c *pyRoutes) mount(src *Source, py *pylex.File) {
	for i := range py.Calls {
		call := &py.Calls[i]
		on, method, ok := cutLast(call.Callee)
		if !ok {
			continue
		}
		switch method {
		case "add_middleware":
			if a, ok := call.At(0); ok {
				if r := c.router(src, py, on, call.Func); r != nil && len(r.middlewares) < maxAround {
					r.middlewares = append(r.middlewares, strings.Clone(py.Qualify(a.Ident)))
				}
			}
		case "middleware":
			if r := c.router(src, py, on, call.Func); r != nil && call.Decorator && len(r.middlewares) < maxAround {
				r.middlewares = append(r.middlewares, strings.Clone(decorated(py, call)))
			}
		case "include_router", "register_blueprint", "mount", "add_router", "add_namespace":
			c.include(src, py, call, on, method)
		}
	}
	for i := range py.Calls {
		c.handed(src, py, &py.Calls[i])
	}
}

// handed mounts a router that is given to a function together with the
// application: add_routers(app, router).
func (c *pyRoutes) handed(src *Source, py *pylex.File, call *pylex.Call) {
	if len(call.Args) < 2 || call.Args[0].Ident == "" {
		return
	}
	app := c.router(src, py, call.Args[0].Ident, call.Func)
	if app == nil || !app.app {
		return
	}
	for _, a := range call.Args[1:] {
		if r := c.router(src, py, a.Ident, call.Func); r != nil && r != app && !r.app && len(r.mounts) == 0 {
			r.mounts = append(r.mounts, pyMount{parent: app})
		}
	}
}

func (c *pyRoutes) include(src *Source, py *pylex.File, call *pylex.Call, on, method string) {
	position := 0
	if method == "mount" || method == "add_router" {
		position = 1
	}
	child, ok := call.At(position)
	if !ok {
		child, ok = call.Arg("router")
	}
	if !ok {
		return
	}
	parent := c.router(src, py, on, call.Func)
	for _, r := range c.children(src, py, child, call.Func) {
		if r != parent {
			c.mounted(src, call, r, pyMount{parent: parent}, method)
		}
	}
}

// mounted notes the mount of r that a call makes.
func (c *pyRoutes) mounted(src *Source, call *pylex.Call, r *pyRouter, m pyMount, method string) {
	if method == "mount" || method == "add_router" || method == "add_namespace" {
		path, ok := call.At(0)
		if method == "add_namespace" {
			path, ok = call.At(1)
		}
		if ok {
			m.prefix = c.text(src, path)
		}
	}
	for _, name := range []string{"prefix", "url_prefix"} {
		if v, ok := call.Arg(name); ok {
			m.prefix = c.text(src, v)
			if name == "url_prefix" { // Flask: instead of the blueprint's own
				r.prefix = ""
			}
		}
	}
	if v, ok := call.Arg("dependencies"); ok {
		m.deps = c.depends(src, v)
	}
	if v, ok := call.Arg("auth"); ok { // ninja
		m.deps = append(m.deps, strings.Clone(v.Ident+v.Callee))
	}
	r.mounts = append(r.mounts, m)
}

// routes are the endpoints that a file registers.
func (c *pyRoutes) routes(src *Source, py *pylex.File) []Route {
	var out []Route
	for i := range py.Defs {
		def := &py.Defs[i]
		for k := range def.Decorators {
			d := &def.Decorators[k]
			for _, r := range c.registered(src, py, d, def) {
				if def.Kind != pylex.Class {
					r.Handler, r.HandlerFile, r.HandlerSpan = strings.Clone(def.Name), src.File, def.Span
				}
				for j := range def.Decorators {
					if j != k {
						r.Decorators = append(r.Decorators, strings.Clone(def.Decorators[j].Callee))
					}
				}
				r.Dependencies = append(r.Dependencies, c.handlerDepends(src, def)...)
				out = append(out, r)
			}
		}
	}
	for i := range py.Calls {
		call := &py.Calls[i]
		on, method, ok := cutLast(call.Callee)
		switch {
		case !ok || call.Decorator:
		case method == "add_api_route", method == "add_url_rule":
			out = append(out, c.added(src, py, call, on)...)
		case method == "add_resource":
			out = append(out, c.resource(src, py, call, on)...)
		}
	}
	return out
}

// registered are the routes that a decorator registers: one per method.
func (c *pyRoutes) registered(src *Source, py *pylex.File, d *pylex.Call, def *pylex.Def) []Route {
	on, verb, ok := cutLast(d.Callee)
	if !ok {
		return nil
	}
	verb = strings.ToLower(verb)
	if _, known := httpMethods[verb]; !known && verb != "api_route" && verb != "route" || d.Bare {
		return nil
	}
	r := c.router(src, py, on, d.Func)
	if r == nil {
		return nil
	}
	if def.Kind == pylex.Class && verb == "route" { // of flask-restx and flask-smorest
		return c.byMethods(c.build(src, d, r, verb), classMethods(py, def))
	}
	return c.build(src, d, r, verb)
}

func (c *pyRoutes) build(src *Source, call *pylex.Call, r *pyRouter, verb string) []Route {
	at := r.place(0)
	path := ""
	if a, ok := call.At(0); ok {
		path = c.text(src, a)
	} else if a, ok := call.Arg("path"); ok {
		path = c.text(src, a)
	} else if a, ok := call.Arg("rule"); ok {
		path = c.text(src, a)
	}
	base := Route{
		Path: joinRoute(at.prefix, path), File: src.File, Span: call.Span, Framework: r.framework, Mounted: at.mounted,
		Middlewares: at.middlewares, Global: at.middlewares, Dependencies: append([]string{}, at.deps...),
	}
	if v, ok := call.Arg("dependencies"); ok {
		base.Dependencies = append(base.Dependencies, c.depends(src, v)...)
	}
	methods := []string{httpMethods[verb]}
	if methods[0] == "" {
		methods = []string{"GET"}
		if v, ok := call.Arg("methods"); ok {
			if list, ok := v.Strings(); ok {
				methods = list
			}
		}
	}
	var out []Route
	for _, m := range methods {
		one := base
		one.Method = strings.ToUpper(m)
		out = append(out, one)
	}
	return out
}

// added are the routes of add_api_route and add_url_rule.
func (c *pyRoutes) added(src *Source, py *pylex.File, call *pylex.Call, on string) []Route {
	r := c.router(src, py, on, call.Func)
	if r == nil {
		return nil
	}
	handler, ok := call.At(1)
	if v, has := call.At(2); has && call.Callee != on+".add_api_route" && (v.Ident != "" || v.Callee != "") {
		handler, ok = v, true
	}
	for _, name := range []string{"endpoint", "view_func"} {
		if v, has := call.Arg(name); has && (v.Ident != "" || v.Callee != "") {
			handler, ok = v, true
		}
	}
	if class, isView := strings.CutSuffix(handler.Callee, ".as_view"); isView {
		return c.view(src, c.build(src, call, r, "route"), class)
	}
	if !ok || handler.Ident == "" {
		return nil
	}
	out := c.build(src, call, r, "route")
	for i := range out {
		out[i].Handler = strings.Clone(handler.Ident)
		at, ok := c.s.Origin(src, handler.Ident)
		if !ok {
			continue
		}
		target := c.s.Source(at.File.Path)
		if target == nil || target.Py() == nil {
			continue
		}
		for k := range target.Py().Defs {
			if def := &target.Py().Defs[k]; def.Name == at.Name {
				out[i].HandlerFile, out[i].HandlerSpan = at.File, def.Span
				out[i].Dependencies = append(out[i].Dependencies, c.handlerDepends(target, def)...)
			}
		}
	}
	return out
}

// decorated is the function that a decorator stands on.
func decorated(py *pylex.File, call *pylex.Call) string {
	for i := range py.Defs {
		for k := range py.Defs[i].Decorators {
			if py.Defs[i].Decorators[k].Span == call.Span {
				return py.Defs[i].Name
			}
		}
	}
	return ""
}

func lastPart(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// cutLast splits a dotted name at its last dot.
func cutLast(dotted string) (before, last string, ok bool) {
	i := strings.LastIndexByte(dotted, '.')
	if i <= 0 {
		return "", dotted, false
	}
	return dotted[:i], dotted[i+1:], true
}
