package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// jsFrameworks are the packages whose applications and routers are called in
// the same way.
var jsFrameworks = map[string]string{
	"express": "express", "express-promise-router": "express", "polka": "express", "restify": "express",
	"fastify": "fastify", "hono": "hono", "@hono/zod-openapi": "hono", "hono/tiny": "hono", "hono/quick": "hono",
	"koa": "koa", "@koa/router": "koa", "koa-router": "koa", "elysia": "elysia",
}

// jsFrameworkWords are in some file of every project that uses one of them.
var jsFrameworkWords = []string{"express", "fastify", "Fastify", "FastifyInstance", "Hono", "OpenAPIHono", "Koa", "koa", "polka", "restify", "Elysia"}

// jsWords are in every file that makes, mounts or uses a router, one of them at
// least.
var jsWords = append([]string{"Router", "router", "app", "server", "fastifyPlugin", "api"}, jsFrameworkWords...)

// jsRouter is an application or a router.
type jsRouter struct {
	framework string
	app       bool
	param     bool      // handed to a function: mounted on something that is not known, or see alias
	alias     *jsRouter // the router that it is, known from a call of the function
	handed    int       // where that call ends
	prefix    string
	uses      []jsUse
	mounts    []jsMount

	file  *File
	name  string       // the variable that holds it
	span  finding.Span // the call that makes it, or the parameter
	scope finding.Span // where the name means it
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
	routers map[Symbol][]*jsRouter      // of one name, in order of their place
	chains  map[*File]map[int]*jsRouter // by where an expression such as Router().use(a).use(b) begins
	params  map[jsParam]*jsRouter
	takers  map[string]bool // functions that are handed a router; "default" among them
	makers  map[string]bool // functions in which a router is made
	parsed  map[*File]*jslex.File
	uses    []jsRegistration // see Applications
	loaded  []jsLoaded

	autoloads int // directories gone through
}

// runs notes a middleware of a router, and of the routers that it is.
func (r *jsRouter) runs(u jsUse) {
	for range maxHops {
		r.uses = append(r.uses, u)
		if r.alias == nil {
			return
		}
		u.offset = r.handed
		r = r.alias
	}
}

// scriptRouters are the routers of the project's TypeScript and JavaScript,
// mounted, and the files that may use them.
func scriptRouters(s *Snapshot) (*jsRoutes, []jsParsed) {
	c := &jsRoutes{
		s: s, routers: map[Symbol][]*jsRouter{}, chains: map[*File]map[int]*jsRouter{}, params: map[jsParam]*jsRouter{},
		takers: map[string]bool{}, makers: map[string]bool{}, parsed: map[*File]*jslex.File{},
	}
	units := map[string]bool{}
	for _, src := range s.SourcesMentioning(jsFrameworkWords...) {
		if src.Role == Production && src.Lang != Python && usesFramework(s, src) {
			units[s.UnitDir(src.File)] = true
		}
	}
	if len(units) == 0 {
		return c, nil
	}
	var sources []jsParsed
	for _, src := range s.SourcesMentioning(jsWords...) {
		if src.Role != Production || src.Lang == Python || !units[s.UnitDir(src.File)] {
			continue
		}
		named := src.Mentions(jsFrameworkWords...)
		if _, ext, _ := cutExt(src.Name()); !named && (ext == ".tsx" || ext == ".jsx") {
			continue
		}
		if js := src.JS(); readableScript(js) && (named || usesRouter(js)) {
			sources = append(sources, jsParsed{src, js})
		}
	}
	for _, src := range sources {
		c.parsed[src.File] = src.js
		c.declare(src)
	}
	for _, src := range sources {
		c.parameters(src)
	}
	if len(c.routers) == 0 && len(c.params) == 0 {
		return c, nil
	}
	c.handOver(sources)
	for _, src := range sources {
		c.mount(src)
	}
	c.inOrder()
	return c, sources
}

// inOrder sorts what each router runs by its place in the router's file.
func (c *jsRoutes) inOrder() {
	sort := func(r *jsRouter) {
		slices.SortStableFunc(r.uses, func(a, b jsUse) int { return a.offset - b.offset })
	}
	for _, list := range c.routers {
		for _, r := range list {
			sort(r)
		}
	}
	for _, r := range c.params {
		sort(r)
	}
}

// usesRouter says whether a file that names no framework calls something as
// routers are called.
func usesRouter(js *jslex.File) bool {
	for i := range js.Calls {
		on, verb, ok := cutLast(js.Calls[i].Callee)
		if ok && (httpMethods[verb] != "" || verb == "use" || verb == "register" || verb == "route") && len(js.Calls[i].Args) > 0 {
			root, _, _ := strings.Cut(strings.TrimPrefix(on, "this."), ".")
			if routerParameter[root] || strings.HasSuffix(strings.ToLower(root), "router") || strings.HasSuffix(strings.ToLower(root), "routes") || strings.Contains(root, "require(") {
				return true
			}
		}
	}
	return false
}

// usesFramework says whether a file loads one of the packages.
func usesFramework(s *Snapshot, src *Source) bool {
	for _, e := range s.Graph().External(src.File) {
		if jsFrameworks[e.Module] != "" {
			return true
		}
	}
	return false
}

