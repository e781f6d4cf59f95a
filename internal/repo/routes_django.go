package repo

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// djangoRoutes follows the urls of Django from ROOT_URLCONF.
type djangoURLs struct {
	s       *Snapshot
	classes map[Symbol]*viewClass
	visited map[Symbol]bool
	out     []Route
	global  []string // MIDDLEWARE of the settings that run
	policy  []string // permission and throttle classes that hold where a view names none
}

// maxDjangoRoutes bounds how many routes one project's urls are unfolded to.
const maxDjangoRoutes = 20_000

func djangoRoutes(s *Snapshot) []Route {
	var modules []*Source
	for _, src := range s.SourcesMentioning("urlpatterns") {
		if src.Role == Production && src.Lang == Python {
			modules = append(modules, src)
		}
	}
	if len(modules) == 0 {
		return nil
	}
	d := &djangoURLs{s: s, classes: map[Symbol]*viewClass{}, visited: map[Symbol]bool{}}
	roots := d.settings()
	if len(roots) == 0 {
		roots = d.unincluded(modules)
	}
	for _, root := range roots {
		d.list(Symbol{root, "urlpatterns"}, "", nil, true, 0)
	}
	for _, src := range modules {
		d.list(Symbol{src.File, "urlpatterns"}, "", nil, false, 0)
	}
	return d.out
}

// settings reads what the settings say of all routes, and the modules that
// ROOT_URLCONF names.
func (d *djangoURLs) settings() []*File {
	var roots []*File
	seen := map[*File]bool{}
	for _, set := range d.s.DjangoSettings() {
		if set.Env == "test" {
			continue
		}
		if v, ok := set.Setting("ROOT_URLCONF"); ok && v.Literal != "" {
			if f := d.s.PyModule(d.s.UnitDir(set.File), v.Literal); f != nil && !seen[f] {
				seen[f] = true
				roots = append(roots, f)
			}
		}
		if len(set.Middleware) > len(d.global) && set.Env != "local" {
			d.global = nil
			for _, n := range set.Middleware {
				d.global = append(d.global, n.Name)
			}
		}
		if d.policy == nil {
			d.policy = restPolicy(d.s, set)
		}
	}
	return roots
}

// restPolicy are the classes that REST_FRAMEWORK sets for all views.
func restPolicy(s *Snapshot, set *DjangoSettings) []string {
	at, ok := set.Setting("REST_FRAMEWORK")
	src := s.Source(set.Path)
	if !ok || src == nil {
		return nil
	}
	value := src.Py().Value(at.ValueSpan)
	var out []string
	for _, key := range []string{"DEFAULT_PERMISSION_CLASSES", "DEFAULT_AUTHENTICATION_CLASSES", "DEFAULT_THROTTLE_CLASSES"} {
		if v, ok := value.Key(key); ok {
			list, _ := v.Strings()
			for _, name := range list {
				out = append(out, strings.Clone(lastPart(name)))
			}
		}
	}
	return out
}

// unincluded are the url modules that no other one includes.
func (d *djangoURLs) unincluded(modules []*Source) []*File {
	included := map[*File]bool{}
	for _, src := range modules {
		for _, i := range d.s.Graph().Imports(src.File) {
			included[i.To] = true
		}
	}
	var out []*File
	for _, src := range modules {
		if !included[src.File] {
			out = append(out, src.File)
		}
	}
	return out
}

// list unfolds a list of url patterns that lies below a prefix.
func (d *djangoURLs) list(at Symbol, prefix string, around []string, mounted bool, depth int) {
	src := d.s.Source(at.File.Path)
	if src == nil || src.Lang != Python || depth > maxHops || d.visited[at] {
		return
	}
	d.visited[at] = true
	py := src.Py()
	for i := range py.Assigns {
		if a := &py.Assigns[i]; a.Target == at.Name {
			d.patterns(src, py, a.Value, prefix, around, mounted, depth)
		}
	}
	for i := range py.Calls { // urlpatterns.append(path(…)), urlpatterns.extend(router.urls)
		call := &py.Calls[i]
		if on, method, ok := cutLast(call.Callee); ok && on == at.Name && (method == "append" || method == "extend" || method == "insert") {
			for _, a := range call.Args {
				d.patterns(src, py, a, prefix, around, mounted, depth)
			}
		}
	}
}

