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
		if manifest == nil || manifest.Role != repo.Production || app.App == "" && app.Pages == "" {
			continue
		}
		at := manifest.Start()
		if app.Config != nil {
			at = app.Config.Start()
		}
		add("the Next.js application in "+here(app.Root), app.Root, at, true)
	}
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production || pkg.Published() || !pkg.DependsOn("react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact") || pkg.DependsOn("next", "electron", "react-native", "@storybook/react", "@docusaurus/core", "vitepress") {
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
		if app.Framework != "django" || app.File.Role != repo.Production || app.Env != "" && pathEnv(app.Env) == compose.Dev {
			continue
		}
		for _, f := range s.Production() {
			if path.Ext(f.Path) == ".html" && strings.Contains(f.Path, "templates/") && application(s, f) == application(s, app.File) {
				add("the Django application in "+here(application(s, app.File)), s.UnitDir(app.File), app.File.Start(), true)
				break
			}
		}
	}
	return out
}

func here(dir string) string {
	if dir == "." {
		return "the root"
	}
	return dir
}

// frontDoor is the server block of nginx that pages go through in production: the
// encrypted one before others; nil without one.
func frontDoor(s *repo.Snapshot) (config *repo.NginxConfig, at finding.Location) {
	best := 0
	for _, c := range s.NginxConfigs() {
		if c.File.Role != repo.Production || pathEnv(c.File.Path) == compose.Dev {
			continue
		}
		used := len(c.Uses) == 0
		for _, u := range c.Uses {
			used = used || u.Env.Deployed()
		}
		if !used {
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

// carries says whether answers of the surface carry the header.
func (p surface) carries(headers []answerHeader, name string) (h answerHeader, ok bool) {
	for _, h := range headers {
		if h.name == name && (h.unit == "" || h.unit == p.unit || !p.own) {
			return h, true
		}
	}
	return h, false
}
