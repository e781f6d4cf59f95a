package repo

import (
	"strings"

	"drydock/internal/repo/jslex"
)

// mount reads use, register and route of every known router.
func (c *jsRoutes) mount(src jsParsed) {
	for i := range src.js.Calls {
		call := &src.js.Calls[i]
		if len(call.Args) == 0 || call.Decorator {
			continue
		}
		switch parent, method := c.receiver(src, call); {
		case parent == nil, method == "register" && parent.framework == "koa": // koa-router's adds a route
		case method == "use", method == "register", method == "route" && len(call.Args) == 2, method == "group" && len(call.Args) > 1, method == "mount":
			c.use(src, parent, call)
		case method == "prefix" && call.Args[0].IsLiteral && parent.framework == "koa":
			parent.prefix = strings.Clone(call.Args[0].Literal)
		case method == "addHook" && len(call.Args) == 2 && hooks[call.Args[0].Literal]:
			var names []string
			for _, a := range flatten(call.Args[1:]) {
				if n := calledName(a); n != "" {
					names = append(names, strings.Clone(n))
				}
			}
			if len(names) == 0 {
				names = []string{call.Args[0].Literal}
			}
			parent.runs(jsUse{"", names, -1})
			c.register(src, parent, call, method, "", call.Args)
		case registrations[method] != "":
			c.register(src, parent, call, method, "", call.Args)
		}
	}
}

// hooks are fastify's that run before a handler.
var hooks = set("onRequest", "preParsing", "preValidation", "preHandler")

func (c *jsRoutes) use(src jsParsed, parent *jsRouter, call *jslex.Call) {
	if lastPart(call.Callee) == "register" && c.autoload(src, parent, call) {
		return
	}
	prefixes, args := []string{""}, call.Args
	if list, ok := args[0].Strings(); ok && len(list) > 0 {
		prefixes, args = nil, args[1:]
		for _, p := range list {
			prefixes = append(prefixes, strings.Clone(p))
		}
	} else if c.table(src, parent, call) {
		return
	} else if len(args) > 1 && args[0].Kind != jslex.ValueFunc && c.router(src, routerName(args[0]), call.Span.Start) == nil {
		if text, ok := c.text(src, args[0]); ok {
			prefixes, args = []string{text}, args[1:]
		} else if args[0].Kind == jslex.ValueOther { // a path that is put together
			prefixes, args = []string{"/{…}"}, args[1:]
		}
	}
	if len(args) > 0 {
		if p, ok := args[len(args)-1].Prop("prefix"); ok { // fastify
			if text, ok := c.text(src, p.Value); ok {
				prefixes = []string{text}
			}
		}
	}
	var names []string
	type child struct {
		r      *jsRouter
		prefix string
	}
	var children []child
	var own []jslex.Arg
	for _, a := range flatten(args) {
		r, below := c.child(src, a, call.Span.Start)
		if r != nil && r != parent {
			children = append(children, child{r, below})
			continue
		}
		own = append(own, a)
		if n := calledName(a); n != "" {
			names = append(names, strings.Clone(n))
		}
	}
	for _, child := range children {
		if child.r.param {
			child.r.framework = parent.framework
		}
		child.r.mounts = append(child.r.mounts, jsMount{parent, joinedMount(prefixes[0], child.prefix), names, call.Span.End})
	}
	if len(children) > 0 {
		if len(names) > 0 {
			c.register(src, parent, call, lastPart(call.Callee), prefixes[0], own)
		}
		return
	}
	for _, p := range prefixes {
		parent.runs(jsUse{p, names, call.Span.End})
		c.register(src, parent, call, lastPart(call.Callee), p, own)
	}
}

func joinedMount(a, b string) string {
	if b == "" {
		return a
	}
	return joinRoute(a, b)
}

// child is the router that an argument of use is: by its name, by the function
// that makes or is handed it, or in mount("/path", router).
func (c *jsRoutes) child(src jsParsed, a jslex.Arg, offset int) (r *jsRouter, prefix string) {
	if r := c.router(src, routerName(a), offset); r != nil {
		return r, ""
	}
	if r := c.plugin(src, a); r != nil {
		return r, ""
	}
	if r := c.chains[src.File][a.Span.Start]; r != nil { // use(Router().get(…))
		return r, ""
	}
	if a.Ident != "" { // new Routes().router
		if class, member, ok := strings.Cut(a.Ident, "()."); ok {
			return c.memberOf(src, class, member), ""
		}
		return nil, ""
	}
	call, ok := a.Call()
	if !ok {
		return nil, ""
	}
	switch {
	case call.Callee == "require" || call.Callee == "import":
		for _, i := range src.js.Imports {
			if f := c.s.imported(src.File, i.ModuleSpan); f != nil && call.Span.Contains(i.ModuleSpan.Start) {
				return c.inScope(c.s.exported(f, "default", ""), -1), ""
			}
		}
	case lastPart(call.Callee) == "mount" && len(call.Args) > 0: // koa-mount
		if len(call.Args) > 1 {
			prefix = strings.Clone(call.Args[0].Literal)
		}
		return c.router(src, routerName(call.Args[len(call.Args)-1]), offset), prefix
	}
	return c.made(src, strings.TrimSuffix(call.Callee, "().routes")), ""
}

