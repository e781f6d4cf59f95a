package backend

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// LoginUnverified finds sign-in routes that let in whoever asks.
var LoginUnverified = check.PerProject(check.Doc{
	ID:         "backend/login-unverified",
	Title:      "Sign-in that checks nothing",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Whoever sends a name gets a session for it: the password is never compared with anything.",
	How:        "Look the account up, compare the password with its hash, and only then make the token. Answer the same to unknown accounts and wrong passwords.",
	Holds:      "Sign-in compares what it is given",
	References: []string{
		"https://cwe.mitre.org/data/definitions/287.html",
		"https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	for _, route := range s.Routes() {
		if !route.Mounted || !asksPassword(&route) || !s.Runs(route.File) || triedOut(route.File) || route.HandlerFile == nil || forwarded(s, &route) {
			continue
		}
		bodies := r.from(&route)
		at, issues := issuesToken(bodies)
		switch {
		case !issues:
		case verifies(bodies, &route):
			p.Holds(route.At(), "%s looks somebody up or compares before it lets in", route.Name())
		default:
			p.Report(route.At(), "%s makes a token and neither looks an account up nor compares a password", route.Name()).Keyed("%s", route.Name()).With(at)
		}
	}
})

// issuesToken is where a handler or what it calls makes a token or session.
func issuesToken(bodies []body) (finding.Location, bool) {
	for _, b := range bodies {
		for _, c := range callsIn(b) {
			last := flat(c.callee)
			if c.callee == "jwt.encode" || c.callee == "jose.jwt.encode" || soundsLike("createaccesstoken", "createtoken", "generatetoken", "signtoken", "loginuser", "maketoken", "issuetoken", "createsession", "signjwt")(last) ||
				(last == "sign" || last == "signasync") && soundsLike("jwt")(c.callee) {
				return b.src.At(c.span), true
			}
		}
	}
	return finding.Location{}, false
}

// comparing are the names of what looks accounts up, compares passwords or hands
// the question on.
var comparing = soundsLike("verify", "compare", "checkpassword", "checkpw", "authenticate", "passport", "validateuser", "validate", "bcrypt", "argon", "scrypt", "pbkdf", "hmac", "digest", "pwdcontext", "passwordhash",
	"getuser", "finduser", "getby", "findone", "findunique", "findfirst", "findby", "query", "select", "filter", "userrepo", "timingsafe", "ldap", "signin", "totp", "otp", "lookup", "fetch", "axios", "httpx", "loginservice", "authservice", "service", "usecase", "handler", "repository", "execute", "session.get", "objects")

func verifies(bodies []body, route *repo.Route) bool {
	for _, list := range [][]string{route.Middlewares, route.Decorators, route.Dependencies} {
		for _, name := range list {
			if comparing(name) || asksWho(name) {
				return true
			}
		}
	}
	for _, b := range bodies {
		if b.names(comparing) {
			return true
		}
		tokens := b.tokens()
		for i, t := range tokens { // a comparison by hand
			if (t.text == "==" || t.text == "!=" || t.text == "===" || t.text == "!==") && !t.str {
				for k := max(0, i-4); k < min(len(tokens), i+5); k++ {
					if soundsLike("password", "passwd", "secret", "pin", "code")(tokens[k].text) {
						return true
					}
				}
			}
		}
	}
	return false
}
