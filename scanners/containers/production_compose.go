package containers

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ProductionCompose finds compose files that are made for production.
var ProductionCompose = check.PerProject(check.Doc{
	ID:         "containers/production-compose",
	Title:      "Compose file made for production",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Healthchecks, restart policies, limits, volumes, a proxy, a connection pool and a backup are what keeps a host that runs by itself running.",
	How:        "Give every service a healthcheck, a restart policy and limits, keep data in named volumes, and put a proxy in front.",
	Holds:      "The production compose file is made for production",
	References: []string{"https://docs.docker.com/compose/how-tos/production/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, project := range deployedProjects(s) {
		signs := productionSigns(s, project)
		if len(project.Services()) < 2 || len(signs) < 4 {
			continue
		}
		for _, sign := range signs {
			p.Holds(s.Place(sign.at.Path, sign.at.Span), "%s", sign.what)
		}
	}
})

// sign is one thing that a compose file does for production, and where.
type sign struct {
	what string
	at   compose.Place
}

// productionSigns are what the project does for production. What every service
// needs counts when most of them have it.
func productionSigns(s *repo.Snapshot, project *compose.Project) []sign {
	var out []sign
	counts := map[string]int{}
	first := map[string]compose.Place{}
	add := func(what string, at compose.Place) {
		if at.Set() {
			counts[what]++
			if counts[what] == 1 {
				first[what] = at
			}
		}
	}
	total := 0
	for _, v := range project.Services() {
		if endsByItself(s, project, v) {
			if s.RoleOfSpec(v) == repo.RoleBackup {
				add("a backup runs", v.Key)
			}
			continue
		}
		total++
		if v.Healthcheck.Present && !v.Healthcheck.Disabled && len(v.Healthcheck.Test) > 0 {
			add("services have healthchecks", v.Healthcheck.Place)
		}
		if v.Restart.Value == "always" || v.Restart.Value == "unless-stopped" {
			add("services are started again", v.Restart.Place)
		}
		add("services have limits of memory", v.Limits.Memory.Place)
		switch s.RoleOfSpec(v) {
		case repo.RoleDatabase:
			for _, m := range v.Volumes {
				if m.Type == compose.Volume && m.Source != "" {
					add("data is kept in named volumes", m.Place)
				}
			}
		case repo.RolePool:
			add("connections are pooled", v.Key)
		case repo.RoleProxy:
			add("a proxy stands in front", v.Key)
		case repo.RoleBackup:
			add("a backup runs", v.Key)
		}
	}
	for _, what := range []string{"services have healthchecks", "services are started again", "services have limits of memory"} {
		if 2*counts[what] > total {
			out = append(out, sign{what, first[what]})
		}
	}
	for _, what := range []string{"data is kept in named volumes", "connections are pooled", "a proxy stands in front", "a backup runs"} {
		if counts[what] > 0 {
			out = append(out, sign{what, first[what]})
		}
	}
	return out
}
