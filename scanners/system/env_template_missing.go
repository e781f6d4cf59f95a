package system

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// EnvTemplateMissing finds services that need variables and show nobody which.
var EnvTemplateMissing = check.PerProject(check.Doc{
	ID:         "system/env-template-missing",
	Title:      "No env template",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "The variables that a service needs are found out by reading its code, or when it fails on a new host.",
	How:        "Track a .env.example beside the service that names every variable, with blank values for secrets.",
	Holds:      "An env template lies beside what reads variables",
	References: []string{"https://12factor.net/config"},
}, func(p *check.Pass, s *repo.Snapshot) {
	shown := shownVariables(s)
	set := setByDeployment(s)
	byDir := map[string][]needed{}
	var dirs []string
	for _, n := range neededVariables(s) {
		if byDir[n.dir] == nil {
			dirs = append(dirs, n.dir)
		}
		byDir[n.dir] = append(byDir[n.dir], n)
	}
	said := map[*repo.EnvFile]bool{}
	for _, dir := range dirs {
		if t := envFileNear(s, dir); t != nil {
			if !said[t] && t.Template && within(t.Dir(), dir) {
				said[t] = true
				p.Holds(t.Start(), "%s shows the variables of %s", t.Path, dirName(dir))
			}
			continue
		}
		var names []string
		var lacks []needed
		for _, n := range byDir[dir] {
			if !shown[n.name] && !set[n.name] {
				names = append(names, n.name)
				lacks = append(lacks, n)
			}
		}
		if len(lacks) < minVariables || !isDeployed(s, dir) {
			continue
		}
		documented := 0
		for _, name := range names {
			if mentionedOutsideCode(s, name) {
				documented++
			}
		}
		if 2*documented >= len(names) {
			continue // a page, a chart or a playbook says which there are
		}
		p.Report(places(lacks)[0], "%s reads %s (%s), and no env template shows them", dirName(dir), plural(len(names), "variable"), list(names)).
			With(places(lacks)[1:min(len(lacks), 10)]...).Keyed("%s", dir)
	}
})

// minVariables is how many a service must need before a template is worth its
// place.
const minVariables = 2

// envFileNear is an env file that git has, or a template, in a package or above it.
func envFileNear(s *repo.Snapshot, dir string) *repo.EnvFile {
	for _, f := range s.EnvFiles() {
		if f.Role == repo.Production && (f.Template || f.Tracked && !f.Spec.Empty()) && (within(f.Dir(), dir) || within(dir, f.Dir())) {
			return f
		}
	}
	return nil
}

// isAnotherStack says whether the image of a folder is built from the package of
// another ecosystem that lies there.
func isAnotherStack(s *repo.Snapshot, u *repo.Unit) bool {
	other := false
	for _, c := range s.Components() {
		switch {
		case c.Unit == u:
			return false
		case c.Unit != nil && c.Unit.Dir == u.Dir:
			other = true
		}
	}
	return other
}

// isDeployed says whether the package at dir is, or holds, what runs as a service:
// a component is built from it, it answers requests, or it is a website.
func isDeployed(s *repo.Snapshot, dir string) bool {
	for _, c := range s.Components() {
		if c.Unit != nil && c.Unit.Dir == dir {
			return true
		}
	}
	for _, a := range s.NextApps() {
		if a.Root == dir && a.App+a.Pages != "" {
			return true
		}
	}
	for _, u := range s.Units() {
		if u.Dir == dir && u.Ecosystem == manifest.GoMod {
			return false // a program for the command line may listen, too
		}
	}
	return slices.ContainsFunc(s.Routes(), func(r repo.Route) bool {
		return r.File.Role == repo.Production && s.UnitDir(r.File) == dir
	})
}
