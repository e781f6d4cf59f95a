package containers

import (
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
			if !seen[v.Key] {
				seen[v.Key] = true
				out = append(out, deployment{v, project})
			}
		}
	}
	return out
}

// deployedProjects are the compose projects that get deployed.
func deployedProjects(s *repo.Snapshot) []*compose.Project {
	var out []*compose.Project
	for _, project := range s.ComposeProjects() {
		if (project.Env == compose.Base || project.Env == compose.Prod) && !onlyBuilds(project) {
			out = append(out, project)
		}
	}
	return out
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
	return !v.Build.Set() && (agents[v.Image.Base()] || v.Image.Repository() == "datadog/agent" || v.Image.Repository() == "datadoghq/agent" || v.Image.Repository() == "grafana/agent")
}
