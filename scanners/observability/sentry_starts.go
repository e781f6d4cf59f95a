package observability

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// startsIn finds the calls of a file that start an SDK of Sentry, those in
// comments among the dead.
func startsIn(s *repo.Snapshot, src *repo.Source) (out []start) {
	add := func(span finding.Span, call, why string) {
		if why == "" && !runs(s, src.File) {
			why = "is not reached by anything that runs"
		}
		out = append(out, start{src.At(span), src.File, call, why})
	}
	if py := src.Py(); py != nil {
		pythonStarts(s, src, add)
		for _, c := range py.Comments {
			if strings.Contains(py.Text(c), "sentry_sdk.init(") {
				add(c, "", "is commented out")
			}
		}
		return out
	}
	js := src.JS()
	scriptStarts(js, add)
	for _, c := range js.Comments {
		if strings.Contains(js.Text(c), "Sentry.init(") {
			add(c, "", "is commented out")
		}
	}
	return out
}

func pythonStarts(s *repo.Snapshot, src *repo.Source, add func(finding.Span, string, string)) {
	py := src.Py()
	for i := range py.Calls {
		c := &py.Calls[i]
		switch name := py.Qualify(c.Callee); name {
		case "sentry_sdk.init", "raven.Client", "raven.contrib.flask.Sentry":
			why := ""
			if c.Func >= 0 && uncalled(s, src, c.Func) {
				why = "is in " + py.Defs[c.Func].Name + ", which nothing uses"
			}
			add(c.Span, name, why)
		}
	}
}

// uncalled says whether a function at module level is named nowhere but where
// it is defined: neither in its file nor in one that imports it.
func uncalled(s *repo.Snapshot, src *repo.Source, def int) bool {
	d := src.Py().Defs[def]
	if d.Kind == pylex.Class || d.Parent >= 0 || len(d.Decorators) > 0 {
		return false
	}
	if mentions(src.Bytes(), d.Name) > 1 {
		return false
	}
	for _, i := range s.Graph().Importers(src.File) {
		if i.From.Role == repo.Production && (i.From.Lang != repo.Python || mentions(i.From.Bytes(), d.Name) > 0) {
			return false
		}
	}
	for _, other := range s.SourcesMentioning(d.Name) { // Django hands its settings out without an import of them
		if other.Lang == repo.Python && other.File != src.File && other.Role == repo.Production && other.Mentions("settings") && mentions(other.Bytes(), d.Name) > 0 {
			return false
		}
	}
	return true
}

func mentions(code []byte, name string) (n int) {
	for _, t := range pylex.Lex(code) {
		if t.Kind == pylex.Name && string(code[t.Span.Start:t.Span.End]) == name {
			n++
		}
	}
	return n
}

// scriptStarts finds init of a package of Sentry's, however it is called here,
// and the loader that Sentry serves.
func scriptStarts(js *jslex.File, add func(finding.Span, string, string)) {
	spaces, inits, loaded := map[string]bool{}, map[string]bool{}, false
	for _, i := range js.Imports {
		old := i.Module == "raven" || i.Module == "raven-js"
		if !strings.HasPrefix(i.Module, "@sentry/") && !old && i.Module != "@ntegral/nestjs-sentry" && i.Module != "@hono/sentry" || i.TypeOnly {
			continue
		}
		loaded = loaded || i.Dynamic
		spaces[i.Namespace], spaces[i.Default] = true, true
		for _, n := range i.Names {
			local := n.Alias
			if local == "" {
				local = n.Name
			}
			switch {
			case n.Name == "init", n.Name == "sentry" && i.Module == "@hono/sentry", n.Name == "SentryModule" && i.Module == "@ntegral/nestjs-sentry":
				inits[local] = true
			default:
				spaces[local] = true // import { Sentry } from …, export of a namespace
			}
		}
	}
	delete(spaces, "")
	for i := range js.Calls {
		c := &js.Calls[i]
		space, last, _ := cutLast(c.Callee)
		switch {
		case inits[c.Callee], inits[space] && (last == "forRoot" || last == "forRootAsync"):
		case spaces[space] && (last == "init" || last == "config" && strings.EqualFold(space, "raven")):
		case loaded && last == "init" && strings.Contains(strings.ToLower(space), "sentry"):
		case c.Callee == "require().init" && len(js.Imports) > 0 && strings.Contains(js.Text(c.Span), "@sentry/"):
		default:
			continue
		}
		add(c.Span, "Sentry.init", "")
	}
	for _, tag := range js.JSXTags {
		if src, ok := tag.Attr("src"); ok && strings.EqualFold(tag.Name, "script") && strings.Contains(src.Value.Literal, "sentry-cdn.com/") {
			add(tag.Span, "Sentry's loader", "")
		}
	}
}

func cutLast(callee string) (space, last string, ok bool) {
	i := strings.LastIndexByte(callee, '.')
	if i < 0 {
		return "", callee, false
	}
	return callee[:i], callee[i+1:], true
}

// runs is Snapshot.Runs with the files that frameworks load by name, which no
// import leads to.
func runs(s *repo.Snapshot, f *repo.File) bool {
	if s.Runs(f) {
		return true
	}
	stem, _, _ := strings.Cut(f.Name(), ".")
	switch stem {
	case "instrumentation", "instrumentation-client", "instrument", "sentry", "hooks", "gatsby-browser", "gatsby-ssr":
		return f.Lang != repo.Python
	case "gunicorn":
		return strings.HasPrefix(f.Name(), "gunicorn.conf")
	}
	if f.Lang == repo.Python { // Django finds its settings and applications by their names
		for dir := f.Dir(); ; dir = path.Dir(dir) {
			if s.File(path.Join(dir, "manage.py")) != nil {
				return true
			}
			if dir == "." {
				return false
			}
		}
	}
	return loadsByName(s, s.UnitDir(f))
}

// loadsByName says whether the package in a directory is of a framework that
// loads its files by their place, so that imports do not tell what runs.
func loadsByName(s *repo.Snapshot, dir string) bool {
	for _, p := range s.Packages() {
		if p.Dir() == dir {
			return p.DependsOn("expo", "react-native", "nuxt", "@sveltejs/kit", "astro", "gatsby", "@remix-run/dev", "@react-router/dev", "@tanstack/react-start", "electron")
		}
	}
	return false
}
