package observability

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Prometheus says what the project's Prometheus does.
var Prometheus = check.PerProject(check.Doc{
	ID:         "observability/prometheus",
	Title:      "No Prometheus",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Metrics that are collected and kept are what alerts, dashboards and capacity plans are made of.",
	How:        "Configure scrape_configs with a service discovery, rule_files, and how long samples are kept.",
	Holds:      "Prometheus collects metrics",
	References: []string{"https://prometheus.io/docs/prometheus/latest/configuration/configuration/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	o := s.Observability()
	for _, c := range o.Prometheus {
		if c.Role != repo.Production || !deployedPath(c.Path) || mountedByDevelopers(s, c.Path) || len(c.Spec.Scrapes) == 0 {
			continue
		}
		said := []string{fmt.Sprintf("%d scrape configurations", len(c.Spec.Scrapes))}
		for _, scrape := range c.Spec.Scrapes {
			if len(scrape.Discovery) > 0 {
				said = append(said, "service discovery")
				break
			}
		}
		if rules, _ := o.RulesOf(c); len(rules) > 0 {
			alerts := 0
			for _, r := range rules {
				alerts += len(r.Spec.Alerts())
			}
			said = append(said, fmt.Sprintf("%d alerts", alerts))
		}
		p.Holds(c.Where(c.Spec.Scrapes[0].Span), "%s", strings.Join(said, ", "))
	}
	for _, v := range s.PrometheusServers() {
		if f := s.File(v.At.Path); v.Retention != "" && f != nil && f.Role == repo.Production && deployedPath(f.Path) && !ofDevelopers(s, v) {
			p.Holds(v.At, "%s keeps samples for %s", v.Name, v.Retention)
		}
	}
})

// ofDevelopers says whether only compose projects for developers run a Prometheus.
func ofDevelopers(s *repo.Snapshot, v repo.PrometheusServer) bool {
	if v.Service == nil {
		return false
	}
	for _, project := range s.ComposeProjects() {
		if one := project.Effective(v.Service.Name); one != nil && one.Key.Path == v.Service.Key.Path && !developersOnly(s, project) {
			return false
		}
	}
	return true
}
