package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/golex"
)

// goFrameworks are the packages that route requests, by import path without its
// major version: what makes a router, and the types that are one.
var goFrameworks = map[string]struct {
	name  string
	makes []string
	types []string
}{
	"net/http":                            {"net/http", []string{"NewServeMux"}, []string{"ServeMux"}},
	"github.com/gin-gonic/gin":            {"gin", []string{"New", "Default"}, []string{"Engine", "RouterGroup", "IRouter", "IRoutes"}},
	"github.com/labstack/echo":            {"echo", []string{"New"}, []string{"Echo", "Group"}},
	"github.com/go-chi/chi":               {"chi", []string{"NewRouter", "NewMux"}, []string{"Router", "Mux"}},
	"github.com/gorilla/mux":              {"gorilla", []string{"NewRouter"}, []string{"Router", "Route"}},
	"github.com/gofiber/fiber":            {"fiber", []string{"New"}, []string{"App", "Router", "Group"}},
	"github.com/julienschmidt/httprouter": {"httprouter", []string{"New"}, []string{"Router"}},
}

// goRoutes collects the routes of Go programs.
type goRoutes struct {
	s       *Snapshot
	routers map[string]*goRouter // by where they are kept; see goScope
	indexes map[string]*goIndex  // by directory
	takers  map[string]bool      // names of functions that are given a router
	givers  map[string]bool      // of functions that return one
	fields  map[string]bool      // of fields that hold one
	embeds  bool                 // some struct embeds one
	mounted map[goMount]bool
	mux     *goRouter // http.DefaultServeMux
	out     []Route
}

// goRouter is a router, a group of one, or a parameter that is given one.
type goRouter struct {
	framework string
	app       bool   // made here, rather than given
	prefix    string // of a group, below its parent
	names     []string
	uses      []goUse
	parents   []goMount
}

// goUse is a middleware that a router runs from some place of its file on.
type goUse struct {
	file   *File
	offset int
	name   string
}

// goMount is one place where a router is used by another.
type goMount struct {
	child, parent *goRouter
	prefix        string
	names         string // of middlewares around it, joined by commas
	whole         bool   // it sees the whole path, of which prefix was taken away
	file          *File  // where it is mounted: only middlewares before that count for some
	offset        int
}

// goRouteList lists the routes of Go programs, without order.
func goRouteList(s *Snapshot) []Route {
	packages := routingPackages(s)
	if len(packages) == 0 {
		return nil
	}
	c := &goRoutes{
		s: s, routers: map[string]*goRouter{}, indexes: map[string]*goIndex{}, takers: map[string]bool{}, givers: map[string]bool{}, fields: map[string]bool{}, mounted: map[goMount]bool{},
		mux: &goRouter{framework: "net/http", app: true},
	}
	for _, p := range packages {
		c.index(p.Dir)
	}
	each := func(do func(*goScope)) {
		for _, p := range packages {
			for _, src := range p.Files {
				if routesIn(src) {
					do(newGoScope(c, src))
				}
			}
		}
	}
	each((*goScope).declare)
	each((*goScope).declare) // what one file keeps, another may have used before
	each((*goScope).mount)
	each((*goScope).routes)
	return c.out
}

// routesIn says whether routes may be registered in a file.
func routesIn(src *GoSource) bool {
	return src.Role == Production && src.Size <= maxSource && !src.GeneratedCode() && !ignoredDir(src.Dir())
}

// routingPackages are those with a file that imports a package which routes.
func routingPackages(s *Snapshot) []*GoPackage {
	var out []*GoPackage
	for _, p := range s.GoPackages() {
		if slices.ContainsFunc(p.Files, func(src *GoSource) bool { return routesIn(src) && mayRoute(s, src) }) {
			out = append(out, p)
		}
	}
	return out
}

