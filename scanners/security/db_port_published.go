package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// DBPortPublished finds databases and caches that every interface of the host offers.
var DBPortPublished = check.PerProject(check.Doc{
	ID:         "security/db-port-published",
	Title:      "Database port published on all interfaces",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Docker writes its own firewall rules, so a published port is open to the network past ufw and its kin; databases that answer there are found and tried within hours.",
	How:        "Drop the mapping: services of one project reach each other without it. For a tool on the host bind it to 127.0.0.1.",
	Holds:      "Databases publish no port to the network",
	References: []string{
		"https://docs.docker.com/engine/network/port-publishing/",
		"https://docs.docker.com/engine/network/packet-filtering-firewalls/",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() || onlyStores(s, project) {
			continue
		}
		for _, v := range project.Services() {
			role := s.RoleOfSpec(v)
			if role != repo.RoleDatabase && role != repo.RoleCache || seen[v.Key] {
				continue
			}
			seen[v.Key] = true
			open := false
			for _, port := range v.Ports {
				if !port.AllInterfaces() || port.Host == "" && port.Container == "" || seen[port.Place] {
					continue
				}
				open, seen[port.Place] = true, true
				shown := port.Host
				if shown == "" {
					shown = "a port of Docker's choice"
				}
				found := p.Report(s.Place(port.Path, port.Span), "%s (%s) is open to the network on %s", v.Name, v.Image.Base(), shown).Keyed("%s %s", v.Name, port.Container)
				if project.Env == compose.Base {
					found.As(finding.Medium)
				}
				if set, ok := loopbackPatch(s, v, port); ok {
					found.WithPatch(set.Title, finding.Review, set)
				}
			}
			if !open && v.Image.Exists() {
				p.Holds(s.Place(v.Key.Path, v.Key.Span), "%s is reached only from its networks", v.Name)
			}
		}
	}
})

// onlyStores says whether a project without a sign of production runs databases and
// their kin alone: what developers start beside the program that they work on.
func onlyStores(s *repo.Snapshot, project *compose.Project) bool {
	if project.Env != compose.Base {
		return false
	}
	for _, v := range project.Services() {
		switch s.RoleOfSpec(v) {
		case repo.RoleWeb, repo.RoleAPI, repo.RoleWorker, repo.RoleApp, repo.RoleProxy, repo.RoleScheduler, repo.RoleMigration:
			return false
		}
		if v.Build.Set() {
			return false
		}
	}
	return true
}

// loopbackPatch binds a short port mapping to the host itself.
func loopbackPatch(s *repo.Snapshot, v *compose.Service, port compose.Port) (set patch.Set, ok bool) {
	f := s.File(port.Path)
	if f == nil || port.Host == "" || port.HostIP != "" {
		return set, false
	}
	text := f.Text(port.Span)
	bare := strings.Trim(text, `"'`)
	if len(text)-len(bare) != 0 && len(text)-len(bare) != 2 || !strings.HasPrefix(bare, port.Host+":") || strings.ContainsAny(bare, " \n{[") {
		return set, false
	}
	new := "127.0.0.1:" + bare
	if quote := text[:(len(text)-len(bare))/2]; quote != "" {
		new = quote + new + quote
	} else {
		new = `"` + new + `"`
	}
	return patch.Set{Title: "Bind the port of " + v.Name + " to 127.0.0.1", Changes: []patch.Change{{
		Path: f.Path, Base: patch.Sum(f.Bytes()), HasBase: true, Edits: []patch.Edit{patch.Replace(port.Span, new)},
		Note: "Tools on other machines no longer reach " + v.Name + ".",
	}}}, true
}
