package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// DependencyUnpinned finds dependencies that ask for whatever there is.
var DependencyUnpinned = check.PerProject(check.Doc{
	ID:         "system/dependency-unpinned",
	Title:      "Dependency is not pinned",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "latest, * and a branch take whatever is published on the day somebody locks anew, majors and takeovers included.",
	How:        "Write the range that was tested, such as ^4.19.2. Name a tag or commit where an address is needed.",
	Holds:      "Dependencies name a range of versions",
	References: []string{"https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies", "https://packaging.python.org/en/latest/specifications/version-specifiers/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	own := map[string]bool{} // members of workspaces ask for each other by *
	for _, u := range s.Units() {
		own[u.Name] = true
	}
	var found floating
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production {
			continue
		}
		for _, d := range pkg.Dependencies {
			if d.Group == manifest.Peer || d.Local() || own[d.Name] {
				continue
			}
			found.see(pkg.File)
			if d.Floating() && !pinsCommit(d.Spec) && !strings.HasPrefix(d.Spec, "catalog:") {
				found.add(d.Name+" ("+shown(d.Spec)+")", pkg.At(d.Span))
			}
		}
	}
	python := func(f *repo.File, list []manifest.Requirement) {
		for _, q := range list { // of what has no version the check for lockfiles speaks
			found.see(f)
			if remote := strings.Contains(q.URL, "://"); remote && !q.Editable && !pinsCommit(q.URL) && !strings.HasSuffix(q.URL, ".whl") && !strings.HasSuffix(q.URL, ".tar.gz") {
				found.add(q.Name+" ("+shown(q.URL)+")", f.At(q.Span))
			}
		}
	}
	for _, r := range s.Requirements() {
		if r.Role == repo.Production {
			python(r.File, r.List)
		}
	}
	for _, py := range s.PyProjects() {
		if py.Role == repo.Production {
			python(py.File, py.Requirements)
		}
	}
	switch {
	case len(found.names) > 0:
		p.Report(found.at[0], "%d of %s in the manifests take any version: %s", len(found.at), plural(found.total, "requirement"), list(found.names)).With(found.at[1:]...).Keyed("unpinned")
	case found.first != nil:
		p.Holds(found.first.Start(), "the manifests name a range or a version for %s", plural(found.total, "requirement"))
	}
})

// floating collects the dependencies that ask for any version.
type floating struct {
	names []string
	at    []finding.Location
	total int
	first *repo.File
}

func (f *floating) see(in *repo.File) {
	f.total++
	if f.first == nil {
		f.first = in
	}
}

func (f *floating) add(name string, at finding.Location) {
	if !slices.Contains(f.names, name) {
		f.names = append(f.names, name)
	}
	f.at = append(f.at, at)
}

func shown(spec string) string {
	if spec == "" {
		return "any"
	}
	if before, _, ok := strings.Cut(spec, "://"); ok {
		return before
	}
	return spec
}

// pinsCommit says whether an address ends in a commit, or in a tag that looks like
// a version.
func pinsCommit(spec string) bool {
	i := strings.LastIndexAny(spec, "#@")
	if i < 0 || !strings.ContainsAny(spec, "/:") {
		return false
	}
	ref := strings.TrimPrefix(strings.TrimPrefix(spec[i+1:], "semver:"), "v")
	if end := strings.IndexAny(ref, "&?"); end >= 0 {
		ref = ref[:end]
	}
	if len(ref) >= 7 && strings.Trim(ref, "0123456789abcdef") == "" {
		return true
	}
	return ref != "" && ref[0] >= '0' && ref[0] <= '9' && strings.Contains(ref, ".")
}
