package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RequestLoggingMissing finds programs that keep no record of the requests that
// they answer.
var RequestLoggingMissing = check.PerProject(check.Doc{
	ID:         "backend/request-logging-missing",
	Title:      "Requests are not logged",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "When a customer says that something failed an hour ago there is no line that says which request it was, who made it, how long it took and what it was answered.",
	How:        "Run one middleware around every route that writes a record with method, path, status, duration and request id: structlog or a function for FastAPI and Flask, pino-http or morgan for Express, nestjs-pino for NestJS.",
	Holds:      "Every request is logged",
	References: []string{
		"https://www.structlog.org/en/stable/frameworks.html",
		"https://github.com/pinojs/pino-http",
		"https://fastify.dev/docs/latest/Reference/Logging/",
		"https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		if len(a.work()) == 0 || a.family == "Go" && len(a.work()) < 2 {
			continue
		}
		if at, name, ok := logsRequests(s, a); ok {
			p.Holds(at, "%s records the requests of %s", name, a.name())
			continue
		}
		if at, ok := tracesRequests(s, a); ok {
			p.Unproven(at, "%s logs no requests itself; what this records of them is not followed", a.name())
			continue
		}
		if at, ok := proxyRecords(s); ok {
			p.Unproven(at, "%s logs no requests itself; the proxy's log has a format of its own", a.name())
			continue
		}
		p.Report(a.at(), "%s answers %s and logs no requests", a.name(), count(len(a.work()), "route", "routes")).Keyed("requests of %s", a.unit)
	}
})

// recorder says whether a middleware of that name records requests.
var recorder = soundsLike("morgan", "pino", "winston", "logger", "logging", "requestlog", "accesslog", "httplog", "structlog", "canonicallog", "audittrail", "opentelemetry", "otel", "tracing", "tracer",
	"instrument", "metrics", "prometheus", "sentry", "datadog", "ddtrace", "newrelic", "logrequest", "loguru")

// logsRequests finds what records the requests of an api: a middleware by its
// name or because it writes to a log, the framework's own log, a library that
// instruments the application.
func logsRequests(s *repo.Snapshot, a *api) (finding.Location, string, bool) {
	for _, m := range a.around() {
		if m.Kind == repo.ExceptionHandler || m.Kind == repo.StartHook || m.Kind == repo.StopHook || m.Kind == repo.NotFoundHandler {
			continue
		}
		if recorder(lastName(m.Name)) {
			return m.At(), lastName(m.Name), true
		}
	}
	for _, m := range a.around() {
		if where, ok := writesLog(s, &m); ok {
			name := lastName(m.Name)
			if name == "" {
				name = "the middleware here"
			}
			return where, name, true
		}
	}
	if a.family == "Go" {
		if at, name, ok := goLogsRequests(s, a); ok {
			return at, name, true
		}
	}
	for i := range a.routes {
		for _, name := range a.routes[i].Global {
			if recorder(name) {
				return a.routes[i].At(), lastName(name), true
			}
		}
	}
	for _, src := range s.RunningSources("logger", "LoggerModule", "FastAPIInstrumentor", "FlaskInstrumentor", "DjangoInstrumentor", "Instrumentator", "LoggerMiddleware", "HttpLogger", "pinoHttp", "logging", "LoggingInterceptor", "instrument_fastapi") {
		if !a.has(s, src.File) {
			continue
		}
		for _, c := range callsIn(body{src, finding.Span{End: len(src.Bytes())}}) {
			last := lastName(strings.TrimSuffix(c.callee, "()"))
			switch {
			case strings.HasSuffix(c.callee, "LoggerModule.forRoot"), strings.HasSuffix(c.callee, "LoggerModule.forRootAsync"), last == "instrument_app", last == "pinoHttp", last == "instrument_fastapi",
				last == "instrument" && strings.Contains(c.callee, "nstrument"), last == "apply" && js(src) && recorder(src.JS().Text(c.span)):
				return src.At(c.span), last, true
			case a.family == "fastify" && (last == "fastify" || last == "Fastify") && js(src):
				if call, ok := src.JS().CallAt(c.span.End - 1); ok && len(call.Args) > 0 {
					if logger, has := call.Args[0].Prop("logger"); has && logger.Value.Text() != "false" {
						return src.At(logger.Span), "fastify's logger", true
					}
				}
			case a.family == "hono" && c.callee == "logger" && importsModule(src, "hono/logger"):
				return src.At(c.span), "logger", true
			}
		}
		if js(src) && a.family == "nestjs" {
			for _, t := range (body{src, finding.Span{End: len(src.Bytes())}}).tokens() {
				if !t.str && strings.HasSuffix(t.text, "Interceptor") && recorder(t.text) && !strings.Contains(lineOf(src.File, t.span), "import") {
					return src.At(t.span), t.text, true
				}
			}
		}
	}
	return finding.Location{}, "", false
}