func mayRoute(s *Snapshot, src *GoSource) bool {
	for _, l := range src.facts().links {
		switch f, known := goFrameworks[modulePath(l.module)]; {
		case !known:
		case f.name != "net/http", src.Mentions("HandleFunc", "Handle", "ServeMux", "NewServeMux"), src.Mentions("Methods", "PathPrefix") && needsGorilla(s, src):
			return true
		}
	}
	return false
}

// goVerbs are the methods that register a route for one method of HTTP, by name.
var goVerbs = map[string]string{
	"GET": "GET", "POST": "POST", "PUT": "PUT", "PATCH": "PATCH", "DELETE": "DELETE", "HEAD": "HEAD", "OPTIONS": "OPTIONS",
	"Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Head": "HEAD", "Options": "OPTIONS",
	"Any": "ANY", "All": "ANY",
}

// routes reads the calls that register handlers.
func (g *goScope) routes() {
	for i := range g.file.Calls {
		call := &g.file.Calls[i]
		_, method, dotted := cutLast(call.Callee)
		if !dotted || len(call.Args) == 0 || !registers(method) {
			continue
		}
		r := g.receiver(i)
		if r == nil {
			continue
		}
		g.register(i, r, method)
	}
}

func registers(method string) bool {
	switch method {
	case "Handle", "HandleFunc", "Handler", "HandlerFunc", "Method", "MethodFunc", "Add", "Match":
		return true
	}
	return goVerbs[method] != ""
}

// register reads one registration on r.
func (g *goScope) register(i int, r *goRouter, method string) {
	call := &g.file.Calls[i]
	args := call.Args
	methods := []string{"ANY"}
	switch {
	case goVerbs[method] != "":
		methods[0] = goVerbs[method]
		if (goVerbs[method] == method) != (r.framework != "chi" && r.framework != "fiber") && method != "Any" && method != "All" {
			return // gin writes GET, chi writes Get
		}
	case method == "Add" || method == "Method" || method == "MethodFunc" || method == "Match",
		(method == "Handle" || method == "Handler" || method == "HandlerFunc") && (r.framework == "gin" || r.framework == "httprouter"):
		if methods = g.methods(args[0]); methods == nil || len(args) < 3 {
			return
		}
		args = args[1:]
	case r.framework == "gin" || r.framework == "echo" || r.framework == "fiber":
		return
	}
	pattern := ""
	if r.framework == "gorilla" && (method == "Handler" || method == "HandlerFunc") {
		// r.Path("/x").Handler(h): the path is the receiver's
	} else {
		if len(args) < 2 {
			return
		}
		pattern = g.path(args[0], call.Func)
		args = args[1:]
	}
	if r.framework == "gorilla" {
		methods = g.chainMethods(i, methods)
	}
	if r.framework == "net/http" {
		if verb, rest, ok := strings.Cut(pattern, " "); ok {
			methods, pattern = []string{verb}, strings.TrimSpace(rest)
		}
		if at := strings.IndexByte(pattern, '/'); at > 0 && pattern[0] != '{' { // of one host
			pattern = pattern[at:]
		}
		pattern = strings.TrimSuffix(pattern, "{$}")
	}
	handler, around := args[len(args)-1], args[:len(args)-1]
	if r.framework == "echo" {
		handler, around = args[0], args[1:]
	}
	h := g.handler(handler, call.Func)
	if h.router != nil { // another router, not a handler
		return
	}
	route := Route{File: g.src.File, Span: call.Span, Handler: h.name, HandlerFile: h.file, HandlerSpan: h.span, Framework: r.framework}
	prefix, names, global, mounted := r.above(g.src.File, call.Span.Start, 0)
	if bare := strings.Trim(pattern, "/"); strings.HasPrefix(bare, "{") && strings.IndexByte(bare, '}') == len(bare)-1 && h.file == nil {
		return // neither the path nor the handler is known
	}
	route.Path, route.Mounted, route.Global = joinRoute(prefix, pattern), mounted, global
	for _, a := range around {
		if name := g.middleware(a); name != "" {
			names = append(names, name)
		}
	}
	route.Middlewares = append(names, h.around...)
	for _, m := range methods {
		one := route
		one.Method = m
		g.c.out = append(g.c.out, one)
	}
}

