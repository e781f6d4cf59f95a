package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposePortAllInterfaces finds ports that every interface of the host answers on.
var ComposePortAllInterfaces = check.PerProject(check.Doc{
	ID:         "containers/compose-port-all-interfaces",
	Title:      "Port published on all interfaces",
	Severity:   finding.Low,
	Worst:      finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "The engine opens a published port past the host's own firewall. What stands behind a proxy can then be reached beside it, without its TLS, its limits and its rules.",
	How:        "Bind the port to the loopback address, as in 127.0.0.1:3000:3000, or leave ports out: services of one network reach each other without it.",
	Holds:      "Only the front door is published",
	References: []string{"https://docs.docker.com/engine/network/port-publishing/", "https://docs.docker.com/engine/network/packet-filtering-firewalls/"},
	Attaches:   finding.Review,
	Peers:      []finding.Peer{check.Same("kics", "container_traffic_not_bound_to_host_interface"), check.Same("dclint", "no-unbound-port-interfaces")},
}, func(p *check.Pass, s *repo.Snapshot) {
	fronted := map[*compose.Project]string{}
	for _, v := range deployedServices(s) {
		if isFrontDoor(s, v) {
			fronted[v.project] = v.Name
		}
	}
	for _, v := range deployedServices(s) {
		switch s.RoleOfSpec(v.Service) {
		case repo.RoleDatabase, repo.RoleCache, repo.RoleBroker:
			continue // security/db-port-published speaks of these
		}
		judgePorts(p, s, v, fronted[v.project])
	}
})

// judgePorts looks at what a service publishes. front is the service that takes
// the public's requests, "" when there is none.
func judgePorts(p *check.Pass, s *repo.Snapshot, v deployment, front string) {
	if v.NetworkMode.Value == "host" {
		return
	}
	var open []compose.Port
	for _, port := range v.Ports {
		if port.AllInterfaces() && !isPublicPort(port) {
			open = append(open, port)
		}
	}
	switch {
	case len(open) == 0 && len(v.Ports) > 0:
		p.Holds(s.Place(v.Ports[0].Path, v.Ports[0].Span), "the service %s publishes no port beside the front door", v.Name)
	case len(open) == 0:
	case front != "" && front != v.Name:
		found := p.Report(s.Place(open[0].Path, open[0].Span), "the service %s answers on every interface, beside %s", v.Name, front).
			As(finding.Medium).With(places(s, open[1:])...).Keyed("%s", v.Name)
		if set, ok := loopbackPatch(s, v, open); ok {
			found.WithPatch(set.Title, finding.Review, set)
		}
	case front == "":
		p.Report(s.Place(open[0].Path, open[0].Span), "the service %s answers on every interface, with no proxy before it", v.Name).
			With(places(s, open[1:])...).Keyed("%s", v.Name)
	default:
		p.Report(s.Place(open[0].Path, open[0].Span), "the service %s answers on every interface on a port that is not the public's", v.Name).
			With(places(s, open[1:])...).Keyed("%s", v.Name)
	}
}

// loopbackPatch binds ports to the loopback address, where the proxy of the host or
// a tunnel still reaches them. ok is false for ports that are not one short text.
func loopbackPatch(s *repo.Snapshot, v deployment, open []compose.Port) (set patch.Set, ok bool) {
	f := s.File(open[0].Path)
	if f == nil {
		return set, false
	}
	var edits []patch.Edit
	for _, port := range open {
		text := strings.Trim(f.Text(port.Span), `"'`)
		if port.Path != f.Path || port.Mode != "" || !strings.HasPrefix(text, port.Host+":") || port.HostIP != "" {
			return set, false
		}
		edit, err := patch.YAMLString(f.Bytes(), port.Span, "127.0.0.1:"+text)
		if err != nil {
			return set, false
		}
		edits = append(edits, edit)
	}
	title := "Publish the ports of " + v.Name + " on the loopback address"
	return editsOf(f, title, "Other hosts reach the service through the proxy alone.", edits...), true
}

func places(s *repo.Snapshot, ports []compose.Port) []finding.Location {
	var out []finding.Location
	for _, p := range ports {
		out = append(out, s.Place(p.Path, p.Span))
	}
	return out
}

// isFrontDoor says whether a service takes the public's requests for the others.
func isFrontDoor(s *repo.Snapshot, v deployment) bool {
	return s.RoleOfSpec(v.Service) == repo.RoleProxy && slices.ContainsFunc(v.Ports, func(p compose.Port) bool { return p.AllInterfaces() && isPublicPort(p) })
}

// isPublicPort says whether a port is one that the public is to reach: that of
// web, mail and name servers. One that a variable decides counts as one.
func isPublicPort(p compose.Port) bool {
	lo, hi, ok := p.HostRange()
	if !ok {
		return p.Host != "" // a variable decides; without a host port the engine chooses one
	}
	return lo == hi && slices.Contains([]int{80, 443, 25, 465, 587, 993, 995, 143, 110, 53, 853, 22}, lo)
}
