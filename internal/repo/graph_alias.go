package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/jslex"
)

// alias is one entry of compilerOptions.paths or of a bundler's aliases, made
// relative to the root.
type alias struct {
	prefix, suffix string // around the star; the whole name without one
	star           bool
	targets        []string // with the star still in them
}

const maxExtends = 8 // tsconfig files that extend one another

// readAliases are the aliases of a tsconfig and what it extends.
func (r *jsResolver) readAliases(c *TSConfig) []alias {
	paths, base := r.tsOptions(c, 0)
	if base != "" { // any bare name may be a path below baseUrl
		paths = append(paths, alias{star: true, targets: []string{path.Join(base, "*")}})
	}
	return paths
}

// tsOptions are the paths and the directory of baseUrl ("" without one) that
// hold for a tsconfig: its own, or those of the last one it extends that has them.
func (r *jsResolver) tsOptions(c *TSConfig, depth int) (paths []alias, base string) {
	for _, extended := range c.Extends {
		if parent := r.config(c, extended.Value); parent != nil && depth < maxExtends {
			p, b := r.tsOptions(parent, depth+1)
			if p != nil {
				paths = p
			}
			if b != "" {
				base = b
			}
		}
	}
	if c.BaseURL.Value != "" {
		base = path.Join(c.Dir(), c.BaseURL.Value)
	}
	if len(c.Paths) == 0 {
		return paths, base
	}
	from := base
	if from == "" {
		from = c.Dir()
	}
	own := []alias{}
	for _, p := range c.Paths {
		a := newAlias(p.Pattern.Value)
		for _, target := range p.Targets {
			a.targets = append(a.targets, path.Join(from, strings.TrimPrefix(target.Value, "${configDir}/")))
		}
		own = append(own, a)
	}
	return own, base
}

func newAlias(pattern string, targets ...string) alias {
	if before, after, ok := strings.Cut(pattern, "*"); ok {
		return alias{prefix: before, suffix: after, star: true, targets: targets}
	}
	return alias{prefix: pattern, targets: targets}
}

// config is the tsconfig that c extends under a name: a path that may lack its
// extension, or one in a package of the project. It is nil when there is none.
func (r *jsResolver) config(c *TSConfig, name string) *TSConfig {
	full := path.Join(c.Dir(), name)
	if pkg := packageName(name); !local(name) && pkg != "" && r.workspaces[pkg] != nil {
		full = path.Join(r.workspaces[pkg].Dir(), strings.TrimPrefix(name, pkg))
	}
	byPath := view(r.s, "tsconfigs by path", func() map[string]*TSConfig {
		m := map[string]*TSConfig{}
		for _, c := range r.s.TSConfigs() {
			m[c.File.Path] = c
		}
		return m
	})
	for _, candidate := range []string{full, full + ".json", path.Join(full, "tsconfig.json")} {
		if found := byPath[candidate]; found != nil {
			return found
		}
	}
	return nil
}

// through is the file that a name means by an alias, nil when the alias is not
// for it.
func (r *jsResolver) through(a alias, name string) *File {
	middle := ""
	if a.star {
		if len(name) < len(a.prefix)+len(a.suffix) || !strings.HasPrefix(name, a.prefix) || !strings.HasSuffix(name, a.suffix) {
			return nil
		}
		middle = name[len(a.prefix) : len(name)-len(a.suffix)]
	} else if name != a.prefix {
		return nil
	}
	for _, t := range a.targets {
		if f := r.file(strings.Replace(t, "*", middle, 1)); f != nil {
			return f
		}
	}
	return nil
}

// bundlerConfigs begin the names of the files in which bundlers and test
// runners are told aliases.
var bundlerConfigs = []string{"vite.config.", "vitest.config.", "webpack.", "rspack.config.", "jest.config.", "svelte.config.", "astro.config.", "nuxt.config.", "electron.vite.config.", "rollup.config."}

// readBundlers reads the aliases of bundlers' configurations, and those that
// frameworks have without being told.
func (r *jsResolver) readBundlers() {
	for _, p := range r.s.Packages() {
		dir := p.Dir()
		switch {
		case p.DependsOn("nuxt", "nuxt3", "nuxt-edge"):
			app := dir
			if r.s.dirs[path.Join(dir, "app")] {
				app = path.Join(dir, "app")
			}
			r.rooted(dir, app, "~", "@")
			r.rooted(dir, dir, "~~", "@@")
			r.rooted(dir, path.Join(dir, "shared"), "#shared")
		case p.DependsOn("@sveltejs/kit"):
			r.rooted(dir, path.Join(dir, "src/lib"), "$lib")
		case p.DependsOn("@vue/cli-service"):
			r.rooted(dir, path.Join(dir, "src"), "@")
		}
	}
	for _, src := range r.s.Sources() {
		for _, begin := range bundlerConfigs {
			if strings.HasPrefix(src.Name(), begin) && src.Mentions("alias", "moduleNameMapper") {
				r.bundler(src)
				break
			}
		}
	}
}

