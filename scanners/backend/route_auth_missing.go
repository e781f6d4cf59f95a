package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RouteAuthMissing finds routes that change something for whoever calls, in
// programs that ask elsewhere who that is.
var RouteAuthMissing = check.PerProject(check.Doc{
	ID:         "backend/route-auth-missing",
	Title:      "Routes that change data without authentication",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Anybody who knows the address can create, change or delete what the route is about; scanners find such addresses by themselves.",
	How:        "Put the authentication on the router or the application rather than on each route, and name the few that are open.",
	Holds:      "Routes that change something ask who calls",
	References: []string{
		"https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
		"https://fastapi.tiangolo.com/tutorial/bigger-applications/",
		"https://docs.nestjs.com/security/authentication",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	judgeNextRoutes(p, s)
	for _, a := range apis(s) {
		if general(s, a) {
			continue
		}
		var open, asked []repo.Route
		sure := 0
		for _, route := range a.work() {
			if !route.Changes() || openByDesign(&route) || route.Method == "ANY" {
				continue
			}
			if authenticates(&route) || r.any(&route, inHandler) {
				asked = append(asked, route)
				if authenticates(&route) {
					sure++
				}
			} else if route.HandlerFile != nil {
				open = append(open, route)
			}
		}
		all := len(open) + len(asked)
		slices.SortStableFunc(open, func(a, b repo.Route) int { return spends(s, b) - spends(s, a) })
		switch {
		case len(asked) == 0 && len(open) < fewestRoutes, all == 0:
		case len(open) == 0 && 2*sure < all:
		case len(open) == 0:
			p.Holds(asked[0].At(), "%d of %d routes that change something ask who calls", len(asked), all)
		case 2*len(asked) >= all:
			p.Report(open[0].At(), "%d of %d routes that change something do not ask who calls: %s", len(open), all, strings.Join(sampleNames(open), ", ")).
				Keyed("authentication of %s", a.unit).With(places(open)[1:]...)
		default:
			p.Unproven(open[0].At(), "%d of %d routes of %s change something and nothing that was recognised asks who calls", len(open), all, a.name())
		}
	}
})

// inHandler says whether a name in the code is that of something that finds out
// who calls.
func inHandler(name string) bool {
	low := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	switch low {
	case "currentuser", "requireuser", "getsession", "getserversession", "authorization", "apikey", "xapikey", "loginrequired", "user", "userid", "session", "auth", "accesstoken", "bearer", "token", "verifytoken", "principal", "identity":
		return true
	}
	return asksWho(name) || strings.Contains(low, "currentuser") || strings.Contains(low, "signature") || strings.Contains(low, "authorize")
}

// openByDesign says whether the route is one that strangers call: to sign in, to
// write to the owner, to report something.
func openByDesign(r *repo.Route) bool {
	if signsIn(r) || operational(r) || nameHas(lastName(r.Handler), "register", "registration", "signup", "login", "signin") {
		return true
	}
	if last := strings.ToLower(r.Path[strings.LastIndexByte(r.Path, '/')+1:]); r.Method == "POST" && (last == "users" || last == "user" || last == "accounts" || last == "customers") {
		return true // people register there
	}
	for _, part := range strings.FieldsFunc(strings.ToLower(r.Path), func(c rune) bool { return c == '/' || c == '-' || c == '_' || c == '.' || c == ':' }) {
		switch part {
		case "auth", "login", "logout", "signin", "signup", "signout", "register", "registration", "refresh", "token", "password", "forgot", "reset", "verify", "verification", "confirm", "oauth", "sso", "saml", "oidc", "otp", "totp", "mfa", "passkey", "webauthn", "magic",
			"public", "contact", "feedback", "newsletter", "subscribe", "unsubscribe", "webhook", "webhooks", "hooks", "callback", "health", "track", "tracking", "analytics", "telemetry", "events", "metrics", "csp", "report", "csrf", "invite", "invitation", "accept", "session", "sessions", "checkout", "search", "captcha", "locale", "language", "theme", "cron", "internal", "inbound", "share", "shared", "anonymous", "demo", "waitlist", "test":
			return true
		}
	}
	return false
}

// general says whether something asks for all routes of the program.
func general(s *repo.Snapshot, a *api) bool {
	for _, m := range a.around() {
		if m.Path == "" && m.Router == "" && (m.Kind == repo.PlainMiddleware || m.Kind == repo.GuardMiddleware || m.Kind == repo.BeforeRequest || m.Kind == repo.Extension) && (asksWho(m.Name) || soundsLike("auth", "jwt", "session", "permission")(lastName(m.Name))) && !strings.HasPrefix(m.Name, "django.") {
			return true
		}
	}
	for _, src := range s.RunningSources("APP_GUARD", "DEFAULT_PERMISSION_CLASSES", "before_request", "onRequest", "preHandler", "useGlobalGuards") {
		if a.has(s, src.File) {
			return true
		}
	}
	return false
}

// spends is 1 for a handler that pays for what it does with somebody's API key.
func spends(s *repo.Snapshot, r repo.Route) int {
	for _, name := range calledIn(s, r.HandlerFile, r.HandlerSpan) {
		if soundsLike("openai", "anthropic", "completions", "stripe", "twilio", "sendgrid", "generatecontent", "replicate", "elevenlabs")(name) {
			return 1
		}
	}
	return 0
}
