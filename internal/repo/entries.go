package repo

import (
	"path"
	"slices"
	"strings"
)

// entries lists the files that something outside the source starts: commands,
// frameworks that route by file name, tools that read a configuration.
func entries(s *Snapshot) []Entry {
	c := entryCollector{s: s, why: map[*File]string{}}
	for _, cmd := range s.Commands() {
		c.command(cmd)
	}
	for _, f := range s.Files() {
		if f.Role.Foreign() {
			continue
		}
		c.framework(f)
	}
	c.copiedAlone()
	c.manifests()
	c.goEntries()
	c.byPackage()
	for _, r := range reactRoutes(c.s) {
		c.mark(r.file, "routed by React Router")
	}
	c.python()
	out := make([]Entry, 0, len(c.why))
	for f, why := range c.why {
		out = append(out, Entry{f, why})
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.File.Path, b.File.Path) })
	return out
}

type entryCollector struct {
	s   *Snapshot
	why map[*File]string
}

func (c *entryCollector) mark(f *File, why string) {
	if f == nil || f.Blank() || f.Role == Test {
		return
	}
	if _, known := c.why[f]; !known {
		c.why[f] = why
	}
}

// command marks the files and modules that a command line names.
func (c *entryCollector) command(cmd Command) {
	why := "run by " + string(cmd.Source) + " " + cmd.Owner
	for i, w := range cmd.Words {
		switch {
		case strings.ContainsAny(w, "$*<>"):
		case cmd.Source == FromDockerfile && len(cmd.Words) == 1 && !strings.Contains(w, "/") && strings.Count(w, ".") > 0: // a handler of AWS Lambda: app.main.handler
			c.module(cmd.Dir, w, why)
			module, _, _ := cutLast(w)
			c.moduleInImage(&cmd, module, why)
			for _, ext := range []string{".js", ".mjs", ".cjs"} {
				_ = c.fileInImage(&cmd, module+ext, why) || c.file(cmd.Dir, module+ext, why)
			}
		case i > 0 && cmd.Words[i-1] == "-m" || strings.Contains(w, ":"): // python -m app.worker, uvicorn app.main:app
			module, _, _ := strings.Cut(w, ":")
			c.module(cmd.Dir, module, why)
			c.moduleInImage(&cmd, module, why)
		case slices.Contains([]string{"celery", "rq", "arq", "dramatiq", "taskiq", "huey_consumer", "gunicorn", "uvicorn"}, cmd.Name()) && i > 0 && strings.Contains(w, "."):
			c.module(cmd.Dir, strings.TrimPrefix(w, "--app="), why)
		case i > 0 && (cmd.Words[i-1] == "-A" || cmd.Words[i-1] == "--app"):
			c.module(cmd.Dir, w, why)
		case path.Ext(w) != "":
			_ = c.fileInImage(&cmd, w, why) || c.file(cmd.Dir, w, why)
		case i > 0 && isNode(cmd.Name()) && strings.Contains(w, "/") && w[0] != '-': // node dist/main
			_ = c.fileInImage(&cmd, w+".js", why) || c.file(cmd.Dir, w+".js", why)
		case i > 0 && w == "start" && cmd.Name() == "nest":
			c.file(cmd.Dir, "src/main.ts", why)
		}
	}
}

// isNode says whether a program runs the file that it is given, which need not
// name its extension.
func isNode(name string) bool {
	switch name {
	case "node", "nodemon", "tsx", "ts-node", "bun", "pm2", "pm2-runtime":
		return true
	}
	return false
}

func (c *entryCollector) module(dir, module, why string) {
	if module == "" || strings.ContainsAny(module, "/\\ ") {
		return
	}
	if f := c.s.PyModule(dir, module); f != nil {
		c.mark(f, why)
	} else if i := strings.LastIndexByte(module, '.'); i > 0 { // the last part is an object
		c.mark(c.s.PyModule(dir, module[:i]), why)
	}
	if f := c.s.PyModule(dir, module+".__main__"); f != nil {
		c.mark(f, why)
	}
}

// file marks the source behind a path on a command line: as it is, without the
// directory it has in an image, or the source of a build output.
func (c *entryCollector) file(dir, word, why string) bool {
	word = path.Clean(word)
	candidates := []string{path.Join(dir, word)}
	if path.IsAbs(word) {
		parts := strings.Split(strings.Trim(word, "/"), "/")
		for i := range parts {
			candidates = append(candidates, path.Join(dir, strings.Join(parts[i:], "/")))
		}
	}
	return c.first(append(candidates, sourcesOf(path.Join(dir, word))...), why)
}

// first marks the first of the paths that is a file of the project.
func (c *entryCollector) first(paths []string, why string) bool {
	for _, name := range paths {
		if f := c.s.File(name); f != nil {
			c.mark(f, why)
			return true
		}
	}
	return false
}

// sourcesOf are the paths of what a build output may be made of.
func sourcesOf(output string) (out []string) {
	for _, built := range []string{"dist", "build", "out", "lib"} {
		before, rest, ok := strings.Cut("/"+output, "/"+built+"/")
		if !ok {
			continue
		}
		before = strings.TrimPrefix(before, "/")
		stem := strings.TrimSuffix(rest, path.Ext(rest))
		for _, ext := range []string{".ts", ".tsx", ".js", ".mts"} {
			out = append(out, path.Join(before, "src", stem+ext), path.Join(before, stem+ext))
		}
	}
	return out
}