func js(src *repo.Source) bool { return src.Lang != repo.Python && src.JS() != nil }

// writesLog says whether the function or class of a middleware calls a logger. A
// warning is about some requests only.
func writesLog(s *repo.Snapshot, m *repo.Middleware) (finding.Location, bool) {
	src := s.Source(m.File.Path)
	if src == nil {
		return finding.Location{}, false
	}
	where, span := src, m.Span
	if m.Name != "" {
		name := lastName(m.Name)
		at, ok := s.Origin(src, name)
		if !ok {
			return finding.Location{}, false
		}
		if where = s.Source(at.File.Path); where == nil {
			return finding.Location{}, false
		}
		found := functionsIn(where, lastName(at.Name))
		if len(found) == 0 {
			return finding.Location{}, false
		}
		span = found[0].span
	}
	for _, l := range s.LogCallsIn(where.File) {
		if span.Start <= l.Span.Start && l.Span.End <= span.End && (l.Level == "info" || l.Level == "debug" || l.Level == "trace") && l.Kind != repo.ConsoleLog {
			return where.At(l.Span), true
		}
	}
	return finding.Location{}, false
}

// goLogsRequests finds the middleware of a program in Go that records requests.
func goLogsRequests(s *repo.Snapshot, a *api) (finding.Location, string, bool) {
	for _, src := range s.GoSourcesMentioning("Logger", "Default", "LoggingHandler", "CombinedLoggingHandler", "AccessLog", "NewHandler", "RequestLogger", "otelhttp", "InstrumentHandlerDuration", "httplog", "logger", "logging") {
		if s.ProgramDir(src.File) != a.unit || src.Role != repo.Production {
			continue
		}
		g := src.Go()
		for i := range g.Calls {
			c := &g.Calls[i]
			full := g.Qualify(c.Callee)
			last := lastName(c.Callee)
			switch {
			case strings.HasSuffix(full, "gin-gonic/gin.Default"), last == "LoggingHandler", last == "CombinedLoggingHandler", strings.HasPrefix(last, "InstrumentHandler"), (strings.Contains(full, "otelhttp.") || strings.Contains(full, "otelhttp/otelhttp")) && (last == "NewHandler" || last == "NewMiddleware"), strings.Contains(full, "httplog") && last != "NewLogger":
				return src.At(c.Span), last, true
			case last == "Use" || last == "Wrap":
				for _, arg := range c.Args {
					if recorder(arg.Name) {
						return src.At(c.Span), arg.Name, true
					}
				}
			}
		}
		for i := range g.Funcs { // a middleware of the project's own
			if f := &g.Funcs[i]; f.Name != "" && recorder(f.Name) && (strings.Contains(f.Results, "Handler") || strings.Contains(f.Results, ".MiddlewareFunc") || strings.Contains(f.Results, "nterceptor")) {
				return src.At(f.NameSpan), f.Name, true
			}
		}
	}
	return finding.Location{}, "", false
}

// tracesRequests finds spans that code of the program opens, and settings for the
// server's own log of requests.
func tracesRequests(s *repo.Snapshot, a *api) (finding.Location, bool) {
	for _, src := range s.RunningSources("start_as_current_span", "startActiveSpan", "start_span", "uvicorn.access", "gunicorn.access", "django.server", "AccessLog") {
		if !a.has(s, src.File) || triedOut(src.File) {
			continue
		}
		for _, t := range (body{src, finding.Span{End: len(src.Bytes())}}).tokens() {
			switch t.text {
			case "start_as_current_span", "startActiveSpan", "start_span", "uvicorn.access", "gunicorn.access", "django.server":
				return src.At(t.span), true
			}
		}
	}
	return finding.Location{}, false
}

// proxyRecords finds a proxy in front whose log is written in a format of its own.
func proxyRecords(s *repo.Snapshot) (finding.Location, bool) {
	for _, f := range s.Nginx() {
		if f.Role == repo.Production {
			for _, d := range f.Spec.Find("log_format") {
				return f.At(d.Span), true
			}
		}
	}
	return finding.Location{}, false
}
