package frontend

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// AuthGuardMissing finds areas of Next.js applications that are meant for people who
// are signed in, and that nobody guards.
var AuthGuardMissing = check.PerProject(check.Doc{
	ID:         "frontend/auth-guard-missing",
	Title:      "Protected pages without a guard",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Whoever types the address sees the page without signing in: what it shows is protected by the API alone, and an expired session looks like a broken page.",
	How:        "Check the session in middleware.ts (proxy.ts from Next.js 16) with a matcher over the area, and again in its layout; redirect to the sign-in page. Keep the user in a context that the pages read.",
	Holds:      "Protected pages are guarded",
	References: []string{
		"https://nextjs.org/docs/app/guides/authentication",
		"https://nextjs.org/docs/app/api-reference/file-conventions/proxy",
		"https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	pages := s.Pages()
	for _, app := range webApps(s) {
		if app.next == nil {
			continue
		}
		var area []repo.Page
		signIn := ""
		for _, page := range pages {
			if page.Framework != "next" || s.UnitDir(page.File) != app.pkg.Dir() {
				continue
			}
			switch {
			case signInPage(page.Path):
				signIn = page.Path
			case protectedPage(page):
				area = append(area, page)
			}
		}
		if signIn == "" || len(area) == 0 {
			continue
		}
		if at, what, sure := guard(s, app, signIn); what != "" {
			if sure {
				p.Holds(at, "%s guards %s", what, app.label())
			} else {
				p.Unproven(at, "%s may guard the pages of %s", what, app.label())
			}
			continue
		}
		found := p.Report(area[0].File.Start(), "%s such as %s stand behind %s, and nothing checks that somebody is signed in: no middleware, no session in a layout, no context", count(len(area), "page"), area[0].Path, signIn).
			Keyed("%s", app.pkg.Dir())
		for _, page := range area[1:min(len(area), 6)] {
			found.With(page.File.Start())
		}
	}
})

func signInPage(route string) bool {
	switch strings.ToLower(path.Base(route)) {
	case "login", "signin", "sign-in", "log-in":
		return true
	}
	return false
}

// protectedPage says whether a page is, by its group or its address, for people who
// are signed in.
func protectedPage(page repo.Page) bool {
	for _, part := range strings.Split(page.File.Dir(), "/") {
		switch part {
		case "(dashboard)", "(protected)", "(private)", "(authenticated)", "(admin)", "(secure)", "(logged-in)":
			return true
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(page.Path, "/"), "/")
	switch first {
	case "dashboard", "admin", "account", "settings", "billing", "profile":
		return true
	}
	return false
}

// keepers are parts of names of functions that know who is signed in.
var keepers = []string{"session", "auth", "currentuser", "getuser", "useuser", "loggedin", "signedin", "requireuser", "whoami", "useaccount", "isadmin", "useprofile", "permission"}

// openers are parts of names of functions that let people in or out: they guard
// nothing.
var openers = []string{"signin", "signout", "login", "logout", "signup", "register", "author", "authorization", "authheader", "oauth"}

// guard is what keeps people out who are not signed in; sure says that it is one by
// what it does.
func guard(s *repo.Snapshot, app *webApp, signIn string) (at finding.Location, what string, sure bool) {
	for _, a := range s.Applications() {
		if a.Framework == "next" && below(a.File.Path, app.pkg.Dir()) && a.File.Says("cookies", "auth", "session", "Session", "token", "getToken", "clerkMiddleware", "withAuth", "authMiddleware", "updateSession", "jwt", "user") {
			return a.File.At(a.Span), a.File.Name(), true
		}
	}
	for _, src := range app.sources {
		js := src.JS()
		if js == nil || js.Err != nil {
			return src.Start(), "what cannot be read", false
		}
		for _, tag := range js.JSXTags {
			low := strings.ToLower(tag.Name)
			for _, word := range []string{"authprovider", "sessionprovider", "clerkprovider", "protected", "authguard", "requireauth", "signedin", "authenticated", "userprovider", "auth0provider", "withauth", "privateroute", "msalprovider"} {
				if strings.Contains(low, word) {
					return src.At(tag.Span), "<" + tag.Name + ">", true
				}
			}
		}
		for i := range js.Calls {
			c := &js.Calls[i]
			name := strings.ToLower(last(c.Callee))
			if keeps(name) || keeps(strings.ToLower(c.Callee)) || strings.Contains(c.Callee, ".me.") {
				return src.At(c.Span), c.Callee, true
			}
			if (name == "redirect" || name == "push" || name == "replace" || name == "navigate") && len(c.Args) > 0 && strings.HasPrefix(c.Args[0].Literal, signIn) {
				return src.At(c.Span), "the redirect to " + signIn, false
			}
		}
		if word := stateOfUser(src); word != "" {
			return src.Start(), word, false
		}
		for _, a := range js.Assigns {
			if last(a.Target) == "href" && a.Value.IsLiteral && strings.HasPrefix(a.Value.Literal, signIn) {
				return src.At(a.Span), "the redirect to " + signIn, false
			}
		}
	}
	return at, "", false
}

// stateOfUser is a name in the code under which it is kept whether somebody is signed
// in.
func stateOfUser(src *repo.Source) string {
	words := []string{"isAuthenticated", "isLoggedIn", "currentUser", "isSignedIn", "authenticated", "loggedIn", "selectUser", "authState", "useAuthStore", "AuthContext", "UserContext"}
	if !src.Mentions(words...) {
		return ""
	}
	data := src.Bytes()
	for _, t := range jslex.Lex(data) {
		if text := string(data[t.Span.Start:t.Span.End]); t.Kind == jslex.Ident && slices.Contains(words, text) {
			return text
		}
	}
	return ""
}

// keeps says whether a function is called like one that knows who is signed in.
func keeps(name string) bool {
	switch name {
	case "useme", "getme", "fetchme", "useviewer", "getviewer", "protect":
		return true
	}
	for _, word := range openers {
		if strings.Contains(name, word) {
			return false
		}
	}
	for _, word := range keepers {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
