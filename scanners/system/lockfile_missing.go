package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// LockfileMissing finds services whose dependencies are resolved anew by each build.
var LockfileMissing = check.PerProject(check.Doc{
	ID:         "system/lockfile-missing",
	Title:      "No lockfile",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Two builds of one commit install different code: a release of somebody else breaks yours, or gets into it, without a change in the project.",
	How:        "Run npm install, pnpm install, yarn, uv lock or poetry lock once, track the file, and install with npm ci, --frozen-lockfile or --locked. With pip alone, pin every requirement with pip-compile.",
	Holds:      "Dependencies are locked",
	References: []string{"https://docs.npmjs.com/cli/commands/npm-ci", "https://docs.astral.sh/uv/concepts/projects/sync/", "https://pip.pypa.io/en/stable/topics/repeatable-installs/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, u := range s.Units() {
		if u.Manifest.Role != repo.Production || strings.ContainsAny(u.Dir, "{}$") {
			continue
		}
		switch u.Ecosystem {
		case manifest.NPM:
			lockedNPM(p, s, u)
		case manifest.PyPI:
			lockedPython(p, s, u)
		}
	}
})

func lockedNPM(p *check.Pass, s *repo.Snapshot, u *repo.Unit) {
	pkg := packageAt(s, u.Dir)
	if pkg == nil || u.Workspace != nil || !needsPackages(pkg) && len(u.Members) == 0 {
		return
	}
	if locks := s.LockfilesFor(u.Dir, "npm", "yarn", "pnpm", "bun"); len(locks) > 0 {
		if locks[0].Dir() == u.Dir {
			p.Holds(locks[0].Start(), "%s locks %s", locks[0].Path, dirName(u.Dir))
		}
		return
	}
	if pkg.Published() || !isDeployed(s, u.Dir) || isAnotherStack(s, u) {
		return
	}
	p.Report(u.Manifest.Start(), "%s has dependencies and no lockfile", u.Manifest.Path).Keyed("no lockfile")
}

func needsPackages(pkg *repo.Package) bool {
	return slices.ContainsFunc(pkg.Dependencies, func(d manifest.Dependency) bool { return d.Group == manifest.Production && !d.Local() })
}

func lockedPython(p *check.Pass, s *repo.Snapshot, u *repo.Unit) {
	if locks := s.LockfilesFor(u.Dir, "poetry", "uv", "pdm", "pipenv"); len(locks) > 0 {
		if locks[0].Dir() == u.Dir {
			p.Holds(locks[0].Start(), "%s locks %s", locks[0].Path, dirName(u.Dir))
		}
		return
	}
	loose, total := 0, 0
	var at *repo.Requirements
	for _, r := range s.Requirements() {
		if r.Dir() != u.Dir && r.Dir() != strings.TrimPrefix(u.Dir+"/requirements", "./") || r.Role != repo.Production || isForDevelopment(r.Name()) {
			continue
		}
		for _, q := range r.List {
			if q.URL != "" || q.Editable {
				continue
			}
			total++
			if !q.Pinned() {
				loose++
				if at == nil {
					at = r
				}
			}
		}
	}
	switch {
	case total > 0 && loose == 0:
		return
	case total > 0 && 2*loose <= total:
		return // mostly pinned: what is loose is another check's
	case !isDeployed(s, u.Dir) || isAnotherStack(s, u):
		return
	case total > 0:
		p.Report(at.Start(), "%d of %s in %s are not pinned, and there is no lockfile", loose, plural(total, "requirement"), at.Path).Keyed("no lockfile")
	default:
		for _, py := range s.PyProjects() {
			if py.Dir() != u.Dir || !slices.ContainsFunc(py.Requirements, func(q manifest.Requirement) bool { return !q.Dev && q.Group == "" && !q.Pinned() }) {
				continue
			}
			p.Report(py.Start(), "%s has dependencies and no lockfile", py.Path).Keyed("no lockfile")
		}
	}
}

func isForDevelopment(base string) bool {
	for _, w := range []string{"dev", "test", "lint", "doc", "local", "ci"} {
		if strings.Contains(strings.TrimSuffix(base, ".txt"), w) {
			return true
		}
	}
	return strings.HasSuffix(base, ".in")
}
