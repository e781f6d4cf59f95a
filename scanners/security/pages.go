package security

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// surface is an application whose pages browsers show.
type surface struct {
	name string
	unit string
	at   finding.Location // where its headers belong when no proxy stands in front
	own  bool             // it has a server of its own
}

// surfaces are the production applications that serve pages.
func surfaces(s *repo.Snapshot) (out []surface) {
	seen := map[string]bool{}
	add := func(name, unit string, at finding.Location, own bool) {
		if !seen[unit] {
			seen[unit] = true
			out = append(out, surface{name, unit, at, own})
		}
	}
	for _, app := range s.NextApps() {
		manifest := s.File(path.Join(app.Root, "package.json"))
		if manifest == nil || manifest.Role != repo.Production || trial(app.Root) || !hasPages(s, app) {
			continue
		}
		at := manifest.Start()
		if app.Config != nil {
			at = app.Config.Start()
		}
		add("the Next.js application in "+here(app.Root), app.Root, at, true)
	}
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production || trial(pkg.Path) || pkg.Published() || !pkg.DependsOn("react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact") || pkg.DependsOn("next", "electron", "react-native", "@storybook/react", "@docusaurus/core", "vitepress") {
			continue
		}
		dir := pkg.Dir()
		for _, page := range []string{"index.html", "public/index.html", "src/index.html"} {
			if f := s.File(path.Join(dir, page)); f != nil && f.Role == repo.Production {
				add("the pages of "+here(dir), dir, f.Start(), false)
				break
			}
		}
	}
	for _, app := range s.Applications() {
		if app.Framework != "django" || trial(app.File.Path) || app.File.Role != repo.Production || app.Env != "" && pathEnv(app.Env) == compose.Dev {
			continue
		}
		for _, f := range s.Production() {
			if path.Ext(f.Path) == ".html" && strings.Contains(f.Path, "templates/") && !strings.Contains(f.Path, "mail") && s.ProgramDir(f) == s.ProgramDir(app.File) {
				add("the Django application in "+here(s.ProgramDir(app.File)), s.UnitDir(app.File), app.File.Start(), true)
				break
			}
		}
	}
	return out
}

// trial says whether a path is that of something to try things in, or a template of
// a project.
func trial(name string) bool {
	return strings.Contains(name, "playground") || strings.Contains(name, "{{") || strings.Contains(name, "sandbox") || strings.Contains(name, "demo")
}

// hasPages says whether an application of Next.js has more than routes of an API.
func hasPages(s *repo.Snapshot, app *repo.NextApp) bool {
	for _, dir := range []string{app.App, app.Pages} {
		if dir == "" {
			continue
		}
		for _, f := range s.Under(dir) {
			stem, _, _ := strings.Cut(f.Name(), ".")
			inAPI := strings.HasPrefix(strings.TrimPrefix(f.Path, dir+"/"), "api/")
			if dir == app.App && stem == "page" || dir == app.Pages && !inAPI && f.Lang.Code() {
				return true
			}
		}
	}
	return false
}

func here(dir string) string {
	if dir == "." {
		return "the root"
	}
	return dir
}

// frontDoor is the server block of nginx that pages go through in production: the
// encrypted one before others; nil without one.
func frontDoor(s *repo.Snapshot, page surface) (config *repo.NginxConfig, at finding.Location) {
	best := 0
	for _, c := range s.NginxConfigs() {
		if c.File.Role != repo.Production || pathEnv(c.File.Path) == compose.Dev {
			continue
		}
		used := len(c.Uses) == 0
		for _, u := range c.Uses {
			used = used || u.Env.Deployed()
		}
		if !used || !near(c.File.Dir(), page.unit) || !handsOn(c) && s.UnitDir(c.File) != page.unit {
			continue
		}
		for _, server := range c.Servers() {
			rank := 1
			if server.ToHTTPS() != nil {
				continue
			}
			if server.TLS() {
				rank = 2
			}
			if rank > best {
				best, config, at = rank, c, c.At(s, server.Node)
			}
		}
	}
	return config, at
}

// near says whether two directories may belong to one system: below the same one, or
// one of them for what runs the others.
func near(config, unit string) bool {
	first, _, _ := strings.Cut(config, "/")
	other, _, _ := strings.Cut(unit, "/")
	switch first {
	case ".", "nginx", "docker", "deploy", "deployment", "deployments", "infra", "infrastructure", "ops", "proxy", "config", "conf", ".docker", "etc", "web", "frontend", "server", "ansible", "k8s", "build", "compose", "devops", "apps", "packages", "services":
		return true
	}
	return first == other || unit == "."
}

// handsOn says whether a configuration passes requests to other servers, rather than
// serving the files of one image.
func handsOn(c *repo.NginxConfig) bool {
	for _, server := range c.Servers() {
		for _, l := range server.All() {
			if l.Pass() != nil {
				return true
			}
		}
	}
	return false
}

// carries says whether answers of the surface carry the header.
func (p surface) carries(headers []answerHeader, name string) (h answerHeader, ok bool) {
	for _, h := range headers {
		if h.name == name && (h.unit == "" || h.unit == p.unit || !p.own) {
			return h, true
		}
	}
	return h, false
}
