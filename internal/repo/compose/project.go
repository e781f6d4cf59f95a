package compose

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
)

// Project is one set of files that are run together.
type Project struct {
	Dir     string // the folder of its first file
	Env     Env
	Variant string  // what a file's name says beyond its environment: "gpu"
	Reason  string  // why it has this environment
	Files   []*File // in the order of -f
	Runs    []Run   // the command lines that run these files

	all map[string]*File // every file known, for extends and include
}

// Path is the file that makes the project what it is: its last one.
func (p *Project) Path() string { return p.Files[len(p.Files)-1].Path }

// Group finds the projects in a set of files. Files without services belong to
// none. The rules:
//
//   - A file is read with docker-compose.yml of its folder when it cannot stand
//     alone: a service in it has no image, build or extends, or it refers to a
//     service, volume or network that only the other one defines, or it repeats
//     little of what the other one says about the services both have.
//   - A word in the file's name (prod, dev, test, staging, …), else in its
//     folder's, names the environment.
//   - A plain docker-compose.yml is for development when there is a production
//     file for the same services. Without one it is the base, which is what gets
//     deployed, unless it shows signs of development and there is no separate
//     development file.
//   - docker-compose.override.yml together with the plain file is development;
//     the plain file alone is then a project of its own.
//   - Files that runs name together are a project, and are not guessed about.
//   - A file that another includes is part of that one's project.
func Group(files []*File, runs ...Run) []*Project {
	g := grouping{all: map[string]*File{}, plain: map[string]*File{}, included: map[*File]bool{}, onTop: map[*File]bool{}}
	sorted := append([]*File(nil), files...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Path < sorted[j].Path })
	for _, f := range sorted {
		g.all[f.Path] = f
		if f.Empty() {
			continue
		}
		g.files = append(g.files, f)
		env, override, variant := nameOf(f.Path)
		dir := path.Dir(f.Path)
		if env == Base && !override && variant == "" && (g.plain[dir] == nil || path.Base(f.Path) == "compose.yaml") {
			g.plain[dir] = f
		}
	}
	g.findIncluded()
	runs = g.known(runs)
	for _, f := range g.files {
		if g.plain[path.Dir(f.Path)] != f && !g.included[f] {
			g.variant(f)
		}
	}
	g.addRuns(runs)
	for _, f := range g.files {
		if g.plain[path.Dir(f.Path)] == f && !g.included[f] && !g.onTop[f] {
			g.plainProject(f)
		}
	}
	g.join(runs)
	sort.SliceStable(g.projects, func(i, j int) bool {
		a, b := g.projects[i], g.projects[j]
		return a.Dir < b.Dir || a.Dir == b.Dir && a.Path() < b.Path()
	})
	return g.projects
}

type grouping struct {
	all      map[string]*File
	files    []*File          // those with services, by path
	plain    map[string]*File // per folder
	included map[*File]bool
	onTop    map[*File]bool // read together with another, as commands say, and never alone
	override []*File
	projects []*Project
}

func (g *grouping) add(env Env, variant, reason string, files ...*File) {
	g.projects = append(g.projects, &Project{Dir: path.Dir(files[0].Path), Env: env, Variant: variant, Reason: reason, Files: files, all: g.all})
}

// variant makes the project of a file that is not its folder's plain one.
func (g *grouping) variant(f *File) {
	env, override, variant := nameOf(f.Path)
	if override && env == Base {
		g.override = append(g.override, f)
		return
	}
	files := []*File{f}
	for dir := path.Dir(f.Path); ; dir = path.Dir(dir) {
		if base := g.plain[dir]; base != nil {
			if why := leansOn(f, base); why != "" {
				files = []*File{base, f}
			}
			break
		}
		if dir == path.Dir(dir) || dir != path.Dir(f.Path) {
			break // the folder itself and the one above
		}
	}
	if env != Base {
		g.add(env, variant, "its name says "+env.String(), files...)
		return
	}
	if named, dir := dirEnv(path.Dir(f.Path)); named != Base {
		g.add(named, variant, "it lies in "+dir, files...)
		return
	}
	if why := devSign(f); why != "" {
		g.add(Dev, variant, why, files...)
		return
	}
	g.add(Base, variant, "nothing says otherwise", files...)
}

