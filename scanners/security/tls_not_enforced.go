package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/nginx"
	"drydock/internal/repo/traefik"
)

// TLSNotEnforced finds front doors that serve over plain HTTP.
var TLSNotEnforced = check.PerProject(check.Doc{
	ID:         "security/tls-not-enforced",
	Title:      "Plain HTTP is served",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Passwords and sessions cross every network on the way in the clear, and whoever sits on one can change the pages.",
	How:        "Let the server on port 80 do nothing but redirect to https, and serve on 443 with a certificate that renews itself.",
	Holds:      "Plain HTTP is redirected to HTTPS",
	References: []string{
		"https://nginx.org/en/docs/http/configuring_https_servers.html",
		"https://doc.traefik.io/traefik/routing/entrypoints/",
		"https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range s.NginxConfigs() {
		judgeNginxTLS(p, s, c)
	}
	judgeTraefikTLS(p, s)
	for _, f := range s.Caddyfiles() {
		if f.Role != repo.Production || pathEnv(f.Path) == compose.Dev {
			continue
		}
		for _, site := range f.Spec.Sites {
			for _, a := range site.Addresses {
				host, plain := strings.CutPrefix(a.Value, "http://")
				name, _, _ := strings.Cut(host, ":")
				if plain && strings.Contains(name, ".") && !localName(name) && !ipv4(name) {
					p.Report(f.At(a.Span), "%s is served over plain HTTP", host).Keyed("%s", host)
				} else if yes, known := site.HTTPS(); yes && known {
					p.Holds(f.At(a.Span), "Caddy serves %s over HTTPS and redirects to it", a.Value)
				}
			}
		}
	}
})

// judgeNginxTLS looks at the servers of a configuration that faces the world. One
// without any encryption stands behind something that encrypts, unless the
// project's own files publish its port.
func judgeNginxTLS(p *check.Pass, s *repo.Snapshot, c *repo.NginxConfig) {
	if c.File.Role != repo.Production || pathEnv(c.File.Path) == compose.Dev {
		return
	}
	encrypts := slices.ContainsFunc(c.Servers(), (*nginx.Server).TLS)
	for _, server := range c.Servers() {
		if !server.Plain() || onlyLocal(server) {
			continue
		}
		at := c.At(s, server.Node)
		if n := server.ToHTTPS(); n != nil {
			p.Holds(c.At(s, n), "port 80 redirects to https")
			continue
		}
		if !serves(server) {
			continue
		}
		switch {
		case server.TLS():
			p.Report(at, "%s answers on 443 and, the same, on plain HTTP", serverName(server)).Keyed("%s", serverName(server))
		case encrypts:
			p.Report(at, "%s is served over plain HTTP beside the servers that encrypt", serverName(server)).Keyed("%s", serverName(server))
		default:
			if use := publishedPlain(s, c); use != nil {
				p.Report(at, "%s is served over plain HTTP: the service %s publishes the port, and nothing in the project encrypts", serverName(server), use.Name).
					With(s.Place(use.Key.Path, use.Key.Span)).Keyed("%s", serverName(server))
			}
		}
	}
}

// serves says whether a server hands requests on or has files, rather than answering
// for itself.
func serves(server *nginx.Server) bool {
	for _, l := range server.All() {
		if l.Pass() != nil && !acme(l.Pattern) {
			return true
		}
		if l.Own("root") != nil && !acme(l.Pattern) || l.Own("try_files") != nil {
			return true
		}
	}
	return false
}

func acme(pattern string) bool {
	return strings.Contains(pattern, "acme-challenge") || strings.Contains(pattern, "well-known") || strings.Contains(pattern, "health") || strings.Contains(pattern, "status")
}

// onlyLocal says whether a server listens for the machine itself, or on a port of
// its own for what watches it.
func onlyLocal(server *nginx.Server) bool {
	for _, l := range server.Listens {
		if l.Socket == "" && !strings.HasPrefix(l.Address, "127.") && l.Address != "[::1]" && l.Address != "localhost" && !l.TLS && (l.Port == "80" || l.Port == "8080") {
			return false
		}
	}
	for _, name := range server.Names {
		if name != "localhost" && name != "127.0.0.1" {
			return !server.Plain()
		}
	}
	return len(server.Names) > 0 || !slices.ContainsFunc(server.Listens, func(l nginx.Listen) bool { return l.Port == "80" })
}

func serverName(server *nginx.Server) string {
	if len(server.Names) > 0 && server.Names[0] != "_" {
		return server.Names[0]
	}
	return "the server"
}

// publishedPlain is the service of a deployed project that runs this configuration
// and publishes port 80 to the network, where nothing else publishes 443.
func publishedPlain(s *repo.Snapshot, c *repo.NginxConfig) *compose.Service {
	for _, u := range c.Uses {
		if u.Service == nil || u.Env != compose.Prod {
			continue
		}
		plain := false
		for _, port := range u.Service.Ports {
			plain = plain || port.Host == "80" && !port.Loopback()
		}
		if !plain {
			continue
		}
		for _, project := range s.ComposeProjects() {
			for _, v := range project.Services() {
				for _, port := range v.Ports {
					if port.Host == "443" {
						return nil
					}
				}
			}
		}
		return u.Service
	}
	return nil
}

// judgeTraefikTLS looks at Traefik's own entry points.
func judgeTraefikTLS(p *check.Pass, s *repo.Snapshot) {
	for _, t := range s.Traefik() {
		if t.Role != repo.Production || t.Service != nil && !t.Env.Deployed() || t.Service == nil && pathEnv(t.Path) == compose.Dev {
			continue
		}
		if redirect, ok := traefik.ToHTTPS(t.Settings); ok {
			p.Holds(t.Where(redirect), "Traefik redirects to https")
			continue
		}
		plain, plainOK := entryPoint(t.Settings, ":80")
		_, tls := entryPoint(t.Settings, ":443")
		if plainOK && tls && slices.ContainsFunc(t.Settings, func(v traefik.Setting) bool { return strings.HasPrefix(v.Name, "providers.file.") }) && !routersRedirect(s) {
			p.Unproven(t.Where(plain), "whether Traefik redirects to https may be written in the files that it reads")
			continue
		}
		if plainOK && tls && !routersRedirect(s) {
			p.Report(t.Where(plain), "Traefik answers on port 80 without a redirect to https").Keyed("entry point")
		}
	}
}

func entryPoint(list []traefik.Setting, address string) (traefik.Setting, bool) {
	for _, v := range list {
		if strings.HasPrefix(v.Name, "entrypoints.") && strings.HasSuffix(v.Name, ".address") && strings.TrimSuffix(v.Value, "/tcp") == address {
			return v, true
		}
	}
	return traefik.Setting{}, false
}

// routersRedirect says whether a middleware for single routers does it.
func routersRedirect(s *repo.Snapshot) bool {
	for _, t := range s.Traefik() {
		for _, v := range t.Settings {
			if strings.Contains(v.Name, "redirectscheme") {
				return true
			}
		}
	}
	return false
}

func localName(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".local") || strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".internal")
}

func ipv4(name string) bool { return strings.Trim(name, "0123456789.") == "" }
