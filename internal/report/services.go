package report

import (
	"fmt"
	"strings"

	"drydock/internal/repo"
)

// The statuses that files alone can give a service.
const (
	configured  = "configured"   // declared for what gets deployed
	notVerified = "not-verified" // declared for development; production may have it from elsewhere
	missing     = "missing"      // declared for development, and nothing in production does its work
)

// services lists the running parts of the system, as production has them where it
// does.
func services(s *repo.Snapshot) []Service {
	out := []Service{}
	inProduction := map[repo.ServiceRole]bool{}
	for _, c := range s.Components() {
		if c.InProduction() {
			inProduction[c.Role] = true
		}
	}
	for _, c := range s.Components() {
		d := c.Foremost()
		if d == nil {
			continue
		}
		at := d.At()
		row := Service{
			Name: c.Name, Role: string(c.Role), Source: fmt.Sprintf("%s:%d", at.Path, at.Line), Status: configured,
			Declared: Declared{Image: d.File.Hide(d.Image.Raw), Ports: ports(s, d), HealthCheck: d.Health != nil},
		}
		if len(inProduction) > 0 && !c.InProduction() {
			row.Status = notVerified
			if c.Role == repo.RoleWorker && !inProduction[c.Role] {
				row.Status = missing
			}
		}
		out = append(out, row)
	}
	return out
}

// ports are the deployment's ports: of compose those of the host too.
func ports(s *repo.Snapshot, d *repo.Deployment) []string {
	out := []string{}
	if d.Compose == nil {
		return append(out, d.Ports...)
	}
	for _, p := range d.Compose.Spec.Ports {
		if f := s.File(p.Place.Path); f != nil {
			text := strings.Trim(f.Redacted(p.Place.Span), `"'`)
			if value, known := s.Interpolated(f.Path, text); known {
				text = value
			}
			out = append(out, text)
		}
	}
	return out
}
