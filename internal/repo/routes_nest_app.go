package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// nest is what the modules and main files of NestJS say of all routes.
type nest struct {
	s        *Snapshot
	apps     []*nestApp
	modules  map[string]string // class of a controller → path that RouterModule gives its module
	applies  []nestApply
	provided []Middleware
}

// nestApp is one application: a file that calls NestFactory.create.
type nestApp struct {
	file          *File
	reaches       map[*File]bool
	prefix        string
	versioned     bool
	versionPrefix string
	defaults      []string
	global        []string // guards, middlewares and the like for every route
	weight        int      // how much the file sets up: a script sets up little
	creates       bool     // calls NestFactory.create
	span          finding.Span
	middlewares   []Middleware
}

// nestApply is one consumer.apply(…).forRoutes(…).
type nestApply struct {
	names   []string
	all     bool
	paths   []string
	classes []string
	file    *File
	span    finding.Span
}

// readNest reads the applications and modules of NestJS.
func readNest(s *Snapshot) *nest {
	n := &nest{s: s, modules: map[string]string{}}
	moduleOf := map[string]string{} // module → path
	controllers := map[string][]string{}
	guards := map[*File][]string{}
	for src := range parsedScripts(s, "NestFactory", "Module", "APP_GUARD", "setGlobalPrefix", "useGlobalGuards", "forRoutes", "enableVersioning") {
		js := src.js
		app := n.application(src)
		for i := range js.Calls {
			call := &js.Calls[i]
			if call.Decorator && call.Callee == "Module" && len(call.Args) > 0 {
				guards[src.File] = append(guards[src.File], appGuards(call)...)
				n.provided = append(n.provided, provided(src, call)...)
				name := classAfter(js, call.Span.End)
				list, _ := call.Args[0].Prop("controllers")
				for _, item := range list.Value.Items() {
					if item.Ident != "" {
						controllers[name] = append(controllers[name], strings.Clone(item.Ident))
					}
				}
				continue
			}
			_, method, ok := cutLast(call.Callee)
			if ok && app != nil && !call.Decorator && !strings.Contains(call.Callee, "()") {
				app.registered(src, call, method)
			}
			switch {
			case !ok || len(call.Args) == 0:
			case strings.HasSuffix(call.Callee, "RouterModule.register") || strings.HasSuffix(call.Callee, "RouterModule.forRoutes"):
				routerModules(call.Args[0], "", moduleOf, 0)
			case method == "forRoutes":
				n.apply(src, call)
			case app != nil:
				app.configure(s, src, call, method)
			}
		}
	}
	slices.SortStableFunc(n.apps, func(a, b *nestApp) int { return b.weight - a.weight })
	for module, path := range moduleOf {
		for _, c := range controllers[module] {
			n.modules[c] = path
		}
	}
	for _, app := range n.apps {
		app.reaches = reachable(s, app.file)
		for _, f := range s.files {
			if list := guards[f]; list != nil && (app.reaches[f] || s.UnitDir(f) == s.UnitDir(app.file)) {
				app.global = append(app.global, list...)
			}
		}
	}
	if len(n.apps) == 0 { // what is set without an application that is seen
		app := &nestApp{}
		for _, f := range s.files {
			app.global = append(app.global, guards[f]...)
		}
		n.apps = append(n.apps, app)
	}
	return n
}

// application notes the application that a file makes or sets up.
func (n *nest) application(src jsParsed) (app *nestApp) {
	for i := range src.js.Calls {
		callee := src.js.Calls[i].Callee
		_, method, _ := cutLast(callee)
		if callee == "NestFactory.create" || method == "setGlobalPrefix" || method == "enableVersioning" || method == "useGlobalGuards" {
			if app == nil {
				app = &nestApp{file: src.File, span: src.js.Calls[i].Span}
				n.apps = append(n.apps, app)
			}
			if callee == "NestFactory.create" {
				app.creates, app.span = true, src.js.Calls[i].Span
			}
		}
	}
	return app
}

// configure reads one call on an application.
func (a *nestApp) configure(s *Snapshot, src jsParsed, call *jslex.Call, method string) {
	switch method {
	case "listen", "enableCors", "useGlobalPipes", "useGlobalFilters":
		a.weight++
	case "setGlobalPrefix":
		a.weight++
		a.prefix = textsOf(s, src, call.Args[0])[0]
	case "enableVersioning":
		a.weight++
		kind, ok := call.Args[0].Prop("type")
		if ok && !strings.HasSuffix(kind.Value.Ident, "URI") {
			return
		}
		a.versioned, a.versionPrefix = true, "v"
		if p, ok := call.Args[0].Prop("prefix"); ok {
			if value, isBool := p.Value.Bool(); isBool && !value {
				a.versionPrefix = ""
			} else if text, ok := scriptText(s, src.Source, src.js, p.Value, 0); ok {
				a.versionPrefix = withoutUnknown(text)
			}
		}
		if p, ok := call.Args[0].Prop("defaultVersion"); ok {
			a.defaults = versionList(p.Value)
		}
	case "useGlobalGuards", "useGlobalInterceptors", "use":
		a.weight++
		if call.Args[0].IsLiteral || call.Args[0].Kind == jslex.ValueArray || len(call.Args) > 1 {
			return // for some paths only
		}
		for _, arg := range call.Args {
			if name := calledName(arg); name != "" && len(a.global) < maxAround {
				a.global = append(a.global, strings.Clone(name))
			}
		}
	}
}

