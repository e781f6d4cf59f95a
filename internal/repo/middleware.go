package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
)

// Application is one server that the project's code makes, with what it runs
// around its routes.
type Application struct {
	Framework   string // as in Route
	Name        string // the variable that holds it, "" where a file stands for it: Django, Next.js
	File        *File  // where it is made; of Django the settings module, of Next.js the middleware
	Span        finding.Span
	Env         string       // of Django: what the settings module is for; "" for all environments
	Handed      bool         // a function is handed it, and who makes it was not found
	Middlewares []Middleware // in the order in which they are registered
}

// MiddlewareKind says when something runs.
type MiddlewareKind string

// The kinds of what an application registers.
const (
	PlainMiddleware  MiddlewareKind = "middleware"
	BeforeRequest    MiddlewareKind = "before request" // Flask's and fastify's hooks
	AfterRequest     MiddlewareKind = "after request"
	ExceptionHandler MiddlewareKind = "exception handler" // filters of NestJS among them
	NotFoundHandler  MiddlewareKind = "not found handler"
	StartHook        MiddlewareKind = "start"
	StopHook         MiddlewareKind = "stop"
	GuardMiddleware  MiddlewareKind = "guard"
	Interceptor      MiddlewareKind = "interceptor"
	InputPipe        MiddlewareKind = "pipe"
	Extension        MiddlewareKind = "extension" // of Flask; plugins of fastify; what a method such as enableCors turns on
	InstalledApp     MiddlewareKind = "app"       // of Django
)

// Middleware is one thing that an application registers.
type Middleware struct {
	Kind   MiddlewareKind
	Name   string // dotted, in Python with what the imports say; "" for an unnamed function
	For    string // of exception handlers the exception, of hooks the event
	File   *File
	Span   finding.Span // the call, decorator or literal that registers it
	Args   finding.Span // its options: the arguments of the call that makes it, or those behind its name; empty without
	Path   string       // it runs for this path and what lies below, "" for all; of Next.js the matcher as it is written
	Router string       // the router that registers it where that is not the application
}

// At is where the middleware is registered.
func (m *Middleware) At() finding.Location { return m.File.At(m.Span) }

// Applications lists the servers that production code makes, by file and place:
// FastAPI, Starlette, Flask, Django (one for each environment's settings), Express
// and its kin, NestJS, Next.js.
func (s *Snapshot) Applications() []Application {
	return view(s, "applications", func() []Application {
		var out []Application
		out = append(out, pythonServers(s).apps...)
		out = append(out, scriptServers(s).apps...)
		out = append(out, djangoApplications(s)...)
		out = append(out, nestServers(s).apps...)
		out = append(out, nextApplications(s)...)
		slices.SortStableFunc(out, func(a, b Application) int {
			if c := strings.Compare(a.File.Path, b.File.Path); c != 0 {
				return c
			}
			return a.Span.Start - b.Span.Start
		})
		return out
	})
}

// servers are the routes and applications of one family of frameworks, found
// together.
type servers struct {
	routes []Route
	apps   []Application
}

func pythonServers(s *Snapshot) servers {
	return view(s, "python servers", func() servers {
		c, sources := pythonRouters(s)
		var out servers
		for _, src := range sources {
			out.routes = append(out.routes, c.routes(src.Source, src.py)...)
		}
		out.apps = c.applications(sources)
		return out
	})
}

func scriptServers(s *Snapshot) servers {
	return view(s, "script servers", func() servers {
		c, sources := scriptRouters(s)
		var out servers
		for _, src := range sources {
			out.routes = append(out.routes, c.routes(src)...)
		}
		out.apps = c.applications()
		return out
	})
}

// nextApplications are the middlewares of Next.js: one file each, with the paths
// that its matcher names.
func nextApplications(s *Snapshot) []Application {
	var out []Application
	for _, app := range s.NextApps() {
		for _, name := range []string{"middleware", "src/middleware", "proxy", "src/proxy"} {
			for _, ext := range []string{".ts", ".js", ".mjs", ".tsx"} {
				f := s.File(strings.TrimPrefix(app.Root+"/"+name+ext, "./"))
				if f == nil || f.Role != Production {
					continue
				}
				src := s.Source(f.Path)
				if src == nil {
					continue
				}
				one := Application{Framework: "next", File: f}
				js := src.JS()
				handler := strings.TrimPrefix(name, "src/")
				paths := []string{""}
				spans := []finding.Span{{}}
				if config, ok := js.Variable("config"); ok {
					if m, ok := config.Prop("matcher"); ok {
						paths, spans = nil, nil
						for _, item := range flatten(oneArg(m.Value)) {
							text := item.Literal
							if p, ok := item.Prop("source"); ok {
								text = p.Value.Literal
							}
							paths, spans = append(paths, strings.Clone(text)), append(spans, item.Span)
						}
					}
				}
				for i, p := range paths {
					span := spans[i]
					if span.Len() == 0 {
						for _, e := range js.Exports {
							if e.Name == handler || e.Name == "default" {
								span = e.Span
							}
						}
					}
					one.Middlewares = append(one.Middlewares, Middleware{Kind: PlainMiddleware, Name: handler, File: f, Span: span, Path: p})
				}
				out = append(out, one)
			}
		}
	}
	return out
}
