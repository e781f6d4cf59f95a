package frontend

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// RedundantDependency finds packages that do one job twice.
var RedundantDependency = check.PerProject(check.Doc{
	ID:         "frontend/redundant-dependency",
	Title:      "Two libraries for one job",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Visitors load both, dates or requests behave differently from page to page, and every advisory counts twice.",
	How:        "Keep the one that is used most, move the other's calls over, and uninstall it.",
	References: []string{
		"https://docs.npmjs.com/cli/commands/npm-uninstall",
		"https://web.dev/articles/reduce-javascript-payloads-with-code-splitting",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, pkg := range s.Packages() {
		if pkg.Role != repo.Production || strings.Contains(pkg.Dir(), "{{") {
			continue
		}
		for _, job := range jobs {
			judgeJob(p, s, pkg, job)
		}
	}
})

// job is something that one library is enough for.
type job struct {
	what  string
	names []string
	brung []string // packages that expect one of them beside them
}

var jobs = []job{
	{"dates", []string{"date-fns", "dayjs", "moment", "luxon"}, []string{"antd", "@mantine/dates", "@mui/x-date-pickers", "react-big-calendar", "element-plus", "ant-design-vue", "moment-timezone", "react-datepicker", "react-dates", "@date-io/core"}},
	{"HTTP requests", []string{"axios", "got", "ky", "superagent", "request", "needle"}, []string{"@nestjs/axios", "axios-retry"}},
	{"helpers for collections", []string{"lodash", "ramda", "underscore", "remeda", "radash"}, nil},
	{"validation", []string{"zod", "yup", "joi", "valibot", "superstruct"}, nil},
	{"forms", []string{"formik", "react-hook-form", "react-final-form", "@tanstack/react-form"}, nil},
	{"class names", []string{"clsx", "classnames"}, nil},
	{"messages to the user", []string{"react-hot-toast", "react-toastify", "sonner", "notistack"}, nil},
	{"dragging", []string{"@dnd-kit/core", "react-dnd", "react-beautiful-dnd", "@hello-pangea/dnd"}, nil},
	{"queries", []string{"swr", "@tanstack/react-query", "react-query"}, nil},
	{"charts", []string{"recharts", "chart.js", "victory", "apexcharts", "echarts", "highcharts"}, nil},
	{"styles", []string{"styled-components", "@emotion/styled"}, []string{"@mui/material"}},
}

func judgeJob(p *check.Pass, s *repo.Snapshot, pkg *repo.Package, j job) {
	var found []manifest.Dependency
	for _, name := range j.names {
		if d, ok := pkg.Dependency(name, manifest.Production); ok {
			found = append(found, d)
		}
	}
	if len(found) < 2 {
		return
	}
	uses := map[string]int{}
	g := s.Graph()
	for _, f := range s.Under(pkg.Dir()) {
		if f.Role != repo.Production || s.UnitDir(f) != pkg.Dir() {
			continue
		}
		seen := map[string]bool{}
		for _, e := range g.External(f) {
			if slices.Contains(j.names, e.Package) && !seen[e.Package] {
				seen[e.Package] = true
				uses[e.Package]++
			}
		}
	}
	expected := len(j.brung) > 0 && pkg.DependsOn(j.brung...)
	found = slices.DeleteFunc(found, func(d manifest.Dependency) bool { return expected && uses[d.Name] == 0 })
	if len(found) < 2 {
		return
	}
	slices.SortStableFunc(found, func(a, b manifest.Dependency) int { return uses[b.Name] - uses[a.Name] })
	var said []string
	for _, d := range found {
		said = append(said, fmt.Sprintf("%s in %d", d.Name, uses[d.Name]))
	}
	least := found[len(found)-1]
	problem := p.Report(pkg.At(least.Span), "%d libraries for %s: %s files", len(found), j.what, strings.Join(said, ", ")).Keyed("%s", j.what)
	for _, d := range found[:len(found)-1] {
		problem.With(pkg.At(d.Span))
	}
}