// declare finds the applications and routers that a file makes.
func (c *jsRoutes) declare(src jsParsed) {
	js := src.js
	makers := routerMakers(js)
	if len(makers) == 0 {
		return
	}
	for i := range js.Calls {
		call := &js.Calls[i]
		root, _, _ := strings.Cut(call.Callee, ".")
		framework := makers[root]
		if root == "require()" {
			framework = requiredFramework(js.Text(call.CalleeSpan))
		}
		if framework == "" || strings.Contains(strings.TrimPrefix(call.Callee, "require()"), "()") || passive[lastPart(call.Callee)] {
			continue
		}
		r := &jsRouter{
			framework: framework, app: !strings.HasSuffix(call.Callee, "Router") && !strings.HasSuffix(call.Callee, "router"),
			file: src.File, span: call.Span, scope: scopeAt(js, call.Span.Start),
		}
		if framework == "koa" && importedFrom(js, root) != "koa" && root != "require()" {
			r.app = false
		}
		if len(call.Args) > 0 {
			if p, ok := call.Args[0].Prop("prefix"); ok {
				r.prefix = strings.Clone(p.Value.Literal)
			}
			if p, ok := call.Args[0].Prop("basePath"); ok {
				r.prefix = strings.Clone(p.Value.Literal)
			}
		}
		start := call.CalleeSpan.Start
		if c.chains[src.File][start] != nil {
			continue
		}
		name := routerNameAt(js, call)
		if name == "" && !returned(js, call.Span.Start) {
			continue
		}
		if c.chains[src.File] == nil {
			c.chains[src.File] = map[int]*jsRouter{}
		}
		c.chains[src.File][start] = r
		c.name(r, strings.Clone(strings.TrimPrefix(name, "this.")))
		if fn := funcAt(js, call.Span.Start); fn != nil {
			c.makers[strings.Clone(fn.Name)] = true
		}
	}
	for i := range js.Calls { // new Hono().basePath("/api")
		call := &js.Calls[i]
		if strings.HasSuffix(call.Callee, "().basePath") && len(call.Args) == 1 && call.Args[0].IsLiteral {
			if r := c.chains[src.File][call.CalleeSpan.Start]; r != nil {
				r.prefix = joinRoute(r.prefix, call.Args[0].Literal)
			}
		}
	}
}

// passive are the members of a framework's module that make no router:
// express.json(), fastify.errorCodes().
var passive = set("json", "urlencoded", "static", "raw", "text", "query", "bodyParser")

// name makes a name mean a router.
func (c *jsRoutes) name(r *jsRouter, name string) {
	r.name = name
	at := Symbol{r.file, name}
	c.routers[at] = append(c.routers[at], r)
}

// returned says whether the expression at an offset is what a function returns.
func returned(js *jslex.File, offset int) bool {
	before := strings.TrimRight(js.Text(finding.Span{Start: max(0, offset-16), End: offset}), " \t\r\n(")
	before = strings.TrimSuffix(strings.TrimSuffix(before, "new"), " ")
	before = strings.TrimRight(before, " \t\r\n")
	return strings.HasSuffix(before, "return") || strings.HasSuffix(before, "=>")
}

// importedFrom is the module that a local name is imported from.
func importedFrom(js *jslex.File, name string) string {
	for _, i := range js.Imports {
		if i.Default == name || i.Namespace == name {
			return i.Module
		}
		for _, n := range i.Names {
			if firstOf(n.Alias, n.Name) == name {
				return i.Module
			}
		}
	}
	return ""
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
func (c *jsRoutes) receiver(src jsParsed, call *jslex.Call) (r *jsRouter, method string) {
	on, method, ok := cutLast(call.Callee)
	if !ok {
		return nil, ""
	}
	base, links, chained := strings.Cut(on, "()")
	if !chained {
		return c.router(src, on, call.Span.Start), method
	}
	if on == "require()" {
		return nil, ""
	}
	for link := range strings.SplitSeq(strings.Trim(links, "."), ".") {
		if link = strings.TrimSuffix(link, "()"); link != "" && !chainLinks[link] && httpMethods[link] == "" {
			return nil, ""
		}
	}
	if r := c.chains[src.File][call.CalleeSpan.Start]; r != nil {
		return r, method
	}
	name, link, ok := cutLast(base)
	if !ok || !chainLinks[link] && httpMethods[link] == "" {
		return nil, ""
	}
	return c.router(src, name, call.Span.Start), method
}

// chainLinks are the methods that return the router they are called on.
var chainLinks = set("use", "register", "route", "basePath", "on", "openapi", "addHook", "onBeforeHandle", "group", "guard", "decorate", "derive", "prefix", "onError", "notFound", "withTypeProvider", "state")

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
			case "Router", "express", "fastify", "Fastify", "Hono", "OpenAPIHono", "Elysia", "default":
				if !n.TypeOnly {
					makers[firstOf(n.Alias, n.Name)] = framework
				}
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

func frameworkOf(js *jslex.File) string {
	for _, i := range js.Imports {
		if f := jsFrameworks[i.Module]; f != "" {
			return f
		}
		if strings.HasPrefix(i.Module, "@fastify/") || i.Module == "fastify-plugin" {
			return "fastify"
		}
	}
	return "express"
}
