package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// judgeDjango looks at the list of middlewares: Django defends by default, and
// only a list without its middleware does not.
func judgeDjango(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("MIDDLEWARE") {
		if src.Py() == nil {
			continue
		}
		for _, a := range src.Py().Assigns {
			list, ok := a.Value.Strings()
			if a.Target != "MIDDLEWARE" || !ok || !slices.Contains(list, "django.contrib.sessions.middleware.SessionMiddleware") {
				continue
			}
			if i := slices.IndexFunc(list, func(m string) bool { return isCSRF(m) }); i >= 0 {
				p.Holds(src.At(a.TargetSpan), "MIDDLEWARE has %s", list[i])
			} else {
				p.Report(src.At(a.TargetSpan), "MIDDLEWARE has sessions without django.middleware.csrf.CsrfViewMiddleware")
			}
		}
	}
}

// isCSRF says whether a name is that of a defence against forged requests.
func isCSRF(name string) bool {
	low := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	if strings.Contains(low, "exempt") || strings.Contains(low, "generate") || strings.Contains(low, "disable") {
		return false
	}
	return strings.Contains(low, "csrf") || strings.Contains(low, "csurf") || strings.Contains(low, "xsrf") || low == "lusca" ||
		strings.Contains(low, "verifyorigin") || strings.Contains(low, "checkorigin") || strings.Contains(low, "sameorigin") || strings.Contains(low, "validateorigin")
}

// defended finds what defends a whole unit: a library that is mounted on the
// application, or code of its own that compares a header.
func defended(s *repo.Snapshot, unit string) (finding.Location, string, bool) {
	for _, src := range s.RunningSources("CSRFProtect", "SeaSurf", "init_app", "add_middleware", "headers", "header", "use", "register") {
		if s.ProgramDir(src.File) != unit {
			continue
		}
		var at finding.Span
		how := ""
		if src.Py() != nil {
			at, how = pythonDefence(src)
		} else if src.JS() != nil {
			at, how = scriptDefence(src)
		}
		if how != "" {
			return src.At(at), how, true
		}
	}
	return finding.Location{}, "", false
}

func pythonDefence(src *repo.Source) (finding.Span, string) {
	py := src.Py()
	protects := map[string]bool{}
	for _, a := range py.Assigns {
		if lastOf(py.Qualify(a.Value.Callee)) == "CSRFProtect" {
			protects[a.Target] = true
		}
	}
	refuses := refusesPython(src)
	within := func(at int) bool {
		return slices.ContainsFunc(py.Defs, func(d pylex.Def) bool {
			return d.Kind != pylex.Class && d.BodySpan.Contains(at) && slices.ContainsFunc(refuses, d.BodySpan.Contains)
		})
	}
	for i := range py.Calls {
		c := &py.Calls[i]
		first, hasFirst := c.At(0)
		name := lastOf(py.Qualify(c.Callee))
		on, _, _ := strings.Cut(c.Callee, ".init_app")
		switch {
		case (name == "CSRFProtect" || name == "SeaSurf") && hasFirst:
			return c.Span, name + " protects the application"
		case name == "init_app" && hasFirst && (protects[on] || isCSRF(on)):
			return c.Span, on + " (CSRFProtect) protects the application"
		case name == "add_middleware" && isCSRF(first.Ident):
			return c.Span, first.Ident + " protects the application"
		case name == "get" && strings.Contains(c.Callee, "headers") && headerDefends(first.Literal, within(c.Span.Start)):
			return c.Span, "the header " + first.Literal + " is compared"
		}
	}
	for _, a := range py.Assigns { // request.headers["x-csrf-token"]
		if _, key, ok := strings.Cut(a.Value.Text(), "headers["); ok && headerDefends(strings.Trim(key, `]"'`), within(a.Span.Start)) {
			return a.Span, "the header " + strings.Trim(key, `]"'`) + " is compared"
		}
	}
	return finding.Span{}, ""
}

// headerDefends says whether a server that reads the header does so against
// forged requests: for a token always, for where the request is from only when
// the same function refuses.
func headerDefends(header string, refuses bool) bool {
	switch low := strings.ToLower(header); low {
	case "origin", "referer", "sec-fetch-site", "x-requested-with":
		return refuses
	default:
		return strings.HasPrefix(low, "x-") && (strings.Contains(low, "csrf") || strings.Contains(low, "xsrf")) || low == "csrf-token" || low == "xsrf-token"
	}
}

// refusesPython are the places that answer "forbidden".
func refusesPython(src *repo.Source) (at []int) {
	for _, t := range pylex.Lex(src.Bytes()) {
		if text := src.Text(t.Span); t.Kind == pylex.Number && text == "403" || t.Kind == pylex.Name && text == "HTTP_403_FORBIDDEN" {
			at = append(at, t.Span.Start)
		}
	}
	return at
}

