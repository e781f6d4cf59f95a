package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/yamldoc"
)

// Unit is one package of the project: a directory with a manifest. A monorepo has
// several, most of them members of a workspace.
type Unit struct {
	Dir       string // of the manifest; "." at the root
	Name      string // as the manifest says it, else the directory's name
	Version   string
	Ecosystem manifest.Ecosystem
	Manifest  *File
	Lockfile  *Lockfile // its own, or the workspace's; nil without one
	Workspace *Unit     // the package whose manifest names it as a member
	Members   []*Unit   // of the workspace that it is, by directory
	Scripts   []Script
	Entries   []Entry // what starts files of it, by path
}

// Script is a command that a manifest gives a name.
type Script struct {
	Name, Command string
	File          *File
	Span          finding.Span
}

// Units lists the packages by directory; where one directory holds manifests of
// several ecosystems, each is a unit.
func (s *Snapshot) Units() []*Unit {
	return view(s, "units", func() []*Unit {
		u := &unitCollector{s: s, at: map[unitKey]*Unit{}}
		u.npm()
		u.python()
		u.goModules()
		u.others()
		slices.SortStableFunc(u.list, func(a, b *Unit) int {
			if c := strings.Compare(a.Dir, b.Dir); c != 0 {
				return c
			}
			return strings.Compare(string(a.Ecosystem), string(b.Ecosystem))
		})
		u.join()
		u.lock()
		for _, e := range s.Graph().Entries() {
			if owner := u.owner(e.File); owner != nil {
				owner.Entries = append(owner.Entries, e)
			}
		}
		return u.list
	})
}

// UnitOf is the package that a file belongs to: the nearest above it whose
// ecosystem is the file's language's, else the nearest of any. It is nil for a file
// that no manifest stands above.
func (s *Snapshot) UnitOf(f *File) *Unit {
	at := view(s, "units by place", func() map[unitKey]*Unit {
		out := map[unitKey]*Unit{}
		for _, u := range s.Units() {
			out[unitKey{u.Dir, u.Ecosystem}] = u
		}
		return out
	})
	return nearestUnit(at, f)
}

type unitKey struct {
	dir       string
	ecosystem manifest.Ecosystem
}

// ecosystemOf is where the packages that a language uses come from.
var ecosystemOf = map[Lang]manifest.Ecosystem{
	TypeScript: manifest.NPM, JavaScript: manifest.NPM, "Vue": manifest.NPM, "Svelte": manifest.NPM, Python: manifest.PyPI, Go: manifest.GoMod,
	"Java": manifest.Maven, "Kotlin": manifest.Maven, "Scala": manifest.Maven, "C#": manifest.NuGet, "Ruby": manifest.Gems, "PHP": manifest.PHP, "Rust": manifest.Crates,
}

var everyEcosystem = []manifest.Ecosystem{
	manifest.NPM, manifest.PyPI, manifest.GoMod, manifest.Maven, manifest.NuGet, manifest.Gems, manifest.PHP, manifest.Crates,
}

func nearestUnit(at map[unitKey]*Unit, f *File) *Unit {
	if e, ok := ecosystemOf[f.Lang]; ok {
		if u, ok := nearest(f.Dir(), func(dir string) (*Unit, bool) { u := at[unitKey{dir, e}]; return u, u != nil }); ok {
			return u
		}
	}
	u, _ := nearest(f.Dir(), func(dir string) (*Unit, bool) {
		for _, e := range everyEcosystem {
			if u := at[unitKey{dir, e}]; u != nil {
				return u, true
			}
		}
		return nil, false
	})
	return u
}

type unitCollector struct {
	s       *Snapshot
	at      map[unitKey]*Unit
	list    []*Unit
	members map[*Unit][]string // globs of directories, relative to the unit's
}

