package backend

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// RouteCoverage tells how much a program answers.
var RouteCoverage = check.PerProject(check.Doc{
	ID:         "backend/route-coverage",
	Title:      "Routes by module",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Routes that lie in modules by subject are found, reviewed and tested one subject at a time.",
	How:        "Keep one module of routes for each subject and mount all of them where the application is put together.",
	Holds:      "Routes lie in modules that are mounted",
	References: []string{"https://fastapi.tiangolo.com/tutorial/bigger-applications/", "https://expressjs.com/en/guide/routing.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, a := range apis(s) {
		files := map[string]bool{}
		var names []string
		for _, r := range a.routes {
			if !files[r.File.Path] {
				files[r.File.Path] = true
				if name := moduleName(r.File); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		if len(files) < 2 || len(a.routes) < 2*fewestRoutes {
			continue
		}
		more := ""
		if len(names) > 8 {
			names, more = names[:8], ", …"
		}
		p.Holds(a.at(), "%d modules with %d endpoints: %s%s", len(files), len(a.routes), strings.Join(names, ", "), more)
	}
})

// moduleName is what a file's name says of its subject, or its folder's where all
// such files have one name.
func moduleName(f *repo.File) string {
	stem, _, _ := strings.Cut(f.Name(), ".")
	switch stem {
	case "index", "__init__", "endpoints", "views", "routes", "router", "routers", "urls", "api", "controller", "route", "handlers", "main":
		if dir := path.Base(f.Dir()); dir != "." {
			return dir
		}
	}
	return stem
}
