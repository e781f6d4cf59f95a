package system

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// ModuleNotIntegrated finds modules of a service that nothing imports.
var ModuleNotIntegrated = check.PerProject(check.Doc{
	ID:         "system/module-not-integrated",
	Title:      "Module is not integrated",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "The feature looks finished in the tree and does not run: what it promises, caching, sharding, a client, the service does without.",
	How:        "Import the module where it is meant to work and cover the path with a test, or delete it.",
	References: []string{"https://knip.dev/reference/issue-types"},
	Peers:      []finding.Peer{check.Narrower("knip", "files")},
}, func(p *check.Pass, s *repo.Snapshot) {
	byUnit := map[string][]*repo.Source{}
	var dirs []string
	for _, src := range s.Sources() {
		if src.Role == repo.Production {
			dir := s.UnitDir(src.File)
			if byUnit[dir] == nil {
				dirs = append(dirs, dir)
			}
			byUnit[dir] = append(byUnit[dir], src)
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		notIntegrated(p, s, dir, byUnit[dir])
	}
})

func notIntegrated(p *check.Pass, s *repo.Snapshot, dir string, sources []*repo.Source) {
	live, explained := 0, false
	var dead []*repo.Source
	for _, src := range sources {
		if s.Runs(src.File) {
			live++
			_, why := s.Graph().Live(src.File)
			explained = explained || why
			continue
		}
		if isFeature(src) {
			dead = append(dead, src)
		}
	}
	// Where little runs as far as can be seen, the graph does not know how the
	// package is put together.
	if !explained || live < 2 || len(dead) == 0 || 4*len(dead) > live+len(dead) || loadsByName(sources, s) || isDeadStack(s, dir, dead) {
		return
	}
	var lone []*repo.Source
	for _, src := range dead {
		if !importedByCode(s, src.File) && !namedInConfig(s, src.File) && holdsCode(src) {
			lone = append(lone, src)
		}
	}
	if len(lone) == 0 || slices.ContainsFunc(sources, loadsComputed) {
		return
	}
	var names []string
	var also []finding.Location
	for _, src := range lone {
		names = append(names, src.Path)
		also = append(also, src.Start())
	}
	format := "nothing that runs imports %s"
	if onlyTested(s, lone) {
		format = "only tests import %s"
	}
	p.Report(also[0], format, list(names)).With(also[1:min(len(also), 20)]...).Keyed("%s", dir)
}

// isFeature says whether a file is a module of the service by where it lies and
// what it is called: tools, configuration and what frameworks load by name are
// not.
func isFeature(src *repo.Source) bool {
	base := src.Name()
	stem := strings.TrimSuffix(base, path.Ext(base))
	if src.Size < 300 || src.Size < 2000 && !namesFeature(stem) || isSideTool(src.Path) || strings.HasSuffix(base, "x") {
		return false // too small to be a feature, or a component of a page
	}
	switch stem {
	case "index", "main", "__init__", "__main__", "setup", "manage", "conftest", "types", "constants", "env", "wsgi", "asgi", "settings", "app", "server", "middleware", "instrumentation", "proxy", "seed", "sw", "service-worker", "admin", "apps", "models", "urls", "tasks", "signals", "gunicorn":
		return false
	}
	if strings.Contains(stem, ".") || strings.Contains(stem, "config") || strings.Contains(stem, "setup") || strings.Contains(stem, "mock") || strings.HasPrefix(stem, "_") || strings.HasPrefix(stem, "+") || strings.Contains(stem, " ") {
		return false
	}
	inside := false
	for part := range strings.SplitSeq(path.Dir(src.Path), "/") {
		switch part {
		case "lib", "src", "services", "service", "server", "core", "modules", "infrastructure", "clients", "client", "domain", "internal", "shared":
			inside = true
		case "app", "pages", "routes", "api", "commands", "management", "plugins", "public", "static", "templates", "stories", "emails", "types", "generated", "alembic", "workers", "jobs", "functions", "hooks", "components", "ui", "i18n", "locales", "mocks", "seeds", "prisma", "k6", "load":
			return false
		}
	}
	return inside
}

// namesFeature says whether a name is that of something a service has or has not.
func namesFeature(stem string) bool {
	for _, part := range secret.Parts(stem) {
		switch part {
		case "cache", "caching", "shard", "sharding", "queue", "client", "service", "provider", "adapter", "repository", "engine", "manager", "metrics", "tracing", "telemetry", "limiter", "storage", "search", "ml", "ai", "predictor", "recommender", "gateway", "bus", "events", "audit", "replica", "pool", "breaker", "retry", "saga", "outbox", "notifier", "mailer", "billing", "payment":
			return true
		}
	}
	return false
}

// loadsByName says whether code of the package finds modules at run time.
func loadsByName(sources []*repo.Source, s *repo.Snapshot) bool {
	return slices.ContainsFunc(sources, func(src *repo.Source) bool {
		return says(src.File, "import_module", "walk_packages", "iter_modules", "autodiscover_tasks", "entry_points", "__import__", "import.meta.glob", "require.context", "readdirSync", "readdir", "globSync", "autoload")
	})
}

// loadsComputed says whether a source imports or requires what it computes.
func loadsComputed(src *repo.Source) bool {
	if src.Lang == repo.Python {
		return false
	}
	data := src.Bytes()
	for _, word := range []string{"import(", "require("} {
		for i := 0; ; {
			at := bytes.Index(data[i:], []byte(word))
			if at < 0 {
				break
			}
			i += at + len(word)
			rest := bytes.TrimLeft(data[i:min(len(data), i+80)], " \n\t")
			for bytes.HasPrefix(rest, []byte("/*")) { // a bundler's note
				_, after, _ := bytes.Cut(rest, []byte("*/"))
				rest = bytes.TrimLeft(after, " \n\t")
			}
			if len(rest) > 0 && rest[0] != '"' && rest[0] != '\'' && rest[0] != ')' {
				return true
			}
		}
	}
	return false
}

// isDeadStack says whether the files are a whole stack that another check speaks of.
func isDeadStack(s *repo.Snapshot, dir string, dead []*repo.Source) bool {
	return slices.ContainsFunc(dead, func(src *repo.Source) bool {
		return slices.ContainsFunc(s.Graph().External(src.File), func(e repo.External) bool {
			return slices.Contains(nodeBackends, e.Package) || slices.Contains(pythonBackends, e.Package)
		})
	})
}

// importedByCode says whether production code imports the file. That such code
// does not run either is another finding's business.
func importedByCode(s *repo.Snapshot, f *repo.File) bool {
	return slices.ContainsFunc(s.Graph().Importers(f), func(i repo.Import) bool { return i.From.Role != repo.Test })
}

func onlyTested(s *repo.Snapshot, list []*repo.Source) bool {
	return !slices.ContainsFunc(list, func(src *repo.Source) bool { return len(s.Graph().Importers(src.File)) == 0 })
}

// namedInConfig says whether a file of settings, a script or a manifest has the
// module's path, with slashes or with dots.
func namedInConfig(s *repo.Snapshot, f *repo.File) bool {
	stem := strings.TrimSuffix(f.Path, path.Ext(f.Path))
	last := path.Join(path.Base(path.Dir(stem)), path.Base(stem))
	dotted := strings.ReplaceAll(last, "/", ".")
	for _, o := range s.Files() {
		if o == f || o.Role == repo.Vendored || o.Role == repo.Docs || o.Size > 1<<20 || !o.Mentions(path.Base(stem)) {
			continue
		}
		switch o.Lang {
		case repo.JSON, repo.YAML, repo.Shell, "TOML", "Makefile", "Dockerfile", "INI":
		default:
			if isCode(o) || path.Ext(o.Path) == ".md" {
				continue
			}
		}
		text := string(o.Bytes())
		if strings.Contains(text, last) || strings.Contains(text, dotted) || strings.Contains(text, path.Base(f.Path)) {
			return true
		}
	}
	return false
}

// holdsCode says whether a module offers functions or classes, not types alone.
func holdsCode(src *repo.Source) bool {
	if py := src.Py(); py != nil {
		return len(py.Defs) > 0 && !src.Mentions("__main__")
	}
	js := src.JS()
	if js == nil || len(js.Exports) == 0 {
		return false
	}
	for _, e := range js.Exports {
		switch e.Kind {
		case "function", "class", "const", "default":
			return len(js.Funcs) > 0
		}
	}
	return false
}
