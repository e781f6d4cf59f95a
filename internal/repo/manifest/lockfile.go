package manifest

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/finding"
)

// LockKind names the format of a lockfile.
type LockKind string

// The lockfiles, by the name people know them by.
const (
	NPMLock    LockKind = "package-lock.json"
	YarnLock   LockKind = "yarn.lock"
	PNPMLock   LockKind = "pnpm-lock.yaml"
	BunLock    LockKind = "bun.lock"
	PoetryLock LockKind = "poetry.lock"
	UVLock     LockKind = "uv.lock"
	PDMLock    LockKind = "pdm.lock"
	PipLock    LockKind = "Pipfile.lock"
	GoSum      LockKind = "go.sum"
	CargoLock  LockKind = "Cargo.lock"
	OtherLock  LockKind = "other" // known to lock, not read: Gemfile.lock, composer.lock, bun.lockb
)

var lockNames = map[string]struct {
	kind    LockKind
	manager string
}{
	"package-lock.json": {NPMLock, "npm"}, "npm-shrinkwrap.json": {NPMLock, "npm"}, "yarn.lock": {YarnLock, "yarn"},
	"pnpm-lock.yaml": {PNPMLock, "pnpm"}, "bun.lock": {BunLock, "bun"}, "bun.lockb": {OtherLock, "bun"},
	"poetry.lock": {PoetryLock, "poetry"}, "uv.lock": {UVLock, "uv"}, "pdm.lock": {PDMLock, "pdm"}, "Pipfile.lock": {PipLock, "pipenv"},
	"go.sum": {GoSum, "go"}, "Cargo.lock": {CargoLock, "cargo"}, "Gemfile.lock": {OtherLock, "bundler"}, "composer.lock": {OtherLock, "composer"},
}

// LockKindOf is the kind of lockfile at path; "" for any other file.
func LockKindOf(name string) LockKind { return lockNames[path.Base(name)].kind }

// Lockfile is what a package manager resolved.
type Lockfile struct {
	Kind    LockKind
	Manager string // npm, yarn, pnpm, bun, poetry, uv, pdm, pipenv, go, cargo, …

	// Roots are the dependencies the lockfile says its project asked for; nil
	// with KnowsRoots false where the format does not say.
	Roots      []LockRoot
	KnowsRoots bool
	Packages   []Locked // every resolved package, in file order
}

// LockRoot is a dependency the project asked for when it was locked.
type LockRoot struct {
	Project string // the directory of the workspace member; "" is the lockfile's own
	Name    string
	Spec    string // as the manifest spelled it; "" where the format leaves it out
	Group   Group
	Span    finding.Span
}

// Locked is one resolved package.
type Locked struct {
	Name    string
	Version string
	Specs   []string // the name@range requests it answers, of yarn.lock
	Dev     bool     // only development needs it, where the format says so
	Span    finding.Span
}

// ParseLockfile reads a lockfile by the kind its name tells. A format that is
// only recognised gives an empty Lockfile. It fails with an *Error.
func ParseLockfile(name string, src []byte) (*Lockfile, error) {
	known := lockNames[path.Base(name)]
	l := &Lockfile{Kind: known.kind, Manager: known.manager}
	if err := tooLarge(src); err != nil {
		return l, err
	}
	var err error
	switch known.kind {
	case NPMLock:
		err = l.npm(src)
	case BunLock:
		err = l.bun(src)
	case PipLock:
		err = l.pipenv(src)
	case YarnLock:
		l.yarn(src)
	case PNPMLock:
		err = l.pnpm(src)
	case PoetryLock, UVLock, PDMLock, CargoLock:
		err = l.toml(src)
	case GoSum:
		l.goSum(src)
	}
	return l, err
}

// Root is the dependency of the lockfile's own project with the given name.
func (l *Lockfile) Root(name string) (LockRoot, bool) {
	for _, r := range l.Roots {
		if r.Project == "" && r.Name == name {
			return r, true
		}
	}
	return LockRoot{}, false
}

// Versions are the resolved versions of the package, in file order.
func (l *Lockfile) Versions(name string) []Locked {
	var out []Locked
	for _, p := range l.Packages {
		if p.Name == name {
			out = append(out, p)
		}
	}
	return out
}

