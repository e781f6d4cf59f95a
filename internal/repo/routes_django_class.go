package repo

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// viewClass is what a class says about the requests that it answers, its bases
// included.
type viewClass struct {
	file       *File
	methods    map[string]viewMethod // by name; the nearest definition counts
	attrs      map[string][]string   // permission_classes and the like → names
	decorators []string              // of the class, of dispatch, and mixins that guard
	allowed    []string              // http_method_names in capitals, nil when it is not set
	known      []string              // HTTP methods of the framework's own bases
	set        []string              // actions of the framework's own mixins: list, create, …
	isSet      bool                  // a ViewSet
	rest       bool                  // of Django REST framework
	lookup     string
}

type viewMethod struct {
	file       *File
	span       finding.Span
	decorators []string
	deps       []string // what @action gives it
	action     *viewAction
}

// viewAction is an extra action of a ViewSet.
type viewAction struct {
	methods []string
	detail  bool
	path    string
}

// genericViews are the methods that the views of Django and of its REST framework
// answer.
var genericViews = map[string][]string{
	"TemplateView": {"GET"}, "ListView": {"GET"}, "DetailView": {"GET"}, "RedirectView": {"ANY"}, "ArchiveIndexView": {"GET"},
	"CreateView": {"GET", "POST"}, "UpdateView": {"GET", "POST"}, "DeleteView": {"GET", "POST"}, "FormView": {"GET", "POST"},
	"LoginView": {"GET", "POST"}, "LogoutView": {"POST"}, "PasswordResetView": {"GET", "POST"}, "PasswordChangeView": {"GET", "POST"}, "PasswordResetConfirmView": {"GET", "POST"},
	"ListAPIView": {"GET"}, "RetrieveAPIView": {"GET"}, "CreateAPIView": {"POST"}, "DestroyAPIView": {"DELETE"}, "UpdateAPIView": {"PUT", "PATCH"},
	"ListCreateAPIView": {"GET", "POST"}, "RetrieveUpdateAPIView": {"GET", "PUT", "PATCH"}, "RetrieveDestroyAPIView": {"GET", "DELETE"},
	"RetrieveUpdateDestroyAPIView": {"GET", "PUT", "PATCH", "DELETE"},
	"SpectacularAPIView":           {"GET"}, "SpectacularSwaggerView": {"GET"}, "SpectacularRedocView": {"GET"},
	"TokenObtainPairView": {"POST"}, "TokenRefreshView": {"POST"}, "TokenVerifyView": {"POST"}, "ObtainAuthToken": {"POST"},
	"GraphQLView": {"GET", "POST"},
}

// setActions are the actions that the bases of a ViewSet bring.
var setActions = map[string][]string{
	"ModelViewSet": {"list", "create", "retrieve", "update", "partial_update", "destroy"}, "ReadOnlyModelViewSet": {"list", "retrieve"},
	"ListModelMixin": {"list"}, "CreateModelMixin": {"create"}, "RetrieveModelMixin": {"retrieve"}, "UpdateModelMixin": {"update", "partial_update"}, "DestroyModelMixin": {"destroy"},
}

// class reads a class that a name of src stands for; nil when it is not the
// project's.
func (d *djangoURLs) class(src *Source, name string, depth int) *viewClass {
	origin, ok := d.s.Origin(src, name)
	if !ok || depth > maxHops {
		return nil
	}
	if known, ok := d.classes[origin]; ok {
		return known
	}
	d.classes[origin] = nil
	target := d.s.Source(origin.File.Path)
	if target == nil || target.Lang != Python {
		return nil
	}
	py := target.Py()
	for i := range py.Defs {
		if py.Defs[i].Kind == pylex.Class && py.Defs[i].Name == origin.Name {
			v := d.read(target, py, i, depth)
			d.classes[origin] = v
			return v
		}
	}
	return nil
}

