package system

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// DualStackLeftover finds service folders that hold two backends of which one is
// started.
var DualStackLeftover = check.PerProject(check.Doc{
	ID:         "system/dual-stack-leftover",
	Title:      "Two backend stacks in one service",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "Nobody can tell which of the two serves production: fixes go into the dead one, and its dependencies are installed, scanned and patched for nothing.",
	How:        "Keep the stack that the image starts. Delete the other one's sources, manifest, schema and build configuration in one change.",
	References: []string{"https://12factor.net/codebase"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, pkg := range s.Packages() {
		if pkg.Role == repo.Production {
			dualStack(p, s, pkg)
		}
	}
})

var (
	nodeBackends   = []string{"@nestjs/core", "express", "fastify", "koa", "@hapi/hapi"}
	pythonBackends = []string{"fastapi", "flask", "django", "starlette", "litestar", "sanic", "tornado", "aiohttp"}
	backendNames   = map[string]string{
		"@nestjs/core": "NestJS", "express": "Express", "fastify": "Fastify", "koa": "Koa", "@hapi/hapi": "hapi",
		"fastapi": "FastAPI", "flask": "Flask", "django": "Django", "starlette": "Starlette", "litestar": "Litestar", "sanic": "Sanic", "tornado": "Tornado", "aiohttp": "aiohttp",
	}
)

// tree is one of the stacks of a folder.
type tree struct {
	name  string
	files []*repo.File
	at    finding.Location // where it uses its framework
}

func dualStack(p *check.Pass, s *repo.Snapshot, pkg *repo.Package) {
	dep, ok := backendDependency(pkg)
	root := pkg.Dir()
	if !ok || !slices.ContainsFunc(s.Units(), func(u *repo.Unit) bool { return u.Dir == root && u.Ecosystem == manifest.PyPI }) {
		return
	}
	node := stackOf(s, root, nodeBackends, repo.TypeScript, repo.JavaScript)
	python := stackOf(s, root, pythonBackends, repo.Python)
	if python.name == "" {
		return
	}
	if node.name == "" {
		node.name = backendNames[dep.Name]
		node.at = pkg.At(dep.NameSpan)
	}
	if len(node.files) == 0 {
		return
	}
	started := map[string]*repo.Command{}
	commands := s.Commands()
	for i := range commands {
		c := &commands[i]
		if c.Source != repo.FromCompose && c.Source != repo.FromDockerfile && c.Source != repo.FromProcfile || c.Dir != root && path.Dir(c.File.Path) != root {
			continue
		}
		if stack := stackOfWords(c.Words); stack != "" && started[stack] == nil {
			started[stack] = c
		}
	}
	live, dead, by := python, node, started["python"]
	if by == nil {
		live, dead, by = node, python, started["node"]
	}
	switch len(started) {
	case 2:
		return // both run: two services that share a folder
	case 1:
		p.Report(dead.at, "%s holds %s (%s), which nothing starts, beside %s, which %s starts", dirName(root), dead.name, plural(len(dead.files), "file"), live.name, by.At().Path).
			With(live.at, by.At()).Keyed("%s", root)
	default:
		p.Report(node.at, "%s holds two backends, %s (%s) and %s (%s), and nothing says which one is deployed", dirName(root), node.name, plural(len(node.files), "file"), python.name, plural(len(python.files), "file")).
			With(python.at).Keyed("%s", root)
	}
}

func backendDependency(pkg *repo.Package) (manifest.Dependency, bool) {
	for _, name := range nodeBackends {
		if d, ok := pkg.Dependency(name, manifest.Production); ok {
			return d, true
		}
	}
	return manifest.Dependency{}, false
}

// stackOf collects the files of some languages that belong to the folder and the
// first backend framework that one of them uses.
func stackOf(s *repo.Snapshot, root string, frameworks []string, langs ...repo.Lang) (out tree) {
	for _, f := range s.Under(root) {
		if f.Role != repo.Production || !slices.Contains(langs, f.Lang) || s.UnitDir(f) != root || strings.Contains(f.Name(), ".config.") {
			continue
		}
		out.files = append(out.files, f)
		if out.name != "" {
			continue
		}
		for _, e := range s.Graph().External(f) {
			if slices.Contains(frameworks, e.Package) {
				out.name, out.at = backendNames[e.Package], f.At(e.Span)
				break
			}
		}
	}
	return out
}

// stackOfWords is the stack that a command starts; "" for another.
func stackOfWords(words []string) string {
	for _, w := range words {
		switch base := path.Base(w); {
		case strings.HasPrefix(base, "python"), base == "uvicorn", base == "gunicorn", base == "hypercorn", base == "celery", base == "flask", base == "fastapi", base == "rq", base == "daphne", base == "granian":
			return "python"
		case base == "node", base == "npm", base == "yarn", base == "pnpm", base == "npx", base == "nest", base == "ts-node", base == "tsx", base == "bun", base == "pm2", base == "pm2-runtime":
			return "node"
		}
	}
	return ""
}
