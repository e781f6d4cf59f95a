package observability

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/golex"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// RequestIDMissing finds servers whose log lines cannot be put together by request.
var RequestIDMissing = check.PerProject(check.Doc{
	ID:         "observability/request-id-missing",
	Title:      "No request id",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "The lines of a hundred requests lie mixed in one log: what one of them did, here and in the service behind, cannot be told.",
	How:        "Take X-Request-ID or traceparent from the request, or make one, in a middleware; bind it to the logger, send it on to other services and give it back in the response (asgi-correlation-id, django-guid, nestjs-cls, express-request-id).",
	Holds:      "Requests carry an id",
	References: []string{
		"https://www.w3.org/TR/trace-context/",
		"https://github.com/snok/asgi-correlation-id",
		"https://nginx.org/en/docs/http/ngx_http_core_module.html#var_request_id",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil {
		return
	}
	servers := sys.servers()
	if len(servers) == 0 || !sys.apis() {
		return
	}
	if at, what, ok := requestID(s, sys); ok {
		p.Holds(at, "%s", what)
		return
	}
	if at, what, ok := tracingStarts(s); ok && besideServer(s, sys, at) {
		p.Holds(at, "%s makes the id of a trace", what)
		return
	}
	for _, g := range watching(s).signs {
		if g.gives&seesTraces == 0 || g.soft {
			continue
		}
		if g.code && g.gives&apm != apm {
			p.Unproven(g.at, "%s may give every request the id of a trace; what starts it was not found", g.name)
		} else {
			p.Holds(g.at, "%s carries the id of the trace", g.name)
		}
		return
	}
	if at, ok := speaksOfID(s); ok {
		p.Unproven(at, "the code speaks of an id of requests; whether every request gets one was not found")
		return
	}
	p.Report(sys.serverAt(s), "requests to the %s server carry no id: no middleware reads X-Request-ID or traceparent, or makes one", servers[0].Framework).Keyed("request id")
})

// idHeaders are the headers that ids travel in, in small letters.
var idHeaders = map[string]bool{
	"x-request-id": true, "request-id": true, "x-correlation-id": true, "correlation-id": true, "x-correlationid": true, "traceparent": true, "x-trace-id": true, "trace-id": true,
	"x-b3-traceid": true, "x-amzn-trace-id": true, "x-cloud-trace-context": true, "http_x_request_id": true, "http_x_correlation_id": true, "sentry-trace": true, "x-requestid": true,
}

// idMiddlewares are the last parts of names of what gives requests an id.
var idMiddlewares = []string{"correlationid", "requestid", "reqid", "guidmiddleware", "djangoguid", "tracemiddleware", "tracingmiddleware", "clsmodule", "clsmiddleware", "pinohttp", "rtracer", "otel"}

// requestID is where requests are given an id: by a middleware of that name, through
// a header, by a framework or a proxy that does so.
func requestID(s *repo.Snapshot, sys *system) (at finding.Location, what string, ok bool) {
	for _, a := range sys.apps {
		for i := range a.Middlewares {
			m := &a.Middlewares[i]
			low := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(m.Name))
			for _, name := range idMiddlewares {
				if strings.Contains(low, name) {
					return m.At(), m.Name, true
				}
			}
		}
	}
	for _, a := range sys.servers() {
		if a.Framework == "fastify" { // numbers requests by itself, in every line that it logs
			return a.File.At(a.Span), "fastify gives every request an id", true
		}
	}
	for _, f := range s.Nginx() {
		if f.Role != repo.Production {
			continue
		}
		for _, d := range f.Spec.Find("proxy_set_header") {
			if strings.Contains(d.Arg(1), "$request_id") {
				return f.At(d.Span), "nginx sends " + d.Arg(0) + " on", true
			}
		}
	}
	units := map[string]bool{}
	for _, a := range sys.servers() {
		units[s.UnitDir(a.File)] = true
	}
	for _, src := range s.RunningSources("id", "ID", "Id", "traceparent", "correlationid", "HTTP_X_REQUEST_ID", "HTTP_X_CORRELATION_ID", "trace", "requestid", "TraceId", "traceid") {
		if !src.Mentions("request", "Request", "REQUEST", "correlation", "Correlation", "trace", "Trace", "traceparent", "HTTP_X_REQUEST_ID", "HTTP_X_CORRELATION_ID", "requestid", "correlationid", "traceid") || !units[s.UnitDir(src.File)] {
			continue
		}
		if span, found := headerIn(src); found {
			return src.At(span), "the header " + strings.Trim(src.Text(span), "\"`"+"'"), true
		}
	}
	for _, src := range s.GoSourcesMentioning("RequestID", "ID", "Id", "requestid", "id") {
		if !s.Runs(src.File) {
			continue
		}
		for i := range src.Go().Calls {
			c := &src.Go().Calls[i]
			low := strings.ToLower(c.Callee)
			if strings.HasSuffix(low, "requestid") || strings.HasSuffix(low, "requestid.new") || goHeader(c) {
				return src.At(c.Span), src.Text(c.CalleeSpan), true
			}
		}
	}
	return at, "", false
}

func goHeader(c *golex.Call) bool {
	for _, a := range c.Args {
		if a.Kind == golex.ValueString && idHeaders[strings.ToLower(a.Literal)] {
			return true
		}
	}
	return false
}

// headerIn is a string of the code that is the name of such a header.
func headerIn(src *repo.Source) (span finding.Span, ok bool) {
	data := src.Bytes()
	if src.Lang == repo.Python {
		for _, t := range pylex.Lex(data) {
			if t.Kind == pylex.String && idHeaders[strings.ToLower(strings.Trim(string(data[t.Span.Start:t.Span.End]), "rbuf\"'"))] {
				return t.Span, true
			}
		}
		return span, false
	}
	for _, t := range jslex.Lex(data) {
		if (t.Kind == jslex.String || t.Kind == jslex.Template) && idHeaders[strings.ToLower(strings.Trim(string(data[t.Span.Start:t.Span.End]), "\"'`"))] {
			return t.Span, true
		}
	}
	return span, false
}

// besideServer says whether a place is in a package with a server, or a library of
// one: what browsers start gives requests no id by itself.
func besideServer(s *repo.Snapshot, sys *system, at finding.Location) bool {
	f := s.File(at.Path)
	if f == nil || f.Lang == repo.Python || f.Lang == repo.Go {
		return true
	}
	dir := s.UnitDir(f)
	for _, a := range sys.servers() {
		if s.UnitDir(a.File) == dir {
			return true
		}
	}
	return false
}

// speaksOfID says whether code assigns an id of a request by name.
func speaksOfID(s *repo.Snapshot) (at finding.Location, ok bool) {
	names := []string{"request_id", "requestId", "correlation_id", "correlationId", "trace_id", "traceId", "reqId", "req_id"}
	for _, src := range s.RunningSources(names...) {
		isName := func(target string) bool {
			last := target[strings.LastIndexByte(target, '.')+1:]
			for _, n := range names {
				if last == n {
					return true
				}
			}
			return false
		}
		if py := src.Py(); py != nil {
			for i := range py.Assigns {
				if isName(py.Assigns[i].Target) {
					return src.At(py.Assigns[i].Span), true
				}
			}
			continue
		}
		for _, a := range src.JS().Assigns {
			if isName(a.Target) {
				return src.At(a.Span), true
			}
		}
	}
	return at, false
}
