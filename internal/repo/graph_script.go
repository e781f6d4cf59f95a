package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
)

// jsResolver finds the file that a module name means, the way bundlers do.
type jsResolver struct {
	s          *Snapshot
	aliases    map[string][]alias // directory of a tsconfig → its path aliases
	workspaces map[string]string  // package name → directory
}

// alias is one entry of compilerOptions.paths, made relative to the root.
type alias struct {
	prefix, suffix string // around the star; the whole name without one
	star           bool
	targets        []string // with the star still in them
}

var jsExts = []string{".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".vue", ".svelte"}

func newJSResolver(s *Snapshot) *jsResolver {
	r := &jsResolver{s: s, aliases: map[string][]alias{}, workspaces: map[string]string{}}
	for _, c := range s.TSConfigs() {
		r.aliases[c.Dir()] = append(r.aliases[c.Dir()], r.readAliases(c, 0)...)
	}
	for _, p := range s.Packages() {
		if p.Package.Name.Value != "" && p.Role == Production {
			r.workspaces[p.Package.Name.Value] = p.Dir()
		}
	}
	return r
}

const maxExtends = 8 // tsconfig files that extend one another

// readAliases reads the paths of a tsconfig, or of the nearest one it extends.
func (r *jsResolver) readAliases(c *TSConfig, depth int) []alias {
	if len(c.Paths) == 0 {
		for _, extended := range c.Extends {
			if base := r.config(path.Join(c.Dir(), extended.Value)); base != nil && depth < maxExtends {
				return append(r.readAliases(base, depth+1), r.rooted(c)...)
			}
		}
		return r.rooted(c)
	}
	base := path.Join(c.Dir(), c.BaseURL.Value)
	var out []alias
	for _, p := range c.Paths {
		a := alias{prefix: p.Pattern.Value}
		if before, after, ok := strings.Cut(p.Pattern.Value, "*"); ok {
			a = alias{prefix: before, suffix: after, star: true}
		}
		for _, target := range p.Targets {
			a.targets = append(a.targets, path.Join(base, target.Value))
		}
		out = append(out, a)
	}
	return append(out, r.rooted(c)...)
}

// config is the tsconfig at a path that may lack its extension, nil when the
// project has none there.
func (r *jsResolver) config(name string) *TSConfig {
	for _, c := range r.s.TSConfigs() {
		if c.File.Path == name || c.File.Path == name+".json" {
			return c
		}
	}
	return nil
}

// rooted is baseUrl as an alias: any bare name may be a path below it.
func (r *jsResolver) rooted(c *TSConfig) []alias {
	if c.BaseURL.Value == "" {
		return nil
	}
	return []alias{{star: true, targets: []string{path.Join(c.Dir(), c.BaseURL.Value, "*")}}}
}

// link adds the file's imports to the graph.
func (r *jsResolver) link(g *Graph, src *Source) {
	for _, i := range src.facts().links {
		r.one(g, src.File, i.module, i.span, i.typeOnly, i.dynamic)
	}
}

func (r *jsResolver) one(g *Graph, from *File, module string, span finding.Span, typeOnly, dynamic bool) {
	name, _, _ := strings.Cut(module, "?")
	if name == "" {
		return
	}
	if to := r.resolve(from, name); to != nil {
		g.add(Import{from, to, module, span, typeOnly, dynamic})
		return
	}
	if local(name) {
		if !r.asset(from, name) {
			g.missing[from] = append(g.missing[from], External{from, "", module, span, typeOnly})
		}
		return
	}
	if pkg := packageName(name); pkg != "" {
		g.external[from] = append(g.external[from], External{from, pkg, module, span, typeOnly})
	}
}

func local(name string) bool {
	return strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || name == "." || name == ".."
}

// asset says whether a local name is a file that is no source: an image, a style.
func (r *jsResolver) asset(from *File, name string) bool {
	full := path.Join(from.Dir(), name)
	return r.s.Exists(full) || strings.Contains(path.Base(name), ".generated") || strings.HasPrefix(full, "../")
}

// packageName is the package of a bare module name; "" for what is none.
func packageName(name string) string {
	if strings.HasPrefix(name, "node:") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "#") || strings.Contains(name, ":") || strings.HasPrefix(name, "~/") || strings.HasPrefix(name, "@/") {
		return ""
	}
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") {
		if len(parts) < 2 {
			return ""
		}
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func (r *jsResolver) resolve(from *File, name string) *File {
	if local(name) {
		return r.file(path.Join(from.Dir(), name))
	}
	if aliases, ok := nearest(from.Dir(), func(dir string) ([]alias, bool) { a, ok := r.aliases[dir]; return a, ok }); ok {
		for _, a := range aliases {
			if f := r.through(a, name); f != nil {
				return f
			}
		}
	}
	if dir, ok := r.workspaces[packageName(name)]; ok {
		return r.workspace(dir, strings.TrimPrefix(strings.TrimPrefix(name, packageName(name)), "/"))
	}
	return nil
}

func (r *jsResolver) through(a alias, name string) *File {
	if !a.star {
		if name != a.prefix {
			return nil
		}
		for _, t := range a.targets {
			if f := r.file(t); f != nil {
				return f
			}
		}
		return nil
	}
	if len(name) < len(a.prefix)+len(a.suffix) || !strings.HasPrefix(name, a.prefix) || !strings.HasSuffix(name, a.suffix) {
		return nil
	}
	middle := name[len(a.prefix) : len(name)-len(a.suffix)]
	for _, t := range a.targets {
		if f := r.file(strings.Replace(t, "*", middle, 1)); f != nil {
			return f
		}
	}
	return nil
}

// workspace finds the source behind a package of the same repository: what its
// manifest names may be a build output that is not there yet.
func (r *jsResolver) workspace(dir, sub string) *File {
	if sub != "" {
		for _, base := range []string{sub, "src/" + sub} {
			if f := r.file(path.Join(dir, base)); f != nil {
				return f
			}
		}
		return nil
	}
	for _, base := range []string{"src/index", "index", "src/main", "lib/index"} {
		if f := r.file(path.Join(dir, base)); f != nil {
			return f
		}
	}
	return nil
}

// file finds the file for a path without its extension, with one, with the one
// its build output will have, or the index of a directory.
func (r *jsResolver) file(name string) *File {
	if f := r.s.File(name); f != nil {
		return f
	}
	for _, ext := range jsExts {
		if f := r.s.File(name + ext); f != nil {
			return f
		}
	}
	for from, to := range map[string][]string{".js": {".ts", ".tsx"}, ".jsx": {".tsx"}, ".mjs": {".mts"}, ".cjs": {".cts"}} {
		if stem, ok := strings.CutSuffix(name, from); ok {
			for _, ext := range to {
				if f := r.s.File(stem + ext); f != nil {
					return f
				}
			}
		}
	}
	for _, ext := range jsExts {
		if f := r.s.File(path.Join(name, "index"+ext)); f != nil {
			return f
		}
	}
	return nil
}
