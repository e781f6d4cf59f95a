package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
)

// jsResolver finds the file that a module name means, the way bundlers do.
type jsResolver struct {
	s          *Snapshot
	aliases    map[string][]alias  // directory of a tsconfig → its path aliases
	bundled    map[string][]alias  // directory of a bundler's or framework's configuration → its aliases
	workspaces map[string]*Package // by name
	packages   map[string]*Package // by directory
	patterns   int                 // followed so far
}

var jsExts = []string{".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro", ".d.ts", ".json"}

func newJSResolver(s *Snapshot) *jsResolver {
	return view(s, "script resolver", func() *jsResolver {
		r := &jsResolver{s: s, aliases: map[string][]alias{}, bundled: map[string][]alias{}, workspaces: map[string]*Package{}, packages: map[string]*Package{}}
		for _, p := range s.Packages() {
			r.packages[p.Dir()] = p
			name := p.Package.Name.Value
			if known := r.workspaces[name]; name != "" && (known == nil || known.Role != Production && p.Role == Production) {
				r.workspaces[name] = p
			}
		}
		for _, c := range s.TSConfigs() {
			r.aliases[c.Dir()] = append(r.aliases[c.Dir()], r.readAliases(c)...)
		}
		r.readBundlers()
		return r
	})
}

// link adds the file's imports to the graph.
func (r *jsResolver) link(g *Graph, f *File) {
	for _, i := range f.facts().links {
		if i.dynamic && strings.Contains(i.module, "*") {
			r.globbed(g, f, i.module, i.span)
			continue
		}
		r.one(g, f, i.module, i.span, i.typeOnly, i.dynamic)
	}
}

func (r *jsResolver) one(g *Graph, from *File, module string, span finding.Span, typeOnly, dynamic bool) {
	name, _, _ := strings.Cut(module, "?")
	name = strings.TrimPrefix(name, "file:")
	if i := strings.LastIndexByte(name, '!'); i >= 0 { // webpack's loaders
		name = name[i+1:]
	}
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

// asset says whether a local name is a file that is no source (an image, a
// style), or one that a tool makes.
func (r *jsResolver) asset(from *File, name string) bool {
	full := path.Join(from.Dir(), name)
	return r.s.Exists(full) || strings.Contains(path.Base(name), ".generated") || strings.HasPrefix(full, "../") ||
		strings.HasPrefix(name, "./+types/") || strings.HasPrefix(name, "../+types/") || r.s.Ignored(full) || r.s.Ignored(full+".ts")
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
	var declared *File // by a declaration alone: what runs may lie elsewhere
	if aliases, ok := nearest(from.Dir(), func(dir string) ([]alias, bool) { a, ok := r.aliases[dir]; return a, ok }); ok {
		for _, a := range aliases {
			if a.prefix == "" && a.star && r.depends(from, name) {
				continue
			}
			f := r.through(a, name)
			if f != nil && !strings.HasSuffix(f.Path, ".d.ts") {
				return f
			}
			if declared == nil {
				declared = f
			}
		}
	}
	for dir := from.Dir(); ; dir = path.Dir(dir) {
		for _, a := range r.bundled[dir] {
			if f := r.through(a, name); f != nil {
				return f
			}
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	if strings.HasPrefix(name, "#") {
		return r.imported(from, name)
	}
	if pkg := packageName(name); pkg != "" && r.workspaces[pkg] != nil {
		if f := r.workspace(r.workspaces[pkg], strings.TrimPrefix(strings.TrimPrefix(name, pkg), "/")); f != nil {
			return f
		}
	}
	return declared
}

// depends says whether the manifest nearest to a file names the package of a
// module as a dependency.
func (r *jsResolver) depends(from *File, name string) bool {
	p, ok := nearest(from.Dir(), func(dir string) (*Package, bool) { p := r.packages[dir]; return p, p != nil })
	return ok && p.DependsOn(packageName(name))
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
