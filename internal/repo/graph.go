package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
)

// Graph says which source file of the project imports which, and what of it is
// live: reachable from what runs.
type Graph struct {
	imports   map[*File][]Import
	importers map[*File][]Import
	external  map[*File][]External
	missing   map[*File][]External
	live      map[*File]string // file → why it runs
	entries   []Entry
	golang    goGraph
}

// Import is one file's use of another.
type Import struct {
	From, To *File
	Module   string // as it is written
	Span     finding.Span
	TypeOnly bool // gone at run time
	Dynamic  bool
}

// External is a use of a package that is not the project's.
type External struct {
	From    *File
	Package string // as a manifest names it: "@scope/name", "redis"; for Python the import name
	Module  string // as it is written
	Span    finding.Span
	Type    bool
}

// Entry is a file that something outside the source starts.
type Entry struct {
	File *File
	Why  string
}

// Imports are the project's files that f uses. In Go they are packages: each stands
// for all files of its package.
func (g *Graph) Imports(f *File) []Import { return g.imports[f] }

// Importers are the uses of f in the project, by path; in Go those of its package.
func (g *Graph) Importers(f *File) []Import {
	if p := g.golang.packageOf[f]; p != nil {
		f = p.first().File
	}
	return g.importers[f]
}

// External are the packages that f uses; for Go by module, see GoStd.
func (g *Graph) External(f *File) []External { return g.external[f] }

// Missing are the project's own modules that f names and that are not there.
func (g *Graph) Missing(f *File) []External { return g.missing[f] }

// Entries are the files that something outside the source starts, by path.
func (g *Graph) Entries() []Entry { return g.entries }

// Live says whether f runs, and why: what starts it, or the entry that leads
// to it. Tests make only test code live. A Go package lives as a whole; what builds
// for linux/amd64 leave out, whatever tags of its own the project chooses, does not.
func (g *Graph) Live(f *File) (why string, live bool) {
	why, live = g.live[f]
	return why, live
}

// Graph is the import graph of the project's TypeScript, JavaScript, Python and Go.
func (s *Snapshot) Graph() *Graph {
	return view(s, "graph", func() *Graph {
		g := &Graph{
			imports: map[*File][]Import{}, importers: map[*File][]Import{}, external: map[*File][]External{},
			missing: map[*File][]External{}, live: map[*File]string{},
		}
		s.survey()
		js, py := newJSResolver(s), newPyResolver(s)
		for _, src := range s.Sources() {
			if src.Lang == Python {
				py.link(g, src)
			} else {
				js.link(g, src.File)
			}
		}
		g.linkGo(s)
		for _, f := range s.files {
			if componentExts[path.Ext(f.Path)] && !f.Role.Foreign() {
				js.link(g, f)
			}
		}
		js.directories(g)
		g.platforms(s)
		py.included(g)
		for _, list := range g.importers {
			slices.SortFunc(list, func(a, b Import) int {
				if c := strings.Compare(a.From.Path, b.From.Path); c != 0 {
					return c
				}
				return a.Span.Start - b.Span.Start
			})
		}
		g.entries = entries(s)
		g.spread(s, g.entries)
		g.spread(s, g.namedInTexts(s))
		return g
	})
}

func (g *Graph) add(i Import) {
	if i.To == i.From {
		return
	}
	g.imports[i.From] = append(g.imports[i.From], i)
	g.importers[i.To] = append(g.importers[i.To], i)
}

// platforms lets who imports a file import its variants for one platform as well:
// React Native and Expo take those where they are.
func (g *Graph) platforms(s *Snapshot) {
	for _, f := range s.files {
		stem, ext, _ := cutExt(f.Name())
		base, platform, ok := cutLast(stem)
		if !ok || !slices.Contains(nativePlatforms, platform) {
			continue
		}
		for _, other := range []string{ext, ".ts", ".tsx", ".js", ".jsx"} {
			if general := s.byPath[path.Join(f.Dir(), base+other)]; general != nil {
				for _, i := range g.importers[general] {
					i.To = f
					g.add(i)
				}
				break
			}
		}
	}
}

var nativePlatforms = []string{"web", "native", "ios", "android"}

// spread marks everything that an entry reaches. Imports for types alone reach
// nothing that runs, but keep a file from being dead code: they count. With a module of Python
// the packages run that it lies in.
func (g *Graph) spread(s *Snapshot, entries []Entry) {
	var queue []*File
	reach := func(f *File, why string) {
		if _, seen := g.live[f]; !seen {
			g.live[f] = why
			queue = append(queue, f)
		}
	}
	for _, e := range entries {
		reach(e.File, e.Why)
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		for _, i := range g.imports[f] {
			if g.golang.leftOut(i.To) {
				continue
			}
			reach(i.To, "imported by "+f.Path)
		}
		if f.Lang == Python {
			if init := s.byPath[path.Join(f.Dir(), "__init__.py")]; init != nil && init != f {
				reach(init, "the package of "+f.Path)
			} else if init == f && f.Dir() != "." {
				if above := s.byPath[path.Join(path.Dir(f.Dir()), "__init__.py")]; above != nil {
					reach(above, "the package of "+f.Path)
				}
			}
		}
		together, why := g.golang.together(f)
		for _, o := range together {
			reach(o, why)
		}
		for _, e := range g.golang.embeds[f] {
			reach(e, "embedded by "+f.Path)
		}
	}
}

// nearest walks from dir up to the root and returns the first answer.
func nearest[T any](dir string, at func(dir string) (T, bool)) (T, bool) {
	for {
		if v, ok := at(dir); ok {
			return v, true
		}
		if dir == "." || dir == "" || dir == "/" {
			var none T
			return none, false
		}
		dir = path.Dir(dir)
	}
}