func (l *Lockfile) npm(src []byte) error {
	root, err := ParseJSON(src)
	if err != nil {
		return err
	}
	packages := root.Get("packages")
	if packages == nil { // version 1
		l.npmTree(root.Get("dependencies"), 1)
		return nil
	}
	for _, m := range packages.Members {
		name := m.Name
		if i := strings.LastIndex(name, "node_modules/"); i >= 0 {
			name = name[i+len("node_modules/"):]
			if alias := m.Value.Get("name").Str(); alias != "" {
				name = alias
			}
			if !m.Value.Get("link").True() {
				l.Packages = append(l.Packages, Locked{Name: name, Version: m.Value.Get("version").Str(), Dev: m.Value.Get("dev").True(), Span: m.Span})
			}
			continue
		}
		l.KnowsRoots = true
		for _, g := range packageGroups {
			l.roots(m.Name, m.Value.Get(g.key), g.group)
		}
	}
	return nil
}

// roots adds the members name: spec of a table of requested dependencies.
func (l *Lockfile) roots(project string, table *Value, group Group) {
	for _, e := range table.entries() {
		l.Roots = append(l.Roots, LockRoot{project, e.Name, e.Value, group, e.Span})
	}
}

func (l *Lockfile) npmTree(table *Value, depth int) {
	if table == nil || depth > MaxDepth {
		return
	}
	for _, m := range table.Members {
		l.Packages = append(l.Packages, Locked{Name: m.Name, Version: m.Value.Get("version").Str(), Dev: m.Value.Get("dev").True(), Span: m.Span})
		l.npmTree(m.Value.Get("dependencies"), depth+1)
	}
}

func (l *Lockfile) bun(src []byte) error {
	root, err := ParseJSON(src)
	if err != nil {
		return err
	}
	if spaces := root.Get("workspaces"); spaces != nil {
		l.KnowsRoots = true
		for _, m := range spaces.Members {
			for _, g := range packageGroups {
				l.roots(m.Name, m.Value.Get(g.key), g.group)
			}
		}
	}
	if packages := root.Get("packages"); packages != nil {
		for _, m := range packages.Members {
			if len(m.Value.Items) == 0 {
				continue
			}
			id := m.Value.Items[0].Str()
			if at := strings.LastIndexByte(id, '@'); at > 0 {
				l.Packages = append(l.Packages, Locked{Name: id[:at], Version: id[at+1:], Span: m.Span})
			}
		}
	}
	return nil
}

func (l *Lockfile) pipenv(src []byte) error {
	root, err := ParseJSON(src)
	if err != nil {
		return err
	}
	for _, group := range []string{"default", "develop"} {
		table := root.Get(group)
		if table == nil {
			continue
		}
		for _, m := range table.Members {
			version := strings.TrimPrefix(m.Value.Get("version").Str(), "==")
			l.Packages = append(l.Packages, Locked{Name: Normalize(m.Name), Version: version, Dev: group == "develop", Span: m.Span})
		}
	}
	return nil
}

// toml reads the [[package]] tables that Poetry, uv, PDM and Cargo share.
func (l *Lockfile) toml(src []byte) error {
	root, err := ParseTOML(src)
	if err != nil {
		return err
	}
	packages := root.Get("package")
	if packages == nil {
		return nil
	}
	for _, p := range packages.Items {
		name := p.Get("name").Str()
		if l.Kind != CargoLock {
			name = Normalize(name)
		}
		source := p.Get("source")
		if dir := source.Get("virtual").Str() + source.Get("editable").Str(); l.Kind == UVLock && dir != "" {
			l.uvProject(dir, p)
			continue
		}
		l.Packages = append(l.Packages, Locked{Name: name, Version: p.Get("version").Str(), Dev: p.Get("category").Str() == "dev", Span: p.Span})
	}
	return nil
}

// uvProject reads the package of uv.lock that is the project itself.
func (l *Lockfile) uvProject(dir string, p *Value) {
	l.KnowsRoots = true
	if dir == "." {
		dir = ""
	}
	add := func(list *Value, group Group) {
		if list == nil {
			return
		}
		for _, item := range list.Items {
			if name := item.Get("name").Str(); name != "" {
				l.Roots = append(l.Roots, LockRoot{dir, Normalize(name), item.Get("specifier").Str(), group, item.Span})
			}
		}
	}
	add(p.Get("metadata", "requires-dist"), Production)
	if groups := p.Get("metadata", "requires-dev"); groups != nil {
		for _, m := range groups.Members {
			add(m.Value, Dev)
		}
	}
	if !p.Get("metadata").Exists() {
		add(p.Get("dependencies"), Production)
	}
}

func (l *Lockfile) goSum(src []byte) {
	for start := 0; start < len(src); {
		end := lineEnd(src, start)
		fields := bytes.Fields(src[start:end])
		if len(fields) == 3 && !bytes.HasSuffix(fields[1], []byte("/go.mod")) {
			l.Packages = append(l.Packages, Locked{Name: string(fields[0]), Version: string(fields[1]), Span: finding.Span{Start: start, End: end}})
		}
		start = end + 1
	}
}
