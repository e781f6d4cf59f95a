package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// CookieFlags finds cookies of sessions that scripts can read or that go over
// plain connections.
var CookieFlags = check.PerProject(check.Doc{
	ID:         "backend/cookie-flags",
	Title:      "Session cookie without its flags",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Without HttpOnly a script that gets into one page takes the session with it; without Secure it goes over the wire for everybody to read; without SameSite other pages' requests carry it.",
	How:        "Set HttpOnly, Secure and SameSite on every cookie that somebody is known by. Let Secure depend on the environment where development has no TLS.",
	Holds:      "Session cookies carry their flags",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#cookies",
		"https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range setCookies(s) {
		switch {
		case c.open && len(c.absent) > 0:
			p.Unproven(c.at(), "the options of the cookie %s are made elsewhere", c.name)
		case c.open:
		case len(c.absent) == 0:
			p.Holds(c.at(), "the cookie %s has %s", c.name, strings.Join(c.flags, ", "))
		default:
			found := p.Report(c.at(), "the cookie %s is set without %s", c.name, strings.Join(c.absent, ", ")).Keyed("%s %s", c.name, strings.Join(c.absent, " "))
			if len(c.absent) == 1 && strings.EqualFold(c.absent[0], "samesite") {
				found.As(finding.Medium) // browsers take lax where nothing is said
			}
			if set, ok := flagsPatch(&c); ok {
				found.WithPatch(set.Title, finding.Review, set)
			}
		}
	}
	judgeDjangoCookies(p, s)
})

// judgeDjangoCookies looks at the settings of production.
func judgeDjangoCookies(p *check.Pass, s *repo.Snapshot) {
	for _, set := range s.DjangoSettings() {
		src := s.Source(set.Path)
		if set.Role != repo.Production || src == nil || src.Py() == nil || developmentName(strings.TrimSuffix(set.Name(), ".py")) {
			continue
		}
		for _, a := range src.Py().Assigns {
			on, literal := a.Value.Bool()
			if a.Target != "SESSION_COOKIE_SECURE" && a.Target != "SESSION_COOKIE_HTTPONLY" || a.Func >= 0 || !literal {
				continue
			}
			if on {
				p.Holds(src.At(a.Span), "%s", a.Target)
			} else {
				p.Report(src.At(a.Span), "%s is switched off", a.Target)
			}
		}
	}
}
