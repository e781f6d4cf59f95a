package backend

import (
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// corsPolicies lists the policies of the applications that run.
func corsPolicies(s *repo.Snapshot) []corsPolicy {
	var out []corsPolicy
	for _, src := range s.RunningSources("CORSMiddleware", "flask_cors", "CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL", "enableCors", "cors") {
		var found []corsPolicy
		if src.Py() != nil {
			found = append(pythonCORS(s, src), djangoCORS(src)...)
		} else {
			found = scriptCORS(s, src)
		}
		for _, c := range found {
			if !onlyInDevelopment(src, c.span.Start) {
				out = append(out, c)
			}
		}
	}
	return out
}

// pythonCORS reads add_middleware(CORSMiddleware, …), Middleware(CORSMiddleware,
// …) and CORS(app, …).
func pythonCORS(s *repo.Snapshot, src *repo.Source) []corsPolicy {
	py := src.Py()
	var out []corsPolicy
	for i := range py.Calls {
		call := &py.Calls[i]
		first, ok := call.At(0)
		if !ok {
			continue
		}
		last := call.Callee[strings.LastIndexByte(call.Callee, '.')+1:]
		switch {
		case (last == "add_middleware" || last == "Middleware") && strings.HasSuffix(py.Qualify(first.Ident), "middleware.cors.CORSMiddleware"):
			out = append(out, starletteCORS(s, src, call))
		case py.Qualify(call.Callee) == "flask_cors.CORS":
			out = append(out, flaskCORS(s, src, call))
		}
	}
	return out
}

func starletteCORS(s *repo.Snapshot, src *repo.Source, call *pylex.Call) corsPolicy {
	c := corsPolicy{file: src.File, span: call.Span}
	if v, ok := call.Arg("allow_origins"); ok {
		if list, ok := literals(s, src, v); ok {
			c.setOrigins(list)
			c.unless = settingOf(s, src, v)
			if c.anyOrigin == yes {
				c.span = v.Span
			}
		}
	}
	if v, ok := call.Arg("allow_origin_regex"); ok && (v.Literal == ".*" || v.Literal == "^.*$" || v.Literal == "https?://.*") {
		c.anyOrigin = yes
	}
	if v, ok := call.Arg("allow_credentials"); ok {
		c.credentials, _ = v.Bool()
	}
	if v, ok := call.Arg("allow_methods"); ok {
		if list, ok := literals(s, src, v); ok && hasStar(list) {
			c.anyMethod, c.methods = true, v.Span
		}
	}
	if v, ok := call.Arg("allow_headers"); ok {
		if list, ok := literals(s, src, v); ok && hasStar(list) {
			c.anyHeader, c.headers = true, v.Span
		}
	}
	if c.anyOrigin != yes {
		switch {
		case c.anyMethod:
			c.span = c.methods
		case c.anyHeader:
			c.span = c.headers
		}
	}
	return c
}

func flaskCORS(s *repo.Snapshot, src *repo.Source, call *pylex.Call) corsPolicy {
	c := corsPolicy{file: src.File, span: call.Span, anyOrigin: yes}
	if v, ok := call.Arg("resources"); ok { // rules by path
		c.anyOrigin = unknown
		if v.Kind == pylex.ValueDict && strings.Contains(v.Text(), `"*"`) && !strings.Contains(v.Text(), "origins") {
			c.anyOrigin = yes
		}
	}
	if v, ok := call.Arg("origins"); ok {
		c.anyOrigin = unknown
		if list, ok := literals(s, src, v); ok {
			c.setOrigins(list)
		}
	}
	if v, ok := call.Arg("supports_credentials"); ok {
		c.credentials, _ = v.Bool()
	}
	return c
}

// djangoCORS reads the settings of django-cors-headers.
func djangoCORS(src *repo.Source) []corsPolicy {
	if stem, _, _ := strings.Cut(src.Name(), "."); developmentName(stem) {
		return nil
	}
	var out []corsPolicy
	credentials := false
	for _, a := range src.Py().Assigns {
		if on, ok := a.Value.Bool(); ok && on && a.Target == "CORS_ALLOW_CREDENTIALS" {
			credentials = true
		}
	}
	for _, a := range src.Py().Assigns {
		if on, ok := a.Value.Bool(); ok && on && (a.Target == "CORS_ALLOW_ALL_ORIGINS" || a.Target == "CORS_ORIGIN_ALLOW_ALL") {
			c := corsPolicy{file: src.File, span: a.Span, anyOrigin: yes, credentials: credentials}
			if src.At(a.Span).Column > 1 { // one branch of several
				c.unless = "the branch before it applies"
			}
			out = append(out, c)
		}
	}
	return out
}

// literals are the strings of a list: written there, in a variable of the file,
// or in a field of the settings object of another one.
func literals(s *repo.Snapshot, src *repo.Source, v pylex.Arg) ([]string, bool) {
	if list, ok := v.Strings(); ok {
		return list, true
	}
	if a, _ := assigned(s, src, v); a != nil {
		return a.Value.Strings()
	}
	return nil, false
}

// assigned is the one assignment that gives a name its value; nil when there
// are several, or none that is here.
func assigned(s *repo.Snapshot, src *repo.Source, v pylex.Arg) (*pylex.Assign, *pylex.File) {
	if v.Ident == "" {
		return nil, nil
	}
	at, ok := s.Origin(src, v.Ident)
	if !ok {
		return nil, nil
	}
	target := s.Source(at.File.Path)
	if target == nil || target.Py() == nil {
		return nil, nil
	}
	name := at.Name[strings.LastIndexByte(at.Name, '.')+1:]
	var found *pylex.Assign
	for i := range target.Py().Assigns {
		a := &target.Py().Assigns[i]
		if a.Target != at.Name && (a.Target != name || !strings.Contains(at.Name, ".")) || a.Value.Kind == pylex.ValueNone {
			continue
		}
		if found != nil {
			return nil, nil
		}
		found = a
	}
	return found, target.Py()
}

// settingOf says under which condition the value is another one: it is the
// default of a settings field that the environment may set. "" when it is
// written in the code.
func settingOf(s *repo.Snapshot, src *repo.Source, v pylex.Arg) string {
	a, py := assigned(s, src, v)
	if a == nil || a.Func < 0 || a.Annotation == "" {
		return ""
	}
	for _, base := range py.Defs[a.Func].Bases {
		if strings.HasSuffix(base, "Settings") {
			return strings.ToUpper(a.Target) + " is set"
		}
	}
	return ""
}

// onlyInDevelopment says whether the place is reached in development alone.
func onlyInDevelopment(src *repo.Source, offset int) bool {
	for _, c := range conditionsAround(src, offset) {
		if c.asksForDevelopment() {
			return true
		}
	}
	return false
}

// asksForDevelopment says whether a condition holds only outside production.
func (c *condition) asksForDevelopment() bool {
	negated := false
	for i, w := range c.words {
		low := strings.ToLower(w)
		switch {
		case w == "!=" || w == "!==" || w == "!" || w == "not":
			negated = true
		case c.isString[i] && (low == "development" || low == "dev" || low == "local" || low == "test"):
			if !negated {
				return true
			}
		case low == "production" || low == "prod" || low == "isprod" || low == "isproduction" || low == "is_production" || low == "is_prod":
			if negated {
				return true
			}
		case !c.isString[i] && (low == "debug" || low == "isdev" || low == "isdevelopment" || low == "is_dev" || low == "is_development" || low == "__dev__"):
			if !negated {
				return true
			}
		}
	}
	return false
}
