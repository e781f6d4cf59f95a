package system

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// PortConflict finds services of one compose project that publish the same port of
// the host.
var PortConflict = check.PerProject(check.Doc{
	ID:         "system/port-conflict",
	Title:      "Two services publish one port",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The second container does not start: the port is taken.",
	How:        "Publish one of them on another port, or not at all: services reach each other by name without it.",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#ports"},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		var seen []publication
		for _, v := range project.Services() {
			for _, port := range v.Ports {
				f := s.File(port.Path)
				lo, hi, ok := port.HostRange()
				if !ok || f == nil || f.Role != repo.Production {
					continue
				}
				one := publication{v, port, lo, hi}
				if i := slices.IndexFunc(seen, one.clashes); i >= 0 && !said[port.Place] {
					said[port.Place] = true
					other := seen[i]
					p.Report(f.At(port.Span), "%s and %s both publish port %d of the host", other.service.Name, v.Name, max(lo, other.lo)).
						With(s.Place(other.port.Path, other.port.Span)).Keyed("%s %s", other.service.Name, v.Name)
				}
				seen = append(seen, one)
			}
		}
	}
})

type publication struct {
	service *compose.Service
	port    compose.Port
	lo, hi  int
}

// clashes says whether another service takes one of the ports on the same address
// at the same time.
func (a publication) clashes(b publication) bool {
	if a.service.Name == b.service.Name || a.hi < b.lo || b.hi < a.lo || protocol(a.port) != protocol(b.port) {
		return false
	}
	if a.hi > a.lo || b.hi > b.lo {
		return false // of a range one that is free is taken
	}
	if a.port.HostIP != b.port.HostIP && !a.port.AllInterfaces() && !b.port.AllInterfaces() {
		return false
	}
	return together(a.service, b.service)
}

func protocol(p compose.Port) string {
	if p.Protocol == "" {
		return "tcp"
	}
	return p.Protocol
}

// together says whether two services may run at the same time by their profiles:
// those with none always do, others only where one profile starts both.
func together(a, b *compose.Service) bool {
	if len(a.Profiles) == 0 && len(b.Profiles) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Profiles, func(x compose.Text) bool {
		return slices.ContainsFunc(b.Profiles, func(y compose.Text) bool { return x.Value == y.Value })
	})
}
