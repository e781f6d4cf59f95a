package frontend

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// UnusedDependency finds packages that package.json installs and nothing uses.
var UnusedDependency = check.PerProject(check.Doc{
	ID:         "frontend/unused-dependency",
	Title:      "Dependency never used",
	Severity:   finding.Low,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Every install downloads it, every advisory about it has to be answered, and the next reader takes it for part of the design.",
	How:        "Remove it with the package manager, so that the lockfile follows: npm uninstall NAME.",
	Holds:      "Every dependency is used",
	References: []string{
		"https://docs.npmjs.com/cli/commands/npm-uninstall",
		"https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	imports := map[string]map[string]bool{} // by the workspace's directory
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production || len(pkg.Dependencies) == 0 || pkg.Root == nil || !hasSource(s, pkg) {
			continue
		}
		dir := workspaceDir(s, pkg)
		if imports[dir] == nil {
			imports[dir] = importedBelow(s, dir)
		}
		unused := unusedOf(s, pkg, imports[dir])
		for _, d := range unused {
			found := p.Report(pkg.At(d.Span), "%s is never imported, and no script or configuration names it", d.Name).Keyed("%s", d.Name)
			if set, ok := removal(s, pkg, d); ok {
				found.WithPatch("Remove "+d.Name, finding.Review, set)
			}
		}
		if len(unused) == 0 {
			p.Holds(pkg.Start(), "%s: each of its %d dependencies is used", label(pkg), len(pkg.Dependencies))
		}
	}
})

// hasSource says whether the package has code of its own that could use
// anything.
func hasSource(s *repo.Snapshot, pkg *repo.Package) bool {
	return slices.ContainsFunc(s.Under(pkg.Dir()), func(f *repo.File) bool {
		return f.Role == repo.Production && isScript(f) && !strings.Contains(f.Name(), ".config.") && !f.Blank()
	})
}

func isScript(f *repo.File) bool {
	switch f.Lang {
	case repo.TypeScript, repo.JavaScript, "Vue", "Svelte":
		return true
	}
	return strings.HasSuffix(f.Path, ".astro")
}

// unusedOf are the dependencies that nothing in the package's workspace uses.
// Whatever may be used in a way that files do not show is not among them.
func unusedOf(s *repo.Snapshot, pkg *repo.Package, imported map[string]bool) []manifest.Dependency {
	var open []manifest.Dependency
	for _, d := range pkg.Dependencies {
		if d.Group != manifest.Peer && d.Group != manifest.Optional && !imported[d.Name] && !usedUnseen(pkg, d) {
			open = append(open, d)
		}
	}
	if len(open) == 0 {
		return nil
	}
	u := newUse(s, pkg)
	return slices.DeleteFunc(open, func(d manifest.Dependency) bool { return u.names(d.Name) })
}

// workspaceDir is the directory of the workspace that the package belongs to,
// its own when it is none's member. Members are bundled with one another's
// source, so one may have to install what another imports.
func workspaceDir(s *repo.Snapshot, pkg *repo.Package) string {
	dir := pkg.Dir()
	for _, root := range s.Packages() {
		declares := len(root.Workspaces) > 0 || s.File(path.Join(root.Dir(), "pnpm-workspace.yaml")) != nil
		if declares && (root.Dir() == "." || strings.HasPrefix(pkg.Dir()+"/", root.Dir()+"/")) && len(root.Dir()) <= len(dir) {
			dir = root.Dir()
		}
	}
	return dir
}

// importedBelow are the packages that the code below a directory imports, tests
// and examples included, and those of the repository itself: they are linked in,
// whatever the spec.
func importedBelow(s *repo.Snapshot, dir string) map[string]bool {
	used := map[string]bool{}
	for _, own := range s.Packages() {
		used[own.Package.Name.Value] = true
	}
	for _, f := range s.Under(dir) {
		src := s.Source(f.Path)
		if src == nil || src.Lang == repo.Python {
			continue
		}
		for _, m := range src.Modules() {
			used[packageOf(m)] = true
		}
	}
	return used
}

// packageOf is the package of a module name: @scope/name or the first part.
func packageOf(module string) string {
	parts := strings.SplitN(strings.TrimPrefix(module, "~"), "/", 3)
	if strings.HasPrefix(parts[0], "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// removal takes the dependency out of package.json where no lockfile has to
// follow: a lockfile is rewritten by its package manager alone.
func removal(s *repo.Snapshot, pkg *repo.Package, d manifest.Dependency) (patch.Set, bool) {
	if len(lockfilesFor(s, pkg)) > 0 {
		return patch.Set{}, false
	}
	edits, err := patch.JSONRemove(pkg.Bytes(), d.Span)
	if err != nil {
		return patch.Set{}, false
	}
	return patch.Set{Title: "Remove " + d.Name, Changes: []patch.Change{{
		Path: pkg.File.Path, Base: patch.Sum(pkg.Bytes()), HasBase: true, Edits: edits, Note: "Nothing in the package uses " + d.Name,
	}}}, true
}

// lockfilesFor are the lockfiles of a JavaScript package manager in the
// package's directory and above it.
func lockfilesFor(s *repo.Snapshot, pkg *repo.Package) []*repo.File {
	var out []*repo.File
	for _, f := range s.Files() {
		dir := f.Dir()
		if dir != "." && dir != pkg.Dir() && !strings.HasPrefix(pkg.Dir()+"/", dir+"/") {
			continue
		}
		switch f.Name() {
		case "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb":
			out = append(out, f)
		}
	}
	return out
}

// label is what people call the package: its name, or its directory.
func label(pkg *repo.Package) string {
	if pkg.Package.Name.Value != "" {
		return pkg.Package.Name.Value
	}
	return pkg.Dir()
}
