package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// judgeNextRoutes looks at the route handlers of Next.js, each of which asks for
// itself: what a file neither names nor imports nobody asks there.
func judgeNextRoutes(p *check.Pass, s *repo.Snapshot) {
	asked, open := map[string][]repo.Route{}, map[string][]repo.Route{}
	var units []string
	r := newReach(s)
	for _, route := range s.Routes() {
		if route.Framework != "next" || !route.Mounted || !s.Runs(route.File) || triedOut(route.File) || !route.Changes() || openByDesign(&route) || route.Method == "ANY" {
			continue
		}
		src := s.Source(route.File.Path)
		if src == nil || src.JS() == nil {
			continue
		}
		unit := s.UnitDir(route.File)
		if asked[unit] == nil && open[unit] == nil {
			units = append(units, unit)
		}
		whole := body{src, finding.Span{End: len(src.Bytes())}}
		switch {
		case whole.names(asksInFile) || r.any(&route, asksInFile), route.HandlerFile == nil, leadsToHandlers(src):
			asked[unit] = append(asked[unit], route)
		default:
			open[unit] = append(open[unit], route)
		}
	}
	for _, unit := range units {
		o, all := open[unit], len(open[unit])+len(asked[unit])
		switch {
		case len(o) == 0:
		case guardedBefore(s, unit):
			p.Unproven(o[0].At(), "%d of %d route handlers that change something ask nobody themselves; what the middleware lets through to them is not followed", len(o), all)
		case 2*len(asked[unit]) >= all:
			p.Report(o[0].At(), "%d of %d route handlers that change something do not ask who calls: %s", len(o), all, strings.Join(sampleNames(o), ", ")).
				Keyed("authentication of %s", unit).With(places(o)[1:]...)
		default:
			p.Unproven(o[0].At(), "%d of %d route handlers change something and nothing that was recognised asks who calls", len(o), all)
		}
	}
}

// asksInFile says whether a name in a file of route handlers is about who calls.
func asksInFile(name string) bool {
	return inHandler(name) || soundsLike("auth", "session", "signature", "token", "secret", "apikey", "currentuser", "getuser", "permission", "protected", "handler", "workspace", "admin", "guard", "clerk", "supabase")(name)
}

// leadsToHandlers says whether a file only hands on what a library makes:
// export const { GET, POST } = handlers.
func leadsToHandlers(src *repo.Source) bool {
	for _, e := range src.JS().Exports {
		if e.Kind == "named" || e.Kind == "all" {
			return true
		}
	}
	return false
}

// guardedBefore says whether a middleware of the application stands before its
// route handlers.
func guardedBefore(s *repo.Snapshot, unit string) bool {
	for _, a := range s.Applications() {
		if a.Framework == "next" && s.UnitDir(a.File) == unit {
			return true
		}
	}
	return false
}