// fileInImage marks the source that a path in the command's image was copied from.
func (c *entryCollector) fileInImage(cmd *Command, word, why string) bool {
	if cmd.image == nil {
		return false
	}
	for _, from := range c.s.inImage(cmd.image, cmd.Dir, word) {
		if c.first(append([]string{from}, sourcesOf(from)...), why) {
			return true
		}
	}
	return false
}

// copiedAlone marks the source files that images take in by name.
func (c *entryCollector) copiedAlone() {
	for _, d := range c.s.Dockerfiles() {
		if d.Role != Production {
			continue
		}
		dir := c.s.contextOf(d)
		for _, stage := range d.Spec.Stages {
			for _, copied := range stage.Copies() {
				for _, p := range copied.Paths {
					if copied.From == "" && p.Arg == "" && !p.Remote {
						if f := c.s.File(path.Join(dir, strings.TrimLeft(p.Path, "/"))); f != nil && f.Lang.Code() {
							c.mark(f, "copied into the image by "+d.Path)
						}
					}
				}
			}
		}
	}
}

// moduleInImage marks the source of a Python module that the command's image holds
// below its working directory.
func (c *entryCollector) moduleInImage(cmd *Command, module, why string) {
	if cmd.image == nil || module == "" || strings.ContainsAny(module, "/\\ ") {
		return
	}
	name := strings.ReplaceAll(module, ".", "/")
	for _, file := range []string{name + ".py", name + "/__main__.py", name + "/__init__.py"} {
		if c.fileInImage(cmd, file, why) && !strings.HasSuffix(file, "__main__.py") {
			return
		}
	}
}

// framework marks files that a framework or tool finds by their name.
func (c *entryCollector) framework(f *File) {
	base := f.Name()
	stem, ext, _ := cutExt(base)
	switch ext {
	case ".py":
		if why := pythonEntry(f, stem); why != "" {
			c.mark(f, why)
		}
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts":
		if route, ok := NextRoute(c.s, f); ok {
			c.mark(f, "routed by Next.js at "+route)
			return
		}
		if strings.HasSuffix(stem, ".config") || strings.HasSuffix(stem, ".setup") || strings.HasPrefix(base, ".") || strings.HasSuffix(stem, ".d") || stem == "instrumentation" || stem == "middleware" || strings.HasPrefix(stem, "sentry.") || path.Base(f.Dir()) == ".storybook" {
			c.mark(f, "read by its tool")
			if strings.Contains(base, ".config.") || strings.HasPrefix(base, "webpack.") || path.Base(f.Dir()) == ".storybook" || stem == "ecosystem" {
				c.configured(f)
			}
			return
		}
		if c.svelteRoute(f) {
			c.mark(f, "routed by SvelteKit")
		}
		if strings.Contains(f.Path, "/migrations/") && c.dependsNear(f, migrators...) {
			c.mark(f, "run by the migration tool")
		}
	case ".svelte":
		if c.svelteRoute(f) {
			c.mark(f, "routed by SvelteKit")
		}
	case ".json", ".jsonc":
		switch base {
		case "nest-cli.json", "angular.json", "wrangler.json", "wrangler.jsonc":
			c.jsonConfigs(f)
		}
	case ".html":
		for _, src := range scriptSources(f) {
			c.file(f.Dir(), strings.TrimPrefix(src, "/"), "loaded by "+f.Path)
		}
	}
}

// migrators are the packages that run the files of a directory called migrations.
var migrators = []string{"typeorm", "knex", "sequelize", "sequelize-cli", "@mikro-orm/core", "umzug", "objection", "migrate-mongo"}

func pythonEntry(f *File, stem string) string {
	switch {
	case stem == "manage", stem == "wsgi", stem == "asgi":
		return "started by the server"
	case strings.Contains(f.Path, "/versions/"), strings.Contains(f.Path, "/migrations/"):
		return "run by the migration tool"
	case stem == "env" && (path.Base(f.Dir()) == "alembic" || path.Base(f.Dir()) == "migrations"):
		return "run by the migration tool"
	case stem == "settings" || stem == "urls" || stem == "admin" || stem == "apps" || stem == "models" && strings.Contains(f.Path, "/"):
		return ""
	}
	return ""
}

// scriptSources are the src attributes of an HTML file's scripts.
func scriptSources(f *File) (out []string) {
	text := string(f.Bytes())
	for {
		_, after, ok := strings.Cut(text, "<script")
		if !ok {
			return out
		}
		tag, rest, _ := strings.Cut(after, ">")
		text = rest
		if _, v, ok := strings.Cut(tag, "src="); ok && len(v) > 1 && (v[0] == '"' || v[0] == '\'') {
			if src, _, ok := strings.Cut(v[1:], v[:1]); ok && !strings.Contains(src, "//") {
				out = append(out, src)
			}
		}
	}
}

// manifests marks what package.json names: main, module, bin, exports.
func (c *entryCollector) manifests() {
	for _, p := range c.s.Packages() {
		if p.Role != Production {
			continue
		}
		for _, name := range p.EntryPoints() {
			c.file(p.Dir(), name, "entry of package "+p.Package.Name.Value)
			c.file(p.Dir(), "dist/"+strings.TrimPrefix(path.Clean(name), "dist/"), "entry of package "+p.Package.Name.Value)
		}
	}
}
