package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// GlobalExceptionHandlerMissing finds programs that leave every error they did
// not foresee to the framework.
var GlobalExceptionHandlerMissing = check.PerProject(check.Doc{
	ID:         "backend/global-exception-handler-missing",
	Title:      "No handler for unforeseen errors",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "An error that no route catches is answered in the framework's own form, which clients do not know, and with whatever text it carries; nobody decides what is logged and what is told.",
	How:        "Register one handler for all errors: map the project's own exceptions to statuses, log the rest with the request's id, and answer a generic text in the form that the API uses.",
	Holds:      "Unforeseen errors are answered in one place",
	References: []string{
		"https://fastapi.tiangolo.com/tutorial/handling-errors/",
		"https://expressjs.com/en/guide/error-handling.html",
		"https://docs.nestjs.com/exception-filters",
		"https://flask.palletsprojects.com/en/stable/errorhandling/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		switch a.family {
		case "fastapi", "flask", "express", "fastify", "koa", "hono", "nestjs":
		default:
			continue // Django, Go and the rest answer a bare 500
		}
		if len(a.apps) == 0 || len(a.work()) == 0 {
			continue
		}
		if at, name, ok := handlesErrors(s, a); ok {
			p.Holds(at, "%s answers errors of %s", name, a.name())
			continue
		}
		handed := false
		for i := range a.apps {
			handed = handed || a.apps[i].Handed
		}
		if handed {
			continue // what else is registered on it was not found
		}
		found := p.Report(a.at(), "%s has %s and no handler for the errors that they do not catch", a.name(), count(len(a.work()), "route", "routes")).Keyed("errors of %s", a.unit)
		if a.family == "nestjs" {
			found.As(finding.Low) // its own filter answers a bare 500
		}
	}
})

// handlesErrors finds what answers errors for all routes: a registered handler, or
// a middleware that catches.
func handlesErrors(s *repo.Snapshot, a *api) (finding.Location, string, bool) {
	around := a.around()
	slices.SortStableFunc(around, func(a, b repo.Middleware) int { return breadth(a.For) - breadth(b.For) })
	for _, m := range around {
		sounds := soundsLike("error", "exception", "catch", "boom")(lastName(m.Name))
		if m.Kind == repo.ExceptionHandler && !foreseen(m.For) || m.Kind != repo.ExceptionHandler && sounds {
			name := lastName(m.Name)
			if name == "" {
				name = "the handler here"
			}
			return m.At(), name, true
		}
	}
	for _, src := range s.RunningSources("exception_handlers", "APP_FILTER", "useGlobalFilters", "setErrorHandler", "onError", "on", "exception_handler", "add_exception_handler", "errorhandler", "register_error_handler", "errorHandler", "setupExpressErrorHandler") {
		if !a.has(s, src.File) {
			continue
		}
		for _, c := range callsIn(body{src, finding.Span{End: len(src.Bytes())}}) {
			switch lastName(c.callee) {
			case "useGlobalFilters", "setErrorHandler", "onError", "register_error_handler", "setupExpressErrorHandler":
				return src.At(c.span), lastName(c.callee), true
			case "on":
				if js := src.JS(); a.family == "koa" && js != nil && strings.Contains(js.Text(c.span), "error") {
					return src.At(c.span), c.callee, true
				}
			case "errorhandler", "exception_handler", "add_exception_handler", "app_errorhandler":
				if py := src.Py(); py != nil {
					if call, ok := py.CallAt(c.span.End - 1); ok && len(call.Args) > 0 && !foreseen(call.Args[0].Text()) {
						return src.At(c.span), lastName(c.callee), true
					}
				}
			case "FastAPI":
				if call, ok := src.Py().CallAt(c.span.End - 1); ok {
					if v, has := call.Arg("exception_handlers"); has {
						return src.At(v.Span), "exception_handlers", true
					}
				}
			}
		}
		if js := src.JS(); js != nil && a.family == "nestjs" {
			for _, t := range (body{src, finding.Span{End: len(src.Bytes())}}).tokens() {
				if t.text == "APP_FILTER" && !t.str && !strings.Contains(lineOf(src.File, t.span), "import") {
					return src.At(t.span), "a filter of the module", true
				}
			}
		}
	}
	return finding.Location{}, "", false
}

// breadth puts handlers of every error before those of one class.
func breadth(exception string) int {
	switch lastName(strings.Trim(exception, `"'`)) {
	case "", "Exception", "500", "HTTPException", "StarletteHTTPException", "InternalServerError":
		return 0
	}
	return 1
}

// foreseen says whether an exception handler is for one case only, which leaves
// the rest to the framework.
func foreseen(exception string) bool {
	switch lastName(strings.Trim(exception, `"'`)) {
	case "RateLimitExceeded", "404", "403", "401", "405", "413", "429", "RequestValidationError", "CSRFError", "CsrfProtectError", "NotFound":
		return true
	}
	return false
}

func lineOf(f *repo.File, span finding.Span) string {
	line, _ := f.Position(span.Start)
	return f.Line(line)
}
