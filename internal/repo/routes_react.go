package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
)

// placedRoute is a file that a framework serves at a path.
type placedRoute struct {
	path   string
	file   *File
	layout bool // around other routes, no page itself
}

// reactRoutes are the route modules of React Router and Remix: what routes.ts
// names, or what lies in the directory that it reads.
func reactRoutes(s *Snapshot) []placedRoute {
	return view(s, "react routes", func() []placedRoute {
		var out []placedRoute
		named := map[string]bool{} // packages whose routes.ts names its files
		for _, src := range s.SourcesMentioning("RouteConfig", "RouteConfigEntry", "flatRoutes", "remixRoutesOptionAdapter") {
			if src.Lang == Python || src.Role == Test || !src.importsFrom(importsBelow("@react-router/")) && !src.importsFrom(importsBelow("remix-flat-routes")) && !src.importsFrom(importsBelow("@remix-run/route-config")) {
				continue
			}
			unit := s.UnitDir(src.File)
			list, dir := routeConfig(s, src, unit)
			if len(list) > 0 || dir != "" {
				named[unit] = true
			}
			out = append(out, list...)
			out = append(out, flatRoutes(s, dir)...)
		}
		for _, p := range s.Packages() {
			if p.Role == Production && p.DependsOn("@remix-run/react", "@remix-run/node", "@remix-run/dev") && !named[p.Dir()] {
				out = append(out, flatRoutes(s, path.Join(p.Dir(), "app/routes"))...)
			}
		}
		return out
	})
}

// routeConfig reads route(path, file, children), index, layout and prefix; dir
// is the directory whose files are routes when the configuration reads one.
func routeConfig(s *Snapshot, src *Source, unit string) (list []placedRoute, dir string) {
	js := src.JS()
	type open struct {
		prefix string
		span   finding.Span
	}
	var around []open
	calls := slices.Clone(js.Calls)
	slices.SortStableFunc(calls, func(a, b jslex.Call) int { return a.Span.Start - b.Span.Start })
	for i := range calls {
		call := &calls[i]
		for len(around) > 0 && around[len(around)-1].span.End <= call.Span.Start {
			around = around[:len(around)-1]
		}
		if len(call.Args) == 0 {
			continue
		}
		prefix := ""
		if len(around) > 0 {
			prefix = around[len(around)-1].prefix
		}
		file := jslex.Arg{}
		at := prefix
		switch call.Callee {
		case "route":
			if len(call.Args) < 2 {
				continue
			}
			at, file = joinRoute(prefix, call.Args[0].Literal), call.Args[1]
		case "index", "layout":
			file = call.Args[0]
		case "prefix":
			at = joinRoute(prefix, call.Args[0].Literal)
		case "flatRoutes":
			dir = path.Join(unit, "app/routes")
			if call.Args[0].IsLiteral {
				dir = path.Join(unit, "app", call.Args[0].Literal)
			}
			continue
		default:
			continue
		}
		around = append(around, open{at, call.Span})
		if file.IsLiteral {
			if f := routeModule(s, src, unit, file.Literal); f != nil {
				list = append(list, placedRoute{joinRoute(at), f, call.Callee == "layout"})
			}
		}
	}
	for i := range js.Calls { // flatRoutes() without arguments
		if js.Calls[i].Callee == "flatRoutes" && dir == "" {
			dir = path.Join(unit, "app/routes")
		}
	}
	return list, dir
}

// routeModule is the file that a path in routes.ts means: below the directory
// of the application, which is above the file that names it.
func routeModule(s *Snapshot, src *Source, unit, name string) *File {
	r := newJSResolver(s)
	for dir := src.Dir(); ; dir = path.Dir(dir) {
		if f := r.file(path.Join(dir, name)); f != nil {
			return f
		}
		if dir == unit || dir == "." {
			return nil
		}
	}
}

// flatRoutes are the files of a routes directory by Remix's conventions: dots
// part segments, $ begins a parameter, _ hides a layout, a directory ends with +
// or holds route.tsx.
func flatRoutes(s *Snapshot, dir string) []placedRoute {
	if dir == "" {
		return nil
	}
	var out []placedRoute
	for _, f := range s.Under(dir) {
		if f.Lang != TypeScript && f.Lang != JavaScript || f.Role == Test || f.Role.Foreign() {
			continue
		}
		below, _ := under(dir, f.Path)
		segments := strings.Split(below, "/")
		name := segments[len(segments)-1]
		stem, _, _ := cutExt(name)
		if !routeName(segments, stem) {
			continue
		}
		at, layout := flatPath(append(segments[:len(segments)-1:len(segments)-1], stem))
		out = append(out, placedRoute{at, f, layout})
	}
	return out
}

// routeName says whether a file of a routes directory is a route: at its top, in
// a directory that ends with +, or called route or index in its own.
func routeName(segments []string, stem string) bool {
	if strings.HasPrefix(stem, ".") {
		return false
	}
	for _, dir := range segments[:len(segments)-1] {
		if strings.HasPrefix(dir, ".") {
			return false
		}
	}
	if len(segments) == 1 || strings.HasSuffix(segments[len(segments)-2], "+") {
		return true
	}
	switch stem {
	case "route", "index", "_index", "_route", "page", "layout", "_layout":
		return true
	}
	return strings.HasSuffix(stem, ".route")
}

func flatPath(segments []string) (at string, layout bool) {
	var parts []string
	for _, seg := range segments {
		parts = append(parts, splitDots(strings.TrimSuffix(seg, "+"))...)
	}
	var out []string
	for i, p := range parts {
		last := i == len(parts)-1
		switch {
		case p == "", last && (p == "route" || p == "index" || p == "_index" || p == "page" || p == "_route"):
		case last && (p == "_layout" || p == "layout"):
			layout = true
		case strings.HasPrefix(p, "_"): // a layout without a segment
		case p == "$":
			out = append(out, "*")
		case strings.HasPrefix(p, "$"):
			out = append(out, ":"+p[1:])
		case strings.HasPrefix(p, "(") && strings.HasSuffix(p, ")"):
			out = append(out, strings.Trim(p, "()")+"?")
		default:
			out = append(out, strings.NewReplacer("[", "", "]", "").Replace(strings.TrimSuffix(p, "_")))
		}
	}
	return joinRoute(out...), layout
}

// splitDots splits at dots that no brackets enclose: sitemap[.]xml is one part.
func splitDots(s string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '.':
			if depth <= 0 {
				out, from = append(out, s[from:i]), i+1
			}
		}
	}
	return append(out, s[from:])
}
