package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// APIUnversioned finds programs whose routes carry no version.
var APIUnversioned = check.PerProject(check.Doc{
	ID:         "backend/api-unversioned",
	Title:      "API without a version",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Every change that breaks a client breaks all of them at once: there is no second address at which the old form can live on.",
	How:        "Mount the routers below a prefix such as /api/v1, and keep the bare paths as aliases until every client has moved. The callers in the frontend have to move with it.",
	Holds:      "Routes carry a version",
	References: []string{
		"https://fastapi.tiangolo.com/tutorial/bigger-applications/",
		"https://docs.nestjs.com/techniques/versioning",
		"https://www.django-rest-framework.org/api-guide/versioning/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		var bare, versioned []repo.Route
		for _, r := range a.routes {
			switch {
			case versionedPath(r.Path):
				versioned = append(versioned, r)
			case a.family == "Go" && r.Method == "ANY": // a prefix that another router takes over
			case !operational(&r) && servesData(s, &r):
				bare = append(bare, r)
			}
		}
		switch {
		case len(versioned) > 0 && len(versioned) >= len(bare):
			p.Holds(versioned[0].At(), "%d of %d routes carry a version: %s", len(versioned), len(versioned)+len(bare), versioned[0].Path)
		case len(versioned) > 0 || len(bare) < fewestRoutes:
		default:
			if at, how, ok := versionElsewhere(s, a); ok {
				p.Holds(at, "%s", how)
				continue
			}
			p.Report(bare[0].At(), "none of the %d routes of %s carries a version: %s", len(bare), a.name(), strings.Join(samplePaths(bare), ", ")).
				Keyed("version of %s", a.unit).With(places(bare)[1:]...)
		}
	}
})

// fewestRoutes make an API.
const fewestRoutes = 3

// versionedPath says whether a part of the path is a version: v1, v2beta, 2024-01.
func versionedPath(path string) bool {
	for _, part := range strings.Split(strings.ToLower(path), "/") {
		rest, ok := strings.CutPrefix(part, "v")
		if ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' || strings.HasPrefix(part, "{version") || strings.HasPrefix(part, ":version") || strings.HasPrefix(part, "<version") {
			return true
		}
	}
	return false
}

// operational says whether a route is for machines and third parties that expect
// it where it is.
func operational(r *repo.Route) bool {
	return healthPath(r.Path) || r.Path == "/" || strings.HasSuffix(r.Path, "*") && r.Method == "ANY" ||
		pathHas(r.Path, "metrics", "docs", "redoc", "swagger", "openapi", "json", "static", "assets", "media", "webhook", "webhooks", "callback", "graphql", ".well-known", "well-known", "robots", "favicon", "admin", "sitemap", "oauth", "saml", "ws", "socket", "debug", "pprof", "varz", "version")
}

// servesData says whether a route answers programs rather than people: it renders
// no page.
func servesData(s *repo.Snapshot, r *repo.Route) bool {
	if r.Framework == "django" && !slices.ContainsFunc(r.Dependencies, soundsLike("permission", "isauthenticated", "authentication", "throttle", "allowany")) {
		return false // a view of Django is a page unless the REST framework's classes stand at it
	}
	for _, name := range calledIn(s, r.HandlerFile, r.HandlerSpan) {
		switch lastName(name) {
		case "render", "render_template", "TemplateResponse", "redirect", "render_to_response", "sendFile", "send_from_directory", "RedirectResponse", "HTMLResponse", "html", "HTML", "view":
			return false
		}
	}
	return r.HandlerFile != nil || r.Framework != "django"
}

func samplePaths(routes []repo.Route) []string {
	var out []string
	for i := range routes {
		if len(out) < 3 && !slices.Contains(out, routes[i].Path) {
			out = append(out, routes[i].Path)
		}
	}
	return out
}

// versionElsewhere finds a version that is not in the program's own paths: in a
// header, or in the prefix that a proxy takes away.
func versionElsewhere(s *repo.Snapshot, a *api) (at finding.Location, how string, ok bool) {
	for _, src := range s.RunningSources("enableVersioning", "DEFAULT_VERSIONING_CLASS", "root_path", "APIVersionMiddleware", "VersionedFastAPI", "express-version-route") {
		if !a.has(s, src.File) {
			continue
		}
		if py := src.Py(); py != nil {
			for i := range py.Calls {
				c := &py.Calls[i]
				if v, has := c.Arg("root_path"); has && versionedPath(v.Literal) {
					return src.At(v.Span), "the application is served below " + v.Literal, true
				}
				if strings.HasSuffix(c.Callee, "VersionedFastAPI") || strings.HasSuffix(c.Callee, "APIVersionMiddleware") {
					return src.At(c.Span), "versions are told apart by " + lastName(c.Callee), true
				}
			}
			for _, as := range py.Assigns {
				if v, has := as.Value.Key("DEFAULT_VERSIONING_CLASS"); has && v.Literal != "" {
					return src.At(v.Span), "versions are told apart by " + lastName(v.Literal), true
				}
			}
			continue
		}
		for i := range src.JS().Calls {
			if c := &src.JS().Calls[i]; strings.HasSuffix(c.Callee, ".enableVersioning") {
				return src.At(c.Span), "versions are told apart by enableVersioning", true
			}
		}
	}
	for _, f := range s.Nginx() {
		if f.Role != repo.Production {
			continue
		}
		for _, d := range f.Spec.Find("proxy_pass") {
			if l := d.Within("location"); l != nil && versionedPath(l.String()) {
				return f.At(l.Span), "the proxy serves it below a version", true
			}
		}
	}
	return finding.Location{}, "", false
}
