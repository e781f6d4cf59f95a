package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// FlatNetwork finds deployments in which what faces the world shares a network with
// the databases.
var FlatNetwork = check.PerProject(check.Doc{
	ID:         "security/flat-network",
	Title:      "All services share one network",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Whoever gets into the proxy or the frontend talks to the database directly, past everything that the API checks.",
	How:        "Give the project two or three networks: proxy and frontend in one, the API in both, databases, caches and workers in the one behind, which may be internal: true.",
	Holds:      "Databases are out of reach for what faces the world",
	References: []string{
		"https://docs.docker.com/compose/how-tos/networking/",
		"https://docs.docker.com/reference/compose-file/networks/",
		"https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() || project.Partial() {
			continue
		}
		var fronts, stores []*compose.Service
		behind := false // something that is no front may be what uses the stores
		for _, v := range project.Services() {
			switch s.RoleOfSpec(v) {
			case repo.RoleProxy, repo.RoleWeb:
				fronts = append(fronts, v)
			case repo.RoleDatabase, repo.RoleCache:
				stores = append(stores, v)
			default:
				behind = true
			}
		}
		if !behind { // then the pages' own server does
			fronts = slices.DeleteFunc(fronts, func(v *compose.Service) bool { return s.RoleOfSpec(v) == repo.RoleWeb })
		}
		if len(fronts) == 0 || len(stores) == 0 || seen[fronts[0].Key] {
			continue
		}
		seen[fronts[0].Key] = true
		judgeNetworks(p, s, project, fronts, stores)
	}
})

func judgeNetworks(p *check.Pass, s *repo.Snapshot, project *compose.Project, fronts, stores []*compose.Service) {
	var exposed, shared []string
	var at []finding.Location
	networks := map[string]bool{}
	for _, front := range fronts {
		if needs(front, stores) {
			continue
		}
		for _, store := range stores {
			if n, both := sharedNetwork(front, store); both {
				networks[n] = true
				if !slices.Contains(shared, store.Name) {
					shared = append(shared, store.Name)
				}
				if !slices.Contains(exposed, front.Name) {
					exposed = append(exposed, front.Name)
					at = append(at, s.Place(front.Key.Path, front.Key.Span))
				}
			}
		}
	}
	if len(exposed) == 0 {
		front := fronts[0]
		if !needs(front, stores) {
			p.Holds(s.Place(front.Key.Path, front.Key.Span), "%s shares no network with %s", front.Name, stores[0].Name)
		}
		return
	}
	where := "a network"
	if len(networks) == 1 && networks["default"] {
		where = "the default network of " + plural(len(project.Services()), "service")
	}
	p.Report(at[0], "%s can reach %s: they share %s", strings.Join(exposed, ", "), strings.Join(shared, ", "), where).With(at[1:]...).Keyed("%s", strings.Join(exposed, " "))
}

// needs says whether a service talks to one of the stores itself: it waits for it,
// or a variable of its names it.
func needs(v *compose.Service, stores []*compose.Service) bool {
	for _, store := range stores {
		for _, d := range v.DependsOn {
			if d.Service == store.Name {
				return true
			}
		}
		for _, e := range v.Environment {
			if strings.Contains(e.Value, "//"+store.Name) || strings.Contains(e.Value, "@"+store.Name) || e.Value == store.Name || strings.HasPrefix(e.Value, store.Name+":") || isDatabaseName(e.Name) {
				return true
			}
		}
	}
	return len(v.EnvFiles) > 0 && len(v.DependsOn) == 0
}

// sharedNetwork is a network that both services are in.
func sharedNetwork(a, b *compose.Service) (name string, ok bool) {
	for _, n := range networksOf(a) {
		if slices.Contains(networksOf(b), n) {
			return n, true
		}
	}
	return "", false
}

func networksOf(v *compose.Service) (names []string) {
	if v.NetworkMode.Value != "" {
		return nil
	}
	for _, n := range v.Networks {
		names = append(names, n.Value)
	}
	if names == nil {
		return []string{"default"}
	}
	return names
}
