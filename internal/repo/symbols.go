package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
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
	if src.Lang == Python {
		return s.hopPython(src, name)
	}
	return s.hopScript(src, name)
}

func (s *Snapshot) hopPython(src *Source, name string) (next Symbol, moved, ok bool) {
	root, rest, _ := strings.Cut(name, ".")
	resolver := newPyResolver(s)
	external := false
	for _, i := range s.names(src).imports {
		if !i.from {
			below, isModule := strings.CutPrefix(name+".", i.module+".")
			switch {
			case i.local != "" && i.local == root:
				below = rest
			case i.local != "" || !isModule:
				continue
			}
			if to, sym := moduleSymbol(resolver, src.File, i.module, i.level, strings.TrimSuffix(below, ".")); to {
				return sym, true, true
			}
			external = true
			continue
		}
		if i.local != root {
			continue
		}
		if base, found := resolver.base(src.File, i.module, i.level); found {
			if f := resolver.module(path.Join(base, i.name)); f != nil && rest != "" {
				return Symbol{f, rest}, true, true
			}
			if f := resolver.module(base); f != nil {
				return Symbol{f, joinName(i.name, rest)}, f != src.File, true
			}
		}
		external = true
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
	names := s.names(src)
	if names.made[root] {
		return Symbol{}, false, true
	}
	for _, i := range names.imports {
		if i.reExport || i.local != root {
			continue
		}
		exported := i.name
		if i.namespace {
			if exported, rest = cutName(rest); exported == "" {
				continue
			}
		}
		if i.to == nil {
			return Symbol{}, false, false
		}
		return s.exported(i.to, exported, rest), true, true
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
		if src == nil || src.Lang == Python {
			break
		}
		if local, ok := s.localName(src, name, rest); ok {
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
func (s *Snapshot) localName(src *Source, name, rest string) (Symbol, bool) {
	exports := s.names(src).exports
	if name == "default" && rest != "" {
		first, below := cutName(rest)
		for _, e := range exports {
			if e.kind == "commonjs" && e.name == first && e.local != "" {
				return Symbol{src.File, joinName(e.local, below)}, true
			}
		}
	}
	for i := len(exports) - 1; i >= 0; i-- {
		e := exports[i]
		if e.name == name && e.local != "" {
			return Symbol{src.File, joinName(e.local, rest)}, true
		}
	}
	return Symbol{}, false
}

// reExported finds the file a barrel takes a name from.
func (s *Snapshot) reExported(src *Source, name string) (to *File, inner string) {
	var star *File
	asked := map[*File]bool{src.File: true}
	for _, i := range s.names(src).imports {
		switch {
		case !i.reExport:
		case i.local == name && !i.namespace:
			return i.to, i.name
		case i.local == "" && star == nil && i.to != nil && s.offers(i.to, name, asked):
			star = i.to
		}
	}
	return star, name
}

// maxBarrels bounds how many files are asked for a name that one of them passes on.
const maxBarrels = 512

// offers says whether a file exports the name, itself or from another file.
func (s *Snapshot) offers(f *File, name string, asked map[*File]bool) bool {
	src := s.Source(f.Path)
	if src == nil || src.Lang == Python || asked[f] || len(asked) > maxBarrels {
		return false
	}
	asked[f] = true
	names := s.names(src)
	for _, e := range names.exports {
		if e.name == name {
			return true
		}
	}
	for _, i := range names.imports {
		if i.reExport && i.local == "" && i.to != nil && s.offers(i.to, name, asked) {
			return true
		}
	}
	return false
}
