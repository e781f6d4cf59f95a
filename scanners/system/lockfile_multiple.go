package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
)

// LockfileMultiple finds folders with the lockfiles of several package managers.
var LockfileMultiple = check.PerProject(check.Doc{
	ID:         "system/lockfile-multiple",
	Title:      "Several lockfiles for one package",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Each manager keeps its own file up to date. Which versions are installed depends on who installs: the developer, CI and the image may all have others.",
	How:        "Keep the lockfile of the manager that packageManager, CI and the Dockerfile use, and delete the rest.",
	References: []string{"https://nodejs.org/api/packages.html#packagemanager", "https://docs.npmjs.com/cli/configuring-npm/package-lock-json"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	byDir := map[string][]*repo.Lockfile{}
	var dirs []string
	for _, l := range s.Lockfiles() {
		if l.Role != repo.Production || ecosystemOfManager(l.Manager) == "" || !l.Tracked {
			continue
		}
		key := ecosystemOfManager(l.Manager) + " " + l.Dir()
		if byDir[key] == nil {
			dirs = append(dirs, key)
		}
		byDir[key] = append(byDir[key], l)
	}
	for _, key := range dirs {
		list := byDir[key]
		var managers, names []string
		for _, l := range list {
			if !slices.Contains(managers, l.Manager) {
				managers = append(managers, l.Manager)
			}
			names = append(names, l.Name())
		}
		if len(managers) < 2 {
			continue
		}
		found := p.Report(list[0].Start(), "%s has %s", dirName(list[0].Dir()), strings.Join(names, " and ")).Keyed("%s", key)
		for _, l := range list[1:] {
			found.With(l.Start())
		}
		if pkg := packageAt(s, list[0].Dir()); pkg != nil && slices.Contains(managers, pkg.Manager()) {
			found.Message += "; packageManager is " + pkg.Manager()
			found.WithPatch("Keep the lockfile of "+pkg.Manager(), finding.Review, deleteOthers(list, pkg.Manager()))
		}
	}
})

func ecosystemOfManager(name string) string {
	switch name {
	case "npm", "yarn", "pnpm", "bun":
		return "npm"
	case "poetry", "uv", "pdm", "pipenv":
		return "python"
	}
	return ""
}

func deleteOthers(list []*repo.Lockfile, keep string) patch.Set {
	set := patch.Set{Title: "Keep one lockfile"}
	for _, l := range list {
		if l.Manager != keep {
			set.Changes = append(set.Changes, patch.Change{Path: l.Path, Op: patch.Delete, Base: patch.Sum(l.Bytes()), HasBase: true, Note: "packageManager names " + keep + "."})
		}
	}
	return set
}
