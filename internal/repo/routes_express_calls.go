package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// routes are the endpoints that a file registers on known routers.
func (c *jsRoutes) routes(src *Source) []Route {
	var out []Route
	js := src.JS()
	for i := range js.Calls {
		call := &js.Calls[i]
		on, verb, ok := cutLast(call.Callee)
		if !ok {
			continue
		}
		if base, chained, isChain := strings.Cut(on, ".route()"); isChain && httpMethods[verb] != "" {
			if opener := openerOf(js, call, base+".route"); opener != nil && onlyVerbs(chained) && len(opener.Args) > 0 {
				out = append(out, c.build(src, call, c.router(src, base), verb, opener.Args[0], call.Args)...)
			}
			continue
		}
		switch {
		case httpMethods[verb] != "" && len(call.Args) >= 2:
			r, _ := c.receiver(src, call)
			out = append(out, c.build(src, call, r, verb, call.Args[0], call.Args[1:])...)
		case verb == "route" && len(call.Args) == 1:
			r, _ := c.receiver(src, call)
			out = append(out, c.fastifyRoute(src, call, r)...)
		}
	}
	return out
}

// openerOf is the call with that callee with which a chain begins.
func openerOf(js *jslex.File, chain *jslex.Call, callee string) *jslex.Call {
	for i := range js.Calls {
		if o := &js.Calls[i]; o.Callee == callee && o.Span.Start == chain.Span.Start {
			return o
		}
	}
	return nil
}

// onlyVerbs says whether what stands between .route() and the verb is verbs.
func onlyVerbs(chain string) bool {
	for _, part := range strings.Split(strings.Trim(chain, "."), ".") {
		if part != "" && httpMethods[strings.TrimSuffix(part, "()")] == "" {
			return false
		}
	}
	return true
}

func (c *jsRoutes) build(src *Source, call *jslex.Call, r *jsRouter, verb string, path jslex.Arg, rest []jslex.Arg) []Route {
	paths, ok := path.Strings()
	if r == nil || !ok || len(rest) == 0 {
		return nil
	}
	args := flatten(rest)
	handler := args[len(args)-1]
	var own []string
	for _, a := range args[:len(args)-1] {
		own = append(own, middlewareNames(a)...)
	}
	var out []Route
	for _, p := range paths {
		if p != "" && p[0] != '/' && p[0] != '*' && p[0] != ':' {
			return nil // app.get("trust proxy") reads a setting
		}
		at := r.place(p, call.Span.End, 0)
		route := Route{
			Method: httpMethods[verb], Path: at.path, File: src.File, Span: linkSpan(call), Handler: calledName(handler),
			Framework: r.framework, Mounted: at.mounted, Middlewares: append(at.middlewares, own...), Global: at.global,
		}
		c.handler(src, &route, handler)
		out = append(out, route)
	}
	return out
}

// linkSpan is the call without the chain before it.
func linkSpan(call *jslex.Call) finding.Span {
	span := call.Span
	if on, method, ok := cutLast(call.Callee); ok && strings.Contains(on, "()") {
		span.Start = call.CalleeSpan.End - len(method)
	}
	return span
}

// middlewareNames names what an argument before the handler puts around it; of
// fastify's options the hooks, and rateLimit where they set one.
func middlewareNames(a jslex.Arg) []string {
	if a.Kind != jslex.ValueObject {
		if n := calledName(a); n != "" {
			return []string{n}
		}
		return nil
	}
	var out []string
	for _, hook := range []string{"onRequest", "preParsing", "preValidation", "preHandler"} {
		if p, ok := a.Prop(hook); ok {
			for _, h := range flatten([]jslex.Arg{p.Value}) {
				if n := calledName(h); n != "" {
					out = append(out, n)
				}
			}
		}
	}
	if p, ok := a.Prop("config", "rateLimit"); ok && p.Value.Literal != "false" {
		out = append(out, "rateLimit")
	}
	return out
}

// fastifyRoute reads fastify.route({ method, url, handler }).
func (c *jsRoutes) fastifyRoute(src *Source, call *jslex.Call, r *jsRouter) []Route {
	o := call.Args[0]
	url, okURL := o.Prop("url")
	method, okMethod := o.Prop("method")
	if !okURL || !okMethod {
		return nil
	}
	verbs, ok := method.Value.Strings()
	if !ok {
		return nil
	}
	handler := jslex.Arg{}
	if h, ok := o.Prop("handler"); ok {
		handler = h.Value
	}
	var out []Route
	for _, v := range verbs {
		out = append(out, c.build(src, call, r, strings.ToLower(v), url.Value, []jslex.Arg{o, handler})...)
	}
	return out
}

// handler finds the body of a route's handler: inline, or where its name leads.
func (c *jsRoutes) handler(src *Source, route *Route, a jslex.Arg) {
	js := src.JS()
	for i := range js.Funcs {
		if f := &js.Funcs[i]; f.Span.Start >= a.Span.Start && f.Span.End <= a.Span.End {
			route.HandlerFile, route.HandlerSpan = src.File, f.Span
			return
		}
	}
	if a.Ident == "" {
		return
	}
	at, ok := c.s.Origin(src, a.Ident)
	if !ok {
		return
	}
	target := c.s.Source(at.File.Path)
	if target == nil || target.JS() == nil {
		return
	}
	for i := range target.JS().Funcs {
		if f := &target.JS().Funcs[i]; f.Name != "" && f.Name == lastPart(at.Name) {
			route.HandlerFile, route.HandlerSpan = at.File, f.Span
			return
		}
	}
}
