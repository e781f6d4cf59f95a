package containers

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// MultiEnvCompose finds systems whose development and production have compose files
// of their own.
var MultiEnvCompose = check.PerProject(check.Doc{
	ID:         "containers/multi-env-compose",
	Title:      "Compose files for development and production",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "With a file for each environment, production has no reloaders, mounts and test passwords, and developers have the services that production has.",
	How:        "Write what all environments share into docker-compose.yml, and what differs into docker-compose.override.yml and docker-compose.prod.yml.",
	Holds:      "Development and production have compose files of their own",
	References: []string{"https://docs.docker.com/compose/how-tos/production/", "https://docs.docker.com/compose/how-tos/multiple-compose-files/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	projects := s.ComposeProjects()
	for _, production := range projects {
		if production.Env != compose.Prod || len(production.Services()) == 0 {
			continue
		}
		for _, development := range projects {
			beside := development.Env == compose.Base && development.Dir == production.Dir
			if development.Env != compose.Dev && !beside || development.Path() == production.Path() {
				continue
			}
			if shared := sharedServices(development, production); len(shared) > 0 {
				v := shared[0]
				p.Holds(s.Place(v.Key.Path, v.Key.Span), "production (%s, %d services) shares %d services with development (%s)",
					production.Path(), len(production.Services()), len(shared), development.Path())
				break
			}
		}
	}
})

// sharedServices are production's services that development has too.
func sharedServices(development, production *compose.Project) []*compose.Service {
	var out []*compose.Service
	for _, v := range production.Services() {
		if slices.ContainsFunc(development.Services(), func(o *compose.Service) bool { return o.Name == v.Name && (o.Image.Set() || o.Build.Set()) }) {
			out = append(out, v)
		}
	}
	return out
}
