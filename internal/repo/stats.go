package repo

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strings"
)

// Stats are the project's figures. Vendored and generated files are no part of
// them.
type Stats struct {
	Files       int // all files, of every kind
	CodeFiles   int // written by programmers as code
	Lines       Lines
	Languages   []Language // most code first
	Manifests   int        // files that declare dependencies or a build
	DocsFiles   int
	Todos       int // TODO and FIXME in comments
	ConsoleLogs int // console.log calls in production code
	Mocks       int // lines of production code that name mock data
	TestFiles   int
	TestRatio   float64 // test files for each other code file
	Code        int     // lines of code in programming languages: what an estimate is made from
}

// Lines counts lines: Total is the sum of the others.
type Lines struct {
	Total, Code, Comment, Blank int
}

func (l *Lines) add(o Lines) {
	l.Total += o.Total
	l.Code += o.Code
	l.Comment += o.Comment
	l.Blank += o.Blank
}

// Language is what one language contributes.
type Language struct {
	Name  Lang
	Files int
	Code  int // lines
}

// Stats counts the project, on first use; that reads every file.
func (s *Snapshot) Stats() *Stats {
	return view(s, "stats", func() *Stats {
		s.survey()
		return sum(s.files)
	})
}

func counted(f *File) bool { return !f.Role.Foreign() }

func sum(files []*File) *Stats {
	s := &Stats{}
	langs := map[Lang]*Language{}
	for _, f := range files {
		if !counted(f) {
			continue
		}
		var n count
		if f.Lang != "" {
			n = f.facts().count
		}
		s.Files++
		if f.Lang.Code() {
			s.CodeFiles++
			s.Code += n.Code
			if f.Role == Test {
				s.TestFiles++
			}
		}
		if isManifest(f.Name()) {
			s.Manifests++
		}
		if f.Role == Docs {
			s.DocsFiles++
		}
		s.Lines.add(n.Lines)
		s.Todos += n.todos
		if f.Role == Production {
			s.ConsoleLogs += n.consoleLogs
			s.Mocks += n.mocks
		}
		if f.Lang == "" {
			continue
		}
		if langs[f.Lang] == nil {
			langs[f.Lang] = &Language{Name: f.Lang}
		}
		langs[f.Lang].Files++
		langs[f.Lang].Code += n.Code
	}
	for _, l := range langs {
		s.Languages = append(s.Languages, *l)
	}
	slices.SortFunc(s.Languages, func(a, b Language) int {
		return cmp.Or(cmp.Compare(b.Code, a.Code), cmp.Compare(a.Name, b.Name))
	})
	if others := s.CodeFiles - s.TestFiles; others > 0 {
		s.TestRatio = math.Round(100*float64(s.TestFiles)/float64(others)) / 100
	}
	return s
}

var manifests = set("package.json", "go.mod", "pyproject.toml", "setup.py", "setup.cfg", "pipfile", "cargo.toml", "pom.xml",
	"build.gradle", "build.gradle.kts", "gemfile", "composer.json", "mix.exs", "pubspec.yaml", "package.swift", "deno.json", "environment.yml")

// isManifest says whether the file declares dependencies by its name.
func isManifest(name string) bool {
	name = strings.ToLower(name)
	if manifests[name] || path.Ext(name) == ".csproj" {
		return true
	}
	return strings.HasPrefix(name, "requirements") && strings.HasSuffix(name, ".txt")
}
