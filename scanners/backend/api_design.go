package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// APIDesign tells that an API follows what clients expect of one.
var APIDesign = check.PerProject(check.Doc{
	ID:         "backend/api-design",
	Title:      "API by the book",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Clients that know one such API know this one: methods say what happens, a description says what is answered, a version says for how long.",
	How:        "Name things in paths and say with the method what is done to them, publish an OpenAPI description, and put a version in front.",
	Holds:      "The API uses methods, a description and a version",
	References: []string{"https://spec.openapis.org/oas/latest.html", "https://httpwg.org/specs/rfc9110.html#methods"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		routes := a.work()
		verbs := map[string]bool{}
		versioned := 0
		for i := range routes {
			verbs[routes[i].Method] = true
			if versionedPath(routes[i].Path) {
				versioned++
			}
		}
		if len(routes) < 2*fewestRoutes || !verbs["GET"] || !verbs["POST"] || !verbs["DELETE"] || !verbs["PUT"] && !verbs["PATCH"] {
			continue
		}
		what := []string{"methods that say what is done"}
		if described(s, a) {
			what = append(what, "an OpenAPI description")
		}
		if 2*versioned >= len(routes) {
			what = append(what, "a version in the path")
		}
		if len(what) < 2 {
			continue
		}
		p.Holds(a.at(), "%d endpoints with %s", len(routes), strings.Join(what, ", "))
	}
})

// described says whether the API is described in OpenAPI: its framework does it, a
// library does, or a file of the program is one.
func described(s *repo.Snapshot, a *api) bool {
	if a.family == "fastapi" {
		return true
	}
	if slices.ContainsFunc(a.around(), func(m repo.Middleware) bool {
		return soundsLike("swagger", "openapi", "spectacular", "flasgger", "redoc")(m.Name)
	}) {
		return true
	}
	for _, src := range s.RunningSources("SwaggerModule", "flasgger", "NinjaAPI", "drf_spectacular") {
		if !a.has(s, src.File) {
			continue
		}
		for _, c := range callsIn(body{src, finding.Span{End: len(src.Bytes())}}) {
			if c.callee == "SwaggerModule.setup" || c.callee == "flasgger.Swagger" || c.callee == "ninja.NinjaAPI" || strings.HasPrefix(c.callee, "drf_spectacular.views.") {
				return true
			}
		}
	}
	for _, d := range s.APIDescriptions() {
		if d.Role == repo.Production && (s.UnitDir(d.File) == a.unit || a.unit == ".") {
			return true
		}
	}
	return false
}
