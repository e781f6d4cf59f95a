package system

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
)

// LayeredArchitecture tells systems that are cut into services by what they do.
var LayeredArchitecture = check.PerProject(check.Doc{
	ID:         "system/layered-architecture",
	Title:      "Services are cut by what they do",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Parts that do one thing each can be scaled, replaced and understood one at a time.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "The system is cut into services by what they do",
	References: []string{"https://12factor.net/processes"},
}, func(p *check.Pass, s *repo.Snapshot) {
	byRole := map[repo.ServiceRole][]string{}
	envs := map[compose.Env]bool{}
	var first *repo.Deployment
	own := 0
	for _, c := range s.Components() {
		if len(c.Deployments) == 0 {
			continue
		}
		byRole[c.Role] = append(byRole[c.Role], c.Name)
		for i := range c.Deployments {
			d := &c.Deployments[i]
			envs[d.Env] = true
			if d.Context != "" && first == nil {
				first = d
			}
		}
		if c.Unit != nil {
			own++
		}
	}
	serves := len(byRole[repo.RoleWeb])+len(byRole[repo.RoleAPI])+len(byRole[repo.RoleApp]) > 0
	stores := len(byRole[repo.RoleDatabase])+len(byRole[repo.RoleCache])+len(byRole[repo.RoleBroker]) > 0
	if first == nil || !serves || !stores || len(byRole) < 3 {
		return
	}
	var parts []string
	for _, role := range []repo.ServiceRole{repo.RoleWeb, repo.RoleAPI, repo.RoleApp, repo.RoleWorker, repo.RoleDatabase, repo.RoleCache, repo.RoleBroker, repo.RoleProxy} {
		if names := byRole[role]; len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", role, list(names)))
		}
	}
	message := strings.Join(parts, ", ")
	if envs[compose.Dev] && envs[compose.Prod] {
		message += "; with a compose file for development and one for production"
	}
	if n := multiStage(s); n > 0 {
		message += fmt.Sprintf("; %s with several stages", plural(n, "Dockerfile"))
	}
	p.Holds(first.At(), "%s", message)
})

func multiStage(s *repo.Snapshot) (n int) {
	for _, d := range s.Dockerfiles() {
		if d.Role == repo.Production && len(d.Spec.Stages) > 1 && slices.ContainsFunc(d.Spec.Stages[len(d.Spec.Stages)-1].Copies(), func(c dockerfile.Copy) bool { return c.From != "" }) {
			n++
		}
	}
	return n
}
