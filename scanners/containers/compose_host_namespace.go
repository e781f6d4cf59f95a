package containers

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposeHostNamespace finds services that share a namespace with the host.
var ComposeHostNamespace = check.PerProject(check.Doc{
	ID:         "containers/compose-host-namespace",
	Title:      "Service shares a namespace of the host",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "In the host's network every port of the process is open to the host's neighbours and everything bound to the loopback address is open to the process; in the host's process or memory namespace it sees, and may stop or read, what runs beside it.",
	How:        "Leave the key out, publish the ports that are needed, and let services talk over a network of their own.",
	Holds:      "Services have namespaces of their own",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#network_mode", "https://docs.docker.com/engine/network/drivers/host/", "https://docs.docker.com/engine/security/userns-remap/"},
	Peers: []finding.Peer{
		check.Broader("kics", "host_namespace_is_shared"), check.Broader("kics", "shared_host_network_namespace"),
		check.Broader("kics", "shared_host_ipc_namespace"), check.Broader("kics", "shared_host_user_namespace"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		if v.isAgent() {
			continue
		}
		found := false
		for _, ns := range []struct {
			key  string
			what string
			text compose.Text
		}{
			{"network_mode", "network", v.NetworkMode}, {"pid", "processes", v.PID}, {"ipc", "shared memory", v.IPC}, {"userns_mode", "user ids", v.UsernsMode},
		} {
			if value, _ := s.Interpolated(ns.text.Path, ns.text.Value); value == "host" {
				found = true
				p.Report(s.Place(ns.text.Path, ns.text.Span), "the service %s shares the host's %s (%s: host)", v.Name, ns.what, ns.key).Keyed("%s %s", v.Name, ns.key)
			}
		}
		if !found {
			p.Holds(v.name(s), "the service %s has namespaces of its own", v.Name)
		}
	}
})
