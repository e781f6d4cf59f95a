package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// routes are the endpoints that a file registers on known routers.
func (c *jsRoutes) routes(src jsParsed) []Route {
	var out []Route
	js := src.js
	for i := range js.Calls {
		call := &js.Calls[i]
		on, verb, ok := cutLast(call.Callee)
		if !ok {
			continue
		}
		if base, chained, isChain := strings.Cut(on, ".route()"); isChain && httpMethods[verb] != "" {
			if opener := openerOf(js, call, base+".route"); opener != nil && onlyVerbs(chained) && len(opener.Args) > 0 {
				out = append(out, c.build(src, call, c.router(src, base, call.Span.Start), verb, opener.Args[0], call.Args)...)
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
		case verb == "openapi" && len(call.Args) >= 2:
			r, _ := c.receiver(src, call)
			out = append(out, c.openAPI(src, call, r)...)
		case (verb == "on" || verb == "register") && len(call.Args) >= 3: // of Hono and koa-router
			r, _ := c.receiver(src, call)
			verbs, at := call.Args[0], call.Args[1]
			if verb == "register" {
				verbs, at = at, verbs
			}
			methods, _ := verbs.Strings()
			for _, m := range methods {
				if r != nil && (verb == "on") == (r.framework == "hono") && (verb == "register") == (r.framework == "koa") && httpMethods[strings.ToLower(m)] != "" {
					out = append(out, c.build(src, call, r, strings.ToLower(m), at, call.Args[2:])...)
				}
			}
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

func (c *jsRoutes) build(src jsParsed, call *jslex.Call, r *jsRouter, verb string, path jslex.Arg, rest []jslex.Arg) []Route {
	if r == nil || len(rest) == 0 {
		return nil
	}
	paths, ok := path.Strings()
	if !ok {
		text, known := c.text(src, path)
		if !known && path.Kind != jslex.ValueIdent && path.Kind != jslex.ValueRegex {
			return nil
		}
		if text == "" {
			text = "/{" + firstOf(path.Ident, "…") + "}"
		}
		paths = []string{text}
	}
	args := flatten(rest)
	handler := args[len(args)-1]
	var own []string
	schema := false
	for i, a := range args[:len(args)-1] {
		own = append(own, middlewareNames(a)...)
		if p, ok := a.Prop("schema"); ok && i == 0 && p.Value.Kind != jslex.ValueNull {
			schema = true
		}
	}
	var out []Route
	for _, p := range paths {
		if p = strings.Clone(p); p != "" && p[0] != '/' && p[0] != '*' && p[0] != ':' && p[0] != '{' && (r.framework != "koa" || r.app) && r.framework != "elysia" && r.framework != "hono" {
			return nil // app.get("trust proxy") reads a setting
		}
		at := r.place(p, call.Span.End, 0)
		route := Route{
			Method: httpMethods[verb], Path: at.path, File: src.File, Span: linkSpan(call), Handler: strings.Clone(calledName(handler)),
			Framework: r.framework, Schema: schema, Mounted: at.mounted, Middlewares: append(at.middlewares[:len(at.middlewares):len(at.middlewares)], own...), Global: at.global,
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
			return []string{strings.Clone(n)}
		}
		return nil
	}
	var out []string
	for _, hook := range []string{"onRequest", "preParsing", "preValidation", "preHandler"} {
		if p, ok := a.Prop(hook); ok {
			for _, h := range flatten([]jslex.Arg{p.Value}) {
				if n := calledName(h); n != "" {
					out = append(out, strings.Clone(n))
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
func (c *jsRoutes) fastifyRoute(src jsParsed, call *jslex.Call, r *jsRouter) []Route {
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

// openAPI reads app.openapi(createRoute({ method, path, middleware }), handler).
func (c *jsRoutes) openAPI(src jsParsed, call *jslex.Call, r *jsRouter) []Route {
	def := call.Args[0]
	js := src.js
	if def.Ident != "" {
		at, ok := c.s.Origin(src.Source, def.Ident)
		if !ok {
			return nil
		}
		if at.File != src.File {
			target := c.s.Source(at.File.Path)
			if target == nil || target.Lang == Python {
				return nil
			}
			js = target.JS()
		}
		if def, ok = js.Variable(at.Name); !ok {
			return nil
		}
	}
	made, ok := def.Call()
	if !ok || len(made.Args) == 0 {
		return nil
	}
	method, okMethod := made.Args[0].Prop("method")
	path, okPath := made.Args[0].Prop("path")
	if !okMethod || !okPath || httpMethods[strings.ToLower(method.Value.Literal)] == "" || !path.Value.IsLiteral {
		return nil
	}
	args := call.Args[1:2]
	if m, ok := made.Args[0].Prop("middleware"); ok {
		args = append(flatten([]jslex.Arg{m.Value}), call.Args[1])
	}
	out := c.build(src, call, r, strings.ToLower(method.Value.Literal), path.Value, args)
	for i := range out {
		_, out[i].Schema = made.Args[0].Prop("request")
	}
	return out
}

// handler finds the body of a route's handler: inline, or where its name leads.
func (c *jsRoutes) handler(src jsParsed, route *Route, a jslex.Arg) {
	js := src.js
	for i := range js.Funcs {
		if f := &js.Funcs[i]; f.Span.Start >= a.Span.Start && f.Span.End <= a.Span.End {
			route.HandlerFile, route.HandlerSpan = src.File, f.Span
			return
		}
	}
	if a.Ident == "" {
		return
	}
	at, ok := c.s.Origin(src.Source, a.Ident)
	if !ok {
		return
	}
	target := c.s.Source(at.File.Path)
	if target == nil || target.Lang == Python {
		return
	}
	js = c.parsed[at.File]
	if js == nil {
		js = target.JS()
	}
	for i := range js.Funcs {
		if f := &js.Funcs[i]; f.Name != "" && lastPart(f.Name) == lastPart(at.Name) {
			route.HandlerFile, route.HandlerSpan = at.File, f.Span
			return
		}
	}
}
