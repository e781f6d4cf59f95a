package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

var nestMethods = map[string]string{
	"Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "All": "ANY", "Head": "HEAD", "Options": "OPTIONS", "Sse": "GET",
}

// controllerDecorators mark the classes whose methods answer requests, in NestJS
// and in what is built like it.
var controllerDecorators = set("Controller", "JsonController", "RestController")

// nestRoute is a route before its application is known.
type nestRoute struct {
	Route
	class    string
	versions []string // as @Version or the controller says; nil when neither does
}

// nestServers reads the controllers and applications of NestJS.
func nestServers(s *Snapshot) servers {
	return view(s, "nest servers", func() servers {
		var found []nestRoute
		for src := range parsedScripts(s, "Controller", "JsonController", "RestController") {
			found = append(found, nestController(s, src)...)
		}
		if len(found) == 0 && len(s.SourcesMentioning("NestFactory")) == 0 {
			return servers{}
		}
		n := readNest(s)
		out := servers{apps: n.applications()}
		for _, r := range found {
			out.routes = append(out.routes, n.placed(r)...)
		}
		return out
	})
}

// placed puts a route below the prefixes of its module and its application.
func (n *nest) placed(r nestRoute) []Route {
	if r.Framework != "nestjs" {
		return []Route{r.Route}
	}
	app := n.appOf(r.File)
	r.Path = joinRoute(n.modules[r.class], r.Path)
	versions := []string{""}
	if app.versioned {
		versions = r.versions
		if versions == nil {
			versions = app.defaults
		}
		if len(versions) == 0 {
			versions = []string{""}
		}
	}
	global := append(append([]string{}, app.global...), n.applied("", "")...)
	around := append(append([]string{}, global...), n.applied(r.Path, r.class)...)
	var out []Route
	for _, v := range versions {
		one := r.Route
		if v != "" {
			v = app.versionPrefix + v
		}
		one.Path = joinRoute(app.prefix, v, r.Path)
		one.Middlewares = append(append([]string{}, around...), r.Middlewares...)
		one.Global = global
		out = append(out, one)
	}
	return out
}

// importsModule says whether a file imports a module whose name begins so.
func importsModule(js *jslex.File, prefix string) bool {
	if js == nil {
		return false
	}
	for _, i := range js.Imports {
		if strings.HasPrefix(i.Module, prefix) && !i.TypeOnly {
			return true
		}
	}
	return false
}

// controllerFramework is the framework whose controllers a file holds, "" when
// it holds none.
func controllerFramework(js *jslex.File) string {
	for _, i := range js.Imports {
		for _, n := range i.Names {
			if !controllerDecorators[firstOf(n.Alias, n.Name)] || i.TypeOnly {
				continue
			}
			if strings.HasPrefix(i.Module, "@nestjs/") {
				return "nestjs"
			}
			if strings.HasPrefix(i.Module, "@angular/") {
				return ""
			}
			return "routing-controllers"
		}
	}
	return ""
}

// nestController reads the groups of decorators of a file in order: the class
// with Controller, then its methods.
func nestController(s *Snapshot, src jsParsed) []nestRoute {
	js := src.js
	framework := controllerFramework(js)
	if framework == "" {
		return nil
	}
	var out []nestRoute
	bases, controller, class := []string{""}, false, ""
	var ofClass, versions []string
	for _, group := range decoratorGroups(js) {
		last := group[len(group)-1]
		for _, d := range group {
			if controllerDecorators[d.Callee] {
				bases, versions = controllerPaths(s, src, d)
				controller, ofClass, class = true, append(around(group, d), bare(js, last.Span.End)...), classAfter(js, last.Span.End)
				if v, ok := versionOf(group); ok {
					versions = v
				}
				break
			}
			method := nestMethods[d.Callee]
			handler := funcAfter(js, last.Span.End)
			if !controller || method == "" || handler == nil {
				continue
			}
			paths := []string{""}
			if len(d.Args) > 0 {
				paths = textsOf(s, src, d.Args[0])
			}
			route := nestRoute{class: class, versions: versions, Route: Route{
				Method: method, File: src.File, Span: d.Span, Handler: strings.Clone(handler.Name), HandlerFile: src.File,
				HandlerSpan: handler.Span, Framework: framework, Mounted: true,
				Decorators: append(append(append([]string{}, ofClass...), around(group, d)...), bare(js, last.Span.End)...),
			}}
			if v, ok := versionOf(group); ok {
				route.versions = v
			}
			for _, base := range bases {
				for _, p := range paths {
					route.Path = joinRoute(base, p)
					out = append(out, route)
				}
			}
		}
	}
	return out
}

