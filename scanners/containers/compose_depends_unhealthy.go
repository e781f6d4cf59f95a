package containers

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// ComposeDependsUnhealthy finds services that do not wait for what they need
// although it could tell them.
var ComposeDependsUnhealthy = check.PerProject(check.Doc{
	ID:         "containers/compose-depends-unhealthy",
	Title:      "Starts before its dependency is healthy",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Without a condition the dependant starts as soon as the other container exists. After a reboot it fails at its first connection, or comes up half started.",
	How:        "Write depends_on as a mapping, with condition: service_healthy for each dependency that has a healthcheck.",
	Holds:      "Services wait until what they need is healthy",
	References: []string{"https://docs.docker.com/compose/how-tos/startup-order/", "https://docs.docker.com/reference/compose-file/services/#depends_on"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[compose.Place]bool{} // services share what an anchor names
	for _, v := range deployedServices(s) {
		if startedByStack(v.project) || s.RoleOfSpec(v.Service) == repo.RoleProxy {
			continue // a swarm knows no order; a proxy answers 502 until the other is there
		}
		var early []compose.Dependency
		var waits *compose.Dependency
		blind := false
		for _, d := range v.DependsOn {
			other := v.project.Effective(d.Service)
			if other == nil || !answersRequests(s, other) {
				continue
			}
			if !hasHealthcheck(s, other) {
				if _, askable := healthcheckPatch(s, other); !askable || d.Condition != "" {
					continue
				}
				blind = true // it would be the same problem with the healthcheck that compose-healthcheck-missing asks for
			}
			switch d.Condition {
			case "": // service_started is somebody's choice
				early = append(early, d)
			case "service_healthy":
				waits = &d
			}
		}
		if len(early) == 0 {
			if waits != nil {
				p.Holds(s.Place(waits.Path, waits.Span), "the service %s waits until %s is healthy", v.Name, waits.Service)
			}
			continue
		}
		if seen[early[0].Place] {
			continue
		}
		seen[early[0].Place] = true
		var names []string
		var also []finding.Location
		for i, d := range early {
			names = append(names, d.Service)
			if i > 0 {
				also = append(also, s.Place(d.Path, d.Span))
			}
		}
		found := p.Report(s.Place(early[0].Path, early[0].Span), "the service %s does not wait until %s", v.Name, areHealthy(names)).
			With(also...).Keyed("%s", v.Name)
		if blind {
			found.Message += " (healthchecks are missing)"
		} else if set, ok := waitPatch(s, v, names); ok {
			found.WithPatch(set.Title, finding.Review, set)
		}
	}
})

func areHealthy(names []string) string {
	if len(names) == 1 {
		return names[0] + " is healthy"
	}
	return strings.Join(names, ", ") + " are healthy"
}

// answersRequests says whether others connect to the service when they start.
func answersRequests(s *repo.Snapshot, v *compose.Service) bool {
	switch s.RoleOfSpec(v) {
	case repo.RoleDatabase, repo.RoleCache, repo.RoleBroker, repo.RolePool, repo.RoleAPI, repo.RoleApp:
		return true
	}
	return false
}

func hasHealthcheck(s *repo.Snapshot, v *compose.Service) bool {
	if v.Healthcheck.Present {
		return !v.Healthcheck.Disabled && len(v.Healthcheck.Test) > 0
	}
	_, ok := imageHealthcheck(s, v)
	return ok
}

// waitPatch writes a list of dependencies as a mapping with conditions.
func waitPatch(s *repo.Snapshot, v deployment, healthy []string) (set patch.Set, ok bool) {
	f := s.File(v.Key.Path)
	e, has := v.Node.Entry("depends_on")
	if f == nil || !has || e.Inherited || !e.Value.IsSequence() || e.Value.Kind == yamldoc.Alias || len(e.Value.Items()) != len(v.DependsOn) {
		return set, false
	}
	indent, ok := patch.YAMLIndent(f.Bytes(), e.Key.Span.Start)
	if !ok || strings.Contains(f.Text(e.Span()), "#") {
		return set, false
	}
	step := strings.Repeat(" ", patch.YAMLUnit(f.Bytes()))
	var b strings.Builder
	b.WriteString("depends_on:")
	for _, d := range v.DependsOn {
		condition := "service_started"
		for _, name := range healthy {
			if name == d.Service {
				condition = "service_healthy"
			}
		}
		fmt.Fprintf(&b, "\n%s%s%s:\n%s%s%scondition: %s", indent, step, d.Service, indent, step, step, condition)
	}
	title := "Let " + v.Name + " wait for " + strings.Join(healthy, ", ")
	span := finding.Span{Start: e.Key.Span.Start, End: e.Span().End}
	span.End = span.Start + len(strings.TrimRight(f.Text(span), " \r\n"))
	return editsOf(f, title, "It starts when their healthchecks have passed.", patch.Replace(span, b.String())), true
}
