package containers

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ComposeCapabilities finds services that have more of root's powers than they use.
var ComposeCapabilities = check.PerProject(check.Doc{
	ID:         "containers/compose-capabilities",
	Title:      "Capabilities added or not dropped",
	Severity:   finding.Medium,
	Worst:      finding.High,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "A container starts with fourteen of root's powers and most services use none of them. What is added on top, such as SYS_ADMIN, is often enough to leave the container.",
	How:        "Write cap_drop: [ALL] and add back what the service needs to start, such as NET_BIND_SERVICE for a port below 1024, or CHOWN, SETUID and SETGID for an entrypoint that steps down from root.",
	Holds:      "Services drop the capabilities that they do not use",
	References: []string{"https://docs.docker.com/engine/security/#linux-kernel-capabilities", "https://docs.docker.com/reference/compose-file/services/#cap_drop", "https://man7.org/linux/man-pages/man7/capabilities.7.html"},
	Peers:      []finding.Peer{check.Broader("kics", "container_capabilities_unrestricted")},
}, func(p *check.Pass, s *repo.Snapshot) {
	none := lacking{s: s}
	held := map[string]int{}
	for _, v := range deployedServices(s) {
		if endsByItself(s, v.project, v.Service) || v.Privileged.Value || v.Provider.Set() {
			continue // a privileged one has them all; compose-privileged says so
		}
		added, dangerous := dangerousCapability(v.Service)
		switch {
		case dangerous && !v.isAgent():
			p.Report(s.Place(added.Path, added.Span), "the service %s is given %s", v.Name, strings.ToUpper(added.Value)).
				As(finding.High).Keyed("%s %s", v.Name, strings.ToUpper(added.Value))
		case len(v.CapDrop) > 0:
			held[v.Key.Path]++
			p.Holds(s.Place(v.CapDrop[0].Path, v.CapDrop[0].Span), "the service %s drops %s", v.Name, v.CapDrop[0].Value)
		default:
			none.add(v, v.name(s))
		}
	}
	for _, problem := range none.report(p, held, "cap_drop", "keeps all default capabilities (no cap_drop)", "keep all default capabilities (no cap_drop)") {
		problem.As(finding.Low)
	}
})

// dangerousCapabilities open a way out of the container or to what others do.
var dangerousCapabilities = map[string]bool{
	"ALL": true, "SYS_ADMIN": true, "SYS_MODULE": true, "SYS_PTRACE": true, "SYS_RAWIO": true, "SYS_BOOT": true, "DAC_READ_SEARCH": true,
	"NET_ADMIN": true, "BPF": true, "MAC_ADMIN": true, "MAC_OVERRIDE": true, "PERFMON": true, "SYSLOG": true,
}

func dangerousCapability(v *compose.Service) (compose.Text, bool) {
	for _, c := range v.CapAdd {
		name := strings.TrimPrefix(strings.ToUpper(c.Value), "CAP_")
		if dangerousCapabilities[name] && !(name == "NET_ADMIN" && shapesNetwork(v)) {
			return c, true
		}
	}
	return compose.Text{}, false
}

// shapesNetwork says whether the service is one whose work is to set up networks.
func shapesNetwork(v *compose.Service) bool {
	switch v.Image.Base() {
	case "wireguard", "wg-easy", "gluetun", "tailscale", "openvpn", "openvpn-client", "openvpn-as", "pihole", "netbird", "zerotier", "headscale", "wg-access-server":
		return !v.Build.Set()
	}
	return false
}