func (d *djangoURLs) read(src *Source, py *pylex.File, at, depth int) *viewClass {
	v := &viewClass{file: src.File, methods: map[string]viewMethod{}, attrs: map[string][]string{}}
	def := &py.Defs[at]
	for k := range def.Decorators {
		dec := &def.Decorators[k]
		v.decorators = append(v.decorators, strings.Clone(dec.Callee))
		for _, a := range dec.Args { // method_decorator(login_required, name="dispatch")
			if name := a.Ident + a.Callee; name != "" {
				v.decorators = append(v.decorators, strings.Clone(name))
			}
		}
	}
	for i := range py.Defs {
		if m := &py.Defs[i]; m.Parent == at && m.Kind != pylex.Class {
			method := viewMethod{file: src.File, span: m.Span, action: actionOf(m)}
			for k := range m.Decorators {
				dec := &m.Decorators[k]
				method.decorators = append(method.decorators, strings.Clone(dec.Callee))
				method.deps = append(method.deps, actionPolicy(dec)...)
				if lastPart(dec.Callee) == "method_decorator" && m.Name == "dispatch" && len(dec.Args) > 0 {
					v.decorators = append(v.decorators, strings.Clone(dec.Args[0].Ident+dec.Args[0].Callee))
				}
			}
			v.methods[strings.Clone(m.Name)] = method
		}
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func != at {
			continue
		}
		switch a.Target {
		case "permission_classes", "authentication_classes", "throttle_classes":
			v.attrs[strings.Clone(a.Target)] = classNames(a.Value)
		case "http_method_names":
			list, _ := a.Value.Strings()
			for _, m := range list {
				v.allowed = append(v.allowed, strings.ToUpper(m))
			}
		case "lookup_field", "lookup_url_kwarg":
			v.lookup = strings.Clone(a.Value.Literal)
		case "permission_required":
			v.decorators = append(v.decorators, "permission_required")
		}
	}
	for i, base := range def.Bases {
		if i == maxClassBases {
			break
		}
		v.inherit(d.class(src, base, depth+1), lastPart(strings.TrimSuffix(base, "[]")))
	}
	return v
}

// inherit takes over what a base brings that the class does not have: of one of
// the project's what was read, of another what its name is known to mean.
func (v *viewClass) inherit(base *viewClass, name string) {
	if base == nil {
		v.known = joined(v.known, genericViews[name])
		v.set = joined(v.set, setActions[name])
		v.isSet = v.isSet || strings.HasSuffix(name, "ViewSet")
		v.rest = v.rest || strings.HasSuffix(name, "APIView") || strings.HasSuffix(name, "ViewSet")
		switch {
		case strings.HasSuffix(name, "RequiredMixin"), name == "UserPassesTestMixin", name == "AccessMixin":
			v.decorators = append(v.decorators, strings.Clone(name))
		}
		return
	}
	for name, m := range base.methods {
		if _, own := v.methods[name]; !own {
			v.methods[name] = m
		}
	}
	for name, list := range base.attrs {
		if _, own := v.attrs[name]; !own {
			v.attrs[name] = list
		}
	}
	v.decorators = joined(v.decorators, base.decorators)
	v.known = joined(v.known, base.known)
	v.set = joined(v.set, base.set)
	v.isSet, v.rest = v.isSet || base.isSet, v.rest || base.rest
	if v.allowed == nil {
		v.allowed = base.allowed
	}
	if v.lookup == "" {
		v.lookup = base.lookup
	}
}

// maxClassBases bounds how many bases of a class are looked at.
const maxClassBases = 32

