package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// TLSProxy says where connections are encrypted.
var TLSProxy = check.PerProject(check.Doc{
	ID:         "security/tls-proxy",
	Title:      "Connections are not encrypted at the door",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "A proxy that ends TLS in one place keeps certificates out of the applications and renews them for all.",
	How:        "Put nginx, Caddy, Traefik or an Ingress with a certificate in front of the services.",
	Holds:      "Connections are encrypted at the door",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html", "https://cert-manager.io/docs/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range s.NginxConfigs() {
		if c.File.Role != repo.Production || pathEnv(c.File.Path) == compose.Dev {
			continue
		}
		for _, server := range c.Servers() {
			if key := c.InEffect(server.Node, "ssl_certificate"); server.TLS() && key != nil {
				p.Holds(c.At(s, key), "%s is served over HTTPS", serverName(server))
			}
		}
	}
	for _, f := range s.Caddyfiles() {
		for _, site := range f.Spec.Sites {
			if yes, known := site.HTTPS(); yes && known && f.Role == repo.Production && len(site.Addresses) > 0 && !localName(site.Addresses[0].Value) {
				p.Holds(f.At(site.Addresses[0].Span), "Caddy serves %s over HTTPS", site.Addresses[0].Value)
			}
		}
	}
	for _, t := range s.Traefik() {
		if t.Role != repo.Production || t.Service != nil && !t.Env.Deployed() {
			continue
		}
		for _, v := range t.Settings {
			if strings.HasPrefix(v.Name, "certificatesresolvers.") && strings.HasSuffix(v.Name, ".acme.email") {
				p.Holds(t.Where(v), "Traefik has its certificates from an authority")
			}
		}
	}
	for _, u := range s.KubeUnits() {
		if u.Role != repo.Production || !u.Env.Deployed() {
			continue
		}
		for _, d := range u.Objects {
			at := s.Place(d.Value.Get("kind").At().Path, d.Value.Get("kind").At().Span)
			switch {
			case d.Kind == "Ingress" && len(d.Spec("tls").Items()) > 0, d.Kind == "Certificate" && strings.HasPrefix(d.APIVersion, "cert-manager.io/"):
				p.Holds(at, "%s %s has a certificate", d.Kind, d.Name)
			case d.Kind == "PeerAuthentication" && d.Spec("mtls", "mode").Text().Value == "STRICT":
				p.Holds(at, "the mesh demands mutual TLS")
			}
		}
	}
})
