package repo

import "drydock/internal/repo/jslex"

var nextMethods = set("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

// nextRoutes reads route handlers of the app router and API routes of the
// pages router. Pages are not listed: they answer GET with a document.
func nextRoutes(s *Snapshot) []Route {
	var out []Route
	for _, app := range s.NextApps() {
		for _, src := range s.Sources() {
			if src.Role != Production || src.Lang == Python {
				continue
			}
			path, ok := app.Route(src.File)
			if !ok {
				continue
			}
			if stem, _, _ := cutExt(src.Name()); stem == "route" && inside(app.App, src.Path) {
				out = append(out, nextHandlers(src, path)...)
			} else if inside(app.Pages, src.Path) && below("/api", path) {
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

// nextHandlers are the methods that a route.ts exports.
func nextHandlers(src *Source, path string) []Route {
	var out []Route
	for _, e := range src.JS().Exports {
		if !nextMethods[e.Name] {
			continue
		}
		r := Route{Method: e.Name, Path: path, File: src.File, Span: e.Span, Handler: e.Name, Framework: "next", Mounted: true}
		for i := range src.JS().Funcs {
			if f := &src.JS().Funcs[i]; f.Name == e.Local {
				r.HandlerFile, r.HandlerSpan = src.File, f.Span
			}
		}
		for _, a := range src.JS().Assigns { // export const POST = withAuth(handler)
			if a.Target == e.Local && a.Value.Kind == jslex.ValueCall {
				r.Middlewares = append(r.Middlewares, a.Value.Callee)
			}
		}
		out = append(out, r)
	}
	return out
}

// nextAPI is the handler that a file below pages/api exports.
func nextAPI(src *Source, path string) []Route {
	for _, e := range src.JS().Exports {
		if e.Name != "default" {
			continue
		}
		r := Route{Method: "ANY", Path: path, File: src.File, Span: e.Span, Handler: e.Local, Framework: "next", Mounted: true}
		for i := range src.JS().Funcs {
			if f := &src.JS().Funcs[i]; f.Name == "default" || e.Local != "" && f.Name == e.Local {
				r.HandlerFile, r.HandlerSpan = src.File, f.Span
			}
		}
		return []Route{r}
	}
	return nil
}