// joined is a list with what another adds to it.
func joined(list, more []string) []string {
	for _, name := range more {
		if len(list) < maxAround && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// actionOf reads @action(detail=True, methods=["post"], url_path="x").
func actionOf(m *pylex.Def) *viewAction {
	for k := range m.Decorators {
		dec := &m.Decorators[k]
		switch lastPart(dec.Callee) {
		case "action", "list_route", "detail_route":
		default:
			continue
		}
		a := &viewAction{methods: []string{"GET"}, path: strings.Clone(m.Name), detail: lastPart(dec.Callee) == "detail_route"}
		if v, ok := dec.Arg("methods"); ok {
			if list, _ := v.Strings(); len(list) > 0 {
				a.methods = nil
				for _, name := range list {
					a.methods = append(a.methods, strings.ToUpper(name))
				}
			}
		}
		if v, ok := dec.Arg("detail"); ok {
			a.detail, _ = v.Bool()
		}
		if v, ok := dec.Arg("url_path"); ok && v.IsLiteral {
			a.path = strings.Clone(v.Literal)
		}
		return a
	}
	return nil
}

// actionPolicy are the classes that an action sets for itself.
func actionPolicy(dec *pylex.Call) []string {
	var out []string
	for _, name := range []string{"permission_classes", "authentication_classes", "throttle_classes"} {
		if v, ok := dec.Arg(name); ok {
			out = append(out, classNames(v)...)
		}
	}
	return out
}

// policy are the classes that a request to the view passes: its own, or the
// project's.
func (d *djangoURLs) classPolicy(v *viewClass) []string {
	if !v.rest && !v.isSet {
		return nil
	}
	var out []string
	named := false
	for _, name := range []string{"permission_classes", "authentication_classes", "throttle_classes"} {
		if list, ok := v.attrs[name]; ok {
			named = named || name == "permission_classes"
			out = append(out, list...)
		}
	}
	for _, name := range []string{"get_permissions", "get_authenticators", "get_throttles"} {
		if _, ok := v.methods[name]; ok {
			named = named || name == "get_permissions"
			out = append(out, name)
		}
	}
	if !named {
		out = append(out, d.policy...)
	}
	return out
}

// httpOrder is the order in which a view's methods are listed.
var httpOrder = []string{"get", "post", "put", "patch", "delete", "head", "options"}

// asView adds the routes of X.as_view(…).
func (d *djangoURLs) asView(src *Source, class string, call *pylex.Call, base Route) {
	v := d.class(src, class, 0)
	base.Handler = strings.Clone(class)
	if v == nil {
		methods := genericViews[lastPart(class)]
		if methods == nil {
			methods = []string{"ANY"}
		}
		for _, m := range methods {
			base.Method = m
			d.out = append(d.out, base)
		}
		return
	}
	base.HandlerFile = v.file
	base.Decorators = append(base.Decorators[:len(base.Decorators):len(base.Decorators)], v.decorators...)
	base.Dependencies = d.classPolicy(v)
	if len(call.Args) > 0 && call.Args[0].Kind == pylex.ValueDict { // as_view({"get": "list"})
		for _, p := range call.Args[0].Pairs() {
			if m := httpMethods[p.Key.Literal]; m != "" {
				d.method(v, p.Value.Literal, m, class, base)
			}
		}
		return
	}
	if only, ok := call.Arg("http_method_names"); ok {
		one := *v
		one.allowed = []string{}
		list, _ := only.Strings()
		for _, m := range list {
			one.allowed = append(one.allowed, strings.ToUpper(m))
		}
		v = &one
	}
	listed := false
	for _, name := range httpOrder {
		if _, ok := v.methods[name]; ok && v.allows(httpMethods[name]) {
			d.method(v, name, httpMethods[name], class, base)
			listed = true
		}
	}
	for _, m := range v.known {
		if _, own := v.methods[strings.ToLower(m)]; !own && v.allows(m) && !d.listed(base, m) {
			base.Method = m
			d.out = append(d.out, base)
			listed = true
		}
	}
	if !listed {
		d.out = append(d.out, base)
	}
}

func (d *djangoURLs) listed(base Route, method string) bool {
	for i := len(d.out) - 1; i >= 0 && d.out[i].Span == base.Span && d.out[i].File == base.File; i-- {
		if d.out[i].Method == method && d.out[i].Path == base.Path {
			return true
		}
	}
	return false
}

func (v *viewClass) allows(method string) bool {
	return v.allowed == nil || slices.Contains(v.allowed, method)
}

// method adds the route of one method of a class.
func (d *djangoURLs) method(v *viewClass, name, verb, class string, base Route) {
	base.Method, base.Handler = verb, strings.Clone(class+"."+name)
	if m, ok := v.methods[name]; ok {
		base.HandlerFile, base.HandlerSpan = m.file, m.span
		base.Decorators = append(base.Decorators[:len(base.Decorators):len(base.Decorators)], m.decorators...)
		if m.deps != nil {
			base.Dependencies = m.deps
		}
	}
	d.out = append(d.out, base)
}