// rooted makes each name, and what lies below it, mean a directory.
func (r *jsResolver) rooted(dir, target string, names ...string) {
	for _, name := range names {
		r.bundled[dir] = append(r.bundled[dir], newAlias(name, target), newAlias(name+"/*", path.Join(target, "*")))
	}
}

func (r *jsResolver) bundler(src *Source) {
	js := src.JS()
	if js == nil {
		return
	}
	config := js.ConfigObject()
	for _, at := range [][]string{{"resolve", "alias"}, {"test", "alias"}, {"kit", "alias"}, {"alias"}, {"vite", "resolve", "alias"}} {
		p, ok := config.Prop(at...)
		if !ok {
			continue
		}
		value := p.Value
		if v, ok := js.Variable(value.Ident); ok && value.Ident != "" {
			value = v
		}
		for _, entry := range value.Props() {
			r.named(src, js, entry.Key, entry.Value)
		}
		for _, item := range value.Items() { // [{ find: "@", replacement: "/src" }]
			find, ok := item.Prop("find")
			to, okTo := item.Prop("replacement")
			if ok && okTo && find.Value.IsLiteral {
				r.named(src, js, find.Value.Literal, to.Value)
			}
		}
	}
	mapper, _ := config.Prop("moduleNameMapper")
	for _, entry := range mapper.Value.Props() { // "^@/(.*)$": "<rootDir>/src/$1"
		to, ok := strings.CutPrefix(entry.Value.Literal, "<rootDir>/")
		pattern := strings.TrimSuffix(strings.TrimPrefix(entry.Key, "^"), "$")
		before, rest, _ := strings.Cut(pattern, "(.*)")
		if ok && rest == "" && before != "" && !strings.ContainsAny(before, `\()[]|?+*.`) && strings.HasSuffix(to, "$1") {
			r.bundled[src.Dir()] = append(r.bundled[src.Dir()], newAlias(before+"*", path.Join(src.Dir(), strings.TrimSuffix(to, "$1")+"*")))
		}
	}
}

// named adds one alias of a bundler: the name, and what lies below it.
func (r *jsResolver) named(src *Source, js *jslex.File, name string, value jslex.Arg) {
	target, ok := configPath(js, value, 0)
	if !ok || name == "" {
		return
	}
	if !path.IsAbs(target) {
		target = path.Join(src.Dir(), target)
	} else {
		target = path.Join(src.Dir(), strings.TrimPrefix(target, "/")) // Vite: "/src" is below its root
	}
	name, exact := strings.CutSuffix(name, "$")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "/*"), "/")
	r.bundled[src.Dir()] = append(r.bundled[src.Dir()], newAlias(name, target))
	if !exact {
		r.bundled[src.Dir()] = append(r.bundled[src.Dir()], newAlias(name+"/*", path.Join(strings.TrimSuffix(target, "*"), "*")))
	}
}

// configPath is the path, relative to the configuration's directory, that an
// expression such as path.resolve(__dirname, "src") stands for.
func configPath(js *jslex.File, v jslex.Arg, depth int) (string, bool) {
	if depth > maxHops {
		return "", false
	}
	if v.IsLiteral {
		return v.Literal, true
	}
	switch v.Ident {
	case "":
	case "__dirname", "import.meta.dirname":
		return ".", true
	default:
		if strings.HasSuffix(v.Ident, "().pathname") { // new URL("./src", import.meta.url).pathname
			for i := range js.Calls {
				if c := &js.Calls[i]; c.New && c.Callee == "URL" && len(c.Args) == 2 && c.Span.Start >= v.Span.Start && c.Span.End <= v.Span.End {
					return configPath(js, c.Args[0], depth+1)
				}
			}
			return "", false
		}
		if known, ok := js.Variable(v.Ident); ok {
			return configPath(js, known, depth+1)
		}
		return "", false
	}
	if text := strings.Trim(v.Text(), "`"); v.Kind == jslex.ValueTemplate {
		rest, ok := strings.CutPrefix(text, "${__dirname}")
		return "." + rest, ok && !strings.Contains(rest, "${")
	}
	call, ok := v.Call()
	if !ok {
		return "", false
	}
	switch lastPart(call.Callee) {
	case "cwd":
		return ".", true
	case "URL", "fileURLToPath":
		if len(call.Args) > 0 {
			return configPath(js, call.Args[0], depth+1)
		}
	case "resolve", "join", "dirname", "normalizePath":
		var parts []string
		for _, a := range call.Args {
			part, ok := configPath(js, a, depth+1)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		if lastPart(call.Callee) == "dirname" { // of the configuration itself
			return ".", true
		}
		return path.Join(parts...), len(parts) > 0
	}
	return "", false
}
