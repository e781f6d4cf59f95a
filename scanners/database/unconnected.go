package database

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// Unconnected finds database servers that are deployed and that no service is
// pointed at.
var Unconnected = check.PerProject(check.Doc{
	ID:         "database/unconnected",
	Title:      "Database is deployed and nothing connects to it",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "The server runs, is backed up and paid for, while the services keep their data somewhere else: in a file, in memory, or nowhere.",
	How:        "Give the services that hold data the server's address, or take the server out.",
	Holds:      "Services are pointed at the databases that are deployed",
	References: []string{"https://12factor.net/backing-services"},
}, func(p *check.Pass, s *repo.Snapshot) {
	unconnectedInKube(p, s)
	said := map[finding.Location]bool{}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() {
			continue
		}
		for _, db := range project.Services() {
			f := s.File(db.Key.Path)
			if f == nil || f.Role != repo.Production || engineOfImage(db.Image.Ref) == "" {
				continue
			}
			at := f.At(db.Key.Span)
			if said[at] {
				continue
			}
			said[at] = true
			switch user, state := connected(s, project, db); state {
			case yes:
				p.Holds(at, "%s is pointed at %s", user, db.Name)
			case no:
				p.Report(at, "%s runs in %s, and no service built here is given its address", db.Name, f.Path).Keyed("%s", db.Name)
			}
		}
	}
})

type answer int

const (
	unknown answer = iota
	yes
	no
)

// connected says whether a service uses the database: it waits for it, or what it
// is given names it. A service whose settings are not in the project may.
func connected(s *repo.Snapshot, project *compose.Project, db *compose.Service) (user string, state answer) {
	names := []string{db.Name, db.ContainerName.Value}
	for _, a := range db.Attachments {
		for _, alias := range a.Aliases {
			names = append(names, alias.Value)
		}
	}
	built := false
	for _, v := range project.Services() {
		if v == db {
			continue
		}
		if dependsOn(v, db.Name) || slices.ContainsFunc(v.Links, func(l compose.Text) bool { return strings.HasPrefix(l.Value, db.Name) }) {
			return v.Name, yes
		}
		if slices.ContainsFunc(v.Environment, func(e compose.EnvVar) bool { return pointsAt(e.Value, names) }) || pointsAt(v.Command.Text, names) {
			return v.Name, yes
		}
		if !v.Build.Set() {
			if s.RoleOfSpec(v) == repo.RoleOther || s.RoleOfSpec(v) == repo.RolePool || s.RoleOfSpec(v) == repo.RoleApp {
				return "", unknown // somebody else's image may know the name by itself
			}
			continue
		}
		built = true
		if len(v.EnvFiles) > 0 || slices.ContainsFunc(v.Environment, func(e compose.EnvVar) bool { return !e.HasValue || isSetting(e) }) || slices.ContainsFunc(v.Volumes, func(m compose.Mount) bool { return m.Type == compose.Bind }) {
			return "", unknown
		}
	}
	if !built || len(db.Ports) > 0 && slices.ContainsFunc(project.Services(), func(v *compose.Service) bool { return v.NetworkMode.Value == "host" }) {
		return "", unknown
	}
	if namedInCode(s, names) {
		return "", unknown
	}
	return "", no
}

// isSetting says whether a variable may hold the address of a database that is not
// written here.
func isSetting(e compose.EnvVar) bool {
	name := strings.ToUpper(e.Name)
	if !strings.Contains(e.Value, "$") {
		return false
	}
	for _, w := range []string{"DATABASE", "DB", "POSTGRES", "PG", "MYSQL", "SQL", "DSN"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// pointsAt says whether a value has one of the names as the host it is for.
func pointsAt(value string, names []string) bool {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("/@:,; =?&[]\"'{}-|", r) && r != '-' }) {
		if word != "" && slices.Contains(names, word) {
			return true
		}
	}
	return false
}

// namedInCode says whether a source or a file of settings holds an address of the
// database: what compose does not pass in may be written there.
func namedInCode(s *repo.Snapshot, names []string) bool {
	for _, f := range s.Production() {
		if f.Size > 1<<20 || !f.Mentions(names[0]) {
			continue
		}
		text := string(f.Bytes())
		for _, n := range names {
			if n != "" && (strings.Contains(text, "@"+n) || strings.Contains(text, "//"+n) || strings.Contains(text, "\""+n+"\"") || strings.Contains(text, "'"+n+"'") || strings.Contains(text, "="+n)) {
				return true
			}
		}
	}
	return false
}
