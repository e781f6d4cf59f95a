package backend

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// sharedLimits are the limits of the whole application that a route passes. own
// is one of them that knows the route by its path.
func sharedLimits(s *repo.Snapshot, r *repo.Route) (shared []rate, own string) {
	src := s.Source(r.File.Path)
	for _, name := range r.Global {
		one, knows, ok := globalLimiter(s, src, name, r.Path)
		if knows {
			return nil, name
		}
		if ok {
			shared = append(shared, one)
		}
	}
	if at, ok := onBlueprint(s, r.File); ok {
		return nil, "a limit for the blueprint, at " + at.Path
	}
	unit := s.UnitDir(r.File)
	slow := slices.ContainsFunc(r.Global, func(name string) bool { return strings.Contains(name, "SlowAPI") })
	if r.Framework == "flask" || r.Framework == "fastapi" && slow {
		shared = append(shared, defaultLimits(s, unit)...)
	} else if r.Framework == "nestjs" && slices.ContainsFunc(r.Global, soundsLimiting) && !slices.ContainsFunc(r.Decorators, func(d string) bool { return strings.Contains(d, "SkipThrottle") }) {
		shared = append(shared, throttlerRates(s, unit)...)
	}
	return shared, ""
}

// limiterMaker is the call that makes the limiter of that name, in the file that
// declares it.
func limiterMaker(s *repo.Snapshot, src *repo.Source, name string) (*repo.Source, *jslex.Call, bool) {
	at, ok := s.Origin(src, name)
	if !ok {
		return nil, nil, false
	}
	target := s.Source(at.File.Path)
	if target == nil || target.JS() == nil {
		return nil, nil, false
	}
	for _, a := range target.JS().Assigns {
		if call, ok := a.Value.Call(); ok && a.Target == at.Name && soundsLimiting(call.Callee) {
			return target, call, true
		}
	}
	return nil, nil, false
}

// globalLimiter reads what a middleware of the whole application allows. own
// says that the middleware knows the route by its path.
func globalLimiter(s *repo.Snapshot, src *repo.Source, name, path string) (r rate, own, ok bool) {
	if strings.Contains(name, "SlowAPI") || strings.Contains(name, "ThrottlerGuard") {
		return rate{}, false, false // it puts on what another call says
	}
	unit := s.UnitDir(src.File)
	for _, other := range s.RunningSources("add_middleware", name[strings.LastIndexByte(name, '.')+1:]) { // where the application is put together
		if s.UnitDir(other.File) != unit {
			continue
		}
		if other.JS() != nil {
			if target, call, found := limiterMaker(s, other, name); found && !unknownName(other, name) {
				return jsRate(target, call.Args, call.Span), false, true
			}
			if r, ok := inlineLimiter(other, name); ok {
				return r, false, true
			}
			continue
		}
		if r, own, ok := addedLimiter(s, other, name, path); ok {
			return r, own, true
		}
	}
	if !soundsLimiting(name) {
		return rate{}, false, false
	}
	return rate{text: name, at: src.At(finding.Span{})}, false, true
}

// unknownName says whether the file neither declares nor imports the name.
func unknownName(src *repo.Source, name string) bool {
	if _, ok := src.JS().Variable(name); ok {
		return false
	}
	for _, i := range src.JS().Imports {
		if i.Default == name || i.Namespace == name {
			return false
		}
		for _, n := range i.Names {
			if n.Name == name || n.Alias == name {
				return false
			}
		}
	}
	return true
}

// inlineLimiter is app.use(rateLimit({ … })), or app.register(rateLimit, { … }).
func inlineLimiter(src *repo.Source, name string) (rate, bool) {
	if !soundsLimiting(name) {
		return rate{}, false
	}
	for i := range src.JS().Calls {
		c := &src.JS().Calls[i]
		if !strings.HasSuffix(c.Callee, ".use") && !strings.HasSuffix(c.Callee, ".register") {
			continue
		}
		for _, a := range c.Args {
			if call, ok := a.Call(); ok && a.Callee == name {
				return jsRate(src, call.Args, call.Span), true
			}
		}
		if len(c.Args) == 2 && c.Args[0].Ident == name {
			return jsRate(src, c.Args[1:], c.Span), true
		}
	}
	return rate{}, false
}

// addedLimiter is app.add_middleware(RateLimitMiddleware, …) of Python. What it
// allows is not known, but a class that has the path in it knows the route.
func addedLimiter(s *repo.Snapshot, src *repo.Source, name, path string) (r rate, own, ok bool) {
	py := src.Py()
	for i := range py.Calls {
		c := &py.Calls[i]
		class, has := c.At(0)
		if !has || !strings.HasSuffix(c.Callee, "add_middleware") || py.Qualify(class.Ident) != name || !soundsLimiting(name) {
			continue
		}
		r = rate{text: class.Ident, at: src.At(c.Span)}
		if at, found := s.Origin(src, class.Ident); found {
			r.at = at.File.Start()
			return r, writes(at.File, path), true
		}
		return r, false, true
	}
	return rate{}, false, false
}

// writes says whether a string of a Python file is a part of the path that
// tells it from other routes.
func writes(f *repo.File, path string) bool {
	for _, t := range pylex.Lex(f.Bytes()) {
		if t.Kind != pylex.String {
			continue
		}
		text := strings.Trim(strings.TrimLeft(f.Text(t.Span), "rbRBuU"), `"'`)
		if strings.HasPrefix(text, "/") && strings.Contains(path+"/", strings.TrimSuffix(text, "*")) && namesSignIn(text) {
			return true
		}
	}
	return false
}

// onBlueprint finds limiter.limit("5/minute")(blueprint) for a blueprint that
// the file declares.
func onBlueprint(s *repo.Snapshot, f *repo.File) (finding.Location, bool) {
	for _, src := range s.SourcesMentioning("limit") {
		if src.Role != repo.Production || src.Lang != repo.Python {
			continue
		}
		if text := src.Bytes(); !bytes.Contains(text, []byte(".limit")) || !bytes.Contains(text, []byte(")(")) {
			continue // limiter.limit("…")(blueprint)
		}
		for i := range src.Py().Calls {
			c := &src.Py().Calls[i]
			a, ok := c.At(0)
			if !ok || a.Ident == "" || !strings.HasSuffix(c.Callee, ".limit()") || !soundsLimiting(c.Callee) {
				continue
			}
			if at, ok := s.Origin(src, a.Ident); ok && at.File == f && s.Runs(src.File) {
				return src.At(c.Span), true
			}
		}
	}
	return finding.Location{}, false
}
