package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// pyRegistered are the methods of an application or a router that register
// something, as decorators or as calls.
var pyRegistered = map[string]MiddlewareKind{
	"add_middleware": PlainMiddleware, "middleware": PlainMiddleware,
	"exception_handler": ExceptionHandler, "add_exception_handler": ExceptionHandler, "errorhandler": ExceptionHandler,
	"register_error_handler": ExceptionHandler, "app_errorhandler": ExceptionHandler,
	"before_request": BeforeRequest, "before_app_request": BeforeRequest, "before_first_request": StartHook, "before_serving": StartHook,
	"after_request": AfterRequest, "after_app_request": AfterRequest, "teardown_request": AfterRequest, "teardown_appcontext": AfterRequest,
	"after_serving": StopHook, "on_event": StartHook, "add_event_handler": StartHook,
}

// pyUse is what one call registers on a router.
type pyUse struct {
	on *pyRouter
	Middleware
	wide bool // a blueprint's that holds for the whole application
}

// applications are the applications of Python with what they register.
func (c *pyRoutes) applications(sources []pyParsed) []Application {
	found := map[*pyRouter][]Middleware{}
	for r := range c.everyRouter() {
		if r.app && len(r.mounts) == 0 && r.framework != "aiohttp" {
			found[r] = nil
		}
	}
	for _, src := range sources {
		for _, u := range c.registrations(src) {
			root, path := u.on.root()
			if u.on != root {
				u.Router = u.on.name
				if u.wide {
					path = ""
				}
			}
			if u.Path == "" && path != "/" {
				u.Path = path
			}
			found[root] = append(found[root], u.Middleware)
		}
	}
	framework := map[string]string{} // of the applications of each unit
	for r := range found {
		if r.app {
			framework[c.s.UnitDir(r.file)] = r.framework
		}
	}
	var out []Application
	for r, list := range found {
		if !r.app && !r.param {
			continue
		}
		if known := framework[c.s.UnitDir(r.file)]; r.param && known != "" {
			r.framework = known
		}
		out = append(out, Application{Framework: r.framework, Name: r.name, File: r.file, Span: r.span, Handed: r.param, Middlewares: list})
	}
	return out
}

// root is the application that a router is included in, and the path below which
// the router lies.
func (r *pyRouter) root() (*pyRouter, string) {
	path := ""
	for range maxHops {
		if r.app && len(r.mounts) == 0 || len(r.mounts) == 0 || r.mounts[0].parent == nil {
			break
		}
		path = joinRoute(r.mounts[0].prefix, r.prefix, path)
		r = r.mounts[0].parent
	}
	return r, path
}

