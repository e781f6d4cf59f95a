package frontend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// used says which of the libraries the running code of applications loads, and in
// how many files. A name that ends in / stands for all packages below it.
func used(p *check.Pass, s *repo.Snapshot, libraries []library) {
	g := s.Graph()
	for _, app := range webApps(s) {
		for _, lib := range libraries {
			files := 0
			var at finding.Location
			for _, src := range app.sources {
				for _, e := range g.External(src.File) {
					if !e.Type && lib.is(e.Package) {
						if files++; files == 1 {
							at = src.At(e.Span)
						}
						break
					}
				}
			}
			if files > 0 {
				p.Holds(at, "%s in %s of %s", lib.name, count(files, "file"), app.label())
			}
		}
	}
}

// library is a library under the names of its packages.
type library struct {
	name     string
	packages []string
}

func (l library) is(name string) bool {
	return slices.ContainsFunc(l.packages, func(p string) bool { return p == name || strings.HasSuffix(p, "/") && strings.HasPrefix(name, p) })
}