func scriptDefence(src *repo.Source) (finding.Span, string) {
	js := src.JS()
	tokens := jslex.Lex(src.Bytes())
	within := func(at int) bool {
		return slices.ContainsFunc(js.Funcs, func(f jslex.Func) bool {
			return f.BodySpan.Contains(at) && slices.ContainsFunc(tokens, func(t jslex.Token) bool {
				text := src.Text(t.Span)
				refuses := t.Kind == jslex.Number && text == "403" || t.Kind == jslex.Ident && (text == "FORBIDDEN" || text == "ForbiddenException")
				return refuses && f.BodySpan.Contains(t.Span.Start)
			})
		})
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		last := lastOf(c.Callee)
		if (last == "use" || last == "register") && len(c.Args) > 0 && (!c.Args[0].IsLiteral || wholeApp(c.Args[0].Literal)) {
			for _, a := range c.Args {
				if isCSRF(a.Ident) {
					return c.Span, a.Ident + " is mounted on the application"
				}
			}
			for k := range js.Calls { // csrf(), or csrf()(req, res, next) inside a middleware
				if in := &js.Calls[k]; k != i && c.Span.Start <= in.Span.Start && in.Span.End <= c.Span.End && isCSRF(in.Callee) {
					return c.Span, strings.TrimSuffix(in.Callee, "()") + " is mounted on the application"
				}
			}
		}
		if (last == "get" || last == "header") && len(c.Args) > 0 && readsHeader(c.Callee) && headerDefends(c.Args[0].Literal, within(c.Span.Start)) {
			return c.Span, "the header " + c.Args[0].Literal + " is compared"
		}
	}
	for i, t := range tokens { // req.headers["x-csrf-token"], req.headers.origin
		if t.Kind != jslex.Ident || src.Text(t.Span) != "headers" || i+2 >= len(tokens) {
			continue
		}
		mark, key := src.Text(tokens[i+1].Span), tokens[i+2]
		if mark == "[" && key.Kind == jslex.String || mark == "." && key.Kind == jslex.Ident {
			if header := strings.Trim(src.Text(key.Span), `'"`); headerDefends(header, within(key.Span.Start)) {
				return key.Span, "the header " + header + " is compared"
			}
		}
	}
	return finding.Span{}, ""
}

func readsHeader(callee string) bool {
	return strings.Contains(callee, "headers") || strings.HasPrefix(callee, "req.") || strings.HasPrefix(callee, "request.") || strings.HasPrefix(callee, "c.req") || strings.HasPrefix(callee, "ctx.")
}

func wholeApp(prefix string) bool {
	switch strings.Trim(prefix, "/*") {
	case "", "api", "v1", "api/v1":
		return true
	}
	return false
}

// routeDefended finds what defends one route: around it, or called by its
// handler.
func routeDefended(s *repo.Snapshot, r *repo.Route) (string, bool) {
	for _, list := range [][]string{r.Middlewares, r.Dependencies, r.Decorators} {
		if i := slices.IndexFunc(list, isCSRF); i >= 0 {
			return list[i], true
		}
	}
	if r.HandlerFile == nil {
		return "", false
	}
	src := s.Source(r.HandlerFile.Path)
	within := func(span finding.Span) bool {
		return r.HandlerSpan.Start <= span.Start && span.End <= r.HandlerSpan.End
	}
	switch {
	case src == nil:
	case src.Py() != nil:
		for i := range src.Py().Calls {
			c := &src.Py().Calls[i]
			if within(c.Span) && (isCSRF(c.Callee) || lastOf(c.Callee) == "validate_on_submit") {
				return c.Callee, true
			}
		}
	case src.JS() != nil:
		for i := range src.JS().Calls {
			if c := &src.JS().Calls[i]; within(c.Span) && isCSRF(c.Callee) {
				return c.Callee, true
			}
		}
	}
	return "", false
}

// readsCookies says whether the running code of a unit looks at the cookies
// that come back, rather than only setting them for somebody else.
func readsCookies(s *repo.Snapshot, unit string) bool {
	for _, src := range s.RunningSources("Cookie", "APIKeyCookie", "cookies", "COOKIES", "signedCookies", "getCookie", "getCookies", "getSignedCookie") {
		if s.ProgramDir(src.File) != unit {
			continue
		}
		if src.Py() != nil && readsCookiesPython(src) || src.JS() != nil && readsCookiesScript(src) {
			return true
		}
	}
	return false
}

func readsCookiesPython(src *repo.Source) bool {
	for i := range src.Py().Calls {
		switch lastOf(src.Py().Calls[i].Callee) {
		case "Cookie", "APIKeyCookie":
			return true
		}
	}
	return slices.ContainsFunc(pylex.Lex(src.Bytes()), func(t pylex.Token) bool {
		text := src.Text(t.Span)
		return t.Kind == pylex.Name && (text == "cookies" || text == "COOKIES")
	})
}

func readsCookiesScript(src *repo.Source) bool {
	tokens := jslex.Lex(src.Bytes())
	for i, t := range tokens {
		if t.Kind != jslex.Ident {
			continue
		}
		switch src.Text(t.Span) {
		case "signedCookies", "getCookie", "getCookies", "getSignedCookie":
			return true
		case "cookies":
			next := i + 1
			for next < len(tokens) && (src.Text(tokens[next].Span) == "(" || src.Text(tokens[next].Span) == ")") {
				next++
			}
			if next+1 >= len(tokens) {
				continue
			}
			after, member := src.Text(tokens[next].Span), src.Text(tokens[next+1].Span)
			if after == "[" || after == "." && member != "set" && member != "delete" || after == "?." {
				return true
			}
		}
	}
	return false
}
