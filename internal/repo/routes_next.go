package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

var nextMethods = set("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

// nextRoutes reads route handlers of the app router and API routes of the
// pages router. Pages are not listed, see Pages: they answer GET with a document.
func nextRoutes(s *Snapshot) []Route {
	var out []Route
	for _, app := range s.NextApps() {
		for _, f := range s.Under(app.Root) {
			if f.Role != Production || f.Lang != TypeScript && f.Lang != JavaScript {
				continue
			}
			path, ok := app.Route(f)
			if !ok {
				continue
			}
			src := s.Source(f.Path)
			if src == nil {
				continue
			}
			if stem, _, _ := cutExt(f.Name()); stem == "route" && inside(app.App, f.Path) {
				out = append(out, exportedMethods(src, path, "next")...)
			} else if inside(app.Pages, f.Path) && below("/api", path) {
				out = append(out, nextAPI(src, path)...)
			}
		}
	}
	return out
}

func inside(dir, name string) bool {
	_, ok := under(dir, name)
	return ok
}

// exportedMethods are the routes of a file that exports a handler for each
// method: export const GET, export function POST.
func exportedMethods(src *Source, path, framework string) []Route {
	js := src.JS()
	if !readableScript(js) {
		return nil
	}
	var out []Route
	for _, e := range js.Exports {
		if !nextMethods[e.Name] && e.Name != "ALL" && e.Name != "fallback" {
			continue
		}
		r := Route{Method: strings.Clone(e.Name), Path: path, File: src.File, Span: e.Span, Handler: strings.Clone(e.Name), Framework: framework, Mounted: true}
		if !nextMethods[e.Name] {
			r.Method = "ANY"
		}
		local := firstOf(e.Local, e.Name)
		for i := range js.Funcs {
			if f := &js.Funcs[i]; f.Name == local && f.Outer < 0 {
				r.HandlerFile, r.HandlerSpan = src.File, f.Span
			}
		}
		for k := range js.Assigns { // export const POST = withAuth(handler)
			if a := &js.Assigns[k]; a.Target == local {
				wrappersOf(src, js, a.Value, &r, 0)
			}
		}
		out = append(out, r)
	}
	return out
}

// wrappersOf notes the calls that a handler is wrapped in, outermost first, and
// the function in their middle.
func wrappersOf(src *Source, js *jslex.File, v jslex.Arg, r *Route, depth int) {
	if v.Kind == jslex.ValueFunc {
		r.HandlerFile, r.HandlerSpan = src.File, v.Span
		return
	}
	if v.Kind == jslex.ValueIdent && depth > 0 {
		for i := range js.Funcs {
			if f := &js.Funcs[i]; f.Name == v.Ident {
				r.HandlerFile, r.HandlerSpan = src.File, f.Span
			}
		}
		return
	}
	call, ok := v.Call()
	if !ok || depth > maxHops {
		return
	}
	if !handlerMakers[call.Callee] {
		r.Middlewares = append(r.Middlewares, strings.Clone(call.Callee))
	}
	for _, a := range call.Args {
		if a.Kind == jslex.ValueFunc || a.Kind == jslex.ValueCall || a.Kind == jslex.ValueIdent {
			wrappersOf(src, js, a, r, depth+1)
			return
		}
	}
}

// handlerMakers are the calls that only say that a function is a handler.
var handlerMakers = set("defineEventHandler", "eventHandler", "defineCachedEventHandler")

// nextAPI is the handler that a file below pages/api exports.
func nextAPI(src *Source, path string) []Route {
	js := src.JS()
	if !readableScript(js) {
		return nil
	}
	for _, e := range js.Exports {
		if e.Name != "default" {
			continue
		}
		r := Route{Method: "ANY", Path: path, File: src.File, Span: e.Span, Handler: strings.Clone(e.Local), Framework: "next", Mounted: true}
		for i := range js.Funcs {
			if f := &js.Funcs[i]; f.Name == "default" || e.Local != "" && f.Name == e.Local {
				r.HandlerFile, r.HandlerSpan = src.File, f.Span
			}
		}
		value := js.Value(finding.Span{Start: e.Span.End, End: statementEndOf(js, e.Span.End)})
		if e.Local != "" {
			for k := range js.Assigns {
				if a := &js.Assigns[k]; a.Target == e.Local && a.Key == "" {
					value = a.Value
				}
			}
		}
		if value.Kind != jslex.ValueCall {
			return []Route{r}
		}
		if list := methodTable(src, js, value, r); list != nil {
			return list
		}
		wrappersOf(src, js, value, &r, 0)
		return []Route{r}
	}
	return nil
}

// methodTable are the routes of a handler that is made of one for each method:
// withMiddlewares({ GET: handler, POST: handler }).
func methodTable(src *Source, js *jslex.File, v jslex.Arg, base Route) []Route {
	call, ok := v.Call()
	if !ok || len(call.Args) == 0 {
		return nil
	}
	var out []Route
	for _, p := range call.Args[0].Props() {
		if !nextMethods[p.Key] {
			continue
		}
		r := base
		r.Method, r.Span, r.Handler = strings.Clone(p.Key), p.Span, strings.Clone(firstOf(p.Value.Ident, p.Key))
		r.Middlewares = []string{strings.Clone(call.Callee)}
		wrappersOf(src, js, p.Value, &r, 1)
		out = append(out, r)
	}
	return out
}

// statementEndOf is where the call that begins behind an offset ends.
func statementEndOf(js *jslex.File, offset int) int {
	end := offset
	for i := range js.Calls {
		c := &js.Calls[i]
		if c.Span.Start < offset || c.Span.Start > offset+8 {
			continue
		}
		end = max(end, c.Span.End)
	}
	return end
}
