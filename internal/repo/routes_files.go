package repo

import (
	"path"
	"strings"
)

// Page is a document that a framework serves for a file's place.
type Page struct {
	Path      string // begins with "/"; parameters as the framework writes them
	File      *File
	Framework string // next, remix, sveltekit, nuxt, astro
}

// Pages lists the pages of Next.js, Remix and React Router, SvelteKit, Nuxt and
// Astro, by file.
func (s *Snapshot) Pages() []Page {
	return view(s, "pages", func() []Page {
		var out []Page
		for _, app := range s.NextApps() {
			for _, f := range s.Under(app.Root) {
				at, ok := app.Route(f)
				stem, _, _ := cutExt(f.Name())
				switch {
				case !ok || f.Role != Production:
				case inside(app.App, f.Path) && stem == "page", inside(app.Pages, f.Path) && !below("/api", at) && !strings.HasPrefix(stem, "_"):
					out = append(out, Page{at, f, "next"})
				}
			}
		}
		for _, r := range reactRoutes(s) {
			if !r.layout && r.file.Role == Production && r.file.Mentions("default") {
				out = append(out, Page{r.path, r.file, "remix"})
			}
		}
		for _, p := range placedFiles(s) {
			if p.page {
				out = append(out, Page{p.path, p.file, p.framework})
			}
		}
		return out
	})
}

// placedFile is a file that a framework routes by its place.
type placedFile struct {
	path      string
	file      *File
	framework string
	page      bool
	method    string // of the file's name: users.post.ts; "" when it does not say
}

// placedFiles are the routed files of SvelteKit, Nuxt and Nitro, and Astro.
func placedFiles(s *Snapshot) []placedFile {
	return view(s, "placed files", func() []placedFile {
		var out []placedFile
		for _, p := range s.Packages() {
			if p.Role != Production {
				continue
			}
			switch {
			case p.DependsOn("@sveltejs/kit"):
				out = append(out, svelteFiles(s, path.Join(p.Dir(), "src/routes"))...)
			case p.DependsOn("nuxt", "nuxt3", "nitropack", "nitro"):
				for _, base := range []string{"", "app"} {
					out = append(out, nuxtPages(s, path.Join(p.Dir(), base, "pages"))...)
				}
				out = append(out, nitroFiles(s, path.Join(p.Dir(), "server/api"), "/api")...)
				out = append(out, nitroFiles(s, path.Join(p.Dir(), "server/routes"), "")...)
			case p.DependsOn("astro"):
				out = append(out, astroFiles(s, path.Join(p.Dir(), "src/pages"))...)
			}
		}
		return out
	})
}

func svelteFiles(s *Snapshot, dir string) []placedFile {
	var out []placedFile
	for _, f := range s.Under(dir) {
		below, _ := under(dir, f.Path)
		name := f.Name()
		if f.Role != Production || !strings.HasPrefix(name, "+") {
			continue
		}
		at := "/"
		for seg := range strings.SplitSeq(path.Dir(below), "/") {
			if seg != "." && !(strings.HasPrefix(seg, "(") && strings.HasSuffix(seg, ")")) {
				at = joinRoute(at, seg)
			}
		}
		stem, _, _ := strings.Cut(strings.TrimPrefix(name, "+"), "@")
		out = append(out, placedFile{path: at, file: f, framework: "sveltekit", page: strings.HasSuffix(name, ".svelte") && strings.HasPrefix(stem, "page")})
	}
	return out
}

func nuxtPages(s *Snapshot, dir string) []placedFile {
	var out []placedFile
	for _, f := range s.Under(dir) {
		below, _ := under(dir, f.Path)
		if path.Ext(below) == ".vue" && f.Role == Production {
			name := strings.TrimSuffix(below, ".vue")
			out = append(out, placedFile{path: joinRoute(strings.TrimSuffix(strings.TrimSuffix(name, "index"), "/")), file: f, framework: "nuxt", page: true})
		}
	}
	return out
}

