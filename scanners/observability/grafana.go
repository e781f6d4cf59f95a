package observability

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Grafana says what the project's Grafana is given.
var Grafana = check.PerProject(check.Doc{
	ID:         "observability/grafana",
	Title:      "No Grafana",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "A Grafana that is set up by files is the same after it was lost, and changes to it are reviewed.",
	How:        "Provision data sources and dashboards, keep its data on a volume, and run two replicas with a shared database where it must not fail.",
	Holds:      "Grafana is set up by files",
	References: []string{"https://grafana.com/docs/grafana/latest/administration/provisioning/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range s.Observability().Provisioning {
		if v.Role != repo.Production || !deployedPath(v.Path) || mountedByDevelopers(s, v.Path) {
			continue
		}
		for _, d := range v.Spec.Datasources {
			p.Holds(v.Where(d.Span), "the data source %s (%s)", d.Name, d.Type)
		}
		for _, d := range v.Spec.Providers {
			p.Holds(v.Where(d.Span), "dashboards from %s", d.Path.Value)
		}
	}
	for _, c := range s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !meets(s, d) || !isGrafana(d.Image.Base()) {
				continue
			}
			switch {
			case d.Kube != nil:
				if n := d.Kube.Workload().Replicas; n.Set && !n.Unknown && n.Value > 1 {
					p.Holds(d.At(), "%d replicas", n.Value)
				}
				for _, v := range d.Kube.Workload().Pod.Volumes {
					if v.Value.Get("persistentVolumeClaim").Exists() {
						p.Holds(d.At(), "its data lies on a volume")
						break
					}
				}
			case d.Compose != nil:
				for _, m := range d.Compose.Spec.Volumes {
					if m.Target == "/var/lib/grafana" && m.Source != "" {
						p.Holds(d.At(), "its data lies on the volume %s", m.Source)
						break
					}
				}
			}
		}
	}
})
