package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// jsRegistration is one call that registers something on a router.
type jsRegistration struct {
	on     *jsRouter
	src    jsParsed
	call   *jslex.Call
	method string
	path   string
	args   []jslex.Arg // without the path and the routers
}

// registrations are the methods, besides use and register, that register
// something for the requests of an application, and what.
var registrations = map[string]MiddlewareKind{
	"setErrorHandler": ExceptionHandler, "setNotFoundHandler": NotFoundHandler, "onError": ExceptionHandler, "notFound": NotFoundHandler,
	"addHook": BeforeRequest, "onBeforeHandle": BeforeRequest, "onRequest": BeforeRequest,
}

// jsLoaded is a plugin that is loaded for the place of its file.
type jsLoaded struct {
	on     *jsRouter
	offset int
	Middleware
}

func (c *jsRoutes) register(src jsParsed, on *jsRouter, call *jslex.Call, method, path string, args []jslex.Arg) {
	c.uses = append(c.uses, jsRegistration{on, src, call, method, path, args})
}

func oneArg(a jslex.Arg) []jslex.Arg { return []jslex.Arg{a} }

// placedUse is a registration with its place in the application: the offsets of
// the mounts that lead to it, outermost first.
type placedUse struct {
	Middleware
	order []int
}

// applications are the applications with what they and their routers register.
func (c *jsRoutes) applications() []Application {
	found := map[*jsRouter][]placedUse{}
	for _, u := range c.uses {
		root, at, order := u.on.root(u.path, u.call.Span.End)
		for _, m := range c.middlewares(&u) {
			m.Path = at
			if u.on != root && u.on.alias == nil {
				m.Router = u.on.name
			}
			found[root] = append(found[root], placedUse{m, order})
		}
	}
	for _, l := range c.loaded {
		root, _, order := l.on.root("", l.offset)
		found[root] = append(found[root], placedUse{l.Middleware, order})
	}
	for _, list := range c.routers {
		for _, r := range list {
			if r.app && found[r] == nil && len(r.mounts) == 0 {
				found[r] = []placedUse{}
			}
		}
	}
	var out []Application
	for r, uses := range found {
		if !r.app && !r.param {
			continue
		}
		slices.SortStableFunc(uses, func(a, b placedUse) int { return slices.Compare(a.order, b.order) })
		app := Application{Framework: r.framework, Name: r.name, File: r.file, Span: r.span, Handed: r.param}
		for _, u := range uses {
			app.Middlewares = append(app.Middlewares, u.Middleware)
		}
		out = append(out, app)
	}
	return out
}

// root is the application that a router leads to, with the path and the order of
// what it registers.
func (r *jsRouter) root(path string, offset int) (root *jsRouter, at string, order []int) {
	at, order = joinedPrefix(path), []int{offset}
	for range maxHops {
		if len(r.mounts) == 0 {
			break
		}
		m := r.mounts[0]
		if prefix := joinRoute(m.prefix, r.prefix); prefix != "/" {
			at = joinRoute(prefix, at)
		}
		order = append([]int{m.offset}, order...)
		r = m.parent
	}
	if r.app && r.prefix != "" && at != "" {
		at = joinRoute(r.prefix, at)
	}
	return r, at, order
}

// middlewares are what one registration registers.
func (c *jsRoutes) middlewares(u *jsRegistration) []Middleware {
	kind := registrations[u.method]
	event := ""
	args := u.args
	switch u.method {
	case "use", "mount", "group", "route":
		kind = PlainMiddleware
	case "register":
		kind = Extension
	case "addHook":
		event, args = strings.Clone(u.call.Args[0].Literal), u.call.Args[1:]
		if !hooks[event] {
			kind = AfterRequest
			switch event {
			case "onError":
				kind = ExceptionHandler
			case "onReady", "onListen", "onRegister", "onRoute":
				kind = StartHook
			case "onClose", "preClose":
				kind = StopHook
			}
		}
	}
	var out []Middleware
	for _, a := range flatten(args) {
		if a.IsLiteral || a.Kind == jslex.ValueOther || a.Kind == jslex.ValueTemplate || a.Kind == jslex.ValueObject || a.Kind == jslex.ValueRegex {
			continue
		}
		m := Middleware{Kind: kind, Name: strings.Clone(calledName(a)), For: event, File: u.src.File, Span: u.call.Span}
		m.Args = optionsOf(a)
		if u.method == "register" {
			if m.Name == "" && a.Kind == jslex.ValueFunc {
				continue
			}
			if len(args) > 1 && a.Span == args[0].Span {
				m.Args = args[1].Span
			}
		}
		if kind == PlainMiddleware && u.on.framework == "express" && c.takesError(u.src, a) {
			m.Kind = ExceptionHandler
		}
		out = append(out, m)
	}
	return out
}

// takesError says whether a middleware is a function of four parameters, which
// Express calls with an error.
func (c *jsRoutes) takesError(src jsParsed, a jslex.Arg) bool {
	js, name, at := src.js, "", a.Span.Start
	if a.Kind != jslex.ValueFunc {
		origin, ok := c.s.Origin(src.Source, a.Ident)
		if !ok || a.Ident == "" {
			return false
		}
		target := c.s.Source(origin.File.Path)
		if target == nil || target.Lang == Python {
			return false
		}
		if js = c.parsed[origin.File]; js == nil {
			js = target.JS()
		}
		name = lastPart(origin.Name)
	}
	for i := range js.Funcs {
		fn := &js.Funcs[i]
		if name == "" && fn.Span.Start != at || name != "" && lastPart(fn.Name) != name {
			continue
		}
		names, _ := paramsOf(js, fn)
		return len(names) == 4
	}
	return false
}

// optionsOf is the span of the arguments of the call that makes a middleware.
func optionsOf(a jslex.Arg) finding.Span {
	call, ok := a.Call()
	if !ok || len(call.Args) == 0 {
		return finding.Span{}
	}
	return finding.Span{Start: call.Args[0].Span.Start, End: call.Args[len(call.Args)-1].Span.End}
}
