package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// AppFactory tells where a program is put together in one function.
var AppFactory = check.PerProject(check.Doc{
	ID:         "backend/app-factory",
	Title:      "Application factory",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "A function that makes the application with all that runs around it makes the same one for tests and for production.",
	How:        "Make the application in create_app() or bootstrap(): settings, middlewares, routers, handlers of errors, in that order.",
	Holds:      "The application is put together in one function",
	References: []string{"https://flask.palletsprojects.com/en/stable/patterns/appfactories/", "https://docs.nestjs.com/first-steps"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		for i := range a.apps {
			app := &a.apps[i]
			src := s.Source(app.File.Path)
			if src == nil {
				continue
			}
			name, span, ok := functionAround(src, app.Span)
			if !ok || !nameHas(name, "create", "make", "build", "get", "init", "bootstrap", "factory", "main", "setup") || nameHas(name, "test") {
				continue
			}
			what := partsOf(s, a, app)
			if len(what) == 0 {
				continue
			}
			p.Holds(src.At(span), "%s() puts the %s application together: %s", name, a.family, strings.Join(what, ", "))
			break
		}
	}
})

// functionAround is the innermost function with a name around a place.
func functionAround(src *repo.Source, span finding.Span) (name string, at finding.Span, ok bool) {
	if py := src.Py(); py != nil {
		for i := range py.Defs {
			if d := &py.Defs[i]; d.Kind != pylex.Class && d.Span.Start <= span.Start && span.End <= d.Span.End {
				name, at, ok = d.Name, d.NameSpan, true
			}
		}
		return name, at, ok
	}
	if file := src.JS(); file != nil {
		for i := range file.Funcs {
			if f := &file.Funcs[i]; f.Name != "" && f.Span.Start <= span.Start && span.End <= f.Span.End {
				name, at, ok = f.Name, finding.Span{Start: f.Span.Start, End: f.Span.Start + 1}, true
			}
		}
	}
	return name, at, ok
}

// partsOf names what an application runs around its routes.
func partsOf(s *repo.Snapshot, a *api, app *repo.Application) []string {
	var out []string
	cors, limit, errors := false, false, false
	for _, m := range app.Middlewares {
		cors = cors || soundsLike("cors")(m.Name)
		limit = limit || soundsLimiting(m.Name)
		errors = errors || m.Kind == repo.ExceptionHandler && !foreseen(m.For)
	}
	if cors {
		out = append(out, "CORS")
	}
	if limit {
		out = append(out, "a rate limit")
	}
	if errors {
		out = append(out, "handlers of errors")
	}
	if hasHealth(s, a) {
		out = append(out, "a health route")
	}
	return out
}