// add notes a unit, or the second manifest of one: setup.py beside pyproject.toml.
func (c *unitCollector) add(e manifest.Ecosystem, f *File, name, version string, members []manifest.Text) *Unit {
	key := unitKey{f.Dir(), e}
	u := c.at[key]
	if u == nil {
		u = &Unit{Dir: f.Dir(), Ecosystem: e, Manifest: f}
		c.at[key] = u
		c.list = append(c.list, u)
	}
	if u.Name == "" {
		u.Name = strings.Clone(name)
	}
	if u.Version == "" {
		u.Version = strings.Clone(version)
	}
	if c.members == nil {
		c.members = map[*Unit][]string{}
	}
	for _, m := range members {
		c.members[u] = append(c.members[u], strings.Clone(m.Value))
	}
	return u
}

func (c *unitCollector) scripts(u *Unit, f *File, list []manifest.Entry) {
	for _, e := range list {
		u.Scripts = append(u.Scripts, Script{strings.Clone(e.Name), strings.Clone(e.Value), f, e.Span})
	}
}

func (c *unitCollector) npm() {
	for _, p := range c.s.Packages() {
		members := p.Workspaces
		if f := c.s.File(path.Join(p.Dir(), "pnpm-workspace.yaml")); f != nil {
			members = append(slices.Clone(members), pnpmMembers(f)...)
		}
		if f := c.s.File(path.Join(p.Dir(), "lerna.json")); f != nil {
			if v, err := manifest.ParseJSON(f.Bytes()); err == nil {
				members = append(slices.Clone(members), v.Get("packages").Strings()...)
			}
		}
		u := c.add(manifest.NPM, p.File, p.Package.Name.Value, p.Version.Value, members)
		c.scripts(u, p.File, p.Scripts)
	}
}

func pnpmMembers(f *File) (out []manifest.Text) {
	docs, err := yamldoc.Parse(f.Bytes())
	if err != nil || len(docs) == 0 {
		return nil
	}
	for _, item := range docs[0].Root.Get("packages").Items() {
		out = append(out, manifest.Text{Value: item.Str(), Span: item.Span})
	}
	return out
}

func (c *unitCollector) python() {
	for _, p := range c.s.PyProjects() {
		if !p.IsProject() {
			continue
		}
		name, version := p.Root.Get("project", "name").Str(), p.Root.Get("project", "version").Str()
		if name == "" {
			name, version = p.Root.Get("tool", "poetry", "name").Str(), p.Root.Get("tool", "poetry", "version").Str()
		}
		u := c.add(manifest.PyPI, p.File, name, version, p.Root.Get("tool", "uv", "workspace", "members").Strings())
		c.scripts(u, p.File, p.Scripts)
	}
	for _, p := range c.s.PyLegacies() {
		if isUnitManifest(p.File) {
			c.add(manifest.PyPI, p.File, "", "", nil)
		}
	}
	for _, r := range c.s.Requirements() {
		if r.File.Name() == "requirements.txt" {
			c.add(manifest.PyPI, r.File, "", "", nil)
		}
	}
}

func (c *unitCollector) goModules() {
	for _, f := range c.s.manifestFiles("go.mod") {
		module := ""
		for line := range strings.Lines(string(f.Bytes())) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
				module = strings.Trim(strings.TrimSpace(name), `"`)
				break
			}
		}
		c.add(manifest.GoMod, f, module, "", nil)
	}
	for _, f := range c.s.manifestFiles("go.work") {
		root := c.at[unitKey{f.Dir(), manifest.GoMod}]
		if root == nil {
			root = c.add(manifest.GoMod, f, "", "", nil)
		}
		for line := range strings.Lines(string(f.Bytes())) {
			line, _, _ = strings.Cut(line, "//")
			if dir := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "use")); strings.HasPrefix(dir, ".") {
				c.members[root] = append(c.members[root], dir)
			}
		}
	}
}

