package backend

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
)

// forwarded says whether the handler leaves the password to another service,
// whose limit counts.
func forwarded(s *repo.Snapshot, r *repo.Route) bool {
	for _, name := range calledIn(s, r.HandlerFile, r.HandlerSpan) {
		low := strings.ToLower(name)
		if r.Framework == "next" && (low == "fetch" || strings.HasPrefix(low, "axios")) {
			return true
		}
		for _, provider := range []string{"supabase", "cognito", "signinwithpassword", "clerk", "auth0", "firebase"} {
			if strings.Contains(low, provider) {
				return true
			}
		}
	}
	return false
}

// calledIn names what is called in a part of a file.
func calledIn(s *repo.Snapshot, f *repo.File, in finding.Span) []string {
	if f == nil {
		return nil
	}
	src := s.Source(f.Path)
	var out []string
	switch {
	case src == nil:
	case src.Py() != nil:
		for i := range src.Py().Calls {
			if c := &src.Py().Calls[i]; in.Start <= c.Span.Start && c.Span.End <= in.End {
				out = append(out, c.Callee)
			}
		}
	case src.JS() != nil:
		for i := range src.JS().Calls {
			if c := &src.JS().Calls[i]; in.Start <= c.Span.Start && c.Span.End <= in.End {
				out = append(out, c.Callee)
			}
		}
	}
	return out
}

// fastapiUsers are the routes of the library fastapi-users, which registers
// them itself: one for each of its routers that is included.
func fastapiUsers(s *repo.Snapshot) []repo.Route {
	made := map[string]string{"get_auth_router": "login", "get_register_router": "register", "get_reset_password_router": "forgot-password"}
	var out []repo.Route
	for _, src := range s.RunningSources("get_auth_router", "get_register_router", "get_reset_password_router") {
		if src.Py() == nil {
			continue
		}
		for i := range src.Py().Calls {
			call := &src.Py().Calls[i]
			router, ok := call.At(0)
			name := router.Callee[strings.LastIndexByte(router.Callee, '.')+1:]
			if !ok || !strings.HasSuffix(call.Callee, "include_router") || made[name] == "" {
				continue
			}
			prefix, _ := call.Arg("prefix")
			r := repo.Route{
				Method: "POST", Path: "/" + strings.Trim(prefix.Literal+"/"+made[name], "/"), File: src.File, Span: call.Span,
				Framework: "fastapi", Mounted: true,
			}
			if list, ok := call.Arg("dependencies"); ok {
				r.Dependencies = append(r.Dependencies, list.Text())
			}
			for _, other := range s.Routes() {
				if other.Framework == "fastapi" && s.UnitDir(other.File) == s.UnitDir(src.File) && len(other.Global) > len(r.Global) {
					r.Global, r.Middlewares = other.Global, other.Global
				}
			}
			out = append(out, r)
		}
	}
	return out
}
