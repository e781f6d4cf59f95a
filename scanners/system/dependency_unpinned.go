package system

import (
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
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production {
			continue
		}
		var names []string
		var at []finding.Location
		total := 0
		for _, d := range pkg.Dependencies {
			if d.Group == manifest.Peer || d.Local() {
				continue
			}
			total++
			if d.Floating() && !pinsCommit(d.Spec) && !strings.HasPrefix(d.Spec, "catalog:") {
				names = append(names, d.Name+" ("+shown(d.Spec)+")")
				at = append(at, pkg.At(d.Span))
			}
		}
		unpinned(p, pkg.File, names, at, total)
	}
	for _, r := range s.Requirements() {
		if r.Role == repo.Production {
			requirements(p, r.File, r.List)
		}
	}
	for _, py := range s.PyProjects() {
		if py.Role == repo.Production {
			requirements(p, py.File, py.Requirements)
		}
	}
})

// requirements judges those of Python that are addresses: of what has no version
// the check for lockfiles speaks.
func requirements(p *check.Pass, f *repo.File, list []manifest.Requirement) {
	var names []string
	var at []finding.Location
	for _, q := range list {
		if remote := strings.Contains(q.URL, "://"); remote && !q.Editable && !pinsCommit(q.URL) && !strings.HasSuffix(q.URL, ".whl") && !strings.HasSuffix(q.URL, ".tar.gz") {
			names = append(names, q.Name)
			at = append(at, f.At(q.Span))
		}
	}
	unpinned(p, f, names, at, len(list))
}

func unpinned(p *check.Pass, f *repo.File, names []string, at []finding.Location, total int) {
	switch {
	case len(names) > 0:
		p.Report(at[0], "%s takes any version of %s", f.Path, list(names)).With(at[1:]...).Keyed("unpinned")
	case total > 0:
		p.Holds(f.Start(), "%s names a range for each dependency", f.Path)
	}
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
