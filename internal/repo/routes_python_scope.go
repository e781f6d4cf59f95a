package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// pyParam is a parameter of a function.
type pyParam struct {
	file *File
	def  string // the function's name
	name string
}

// pyRouterParams are the names and types by which functions are handed an
// application or a router.
var (
	pyRouterParams = set("app", "application", "router", "api", "blueprint", "bp", "api_router", "flask_app", "fastapi_app", "server")
	pyRouterTypes  = []string{"FastAPI", "APIRouter", "Flask", "Blueprint", "Starlette", "NinjaAPI", "Quart", "Api"}
)

// parameters declares the routers that a file's functions are handed: those
// whose parameter is named or typed as one and that call something on it.
func (c *pyRoutes) parameters(src *Source, py *pylex.File) {
	for i := range py.Calls {
		call := &py.Calls[i]
		root, _, ok := strings.Cut(call.Callee, ".")
		if !ok {
			continue
		}
		def, p := paramNamed(py, call.Func, root)
		if def == nil || c.params[pyParam{src.File, def.Name, root}] != nil {
			continue
		}
		typed := false
		for _, t := range pyRouterTypes {
			typed = typed || lastPart(strings.Trim(p.Annotation, `"'`)) == t
		}
		if typed || p.Annotation == "" && pyRouterParams[root] {
			c.params[pyParam{src.File, strings.Clone(def.Name), strings.Clone(root)}] = &pyRouter{
				framework: pyFramework(py), file: src.File, name: strings.Clone(root), span: p.Span, param: true,
			}
			c.takers[strings.Clone(def.Name)] = true
			if def.Name == "__init__" && def.Parent >= 0 {
				c.takers[strings.Clone(py.Defs[def.Parent].Name)] = true
			}
		}
	}
}

// paramNamed is the innermost function around a place that has a parameter of
// that name.
func paramNamed(py *pylex.File, at int, name string) (*pylex.Def, *pylex.Param) {
	for ; at >= 0; at = py.Defs[at].Parent {
		def := &py.Defs[at]
		for k := range def.Params {
			if def.Kind != pylex.Class && def.Params[k].Name == name && def.Params[k].Star == "" {
				return def, &def.Params[k]
			}
		}
	}
	return nil, nil
}

func pyFramework(py *pylex.File) string {
	for _, i := range py.Imports {
		switch top, _, _ := strings.Cut(i.Module, "."); top {
		case "flask", "ninja", "aiohttp":
			return top
		}
	}
	return "fastapi"
}

// router is the router that a name stands for at a place of src: at is the
// definition around it, -1 at module level.
func (c *pyRoutes) router(src *Source, py *pylex.File, name string, at int) *pyRouter {
	if name == "" {
		return nil
	}
	if def, _ := paramNamed(py, at, name); def != nil {
		return c.params[pyParam{src.File, def.Name, name}]
	}
	if r := c.named(src.File, py, name, at); r != nil {
		return r
	}
	if r := c.factory(src, py, name); r != nil {
		return r
	}
	origin, ok := c.s.Origin(src, name)
	if !ok {
		return nil
	}
	if r := c.routers[origin]; r != nil || origin.File == src.File {
		return r
	}
	if target := c.s.Source(origin.File.Path); target != nil && target.Lang == Python {
		return c.factory(target, target.Py(), origin.Name)
	}
	return nil
}

// pyLocal is a variable of a function.
type pyLocal struct {
	file *File
	fn   int // index of the definition
	name string
}

// named is the router that a file gives a name: in the function at a place, in
// those around it, else anywhere.
func (c *pyRoutes) named(f *File, py *pylex.File, name string, at int) *pyRouter {
	for range py.Defs { // at most as often as they can be nested
		if at < 0 {
			break
		}
		if r := c.local[pyLocal{f, at, name}]; r != nil {
			return r
		}
		at = py.Defs[at].Parent
	}
	return c.routers[Symbol{f, name}]
}

// everyRouter lists the routers, in no order.
func (c *pyRoutes) everyRouter() map[*pyRouter]bool {
	out := map[*pyRouter]bool{}
	for _, r := range c.routers {
		out[r] = true
	}
	for _, r := range c.local {
		out[r] = true
	}
	return out
}

// factory is the router that a variable gets from a function: app = create_app().
func (c *pyRoutes) factory(src *Source, py *pylex.File, name string) *pyRouter {
	if len(c.makers) == 0 {
		return nil
	}
	for i := range py.Assigns {
		if a := &py.Assigns[i]; a.Target == name && a.Value.Kind == pylex.ValueCall && c.makers[lastPart(a.Value.Callee)] {
			if r := c.made(src, py, a.Value.Callee); r != nil {
				return r
			}
		}
	}
	return nil
}

// made is the router that a function of the project makes: the only one that is
// assigned in it, or its application.
func (c *pyRoutes) made(src *Source, py *pylex.File, callee string) *pyRouter {
	if !c.makers[lastPart(callee)] {
		return nil
	}
	origin, ok := c.s.Origin(src, callee)
	if !ok {
		return nil
	}
	target := src
	if origin.File != src.File {
		if target = c.s.Source(origin.File.Path); target == nil || target.Lang != Python {
			return nil
		}
		py = target.Py()
	}
	var found *pyRouter
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func < 0 || py.Defs[a.Func].Name != origin.Name {
			continue
		}
		r := c.local[pyLocal{target.File, a.Func, a.Target}]
		if r == nil || r.span != a.Span {
			continue
		}
		if r.app || found == nil {
			found = r
		}
	}
	return found
}

