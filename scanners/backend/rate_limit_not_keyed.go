package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RateLimitNotKeyed finds limits that know callers by their address alone.
var RateLimitNotKeyed = check.PerProject(check.Doc{
	ID:         "backend/rate-limit-not-keyed",
	Title:      "Rate limit by address only",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "An office behind one address shares one allowance, while one account or API key that calls from many addresses has as many as it likes.",
	How:        "Key the limit by the user or API key where the request carries one, and fall back to the address for the rest. Keep the address for sign-in routes.",
	Holds:      "Rate limits know who calls",
	References: []string{
		"https://slowapi.readthedocs.io/en/latest/",
		"https://express-rate-limit.mintlify.app/reference/configuration#keygenerator",
		"https://flask-limiter.readthedocs.io/en/stable/",
		"https://docs.nestjs.com/security/rate-limiting",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		if !slices.ContainsFunc(a.routes, func(r repo.Route) bool { return authenticates(&r) }) {
			continue // nobody is known here
		}
		var byAddress []limiterAt
		keyed := false
		for _, l := range limiters(s, a) {
			switch {
			case l.keyed:
				keyed = true
				p.Holds(l.at, "%s counts by %s", l.name, l.key)
			case l.wide:
				byAddress = append(byAddress, l)
			}
		}
		if keyed || len(byAddress) == 0 {
			continue
		}
		found := p.Report(byAddress[0].at, "%s of %s counts by address only (%s)", byAddress[0].name, a.name(), byAddress[0].key).Keyed("%s of %s", byAddress[0].name, a.unit)
		for _, l := range byAddress[1:] {
			found.With(l.at)
		}
	}
})

// limiterAt is one limiter that a program makes.
type limiterAt struct {
	at    finding.Location
	name  string
	key   string // what it counts by
	keyed bool   // by who calls
	wide  bool   // it is for more than the sign-in routes
}

func limiters(s *repo.Snapshot, a *api) []limiterAt {
	var out []limiterAt
	for _, src := range s.RunningSources("Limiter", "rateLimit", "rate_limit", "ThrottlerModule", "ThrottlerGuard", "rateLimiter", "RateLimiterRedis", "fastifyRateLimit", "RateLimiter") {
		if !a.has(s, src.File) {
			continue
		}
		if src.Lang == repo.Python {
			out = append(out, pythonLimiters(s, src)...)
		} else {
			out = append(out, scriptLimiters(s, src, a)...)
		}
	}
	return out
}

func pythonLimiters(s *repo.Snapshot, src *repo.Source) []limiterAt {
	py := src.Py()
	var out []limiterAt
	for i := range py.Calls {
		c := &py.Calls[i]
		full := py.Qualify(c.Callee)
		if full != "slowapi.Limiter" && full != "slowapi.extension.Limiter" && full != "flask_limiter.Limiter" && full != "flask_limiter.extension.Limiter" {
			continue
		}
		key, ok := c.Arg("key_func")
		if !ok {
			if key, ok = c.At(0); !ok {
				continue
			}
		}
		one := limiterAt{at: src.At(c.Span), name: "the limiter", key: lastName(key.Text())}
		one.keyed = knowsCaller(s, src, key.Ident, key.Text())
		if list, has := c.Arg("default_limits"); has && len(list.Items()) > 0 {
			one.wide = true
		} else if list, has := c.Arg("application_limits"); has && len(list.Items()) > 0 {
			one.wide = true
		}
		if !one.keyed && !byAddressOnly(key.Text()) {
			continue // a function that is not followed
		}
		out = append(out, one)
	}
	return out
}

func byAddressOnly(text string) bool {
	return soundsLike("getremoteaddress", "getipaddr", "remoteaddr", "client.host", "getclientip", "clientip")(text)
}

// knowsCaller says whether a key is made of who calls: by its name, or by what its
// function looks at.
func knowsCaller(s *repo.Snapshot, src *repo.Source, name, text string) bool {
	caller := func(n string) bool {
		return nameHas(n, "user", "userid", "account", "apikey", "subject", "sub", "tenant", "organization", "org", "token", "authorization", "principal", "customer", "member", "session", "uid")
	}
	if caller(text) {
		return true
	}
	if name == "" {
		return false
	}
	at, ok := s.Origin(src, name)
	if !ok {
		return false
	}
	target := s.Source(at.File.Path)
	if target == nil {
		return false
	}
	for _, b := range functionsIn(target, lastName(at.Name)) {
		for _, t := range b.tokens() {
			if caller(t.text) {
				return true
			}
		}
	}
	return false
}

func scriptLimiters(s *repo.Snapshot, src *repo.Source, a *api) []limiterAt {
	var out []limiterAt
	file := src.JS()
	for i := range file.Calls {
		c := &file.Calls[i]
		last := lastName(c.Callee)
		switch {
		case (last == "rateLimit" || last == "rateLimiter") && importsModule(src, "express-rate-limit") && len(c.Args) > 0:
			one := limiterAt{at: src.At(c.Span), name: "the limiter", key: "express-rate-limit's default"}
			if key, ok := c.Args[0].Prop("keyGenerator"); ok {
				one.key = "its keyGenerator"
				one.keyed = knowsCaller(s, src, key.Value.Ident, key.Value.Text())
				if !one.keyed && !soundsLike(".ip", "ipkey", "remoteaddress", "forwarded")(key.Value.Text()) {
					continue
				}
			} else if c.Args[0].HasSpread() {
				continue
			}
			one.wide = usedWide(src, c.Span.Start, c.Span.End)
			out = append(out, one)
		case last == "register" && len(c.Args) > 0 && soundsLike("ratelimit")(c.Args[0].Text()):
			one := limiterAt{at: src.At(c.Span), name: "the limiter", key: "fastify-rate-limit's default", wide: true}
			if len(c.Args) > 1 {
				if key, ok := c.Args[1].Prop("keyGenerator"); ok {
					one.key, one.keyed = "its keyGenerator", knowsCaller(s, src, key.Value.Ident, key.Value.Text())
				}
				if g, ok := c.Args[1].Prop("global"); ok && g.Value.Text() == "false" {
					one.wide = false
				}
			}
			out = append(out, one)
		case strings.HasPrefix(c.Callee, "ThrottlerModule.forRoot") && a.family == "nestjs":
			one := limiterAt{at: src.At(c.Span), name: "the throttler", key: "ThrottlerGuard's default", wide: true}
			for _, other := range s.RunningSources("getTracker", "generateKey") {
				if a.has(s, other.File) {
					one.keyed, one.key = true, "a tracker of its own"
				}
			}
			out = append(out, one)
		}
	}
	return out
}

// usedWide says whether a limiter stands in app.use without a path, or below one
// that is not about signing in.
func usedWide(src *repo.Source, start, end int) bool {
	file := src.JS()
	name := ""
	for _, a := range file.Assigns {
		if a.Value.Span.Start == start && a.Value.Span.End == end {
			name = a.Target
		}
	}
	for i := range file.Calls {
		c := &file.Calls[i]
		if lastName(c.Callee) != "use" {
			continue
		}
		inside := c.Span.Start < start && end <= c.Span.End
		for _, arg := range c.Args {
			inside = inside || name != "" && arg.Ident == name
		}
		if inside && (len(c.Args) == 0 || !c.Args[0].IsLiteral || !namesSignIn(c.Args[0].Literal)) {
			return true
		}
	}
	return false
}

func importsModule(src *repo.Source, module string) bool {
	return slices.Contains(src.Modules(), module)
}
