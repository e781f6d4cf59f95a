package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposePrivileged finds services that are as good as root on the host.
var ComposePrivileged = check.PerProject(check.Doc{
	ID:         "containers/compose-privileged",
	Title:      "Service rules the host",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "A privileged container, or one that holds the engine's socket, can mount the host's disk and start any other container. A flaw in it is a flaw in the whole host; mounting the socket read-only changes nothing about that.",
	How:        "Take privileged away and give the one device or capability that is needed. Let what reads the engine's events do so through a socket proxy that passes on nothing but those requests.",
	Holds:      "No service is privileged or holds the engine's socket",
	References: []string{"https://docs.docker.com/engine/security/#docker-daemon-attack-surface", "https://docs.docker.com/reference/compose-file/services/#privileged", "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"},
	Peers: []finding.Peer{
		check.Broader("kics", "privileged_containers_enabled"), check.Broader("kics", "docker_socket_mounted_in_container"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		found := false
		if v.Privileged.Value {
			found = true
			problem := p.Report(s.Place(v.Privileged.Path, v.Privileged.Span), "the service %s is privileged", v.Name).Keyed("%s privileged", v.Name)
			if runsContainers(v.Service) || v.isAgent() {
				problem.As(finding.High)
			}
		}
		if m, ok := engineSocket(s, v.Service); ok && !isSocketProxy(v.Service) {
			found = true
			how := ""
			if m.ReadOnly {
				how = "; read-only keeps nobody from giving it orders"
			}
			problem := p.Report(s.Place(m.Path, m.Span), "the service %s holds the engine's socket%s", v.Name, how).Keyed("%s socket", v.Name)
			if v.isAgent() || readsEvents[v.Image.Base()] || runsContainers(v.Service) {
				problem.As(finding.High)
			}
		}
		if v.APISocket.Value && !found {
			found = true
			p.Report(s.Place(v.APISocket.Path, v.APISocket.Span), "the service %s is given the engine's socket", v.Name).Keyed("%s socket", v.Name)
		}
		if !found {
			p.Holds(v.name(s), "the service %s has no hold on the host", v.Name)
		}
	}
})

// readsEvents are images that follow what the engine does, beside the agents.
var readsEvents = map[string]bool{
	"traefik": true, "nginx-proxy": true, "docker-gen": true, "acme-companion": true, "autoheal": true, "diun": true, "ofelia": true, "watchtower": true,
	"portainer-ce": true, "portainer-ee": true, "docker-volume-backup": true, "caddy-docker-proxy": true, "homepage": true, "uptime-kuma": true,
}

// runsContainers says whether running containers is what the service is for.
func runsContainers(v *compose.Service) bool {
	if v.Build.Set() {
		return false
	}
	if v.Image.Base() == "docker" && strings.Contains(v.Image.Tag, "dind") {
		return true
	}
	return slices.Contains([]string{"gitlab-runner", "act_runner", "woodpecker-agent", "drone-runner-docker", "buildkit", "github-runner", "dind"}, v.Image.Base())
}

// isSocketProxy says whether the service is what stands between the engine's
// socket and the others.
func isSocketProxy(v *compose.Service) bool {
	return strings.Contains(v.Image.Base(), "socket-proxy") || strings.Contains(v.Image.Base(), "dockerproxy")
}

// engineSocket is the mount of a container engine's socket.
func engineSocket(s *repo.Snapshot, v *compose.Service) (compose.Mount, bool) {
	for _, m := range v.Volumes {
		if m.Type != compose.Bind && m.Type != "" {
			continue
		}
		source, _ := s.Interpolated(m.Path, m.Source)
		for _, name := range []string{"/docker.sock", "/containerd.sock", "/podman.sock", "/crio.sock"} {
			if strings.HasSuffix(source, name) {
				return m, true
			}
		}
	}
	return compose.Mount{}, false
}
