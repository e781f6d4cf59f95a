package frontend

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// ErrorBoundaryMissing finds React applications that turn white at the first error.
var ErrorBoundaryMissing = check.PerProject(check.Doc{
	ID:         "frontend/error-boundary-missing",
	Title:      "No error boundary",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "One component that throws takes the whole page down: the visitor sees a blank page with no way back, and nobody is told.",
	How:        "Add app/error.tsx and app/global-error.tsx with a button that calls reset and a line that reports the error; outside Next.js wrap the routes in an ErrorBoundary (react-error-boundary, Sentry.ErrorBoundary).",
	Holds:      "Errors in components are caught",
	References: []string{
		"https://nextjs.org/docs/app/getting-started/error-handling",
		"https://react.dev/reference/react/Component#catching-rendering-errors-with-an-error-boundary",
		"https://github.com/bvaughn/react-error-boundary",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		if app.react {
			judgeBoundary(p, s, app)
		}
	}
})

func judgeBoundary(p *check.Pass, s *repo.Snapshot, app *webApp) {
	if app.next != nil && app.next.App != "" && hasPage(app) {
		var trivial *repo.Source
		for _, src := range app.sources {
			stem, _, _ := strings.Cut(src.Name(), ".")
			if stem != "error" && stem != "global-error" || !below(src.Path, app.next.App) {
				continue
			}
			if recovers(src) {
				p.Holds(src.Start(), "%s catches errors of %s", src.Path, app.label())
				return
			}
			trivial = src
		}
		if at, what, ok := boundary(app); ok {
			p.Holds(at, "%s", what)
			return
		}
		if trivial != nil {
			p.Report(trivial.Start(), "%s shows an error, but neither offers a way back (reset) nor reports it", trivial.Path).Keyed("%s", trivial.Path)
			return
		}
		at := app.pkg.Start()
		for _, name := range []string{"layout.tsx", "layout.jsx", "layout.js", "page.tsx"} {
			if f := s.File(path.Join(app.next.App, name)); f != nil {
				at = f.Start()
				break
			}
		}
		p.Report(at, "%s has no error.tsx, no global-error.tsx and no ErrorBoundary: an error in a component leaves a blank page", app.label()).Keyed("%s", app.pkg.Dir())
		return
	}
	if at, what, ok := boundary(app); ok {
		p.Holds(at, "%s", what)
		return
	}
	if app.next != nil {
		pages := false
		for _, src := range app.sources {
			stem, _, _ := strings.Cut(src.Name(), ".")
			if stem == "_error" && src.Dir() == app.next.Pages {
				p.Holds(src.Start(), "%s shows errors of %s", src.Path, app.label())
				return
			}
			pages = pages || stem == "_app"
		}
		if !pages {
			return // it serves no pages
		}
	}
	if len(app.sources) < 3 || app.imports(s, func(name string) bool { return strings.Contains(name, "error-boundary") }) {
		return
	}
	at := app.pkg.Start()
	for _, src := range app.mentioning("createRoot", "hydrateRoot", "render") {
		for _, c := range src.JS().Calls {
			if last(c.Callee) == "createRoot" || last(c.Callee) == "hydrateRoot" || c.Callee == "ReactDOM.render" {
				at = src.At(c.Span)
			}
		}
	}
	p.Report(at, "%s has no ErrorBoundary: an error in a component takes the whole page down", app.label()).Keyed("%s", app.pkg.Dir())
}

// hasPage says whether the app router of an application serves a page.
func hasPage(app *webApp) bool {
	for _, src := range app.sources {
		if stem, _, _ := strings.Cut(src.Name(), "."); stem == "page" && below(src.Path, app.next.App) {
			return true
		}
	}
	return false
}

func below(name, dir string) bool { return dir == "." || strings.HasPrefix(name, dir+"/") }

// recovers says whether a file of Next.js for errors lets visitors try again, or
// reports the error.
func recovers(src *repo.Source) bool {
	js := src.JS()
	if src.Says("reset", "retry") {
		return true
	}
	for i := range js.Calls {
		c := js.Calls[i].Callee
		if last(c) == "captureException" || strings.Contains(strings.ToLower(c), "report") || strings.Contains(strings.ToLower(c), "logerror") || strings.HasSuffix(c, ".reload") {
			return true
		}
	}
	for _, i := range js.Imports { // a component of the project's own shows it
		if strings.HasPrefix(i.Module, "@/") || strings.HasPrefix(i.Module, ".") || strings.HasPrefix(i.Module, "~/") || strings.Contains(strings.ToLower(i.Module), "error") {
			for _, tag := range js.JSXTags {
				if passesError(tag) {
					return true
				}
			}
		}
	}
	return false
}

func passesError(tag jslex.JSXTag) bool {
	for _, a := range tag.Attrs {
		if a.Name == "error" || a.Name == "" {
			return true
		}
	}
	return false
}

// boundary is where the application catches errors of components by itself.
func boundary(app *webApp) (at finding.Location, what string, ok bool) {
	for _, src := range app.mentioning("ErrorBoundary", "componentDidCatch", "getDerivedStateFromError", "errorElement", "RootErrorBoundary", "errorComponent", "defaultErrorComponent", "CatchBoundary", "withErrorBoundary") {
		js := src.JS()
		for _, tag := range js.JSXTags {
			if strings.HasSuffix(tag.Name, "Boundary") && strings.Contains(tag.Name, "Err") || tag.Name == "CatchBoundary" {
				return src.At(tag.Span), tag.Name, true
			}
			if a, found := tag.Attr("errorElement"); found {
				return src.At(a.Span), "errorElement", true
			}
		}
		for _, f := range js.Funcs {
			if f.Name == "componentDidCatch" || f.Name == "getDerivedStateFromError" || f.Name == "ErrorBoundary" {
				return src.At(f.Span), f.Name, true
			}
		}
		for _, e := range js.Exports {
			if e.Name == "ErrorBoundary" {
				return src.At(e.Span), e.Name, true
			}
		}
		for _, c := range js.Calls {
			if strings.HasSuffix(last(c.Callee), "ithErrorBoundary") {
				return src.At(c.Span), c.Callee, true
			}
			for _, a := range c.Args {
				for _, key := range []string{"errorElement", "errorComponent", "defaultErrorComponent", "ErrorBoundary"} {
					if v, found := a.Prop(key); found {
						return src.At(v.Span), key, true
					}
				}
			}
		}
	}
	return at, "", false
}