// patterns reads an expression that gives url patterns.
func (d *djangoURLs) patterns(src *Source, py *pylex.File, v pylex.Arg, prefix string, around []string, mounted bool, depth int) {
	if len(d.out) > maxDjangoRoutes || depth > 2*maxHops {
		return
	}
	switch v.Kind {
	case pylex.ValueList, pylex.ValueTuple:
		for _, item := range v.Items() {
			d.patterns(src, py, item, prefix, around, mounted, depth+1)
		}
	case pylex.ValueOther:
		for _, t := range v.Terms("+", maxSum) {
			d.patterns(src, py, t, prefix, around, mounted, depth+1)
		}
	case pylex.ValueIdent:
		if name, ok := strings.CutSuffix(v.Ident, ".urls"); ok {
			d.router(src, py, name, prefix, around, mounted, v.Span)
		} else if at, ok := d.s.Origin(src, v.Ident); ok && v.Ident != "urlpatterns" {
			d.list(at, prefix, around, mounted, depth+1)
		}
	case pylex.ValueCall:
		call, ok := v.Call()
		if !ok {
			return
		}
		switch lastPart(call.Callee) {
		case "path", "re_path", "url":
			d.path(src, py, call, prefix, around, mounted, depth)
		case "i18n_patterns", "decorator_include", "format_suffix_patterns":
			for _, a := range call.Args {
				d.patterns(src, py, a, prefix, around, mounted, depth+1)
			}
		}
	}
}

// path reads path("users/", view) and path("api/", include(…)).
func (d *djangoURLs) path(src *Source, py *pylex.File, call *pylex.Call, prefix string, around []string, mounted bool, depth int) {
	route, ok := call.At(0)
	if !ok {
		route, ok = call.Arg("route")
	}
	view, hasView := call.At(1)
	if !hasView {
		view, hasView = call.Arg("view")
	}
	if !ok || !hasView {
		return
	}
	at := joinRoute(prefix, d.text(src, route, lastPart(call.Callee) != "path"))
	inner, ok := view.Call()
	if !ok && view.Ident == "" {
		if items := view.Items(); len(items) > 0 { // (patterns, app, namespace)
			d.patterns(src, py, items[0], at, around, mounted, depth+1)
		}
		return
	}
	if ok && lastPart(inner.Callee) == "include" && len(inner.Args) > 0 {
		d.include(src, py, inner.Args[0], at, around, mounted, depth)
		return
	}
	d.view(src, py, view, at, around, mounted, call.Span, 0)
}

func (d *djangoURLs) include(src *Source, py *pylex.File, target pylex.Arg, at string, around []string, mounted bool, depth int) {
	if items := target.Items(); target.Kind == pylex.ValueTuple && len(items) > 0 {
		target = items[0]
	}
	switch {
	case target.IsLiteral:
		r := newPyResolver(d.s)
		if base, ok := r.base(src.File, target.Literal, 0); ok {
			if f := r.module(base); f != nil {
				d.list(Symbol{f, "urlpatterns"}, at, around, mounted, depth+1)
			}
		}
	case target.Ident != "" && !strings.HasSuffix(target.Ident, ".urls"):
		if f := d.module(src, target.Ident); f != nil {
			d.list(Symbol{f, "urlpatterns"}, at, around, mounted, depth+1)
			return
		}
		d.patterns(src, py, target, at, around, mounted, depth+1)
	case strings.HasSuffix(target.Ident, ".urls"):
		if f := d.module(src, target.Ident); f != nil {
			d.list(Symbol{f, "urlpatterns"}, at, around, mounted, depth+1)
			return
		}
		d.patterns(src, py, target, at, around, mounted, depth+1)
	default:
		d.patterns(src, py, target, at, around, mounted, depth+1)
	}
}

// module is the file that an imported name means as a whole: include(urls).
func (d *djangoURLs) module(src *Source, name string) *File {
	if at, ok := d.s.Origin(src, name+".urlpatterns"); ok && at.Name == "urlpatterns" && at.File != src.File {
		return at.File
	}
	return nil
}

// text is a pattern's text; regular expressions lose their anchors.
func (d *djangoURLs) text(src *Source, a pylex.Arg, regex bool) string {
	text := "{" + a.Ident + "}"
	if a.IsLiteral {
		text = strings.Clone(a.Literal)
	} else if call, ok := a.Call(); ok && len(call.Args) > 0 && call.Args[0].IsLiteral { // _("users/")
		text = strings.Clone(call.Args[0].Literal)
	} else if a.Ident == "" {
		text = "{…}"
	}
	if regex {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "^"), "$")
	}
	return text
}

