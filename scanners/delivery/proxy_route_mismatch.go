package delivery

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/nginx"
)

// ProxyRouteMismatch finds proxies that hand requests on under paths which the
// service does not serve.
var ProxyRouteMismatch = check.PerProject(check.Doc{
	ID:         "delivery/proxy-route-mismatch",
	Title:      "Proxy hands on paths that nobody serves",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "Every request through the proxy is answered with 404, while the service works when it is asked directly. It is found out when production is reached the way customers reach it.",
	How:        "Let the prefix stand or fall on both sides: proxy_pass without a path hands requests on as they are, with a trailing slash it cuts off the location's prefix. Mount the routes where requests arrive.",
	Holds:      "The proxy hands on paths that are served",
	References: []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range s.NginxConfigs() {
		if c.File.Role != repo.Production || isDevelopmentFile(c.File.Path) {
			continue
		}
		for _, server := range c.Servers() {
			for _, l := range server.All() {
				judgeLocation(p, s, c, l)
			}
		}
	}
})

// fewestServed are the routes of a service from which on they tell how it is
// mounted.
const fewestServed = 3

func judgeLocation(p *check.Pass, s *repo.Snapshot, c *repo.NginxConfig, l *nginx.Location) {
	pass := l.Pass()
	if pass == nil || pass.Variable || l.Regex() || l.Named() || l.Modifier == "=" || l.Pattern == "/" || pass.Protocol != "http" {
		return
	}
	component := servedBy(s, pass)
	if component == nil {
		return
	}
	served := servedPaths(s, component)
	if len(served) < fewestServed || slices.Contains(served, "/") && len(served) < 2*fewestServed {
		return
	}
	prefix := "/" + strings.Trim(l.Pattern, "/")
	probe := prefix + "/x"
	as, ok := l.Forwards(probe)
	if !ok {
		return
	}
	at := c.At(s, pass.Node)
	target := strings.TrimSuffix(as, "/x")
	below, doubled := 0, 0
	for _, route := range served {
		if target == "" || target == "/" || route == target || strings.HasPrefix(route, strings.TrimSuffix(target, "/")+"/") {
			below++
		}
		if route == prefix || strings.HasPrefix(route, prefix+"/") {
			doubled++
		}
	}
	what := ""
	switch {
	case below == 0:
		what = fmt.Sprintf("none of the %d routes of %s begins with %s", len(served), component.Name, target)
	case (target == "" || target == "/") && doubled*10 >= len(served)*9:
		what = fmt.Sprintf("the routes of %s begin with %s", component.Name, prefix)
	default:
		p.Holds(at, "%s arrives at %s as %s, which it serves", prefix, component.Name, target+"/…")
		return
	}
	p.Report(at, "%s arrives at %s as %s, and %s", probe, component.Name, as, what).Keyed("%s %s", component.Name, prefix)
}

// servedBy is the component of the project that a location hands requests to, by
// the name of its service.
func servedBy(s *repo.Snapshot, pass *nginx.Pass) *repo.Component {
	host := pass.Host
	if pass.Upstream != nil {
		if len(pass.Upstream.Servers) == 0 {
			return nil
		}
		host, _, _ = strings.Cut(pass.Upstream.Servers[0], ":")
	}
	for _, c := range s.Components() {
		if c.Unit != nil && strings.EqualFold(c.Name, host) {
			return c
		}
	}
	return nil
}

// servedPaths are the paths of the component's routes; none when some of them may
// not be known.
func servedPaths(s *repo.Snapshot, c *repo.Component) []string {
	var out []string
	for _, r := range s.Routes() {
		unit := s.UnitOf(r.File)
		if unit == nil || unit.Dir != c.Unit.Dir || r.File.Role != repo.Production {
			continue // a folder may hold manifests of two ecosystems
		}
		if s.StartsOnly(unit.Dir, r.File.Lang != repo.Python) {
			continue // of a program that the image has left behind
		}
		switch r.Framework {
		case "next", "remix", "sveltekit", "nuxt", "astro":
			return nil // they also serve pages
		}
		if !r.Mounted {
			return nil
		}
		path := strings.TrimSuffix(r.Path, "/")
		if path == "" {
			path = "/"
		}
		if strings.Contains(path, "*") || r.Method == "ANY" && strings.HasSuffix(path, "}") && strings.Count(path, "/") == 1 {
			return nil // it takes whatever arrives
		}
		switch path {
		case "/health", "/healthz", "/ready", "/readyz", "/metrics", "/docs", "/openapi.json", "/livez":
			continue
		}
		out = append(out, path)
	}
	return out
}
