package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

var nestMethods = map[string]string{
	"Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "All": "ANY", "Head": "HEAD", "Options": "OPTIONS",
}

// nestRoutes reads the controllers of NestJS.
func nestRoutes(s *Snapshot) []Route {
	var out []Route
	var prefix string
	var global []string
	for _, src := range s.Sources() {
		if src.Role != Production || src.Lang == Python || !src.importsFrom(importsBelow("@nestjs/")) {
			continue
		}
		js := src.JS()
		for i := range js.Calls {
			call := &js.Calls[i]
			if call.Decorator && call.Callee == "Module" {
				global = append(global, appGuards(call)...)
				continue
			}
			_, method, ok := cutLast(call.Callee)
			if !ok || len(call.Args) == 0 {
				continue
			}
			switch method {
			case "setGlobalPrefix":
				prefix = call.Args[0].Literal
			case "useGlobalGuards", "use":
				for _, a := range flatten(call.Args) {
					if n := calledName(a); n != "" {
						global = append(global, n)
					}
				}
			}
		}
		out = append(out, nestController(src)...)
	}
	for i := range out {
		out[i].Path = joinRoute(prefix, out[i].Path)
		out[i].Middlewares = append(append([]string{}, global...), out[i].Middlewares...)
		out[i].Global = global
	}
	return out
}

// appGuards are the guards that a module provides to the whole application.
func appGuards(module *jslex.Call) []string {
	if len(module.Args) == 0 {
		return nil
	}
	providers, _ := module.Args[0].Prop("providers")
	var out []string
	for _, item := range providers.Value.Items() {
		token, ok := item.Prop("provide")
		guard, has := item.Prop("useClass")
		if ok && has && token.Value.Ident == "APP_GUARD" {
			out = append(out, guard.Value.Ident)
		}
	}
	return out
}

// nestController reads the groups of decorators of a file in order: the class
// with Controller, then its methods.
func nestController(src *Source) []Route {
	js := src.JS()
	var out []Route
	base, controller := "", false
	var ofClass []string
	for _, group := range decoratorGroups(js) {
		for _, d := range group {
			if d.Callee == "Controller" {
				base, controller, ofClass = controllerPath(d), true, around(group, d)
				break
			}
			method := nestMethods[d.Callee]
			handler := funcAfter(js, group[len(group)-1].Span.End)
			if !controller || method == "" || handler == nil {
				continue
			}
			path := ""
			if len(d.Args) > 0 {
				path = d.Args[0].Literal
			}
			out = append(out, Route{
				Method: method, Path: joinRoute(base, path), File: src.File, Span: d.Span, Handler: handler.Name, HandlerFile: src.File,
				HandlerSpan: handler.Span, Framework: "nestjs", Mounted: true, Decorators: append(append([]string{}, ofClass...), around(group, d)...),
			})
		}
	}
	return out
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
	for _, word := range strings.Fields(text) {
		if !strings.HasPrefix(word, "@") && word != "export" && word != "default" && word != "abstract" {
			return false
		}
	}
	return len(text) < 400
}

// around names the decorators of a group but one; of guards and interceptors
// also what they are given.
func around(group []*jslex.Call, but *jslex.Call) []string {
	var out []string
	for _, d := range group {
		if d == but {
			continue
		}
		out = append(out, d.Callee)
		if strings.HasPrefix(d.Callee, "Use") {
			for _, a := range flatten(d.Args) {
				if n := calledName(a); n != "" {
					out = append(out, n)
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

func controllerPath(d *jslex.Call) string {
	if len(d.Args) == 0 {
		return ""
	}
	if p, ok := d.Args[0].Prop("path"); ok {
		return p.Value.Literal
	}
	if list, _ := d.Args[0].Strings(); len(list) > 0 {
		return list[0]
	}
	return ""
}
