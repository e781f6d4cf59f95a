package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/pylex"
)

// python marks what Python's packaging and frameworks find by name.
func (c *entryCollector) python() {
	for _, p := range c.s.PyProjects() {
		for _, e := range p.Scripts {
			module, _, _ := strings.Cut(e.Value, ":")
			c.module(p.Dir(), strings.TrimSpace(module), "entry "+e.Name+" of "+p.Path)
		}
	}
	for _, src := range c.s.SourcesMentioning("entry_points", "autodiscover_tasks") {
		if src.Lang != Python {
			continue
		}
		py := src.Py()
		for i := range py.Calls {
			call := &py.Calls[i]
			if v, ok := call.Arg("entry_points"); ok && src.Name() == "setup.py" {
				c.entryPoints(src.File, v)
			}
			if lastPart(call.Callee) == "autodiscover_tasks" {
				c.tasks(src, call)
			}
		}
	}
	for _, set := range c.s.DjangoSettings() {
		c.django(set)
	}
	c.pythonLibraries()
}

// pythonLibraries marks the modules of packages that are built to be installed and
// that nothing in the project starts: others import what they like of them.
func (c *entryCollector) pythonLibraries() {
	started := map[string]bool{} // directories with something that is started, and those above
	for f := range c.why {
		if f.Lang != Python || f.Role != Production {
			continue
		}
		for dir := f.Dir(); !started[dir]; dir = path.Dir(dir) {
			started[dir] = true
		}
	}
	for _, p := range c.s.PyProjects() {
		if p.BuildBackend.Value == "" || p.PyProject.Name.Value == "" || p.Role != Production || started[p.Dir()] {
			continue
		}
		for _, f := range c.s.Under(p.Dir()) {
			if f.Lang == Python && f.Role == Production && c.s.byPath[path.Join(f.Dir(), "__init__.py")] != nil {
				c.mark(f, "part of the library "+p.PyProject.Name.Value)
			}
		}
	}
}

// entryPoints reads the console_scripts of a setup.py.
func (c *entryCollector) entryPoints(f *File, v pylex.Arg) {
	for _, p := range v.Pairs() {
		list, _ := p.Value.Strings()
		for _, line := range list {
			_, target, ok := strings.Cut(line, "=")
			module, _, _ := strings.Cut(strings.TrimSpace(target), ":")
			if ok {
				c.module(f.Dir(), module, "entry of "+f.Path)
			}
		}
	}
}

// tasks marks the modules that Celery looks for: tasks.py of the packages that
// are named, or of all.
func (c *entryCollector) tasks(src *Source, call *pylex.Call) {
	name := "tasks"
	if v, ok := call.Arg("related_name"); ok && v.IsLiteral {
		name = v.Literal
	}
	why := "found by autodiscover_tasks in " + src.Path
	root := c.s.UnitDir(src.File)
	if v, ok := call.At(0); ok {
		if list, ok := v.Strings(); ok {
			for _, pkg := range list {
				c.module(root, pkg+"."+name, why)
			}
			return
		}
	}
	for _, f := range c.s.Under(root) {
		if f.Name() == name+".py" || path.Base(f.Dir()) == name && f.Lang == Python {
			c.mark(f, why)
		}
	}
}

// appModules are the modules of a Django app that Django imports by their name.
var appModules = set("apps", "models", "admin", "signals", "tasks", "translation", "checks", "receivers", "__init__")

// appDirs are the directories of a Django app whose modules Django finds.
var appDirs = set("management/commands", "templatetags", "models")

// django marks what a settings module and its lists lead to.
func (c *entryCollector) django(set *DjangoSettings) {
	c.mark(set.File, "settings of Django")
	root := c.s.UnitDir(set.File)
	why := "named in " + set.Path
	for _, list := range [][]DjangoName{set.Middleware, set.Named} {
		for _, n := range list {
			c.module(root, n.Name, why)
		}
	}
	for _, n := range set.Apps {
		c.module(root, n.Name, why)
		dir, ok := c.s.djangoApp(root, n.Name)
		if !ok {
			continue
		}
		for _, f := range c.s.Under(dir) {
			stem, ext, _ := cutExt(f.Name())
			below, _ := under(dir, f.Dir())
			if ext == ".py" && (f.Dir() == dir && appModules[stem] || appDirs[below]) {
				c.mark(f, "part of the app "+n.Name)
			}
		}
	}
}

// djangoApp is the directory of an entry of INSTALLED_APPS: a package, or the
// class of its configuration.
func (s *Snapshot) djangoApp(root, name string) (string, bool) {
	for range 3 {
		base := strings.ReplaceAll(name, ".", "/")
		for _, from := range []string{root, path.Join(root, "src"), "."} {
			if dir := path.Join(from, base); s.dirs[dir] {
				return dir, true
			}
		}
		var ok bool
		if name, _, ok = cutLast(name); !ok {
			break
		}
	}
	return "", false
}