// withoutUnknown leaves out the names in a template that could not be evaluated.
func withoutUnknown(text string) string {
	for {
		before, rest, ok := strings.Cut(text, "{")
		_, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return text
		}
		text = before + after
	}
}

// routerModules reads [{ path, module, children: […] }].
func routerModules(list jslex.Arg, prefix string, out map[string]string, depth int) {
	if depth > maxHops {
		return
	}
	for _, item := range list.Items() {
		if item.Ident != "" { // a module among children
			out[strings.Clone(item.Ident)] = prefix
			continue
		}
		p, _ := item.Prop("path")
		at := joinRoute(prefix, p.Value.Literal)
		if m, ok := item.Prop("module"); ok && m.Value.Ident != "" {
			out[strings.Clone(m.Value.Ident)] = at
		}
		if c, ok := item.Prop("children"); ok {
			routerModules(c.Value, at, out, depth+1)
		}
	}
}

// apply reads consumer.apply(A, B).exclude(…).forRoutes(…).
func (n *nest) apply(src jsParsed, call *jslex.Call) {
	base, _, ok := strings.Cut(call.Callee, ".apply()")
	if !ok {
		return
	}
	opener := openerOf(src.js, call, base+".apply")
	if opener == nil {
		return
	}
	a := nestApply{file: src.File, span: call.Span}
	for _, arg := range flatten(opener.Args) {
		if name := calledName(arg); name != "" {
			a.names = append(a.names, strings.Clone(name))
		}
	}
	for _, arg := range flatten(call.Args) {
		switch {
		case arg.Kind == jslex.ValueObject:
			p, _ := arg.Prop("path")
			a.path(p.Value.Literal)
		case arg.IsLiteral:
			a.path(arg.Literal)
		case arg.Ident != "":
			a.classes = append(a.classes, strings.Clone(arg.Ident))
		}
	}
	if len(n.applies) < maxAround {
		n.applies = append(n.applies, a)
	}
}

func (a *nestApply) path(p string) {
	switch p {
	case "*", "/*", "(.*)", "", "/", "{*path}", "/{*splat}", "*path", "*splat":
		a.all = true
	default:
		a.paths = append(a.paths, joinRoute(strings.TrimSuffix(strings.TrimSuffix(p, "*"), "(.*)")))
	}
}

// applied are the middlewares that modules apply to a path or a controller; of
// neither, those for all routes.
func (n *nest) applied(path, class string) []string {
	var out []string
	for _, a := range n.applies {
		if path == "" && class == "" {
			if a.all {
				out = append(out, a.names...)
			}
			continue
		}
		for _, c := range a.classes {
			if c == class {
				out = append(out, a.names...)
			}
		}
		for _, p := range a.paths {
			if below(p, path) {
				out = append(out, a.names...)
			}
		}
	}
	return out
}

// appOf is the application that a controller belongs to: the one that reaches
// its file, that of its unit, or the only one.
func (n *nest) appOf(f *File) *nestApp {
	for _, a := range n.apps {
		if a.reaches[f] {
			return a
		}
	}
	for _, a := range n.apps {
		if a.file != nil && n.s.UnitDir(a.file) == n.s.UnitDir(f) {
			return a
		}
	}
	if len(n.apps) == 1 {
		return n.apps[0]
	}
	return &nestApp{}
}

// reachable are the files that a file imports, directly or through others.
func reachable(s *Snapshot, f *File) map[*File]bool {
	out := map[*File]bool{f: true}
	g := s.Graph()
	queue := []*File{f}
	for len(queue) > 0 {
		f, queue = queue[0], queue[1:]
		for _, i := range g.Imports(f) {
			if !out[i.To] {
				out[i.To] = true
				queue = append(queue, i.To)
			}
		}
	}
	return out
}

// appGuards are the guards and interceptors that a module provides to the whole application.
func appGuards(module *jslex.Call) []string {
	providers, _ := module.Args[0].Prop("providers")
	var out []string
	for _, item := range providers.Value.Items() {
		token, ok := item.Prop("provide")
		if !ok || token.Value.Ident != "APP_GUARD" && token.Value.Ident != "APP_INTERCEPTOR" {
			continue
		}
		for _, key := range []string{"useClass", "useExisting"} {
			if guard, has := item.Prop(key); has {
				out = append(out, strings.Clone(guard.Value.Ident))
			}
		}
	}
	return out
}
