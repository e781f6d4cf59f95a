package repo

import (
	"strings"

	"drydock/internal/repo/jslex"
)

// nestGlobals are the methods of an application of NestJS that register
// something for every route.
var nestGlobals = map[string]MiddlewareKind{
	"use": PlainMiddleware, "useGlobalGuards": GuardMiddleware, "useGlobalPipes": InputPipe, "useGlobalFilters": ExceptionHandler,
	"useGlobalInterceptors": Interceptor, "enableCors": Extension, "enableShutdownHooks": StopHook, "useWebSocketAdapter": Extension,
}

// nestTokens are the providers that NestJS takes for the whole application.
var nestTokens = map[string]MiddlewareKind{
	"APP_GUARD": GuardMiddleware, "APP_PIPE": InputPipe, "APP_FILTER": ExceptionHandler, "APP_INTERCEPTOR": Interceptor,
}

// registered notes what one call on an application registers.
func (a *nestApp) registered(src jsParsed, call *jslex.Call, method string) {
	kind := nestGlobals[method]
	if kind == "" {
		return
	}
	paths, args := []string{""}, call.Args
	if method == "use" && len(args) > 1 {
		if list, ok := args[0].Strings(); ok {
			paths = nil
			for _, p := range list {
				paths = append(paths, strings.Clone(p))
			}
		} else {
			paths = []string{"{" + strings.Clone(args[0].Ident) + "}"}
		}
		args = args[1:]
	}
	if kind == Extension || len(args) == 0 {
		m := Middleware{Kind: kind, Name: method, File: src.File, Span: call.Span}
		if len(args) > 0 {
			m.Args = args[0].Span
		}
		a.middlewares = append(a.middlewares, m)
		return
	}
	for _, p := range paths {
		for _, arg := range args {
			a.middlewares = append(a.middlewares, Middleware{
				Kind: kind, Name: strings.Clone(calledName(arg)), File: src.File, Span: call.Span, Args: optionsOf(arg), Path: p,
			})
		}
	}
}

// provided are the guards, pipes, filters and interceptors that a module
// provides for the whole application.
func provided(src jsParsed, module *jslex.Call) []Middleware {
	providers, _ := module.Args[0].Prop("providers")
	var out []Middleware
	for _, item := range providers.Value.Items() {
		token, ok := item.Prop("provide")
		kind := nestTokens[token.Value.Ident]
		if !ok || kind == "" {
			continue
		}
		m := Middleware{Kind: kind, File: src.File, Span: item.Span}
		for _, key := range []string{"useClass", "useExisting", "useValue", "useFactory"} {
			if p, has := item.Prop(key); has {
				m.Name, m.Args = strings.Clone(calledName(p.Value)), optionsOf(p.Value)
			}
		}
		out = append(out, m)
	}
	return out
}

// applications are the applications of NestJS with what their main files and
// modules register.
func (n *nest) applications() []Application {
	var out []Application
	for _, a := range n.apps {
		if a.file == nil || !a.creates || a.weight == 0 { // a script serves nothing
			continue
		}
		app := Application{Framework: "nestjs", File: a.file, Span: a.span, Middlewares: a.middlewares}
		for _, p := range n.provided {
			if a.reaches[p.File] || n.s.UnitDir(p.File) == n.s.UnitDir(a.file) {
				app.Middlewares = append(app.Middlewares, p)
			}
		}
		for _, apply := range n.applies {
			if !a.reaches[apply.file] && n.s.UnitDir(apply.file) != n.s.UnitDir(a.file) {
				continue
			}
			paths := append(append([]string{}, apply.paths...), apply.classes...)
			if apply.all {
				paths = append(paths, "")
			}
			for _, name := range apply.names {
				for _, p := range paths {
					app.Middlewares = append(app.Middlewares, Middleware{Kind: PlainMiddleware, Name: name, File: apply.file, Span: apply.span, Path: p})
				}
			}
		}
		out = append(out, app)
	}
	return out
}
