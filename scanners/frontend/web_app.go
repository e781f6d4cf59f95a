package frontend

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
)

// webApp is a package that makes what runs in browsers.
type webApp struct {
	pkg     *repo.Package
	next    *repo.NextApp // nil for one of another framework
	vite    bool          // the variables of its code are those of Vite
	react   bool
	sources []*repo.Source // that run, of this package
}

// frameworks are packages that draw user interfaces in browsers.
var frameworks = []string{"react-dom", "vue", "svelte", "@angular/core", "preact", "solid-js", "next", "nuxt", "gatsby", "@remix-run/react", "@sveltejs/kit"}

// webApps lists the packages with a user interface that somebody opens, as opposed to
// libraries of components.
func webApps(s *repo.Snapshot) []*webApp {
	next := map[string]*repo.NextApp{}
	for _, app := range s.NextApps() {
		next[app.Root] = app
	}
	byDir := map[string]*webApp{}
	var out []*webApp
	for _, pkg := range s.Packages() {
		dir := pkg.Dir()
		if pkg.Role != repo.Production || !pkg.DependsOn(frameworks...) || strings.Contains(dir, "{{") || forShow(dir) {
			continue
		}
		app := &webApp{pkg: pkg, next: next[dir], react: pkg.DependsOn("react-dom", "next", "@remix-run/react", "gatsby")}
		app.vite = s.ToolConfigFor(repo.ToolVite, dir) != nil && app.next == nil && pkg.DependsOn("vite")
		if app.next == nil && !opens(s, dir) || byDir[dir] != nil {
			continue
		}
		if app.next != nil && app.next.App == "" && app.next.Pages == "" {
			continue
		}
		byDir[dir] = app
		out = append(out, app)
	}
	if len(out) == 0 {
		return nil
	}
	for _, src := range s.Sources() {
		if src.Lang == repo.Python || src.Role != repo.Production || sideFile(src.File) {
			continue
		}
		if app := byDir[s.UnitDir(src.File)]; app != nil && s.Runs(src.File) {
			app.sources = append(app.sources, src)
		}
	}
	return slices.DeleteFunc(out, func(a *webApp) bool { return len(a.sources) == 0 })
}

// forShow says whether a directory holds an application to play with.
func forShow(dir string) bool {
	for _, part := range strings.Split(dir, "/") {
		switch part {
		case "playground", "playgrounds", "sandbox", "demo", "demos", "starter", "starters", "template", "templates", "boilerplate", "storybook", "docs", "documentation":
			return true
		}
	}
	return false
}

// opens says whether a directory holds what a browser opens or a server of pages.
func opens(s *repo.Snapshot, dir string) bool {
	for _, name := range []string{"index.html", "public/index.html", "src/index.html", "src/app.html", "angular.json", "gatsby-config.js", "gatsby-config.ts", "nuxt.config.ts", "nuxt.config.js", "svelte.config.js",
		"app/root.tsx", "app/root.jsx", "src/root.tsx"} {
		if s.File(path.Join(dir, name)) != nil {
			return true
		}
	}
	return false
}

// sideFile says whether a file is beside the application: configuration, stories,
// mocks, scripts.
func sideFile(f *repo.File) bool {
	name := f.Name()
	for _, part := range []string{".config.", ".stories.", ".story.", ".mock.", ".setup.", ".d.ts", "mockServiceWorker"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	for _, dir := range strings.Split(f.Dir(), "/") {
		switch dir {
		case "mocks", "__mocks__", "stories", "scripts", "storybook", ".storybook", "seed", "seeds", "email-templates", "emails":
			return true
		}
	}
	return false
}

// label is what people call the application.
func (a *webApp) label() string { return label(a.pkg) }

// mentioning are the application's sources that may hold one of the words.
func (a *webApp) mentioning(words ...string) (out []*repo.Source) {
	for _, src := range a.sources {
		if src.Mentions(words...) {
			out = append(out, src)
		}
	}
	return out
}

// imports says whether code of the application loads one of the packages.
func (a *webApp) imports(s *repo.Snapshot, fits func(name string) bool) bool {
	g := s.Graph()
	for _, src := range a.sources {
		for _, e := range g.External(src.File) {
			if !e.Type && fits(e.Package) {
				return true
			}
		}
	}
	return false
}

// count is a number with what it counts.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// last is the last part of a dotted name.
func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// inClient says whether a file of Next.js is for the browser: it says so itself.
func inClient(data []byte) bool {
	for _, t := range jslex.Lex(data[:min(len(data), 2000)]) {
		switch t.Kind {
		case jslex.Comment:
			continue
		case jslex.String:
			return strings.Trim(string(data[t.Span.Start:t.Span.End]), "\"'") == "use client"
		}
		return false
	}
	return false
}
