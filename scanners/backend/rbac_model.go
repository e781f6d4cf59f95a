package backend

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RBACModel tells where the project says which roles there are.
var RBACModel = check.PerProject(check.Doc{
	ID:         "backend/rbac-model",
	Title:      "Roles are modelled",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      3,
	Why:        "Roles that stand in one enumeration can be given, checked and listed; roles that are words in conditions cannot.",
	How:        "Keep the roles in an enumeration beside the user's model and compare with its members.",
	Holds:      "Roles are an enumeration",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[string]bool{}
	for _, m := range roleModels(s) {
		if seen[m.name] || len(apis(s)) == 0 {
			continue
		}
		seen[m.name] = true
		list := ""
		if len(m.roles) > 0 && len(m.roles) <= 8 {
			list = fmt.Sprintf(": %s", strings.Join(m.roles, ", "))
		}
		p.Holds(m.at, "the enumeration %s%s", m.name, list)
	}
})
