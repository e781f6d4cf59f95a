package observability

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/kube"
)

// grafana is one Grafana that the project runs for others than its developers.
type grafana struct {
	name string
	at   finding.Location
	env  map[string]string // what is known of its variables
	open bool              // more variables, or a configuration, come from where they cannot be seen
}

// set is the value of a variable of the form GF_SECTION_KEY.
func (g *grafana) set(name string) (value string, ok bool) {
	value, ok = g.env[name]
	return value, ok
}

func isGrafana(base string) bool {
	return base == "grafana" || base == "grafana-oss" || base == "grafana-enterprise"
}

func grafanas(s *repo.Snapshot) (out []*grafana) {
	for _, c := range s.Components() {
		seen := map[finding.Location]bool{}
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !meets(s, d) || seen[d.At()] {
				continue
			}
			seen[d.At()] = true
			switch {
			case d.Compose != nil && isGrafana(d.Image.Base()):
				out = append(out, composed(c.Name, d))
			case d.Kube != nil:
				w := d.Kube.Workload()
				for k := range w.Pod.Containers {
					if box := &w.Pod.Containers[k]; isGrafana(box.Image.Ref.Base()) {
						g := container(c.Name, d, box)
						g.open = g.open || d.Kube.Unsure != ""
						out = append(out, g)
					}
				}
			}
		}
	}
	return out
}

func composed(name string, d *repo.Deployment) *grafana {
	g := &grafana{name: name, at: d.At(), env: map[string]string{}}
	spec := d.Compose.Spec
	for _, e := range spec.Environment {
		g.env[e.Name] = e.Value
	}
	for _, m := range spec.Volumes {
		g.open = g.open || strings.HasSuffix(m.Target, "grafana.ini") || m.Target == "/etc/grafana" || m.Target == "/etc/grafana/"
	}
	g.open = g.open || len(spec.EnvFiles) > 0 || strings.Contains(spec.Command.Text, "--config")
	return g
}

func container(name string, d *repo.Deployment, box *kube.Container) *grafana {
	g := &grafana{name: name, at: d.At(), env: map[string]string{}}
	for _, e := range box.Env {
		value := e.Value.Value
		if !e.Value.Set || e.Value.Unknown {
			value = "${from elsewhere}"
		}
		g.env[e.Name.Value] = value
	}
	for _, m := range box.Mounts {
		target := m.Path.Value
		g.open = g.open || strings.HasSuffix(target, "grafana.ini") || strings.TrimSuffix(target, "/") == "/etc/grafana"
	}
	g.open = g.open || len(box.EnvFrom) > 0 || box.Open()
	return g
}