// nitroFiles are the handlers of Nitro: users/[id].get.ts.
func nitroFiles(s *Snapshot, dir, prefix string) []placedFile {
	var out []placedFile
	for _, f := range s.Under(dir) {
		below, _ := under(dir, f.Path)
		if f.Role != Production || f.Lang != TypeScript && f.Lang != JavaScript {
			continue
		}
		stem := strings.TrimSuffix(below, path.Ext(below))
		method := ""
		if ext := strings.TrimPrefix(path.Ext(stem), "."); httpMethods[ext] != "" && ext != "all" {
			method, stem = httpMethods[ext], strings.TrimSuffix(stem, "."+ext)
		}
		if stem = strings.TrimSuffix(stem, "index"); strings.HasSuffix(stem, ".d") {
			continue
		}
		out = append(out, placedFile{path: joinRoute(prefix, stem), file: f, framework: "nuxt", method: method})
	}
	return out
}

func astroFiles(s *Snapshot, dir string) []placedFile {
	var out []placedFile
	for _, f := range s.Under(dir) {
		below, _ := under(dir, f.Path)
		if f.Role != Production && path.Ext(below) != ".md" && path.Ext(below) != ".mdx" || strings.Contains("/"+below, "/_") {
			continue
		}
		stem := strings.TrimSuffix(below, path.Ext(below))
		one := placedFile{path: joinRoute(strings.TrimSuffix(stem, "index")), file: f, framework: "astro", page: true}
		switch path.Ext(below) {
		case ".ts", ".js":
			one.page = false
			one.path = joinRoute(stem) // sitemap.xml.ts
			if path.Base(stem) == "index" {
				one.path = joinRoute(path.Dir("/" + stem))
			}
		case ".astro", ".md", ".mdx", ".html":
		default:
			continue
		}
		out = append(out, one)
	}
	return out
}

// fileRoutes are the endpoints of the frameworks that route files by their
// place, without Next.js.
func fileRoutes(s *Snapshot) []Route {
	var out []Route
	for _, p := range placedFiles(s) {
		src := s.Source(p.file.Path)
		if src == nil || p.page {
			continue
		}
		switch p.framework {
		case "nuxt":
			for _, r := range nextAPI(src, p.path) {
				r.Framework, r.Method = "nuxt", firstOf(p.method, "ANY")
				out = append(out, r)
			}
		case "sveltekit":
			out = append(out, svelteRoutes(src, p.path)...)
		default:
			out = append(out, exportedMethods(src, p.path, p.framework)...)
		}
	}
	for _, r := range reactRoutes(s) {
		if src := s.Source(r.file.Path); src != nil && src.Role == Production && src.Mentions("loader", "action") {
			out = append(out, exportedAs(src, r.path, "remix", map[string]string{"loader": "GET", "action": "POST"})...)
		}
	}
	return out
}

// svelteRoutes are the methods of +server.ts and the form actions of
// +page.server.ts.
func svelteRoutes(src *Source, at string) []Route {
	switch stem, _, _ := cutExt(src.Name()); stem {
	case "+server":
		return exportedMethods(src, at, "sveltekit")
	case "+page.server":
		return exportedAs(src, at, "sveltekit", map[string]string{"actions": "POST"})
	}
	return nil
}

// exportedAs are the routes of a file's exports whose names mean a method.
func exportedAs(src *Source, at, framework string, methods map[string]string) []Route {
	js := src.JS()
	if !readableScript(js) {
		return nil
	}
	var out []Route
	for _, e := range js.Exports {
		method := methods[e.Name]
		if method == "" || e.Kind == "type" {
			continue
		}
		r := Route{Method: method, Path: at, File: src.File, Span: e.Span, Handler: strings.Clone(e.Name), Framework: framework, Mounted: true}
		local := firstOf(e.Local, e.Name)
		for i := range js.Funcs {
			if f := &js.Funcs[i]; f.Name == local && f.Outer < 0 {
				r.HandlerFile, r.HandlerSpan = src.File, f.Span
			}
		}
		for k := range js.Assigns {
			if a := &js.Assigns[k]; a.Target == local && a.Key == "" {
				wrappersOf(src, js, a.Value, &r, 0)
				if r.HandlerFile == nil {
					r.HandlerFile, r.HandlerSpan = src.File, a.Span
				}
			}
		}
		out = append(out, r)
	}
	return out
}
