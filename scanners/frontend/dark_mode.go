package frontend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// DarkMode finds frontends with a dark theme that visitors can choose.
var DarkMode = check.PerProject(check.Doc{
	ID:         "frontend/dark-mode",
	Title:      "No dark mode",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "Visitors read in the dark, or need the contrast.",
	How:        "Wrap the application in a ThemeProvider (next-themes) and give it a switch.",
	Holds:      "Visitors can choose a dark theme",
	References: []string{"https://github.com/pacocoursey/next-themes", "https://tailwindcss.com/docs/dark-mode"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, app := range webApps(s) {
		var provider, toggle finding.Location
		for _, src := range app.mentioning("ThemeProvider", "setTheme", "toggleTheme", "useColorMode", "setColorScheme", "toggleColorMode", "useTheme") {
			js := src.JS()
			for _, tag := range js.JSXTags {
				if strings.HasSuffix(tag.Name, "ThemeProvider") && provider.Path == "" {
					provider = src.At(tag.Span)
				}
				for _, a := range tag.Attrs { // onClick={toggleTheme}
					if a.Name == "onClick" && (strings.HasSuffix(a.Value.Ident, "oggleTheme") || strings.HasSuffix(a.Value.Ident, "oggleColorMode")) && toggle.Path == "" {
						toggle = src.At(a.Span)
					}
				}
			}
			for i := range js.Calls {
				switch c := &js.Calls[i]; last(c.Callee) {
				case "setTheme", "toggleTheme", "setColorScheme", "toggleColorMode", "toggleColorScheme":
					if toggle.Path == "" {
						toggle = src.At(c.Span)
					}
				}
			}
		}
		if provider.Path != "" && toggle.Path != "" {
			p.Holds(provider, "%s has a theme", app.label())
			p.Holds(toggle, "%s has a switch for it", app.label())
		}
	}
})
