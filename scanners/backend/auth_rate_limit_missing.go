package backend

import (
	"fmt"
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// AuthRateLimitMissing finds routes that let people in, or change how they get
// in, and that anybody may call as often as they like.
var AuthRateLimitMissing = check.PerProject(check.Doc{
	ID:         "backend/auth-rate-limit-missing",
	Title:      "Sign-in routes without a rate limit of their own",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "Passwords and reset codes can be tried at the speed of the network; a limit meant for the whole application lets hundreds of guesses a minute through.",
	How:        "Give every route that signs in, registers, refreshes or resets a limit of a few calls a minute, by address and by account.",
	Holds:      "Sign-in routes have rate limits of their own",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#protect-against-automated-attacks",
		"https://slowapi.readthedocs.io/en/latest/",
		"https://nginx.org/en/docs/http/ngx_http_limit_req_module.html",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	routes := append(slices.Clone(s.Routes()), fastapiUsers(s)...)
	l := newLimits(s)
	for i := range routes {
		r := &routes[i]
		if r.File.Lang == repo.Go { // its limiters are not known here
			continue
		}
		if !r.Mounted || !signsIn(r) || !s.Runs(r.File) || forwarded(s, r) {
			continue
		}
		if by, ok := l.own(r); ok {
			p.Holds(r.At(), "%s is limited by %s", r.Name(), by)
			continue
		}
		if sharedHolds(p, s, r) {
			continue
		}
		if at, ok := l.lockout(r); ok {
			p.Unproven(r.At(), "%s has no rate limit; whether the count of failed attempts in %s holds guesses back is for a person to judge", r.Name(), at)
			continue
		}
		found := p.Report(r.At(), "%s has no limit%s", r.Name(), l.onlyGlobal(r)).Keyed("%s", r.Name())
		if set, ok := limitPatch(s, r); ok {
			found.WithPatch(fmt.Sprintf("Limit %s to %s", r.Name(), suggestedLimit), finding.Review, set)
		}
	}
})

// sharedHolds says what there is to say of a route that the limits of the whole
// application keep from guesses, or may; false when they do not.
func sharedHolds(p *check.Pass, s *repo.Snapshot, r *repo.Route) bool {
	shared, own := sharedLimits(s, r)
	tight := slices.IndexFunc(shared, rate.tight)
	unknown := slices.IndexFunc(shared, func(o rate) bool { return o.hourly == 0 })
	switch {
	case own != "":
		p.Holds(r.At(), "%s is limited by %s", r.Name(), own)
	case tight >= 0:
		p.Holds(r.At(), "%s is limited like every route, to %s (%s:%d)", r.Name(), shared[tight].text, shared[tight].at.Path, shared[tight].at.Line)
	case unknown >= 0:
		p.Unproven(r.At(), "%s has only a limit for every route, and how much it allows is not written in the project: %s", r.Name(), shared[unknown].text)
	default:
		return false
	}
	return true
}

// onlyGlobal says what else limits the route: the rest of the sentence "has no
// limit".
func (l *limits) onlyGlobal(r *repo.Route) string {
	for _, name := range r.Global {
		if !l.limits(r.File, name) {
			continue
		}
		if l.general != "" && r.Framework == "fastapi" {
			return " of its own, only the application's " + l.general
		}
		return " of its own, only the application's"
	}
	if l.proxy != nil {
		return fmt.Sprintf(" of its own, only that of %s for everything", l.proxy.Path)
	}
	return " of its own, and the application has none either"
}
