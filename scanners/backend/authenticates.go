package backend

import (
	"strings"

	"drydock/internal/repo"
)

// authenticates says whether something that stands around the route asks who
// calls: a dependency, decorator, guard or middleware by its name.
func authenticates(r *repo.Route) bool {
	for _, list := range [][]string{r.Decorators, r.Dependencies, r.Middlewares} {
		for _, name := range list {
			if asksWho(name) {
				return true
			}
		}
	}
	return false
}

// asksWho says whether a name is that of something that lets only known callers
// through.
func asksWho(name string) bool {
	last := lastName(strings.TrimSuffix(name, "()"))
	low := strings.ToLower(strings.ReplaceAll(last, "_", ""))
	for _, w := range []string{"optional", "allowany", "public", "anonymous", "skipauth", "oauthcallback", "noauth", "csrf", "passport.initialize", "authsession", "authenticationsession"} {
		if strings.Contains(low, w) {
			return false
		}
	}
	if strings.HasPrefix(name, "django.contrib.") || low == "initialize" {
		return false
	}
	for _, w := range []string{"currentuser", "currentactive", "loginrequired", "authrequired", "requireauth", "requireuser", "requirerole", "requirelogin", "requireadmin", "requiresession", "isauthenticated", "ensureauth",
		"authenticate", "authguard", "jwtrequired", "superuser", "currentadmin", "getuser", "verifytoken", "checktoken", "validatetoken", "verifyjwt", "jwtauth", "checkjwt", "authorize", "permission", "apikey",
		"isadmin", "adminonly", "protect", "restrictto", "isloggedin", "isauth", "accesstoken", "bearer", "checkauth", "withauth", "verifyauth", "authmiddleware", "userauthentication", "requirescope", "sessionrequired", "tokenrequired", "isowner", "staffmember", "hasrole", "rolesguard", "authuser", "sessionuser", "internalonly", "signature", "policyguard", "authdep", "onlyadmin", "identity", "principal"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	switch low {
	case "auth", "roles", "protected", "authenticated", "guard", "private", "passport", "requires", "verify", "jwt", "session":
		return true
	}
	return strings.HasPrefix(low, "auth") && !strings.HasPrefix(low, "author") || strings.HasSuffix(low, "auth") || strings.HasSuffix(low, "authguard") || strings.HasSuffix(low, "authorizer")
}
