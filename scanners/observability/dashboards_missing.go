package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// DashboardsMissing finds a Grafana that shows nothing until somebody clicks it
// together.
var DashboardsMissing = check.PerProject(check.Doc{
	ID:         "observability/dashboards-missing",
	Title:      "Grafana without dashboards",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "In an outage people look at an empty Grafana; what somebody has put together by hand goes with its volume and is reviewed by nobody.",
	How:        "Keep dashboards as JSON in the project, mount them, and name their directory in a provider below provisioning/dashboards.",
	Holds:      "Dashboards come with the project",
	References: []string{
		"https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards",
		"https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/best-practices/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	all := grafanas(s)
	o := s.Observability()
	var provider *repo.GrafanaProvisioning
	sources := 0
	for _, v := range o.Provisioning {
		if v.Role != repo.Production || !deployedPath(v.Path) || mountedByDevelopers(s, v.Path) {
			continue
		}
		sources += len(v.Spec.Datasources)
		if len(v.Spec.Providers) > 0 && provider == nil {
			provider = v
		}
	}
	if len(all) == 0 && sources == 0 && provider == nil {
		return
	}
	dashboards := 0
	for _, d := range o.Dashboards {
		if d.Role == repo.Production && len(d.Spec.Panels) > 0 {
			if dashboards++; dashboards == 1 {
				p.Holds(d.Start(), "the dashboard %q", d.Spec.Title.Value)
			}
		}
	}
	if dashboards > 0 {
		return
	}
	for _, g := range watching(s).signs {
		if g.gives&showsDashboards != 0 && !g.soft && !g.code && g.name != "Grafana" && g.name != "the chart grafana" {
			p.Holds(g.at, "%s", g.name)
			return
		}
	}
	switch {
	case provider != nil:
		at := provider.Where(provider.Spec.Providers[0].Span)
		p.Report(at, "Grafana is told to take dashboards from %s, and the project has none", provider.Spec.Providers[0].Path.Value).Keyed("none")
	case len(all) > 0 && all[0].open && sources == 0:
		p.Unproven(all[0].at, "where %s takes its dashboards from cannot be seen", all[0].name)
	case len(all) > 0:
		p.Report(all[0].at, "%s starts without a dashboard: none is provisioned", all[0].name).Keyed("none")
	default:
		for _, v := range o.Provisioning {
			if v.Role == repo.Production && deployedPath(v.Path) && len(v.Spec.Datasources) > 0 {
				p.Report(v.Where(v.Spec.Datasources[0].Span), "Grafana is given data sources and not one dashboard").Keyed("none")
				return
			}
		}
	}
})
