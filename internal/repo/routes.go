package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
)

// Route is one endpoint that the project's code serves.
type Route struct {
	Method      string // GET, POST, …; ANY for all of them, WS for a web socket
	Path        string // with the prefixes of every router it is mounted through; begins with "/"
	File        *File
	Span        finding.Span // the decorator or call that registers it
	Handler     string       // as it is named there, "" for an unnamed function
	HandlerFile *File        // where the handler's body is, nil when it was not found
	HandlerSpan finding.Span // the handler, head and body, in HandlerFile
	Framework   string       // fastapi, flask, django, ninja, aiohttp, express, fastify, hono, koa, elysia, nestjs, next, remix, sveltekit, nuxt, astro; net/http, gin, echo, chi, gorilla, fiber, httprouter
	Mounted     bool         // an application object leads to it
	Schema      bool         // the registration names a schema that requests are checked against

	// What stands around the handler, as dotted names without arguments.
	Decorators  []string // of the handler and its class, without the one that registers it
	Middlewares []string // of the route, its routers and the application, outermost first
	// FastAPI: what Depends and Security name, of the route and its routers.
	// Django: the permission, authentication and throttle classes of the view.
	Dependencies []string
	Global       []string // those of Middlewares that the application runs for every route
}

// At is where the route is registered.
func (r *Route) At() finding.Location { return r.File.At(r.Span) }

// Name is the route as people write it: "POST /auth/login".
func (r *Route) Name() string { return r.Method + " " + r.Path }

// Changes says whether the method is one that changes state.
func (r *Route) Changes() bool {
	switch r.Method {
	case "POST", "PUT", "PATCH", "DELETE", "ANY":
		return true
	}
	return false
}

// Routes lists the endpoints of the project's production code, by file and place:
// see Route.Framework for where they are found. A route that is mounted twice is
// listed once, at the first mount. Pages are listed by Pages, and what is called
// by its name rather than by its path by Operations.
func (s *Snapshot) Routes() []Route {
	return view(s, "routes", func() []Route {
		var out []Route
		out = append(out, pythonServers(s).routes...)
		out = append(out, djangoRoutes(s)...)
		out = append(out, scriptServers(s).routes...)
		out = append(out, nestServers(s).routes...)
		out = append(out, nextRoutes(s)...)
		out = append(out, goRouteList(s)...)
		out = append(out, fileRoutes(s)...)
		slices.SortStableFunc(out, func(a, b Route) int {
			if c := strings.Compare(a.File.Path, b.File.Path); c != 0 {
				return c
			}
			return a.Span.Start - b.Span.Start
		})
		return out
	})
}

var httpMethods = map[string]string{
	"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "del": "DELETE",
	"head": "HEAD", "options": "OPTIONS", "all": "ANY", "websocket": "WS",
}

// joinRoute puts a path below a prefix: one slash between them, none at the
// end, one at the beginning.
func joinRoute(parts ...string) string {
	joined := ""
	for _, p := range parts {
		if p = strings.Trim(p, "/"); p != "" {
			joined += "/" + p
		}
	}
	if joined == "" {
		return "/"
	}
	return joined
}

// below says whether a route's path is prefix or lies under it.
func below(prefix, path string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return prefix == "" || path == prefix || strings.HasPrefix(path, prefix+"/")
}