// above are the prefix and the middlewares of a router and of those it is mounted
// in; global those of them that an application runs for every route.
func (r *goRouter) above(file *File, offset, depth int) (prefix string, names, global []string, mounted bool) {
	if len(r.parents) == 0 {
		mounted = r.app
	} else if depth < maxHops {
		m := r.parents[0]
		prefix, names, global, mounted = m.parent.above(m.file, m.offset, depth+1)
		if m.whole {
			prefix = ""
		}
		prefix = joinRoute(prefix, m.prefix)
		if m.names != "" {
			names = append(slices.Clone(names), strings.Split(m.names, ",")...)
		}
	}
	names = slices.Clone(names)
	names = append(names, r.names...)
	if len(r.parents) == 0 && r.app {
		global = append(global, r.names...)
	}
	for _, u := range r.uses {
		late := r.framework == "gin" || r.framework == "fiber"
		if late && u.file == file && u.offset > offset {
			continue
		}
		names = append(names, u.name)
		if len(r.parents) == 0 && r.app {
			global = append(global, u.name)
		}
	}
	return joinRoute(prefix, r.prefix), names, global, mounted
}

// methods are the methods of HTTP that an argument names.
func (g *goScope) methods(a golex.Arg) []string {
	if list, ok := g.file.Strings(a); ok {
		return upper(list)
	}
	if a.Kind == golex.ValueComposite {
		var out []string
		for _, p := range g.file.Elements(a.Span) {
			out = append(out, g.methods(p.Value)...)
		}
		return out
	}
	if name := strings.ToUpper(strings.TrimPrefix(lastPart(a.Name), "Method")); a.Kind == golex.ValueIdent && httpMethods[strings.ToLower(name)] != "" {
		return []string{name}
	}
	return nil
}

func upper(list []string) (out []string) {
	for _, m := range list {
		if m = strings.ToUpper(m); m != "" && !strings.ContainsAny(m, " /") {
			out = append(out, strings.Clone(m))
		}
	}
	return out
}

// chainMethods are the methods that the other links of a chain name:
// r.HandleFunc(…).Methods("GET").
func (g *goScope) chainMethods(i int, otherwise []string) []string {
	start := g.file.Calls[i].CalleeSpan.Start
	for _, k := range g.chains[start] {
		if c := &g.file.Calls[k]; lastPart(c.Callee) == "Methods" {
			var out []string
			for _, a := range c.Args {
				out = append(out, g.methods(a)...)
			}
			if len(out) > 0 {
				return out
			}
		}
	}
	return otherwise
}

// GRPCService is a service of gRPC that a program registers.
type GRPCService struct {
	Name string // as the generated code calls it: Greeter
	File *File
	Span finding.Span // the call
	Impl string       // what serves it, as written there
}

// GRPCServices lists the services of gRPC that Go programs register, by file and
// place.
func (s *Snapshot) GRPCServices() []GRPCService {
	return view(s, "grpc services", func() []GRPCService {
		var out []GRPCService
		for _, src := range s.GoSources() {
			if src.Role != Production || !src.Uses("google.golang.org/grpc") {
				continue
			}
			file := src.Go()
			for i := range file.Calls {
				call := &file.Calls[i]
				on, method, _ := cutLast(call.Callee)
				name, ok := strings.CutPrefix(method, "Register")
				if !ok || len(call.Args) != 2 || file.ImportOf(on) == "" {
					continue
				}
				if name, ok = strings.CutSuffix(name, "Server"); ok && name != "" {
					out = append(out, GRPCService{strings.Clone(name), src.File, call.Span, strings.Clone(file.Text(call.Args[1].Span))})
				}
			}
		}
		return out
	})
}
