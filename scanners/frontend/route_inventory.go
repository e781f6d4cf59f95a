package frontend

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RouteInventory counts the pages that frontends serve.
var RouteInventory = check.PerProject(check.Doc{
	ID:         "frontend/route-inventory",
	Title:      "No pages found",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Pages that the framework routes by their place can be listed, linked and tested one by one.",
	How:        "Keep one file for each page where the framework looks for it.",
	Holds:      "The pages are known",
	References: []string{"https://nextjs.org/docs/app/getting-started/layouts-and-pages"},
}, func(p *check.Pass, s *repo.Snapshot) {
	counted := map[string]int{}
	first := map[string]repo.Page{}
	var dirs []string
	for _, page := range s.Pages() {
		dir := s.UnitDir(page.File)
		if page.File.Role != repo.Production || forShow(dir) || page.File.Blank() {
			continue
		}
		if counted[dir] == 0 {
			dirs = append(dirs, dir)
			first[dir] = page
		}
		counted[dir]++
	}
	for _, dir := range dirs {
		p.Holds(first[dir].File.Start(), "%s of %s (%s)", count(counted[dir], "page"), dir, first[dir].Framework)
	}
})
