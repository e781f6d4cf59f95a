package frontend

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// UILibrary says which libraries of components frontends are made with.
var UILibrary = check.PerProject(check.Doc{
	ID:         "frontend/ui-library",
	Title:      "No library of components",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      16,
	Why:        "Components that others maintain bring keyboard, focus and screen readers along, and make pages look alike.",
	How:        "Build dialogs, menus and forms of the components of one library.",
	Holds:      "Pages are made of a library of components",
	References: []string{"https://www.radix-ui.com/primitives", "https://ui.shadcn.com/docs", "https://mui.com/material-ui/getting-started/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	used(p, s, []library{
		{"Radix UI", []string{"@radix-ui/", "radix-ui"}}, {"MUI", []string{"@mui/material", "@mui/joy"}}, {"Chakra UI", []string{"@chakra-ui/"}}, {"Ant Design", []string{"antd", "ant-design-vue"}},
		{"Headless UI", []string{"@headlessui/"}}, {"Mantine", []string{"@mantine/core"}}, {"Bootstrap", []string{"react-bootstrap", "bootstrap-vue-next"}}, {"Base UI", []string{"@base-ui-components/react", "@base-ui/"}},
		{"Vuetify", []string{"vuetify"}}, {"Element Plus", []string{"element-plus"}}, {"Fluent UI", []string{"@fluentui/"}}, {"React Aria", []string{"react-aria-components", "@react-aria/"}}, {"lucide icons", []string{"lucide-react", "lucide-vue-next"}},
	})
	for _, app := range webApps(s) {
		if c := s.ToolConfigFor(repo.ToolTailwind, app.pkg.Dir()); c != nil && app.pkg.DependsOn("tailwindcss") {
			p.Holds(c.Start(), "Tailwind CSS")
			break
		}
	}
})
