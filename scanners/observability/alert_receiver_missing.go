package observability

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// AlertReceiverMissing finds alerts that nobody is told of.
var AlertReceiverMissing = check.PerProject(check.Doc{
	ID:         "observability/alert-receiver-missing",
	Title:      "Alerts reach nobody",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "The rule fires, the page in Prometheus turns red, and no message leaves the machine: the alert might as well not exist.",
	How:        "Give the receiver that the root route names an integration (slack_configs, pagerduty_configs, email_configs), and name the Alertmanager below alerting in prometheus.yml.",
	Holds:      "Alerts reach somebody",
	References: []string{
		"https://prometheus.io/docs/alerting/latest/configuration/",
		"https://prometheus.io/docs/prometheus/latest/configuration/configuration/#alertmanager_config",
		"https://grafana.com/docs/grafana/latest/alerting/configure-notifications/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	o := s.Observability()
	managers := 0
	for _, a := range o.Alertmanagers {
		if a.Role != repo.Production || !deployedPath(a.Path) || mountedByDevelopers(s, a.Path) || a.Object != nil && a.Object.Kind == "AlertmanagerConfig" && len(a.Spec.Routes) == 0 {
			continue
		}
		managers++
		judgeManager(p, a)
	}
	points := 0
	for _, v := range o.Provisioning {
		if v.Role != repo.Production || !deployedPath(v.Path) {
			continue
		}
		points += len(v.Spec.ContactPoints)
		if len(v.Spec.ContactPoints) > 0 {
			c := v.Spec.ContactPoints[0]
			p.Holds(v.Where(c.Span), "the contact point %s of Grafana", c.Name)
		}
	}
	if points == 0 {
		for _, v := range o.Provisioning {
			if v.Role == repo.Production && deployedPath(v.Path) && v.Spec.AlertRules > 0 {
				p.Report(v.Start(), "%d alert rules of Grafana are provisioned and no contact point: they go to an address that is only an example", v.Spec.AlertRules).Keyed("contact points")
			}
		}
	}
	if managers > 0 || points > 0 {
		return
	}
	w := watching(s)
	for _, c := range o.Prometheus {
		if c.Role != repo.Production || !deployedPath(c.Path) || mountedByDevelopers(s, c.Path) {
			continue
		}
		rules, _ := o.RulesOf(c)
		alerts := 0
		for _, r := range rules {
			alerts += len(r.Spec.Alerts())
		}
		switch {
		case alerts == 0:
		case len(c.Spec.Alertmanagers) > 0 && !c.Spec.Discovers && beside(c.Spec.Alertmanagers[0].Value) && !runsAlertmanager(w):
			to := c.Spec.Alertmanagers[0]
			p.Report(c.Where(to.Span), "Prometheus sends %d alerts to %s, and nothing in the project runs there", alerts, to.Value).Keyed("alertmanager")
		case len(c.Spec.Alertmanagers) > 0 || c.Spec.Discovers:
			p.Unproven(c.Start(), "alerts go to an Alertmanager whose configuration is not part of the project")
		case watchesAlerts(w):
			p.Unproven(c.Start(), "what runs beside Prometheus may send its alerts on")
		default:
			p.Report(c.Where(c.Spec.RuleFiles[0].Span), "Prometheus has %d alerts and no Alertmanager to send them to", alerts).Keyed("alertmanager")
		}
	}
})

// beside says whether an address is one within the project's own network: a bare name.
func beside(address string) bool {
	host, _, _ := strings.Cut(address, ":")
	return host != "" && host != "localhost" && !strings.ContainsAny(host, "./$")
}

// runsAlertmanager says whether the project runs an Alertmanager, or what brings one
// along.
func runsAlertmanager(w *watch) bool {
	for _, g := range w.signs {
		if g.name == "Alertmanager" || strings.HasPrefix(g.name, "the chart") && g.gives&sendsAlerts != 0 {
			return true
		}
	}
	return false
}

// watchesAlerts says whether something else may send alerts on.
func watchesAlerts(w *watch) bool {
	for _, g := range w.signs {
		if g.gives&sendsAlerts != 0 && g.name != "alert rules" && g.name != "a PrometheusRule" {
			return true
		}
	}
	return false
}

func judgeManager(p *check.Pass, a *repo.Alertmanager) {
	for _, name := range a.Spec.Undefined() {
		p.Report(a.Where(name.Span), "a route names the receiver %s, which is not there: Alertmanager does not start", name.Value).Keyed("undefined %s", name.Value)
	}
	if a.Spec.Tells() {
		for _, r := range a.Spec.Reached() {
			if !r.Silent() {
				p.Holds(a.Where(r.Span), "the receiver %s tells by %s", r.Name.Value, r.Integrations[0].Kind)
				return
			}
		}
	}
	if len(a.Spec.Undefined()) > 0 {
		return
	}
	reached := a.Spec.Reached()
	if len(reached) == 0 {
		p.Report(a.Start(), "no route leads to a receiver").Keyed("no receiver")
		return
	}
	p.Report(a.Where(reached[0].Span), "every alert goes to the receiver %s, which has no integration: nobody is told", reached[0].Name.Value).Keyed("silent")
}
