package report

import (
	"fmt"
	"slices"

	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// The statuses that files alone can give a service.
const (
	configured  = "configured"   // declared for what gets deployed
	notVerified = "not-verified" // declared for development; production may have it from elsewhere
	missing     = "missing"      // declared for development, and nothing in production does its work
)

// services lists the declared services, as production has them where it does.
func services(s *repo.Snapshot) []Service {
	out := []Service{}
	inProduction := map[repo.ServiceRole]bool{}
	for _, v := range s.Services() {
		if v.In(compose.Prod) != nil {
			inProduction[v.Role] = true
		}
	}
	for _, v := range s.Services() {
		d := chosen(v)
		at := s.At(d)
		row := Service{
			Name: v.Name, Role: string(v.Role), Source: fmt.Sprintf("%s:%d", at.Path, at.Line), Status: configured,
			Declared: Declared{Image: text(s, d.Spec.Image.Place), Ports: []string{}, HealthCheck: d.Spec.Healthcheck.Present && !d.Spec.Healthcheck.Disabled},
		}
		for _, p := range d.Spec.Ports {
			row.Declared.Ports = append(row.Declared.Ports, text(s, p.Place))
		}
		if len(inProduction) > 0 && !deployed(v) {
			row.Status = notVerified
			if v.Role == repo.RoleWorker && !inProduction[v.Role] {
				row.Status = missing
			}
		}
		out = append(out, row)
	}
	return out
}

// chosen is the declaration that comes closest to production.
func chosen(v *repo.Service) *repo.Declaration {
	for _, env := range []compose.Env{compose.Prod, compose.Staging, compose.Base} {
		if d := v.In(env); d != nil {
			return d
		}
	}
	return &v.Declarations[0]
}

func deployed(v *repo.Service) bool {
	return slices.ContainsFunc(v.Declarations, func(d repo.Declaration) bool { return d.Env() == compose.Prod })
}

// text is what the file says at a place, secrets masked.
func text(s *repo.Snapshot, p compose.Place) string {
	f := s.File(p.Path)
	if !p.Set() || f == nil {
		return ""
	}
	return f.Redacted(p.Span)
}