// handOver lets the routers that functions are handed be what the functions are
// called with: register_routes(app). Twice, for those that hand it on.
func (c *pyRoutes) handOver(sources []pyParsed) {
	if len(c.params) == 0 {
		return
	}
	for range 2 {
		for _, src := range sources {
			for i := range src.py.Calls {
				c.given(src.Source, src.py, &src.py.Calls[i])
			}
		}
	}
}

func (c *pyRoutes) given(src *Source, py *pylex.File, call *pylex.Call) {
	if len(call.Args) == 0 || call.Decorator {
		return
	}
	for position, a := range call.Args {
		if a.Ident == "" || a.Star != "" || !c.takers[lastPart(call.Callee)] {
			continue
		}
		parent := c.router(src, py, a.Ident, call.Func)
		if parent == nil {
			continue
		}
		origin, ok := c.s.Origin(src, call.Callee)
		if !ok {
			return
		}
		at, ok := c.parameterAt(origin, position, a.Name)
		if !ok {
			continue
		}
		if r := c.params[at]; r != nil && r.param && r != parent && !parent.param {
			c.params[at] = parent
		}
	}
}

// parameterAt is the parameter that an argument of a call becomes: by its name,
// or by its position, self left out. A class is called by its __init__.
func (c *pyRoutes) parameterAt(fn Symbol, position int, name string) (pyParam, bool) {
	target := c.s.Source(fn.File.Path)
	if target == nil || target.Lang != Python {
		return pyParam{}, false
	}
	py := target.Py()
	for i := range py.Defs {
		def := &py.Defs[i]
		called := def.Name == lastPart(fn.Name) && def.Kind != pylex.Class
		called = called || def.Name == "__init__" && def.Parent >= 0 && py.Defs[def.Parent].Name == fn.Name
		if !called {
			continue
		}
		params := def.Params
		if len(params) > 0 && params[0].Name == "self" {
			params = params[1:]
		}
		if name == "" && position < len(params) {
			name = params[position].Name
		}
		return pyParam{fn.File, strings.Clone(def.Name), strings.Clone(name)}, name != ""
	}
	return pyParam{}, false
}

// children are the routers that an argument stands for: one, what a function
// makes, or all that a loop goes through.
func (c *pyRoutes) children(src *Source, py *pylex.File, a pylex.Arg, at int) []*pyRouter {
	if a.Ident == "" {
		if r := c.made(src, py, a.Callee); r != nil {
			return []*pyRouter{r}
		}
		return nil
	}
	if r := c.router(src, py, a.Ident, at); r != nil {
		return []*pyRouter{r}
	}
	var out []*pyRouter
	root, rest, _ := strings.Cut(a.Ident, ".")
	for _, item := range loopItems(py, root, a.Span.Start) {
		if item.Ident == "" {
			continue
		}
		if r := c.router(src, py, joinName(item.Ident, rest), at); r != nil {
			out = append(out, r)
		}
	}
	return out
}

// maxLoopHead is how far before its use the head of a loop is looked for, and
// how long it may be.
const maxLoopHead = 4 << 10 // bytes

// loopItems are the elements of the list that the last loop before an offset
// goes through with a variable of that name.
func loopItems(py *pylex.File, name string, offset int) []pylex.Arg {
	text := py.Text(finding.Span{Start: max(0, offset-maxLoopHead), End: offset})
	marker := "for " + name + " in "
	i := strings.LastIndex(text, marker)
	if i < 0 {
		return nil
	}
	start := offset - len(text) + i + len(marker)
	head := text[i+len(marker):]
	end := strings.Index(head, ":\n")
	if end < 0 {
		return nil
	}
	list := py.Value(finding.Span{Start: start, End: start + end})
	if list.Ident == "" {
		return list.Items()
	}
	for k := range py.Assigns {
		if py.Assigns[k].Target == list.Ident {
			return py.Assigns[k].Value.Items()
		}
	}
	return nil
}

// ninjaUrls gives the interfaces of django-ninja the prefix under which Django's
// urls serve them: path("api/", api.urls).
func (c *pyRoutes) ninjaUrls() {
	used := false
	for _, r := range c.routers {
		used = used || r.framework == "ninja"
	}
	if !used {
		return
	}
	for src := range parsedPython(c.s, "urlpatterns") {
		for i := range src.py.Calls {
			call := &src.py.Calls[i]
			if call.Callee != "path" || len(call.Args) < 2 || !call.Args[0].IsLiteral {
				continue
			}
			if name, ok := strings.CutSuffix(call.Args[1].Ident, ".urls"); ok {
				if r := c.router(src.Source, src.py, name, call.Func); r != nil && r.framework == "ninja" {
					r.prefix = strings.Clone(call.Args[0].Literal)
				}
			}
		}
	}
}

// usesPyRouter says whether a file makes a router, hands one on, or calls
// something as routers are called.
func usesPyRouter(py *pylex.File) bool {
	for i := range py.Calls {
		call := &py.Calls[i]
		last := lastPart(call.Callee)
		switch last {
		case "include_router", "register_blueprint", "add_url_rule", "add_api_route", "add_resource", "add_router", "add_namespace", "add_middleware", "route", "api_route", "Blueprint", "init_app":
			return true
		}
		if pyRegistered[last] != "" || strings.HasSuffix(last, "APIRouter") || strings.HasSuffix(last, "Blueprint") || last == "Router" || call.Decorator && httpMethods[last] != "" {
			return true
		}
		for _, w := range pyFrameworkWords {
			if last == w {
				return true
			}
		}
		for _, a := range call.Args {
			if pyRouterParams[a.Ident] {
				return true
			}
		}
	}
	return false
}