// view adds the routes of one pattern. What wraps the view counts as its
// decorators.
func (d *djangoURLs) view(src *Source, py *pylex.File, v pylex.Arg, at string, around []string, mounted bool, span finding.Span, depth int) {
	base := Route{
		Method: "ANY", Path: at, File: src.File, Span: span, Framework: "django", Mounted: mounted,
		Middlewares: d.global, Global: d.global, Decorators: around,
	}
	if call, ok := v.Call(); ok {
		if class, isClass := strings.CutSuffix(call.Callee, ".as_view"); isClass {
			d.asView(src, class, call, base)
			return
		}
		if depth < maxHops && len(call.Args) > 0 && (call.Args[0].Ident != "" || call.Args[0].Callee != "") { // login_required(view)
			d.view(src, py, call.Args[0], at, append(around[:len(around):len(around)], strings.Clone(lastPart(call.Callee))), mounted, span, depth+1)
			return
		}
		if inner, _, ok := strings.Cut(call.Callee, "()"); ok && depth < maxHops && len(call.Args) > 0 { // cache_page(60)(view)
			d.view(src, py, call.Args[0], at, append(around[:len(around):len(around)], strings.Clone(lastPart(inner))), mounted, span, depth+1)
		}
		return
	}
	if v.Ident == "" || strings.HasSuffix(v.Ident, ".urls") && v.Ident != "admin.site.urls" {
		return
	}
	base.Handler = strings.Clone(v.Ident)
	d.function(src, v.Ident, base)
}

// function adds the routes of a view that is a function.
func (d *djangoURLs) function(src *Source, name string, base Route) {
	methods := []string{"ANY"}
	if origin, ok := d.s.Origin(src, name); ok {
		if target := d.s.Source(origin.File.Path); target != nil && target.Lang == Python {
			py := target.Py()
			for i := range py.Assigns { // detail = Detail.as_view()
				a := &py.Assigns[i]
				call, ok := a.Value.Call()
				if class, isView := strings.CutSuffix(a.Value.Callee, ".as_view"); ok && isView && a.Target == origin.Name {
					d.asView(target, class, call, base)
					return
				}
			}
			for i := range py.Defs {
				def := &py.Defs[i]
				if def.Name != origin.Name || def.Kind == pylex.Class {
					continue
				}
				base.HandlerFile, base.HandlerSpan = target.File, def.Span
				base.Decorators = base.Decorators[:len(base.Decorators):len(base.Decorators)]
				rest := false
				for k := range def.Decorators {
					dec := &def.Decorators[k]
					if allowed := allowedBy(dec); allowed != nil {
						methods = allowed
					}
					rest = rest || lastPart(dec.Callee) == "api_view"
					base.Decorators = append(base.Decorators, strings.Clone(dec.Callee))
					base.Dependencies = append(base.Dependencies, policyOf(dec)...)
				}
				if rest && len(base.Dependencies) == 0 {
					base.Dependencies = d.policy
				}
			}
		}
	}
	for _, m := range methods {
		base.Method = m
		d.out = append(d.out, base)
	}
}

// allowedBy are the methods that a decorator lets through, nil when it says
// nothing of them.
func allowedBy(dec *pylex.Call) []string {
	switch lastPart(dec.Callee) {
	case "require_POST":
		return []string{"POST"}
	case "require_GET":
		return []string{"GET"}
	case "require_safe":
		return []string{"GET", "HEAD"}
	case "require_http_methods", "api_view", "require_methods":
		if a, ok := dec.At(0); ok {
			list, ok := a.Strings()
			if !ok || len(list) == 0 {
				return nil
			}
			var out []string
			for _, m := range list {
				out = append(out, strings.ToUpper(m))
			}
			return out
		}
		return []string{"GET"}
	}
	return nil
}

// policyOf are the classes of @permission_classes([…]) and its kin.
func policyOf(dec *pylex.Call) []string {
	switch lastPart(dec.Callee) {
	case "permission_classes", "authentication_classes", "throttle_classes":
		if a, ok := dec.At(0); ok {
			return classNames(a)
		}
	}
	return nil
}

// classNames are the classes in a list, operators such as A | B taken apart.
func classNames(a pylex.Arg) []string {
	var out []string
	for _, item := range a.Items() {
		if name := item.Ident + item.Callee; name != "" {
			out = append(out, strings.Clone(name))
			continue
		}
		for _, op := range []string{"|", "&"} {
			for _, t := range item.Terms(op, maxSum) {
				if t.Ident != "" {
					out = append(out, strings.Clone(t.Ident))
				}
			}
		}
	}
	return out
}
