package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/golex"
)

// goGraph is what the graph knows of Go, where the files of a package are one.
type goGraph struct {
	packageOf map[*File]*GoPackage // of files that are built
	embeds    map[*File][]*File    // file with the directive → what it takes in
	done      map[*GoPackage]bool  // while spreading: packages all files of which live
}

// linkGo adds the imports of Go files. An import leads to the first file of the
// package; see Graph.Importers and spread for the others.
func (g *Graph) linkGo(s *Snapshot) {
	g.golang = goGraph{packageOf: map[*File]*GoPackage{}, embeds: map[*File][]*File{}, done: map[*GoPackage]bool{}}
	r := s.goResolver()
	for _, p := range s.GoPackages() {
		for _, f := range p.Files {
			g.golang.packageOf[f.File] = p
		}
		for _, f := range p.Excluded {
			if f.Tagged {
				g.golang.packageOf[f.File] = p
			}
		}
		for _, list := range [][]*GoSource{p.Files, p.Tests, p.Excluded} {
			for _, f := range list {
				g.linkGoFile(r, p, f)
			}
		}
	}
	for _, e := range s.GoEmbeds() {
		g.golang.embeds[e.From] = append(g.golang.embeds[e.From], e.Files...)
	}
}

func (g *Graph) linkGoFile(r *goResolver, p *GoPackage, f *GoSource) {
	for _, l := range f.facts().links {
		if l.module == "C" || l.module == "" { // cgo
			continue
		}
		dir, pkg, own := r.dir(p.Module, l.module)
		if !own {
			g.external[f.File] = append(g.external[f.File], External{From: f.File, Package: pkg, Module: l.module, Span: l.span})
			continue
		}
		to := r.s.GoPackage(dir)
		switch {
		case to != nil && to.first() != nil:
			g.add(Import{From: f.File, To: to.first().File, Module: l.module, Span: l.span})
		case to == nil && !r.s.Exists(dir):
			g.missing[f.File] = append(g.missing[f.File], External{From: f.File, Module: l.module, Span: l.span})
		}
	}
}

// first is the file that stands for the package, nil when it has none but tests.
func (p *GoPackage) first() *GoSource {
	for _, list := range [][]*GoSource{p.Files, p.Excluded} {
		if len(list) > 0 {
			return list[0]
		}
	}
	return nil
}

// together are the other files that live when f, the first of its package to do
// so, lives.
func (g *goGraph) together(f *File) (files []*File, why string) {
	p := g.packageOf[f]
	if p == nil || g.done[p] {
		return nil, ""
	}
	g.done[p] = true
	for _, list := range [][]*GoSource{p.Files, p.Excluded} {
		for _, o := range list {
			if g.packageOf[o.File] != nil {
				files = append(files, o.File)
			}
		}
	}
	return files, "in one package with " + f.Path
}

// leftOut says whether f is a Go file that is not built.
func (g *goGraph) leftOut(f *File) bool { return f.Lang == Go && g.packageOf[f] == nil }

// GoCommand is a program of the project: a package main with a func main.
type GoCommand struct {
	*GoPackage
	Main     *File     // where func main is
	Builds   []GoBuild // what builds or runs it, by file
	SideTool bool      // lies where people put what helps them work, and nothing that ships builds it
}

// GoBuild is a place that builds or runs a program.
type GoBuild struct {
	File  *File
	Line  int  // from 1; 0 when not known
	Ships bool // for people to run: an image, a release
}

// Shipped says whether an image or a release is built from the program.
func (c *GoCommand) Shipped() bool {
	return slices.ContainsFunc(c.Builds, func(b GoBuild) bool { return b.Ships })
}

// GoCommands lists the programs of the project's production code, by directory.
func (s *Snapshot) GoCommands() []*GoCommand {
	return view(s, "go commands", func() []*GoCommand {
		var out []*GoCommand
		for _, p := range s.GoPackages() {
			if p.Name != "main" {
				continue
			}
			for _, f := range p.Files {
				if k := f.facts().golang; f.Role == Production && k.main && declaresMain(f.Go()) && !ignoredDir(p.Dir) {
					out = append(out, &GoCommand{GoPackage: p, Main: f.File, SideTool: toolDir(p)})
					break
				}
			}
		}
		s.findGoBuilds(out)
		for _, c := range out {
			c.SideTool = c.SideTool && !c.Shipped()
		}
		return out
	})
}

func declaresMain(f *golex.File) bool {
	return slices.ContainsFunc(f.Funcs, func(x golex.Func) bool { return x.Name == "main" && x.Recv == "" })
}

// ignoredDir says whether the go command leaves a directory out of ./...
func ignoredDir(dir string) bool {
	for part := range strings.SplitSeq(dir, "/") {
		if part == "testdata" || len(part) > 1 && (part[0] == '_' || part[0] == '.') {
			return true
		}
	}
	return false
}

// toolDir says whether a program lies where people put what helps them work.
func toolDir(p *GoPackage) bool {
	root := "."
	if p.Module != nil {
		root = p.Module.Dir()
	}
	parts := strings.Split(relative(root, p.Dir), "/")
	if n := len(parts); n > 1 && parts[n-2] == "cmd" { // cmd/generate may be the product
		parts = parts[:n-2]
	}
	for _, part := range parts {
		switch strings.ToLower(part) {
		case "tools", "tool", "hack", "scripts", "script", "gen", "generate", "codegen", "build", "ci", "dev", "misc", "contrib", "utils", "mock", "mocks", "loadtest", "benchmark", "bench":
			return true
		}
		if strings.HasPrefix(part, "gen-") || strings.HasPrefix(part, "gen_") || strings.HasPrefix(part, "generate") || strings.HasSuffix(part, "-gen") {
			return true
		}
	}
	return false
}

// goEntries marks the programs, and the public packages of modules that hold none:
// somebody else's code imports those.
func (c *entryCollector) goEntries() {
	programs := map[*GoMod]bool{}
	for _, cmd := range c.s.GoCommands() {
		if cmd.SideTool {
			continue
		}
		programs[cmd.Module] = true
		why := "main package of " + cmd.Dir
		for _, b := range cmd.Builds {
			why = "built by " + b.File.Path
			if b.Ships {
				break
			}
		}
		c.mark(cmd.Main, why)
	}
	for _, p := range c.s.GoPackages() {
		if p.Module == nil || programs[p.Module] || p.Name == "main" || len(p.Files) == 0 || ignoredDir(p.Dir) || p.Files[0].Role != Production {
			continue
		}
		if !strings.Contains("/"+relative(p.Module.Dir(), p.Dir)+"/", "/internal/") {
			c.mark(p.Files[0].File, publicPackage+path.Join(p.Module.Path(), relative(p.Module.Dir(), p.Dir)))
		}
	}
}

// publicPackage begins the reason why a package lives that others import.
const publicPackage = "public package "
