package repo

import (
	"bytes"
	"strings"

	"drydock/internal/repo/pylex"
)

// pyRouter is an application, an APIRouter or a Blueprint.
type pyRouter struct {
	framework   string
	app         bool
	prefix      string
	deps        []string
	middlewares []string // of an application
	mounts      []pyMount
}

// pyMount is one place where a router is included.
type pyMount struct {
	parent *pyRouter // nil when what it is mounted on is not known by name
	prefix string
	deps   []string
}

// pyRoutes collects the routers of all files, then what is mounted where.
type pyRoutes struct {
	s       *Snapshot
	routers map[Symbol]*pyRouter
	strings map[string]string // name → the one literal that the project gives it
}

func pythonRoutes(s *Snapshot) []Route {
	c := pyRoutes{s: s, routers: map[Symbol]*pyRouter{}, strings: map[string]string{}}
	s.survey()
	for _, src := range s.Sources() {
		if src.Role == Production && src.Lang == Python && mayMakePythonRouter(src) {
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
		if src.Role == Production && src.Lang == Python && knows[src.File] {
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

// mayMakePythonRouter spares parsing files that name nothing that makes an
// application or a router. A class of routers of somebody's own ends in APIRouter.
func mayMakePythonRouter(src *Source) bool {
	if src.Mentions("FastAPI", "Starlette", "APIRouter", "Flask", "APIFlask", "Quart", "Blueprint", "APIBlueprint") {
		return true
	}
	return src.Mentions("get", "post", "put", "patch", "delete", "route", "api_route", "websocket", "add_api_route") && bytes.Contains(src.Bytes(), []byte("APIRouter"))
}

// declare finds the routers that a file makes.
func (c *pyRoutes) declare(src *Source) {
	py := src.Py()
	for _, a := range py.Assigns {
		call, ok := a.Value.Call()
		if !ok {
			continue
		}
		r := &pyRouter{}
		switch made := lastPart(py.Qualify(call.Callee)); {
		case made == "FastAPI", made == "Starlette":
			r.framework, r.app = "fastapi", true
		case strings.HasSuffix(made, "APIRouter"): // a subclass is called after it
			r.framework = "fastapi"
		case made == "Flask", made == "APIFlask", made == "Quart":
			r.framework, r.app = "flask", true
		case made == "Blueprint", made == "APIBlueprint":
			r.framework = "flask"
		default:
			continue
		}
		for _, name := range []string{"prefix", "url_prefix"} {
			if v, ok := call.Arg(name); ok {
				r.prefix = c.text(v)
			}
		}
		if v, ok := call.Arg("dependencies"); ok {
			r.deps = c.depends(src, v)
		}
		c.routers[Symbol{src.File, a.Target}] = r
	}
}

// router is the router that a name of src stands for.
func (c *pyRoutes) router(src *Source, name string) *pyRouter {
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

// mount reads include_router, register_blueprint, mount and add_middleware.
func (c *pyRoutes) mount(src *Source) {
	for i := range src.Py().Calls {
		call := &src.Py().Calls[i]
		on, method, ok := cutLast(call.Callee)
		if !ok {
			continue
		}
		switch method {
		case "add_middleware":
			if a, ok := call.At(0); ok {
				if r := c.router(src, on); r != nil {
					r.middlewares = append(r.middlewares, src.Py().Qualify(a.Ident))
				}
			}
		case "middleware":
			if r := c.router(src, on); r != nil && call.Decorator {
				r.middlewares = append(r.middlewares, decorated(src.Py(), call))
			}
		case "include_router", "register_blueprint", "mount":
			c.include(src, call, on, method)
		}
	}
	for i := range src.Py().Calls {
		c.handed(src, &src.Py().Calls[i])
	}
}

// handed mounts a router that is given to a function together with the
// application: add_routers(app, router).
func (c *pyRoutes) handed(src *Source, call *pylex.Call) {
	if len(call.Args) < 2 || call.Args[0].Ident == "" {
		return
	}
	app := c.router(src, call.Args[0].Ident)
	if app == nil || !app.app {
		return
	}
	for _, a := range call.Args[1:] {
		if r := c.router(src, a.Ident); r != nil && r != app && !r.app && len(r.mounts) == 0 {
			r.mounts = append(r.mounts, pyMount{parent: app})
		}
	}
}

func (c *pyRoutes) include(src *Source, call *pylex.Call, on, method string) {
	position := 0
	if method == "mount" {
		position = 1
	}
	child, ok := call.At(position)
	if !ok {
		child, ok = call.Arg("router")
	}
	if !ok {
		return
	}
	r := c.router(src, child.Ident)
	if r == nil {
		return
	}
	m := pyMount{parent: c.router(src, on)}
	if m.parent == r {
		return
	}
	if method == "mount" {
		path, _ := call.At(0)
		m.prefix = c.text(path)
	}
	for _, name := range []string{"prefix", "url_prefix"} {
		if v, ok := call.Arg(name); ok {
			m.prefix = c.text(v)
			if name == "url_prefix" { // Flask: instead of the blueprint's own
				r.prefix = ""
			}
		}
	}
	if v, ok := call.Arg("dependencies"); ok {
		m.deps = c.depends(src, v)
	}
	r.mounts = append(r.mounts, m)
}

// place is where a router ends up.
type place struct {
	prefix      string
	deps        []string
	middlewares []string
	mounted     bool
}

// place follows the first mount of each router up to an application.
func (r *pyRouter) place(depth int) place {
	if r.app && len(r.mounts) == 0 {
		return place{prefix: r.prefix, deps: r.deps, middlewares: r.middlewares, mounted: true}
	}
	own := place{prefix: r.prefix, deps: r.deps, middlewares: r.middlewares, mounted: r.app}
	if len(r.mounts) == 0 || depth > maxHops {
		return own
	}
	m := r.mounts[0]
	if m.parent == nil { // a parameter of a function that sets up the application
		return place{joinRoute(m.prefix, r.prefix), append(append([]string{}, m.deps...), r.deps...), nil, true}
	}
	up := m.parent.place(depth + 1)
	return place{
		prefix:      joinRoute(up.prefix, m.prefix, r.prefix),
		deps:        append(append(append([]string{}, up.deps...), m.deps...), r.deps...),
		middlewares: append(append([]string{}, up.middlewares...), r.middlewares...),
		mounted:     up.mounted,
	}
}

// routes are the endpoints that a file registers.
func (c *pyRoutes) routes(src *Source) []Route {
	py := src.Py()
	var out []Route
	for i := range py.Defs {
		def := &py.Defs[i]
		for k := range def.Decorators {
			d := &def.Decorators[k]
			for _, r := range c.registered(src, d) {
				r.Handler, r.HandlerFile, r.HandlerSpan = def.Name, src.File, def.Span
				for j := range def.Decorators {
					if j != k {
						r.Decorators = append(r.Decorators, def.Decorators[j].Callee)
					}
				}
				r.Dependencies = append(r.Dependencies, c.handlerDepends(src, def)...)
				out = append(out, r)
			}
		}
	}
	for i := range py.Calls {
		call := &py.Calls[i]
		if on, method, ok := cutLast(call.Callee); ok && (method == "add_api_route" || method == "add_url_rule") && !call.Decorator {
			out = append(out, c.added(src, call, on)...)
		}
	}
	return out
}

// registered are the routes that a decorator registers: one per method.
func (c *pyRoutes) registered(src *Source, d *pylex.Call) []Route {
	on, verb, ok := cutLast(d.Callee)
	if !ok {
		return nil
	}
	verb = strings.ToLower(verb)
	if _, known := httpMethods[verb]; !known && verb != "api_route" && verb != "route" || d.Bare {
		return nil
	}
	r := c.router(src, on)
	if r == nil {
		return nil
	}
	return c.build(src, d, r, verb)
}

func (c *pyRoutes) build(src *Source, call *pylex.Call, r *pyRouter, verb string) []Route {
	at := r.place(0)
	path := ""
	if a, ok := call.At(0); ok {
		path = c.text(a)
	} else if a, ok := call.Arg("path"); ok {
		path = c.text(a)
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
func (c *pyRoutes) added(src *Source, call *pylex.Call, on string) []Route {
	r := c.router(src, on)
	if r == nil {
		return nil
	}
	handler, ok := call.At(1)
	for _, name := range []string{"endpoint", "view_func"} {
		if v, has := call.Arg(name); has && v.Ident != "" {
			handler, ok = v, true
		}
	}
	if !ok || handler.Ident == "" {
		return nil
	}
	out := c.build(src, call, r, "route")
	for i := range out {
		out[i].Handler = handler.Ident
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
