package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
)

// pyResolver finds the file that a Python module name means. The directories
// that sys.path will hold are not written down anywhere, so an absolute name is
// tried from the importing file's directory upwards, and below src.
type pyResolver struct{ s *Snapshot }

func newPyResolver(s *Snapshot) *pyResolver { return &pyResolver{s} }

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
	return nearest(from.Dir(), func(dir string) (string, bool) {
		for _, root := range []string{dir, path.Join(dir, "src")} {
			if base := path.Join(root, parts); r.exists(base) && base != strings.TrimSuffix(from.Path, ".py") {
				return base, true
			}
		}
		return "", false
	})
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
	r := pyResolver{s}
	for _, root := range []string{dir, path.Join(dir, "src"), "."} {
		if f := r.module(path.Join(root, strings.ReplaceAll(module, ".", "/"))); f != nil {
			return f
		}
	}
	return nil
}
