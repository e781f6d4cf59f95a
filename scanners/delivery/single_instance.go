package delivery

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// SingleInstance finds services that exist once, so that a restart is an outage.
var SingleInstance = check.PerProject(check.Doc{
	ID:         "delivery/single-instance",
	Title:      "Services run once each",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      6,
	Why:        "A crash, a deployment or a full disk of the one container is an outage for all. More load than it can take cannot be met by starting another.",
	How:        "Make the service keep no state of its own, start it several times (deploy.replicas, an autoscaler) and put a balancer in front: an nginx upstream with several servers, Traefik, an ingress.",
	Holds:      "Services run several times",
	References: []string{"https://docs.docker.com/reference/compose-file/deploy/#replicas", "https://nginx.org/en/docs/http/load_balancing.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if _, ok := operated(s); !ok {
		return
	}
	balanced := map[string]bool{}
	for _, c := range s.NginxConfigs() {
		if c.File.Role != repo.Production {
			continue
		}
		for _, u := range c.Upstreams() {
			if len(u.Servers) > 1 {
				balanced[u.Name] = true
				p.Holds(c.At(s, u.Node), "nginx divides requests between %d servers of %s", len(u.Servers), u.Name)
			}
		}
	}
	var single []finding.Location
	var which []string
	for _, c := range ownComponents(s) {
		if c.Role != repo.RoleWeb && c.Role != repo.RoleAPI && c.Role != repo.RoleApp {
			continue
		}
		d := production(c)
		if d == nil || d.Compose == nil || slices.ContainsFunc(c.Deployments, func(d repo.Deployment) bool { return d.Kube != nil }) {
			continue // kubernetes/…
		}
		n, known := d.Compose.Spec.Deploy.Count()
		switch {
		case d.Compose.Spec.Deploy.Replicas.Set() && (!known || n > 1), d.Compose.Spec.Deploy.Mode.Value == "global":
			p.Holds(s.Place(d.Compose.Spec.Deploy.Replicas.Path, d.Compose.Spec.Deploy.Replicas.Span), "%s runs several times", c.Name)
		case scaled(s, c.Name):
		default:
			single = append(single, d.At())
			which = append(which, c.Name)
		}
	}
	if len(single) > 0 && len(balanced) == 0 {
		p.Report(single[0], "%s %s once, and nothing balances", names(unique(which)), word(len(which), "runs", "run each")).With(single[1:]...).Keyed("once")
	}
})

// production is where the component runs for customers: the deployment for
// production, else one for no environment in particular.
func production(c *repo.Component) *repo.Deployment {
	var found *repo.Deployment
	for i := range c.Deployments {
		d := &c.Deployments[i]
		if isLive(*d) && d.Env != compose.Staging && (found == nil || d.Env == compose.Prod && found.Env != compose.Prod) {
			found = d
		}
	}
	return found
}

// scaled says whether a command starts the service several times.
func scaled(s *repo.Snapshot, service string) bool {
	for _, cmd := range s.Commands() {
		for i, w := range cmd.Words {
			if w == "--scale" && i+1 < len(cmd.Words) && len(cmd.Words[i+1]) > len(service)+1 && cmd.Words[i+1][:len(service)+1] == service+"=" && cmd.Words[i+1][len(service)+1:] != "1" {
				return true
			}
		}
	}
	return false
}