// plainProject makes the projects of a folder's plain file, once those of the
// other files are known.
func (g *grouping) plainProject(f *File) {
	dir := path.Dir(f.Path)
	var override *File
	for _, o := range g.override {
		if path.Dir(o.Path) == dir {
			override = o
		}
	}
	env, reason := g.plainEnv(f)
	if override == nil {
		g.add(env, "", reason, f)
		return
	}
	if env == Base {
		g.add(Base, "", "it runs without its override when deployed", f)
		env, reason = Dev, "compose adds the override file by itself"
	}
	g.add(env, "", reason, f, override)
}

func (g *grouping) plainEnv(f *File) (Env, string) {
	dir := path.Dir(f.Path)
	if env, in := dirEnv(dir); env != Base {
		return env, "it lies in " + in
	}
	dev := ""
	for _, p := range g.projects {
		last := p.Files[len(p.Files)-1]
		if p.Env == Prod && slices.ContainsFunc(p.Files, func(o *File) bool { return o == f || related(f, o) }) {
			return Dev, p.Path() + " is for production"
		}
		if p.Env == Dev && path.Dir(last.Path) == dir {
			dev = last.Path
		}
	}
	if dev != "" {
		return Base, dev + " is for development"
	}
	if why := devSign(f); why != "" {
		return Dev, why
	}
	return Base, "nothing says otherwise"
}

// related says whether two files describe the same application: their folders
// are the same, one above the other or side by side, and at least half of the
// services of the second are in the first by name.
func related(f, other *File) bool {
	a, b := path.Dir(f.Path), path.Dir(other.Path)
	near := a == b || within(b, a) || within(a, b) || path.Dir(a) == path.Dir(b)
	if !near {
		return false
	}
	shared := 0
	for _, s := range other.Services {
		if f.Service(s.Name) != nil {
			shared++
		}
	}
	return shared > 0 && 2*shared >= len(other.Services)
}

func within(dir, parent string) bool {
	return parent == "." || strings.HasPrefix(dir, parent+"/")
}

func devSign(f *File) string {
	for _, s := range f.Services {
		if _, what, ok := s.DevSign(); ok {
			return fmt.Sprintf("the service %s %s", s.Name, what)
		}
	}
	return ""
}

// leansOn says why f cannot be run without base; "" when it can.
func leansOn(f, base *File) string {
	need, have := 0, 0
	for _, s := range f.Services {
		if !s.Image.Set() && !s.Build.Set() && !s.Extends.Set() {
			return s.Name + " has no image"
		}
		for _, d := range s.DependsOn {
			if f.Service(d.Service) == nil && base.Service(d.Service) != nil {
				return s.Name + " depends on " + d.Service
			}
		}
		for _, m := range s.Volumes {
			if m.Type == Volume && !declared(f.Volumes, m.Source) && declared(base.Volumes, m.Source) {
				return s.Name + " mounts the volume " + m.Source
			}
		}
		for _, n := range s.Networks {
			if !declared(f.Networks, n.Value) && declared(base.Networks, n.Value) {
				return s.Name + " joins the network " + n.Value
			}
		}
		if b := base.Service(s.Name); b != nil {
			n, h := repeats(s, b)
			need, have = need+n, have+h
		}
	}
	if need >= 2 && 2*have < need && len(f.Services) < len(base.Services) {
		return "it repeats little of " + base.Path
	}
	return ""
}

// repeats counts what a file that stands alone has to say again about a service,
// and how much of that s says.
func repeats(s, base *Service) (need, have int) {
	for _, pair := range [][2]bool{
		{len(base.Environment)+len(base.EnvFiles) > 0, len(s.Environment)+len(s.EnvFiles) > 0},
		{len(base.DependsOn) > 0, len(s.DependsOn) > 0},
		{len(base.Networks) > 0, len(s.Networks) > 0},
	} {
		if pair[0] {
			need++
			if pair[1] {
				have++
			}
		}
	}
	return need, have
}

func declared(resources []*Resource, name string) bool {
	for _, r := range resources {
		if r.Name == name {
			return true
		}
	}
	return false
}
