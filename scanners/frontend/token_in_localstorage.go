package frontend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/secret"
)

// TokenInLocalstorage finds tokens of signed-in people in storage that every script of
// the page can read.
var TokenInLocalstorage = check.PerProject(check.Doc{
	ID:         "frontend/token-in-localstorage",
	Title:      "Login token in localStorage",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Any script that gets into the page, by a hole or by a dependency, reads the token and signs in as the visitor from anywhere.",
	How:        "Let the server set the token in a cookie that is HttpOnly, Secure and SameSite, and call the API with credentials; keep in storage only what is not secret.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html#local-storage",
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Cookies#security",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.RunningSources("localStorage", "sessionStorage") {
		js := src.JS()
		if js == nil || js.Err != nil || sideFile(src.File) {
			continue
		}
		for i := range js.Calls {
			c := &js.Calls[i]
			if c.Callee != "localStorage.setItem" && c.Callee != "window.localStorage.setItem" || len(c.Args) < 2 {
				continue
			}
			name := keyName(s, src, js, c.Args[0])
			if loginToken(name) && !c.Args[1].IsLiteral {
				p.Report(src.At(c.Span), "the token %s is kept in localStorage, where every script of the page can read it", name).Keyed("%s", name)
			}
		}
		for _, a := range js.Assigns {
			if name, ok := strings.CutPrefix(strings.TrimPrefix(a.Target, "window."), "localStorage."); ok && a.Kind == "" && loginToken(name) && !a.Value.IsLiteral {
				p.Report(src.At(a.Span), "the token %s is kept in localStorage, where every script of the page can read it", name).Keyed("%s", name)
			}
		}
	}
})

// keyName is the name under which something is stored: the literal, or what a
// constant of that name is.
func keyName(s *repo.Snapshot, src *repo.Source, js *jslex.File, v jslex.Arg) string {
	if v.IsLiteral {
		return v.Literal
	}
	if v.Ident == "" {
		return ""
	}
	if value, ok := js.Variable(v.Ident); ok && value.IsLiteral {
		return value.Literal
	}
	if at, ok := s.Origin(src, v.Ident); ok {
		if other := s.Source(at.File.Path); other != nil && other.JS() != nil {
			if value, found := other.JS().Variable(at.Name); found && value.IsLiteral {
				return value.Literal
			}
		}
	}
	return ""
}

// otherTokens are words beside "token" that make it one nobody signs in with.
var otherTokens = map[string]bool{
	"csrf": true, "xsrf": true, "push": true, "fcm": true, "device": true, "invite": true, "invitation": true, "share": true, "theme": true, "design": true, "count": true, "usage": true, "color": true, "expiry": true, "expires": true,
	"expiration": true, "expired": true, "exp": true, "type": true, "limit": true, "tokens": true, "max": true, "address": true, "symbol": true, "list": true, "swap": true, "mapbox": true, "unsubscribe": true, "date": true, "time": true, "at": true, "name": true, "id": true, "referral": true, "embed": true, "guest": true, "configuration": true, "config": true, "anonymous": true, "cart": true,
}

// loginToken says whether a key is that of a token somebody is signed in by.
func loginToken(key string) bool {
	signs := false
	for _, part := range secret.Parts(key) {
		if otherTokens[part] {
			return false
		}
		switch part {
		case "token", "jwt", "accesstoken", "authtoken", "refreshtoken", "idtoken", "bearer":
			signs = true
		}
	}
	return signs
}
