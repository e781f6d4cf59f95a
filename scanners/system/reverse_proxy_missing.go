package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// ReverseProxyMissing finds compose projects that publish their HTTP services
// without a proxy in front of them.
var ReverseProxyMissing = check.PerProject(check.Doc{
	ID:         "system/reverse-proxy-missing",
	Title:      "No reverse proxy in front of HTTP services",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "Nothing ends TLS, limits requests or sets headers in one place, and each application server meets the internet itself.",
	How:        "Put nginx, Caddy or Traefik in front, publish only its ports, and take the ports of the services away. Run it in development, too, so that paths and headers are the same.",
	Holds:      "A reverse proxy stands before the HTTP services",
	References: []string{"https://docs.nginx.com/nginx/admin-guide/web-server/reverse-proxy/", "https://caddyserver.com/docs/quick-starts/reverse-proxy"},
}, func(p *check.Pass, s *repo.Snapshot) {
	var deployed, development []*compose.Project
	var proxy *compose.Service
	for _, project := range s.ComposeProjects() {
		if isTemplateProject(s, project) || project.Env == compose.Test {
			continue
		}
		v := proxyOf(s, project)
		switch {
		case project.Env == compose.Dev && v == nil:
			development = append(development, project)
		case project.Env.Deployed():
			deployed = append(deployed, project)
			if v != nil && proxy == nil {
				proxy = v
				if len(published(s, project)) > 0 || fronts(s, project) {
					p.Holds(s.Place(v.Key.Path, v.Key.Span), "%s is the proxy in %s", v.Name, v.Key.Path)
				}
			}
		}
	}
	if proxy != nil {
		for _, project := range development {
			if list := published(s, project); len(list) > 0 && sharesService(project, proxy.Key.Path, deployed) {
				report(p, s, list, "the proxy %s is in %s only: development reaches %s directly, so its paths, headers and limits are first met in production", proxy.Name, proxy.Key.Path, serviceNames(list)).As(finding.Low).Keyed("proxy only in production")
				return
			}
		}
		return
	}
	if proxiedElsewhere(s) {
		return
	}
	for _, project := range deployed {
		list := published(s, project)
		if len(list) == 0 || project.Env == compose.Base && (len(list) < 2 || !slices.ContainsFunc(list, func(v *compose.Service) bool { return v.Build.Set() })) {
			continue
		}
		report(p, s, list, "%s publishes %s without a reverse proxy", project.Files[0].Path, serviceNames(list)).Keyed("no proxy in %s", project.Files[0].Path)
	}
})

func report(p *check.Pass, s *repo.Snapshot, list []*compose.Service, format string, args ...any) *check.Problem {
	at := func(v *compose.Service) finding.Location { return s.Place(v.Key.Path, v.Key.Span) }
	found := p.Report(at(list[0]), format, args...)
	for _, v := range list[1:] {
		found.With(at(v))
	}
	return found
}

func proxyOf(s *repo.Snapshot, project *compose.Project) *compose.Service {
	for _, v := range project.Services() {
		if s.RoleOfSpec(v) == repo.RoleProxy {
			return v
		}
	}
	return nil
}

// fronts says whether the project has services of its own that a proxy stands for.
func fronts(s *repo.Snapshot, project *compose.Project) bool {
	return slices.ContainsFunc(project.Services(), func(v *compose.Service) bool { return isHTTP(s, v) })
}

func isHTTP(s *repo.Snapshot, v *compose.Service) bool {
	role := s.RoleOfSpec(v)
	if strings.Contains(v.Name, "mail") || strings.Contains(v.Name, "storybook") {
		return false // catches mail, or shows components, for developers
	}
	return role == repo.RoleWeb || role == repo.RoleAPI || role == repo.RoleApp && v.Build.Set()
}

// published are the HTTP services that the project builds or runs and that every
// interface of the host listens for.
func published(s *repo.Snapshot, project *compose.Project) (out []*compose.Service) {
	for _, v := range project.Services() {
		if len(v.Profiles) > 0 || !isHTTP(s, v) || slices.ContainsFunc(v.Labels, func(l compose.Pair) bool { return strings.HasPrefix(l.Name, "traefik.") }) {
			continue
		}
		if slices.ContainsFunc(v.Ports, func(port compose.Port) bool { return port.Host != "" && port.AllInterfaces() && port.Protocol != "udp" }) {
			out = append(out, v)
		}
	}
	return out
}

func serviceNames(list []*compose.Service) string {
	var names []string
	for _, v := range list {
		names = append(names, v.Name)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// sharesService says whether a service of the project is also in one of the
// deployed projects that has the proxy.
func sharesService(project *compose.Project, path string, deployed []*compose.Project) bool {
	for _, other := range deployed {
		if other.Dir != project.Dir || !slices.ContainsFunc(other.Files, func(f *compose.File) bool { return f.Path == path }) {
			continue
		}
		for _, v := range project.Services() {
			if slices.ContainsFunc(other.Services(), func(o *compose.Service) bool { return o.Name == v.Name }) {
				return true
			}
		}
	}
	return false
}

// proxiedElsewhere says whether something outside compose stands before the
// services: a proxy's configuration, an ingress, a host that brings its own.
func proxiedElsewhere(s *repo.Snapshot) bool {
	if len(s.NginxConfigs())+len(s.Caddyfiles())+len(s.Traefik()) > 0 {
		return true
	}
	for _, o := range s.KubeObjects() {
		switch o.Kind {
		case "Ingress", "Gateway", "HTTPRoute", "VirtualService", "IngressRoute":
			return true
		}
	}
	for _, name := range []string{"fly.toml", "vercel.json", "render.yaml", "railway.json", "railway.toml", "netlify.toml", "app.yaml", "heroku.yml", "app.json"} {
		if s.File(name) != nil {
			return true
		}
	}
	return len(s.TerraformFiles()) > 0 // what it makes may well be a load balancer
}
