package observability

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// HealthShallow finds health routes that answer well whatever is broken behind them.
var HealthShallow = check.PerProject(check.Doc{
	ID:         "observability/health-shallow",
	Title:      "Health route asks nothing",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "The route says ok while the database is gone: the load balancer goes on sending requests to a server that can answer none of them.",
	How:        "Keep a cheap route for liveness, and add one for readiness that asks the database and the queue with a short timeout and answers 503 when one of them does not.",
	Holds:      "The health route asks what the server needs",
	References: []string{
		"https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
		"https://learn.microsoft.com/en-us/azure/architecture/patterns/health-endpoint-monitoring",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	byUnit := map[string][]*repo.Route{}
	var units []string
	routes := s.Routes()
	for i := range routes {
		r := &routes[i]
		if !isHealth(r.Path) || r.Method != "GET" && r.Method != "ANY" || !r.Mounted || !s.Runs(r.File) || r.HandlerFile == nil {
			continue
		}
		dir := s.UnitDir(r.File)
		if byUnit[dir] == nil {
			units = append(units, dir)
		}
		byUnit[dir] = append(byUnit[dir], r)
	}
	for _, dir := range units {
		judgeHealth(p, s, dir, byUnit[dir])
	}
})

// isHealth says whether a path is that of a health route.
func isHealth(path string) bool {
	last := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	switch last {
	case "health", "healthz", "healthcheck", "health-check", "health_check", "ready", "readyz", "readiness", "live", "livez", "liveness", "status", "heartbeat":
		return last != "status" && last != "live" && last != "ready" || strings.Contains(path, "health") || strings.Count(path, "/") == 1
	}
	return false
}

func judgeHealth(p *check.Pass, s *repo.Snapshot, dir string, routes []*repo.Route) {
	var shallow *repo.Route
	for _, r := range routes {
		switch does, known := asks(s, r); {
		case !known:
			return
		case does:
			p.Holds(r.At(), "%s asks what it needs", r.Path)
			return
		case shallow == nil:
			shallow = r
		}
	}
	if shallow != nil && usesDatabase(s, dir) {
		p.Report(shallow.At(), "%s answers the same whether the database is there or not", shallow.Path).Keyed("%s", shallow.Path)
	}
}

// idle are calls that say nothing about what a server needs, by their last parts.
var idle = map[string]bool{
	"json": true, "send": true, "status": true, "sendStatus": true, "end": true, "type": true, "header": true, "setHeader": true, "text": true, "now": true, "utcnow": true, "isoformat": true, "toISOString": true,
	"Date": true, "uptime": true, "memoryUsage": true, "JSONResponse": true, "PlainTextResponse": true, "Response": true, "jsonify": true, "HttpResponse": true, "JsonResponse": true, "time": true, "dict": true,
	"round": true, "str": true, "info": true, "debug": true, "log": true, "getenv": true, "get": true, "floor": true, "NextResponse": true, "writeHead": true, "code": true, "reply": true,
}

// asks says whether a health route does anything but answer; known is false when its
// code cannot be read.
func asks(s *repo.Snapshot, r *repo.Route) (does, known bool) {
	for _, d := range r.Dependencies {
		low := strings.ToLower(d)
		if strings.Contains(low, "db") || strings.Contains(low, "session") || strings.Contains(low, "redis") || strings.Contains(low, "conn") {
			return true, true
		}
	}
	src := s.Source(r.HandlerFile.Path)
	if src == nil {
		return false, false
	}
	if tellsState(r.HandlerFile.Text(r.HandlerSpan)) {
		return true, true
	}
	if py := src.Py(); py != nil {
		for i := range py.Calls {
			c := &py.Calls[i]
			if !c.Decorator && r.HandlerSpan.Contains(c.Span.Start) && c.Span.Start != r.HandlerSpan.Start && !idle[c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]] && !ofSchema(c.Callee) {
				return true, true
			}
		}
		return false, true
	}
	js := src.JS()
	if js == nil {
		return false, false
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		if !c.Decorator && r.HandlerSpan.Contains(c.Span.Start) && !idle[c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]] && !sameCall(r, c.Span) {
			return true, true
		}
	}
	return false, true
}

// tellsState says whether a handler answers what a connection's state is kept in.
func tellsState(code string) bool {
	for _, t := range jslex.Lex([]byte(code)) {
		if t.Kind != jslex.Ident {
			continue
		}
		switch low := strings.ToLower(code[t.Span.Start:t.Span.End]); {
		case strings.HasSuffix(low, "connected"), strings.HasSuffix(low, "readystate"), strings.HasPrefix(low, "isready"), strings.HasSuffix(low, "healthy"), strings.HasSuffix(low, "_up"):
			return true
		}
	}
	return false
}

// sameCall says whether a call is the one that registers the route.
func sameCall(r *repo.Route, span finding.Span) bool {
	return r.HandlerFile == r.File && span.Start <= r.Span.Start && r.Span.End <= span.End
}

// ofSchema says whether a callee looks like a class that holds an answer.
func ofSchema(callee string) bool {
	last := callee[strings.LastIndexByte(callee, '.')+1:]
	return last != "" && last[0] >= 'A' && last[0] <= 'Z' && (strings.HasSuffix(last, "Response") || strings.Contains(last, "Health") || strings.HasSuffix(last, "Out") || strings.Contains(last, "Status"))
}

// usesDatabase says whether running code of the package loads what speaks to a
// database.
func usesDatabase(s *repo.Snapshot, dir string) bool {
	g := s.Graph()
	for _, f := range s.Under(dir) {
		if f.Role != repo.Production || !s.Runs(f) {
			continue
		}
		for _, e := range g.External(f) {
			switch e.Package {
			case "sqlalchemy", "sqlmodel", "psycopg", "psycopg2", "asyncpg", "pymongo", "motor", "tortoise", "peewee", "redis",
				"pg", "postgres", "mysql", "mysql2", "mongoose", "mongodb", "@prisma/client", "typeorm", "sequelize", "knex", "drizzle-orm", "ioredis", "@nestjs/typeorm":
				return true
			}
		}
	}
	return false
}
