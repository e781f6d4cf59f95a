package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/nginx"
)

// AdminSurfaceExposed finds consoles that the world can reach.
var AdminSurfaceExposed = check.PerProject(check.Doc{
	ID:         "security/admin-surface-exposed",
	Title:      "Administrators' console reachable from outside",
	Severity:   finding.Medium,
	Worst:      finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Consoles for databases, containers and shells are looked for by name and port; behind each stands everything that the console can do.",
	How:        "Take the port or route away and reach the console through a tunnel or VPN; else bind it to 127.0.0.1 or put a sign-in of the company's in front.",
	References: []string{
		"https://owasp.org/Top10/A05_2021-Security_Misconfiguration/",
		"https://docs.docker.com/engine/network/port-publishing/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[compose.Place]bool{}
	consoles := map[string]string{} // service → what it is
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() || onlyStores(s, project) {
			continue
		}
		for _, v := range project.Services() {
			what, shell := console(v.Image.Ref)
			if what == "" || len(v.Profiles) > 0 || seen[v.Key] {
				continue
			}
			seen[v.Key] = true
			consoles[v.Name] = what
			for _, port := range v.Ports {
				if port.AllInterfaces() {
					severe(p.Report(s.Place(port.Path, port.Span), "%s (%s) is open to the network on port %s", v.Name, what, port.Host).Keyed("%s", v.Name), shell, project.Env)
					break
				}
			}
		}
	}
	for _, c := range s.NginxConfigs() {
		if c.File.Role == repo.Production && pathEnv(c.File.Path) != compose.Dev {
			exposedRoutes(p, s, c, consoles)
		}
	}
	for _, u := range s.KubeUnits() {
		if u.Role != repo.Production || !u.Env.Deployed() {
			continue
		}
		for _, d := range u.Workloads() {
			exposedWorkload(p, s, d)
		}
	}
})

func severe(found *check.Problem, shell bool, env compose.Env) {
	if shell {
		found.As(finding.Critical)
		if env == compose.Base {
			found.As(finding.High)
		}
	}
}

// console says what console an image is, "" when none, and whether it gives a shell
// or the containers away.
func console(image imageref.Ref) (what string, shell bool) {
	switch base := image.Base(); base {
	case "adminer", "phpmyadmin", "pgadmin4", "mongo-express", "redis-commander", "redisinsight", "phpredisadmin", "dbgate", "cloudbeaver", "pgweb", "sqlpad", "kafka-ui", "akhq", "kafdrop", "cerebro", "elasticsearch-hq", "flower", "bull-board", "dozzle", "phpliteadmin", "phpldapadmin":
		return base, false
	case "portainer", "portainer-ce", "portainer-ee", "ttyd", "wetty", "gotty", "code-server", "webssh", "cockpit", "yacht":
		return base, true
	}
	return "", false
}

// exposedRoutes reports locations of a public server that lead to a console, or to
// documentation that calls the API, without asking who is there.
func exposedRoutes(p *check.Pass, s *repo.Snapshot, c *repo.NginxConfig, consoles map[string]string) {
	for _, server := range c.Servers() {
		for _, l := range server.All() {
			pass := l.Pass()
			if pass == nil || guarded(c, l) {
				continue
			}
			host := pass.Host
			if pass.Upstream != nil && len(pass.Upstream.Servers) > 0 {
				host, _, _ = strings.Cut(pass.Upstream.Servers[0], ":")
			}
			if what := consoles[host]; what != "" {
				p.Report(c.At(s, l.Node), "%s leads to %s without asking who is there", l.Pattern, what).Keyed("%s", l.Pattern)
			} else if docs(l) {
				p.Report(c.At(s, l.Node), "%s leads to the API's interactive documentation without asking who is there", l.Pattern).Keyed("%s", l.Pattern)
			}
		}
	}
}

// docs says whether a location is that of documentation which calls the API.
func docs(l *nginx.Location) bool {
	switch strings.Trim(l.Pattern, "/^$") {
	case "swagger", "swagger-ui", "api/docs", "redoc", "graphiql", "playground", "graphql-playground", "api/swagger":
		return true
	}
	return false
}

// guarded says whether a location asks for a password, another server's word or an
// address.
func guarded(c *repo.NginxConfig, l *nginx.Location) bool {
	if n := c.InEffect(l.Node, "auth_basic"); n != nil && n.Arg(0) != "off" {
		return true
	}
	for _, n := range c.AllInEffect(l.Node, "deny") {
		if n.Arg(0) == "all" {
			return true
		}
	}
	return c.InEffect(l.Node, "auth_request") != nil || c.InEffect(l.Node, "ssl_verify_client") != nil || l.Own("internal") != nil
}

// exposedWorkload reports a console whose Service is open to the outside.
func exposedWorkload(p *check.Pass, s *repo.Snapshot, d *repo.Deployed) {
	for _, c := range d.Workload().Pod.Containers {
		what, shell := console(c.Image.Ref)
		if what == "" {
			continue
		}
		for _, service := range d.ServedBy() {
			kind := service.Spec("type").Text()
			open := kind.Value == "LoadBalancer" || kind.Value == "NodePort"
			for _, link := range service.LinkedFrom("Ingress") {
				open = open || !asksAtIngress(link.From)
			}
			if open {
				found := p.Report(s.Place(c.Image.At.Path, c.Image.At.Span), "%s %s (%s) can be reached from outside the cluster", d.Kind, d.Name, what).Keyed("%s", d.Name)
				severe(found, shell, compose.Prod)
				break
			}
		}
	}
}

func asksAtIngress(d *repo.Deployed) bool {
	for _, f := range d.Value.Get("metadata", "annotations").Fields() {
		if name := f.Key.Value; strings.Contains(name, "auth-") || strings.Contains(name, "whitelist-source-range") || strings.Contains(name, "allowlist-source-range") || strings.Contains(name, "middlewares") {
			return true
		}
	}
	return false
}
