package observability

import (
	"maps"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// GrafanaUsersMissing finds a Grafana that everybody can sign in to as admin.
var GrafanaUsersMissing = check.PerProject(check.Doc{
	ID:         "observability/grafana-users-missing",
	Title:      "Grafana with its default login",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Whoever reaches the port signs in as admin with the password admin, reads every data source and changes the alerts.",
	How:        "Set GF_SECURITY_ADMIN_PASSWORD from a secret, and let people sign in through OAuth, LDAP or SAML (GF_AUTH_GENERIC_OAUTH_ENABLED and its kin).",
	Holds:      "Grafana has a login of its own",
	References: []string{
		"https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/",
		"https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#admin_password",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, g := range grafanas(s) {
		judgeLogin(p, g)
	}
	chartLogins(p, s)
})

// chartLogins looks at the password that values give to a chart with Grafana in it.
func chartLogins(p *check.Pass, s *repo.Snapshot) {
	judge := func(f *repo.File, values *yamldoc.Node) {
		for _, at := range [][]string{{"grafana", "adminPassword"}, {"adminPassword"}, {"kube-prometheus-stack", "grafana", "adminPassword"}, {"prometheus-stack", "grafana", "adminPassword"}} {
			switch n := values.Get(at...); n.Str() {
			case "admin", "prom-operator", "strongpassword":
				p.Report(f.At(n.Span), "the admin of Grafana has a password that everybody knows").Keyed("%s", strings.Join(at, "."))
			}
		}
	}
	for _, c := range s.HelmCharts() {
		if c.Role != repo.Production || c.Values == nil || !deployedPath(c.Path) {
			continue
		}
		for _, d := range c.Spec.Dependencies {
			if name := d.Name.Value; name == "grafana" || strings.Contains(name, "prometheus-stack") || name == "loki-stack" {
				if docs, _ := yamldoc.Parse(c.Values.Bytes()); len(docs) > 0 {
					judge(c.Values, docs[0].Root)
				}
				break
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Kind != "HelmRelease" || o.Role != repo.Production || !deployedPath(o.Path) {
			continue
		}
		if chart := o.Node.Get("spec", "chart", "spec", "chart").Str(); chart == "grafana" || strings.Contains(chart, "prometheus-stack") {
			judge(o.File, o.Node.Get("spec", "values"))
		}
	}
}

func judgeLogin(p *check.Pass, g *grafana) {
	anonymous, _ := g.set("GF_AUTH_ANONYMOUS_ENABLED")
	role, _ := g.set("GF_AUTH_ANONYMOUS_ORG_ROLE")
	if strings.EqualFold(anonymous, "true") && strings.EqualFold(role, "Admin") {
		p.Report(g.at, "%s makes everybody an administrator who is not signed in at all", g.name).Keyed("%s anonymous", g.name)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(g.env)) {
		value := g.env[name]
		if strings.HasPrefix(name, "GF_AUTH_") && strings.HasSuffix(name, "_ENABLED") && strings.EqualFold(value, "true") && name != "GF_AUTH_ANONYMOUS_ENABLED" && name != "GF_AUTH_BASIC_ENABLED" {
			p.Holds(g.at, "%s signs people in by %s", g.name, strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, "GF_AUTH_"), "_ENABLED")))
			return
		}
	}
	password, set := g.set("GF_SECURITY_ADMIN_PASSWORD")
	if _, file := g.set("GF_SECURITY_ADMIN_PASSWORD__FILE"); file {
		p.Holds(g.at, "the admin's password of %s comes from a file", g.name)
		return
	}
	if off, _ := g.set("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"); strings.EqualFold(off, "true") {
		p.Holds(g.at, "%s makes no admin of its own", g.name)
		return
	}
	fallback := compose.Default(password)
	switch {
	case set && password == "admin":
		p.Report(g.at, "the admin of %s has the default password", g.name).Keyed("%s default", g.name)
	case set && fallback == "admin":
		p.Report(g.at, "the admin of %s has the default password where the variable is not set", g.name).Keyed("%s fallback", g.name)
	case set:
		p.Holds(g.at, "the admin of %s has a password of the project's own", g.name)
	case g.open:
		p.Unproven(g.at, "the settings of %s come from a file that is read elsewhere", g.name)
	default:
		p.Report(g.at, "%s keeps its default login: no admin password, no other way to sign in", g.name).Keyed("%s unset", g.name)
	}
}
