package backend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// api is one program that answers requests: the routes of one unit that are
// written for one family of frameworks.
type api struct {
	unit   string // its directory
	family string
	routes []repo.Route // those that run and that an application leads to
	apps   []repo.Application
}

// at is where the api is put together, or its first route.
func (a *api) at() finding.Location {
	if len(a.apps) > 0 {
		return a.apps[0].File.At(a.apps[0].Span)
	}
	return a.routes[0].At()
}

// name is the api in a sentence.
func (a *api) name() string {
	if a.unit == "." {
		return "the " + a.family + " application"
	}
	return "the " + a.family + " application in " + a.unit
}

// families joins the frameworks whose applications are put together alike.
var families = map[string]string{
	"ninja": "django", "aiohttp": "aiohttp", "net/http": "Go", "gin": "Go", "echo": "Go", "chi": "Go", "gorilla": "Go", "fiber": "Go", "httprouter": "Go",
	"remix": "pages", "sveltekit": "pages", "nuxt": "pages", "astro": "pages", "next": "next",
}

func familyOf(framework string) string { return cmp.Or(families[framework], framework) }

// apis groups the live routes, by unit and family. Frameworks of pages and Next.js
// serve their own pages first and are left out.
func apis(s *repo.Snapshot) []*api {
	known := map[string]*api{}
	var out []*api
	for _, r := range s.Routes() {
		family := familyOf(r.Framework)
		if !r.Mounted || r.Method == "WS" || family == "pages" || family == "next" || !s.Runs(r.File) || triedOut(r.File) {
			continue
		}
		unit := s.ProgramDir(r.File)
		a := known[unit+"\x00"+family]
		if a == nil {
			a = &api{unit: unit, family: family}
			known[unit+"\x00"+family] = a
			out = append(out, a)
		}
		a.routes = append(a.routes, r)
	}
	for _, app := range s.Applications() {
		if a := known[s.ProgramDir(app.File)+"\x00"+familyOf(app.Framework)]; a != nil && s.Runs(app.File) && app.Env != "local" && app.Env != "test" && app.Env != "development" {
			a.apps = append(a.apps, app)
		}
	}
	return slices.DeleteFunc(joinPackages(s, out), func(a *api) bool { return leftBehind(s, a, out) })
}

// joinPackages gives the routes of a package that makes no application to the
// programs that import it. What nothing imports is a library and left out.
func joinPackages(s *repo.Snapshot, list []*api) []*api {
	var out []*api
	for _, a := range list {
		if len(a.apps) > 0 || a.family == "Go" || a.family == "django" || a.family == "aiohttp" {
			out = append(out, a)
		}
	}
	for _, a := range list {
		if slices.Contains(out, a) {
			continue
		}
		for _, to := range out {
			if to.family != a.family {
				continue
			}
			reached := map[*repo.File]bool{}
			for i := range to.apps {
				importedBy(s, to.apps[i].File, reached)
			}
			for _, r := range a.routes {
				if reached[r.File] {
					to.routes = append(to.routes, r)
				}
			}
		}
	}
	return out
}

// leftBehind says whether the program shares its directory with one in another
// language, and what is deployed from there starts only that.
func leftBehind(s *repo.Snapshot, a *api, all []*api) bool {
	if !slices.ContainsFunc(all, func(b *api) bool { return b != a && b.unit == a.unit && b.python() != a.python() }) {
		return false
	}
	return s.StartsOnly(a.unit, !a.python())
}

func (a *api) python() bool { return a.routes[0].File.Lang == repo.Python }

// importedBy marks f and all that it imports.
func importedBy(s *repo.Snapshot, f *repo.File, reached map[*repo.File]bool) {
	queue := []*repo.File{f}
	for len(queue) > 0 {
		f, queue = queue[0], queue[1:]
		if reached[f] {
			continue
		}
		reached[f] = true
		for _, i := range s.Graph().Imports(f) {
			queue = append(queue, i.To)
		}
	}
}

// triedOut says whether a file lies where people try things out.
func triedOut(f *repo.File) bool {
	for _, part := range strings.Split(f.Dir(), "/") {
		if part == "playground" || part == "playgrounds" || part == "sandbox" || len(part) > 1 && part[0] == '.' {
			return true
		}
	}
	return false
}

// work are the routes that the program is there for: not those for machines that
// watch it, nor those that only hand on or serve files.
func (a *api) work() []repo.Route {
	var out []repo.Route
	for _, r := range a.routes {
		if !operational(&r) && !strings.HasSuffix(r.Path, "*") && (r.HandlerFile != nil || r.Method != "ANY") && !soundsLike("proxy", "static")(r.Handler) {
			out = append(out, r)
		}
	}
	return out
}

// has says whether a file belongs to the api's program.
func (a *api) has(s *repo.Snapshot, f *repo.File) bool {
	if (f.Lang == repo.Python) != (a.routes[0].File.Lang == repo.Python) {
		return false
	}
	return s.ProgramDir(f) == a.unit
}

// around are the names of what runs around the routes of the api.
func (a *api) around() []repo.Middleware {
	var out []repo.Middleware
	for i := range a.apps {
		out = append(out, a.apps[i].Middlewares...)
	}
	return out
}

// nameHas says whether a word stands in a dotted name: its parts, or two of them
// run together.
func nameHas(name string, words ...string) bool {
	parts := secret.Parts(strings.ReplaceAll(name, ".", "_"))
	for i, p := range parts {
		for _, w := range words {
			if p == w || i > 0 && parts[i-1]+p == w {
				return true
			}
		}
	}
	return false
}

// lastName is what stands behind the last dot.
func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// pathHas says whether one of the words is a part of the route's path.
func pathHas(route string, words ...string) bool {
	for _, part := range strings.FieldsFunc(strings.ToLower(route), func(r rune) bool { return r == '/' || r == '.' || r == ':' }) {
		if slices.Contains(words, strings.ReplaceAll(part, "_", "-")) {
			return true
		}
	}
	return false
}

// count is a number with the word for it.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// mostShown is how many places of one problem are listed.
const mostShown = 12

// places are the locations of the first routes.
func places(routes []repo.Route) []finding.Location {
	var out []finding.Location
	for i := range routes {
		if len(out) == mostShown {
			break
		}
		out = append(out, routes[i].At())
	}
	return out
}

// sameProgram says whether a file belongs to the program in that directory, or to
// a package of the workspace that programs share.
func sameProgram(s *repo.Snapshot, f *repo.File, unit string) bool {
	dir := s.ProgramDir(f)
	return dir == unit || hasPart(dir, "shared", "common", "lib", "libs", "core", "schema", "schemas", "validation", "server", "auth", "packages")
}
