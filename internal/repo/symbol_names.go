package repo

import (
	"slices"
	"strings"
	"sync"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// fileNames are what a source file says about names: enough to follow one
// through it without parsing it again.
type fileNames struct {
	imports []nameImport
	exports []nameExport
	made    map[string]bool // variables of a script that a call other than require gives a value
}

// nameImport is one imported or re-exported name.
type nameImport struct {
	local     string // as the file calls it; of a re-export as others do; "" for a star
	name      string // as the module has it; "" for the module itself
	module    string // of Python
	level     int    // of Python
	from      bool   // of Python: from … import …
	span      finding.Span
	to        *File // of a script: the project's file that the module is, nil for a package
	namespace bool
	reExport  bool
}

type nameExport struct{ name, local, kind string }

// names are the names of a source, read on first use.
func (s *Snapshot) names(src *Source) *fileNames {
	known := view(s, "names", func() *sync.Map { return &sync.Map{} })
	if n, ok := known.Load(src.File); ok {
		return n.(*fileNames)
	}
	own := *namesOf.Of(s, src.File)
	n := &own
	if src.Lang != Python {
		n.imports = slices.Clone(n.imports)
		n.targets(s.Graph().Imports(src.File))
	}
	stored, _ := known.LoadOrStore(src.File, n)
	return stored.(*fileNames)
}

// namesOf are a source's names without the files that its imports lead to.
var namesOf = Derive(func(s *Snapshot, f *File) *fileNames {
	n := &fileNames{}
	if src := s.Source(f.Path); src.Lang == Python {
		n.python(src)
	} else {
		n.script(src.JS())
	}
	return n
})

func (n *fileNames) python(src *Source) {
	for _, i := range src.Py().Imports {
		module := strings.Clone(i.Module)
		if !i.From {
			n.imports = append(n.imports, nameImport{local: strings.Clone(i.Alias), module: module, level: i.Level})
			continue
		}
		for _, name := range i.Names {
			n.imports = append(n.imports, nameImport{
				local: strings.Clone(firstOf(name.Alias, name.Name)), name: strings.Clone(name.Name), module: module, level: i.Level, from: true,
			})
		}
	}
}

func (n *fileNames) script(js *jslex.File) {
	n.made = map[string]bool{}
	for i := range js.Assigns { // const router = require("express").Router() is the file's own
		if a := &js.Assigns[i]; a.Value.Kind == jslex.ValueCall && a.Value.Callee != "require" && !strings.Contains(a.Target, ".") {
			n.made[strings.Clone(a.Target)] = true
		}
	}
	for _, i := range js.Imports {
		if i.Pattern || i.TypeOnly && !i.ReExport {
			continue
		}
		add := func(local, name string, namespace bool) {
			n.imports = append(n.imports, nameImport{local: strings.Clone(local), name: strings.Clone(name), span: i.ModuleSpan, namespace: namespace, reExport: i.ReExport})
		}
		if i.Default != "" {
			add(i.Default, "default", false)
		}
		if i.Namespace != "" {
			add(i.Namespace, "", true)
		}
		for _, name := range i.Names {
			add(firstOf(name.Alias, name.Name), name.Name, false)
		}
		if i.ReExport && len(i.Names) == 0 && i.Namespace == "" {
			add("", "", false)
		}
	}
	for _, e := range js.Exports {
		n.exports = append(n.exports, nameExport{strings.Clone(e.Name), strings.Clone(e.Local), e.Kind})
	}
}

// targets notes the files that the imports lead to.
func (n *fileNames) targets(imports []Import) {
	to := map[int]*File{}
	for _, i := range imports {
		if _, known := to[i.Span.Start]; !known {
			to[i.Span.Start] = i.To
		}
	}
	for i := range n.imports {
		n.imports[i].to = to[n.imports[i].span.Start]
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
