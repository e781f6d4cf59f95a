package repo

import (
	"strings"

	"drydock/internal/repo/pylex"
)

// wrap mounts what flask-restful and its kin put around an application or a
// blueprint: Api(bp, prefix="/v1").
func (c *pyRoutes) wrap(src *Source, r *pyRouter, call *pylex.Call) {
	if a, ok := call.At(0); ok && a.Ident != "" && lastPart(src.Py().Qualify(call.Callee)) == "Api" {
		if parent := c.routers[Symbol{src.File, a.Ident}]; parent != nil {
			r.mounts = append(r.mounts, pyMount{parent: parent})
			return
		}
	}
	r.app = lastPart(call.Callee) == "Api"
	if v, ok := call.Arg("path"); ok { // Namespace("x", path="/x")
		r.prefix = strings.Clone(v.Literal)
	} else if a, ok := call.At(0); ok && !r.app && a.IsLiteral {
		r.prefix = strings.Clone(a.Literal)
	}
}

// resource are the routes of api.add_resource(Class, "/path", …).
func (c *pyRoutes) resource(src *Source, py *pylex.File, call *pylex.Call, on string) []Route {
	r := c.router(src, py, on, call.Func)
	class, ok := call.At(0)
	if r == nil || !ok || class.Ident == "" {
		return nil
	}
	var out []Route
	for i := 1; ; i++ {
		a, ok := call.At(i)
		if !ok {
			break
		}
		routes := c.build(src, call, r, "route")
		for k := range routes {
			routes[k].Path = joinRoute(r.place(0).prefix, c.text(src, a))
		}
		out = append(out, c.view(src, routes, class.Ident)...)
	}
	return out
}

// view gives routes the methods of the class that handles them.
func (c *pyRoutes) view(src *Source, routes []Route, class string) []Route {
	origin, ok := c.s.Origin(src, class)
	if !ok || len(routes) == 0 {
		return nil
	}
	target := c.s.Source(origin.File.Path)
	if target == nil || target.Lang != Python {
		return nil
	}
	py := target.Py()
	for i := range py.Defs {
		def := &py.Defs[i]
		if def.Kind != pylex.Class || def.Name != origin.Name {
			continue
		}
		out := c.byMethods(routes, classMethods(py, def))
		for k := range out {
			out[k].HandlerFile = target.File
			out[k].Decorators = append(out[k].Decorators, classDecorators(py, i)...)
		}
		return out
	}
	return nil
}

// classDecorators are the decorators of a class and those in its list called
// decorators, which flask puts around every method.
func classDecorators(py *pylex.File, class int) []string {
	var out []string
	for _, d := range py.Defs[class].Decorators {
		out = append(out, strings.Clone(d.Callee))
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func != class || a.Target != "decorators" && a.Target != "method_decorators" {
			continue
		}
		for _, item := range a.Value.Items() {
			if name := item.Ident + item.Callee; name != "" {
				out = append(out, strings.Clone(name))
			}
		}
	}
	return out
}

// classMethods are the methods of a class that are called like HTTP's.
func classMethods(py *pylex.File, class *pylex.Def) []*pylex.Def {
	var out []*pylex.Def
	for i := range py.Defs {
		def := &py.Defs[i]
		if def.Parent >= 0 && &py.Defs[def.Parent] == class && httpMethods[def.Name] != "" && def.Name != "all" {
			out = append(out, def)
		}
	}
	return out
}

// byMethods makes one route of each method of a class, and of each path.
func (c *pyRoutes) byMethods(routes []Route, methods []*pylex.Def) []Route {
	var out []Route
	seen := map[string]bool{}
	for _, r := range routes {
		if seen[r.Path] {
			continue
		}
		seen[r.Path] = true
		for _, m := range methods {
			one := r
			one.Method, one.Handler, one.HandlerFile, one.HandlerSpan = httpMethods[m.Name], strings.Clone(m.Name), r.File, m.Span
			one.Decorators = append([]string{}, r.Decorators...)
			for _, d := range m.Decorators {
				one.Decorators = append(one.Decorators, strings.Clone(d.Callee))
			}
			out = append(out, one)
		}
	}
	return out
}
