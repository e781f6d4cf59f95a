package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// CORSOrigins says where browsers are told which origins may call.
var CORSOrigins = check.PerProject(check.Doc{
	ID:         "security/cors-origins",
	Title:      "No origins named for browsers",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Named origins keep other people's pages from calling the API with a visitor's session.",
	How:        "List the origins of the frontends, from settings, never *.",
	Holds:      "Origins that may call are named",
	References: []string{"https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range s.Applications() {
		if app.File.Role != repo.Production || !s.Runs(app.File) {
			continue
		}
		for _, m := range app.Middlewares {
			low := strings.ToLower(m.Name)
			if !strings.Contains(low, "cors") || m.Args.Len() == 0 {
				continue
			}
			if what, ok := namedOrigins(s, &m); ok {
				p.Holds(m.At(), "only %s may call from a browser", what)
			}
		}
	}
})

// namedOrigins reads the origins that the options of a middleware name: a list of
// texts without a star, or a setting.
func namedOrigins(s *repo.Snapshot, m *repo.Middleware) (what string, ok bool) {
	src := s.Source(m.File.Path)
	if src == nil {
		return "", false
	}
	if py := src.Py(); py != nil {
		c, found := py.CallAt(m.Args.Start)
		if !found {
			return "", false
		}
		a, has := c.Arg("allow_origins")
		if !has {
			return "", false
		}
		if list, literal := a.Strings(); literal {
			return strings.Join(list, ", "), len(list) > 0 && !slices.Contains(list, "*")
		}
		return "what " + lastOf(a.Ident) + " lists", a.Kind == pylex.ValueIdent && strings.Contains(strings.ToLower(a.Ident), "origin") && !starred(s, lastOf(a.Ident))
	}
	return "", false
}

// starred says whether a setting of that name is written with a star anywhere.
func starred(s *repo.Snapshot, name string) bool {
	for _, src := range s.SourcesMentioning(name) {
		if src.Py() == nil {
			continue
		}
		for _, a := range src.Py().Assigns {
			if lastOf(a.Target) == name && strings.Contains(a.Value.Text(), `"*"`) {
				return true
			}
		}
	}
	return false
}
