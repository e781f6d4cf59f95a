package frontend

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// AppRouter says how applications of Next.js are laid out.
var AppRouter = check.PerProject(check.Doc{
	ID:         "frontend/app-router",
	Title:      "No App Router",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      8,
	Why:        "Groups of routes share layouts, and components that stay on the server send no code to browsers.",
	How:        "Move pages below app, in groups by layout, and mark only what needs the browser with use client.",
	Holds:      "The application uses the App Router",
	References: []string{"https://nextjs.org/docs/app"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		if app.next == nil || app.next.App == "" || !hasPage(app) {
			continue
		}
		var groups []string
		seen := map[string]bool{}
		client, server, typed := 0, 0, 0
		var first *repo.Source
		for _, src := range app.sources {
			if !below(src.Path, app.next.App) {
				continue
			}
			if first == nil || src.Name() == "layout.tsx" && src.Dir() == app.next.App {
				first = src
			}
			for _, part := range strings.Split(src.Dir(), "/") {
				if strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")") && !seen[part] && part[1] != '.' {
					seen[part] = true
					groups = append(groups, part)
				}
			}
			if src.Lang == repo.TypeScript {
				typed++
			}
			if src.Mentions("client") && inClient(src.Bytes()) {
				client++
			} else {
				server++
			}
		}
		said := []string{fmt.Sprintf("%d files for the server, %d for the browser", server, client)}
		if len(groups) > 0 {
			said = append(said, "groups "+strings.Join(groups[:min(len(groups), 5)], ", "))
		}
		if typed == client+server {
			said = append(said, "TypeScript throughout")
		}
		p.Holds(first.Start(), "%s: %s", app.label(), strings.Join(said, "; "))
	}
})
