package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
)

// pyResolver finds the file that a Python module name means. The directories
// that sys.path will hold are not written down anywhere, so an absolute name is
// tried from the importing file's directory upwards, and below src; then from
// where the project's other distributions keep their packages.
type pyResolver struct {
	s     *Snapshot
	roots map[string]string // top-level package of a distribution → the directory that holds it; "" when several do
}

func newPyResolver(s *Snapshot) *pyResolver {
	return view(s, "python resolver", func() *pyResolver {
		r := &pyResolver{s: s, roots: map[string]string{}}
		seen := map[string]bool{}
		for _, f := range s.files {
			switch f.Name() {
			case "pyproject.toml", "setup.py", "setup.cfg":
				if f.Role == Production && !seen[f.Dir()] {
					seen[f.Dir()] = true
					r.distribution(f.Dir())
				}
			}
		}
		return r
	})
}

// distribution notes the packages that lie in the directory of a manifest, or
// in its src.
func (r *pyResolver) distribution(dir string) {
	for _, root := range []string{dir, path.Join(dir, "src")} {
		prefix := root + "/"
		if root == "." {
			prefix = ""
		}
		for _, f := range r.s.Under(root) {
			name, file, ok := strings.Cut(strings.TrimPrefix(f.Path, prefix), "/")
			if !ok || file != "__init__.py" {
				continue
			}
			if old, known := r.roots[name]; known && old != root {
				root = ""
			}
			r.roots[name] = root
			if root == "" {
				return
			}
		}
	}
}

func (r *pyResolver) link(g *Graph, src *Source) {
	for _, i := range src.facts().links {
		base, ok := r.base(src.File, i.module, i.level)
		if !ok {
			if i.level > 0 {
				g.missing[src.File] = append(g.missing[src.File], External{src.File, "", strings.Repeat(".", i.level) + i.module, i.span, i.typeOnly})
			} else if i.module != "" {
				top, _, _ := strings.Cut(i.module, ".")
				g.external[src.File] = append(g.external[src.File], External{src.File, top, i.module, i.span, i.typeOnly})
			}
			continue
		}
		r.edges(g, src.File, base, i.module, i.span, i.typeOnly)
		for _, n := range i.names {
			if sub := r.module(path.Join(base, n)); sub != nil { // from package import module
				g.add(Import{From: src.File, To: sub, Module: i.module + "." + n, Span: i.span, TypeOnly: i.typeOnly})
			}
		}
	}
}

// edges adds the module at base and the packages above it, whose __init__ runs
// first.
func (r *pyResolver) edges(g *Graph, from *File, base, module string, span finding.Span, typeOnly bool) {
	if to := r.module(base); to != nil {
		g.add(Import{From: from, To: to, Module: module, Span: span, TypeOnly: typeOnly})
	}
	for range strings.Count(module, ".") {
		base = path.Dir(base)
		if init := r.s.File(path.Join(base, "__init__.py")); init != nil {
			g.add(Import{From: from, To: init, Module: module, Span: span, TypeOnly: typeOnly})
		}
	}
}

// module is the file of a module at a path without extension, or of a package.
func (r *pyResolver) module(base string) *File {
	for _, name := range []string{base + ".py", path.Join(base, "__init__.py"), base + ".pyi"} {
		if f := r.s.File(name); f != nil {
			return f
		}
	}
	return nil
}

// base is the path, without extension, that an import means in this project.
func (r *pyResolver) base(from *File, module string, level int) (string, bool) {
	parts := strings.ReplaceAll(module, ".", "/")
	if level > 0 {
		dir := from.Dir()
		for range level - 1 {
			dir = path.Dir(dir)
		}
		base := path.Join(dir, parts)
		return base, r.exists(base)
	}
	if module == "" {
		return "", false
	}
	top, _, _ := strings.Cut(module, ".")
	base, ok := nearest(from.Dir(), func(dir string) (string, bool) {
		if stdlib[top] && r.s.File(path.Join(dir, "__init__.py")) != nil { // a neighbour in a package is no top-level module
			return "", false
		}
		for _, root := range []string{dir, path.Join(dir, "src")} {
			if base := path.Join(root, parts); r.exists(base) && base != strings.TrimSuffix(from.Path, ".py") {
				return base, true
			}
		}
		return "", false
	})
	if root := r.roots[top]; !ok && root != "" {
		base = path.Join(root, parts)
		ok = r.exists(base)
	}
	return base, ok
}

// exists says whether a module or a package (with or without __init__) is there.
func (r *pyResolver) exists(base string) bool {
	if r.module(base) != nil {
		return true
	}
	if !r.s.dirs[base] {
		return false
	}
	for _, f := range r.s.Under(base) {
		if f.Lang == Python {
			return true
		}
	}
	return false
}

// PyModule is the file that an absolute module name means for code that runs
// with dir as its working directory, or nil.
func (s *Snapshot) PyModule(dir, module string) *File {
	r := newPyResolver(s)
	for _, root := range []string{dir, path.Join(dir, "src"), "."} {
		if f := r.module(path.Join(root, strings.ReplaceAll(module, ".", "/"))); f != nil {
			return f
		}
	}
	return nil
}

// included adds to the graph what Django's urls name: include("app.urls").
func (r *pyResolver) included(g *Graph) {
	for _, src := range r.s.SourcesMentioning("include") {
		if src.Lang != Python || src.Role != Production {
			continue
		}
		py := src.Py()
		for i := range py.Calls {
			call := &py.Calls[i]
			if call.Callee != "include" && lastPart(call.Callee) != "include" || len(call.Args) == 0 {
				continue
			}
			target := call.Args[0]
			if items := target.Items(); len(items) > 0 {
				target = items[0]
			}
			if !target.IsLiteral {
				continue
			}
			if base, ok := r.base(src.File, target.Literal, 0); ok {
				r.edges(g, src.File, base, target.Literal, finding.Span{Start: target.Span.Start, End: target.Span.End}, false)
			}
		}
	}
}
