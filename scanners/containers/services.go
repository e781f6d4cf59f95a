package containers

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// deployment is a service of a compose project that gets deployed.
type deployment struct {
	*compose.Service
	project *compose.Project
}

// deployedServices are the services of the compose files that get deployed, each
// once.
func deployedServices(s *repo.Snapshot) []deployment {
	var out []deployment
	seen := map[compose.Place]bool{}
	for _, project := range deployedProjects(s) {
		for _, v := range project.Services() {
			if len(project.Files) > 1 && onlyBuild(v) {
				continue // the file on top says how the image is built; the one below is judged by itself
			}
			if !seen[v.Key] && v.Node.IsMapping() {
				seen[v.Key] = true
				out = append(out, deployment{v, project})
			}
		}
	}
	return out
}

// deployedProjects are the compose projects that get deployed. Where there is no
// source that anybody would develop, a file is deployed whatever its services say.
func deployedProjects(s *repo.Snapshot) []*compose.Project {
	var out []*compose.Project
	for _, project := range s.ComposeProjects() {
		if onlyBuilds(project) {
			continue
		}
		byName, _ := compose.EnvOf(project.Path())
		switch {
		case project.Env == compose.Prod,
			project.Env == compose.Base && !isTooling(project.Path()) && !supportsDevelopment(s, project),
			project.Env == compose.Dev && byName == compose.Base && len(s.ComposeProjects()) == 1 && !hasSource(s):
			out = append(out, project)
		}
	}
	return out
}

// hasSource says whether the project has source code of its own.
func hasSource(s *repo.Snapshot) bool {
	return slices.ContainsFunc(s.Production(), func(f *repo.File) bool {
		switch f.Lang {
		case repo.TypeScript, repo.JavaScript, repo.Python, repo.Go, "Ruby", "PHP", "Java", "Kotlin", "Rust", "Elixir", "C#":
			return true
		}
		return false
	})
}

// developmentTools are services that only development has use for.
var developmentTools = map[string]bool{
	"localstack": true, "mailhog": true, "mailpit": true, "maildev": true, "mailcatcher": true, "smtp4dev": true, "inbucket": true, "azurite": true,
}

// supportsDevelopment says whether a project that no name gives to an environment
// is what developers run beside the source they work on: it has a tool that only
// they need, or nothing but databases and the like.
func supportsDevelopment(s *repo.Snapshot, project *compose.Project) bool {
	services := project.Services()
	backing := 0
	for _, v := range services {
		if developmentTools[v.Image.Base()] || developmentTools[v.Name] {
			return true
		}
		switch s.RoleOfSpec(v) {
		case repo.RoleDatabase, repo.RoleCache, repo.RoleBroker, repo.RoleAdmin:
			if !v.Build.Set() {
				backing++
			}
		}
	}
	return backing == len(services) && hasSource(s)
}

// name is where the service is named.
func (v deployment) name(s *repo.Snapshot) finding.Location {
	return s.Place(v.Key.Path, v.Key.Span)
}

// agents are images that watch or run the host's other containers. Their makers
// have them see the host.
var agents = map[string]bool{
	"node-exporter": true, "cadvisor": true, "promtail": true, "alloy": true, "telegraf": true, "netdata": true, "fluent-bit": true, "fluentd": true,
	"filebeat": true, "metricbeat": true, "vector": true, "falco": true, "crowdsec": true, "dozzle": true, "datadog-agent": true, "process-exporter": true,
	"docker-socket-proxy": true, "socket-proxy": true, "opentelemetry-collector-contrib": true, "otelcol-contrib": true, "beyla": true, "pyroscope-ebpf": true, "scope": true, "glances": true,
	"dcgm-exporter": true, "elastic-agent": true, "smartctl-exporter": true, "newrelic-infra": true, "infrastructure": true,
}

// isAgent says whether the service runs one of the agents.
func (v deployment) isAgent() bool {
	return !v.Build.Set() && (agents[v.Image.Base()] || strings.Contains(v.Image.Base(), "ebpf") || v.Image.Repository() == "datadog/agent" || v.Image.Repository() == "datadoghq/agent" || v.Image.Repository() == "grafana/agent")
}
