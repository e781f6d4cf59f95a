package system

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// LockfileOutOfSync finds lockfiles that were not written for their manifest.
var LockfileOutOfSync = check.PerProject(check.Doc{
	ID:         "system/lockfile-out-of-sync",
	Title:      "Lockfile and manifest disagree",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "npm ci and --frozen-lockfile stop the build; other installs resolve what differs anew, so that no two of them are sure to agree.",
	How:        "Install once without the frozen option and track the lockfile that comes of it.",
	Holds:      "Lockfiles match their manifests",
	References: []string{"https://docs.npmjs.com/cli/commands/npm-ci", "https://pnpm.io/cli/install#--frozen-lockfile"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production {
			continue
		}
		lock := ownLock(s, pkg)
		if lock == nil {
			continue
		}
		project := strings.TrimPrefix(pkg.Dir(), lock.Dir()+"/")
		if lock.Dir() == pkg.Dir() {
			project = ""
		}
		roots := map[string]manifest.LockRoot{}
		for _, r := range lock.Roots {
			if path.Clean("./"+r.Project) == path.Clean("./"+project) {
				roots[r.Name] = r
			}
		}
		if len(roots) == 0 {
			continue // the member is not part of what is locked
		}
		compareLock(p, pkg, lock, roots, overridden(s, lock))
	}
})

// ownLock is the lockfile of npm or pnpm that names what the package asks for.
func ownLock(s *repo.Snapshot, pkg *repo.Package) *repo.Lockfile {
	locks := s.LockfilesFor(pkg.Dir(), "npm", "pnpm", "yarn", "bun")
	if len(locks) != 1 || !locks[0].KnowsRoots || locks[0].Kind != manifest.NPMLock && locks[0].Kind != manifest.PNPMLock {
		return nil
	}
	return locks[0]
}

func compareLock(p *check.Pass, pkg *repo.Package, lock *repo.Lockfile, roots map[string]manifest.LockRoot, overrides map[string]bool) {
	var parts []string
	var at []finding.Location
	known := 0
	for _, d := range pkg.Dependencies {
		if d.Group == manifest.Peer || d.Group == manifest.Optional || d.Local() || d.Address() || overrides[d.Name] {
			continue
		}
		root, ok := roots[d.Name]
		switch {
		case !ok:
			parts = append(parts, d.Name+" is not locked")
		case root.Spec == "" || root.Spec == d.Spec:
			known++
			continue
		case strings.Contains(root.Spec, ":") || strings.Contains(d.Spec, ":"):
			continue // an alias, a catalogue, an override
		default:
			parts = append(parts, d.Name+" is locked for "+root.Spec+", not for "+d.Spec)
		}
		at = append(at, pkg.At(d.Span))
	}
	switch {
	case len(parts) == 0:
		p.Holds(lock.Start(), "%s matches %s", lock.Path, pkg.Path)
	case known > 0: // else the lockfile is of another kind than was read
		p.Report(at[0], "%s does not match %s: %s", lock.Path, pkg.Path, list(parts)).With(at[1:]...).Keyed("%s", lock.Path)
	}
}

// overridden are the packages whose versions the root of the workspace decides,
// whatever its members ask for.
func overridden(s *repo.Snapshot, lock *repo.Lockfile) map[string]bool {
	out := map[string]bool{}
	add := func(key string) {
		for i := len(key) - 2; i > 0; i-- { // parent>child, unlike child@>=1
			if c := key[i+1]; key[i] == '>' && (c == '@' || 'a' <= c && c <= 'z') {
				key = key[i+1:]
				break
			}
		}
		if i := strings.IndexByte(key[min(1, len(key)):], '@') + 1; i > 0 {
			key = key[:i]
		}
		out[strings.TrimSpace(key)] = true
	}
	if root := packageAt(s, lock.Dir()); root != nil {
		for _, v := range []*manifest.Value{root.Root.Get("overrides"), root.Root.Get("resolutions"), root.Root.Get("pnpm", "overrides")} {
			if v != nil {
				for _, m := range v.Members {
					add(m.Name)
				}
			}
		}
	}
	if lock.Kind != manifest.PNPMLock {
		return out
	}
	inside := false // pnpm repeats them at the head of the lockfile
	for line := range strings.Lines(string(lock.Bytes())) {
		switch {
		case strings.HasPrefix(line, "importers:"), strings.HasPrefix(line, "packages:"):
			return out
		case !strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "":
			inside = strings.HasPrefix(line, "overrides:")
		case inside:
			if i := strings.LastIndex(line, ": "); i > 0 {
				add(strings.Trim(strings.TrimSpace(line[:i]), `'"`))
			}
		}
	}
	return out
}
