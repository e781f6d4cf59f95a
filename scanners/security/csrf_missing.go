package security

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CSRFMissing finds applications that know people by a cookie and change state
// for every request that carries it.
var CSRFMissing = check.PerProject(check.Doc{
	ID:         "security/csrf-missing",
	Title:      "Cookie sessions without a defence against forged requests",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "The browser sends the cookie with every request, also with one that somebody else's page makes: a visit to it is enough to transfer, change or delete in the visitor's name.",
	How:        "Set SameSite=Strict on the session's cookie where the application allows it; else mount a CSRF middleware that compares a token from a header with one from a cookie, and send that header from the client.",
	Holds:      "Cookie sessions are defended against forged requests",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#samesitesamesite-value",
		"https://docs.djangoproject.com/en/stable/howto/csrf/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	judgeDjango(p, s)
	cookies := map[string][]authCookie{}
	var units []string
	for _, c := range authCookies(s) {
		unit := s.ProgramDir(c.src.File)
		if cookies[unit] == nil {
			units = append(units, unit)
		}
		cookies[unit] = append(cookies[unit], c)
	}
	for _, unit := range units {
		judgeCookies(p, s, unit, cookies[unit])
	}
})

// judgeCookies decides for one application.
func judgeCookies(p *check.Pass, s *repo.Snapshot, unit string, cookies []authCookie) {
	routes := changing(s, unit)
	if len(routes) == 0 || !slices.ContainsFunc(cookies, func(c authCookie) bool { return c.session }) && !readsCookies(s, unit) {
		return
	}
	worst := slices.MinFunc(cookies, func(a, b authCookie) int { return int(a.site) - int(b.site) })
	if worst.site == siteStrict {
		p.Holds(worst.at(), "%s has SameSite=strict", worst.name)
		return
	}
	if at, how, ok := defended(s, unit); ok {
		p.Holds(at, "%s", how)
		return
	}
	var open []repo.Route
	for _, r := range routes {
		if how, ok := routeDefended(s, &r); ok {
			p.Holds(r.At(), "%s: %s", r.Name(), how)
			continue
		}
		open = append(open, r)
	}
	if len(open) == 0 {
		return
	}
	many := "routes"
	if len(open) == 1 {
		many = "route"
	}
	counted := fmt.Sprintf("%d state-changing %s", len(open), many)
	if worst.site == siteUnknown {
		p.Unproven(worst.at(), "%s is sent to %s; whether its SameSite keeps other pages' requests out is not written in the project", worst.name, counted)
		return
	}
	var also []finding.Location
	for i := 0; i < len(open) && i < mostRoutes; i++ {
		also = append(also, open[i].At())
	}
	problem := p.Report(worst.at(), "%s %s, and nothing else tells a forged request to the %s", worst.name, worst.site, counted).
		With(also...).Keyed("cookies of %s", unit)
	if worst.site == siteLax {
		problem.As(finding.High)
	}
}

const mostRoutes = 5

// changing are the routes of a unit that run and change state.
func changing(s *repo.Snapshot, unit string) (out []repo.Route) {
	var unmounted []repo.Route
	for _, r := range s.Routes() {
		if !r.Changes() || s.ProgramDir(r.File) != unit || !s.Runs(r.File) || asksHeader(&r) || r.Framework == "next" && !knowsCookies(s, r.File, 0) {
			continue
		}
		if r.Mounted {
			out = append(out, r)
		} else {
			unmounted = append(unmounted, r)
		}
	}
	if out == nil {
		return unmounted // the application is made in a way that is not followed
	}
	return out
}

// maxSteps is how far from a route of Next.js the cookie may be read.
const maxSteps = 3

// knowsCookies says whether a route of Next.js, each of which is for itself,
// leads to code that reads cookies.
func knowsCookies(s *repo.Snapshot, f *repo.File, depth int) bool {
	src := s.Source(f.Path)
	if src == nil || src.JS() == nil {
		return false
	}
	if readsCookiesScript(src) {
		return true
	}
	return depth < maxSteps && slices.ContainsFunc(s.Graph().Imports(f), func(i repo.Import) bool {
		return !i.TypeOnly && knowsCookies(s, i.To, depth+1)
	})
}

// asksHeader says whether a route wants a token or password in a header, which
// no browser sends of its own accord.
func asksHeader(r *repo.Route) bool {
	for _, list := range [][]string{r.Dependencies, r.Decorators, r.Middlewares} {
		for _, name := range list {
			low := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
			for _, w := range []string{"bearer", "tokenauth", "basicauth", "oauth2scheme", "apikey", "webhook", "verifysignature"} {
				if strings.Contains(low, w) && !strings.Contains(low, "cookie") {
					return true
				}
			}
		}
	}
	return false
}
