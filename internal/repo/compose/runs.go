package compose

import (
	"path"
	"slices"
	"strings"
)

const (
	maxLayers   = 200 // files of one project, included ones counted
	maxIncludes = 20  // files that include each other
	maxSets     = 100 // sets of files that command lines name
)

// Layers are the files of the project in the order in which they are merged: what
// a file includes comes before it. An included file that is not known is left out;
// see Partial.
func (p *Project) Layers() []*File {
	l := layering{all: p.all, at: map[*File]bool{}}
	for _, f := range p.Files {
		l.add(f, 0)
	}
	return l.out
}

type layering struct {
	all     map[string]*File
	at      map[*File]bool
	out     []*File
	unknown bool
}

func (l *layering) add(f *File, depth int) {
	if l.at[f] || len(l.out) >= maxLayers {
		return
	}
	l.at[f] = true
	if depth > maxIncludes {
		l.unknown = true
		return
	}
	for _, t := range f.Include {
		if in := l.all[path.Join(path.Dir(f.Path), t.Value)]; in != nil {
			l.add(in, depth+1)
		} else {
			l.unknown = true
		}
	}
	l.out = append(l.out, f)
}

// Partial says whether the project includes or extends a file that is not known, so
// that it has more services and resources than can be told.
func (p *Project) Partial() bool {
	l := layering{all: p.all, at: map[*File]bool{}}
	for _, f := range p.Files {
		l.add(f, 0)
	}
	for _, f := range l.out {
		for _, s := range f.Services {
			if s.Extends.File != "" && p.all[path.Join(path.Dir(f.Path), s.Extends.File)] == nil {
				return true
			}
		}
	}
	return l.unknown
}

// findIncluded marks the files that others include. Two that include each other
// are not marked.
func (g *grouping) findIncluded() {
	for _, f := range g.files {
		for _, t := range f.Include {
			in := g.all[path.Join(path.Dir(f.Path), t.Value)]
			if in != nil && in != f && !slices.ContainsFunc(in.Include, func(back Text) bool { return path.Join(path.Dir(in.Path), back.Value) == f.Path }) {
				g.included[in] = true
			}
		}
	}
}

// known are the runs all of whose files are known, files without a service left
// out.
func (g *grouping) known(runs []Run) []Run {
	var out []Run
	for _, run := range runs {
		var names []string
		ok := true
		for _, name := range run.Files {
			f := g.all[name]
			ok = ok && f != nil
			if ok && !f.Empty() && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if ok && len(names) > 0 {
			run.Files = names
			out = append(out, run)
		}
	}
	return out
}

// addRuns makes a project of each set of files that a command line names together.
// What was guessed about those files is dropped, but for a plain one that comes
// first: compose reads that without being told.
func (g *grouping) addRuns(runs []Run) {
	known := map[string]bool{}
	var sets [][]*File
	for _, run := range runs {
		key := strings.Join(run.Files, "\n")
		if len(run.Files) < 2 || known[key] || len(sets) == maxSets {
			continue
		}
		known[key] = true
		var files []*File
		for i, name := range run.Files {
			files = append(files, g.all[name])
			if f := g.all[name]; i > 0 || g.plain[path.Dir(name)] != f {
				g.onTop[f] = !g.runAlone(f, runs)
			}
		}
		sets = append(sets, files)
	}
	g.projects = slices.DeleteFunc(g.projects, func(p *Project) bool { return g.onTop[p.Files[len(p.Files)-1]] })
	for _, files := range sets {
		env, variant, reason := g.setEnv(files)
		g.add(env, variant, reason, files...)
	}
}

// runAlone says whether a command line runs the file on its own.
func (g *grouping) runAlone(f *File, runs []Run) bool {
	return slices.ContainsFunc(runs, func(r Run) bool { return len(r.Files) == 1 && r.Files[0] == f.Path })
}

func (p *Project) is(files []string) bool {
	return slices.EqualFunc(p.Files, files, func(f *File, name string) bool { return f.Path == name })
}

// setEnv is the environment of files that are run together: the last that names
// one decides.
func (g *grouping) setEnv(files []*File) (env Env, variant, reason string) {
	for i := len(files) - 1; i >= 0; i-- {
		named, override, v := nameOf(files[i].Path)
		if variant == "" {
			variant = v
		}
		if named != Base {
			return named, variant, "the name of " + files[i].Path + " says " + named.String()
		}
		if override {
			return Dev, variant, "it is run with the override file"
		}
	}
	for i := len(files) - 1; i >= 0; i-- {
		if named, dir := dirEnv(path.Dir(files[i].Path)); named != Base {
			return named, variant, "it lies in " + dir
		}
		if why := devSign(files[i]); why != "" {
			return Dev, variant, why
		}
	}
	return Base, variant, "nothing says otherwise"
}

// join makes one of projects with the same files, and notes who runs each.
func (g *grouping) join(runs []Run) {
	seen := map[string]bool{}
	g.projects = slices.DeleteFunc(g.projects, func(p *Project) bool {
		var names []string
		for _, f := range p.Files {
			names = append(names, f.Path)
		}
		key := strings.Join(names, "\n")
		twice := seen[key]
		seen[key] = true
		return twice
	})
	for _, run := range runs {
		for _, p := range g.projects {
			if p.is(run.Files) {
				p.Runs = append(p.Runs, run)
			}
		}
	}
}
