package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// UserEnumeration finds sign-in routes that tell who has an account.
var UserEnumeration = check.PerProject(check.Doc{
	ID:         "backend/user-enumeration",
	Title:      "Answers tell who has an account",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Lists of addresses become lists of customers, and passwords are tried only where an account is known to be.",
	How:        "Answer the same text and status whether the account is unknown or the password wrong; for a forgotten password always that a mail is on its way.",
	Holds:      "Sign-in routes answer unknown accounts like wrong passwords",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#authentication-and-error-messages",
		"https://cwe.mitre.org/data/definitions/204.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	for _, route := range s.Routes() {
		if !route.Mounted || !s.Runs(route.File) || triedOut(route.File) || route.HandlerFile == nil {
			continue
		}
		login, forgot := asksPassword(&route), forgets(&route)
		if !login && !forgot {
			continue
		}
		steps := 2
		if forgot {
			steps = 0 // what is called may have been kept from being called
		}
		unknown, wrong := answers(r.within(&route, steps))
		switch {
		case unknown == nil:
			if login && wrong != nil && wrong.both {
				p.Holds(wrong.at, "%s answers the same whatever was wrong", route.Name())
			}
		case forgot:
			p.Report(unknown.at, "%s answers otherwise when there is no account", route.Name()).Keyed("%s", route.Name())
		case wrong != nil && wrong.text != unknown.text:
			p.Report(unknown.at, "%s answers otherwise to unknown accounts than to wrong passwords", route.Name()).Keyed("%s", route.Name()).With(wrong.at)
		}
	}
})

// asksPassword says whether the route is where people sign in with a password.
func asksPassword(r *repo.Route) bool {
	return r.Method == "POST" && pathHas(r.Path, "login", "signin", "sign-in", "log-in", "token", "authenticate") && !pathHas(r.Path, "oauth", "oauth2", "refresh", "google", "github", "apple", "facebook", "twitter", "microsoft", "gitlab", "linkedin", "callback", "saml", "sso", "admin", "reset", "verify", "magic-link")
}

// forgets says whether the route is where people say that they forgot it.
func forgets(r *repo.Route) bool {
	return r.Method == "POST" && (pathHas(r.Path, "forgot-password", "forgotpassword", "password-recovery", "recover-password", "request-password-reset", "password-forgot") || strings.HasSuffix(strings.ToLower(r.Path), "forgot/password"))
}

// refusalText is a text that a handler refuses with.
type refusalText struct {
	text string
	at   finding.Location
	both bool // it leaves open what was wrong
}

// answers are the texts for an unknown account and for a wrong password.
func answers(bodies []body) (unknown, wrong *refusalText) {
	for _, b := range bodies {
		for _, c := range callsIn(b) {
			last := lastName(c.callee)
			refuses := last == "HTTPException" || last == "abort" || last == "json" || last == "jsonify" || last == "send" || last == "JSONResponse" || last == "Response" || strings.HasSuffix(last, "Exception") || strings.HasSuffix(last, "Error") || last == "createHttpError" || last == "throw"
			if !refuses || strings.HasPrefix(c.callee, "JSON.") || strings.HasPrefix(c.callee, "console.") || strings.HasPrefix(c.callee, "log") {
				continue
			}
			for _, t := range (body{b.src, c.span}).tokens() {
				if !t.str || len(t.text) > 100 {
					continue
				}
				low := strings.ToLower(t.text)
				one := &refusalText{text: t.text, at: b.src.At(c.span)}
				switch {
				case strings.Contains(low, " or ") || strings.Contains(low, "invalid credentials"):
					if wrong == nil && containsAny(low, "password", "credentials") {
						one.both = true
						wrong = one
					}
				case unknown == nil && tellsUnknown(low):
					unknown = one
				case wrong == nil && (strings.Contains(low, "password") && containsAny(low, "wrong", "incorrect", "invalid", "not match", "mismatch") || low == "incorrectpassword"):
					wrong = one
				}
			}
		}
	}
	return unknown, wrong
}

func tellsUnknown(low string) bool {
	if low == "notfound" || low == "usernotfound" {
		return true
	}
	return containsAny(low, "user", "account", "email", "e-mail", "name") && containsAny(low, "not found", "does not exist", "doesn't exist", "no user", "not registered", "unknown", "no account", "not exist")
}

func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
