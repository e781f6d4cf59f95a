package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/golex"
)

// GoSource is one file of Go. It is parsed when it is asked for, and may be parsed
// again when it is asked for later: hold on to the parsed file while you work on
// it, and to nothing of it afterwards.
type GoSource struct {
	*File
	Package  string // as its package clause says
	Excluded string // why a build for linux/amd64 leaves it out, "" when it does not
	Tagged   bool   // left out by tags of the project's own alone: some builds take it in
	parsed   again[*golex.File]
}

// goParsedSize is how many bytes the facts of a byte of Go take.
const goParsedSize = 8

// Go is the parsed file.
func (g *GoSource) Go() *golex.File {
	return g.parsed.get(&g.home.keep, func() (*golex.File, int64) {
		data := g.Bytes()
		return golex.Parse(data), goParsedSize * int64(len(data))
	})
}

// Imports are the paths of the packages that the file imports. It parses nothing.
func (g *GoSource) Imports() []string {
	var out []string
	for _, l := range g.facts().links {
		out = append(out, l.module)
	}
	return out
}

// Uses says whether the file imports a package of that path or below it. It
// parses nothing.
func (g *GoSource) Uses(pkg string) bool {
	for _, l := range g.facts().links {
		if rest, ok := strings.CutPrefix(l.module, pkg); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// GeneratedCode says whether the file tells that a program wrote it.
func (g *GoSource) GeneratedCode() bool {
	k := g.facts().golang
	return g.Role.Foreign() || k != nil && k.generated
}

// Constraint is the file's //go:build line, or its older // +build lines; nil
// without.
func (g *GoSource) Constraint() *golex.Constraint {
	if k := g.facts().golang; k != nil && k.build != "" {
		return &golex.Constraint{Expr: k.build, Span: k.buildSpan}
	}
	return nil
}

// goFiles are all Go files but vendored ones, by path.
func (s *Snapshot) goFiles() []*GoSource {
	return view(s, "go files", func() []*GoSource {
		s.survey()
		var out []*GoSource
		for _, f := range s.files {
			if f.Lang != Go || f.Role == Vendored {
				continue
			}
			k := f.facts().golang
			if k == nil || k.pkg == "" {
				continue
			}
			g := &GoSource{File: f, Package: k.pkg}
			switch {
			case strings.HasPrefix(f.Name(), "_") || strings.HasPrefix(f.Name(), "."):
				g.Excluded = "its name begins with " + f.Name()[:1]
			case !golex.NameMatches(f.Name(), "linux", "amd64"):
				g.Excluded = "its name is of another system"
			case !g.Constraint().Matches("linux", "amd64"):
				line, _, _ := strings.Cut(strings.TrimPrefix(k.build, "//"), "\n")
				g.Excluded, g.Tagged = strings.TrimSpace(line), g.Constraint().MayMatch("linux", "amd64")
			}
			out = append(out, g)
		}
		return out
	})
}

// GoSources lists the Go files that people wrote here, by path: production, tests
// and examples, those that a build for linux leaves out among them, but neither
// generated nor vendored ones.
func (s *Snapshot) GoSources() []*GoSource {
	return view(s, "go sources", func() []*GoSource {
		return slices.DeleteFunc(slices.Clone(s.goFiles()), func(g *GoSource) bool { return g.Size > maxSource || g.GeneratedCode() })
	})
}

// GoSourcesMentioning are the GoSources that may hold one of the words; see
// File.Mentions.
func (s *Snapshot) GoSourcesMentioning(words ...string) []*GoSource {
	var out []*GoSource
	for _, g := range s.GoSources() {
		if g.Mentions(words...) {
			out = append(out, g)
		}
	}
	return out
}

// GoSource is the Go file at path, generated ones included; nil when there is none.
func (s *Snapshot) GoSource(path string) *GoSource {
	byPath := view(s, "go sources by path", func() map[string]*GoSource {
		m := map[string]*GoSource{}
		for _, g := range s.goFiles() {
			m[g.Path] = g
		}
		return m
	})
	return byPath[path]
}

// GoPackage is one package: the files of a directory that are compiled together.
type GoPackage struct {
	Dir      string
	Name     string // as its files say; main for a command
	Path     string // import path, "" outside of a module
	Module   *GoMod // nil outside of one
	Files    []*GoSource
	Tests    []*GoSource // *_test.go, of the package itself and of name_test
	Excluded []*GoSource // left out of builds for linux/amd64
}

// GoPackages lists the packages of the project, by directory.
func (s *Snapshot) GoPackages() []*GoPackage {
	return view(s, "go packages", func() []*GoPackage {
		var out []*GoPackage
		byDir := map[string]*GoPackage{}
		for _, g := range s.goFiles() {
			dir := g.Dir()
			p := byDir[dir]
			if p == nil {
				p = &GoPackage{Dir: dir, Module: s.GoMod(g.File)}
				if p.Module != nil && p.Module.Path() != "" {
					p.Path = path.Join(p.Module.Path(), relative(p.Module.Dir(), dir))
				}
				byDir[dir] = p
				out = append(out, p)
			}
			switch {
			case strings.HasSuffix(g.Name(), "_test.go"):
				p.Tests = append(p.Tests, g)
			case g.Excluded != "":
				p.Excluded = append(p.Excluded, g)
			default:
				p.Files = append(p.Files, g)
			}
		}
		for _, p := range out {
			for _, list := range [][]*GoSource{p.Tests, p.Excluded, p.Files} {
				if len(list) > 0 {
					p.Name = strings.TrimSuffix(list[0].Package, "_test")
				}
			}
		}
		slices.SortFunc(out, func(a, b *GoPackage) int { return strings.Compare(a.Dir, b.Dir) })
		return out
	})
}

// relative is dir as seen from root, which it lies in; "" for root itself.
func relative(root, dir string) string {
	if root == dir {
		return ""
	}
	if root == "." {
		return dir
	}
	return strings.TrimPrefix(dir, root+"/")
}

// GoPackage is the package in a directory, nil when there is none.
func (s *Snapshot) GoPackage(dir string) *GoPackage {
	byDir := view(s, "go packages by dir", func() map[string]*GoPackage {
		m := map[string]*GoPackage{}
		for _, p := range s.GoPackages() {
			m[p.Dir] = p
		}
		return m
	})
	return byDir[dir]
}

// GoImport is the package of the project that an import path means in f, nil when
// it is somebody else's.
func (s *Snapshot) GoImport(f *File, importPath string) *GoPackage {
	dir, _, own := s.goResolver().dir(s.GoMod(f), importPath)
	if !own {
		return nil
	}
	return s.GoPackage(dir)
}

// GoEmbed is one pattern of a //go:embed directive.
type GoEmbed struct {
	From    *File
	Pattern string
	Span    finding.Span // the directive
	Files   []*File      // of the project that it takes in
}

// GoEmbeds lists what Go files of the project embed, by file and place.
func (s *Snapshot) GoEmbeds() []GoEmbed {
	return view(s, "go embeds", func() []GoEmbed {
		var out []GoEmbed
		for _, g := range s.goFiles() {
			if k := g.facts().golang; k == nil || !k.embeds {
				continue
			}
			for _, e := range g.Go().Embeds {
				for _, p := range e.Patterns {
					out = append(out, GoEmbed{g.File, strings.Clone(p), e.Span, s.embedded(g.Dir(), p)})
				}
			}
		}
		return out
	})
}

// embedded are the files that a pattern takes in below dir: of a directory all but
// those whose names begin with . or _, and those too behind all:.
func (s *Snapshot) embedded(dir, pattern string) []*File {
	pattern, all := strings.CutPrefix(pattern, "all:")
	root := pattern
	if i := strings.IndexAny(root, "*[?\\"); i >= 0 {
		root = root[:i]
	}
	if root = path.Join(dir, root); !s.dirs[root] {
		root = path.Dir(root)
	}
	depth := strings.Count(pattern, "/") + 1
	var out []*File
	for _, f := range s.Under(root) {
		parts := strings.Split(relative(dir, f.Path), "/")
		if len(parts) < depth {
			continue
		}
		if ok, err := path.Match(strings.TrimSuffix(pattern, "/"), strings.Join(parts[:depth], "/")); err != nil || !ok {
			if pattern != "." {
				continue
			}
		}
		hidden := func(p string) bool { return p[0] == '.' || p[0] == '_' }
		if below := parts[min(depth, len(parts)):]; all || !slices.ContainsFunc(below, hidden) {
			out = append(out, f)
		}
	}
	return out
}