func (c *unitCollector) others() {
	for _, p := range c.s.Projects() {
		if name := p.File.Name(); strings.HasPrefix(name, "settings.gradle") {
			root := c.at[unitKey{p.Dir(), manifest.Maven}]
			if root == nil {
				root = c.add(manifest.Maven, p.File, "", "", nil)
			}
			root.Name = strings.Clone(p.Project.Name.Value)
			for _, m := range p.Members {
				c.members[root] = append(c.members[root], strings.Clone(m.Value))
			}
			continue
		} else if name == "Directory.Packages.props" {
			continue
		}
		name := p.Project.Name.Value
		if p.Ecosystem == manifest.NuGet && name == "" {
			name, _, _ = cutExt(p.File.Name())
		}
		members := p.Members
		if p.Ecosystem == manifest.NuGet {
			members = nil // projects that it uses, not parts of it
		}
		u := c.add(p.Ecosystem, p.File, name, p.Version.Value, members)
		c.scripts(u, p.File, p.Scripts)
	}
}

// join finds the members of each workspace. A pattern with ! takes out; the
// nearest workspace above a unit wins.
func (c *unitCollector) join() {
	for _, u := range c.list {
		if u.Name == "" {
			u.Name = path.Base(u.Dir)
		}
	}
	for _, root := range c.list {
		patterns := c.members[root]
		if len(patterns) == 0 {
			continue
		}
		for _, u := range c.list {
			if u == root || u.Ecosystem != root.Ecosystem || !isMember(root.Dir, patterns, u.Dir) {
				continue
			}
			if u.Workspace == nil || len(u.Workspace.Dir) < len(root.Dir) {
				u.Workspace = root
			}
		}
	}
	for _, u := range c.list {
		if u.Workspace != nil {
			u.Workspace.Members = append(u.Workspace.Members, u)
		}
	}
}

func isMember(root string, patterns []string, dir string) bool {
	in := false
	for _, p := range patterns {
		out := strings.HasPrefix(p, "!")
		p = path.Join(root, strings.TrimPrefix(p, "!"))
		if matchGlob(p, dir) {
			in = !out
		}
	}
	return in
}

// matchGlob matches a directory against a pattern in which * is one name and ** any
// number of them.
func matchGlob(pattern, dir string) bool {
	p, d := strings.Split(pattern, "/"), strings.Split(dir, "/")
	// at[j] says whether the patterns so far match the first j names.
	at := make([]bool, len(d)+1)
	at[0] = true
	for _, part := range p {
		next := make([]bool, len(d)+1)
		if part == "**" {
			seen := false
			for j := range next {
				seen = seen || at[j]
				next[j] = seen
			}
		} else {
			for j := range d {
				if ok, err := path.Match(part, d[j]); at[j] && err == nil && ok {
					next[j+1] = true
				}
			}
		}
		at = next
	}
	return at[len(d)]
}

// lockManagers are the package managers of an ecosystem.
var lockManagers = map[manifest.Ecosystem][]string{
	manifest.NPM: {"pnpm", "yarn", "npm", "bun"}, manifest.PyPI: {"uv", "poetry", "pdm", "pipenv"}, manifest.GoMod: {"go"},
	manifest.Crates: {"cargo"}, manifest.Gems: {"bundler"}, manifest.PHP: {"composer"}, manifest.NuGet: {"nuget"}, manifest.Maven: {"gradle"},
}

// lock gives each unit the lockfile in its own directory, else its workspace's.
func (c *unitCollector) lock() {
	in := map[string][]*Lockfile{}
	for _, l := range c.s.Lockfiles() {
		in[l.Dir()] = append(in[l.Dir()], l)
	}
	own := func(u *Unit) *Lockfile {
		for _, l := range in[u.Dir] {
			if slices.Contains(lockManagers[u.Ecosystem], l.Manager) {
				return l
			}
		}
		return nil
	}
	for _, u := range c.list {
		for at, hops := u, 0; at != nil && u.Lockfile == nil && hops < maxHops; at, hops = at.Workspace, hops+1 {
			u.Lockfile = own(at)
		}
	}
}

// owner is the unit that a file belongs to.
func (c *unitCollector) owner(f *File) *Unit { return nearestUnit(c.at, f) }
