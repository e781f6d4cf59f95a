package repo

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// unit is a part of the project that is installed and started on its own, in
// one language.
type unit struct {
	dir  string
	lang Lang // Python, Go, or "" for JavaScript and its kin
}

// unitManifests are the files whose directory is a unit.
var unitManifests = set("package.json", "pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "manage.py", "go.mod")

// pythonManifests are those of them that are about Python.
var pythonManifests = []string{"pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "manage.py"}

// ProgramDir is the directory of the program that a source belongs to: UnitDir, but
// a package.json inside a Python package is about its styles.
func (s *Snapshot) ProgramDir(f *File) string {
	if f.Lang != Python {
		return s.UnitDir(f)
	}
	dir, ok := nearest(f.Dir(), func(dir string) (string, bool) {
		return dir, slices.ContainsFunc(pythonManifests, func(name string) bool { return s.File(path.Join(dir, name)) != nil })
	})
	if !ok {
		return "."
	}
	return dir
}

// UnitDir is the directory of the nearest manifest above f, "." without one:
// the package or service that f belongs to.
func (s *Snapshot) UnitDir(f *File) string {
	dirs := view(s, "unit dirs", func() map[string]bool {
		m := map[string]bool{}
		for _, f := range s.files {
			if unitManifests[f.Name()] && !f.Role.Foreign() && isUnitManifest(f) {
				m[f.Dir()] = true
			}
		}
		return m
	})
	dir, ok := nearest(f.Dir(), func(dir string) (string, bool) { return dir, dirs[dir] })
	if !ok {
		return "."
	}
	return dir
}

// isUnitManifest says whether a file that is called like a manifest is one:
// setup.py and manage.py are also names of modules.
func isUnitManifest(f *File) bool {
	switch f.Name() {
	case "setup.py":
		return bytes.Contains(f.Bytes(), []byte("setuptools")) || bytes.Contains(f.Bytes(), []byte("distutils"))
	case "manage.py":
		return bytes.Contains(f.Bytes(), []byte("execute_from_command_line"))
	}
	return true
}

func (s *Snapshot) unitOf(f *File) unit {
	switch f.Lang {
	case Python:
		return unit{s.UnitDir(f), Python}
	case Go: // a module is one, whatever lies in it
		if m := s.GoMod(f); m != nil {
			return unit{m.Dir(), Go}
		}
		return unit{s.UnitDir(f), Go}
	}
	return unit{s.UnitDir(f), ""}
}

// Runs says whether f counts as part of what runs. That is what Graph.Live
// says, where something says how the unit is started. Where nothing does, the
// files that make a server are taken for its entries; a unit without those, or
// of Django, is taken to run as a whole.
func (s *Snapshot) Runs(f *File) bool {
	if f.Role != Production {
		return false
	}
	r := view(s, "running", func() *running { return findRunning(s) })
	return r.files[f] || !r.explained[s.unitOf(f)]
}

type running struct {
	files     map[*File]bool
	explained map[unit]bool
}

func findRunning(s *Snapshot) *running {
	g := s.Graph()
	r := &running{files: map[*File]bool{}, explained: map[unit]bool{}}
	for _, e := range g.Entries() {
		if e.File.Role == Production && startsProgram(e.Why) {
			r.explained[s.unitOf(e.File)] = true
		}
	}
	for _, f := range s.files { // Django finds its modules by settings, not by imports
		if f.Name() == "manage.py" && f.Role == Production && isUnitManifest(f) {
			delete(r.explained, s.unitOf(f))
		}
	}
	for _, src := range s.goFiles() {
		if _, live := g.Live(src.File); live {
			r.files[src.File] = true
		}
	}
	served := map[unit]bool{}
	var servers []*File
	for _, src := range s.Sources() {
		if _, live := g.Live(src.File); live {
			r.files[src.File] = true
		}
		if src.Role != Production || !makesServer(src) || strayName(src.File) {
			continue
		}
		servers = append(servers, src.File)
		if r.files[src.File] {
			served[s.unitOf(src.File)] = true
		}
	}
	for _, f := range servers {
		u := s.unitOf(f)
		r.explained[u] = true
		if !served[u] {
			r.reach(g, f)
		}
	}
	return r
}

// startsProgram says whether an entry's reason tells how a unit is started, as
// opposed to a tool's own files and to chores that makefiles and the like hold.
func startsProgram(why string) bool {
	return why != "read by its tool" && why != "run by the migration tool" && !strings.HasPrefix(why, publicPackage) &&
		!strings.HasPrefix(why, "run by "+string(FromMake)+" ") && !strings.HasPrefix(why, "run by "+string(FromTask)+" ")
}

// reach marks f and everything it imports.
func (r *running) reach(g *Graph, f *File) {
	queue := []*File{f}
	for len(queue) > 0 {
		f, queue = queue[0], queue[1:]
		if r.files[f] {
			continue
		}
		r.files[f] = true
		for _, i := range g.Imports(f) {
			if !r.files[i.To] {
				queue = append(queue, i.To)
			}
		}
	}
}

// makesServer says whether a file makes an application that answers requests.
func makesServer(src *Source) bool {
	if src.Lang == Python {
		if !src.Mentions("FastAPI", "Flask", "Quart", "Starlette", "APIFlask", "Sanic", "Litestar") {
			return false
		}
		py := src.Py()
		for i := range py.Calls {
			switch py.Qualify(py.Calls[i].Callee) {
			case "fastapi.FastAPI", "flask.Flask", "quart.Quart", "starlette.applications.Starlette", "apiflask.APIFlask", "sanic.Sanic", "litestar.Litestar":
				return true
			}
		}
		return false
	}
	if !src.importsFrom(func(m string) bool { return jsFrameworks[m] != "" }) && !src.Mentions("NestFactory") {
		return false
	}
	js := src.JS()
	makers := routerMakers(js)
	nest, listens := false, false
	for i := range js.Calls {
		c := &js.Calls[i]
		nest = nest || c.Callee == "NestFactory.create"
		listens = listens || lastPart(c.Callee) == "listen"
		switch {
		case c.Callee == "require()" && makers["require()"] != "":
			return true
		case makers[c.Callee] != "" && c.Callee != "Router" && c.Callee != "require()":
			return true
		}
	}
	return nest && listens // a script makes the application without listening
}

// strayName says whether a file lies where people put what they no longer use.
func strayName(f *File) bool {
	for _, part := range strings.Split(strings.ToLower(path.Dir(f.Path)), "/") {
		switch part {
		case "old", "legacy", "deprecated", "archive", "archived", "backup", "backups", "unused", "attic":
			return true
		}
	}
	return false
}