// routerName is the name of a router as it is used: routes or routes.routes().
func routerName(a jslex.Arg) string {
	if a.Ident != "" {
		return a.Ident
	}
	name, _ := strings.CutSuffix(a.Callee, ".routes")
	if name == a.Callee {
		if name, _ = strings.CutSuffix(a.Callee, ".middleware"); name == a.Callee {
			return ""
		}
	}
	return name
}

// table mounts the routers of [{ path: "/auth", route: authRoute }, …].forEach(r
// => router.use(r.path, r.route)).
func (c *jsRoutes) table(src jsParsed, parent *jsRouter, call *jslex.Call) bool {
	if len(call.Args) != 2 || !strings.Contains(call.Args[0].Ident, ".") || !strings.Contains(call.Args[1].Ident, ".") {
		return false
	}
	pathKey, routeKey := lastPart(call.Args[0].Ident), lastPart(call.Args[1].Ident)
	found := false
	for _, a := range src.js.Assigns {
		for _, item := range a.Value.Items() {
			p, okPath := item.Prop(pathKey)
			r, okRoute := item.Prop(routeKey)
			if !okPath || !okRoute || !p.Value.IsLiteral {
				continue
			}
			if child := c.router(src, r.Value.Ident, r.Span.Start); child != nil && child != parent {
				child.mounts = append(child.mounts, jsMount{parent, strings.Clone(p.Value.Literal), nil, call.Span.End})
				found = true
			}
		}
	}
	return found
}

// text is the path that an expression gives: a literal, a constant of the
// project, or a template of these. What is not known stands as {name}; ok is
// false for what can be no path.
func (c *jsRoutes) text(src jsParsed, a jslex.Arg) (string, bool) {
	return scriptText(c.s, src.Source, src.js, a, 0)
}

func scriptText(s *Snapshot, src *Source, js *jslex.File, a jslex.Arg, depth int) (string, bool) {
	if a.IsLiteral {
		return strings.Clone(a.Literal), true
	}
	if a.Kind == jslex.ValueTemplate {
		return filled(s, src, js, strings.Trim(a.Text(), "`"), depth), true
	}
	if a.Ident == "" || depth > maxHops {
		return "", false
	}
	at, ok := s.Origin(src, a.Ident)
	if !ok {
		return "", false
	}
	target := src
	if at.File != src.File {
		if target = s.Source(at.File.Path); target == nil || target.Lang == Python {
			return "", false
		}
		js = target.JS()
	}
	root, rest, dotted := strings.Cut(at.Name, ".")
	v, ok := js.Variable(root)
	if !ok || v.Ident == a.Ident {
		return "", false
	}
	if dotted {
		p, ok := v.Prop(strings.Split(rest, ".")...)
		if !ok {
			return "", false
		}
		v = p.Value
	}
	if v.Kind != jslex.ValueString && v.Kind != jslex.ValueTemplate && v.Kind != jslex.ValueIdent {
		return "", false
	}
	return scriptText(s, target, js, v, depth+1)
}

// maxFilled bounds how many names in one template are looked up.
const maxFilled = 16

// filled is a template with the constants in it written out.
func filled(s *Snapshot, src *Source, js *jslex.File, text string, depth int) string {
	var b strings.Builder
	count := 0
	for {
		before, rest, ok := strings.Cut(text, "${")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return b.String()
		}
		known := ""
		if count++; count <= maxFilled && depth < maxHops && !strings.ContainsAny(name, "(?|[ ") {
			if at, ok := s.Origin(src, name); ok && at.File == src.File {
				if v, found := js.Variable(at.Name); found {
					known, _ = scriptText(s, src, js, v, depth+5)
				}
			}
		}
		if known == "" {
			known = "{" + name + "}"
		}
		b.WriteString(known)
		text = after
	}
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

// maxAround bounds how many middlewares of one router are listed with a route.
const maxAround = 256

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
	at := jsPlace{path: joinRoute(r.prefix, path), mounted: r.app || r.param}
	for _, u := range r.uses {
		if u.offset >= offset || !below(joinedPrefix(u.prefix), joinRoute(path)) {
			continue
		}
		if len(at.middlewares) > maxAround {
			break
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
	up := m.parent.place(joinRoute(m.prefix, at.path), m.offset, depth+1)
	up.middlewares = append(append(up.middlewares, m.names...), at.middlewares...)
	up.global = append(up.global, at.global...)
	return up
}

func joinedPrefix(p string) string {
	if p == "" || p == "*" || p == "/" || p == "/*" {
		return ""
	}
	return joinRoute(strings.TrimSuffix(p, "*"))
}
