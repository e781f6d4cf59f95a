package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// deployedPath says whether a file is, by its path, for an environment that others
// than the developers meet.
func deployedPath(path string) bool {
	env, _ := compose.EnvOf(path)
	return env.Deployed()
}

// AlertRulesMissing finds a monitoring that measures and never speaks up.
var AlertRulesMissing = check.PerProject(check.Doc{
	ID:         "observability/alert-rules-missing",
	Title:      "Monitoring without alert rules",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "The numbers are collected, but somebody has to look at them at the right moment: an outage at night lasts until the morning.",
	How:        "Write rules for what customers notice (the share of failed requests, latency, targets that are down, disks that fill up), load them with rule_files or as a PrometheusRule, and send them to an Alertmanager.",
	Holds:      "Alert rules are loaded",
	References: []string{
		"https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/",
		"https://prometheus.io/docs/practices/alerting/",
		"https://samber.github.io/awesome-prometheus-alerts/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	o := s.Observability()
	w := watching(s)
	servers := 0
	for _, c := range o.Prometheus {
		if c.Role != repo.Production || !deployedPath(c.Path) || mountedByDevelopers(s, c.Path) || len(c.Spec.Scrapes) == 0 && len(c.Spec.ScrapeFiles) == 0 {
			continue
		}
		servers++
		judgeRules(p, o, w, c)
	}
	if servers > 0 {
		return
	}
	if g, ok := w.first(sendsAlerts); ok && !g.soft && !g.code {
		p.Holds(g.at, "%s", g.name)
		return
	}
	for i := range w.signs { // a server whose configuration is not written here, monitors of an operator
		if g := &w.signs[i]; !g.code && !g.soft && (g.name == "a Prometheus server" || g.name == "a ServiceMonitor" || g.name == "a PodMonitor") {
			p.Report(g.at, "%s collects, and no alert rule of the project says when somebody has to know", g.name).Keyed("rules")
			return
		}
	}
	if sys := systemOf(s); sys != nil {
		p.Unproven(sys.at, "no alert rule is part of the project; a hosted service may have them")
	}
})

// judgeRules looks at the rules that a configuration of Prometheus loads.
func judgeRules(p *check.Pass, o *repo.Observability, w *watch, c *repo.PrometheusConfig) {
	rules, missing := o.RulesOf(c)
	for _, r := range rules {
		if n := len(r.Spec.Alerts()); n > 0 {
			p.Holds(r.Where(r.Spec.Alerts()[0].Span), "the alerts in %s, %d of them", r.Path, n)
			return
		}
	}
	for i := range w.signs {
		if g := &w.signs[i]; g.gives&sendsAlerts != 0 && !g.code && !g.soft && g.name != "Alertmanager" && g.name != "alert rules" {
			p.Holds(g.at, "%s", g.name)
			return
		}
	}
	switch {
	case len(c.Spec.RemoteWrite) > 0 && len(c.Spec.RuleFiles) == 0:
		p.Unproven(c.Start(), "Prometheus sends its samples on; alerts may be where they go")
	case len(missing) > 0:
		p.Report(c.Where(missing[0].Span), "Prometheus loads the rules of %s, and no file of the project with an alert is called so", missing[0].Value).Keyed("missing rules")
	case len(rules) > 0:
		p.Report(c.Where(c.Spec.RuleFiles[0].Span), "the rules that Prometheus loads record values, none of them alerts").Keyed("no alerts")
	default:
		at := c.Start()
		if len(c.Spec.Scrapes) > 0 {
			at = c.Where(c.Spec.Scrapes[0].Span)
		}
		p.Report(at, "Prometheus collects and loads no alert rules: rule_files is missing").Keyed("rule_files")
	}
}
