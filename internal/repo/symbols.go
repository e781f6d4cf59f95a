package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// Symbol is a name in the file that declares it.
type Symbol struct {
	File *File
	Name string // dotted below a class or object; "default" for what a module exports unnamed
}

// maxHops is how many files a name is followed through.
const maxHops = 8

// Origin follows a dotted name of src through imports and re-exports to the
// file of the project that declares it. A name that nothing imports is the
// file's own; ok is false when it comes from a package that is not the project's.
func (s *Snapshot) Origin(src *Source, name string) (Symbol, bool) {
	at := Symbol{src.File, name}
	for range maxHops {
		here := s.Source(at.File.Path)
		if here == nil {
			return at, true
		}
		next, moved, ok := s.hop(here, at.Name)
		if !ok {
			return Symbol{}, false
		}
		if !moved {
			return at, true
		}
		at = next
	}
	return Symbol{}, false
}

// hop makes one step: from a name that a file imports to the file it is from.
func (s *Snapshot) hop(src *Source, name string) (next Symbol, moved, ok bool) {
	if src.Py() != nil {
		return s.hopPython(src, name)
	}
	return s.hopScript(src, name)
}

func (s *Snapshot) hopPython(src *Source, name string) (next Symbol, moved, ok bool) {
	root, rest, _ := strings.Cut(name, ".")
	resolver := newPyResolver(s)
	external := false
	for _, i := range src.Py().Imports {
		if !i.From {
			below, isModule := strings.CutPrefix(name+".", i.Module+".")
			switch {
			case i.Alias != "" && i.Alias == root:
				below = rest
			case i.Alias != "" || !isModule:
				continue
			}
			if to, sym := moduleSymbol(resolver, src.File, i.Module, i.Level, strings.TrimSuffix(below, ".")); to {
				return sym, true, true
			}
			external = true
			continue
		}
		for _, n := range i.Names {
			local := n.Name
			if n.Alias != "" {
				local = n.Alias
			}
			if local != root {
				continue
			}
			if base, found := resolver.base(src.File, i.Module, i.Level); found {
				if f := resolver.module(path.Join(base, n.Name)); f != nil && rest != "" {
					return Symbol{f, rest}, true, true
				}
				if f := resolver.module(base); f != nil {
					return Symbol{f, joinName(n.Name, rest)}, f != src.File, true
				}
			}
			external = true
		}
	}
	return Symbol{}, false, !external
}

// moduleSymbol resolves the rest of a dotted name below an imported module.
func moduleSymbol(r *pyResolver, from *File, module string, level int, rest string) (bool, Symbol) {
	base, ok := r.base(from, module, level)
	if !ok || rest == "" {
		return false, Symbol{}
	}
	for {
		first, below, more := strings.Cut(rest, ".")
		if f := r.module(path.Join(base, first)); f != nil && more {
			base, rest = path.Join(base, first), below
			continue
		}
		if f := r.module(base); f != nil {
			return true, Symbol{f, rest}
		}
		return false, Symbol{}
	}
}

func joinName(a, b string) string {
	if b == "" {
		return a
	}
	return a + "." + b
}

func (s *Snapshot) hopScript(src *Source, name string) (next Symbol, moved, ok bool) {
	root, rest, _ := strings.Cut(name, ".")
	for _, a := range src.JS().Assigns { // const router = require("express").Router() is the file's own
		if a.Target == root && a.Value.Kind == jslex.ValueCall && a.Value.Callee != "require" {
			return Symbol{}, false, true
		}
	}
	for _, i := range src.JS().Imports {
		if i.ReExport || i.TypeOnly {
			continue
		}
		exported := ""
		switch {
		case i.Default == root:
			exported = "default"
		case i.Namespace == root:
			exported, rest = cutName(rest)
		default:
			for _, n := range i.Names {
				if n.Alias == root || n.Alias == "" && n.Name == root {
					exported = n.Name
				}
			}
		}
		if exported == "" {
			continue
		}
		to := s.imported(src.File, i.ModuleSpan)
		if to == nil {
			return Symbol{}, false, false
		}
		return s.exported(to, exported, rest), true, true
	}
	return Symbol{}, false, true
}

func cutName(name string) (first, rest string) {
	first, rest, _ = strings.Cut(name, ".")
	return first, rest
}

// imported is the project's file that the import whose module stands at span loads.
func (s *Snapshot) imported(from *File, span finding.Span) *File {
	for _, i := range s.Graph().Imports(from) {
		if i.Span == span {
			return i.To
		}
	}
	return nil
}

// exported turns an exported name into the name the file itself uses, or into
// what a barrel takes it from.
func (s *Snapshot) exported(f *File, name, rest string) Symbol {
	for range maxHops {
		src := s.Source(f.Path)
		if src == nil || src.JS() == nil {
			break
		}
		if local, ok := localName(src, name, rest); ok {
			return local
		}
		to, inner := s.reExported(src, name)
		if to == nil {
			break
		}
		f, name = to, inner
	}
	return Symbol{f, joinName(name, rest)}
}

// localName finds an export's local name; const { a } = require("m") asks a
// whole exported object for one of its members.
func localName(src *Source, name, rest string) (Symbol, bool) {
	js := src.JS()
	if name == "default" && rest != "" {
		first, below := cutName(rest)
		for _, e := range js.Exports {
			if e.Kind == "commonjs" && e.Name == first && e.Local != "" {
				return Symbol{src.File, joinName(e.Local, below)}, true
			}
		}
	}
	for i := len(js.Exports) - 1; i >= 0; i-- {
		e := js.Exports[i]
		if e.Name == name && e.Local != "" {
			return Symbol{src.File, joinName(e.Local, rest)}, true
		}
	}
	return Symbol{}, false
}

// reExported finds the file a barrel takes a name from.
func (s *Snapshot) reExported(src *Source, name string) (to *File, inner string) {
	var star *File
	for _, i := range src.JS().Imports {
		if !i.ReExport {
			continue
		}
		for _, n := range i.Names {
			if n.Alias == name || n.Alias == "" && n.Name == name {
				return s.imported(src.File, i.ModuleSpan), n.Name
			}
		}
		if len(i.Names) == 0 && i.Namespace == "" && star == nil {
			if f := s.imported(src.File, i.ModuleSpan); f != nil && s.offers(f, name) {
				star = f
			}
		}
	}
	return star, name
}

// offers says whether a file exports the name, itself or from another file.
func (s *Snapshot) offers(f *File, name string) bool {
	src := s.Source(f.Path)
	if src == nil || src.JS() == nil {
		return false
	}
	for _, e := range src.JS().Exports {
		if e.Name == name || e.Name == "*" {
			return true
		}
	}
	return false
}
