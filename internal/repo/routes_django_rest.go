package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// setVerbs are the methods and places of a ViewSet's actions.
var setVerbs = []struct {
	action, verb string
	detail       bool
}{
	{"list", "GET", false}, {"create", "POST", false}, {"retrieve", "GET", true},
	{"update", "PUT", true}, {"partial_update", "PATCH", true}, {"destroy", "DELETE", true},
}

// router adds the routes of a router of Django REST framework, below a prefix.
func (d *djangoURLs) router(src *Source, py *pylex.File, name, prefix string, around []string, mounted bool, span finding.Span) {
	origin, ok := d.s.Origin(src, name)
	if !ok {
		return
	}
	if d.visited[Symbol{origin.File, origin.Name + ".urls"}] {
		return
	}
	d.visited[Symbol{origin.File, origin.Name + ".urls"}] = true
	target := src
	if origin.File != src.File {
		if target = d.s.Source(origin.File.Path); target == nil || target.Lang != Python {
			return
		}
		py = target.Py()
	}
	prefix = joinRoute(prefix, nested(py, origin.Name, 0))
	for i := range py.Calls {
		call := &py.Calls[i]
		on, method, ok := cutLast(call.Callee)
		if !ok || method != "register" || on != origin.Name || len(call.Args) < 2 {
			continue
		}
		at, _ := call.At(0)
		set, ok := call.At(1)
		if !ok {
			if set, ok = call.Arg("viewset"); !ok {
				continue
			}
		}
		if p, ok := call.Arg("prefix"); ok {
			at = p
		}
		if set.Ident != "" {
			d.viewSet(target, set.Ident, joinRoute(prefix, d.text(target, at, true)), around, mounted, call.Span)
		}
	}
}

// nested is the path of the parent's object below which a nested router lies.
func nested(py *pylex.File, name string, depth int) string {
	if depth > maxHops {
		return ""
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Target != name || !strings.Contains(a.Value.Callee, "Nested") {
			continue
		}
		call, ok := a.Value.Call()
		if !ok || len(call.Args) < 2 {
			return ""
		}
		lookup := ""
		if v, ok := call.Arg("lookup"); ok {
			lookup = v.Literal + "_"
		}
		return joinRoute(nested(py, call.Args[0].Ident, depth+1), call.Args[1].Literal, "{"+lookup+"pk}")
	}
	return ""
}

// viewSet adds the routes that a router makes of a ViewSet.
func (d *djangoURLs) viewSet(src *Source, class, at string, around []string, mounted bool, span finding.Span) {
	base := Route{
		Path: at, File: src.File, Span: span, Framework: "django", Mounted: mounted,
		Middlewares: d.global, Global: d.global, Decorators: around, Handler: strings.Clone(class),
	}
	v := d.class(src, class, 0)
	if v == nil {
		base.Method = "ANY"
		d.out = append(d.out, base)
		return
	}
	base.HandlerFile = v.file
	base.Decorators = append(base.Decorators[:len(base.Decorators):len(base.Decorators)], v.decorators...)
	base.Dependencies = d.classPolicy(v)
	lookup := v.lookup
	if lookup == "" {
		lookup = "pk"
	}
	for _, s := range setVerbs {
		_, own := v.methods[s.action]
		if !own && !slices.Contains(v.set, s.action) || !v.allows(s.verb) {
			continue
		}
		one := base
		if s.detail {
			one.Path = joinRoute(at, "{"+lookup+"}")
		}
		d.method(v, s.action, s.verb, class, one)
	}
	var names []string
	for name, m := range v.methods {
		if m.action != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		action := v.methods[name].action
		one := base
		one.Path = joinRoute(at, action.path)
		if action.detail {
			one.Path = joinRoute(at, "{"+lookup+"}", action.path)
		}
		for _, verb := range action.methods {
			if v.allows(verb) {
				d.method(v, name, verb, class, one)
			}
		}
	}
}