func (c *pyRoutes) registrations(src pyParsed) []pyUse {
	py := src.py
	var out []pyUse
	for i := range py.Calls {
		call := &py.Calls[i]
		if made := c.routerMadeBy(src, call); made != nil {
			out = append(out, c.constructed(src, call, made)...)
			continue
		}
		on, method, ok := cutLast(call.Callee)
		if kind := pyRegistered[method]; ok && kind != "" {
			if r := c.router(src.Source, py, on, call.Func); r != nil {
				out = append(out, pyUse{r, registered(src, call, kind, method), strings.Contains(method, "app_")})
			}
			continue
		}
		if m, r := c.extension(src, call, on, method); r != nil {
			out = append(out, pyUse{r, m, false})
		}
	}
	for i := range py.Defs { // @app.before_request without parentheses
		for k := range py.Defs[i].Decorators {
			d := &py.Defs[i].Decorators[k]
			on, method, ok := cutLast(d.Callee)
			if kind := pyRegistered[method]; ok && kind != "" && d.Bare {
				if r := c.router(src.Source, py, on, d.Func); r != nil {
					m := registered(src, d, kind, method)
					m.Name = strings.Clone(py.Defs[i].Name)
					out = append(out, pyUse{r, m, strings.Contains(method, "app_")})
				}
			}
		}
	}
	for i := range py.Assigns { // app.wsgi_app = ProxyFix(app.wsgi_app)
		a := &py.Assigns[i]
		if name, ok := strings.CutSuffix(a.Target, ".wsgi_app"); ok && a.Value.Kind == pylex.ValueCall {
			if r := c.router(src.Source, py, name, a.Func); r != nil {
				out = append(out, pyUse{r, Middleware{Kind: PlainMiddleware, Name: strings.Clone(py.Qualify(a.Value.Callee)), File: src.File, Span: a.Span, Args: a.Value.Span}, false})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pyUse) int { return a.Span.Start - b.Span.Start })
	return out
}

// registered reads one registration.
func registered(src pyParsed, call *pylex.Call, kind MiddlewareKind, method string) Middleware {
	py := src.py
	m := Middleware{Kind: kind, File: src.File, Span: call.Span}
	first, hasFirst := call.At(0)
	if call.Decorator && !call.Bare {
		m.Name = strings.Clone(decorated(py, call))
	}
	switch method {
	case "add_middleware":
		m.Name = strings.Clone(py.Qualify(firstOf(first.Ident, first.Callee)))
		if len(call.Args) > 1 {
			m.Args = finding.Span{Start: start(call.Args[1]), End: call.Args[len(call.Args)-1].Span.End}
		}
	case "add_exception_handler", "register_error_handler":
		m.For = exceptionName(first)
		if second, ok := call.At(1); ok {
			m.Name = strings.Clone(firstOf(second.Ident, second.Callee))
		}
	case "exception_handler", "errorhandler", "app_errorhandler":
		m.For = exceptionName(first)
	case "on_event", "add_event_handler":
		m.For = strings.Clone(first.Literal)
		if m.For == "shutdown" {
			m.Kind = StopHook
		}
		if second, ok := call.At(1); ok {
			m.Name = strings.Clone(firstOf(second.Ident, second.Callee))
		}
	case "before_request", "after_request", "teardown_request":
		if !call.Decorator && hasFirst {
			m.Name = strings.Clone(firstOf(first.Ident, first.Callee))
		}
	}
	return m
}

func start(a pylex.Arg) int {
	if a.NameSpan.Len() > 0 {
		return a.NameSpan.Start
	}
	return a.Span.Start
}

func exceptionName(a pylex.Arg) string {
	return strings.Clone(firstOf(a.Ident, a.Literal))
}

// routerMadeBy is the router that a call makes.
func (c *pyRoutes) routerMadeBy(src pyParsed, call *pylex.Call) *pyRouter {
	if len(call.Args) == 0 || !c.madeHere[src.File] {
		return nil
	}
	for i := range src.py.Assigns {
		a := &src.py.Assigns[i]
		if a.Value.Kind != pylex.ValueCall || a.Value.Span.Start != call.Span.Start || a.Value.Span.End != call.Span.End {
			continue
		}
		if r := c.named(src.File, src.py, a.Target, a.Func); r != nil && r.span == a.Span {
			return r
		}
	}
	return nil
}

// constructed reads what an application is made with: FastAPI(middleware=[…],
// exception_handlers={…}, lifespan=f).
func (c *pyRoutes) constructed(src pyParsed, call *pylex.Call, r *pyRouter) []pyUse {
	var out []pyUse
	add := func(m Middleware) {
		m.File = src.File
		out = append(out, pyUse{r, m, false})
	}
	if v, ok := call.Arg("middleware"); ok {
		for _, item := range v.Items() {
			inner, ok := item.Call()
			if !ok || len(inner.Args) == 0 {
				continue
			}
			m := Middleware{Kind: PlainMiddleware, Name: strings.Clone(src.py.Qualify(inner.Args[0].Ident)), Span: inner.Span}
			if len(inner.Args) > 1 {
				m.Args = finding.Span{Start: start(inner.Args[1]), End: inner.Args[len(inner.Args)-1].Span.End}
			}
			add(m)
		}
	}
	if v, ok := call.Arg("exception_handlers"); ok {
		for _, p := range v.Pairs() {
			add(Middleware{Kind: ExceptionHandler, For: exceptionName(p.Key), Name: strings.Clone(p.Value.Ident), Span: p.Value.Span})
		}
	}
	for name, kind := range map[string]MiddlewareKind{"lifespan": StartHook, "on_startup": StartHook, "on_shutdown": StopHook} {
		if v, ok := call.Arg(name); ok {
			add(Middleware{Kind: kind, For: name, Name: strings.Clone(firstOf(v.Ident, v.Callee)), Span: v.Span})
		}
	}
	return out
}

// extension reads what Flask's extensions are told: db.init_app(app), CORS(app),
// and instrumentation of the kind Instrumentator().instrument(app).
func (c *pyRoutes) extension(src pyParsed, call *pylex.Call, on, method string) (Middleware, *pyRouter) {
	a, ok := call.At(0)
	if !ok {
		if a, ok = call.Arg("app"); !ok {
			return Middleware{}, nil
		}
	}
	py := src.py
	name := ""
	switch {
	case a.Ident == "" || strings.Contains(a.Ident, ".") || strings.Contains(on, "["):
	case method == "init_app" || method == "instrument_app" || method == "instrument":
		name = on
		if at, ok := c.s.Origin(src.Source, on); ok { // db = SQLAlchemy(), here or elsewhere; no class of the project
			if target := c.s.Source(at.File.Path); target != nil && target.Lang == Python {
				name = madeBy(target.Py(), at.Name, "")
			}
		}
	case isCapital(lastPart(call.Callee)):
		name = py.Qualify(call.Callee)
	}
	if name == "" {
		return Middleware{}, nil
	}
	r := c.router(src.Source, py, a.Ident, call.Func)
	if r == nil || r.param && method != "init_app" {
		return Middleware{}, nil
	}
	m := Middleware{Kind: Extension, Name: strings.Clone(name), File: src.File, Span: call.Span}
	if len(call.Args) > 1 {
		m.Args = finding.Span{Start: start(call.Args[1]), End: call.Args[len(call.Args)-1].Span.End}
	}
	return m, r
}

// madeBy is the class whose instance a variable holds, or otherwise.
func madeBy(py *pylex.File, name, otherwise string) string {
	for i := range py.Assigns {
		if a := &py.Assigns[i]; a.Target == name && a.Value.Kind == pylex.ValueCall {
			return py.Qualify(a.Value.Callee)
		}
	}
	return otherwise
}

func isCapital(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }
