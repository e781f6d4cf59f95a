package repo

import (
	"slices"
	"strconv"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/golex"
)

// goHandler is what a route runs.
type goHandler struct {
	name   string
	file   *File // nil when the handler was not found
	span   finding.Span
	around []string  // wrappers, outermost first
	router *goRouter // when it is a router rather than a handler
	strip  string    // what http.StripPrefix takes away
}

// goConversions only change a handler's type.
var goConversions = set("net/http.HandlerFunc", "github.com/labstack/echo.WrapHandler", "github.com/gin-gonic/gin.WrapF", "github.com/gin-gonic/gin.WrapH", "github.com/gin-gonic/gin.HandlerFunc",
	"github.com/labstack/echo.HandlerFunc", "github.com/gofiber/adaptor.HTTPHandler", "github.com/gofiber/adaptor.HTTPHandlerFunc")

// handler takes the wrappers off an expression until the handler is left.
func (g *goScope) handler(a golex.Arg, fn int) (h goHandler) {
	for range maxChain {
		switch a.Kind {
		case golex.ValueFunc:
			if i := g.file.FuncOf(a); i >= 0 {
				h.file, h.span = g.src.File, g.file.Funcs[i].Span
			}
			return h
		case golex.ValueComposite:
			h.name = strings.Clone(strings.TrimPrefix(a.Name, "&"))
			g.found(&h, g.c.methodOf(g.typeRef(a.Name), "ServeHTTP", 0))
			return h
		case golex.ValueIdent:
			h.name = strings.Clone(a.Name)
			if h.router = g.router(a, fn); h.router != nil {
				return h
			}
			if f := g.function(a.Name, fn); f != nil {
				g.found(&h, f)
				return h
			}
			if held, ok := g.held(a.Name); ok {
				h.file, h.span = held.file, held.span
				h.around = append(h.around, held.around...)
				return h
			}
			v, ok := g.variable(a.Name, fn)
			if !ok || !g.madeHandler(v, fn) {
				g.found(&h, g.c.methodOf(g.typeOf(a.Name, fn), "ServeHTTP", 0))
				return h
			}
			a = v
		case golex.ValueCall:
			call, ok := g.file.CallOf(a)
			if !ok {
				return h
			}
			if h.router = g.router(a, fn); h.router != nil {
				return h
			}
			next, wraps := g.wrapped(call, fn)
			if !wraps {
				h.name = strings.Clone(call.Callee)
				g.found(&h, g.function(call.Callee, fn))
				return h
			}
			switch full := goQualified(g.file, call.Callee); {
			case full == "net/http.StripPrefix":
				h.strip = g.path(call.At(0), fn)
			case goConversions[full]:
			default:
				h.around = append(h.around, strings.Clone(call.Callee))
			}
			a = next
		default:
			return h
		}
	}
	return h
}

func (g *goScope) found(h *goHandler, f *goFunc) {
	if f != nil {
		h.file, h.span = f.file, f.span
	}
}

// goQualified is a callee with the import path of its package, major versions left
// out.
func goQualified(file *golex.File, callee string) string {
	on, name, ok := cutLast(callee)
	if !ok {
		return callee
	}
	if from := file.ImportOf(on); from != "" && !strings.Contains(on, ".") {
		return modulePath(from) + "." + name
	}
	return callee
}

// held is the handler in a variable of the file's package or of another.
func (g *goScope) held(name string) (goHandler, bool) {
	on, last, dotted := cutLast(name)
	dir := g.dir
	if dotted {
		p := g.c.s.GoImport(g.src.File, g.file.ImportOf(on))
		if p == nil || strings.Contains(on, ".") {
			return goHandler{}, false
		}
		dir = p.Dir
	}
	h, ok := g.c.index(dir).handlers[last]
	return h, ok
}

// madeHandler says whether what a variable was set to tells more than its name.
func (g *goScope) madeHandler(a golex.Arg, fn int) bool {
	call, ok := g.file.CallOf(a)
	if !ok {
		return a.Kind == golex.ValueFunc
	}
	_, wraps := g.wrapped(call, fn)
	return wraps || soundsHandling(call.Callee) || g.router(a, fn) != nil
}

// variable is what a local variable that is set once was set to.
func (g *goScope) variable(name string, fn int) (golex.Arg, bool) {
	var found golex.Arg
	n := 0
	for _, i := range g.assigns[name] {
		if a := &g.file.Assigns[i]; a.Func == fn && a.Index == 0 {
			found, n = a.Value, n+1
		}
	}
	return found, n == 1 && found.Kind != golex.ValueIdent
}

// wrapped is the argument of a call that is a handler itself: then the call wraps
// it.
func (g *goScope) wrapped(call *golex.Call, fn int) (golex.Arg, bool) {
	if goConversions[goQualified(g.file, call.Callee)] && len(call.Args) == 1 {
		return call.Args[0], true
	}
	if f := g.function(call.Callee, fn); f != nil {
		for i, p := range f.params {
			if i < len(call.Args) && handlerType(p.Type) {
				return call.Args[i], true
			}
		}
		return golex.Arg{}, false
	}
	for _, a := range call.Args {
		if g.isHandler(a, fn, 0) {
			return a, true
		}
	}
	return golex.Arg{}, false
}

