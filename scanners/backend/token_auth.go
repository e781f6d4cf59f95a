package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// TokenAuth tells what a program's tokens are made of.
var TokenAuth = check.PerProject(check.Doc{
	ID:         "backend/token-auth",
	Title:      "Token authentication",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Short tokens for access, longer ones to renew them, a way to revoke both and a cookie that scripts cannot read: each closes a way in that the others leave open.",
	How:        "Sign access and refresh tokens with an end, carry them in HttpOnly cookies, and keep a version by which they are revoked.",
	Holds:      "Tokens end, are renewed and can be revoked",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html", "https://www.rfc-editor.org/rfc/rfc9700"},
}, func(p *check.Pass, s *repo.Snapshot) {
	cookies := setCookies(s)
	units := map[string][]minted{}
	var order []string
	for _, m := range mints(s) {
		if !m.expires {
			continue
		}
		unit := s.ProgramDir(m.src.File)
		if units[unit] == nil {
			order = append(order, unit)
		}
		units[unit] = append(units[unit], m)
	}
	for _, unit := range order {
		what := []string{"tokens that end"}
		if slices.ContainsFunc(units[unit], func(m minted) bool {
			return strings.Contains(strings.ToLower(m.within), "refresh")
		}) || slices.ContainsFunc(s.RunningSources("refresh_token", "refreshToken"), func(src *repo.Source) bool { return s.ProgramDir(src.File) == unit }) {
			what[0] = "access and refresh tokens that end"
		}
		if revokes(s, unit) {
			what = append(what, "a way to revoke them")
		}
		if slices.ContainsFunc(cookies, func(c setCookie) bool {
			return s.ProgramDir(c.src.File) == unit && slices.ContainsFunc(c.flags, func(f string) bool { return strings.EqualFold(f, "httponly") })
		}) {
			what = append(what, "HttpOnly cookies")
		}
		if len(what) > 1 {
			p.Holds(units[unit][0].at(), "%s", strings.Join(what, ", "))
		}
	}
})