// textsOf are the paths that an argument gives: one, or a list.
func textsOf(s *Snapshot, src jsParsed, a jslex.Arg) []string {
	items := []jslex.Arg{a}
	if a.Kind == jslex.ValueArray {
		items = a.Items()
	}
	var out []string
	for _, item := range items {
		if text, ok := scriptText(s, src.Source, src.js, item, 0); ok {
			out = append(out, text)
		} else if item.Ident != "" {
			out = append(out, "{"+strings.Clone(item.Ident)+"}")
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

func controllerPaths(s *Snapshot, src jsParsed, d *jslex.Call) (paths, versions []string) {
	if len(d.Args) == 0 {
		return []string{""}, nil
	}
	if d.Args[0].Kind == jslex.ValueObject {
		paths = []string{""}
		if p, ok := d.Args[0].Prop("path"); ok {
			paths = textsOf(s, src, p.Value)
		}
		if v, ok := d.Args[0].Prop("version"); ok {
			versions = versionList(v.Value)
		}
		return paths, versions
	}
	return textsOf(s, src, d.Args[0]), nil
}

// versionOf is what @Version says in a group of decorators.
func versionOf(group []*jslex.Call) ([]string, bool) {
	for _, d := range group {
		if d.Callee == "Version" && len(d.Args) > 0 {
			return versionList(d.Args[0]), true
		}
	}
	return nil, false
}

// versionList are the versions that an expression names; VERSION_NEUTRAL is "".
func versionList(a jslex.Arg) []string {
	if list, ok := a.Strings(); ok {
		out := make([]string, 0, len(list))
		for _, v := range list {
			out = append(out, strings.Clone(v))
		}
		return out
	}
	return []string{""}
}

// decoratorGroups are the decorators that stand on one class, member or
// parameter each.
func decoratorGroups(js *jslex.File) [][]*jslex.Call {
	var groups [][]*jslex.Call
	end := -1
	for i := range js.Calls {
		d := &js.Calls[i]
		if !d.Decorator || d.Span.Start < end { // a decorator inside another's arguments
			continue
		}
		if end >= 0 && onlyDecorators(js.Text(finding.Span{Start: end, End: d.Span.Start})) {
			groups[len(groups)-1] = append(groups[len(groups)-1], d)
		} else {
			groups = append(groups, []*jslex.Call{d})
		}
		end = d.Span.End
	}
	return groups
}

// onlyDecorators says whether the text between two decorators is white space,
// decorators without arguments, and the second one's @.
func onlyDecorators(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if !strings.HasPrefix(word, "@") && word != "export" && word != "default" && word != "abstract" {
			return false
		}
	}
	return len(text) < 400
}

// bare are the decorators without arguments that follow a group.
func bare(js *jslex.File, end int) []string {
	var out []string
	for word := range strings.FieldsSeq(js.After(end, 200)) {
		if len(word) < 2 || word[0] != '@' || strings.ContainsAny(word, "({;,") {
			break
		}
		out = append(out, strings.Clone(word[1:]))
	}
	return out
}

// around names the decorators of a group but one; of guards and interceptors
// also what they are given.
func around(group []*jslex.Call, but *jslex.Call) []string {
	var out []string
	for _, d := range group {
		if d == but {
			continue
		}
		out = append(out, strings.Clone(d.Callee))
		if strings.HasPrefix(d.Callee, "Use") {
			for _, a := range flatten(d.Args) {
				if n := calledName(a); n != "" {
					out = append(out, strings.Clone(n))
				}
			}
		}
	}
	return out
}

// funcAfter is the first function that begins at or after the offset.
func funcAfter(js *jslex.File, offset int) *jslex.Func {
	for i := range js.Funcs {
		if js.Funcs[i].Span.Start >= offset {
			return &js.Funcs[i]
		}
	}
	return nil
}

// classAfter is the name of the class that follows an offset.
func classAfter(js *jslex.File, offset int) string {
	words := strings.Fields(js.After(offset, 300))
	for i, w := range words {
		if w == "class" && i+1 < len(words) {
			name, _, _ := strings.Cut(words[i+1], "{")
			name, _, _ = strings.Cut(name, "<")
			return strings.Clone(name)
		}
		if !strings.HasPrefix(w, "@") && w != "export" && w != "default" && w != "abstract" {
			break
		}
	}
	return ""
}