func (g *goScope) isHandler(a golex.Arg, fn, depth int) bool {
	switch a.Kind {
	case golex.ValueFunc:
		return true
	case golex.ValueIdent:
		if g.router(a, fn) != nil {
			return true
		}
		if f := g.function(a.Name, fn); f != nil {
			return true
		}
		if _, ok := g.held(a.Name); ok || soundsHandling(a.Name) {
			return true
		}
		v, ok := g.variable(a.Name, fn)
		return ok && (v.Kind == golex.ValueFunc || v.Kind == golex.ValueCall && soundsHandling(v.Name))
	case golex.ValueComposite:
		return soundsHandling(a.Name)
	case golex.ValueCall:
		call, ok := g.file.CallOf(a)
		if !ok || depth >= maxHops {
			return false
		}
		if soundsHandling(call.Callee) || g.router(a, fn) != nil {
			return true
		}
		if f := g.function(call.Callee, fn); f != nil {
			return soundsHandling(f.results) || strings.Contains(f.results, "func(")
		}
		return slices.ContainsFunc(call.Args, func(x golex.Arg) bool { return g.isHandler(x, fn, depth+1) })
	}
	return false
}

// handlerType says whether a parameter of that type takes a handler.
func handlerType(text string) bool {
	if !strings.HasPrefix(text, "func(") {
		return soundsHandling(text)
	}
	return slices.ContainsFunc([]string{"http.ResponseWriter", "http.Request", "gin.Context", "echo.Context", "fiber.Ctx"}, func(t string) bool { return strings.Contains(text, t) })
}

// soundsHandling says whether a name's last part is that of a handler.
func soundsHandling(name string) bool {
	low := strings.ToLower(lastPart(name))
	return strings.HasSuffix(low, "handler") || strings.HasSuffix(low, "handlerfunc") || strings.HasPrefix(low, "handle") || low == "next"
}

// middleware is the name of what an argument of Use runs, "" for what has none.
func (g *goScope) middleware(a golex.Arg) string {
	switch a.Kind {
	case golex.ValueIdent, golex.ValueCall:
		return strings.Clone(a.Name)
	}
	return ""
}

// mount reads where routers are used: in one another, by functions that are given
// them, by servers, and what middlewares they run.
func (g *goScope) mount() {
	for i := range g.file.Calls {
		call := &g.file.Calls[i]
		on, method, dotted := cutLast(call.Callee)
		if !dotted {
			method = call.Callee
		}
		if g.c.takers[method] {
			g.give(call)
		}
		if !dotted {
			continue
		}
		switch method {
		case "Use", "Pre", "UseHandler":
			if r := g.receiver(i); r != nil {
				g.use(r, call)
			}
		case "Route", "Group":
			g.block(call)
		case "Mount":
			if r := g.receiver(i); r != nil && len(call.Args) == 2 {
				g.put(r, call, call.At(1), g.path(call.At(0), call.Func), true)
			}
		case "Handle", "Handler", "HandleFunc", "HandlerFunc", "Any", "All":
			if r := g.receiver(i); r != nil && len(call.Args) > 0 {
				g.put(r, call, call.Args[len(call.Args)-1], "", false)
			}
		case "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
			if g.file.ImportOf(on) == "net/http" && len(call.Args) > 0 {
				g.serves(call.Args[len(call.Args)-1], call.Func)
			}
		}
	}
	for i := range g.file.Composites {
		if c := &g.file.Composites[i]; c.Type == "http.Server" {
			if h, ok := g.file.Field(c.Span, "Handler"); ok {
				g.serves(h, c.Func)
			}
		}
	}
	for i := range g.file.Assigns {
		if a := &g.file.Assigns[i]; strings.HasSuffix(a.Target, ".Handler") {
			g.serves(a.Value, a.Func)
		}
	}
}

// use adds the middlewares of r.Use(…).
func (g *goScope) use(r *goRouter, call *golex.Call) {
	for _, a := range call.Args {
		if name := g.middleware(a); name != "" {
			r.uses = append(r.uses, goUse{g.src.File, call.Span.Start, name})
		}
	}
}

// block gives the router of r.Route("/x", func(r chi.Router) { … }) to its function.
func (g *goScope) block(call *golex.Call) {
	n := len(call.Args)
	if n == 0 || call.Args[n-1].Kind != golex.ValueFunc {
		return
	}
	lit := g.file.FuncOf(call.Args[n-1])
	if lit < 0 || len(g.file.Funcs[lit].Params) == 0 {
		return
	}
	parent := g.called(call)
	child := g.parameter(lit, g.file.Funcs[lit].Params[0].Name)
	if parent != nil && child != nil {
		g.mountAt(call, goMount{child: child, parent: parent})
	}
}

// give mounts the parameters of a function in the routers that it is called with.
func (g *goScope) give(call *golex.Call) {
	f := g.function(call.Callee, call.Func)
	if f == nil {
		return
	}
	for _, k := range f.routers {
		given := g.router(call.At(k), call.Func)
		if given == nil {
			continue
		}
		where := key("parameter", f.dir, f.recv, f.name, strconv.Itoa(k))
		r := g.c.routers[where]
		if r == nil {
			r = &goRouter{framework: given.framework}
			g.c.routers[where] = r
		}
		g.mountAt(call, goMount{child: r, parent: given})
	}
}

// put mounts the router that an argument is, if it is one. strips says that the
// parent takes the prefix away itself.
func (g *goScope) put(parent *goRouter, call *golex.Call, a golex.Arg, prefix string, strips bool) {
	h := g.handler(a, call.Func)
	if h.router == nil || h.router == parent {
		return
	}
	if !strips {
		prefix = h.strip
	}
	prefix = strings.TrimRight(prefix, "/*")
	g.mountAt(call, goMount{child: h.router, parent: parent, prefix: prefix, whole: !strips, names: strings.Join(h.around, ",")})
}

// serves puts what wraps a router when it is served before all that it runs.
func (g *goScope) serves(a golex.Arg, fn int) {
	h := g.handler(a, fn)
	if h.router == nil {
		return
	}
	var uses []goUse
	for _, name := range h.around {
		uses = append(uses, goUse{name: name})
	}
	h.router.uses = append(uses, h.router.uses...)
}
