package repo

import (
	"path"
	"strings"
)

// nextAppFiles are the names that the app router gives a meaning to.
var nextAppFiles = set("page", "route", "layout", "template", "loading", "error", "global-error", "not-found", "default", "forbidden", "unauthorized",
	"sitemap", "robots", "manifest", "icon", "apple-icon", "opengraph-image", "twitter-image")

// NextApp is one Next.js application of the project.
type NextApp struct {
	Root   string // directory of its package.json
	App    string // directory of the app router, "" without one
	Pages  string // directory of the pages router, "" without one
	Config *File  // next.config.*, nil without one
	exts   []string
}

// NextApps lists the Next.js applications: packages that depend on next.
func (s *Snapshot) NextApps() []*NextApp {
	return view(s, "next", func() []*NextApp {
		var out []*NextApp
		for _, p := range s.Packages() {
			if p.Role == Vendored || !p.DependsOn("next") {
				continue
			}
			app := &NextApp{Root: p.Dir(), exts: []string{".tsx", ".ts", ".jsx", ".js"}}
			for _, base := range []string{"", "src"} {
				if dir := path.Join(app.Root, base, "app"); app.App == "" && s.dirs[dir] {
					app.App = dir
				}
				if dir := path.Join(app.Root, base, "pages"); app.Pages == "" && s.dirs[dir] {
					app.Pages = dir
				}
			}
			for _, ext := range []string{".js", ".mjs", ".ts", ".cjs", ".mts"} {
				if f := s.File(path.Join(app.Root, "next.config"+ext)); f != nil && app.Config == nil {
					app.Config = f
				}
			}
			out = append(out, app)
		}
		return out
	})
}

// NextRoute is the route under which Next.js serves f, or the role that the
// router gives it; ok is false for a file that the router does not look at.
func NextRoute(s *Snapshot, f *File) (route string, ok bool) {
	for _, app := range s.NextApps() {
		if route, ok := app.Route(f); ok {
			return route, true
		}
	}
	return "", false
}

// Route is the path under which the application serves f.
func (a *NextApp) Route(f *File) (route string, ok bool) {
	stem, ext, _ := cutExt(f.Name())
	routable := false
	for _, e := range a.exts {
		routable = routable || e == ext
	}
	if !routable {
		return "", false
	}
	if below, in := under(a.App, f.Path); in {
		if !nextAppFiles[stem] {
			return "", false
		}
		segments, private := appSegments(path.Dir(below))
		if private {
			return "", false
		}
		return segments, true
	}
	if below, in := under(a.Pages, f.Path); in {
		if stem == "_app" || stem == "_document" || stem == "_error" {
			return "/" + stem, true
		}
		if strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || strings.HasSuffix(stem, ".d") {
			return "", false
		}
		name := strings.TrimSuffix(below, ext)
		name = strings.TrimSuffix(strings.TrimSuffix(name, "index"), "/")
		return "/" + name, true
	}
	return "", false
}

func under(dir, name string) (string, bool) {
	if dir == "" {
		return "", false
	}
	return strings.CutPrefix(name, dir+"/")
}

// appSegments turns directories of the app router into a route: groups, slots
// and the marks of intercepted routes vanish, a private folder hides what it holds.
func appSegments(dir string) (route string, private bool) {
	if dir == "." {
		return "/", false
	}
	for _, seg := range strings.Split(dir, "/") {
		switch {
		case strings.HasPrefix(seg, "_"):
			return "", true
		case strings.HasPrefix(seg, "(") && strings.HasSuffix(seg, ")"), strings.HasPrefix(seg, "@"):
		default:
			for _, mark := range []string{"(...)", "(..)(..)", "(..)", "(.)"} { // intercepts the route of that name
				seg = strings.TrimPrefix(seg, mark)
			}
			route += "/" + strings.TrimPrefix(seg, "%5F")
		}
	}
	if route == "" {
		route = "/"
	}
	return route, false
}
