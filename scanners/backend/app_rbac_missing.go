package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// AppRBACMissing finds programs that ask who calls and never what they may do.
var AppRBACMissing = check.PerProject(check.Doc{
	ID:         "backend/app-rbac-missing",
	Title:      "Nobody's role is asked for",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "Everybody who can sign in can change and delete everything: the account of an intern, or the one whose password leaked, is as good as an administrator's.",
	How:        "Say what each role may do, and stand one dependency or guard for it before every route that changes something. Start with deleting, exporting and everything below /admin.",
	Holds:      "Routes ask for roles",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html",
		"https://docs.nestjs.com/security/authorization",
		"https://fastapi.tiangolo.com/advanced/security/oauth2-scopes/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	r := newReach(s)
	models := roleModels(s)
	for _, a := range apis(s) {
		var asked, open []repo.Route
		for _, route := range a.work() {
			if !route.Changes() || !authenticates(&route) {
				continue
			}
			if checksRole(r, &route) {
				asked = append(asked, route)
			} else {
				open = append(open, route)
			}
		}
		all := len(asked) + len(open)
		switch {
		case all < fewestRoutes:
		case len(asked) == 0:
			found := p.Report(open[0].At(), "%d routes that change something ask who calls and none asks for a role%s: %s", all, unusedRole(models, a), strings.Join(sampleNames(open), ", ")).
				Keyed("roles of %s", a.unit).With(places(open)[1:]...)
			for _, m := range models {
				if m.unit == a.unit {
					found.With(m.at)
				}
			}
		case 4*len(asked) >= all:
			p.Holds(asked[0].At(), "%d of %d routes that change something ask what the caller may do", len(asked), all)
		default:
			p.Unproven(open[0].At(), "%d of %d routes that change something ask what the caller may do; whether the others need to is for a person to judge", len(asked), all)
		}
	}
})

func unusedRole(models []roleModel, a *api) string {
	for _, m := range models {
		if m.unit == a.unit {
			return ", though " + m.name + " is there"
		}
	}
	return ""
}
