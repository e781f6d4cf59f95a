package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"drydock/internal/finding"
	"drydock/internal/score"
)

// markdown writes the sections of a report, each left out when it has no
// content, except the summary and the limits.
type markdown struct {
	b strings.Builder
	m *Model
}

func writeMarkdown(w io.Writer, m *Model, _ Options) error {
	d := &markdown{m: m}
	for _, section := range []func(){
		d.summary, d.stats, d.services, d.categories, d.blockers, d.steps, d.roadmap, d.glance, d.sides, d.applied, d.files, d.cost, d.limits,
	} {
		section()
	}
	_, err := io.WriteString(w, d.b.String())
	return err
}

func (d *markdown) line(format string, args ...any) {
	fmt.Fprintf(&d.b, format, args...)
	d.b.WriteByte('\n')
}

func (d *markdown) heading(title string) { d.line("\n## %s\n", title) }

func (d *markdown) table(columns ...string) {
	d.row(columns...)
	d.line("|%s", strings.Repeat(" --- |", len(columns)))
}

func (d *markdown) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	d.line("| %s |", strings.Join(cells, " | "))
}

func (d *markdown) summary() {
	m := d.m
	d.line("# Production readiness of %s\n", prose(m.Project.Name))
	d.line("**%s of 100, grade %s, %s.** Can deploy now: %s.\n", points(m.Score.Overall), m.Score.Grade, m.Score.Status, deploy(m))
	d.line("%s\n", d.verdict())
	if m.Score.Incomplete {
		d.line("The audit is incomplete: %s. See [method and limits](#method-and-limits).\n", prose(m.WhyIncomplete()))
	}
	d.table("category", "score", "grade", "status", "open problems")
	for _, c := range m.Categories {
		if c.Applicable {
			d.row(prose(c.Title), points(c.Score), c.Grade, c.Status, orNone(counts(c.Counts)))
		}
	}
	d.row("**overall**", "**"+points(m.Score.Overall)+"**", m.Score.Grade, m.Score.Status, orNone(counts(m.Score.Total())))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// verdict is the summary's one sentence, made from the numbers alone.
func (d *markdown) verdict() string {
	m := d.m
	open := m.Score.Total().Problems()
	if open == 0 {
		return "No check that applied found an open problem."
	}
	s := fmt.Sprintf("%s open, %s and %s among them", plural(open, "problem"), fmt.Sprintf("%d critical", m.Score.Total().Critical), fmt.Sprintf("%d high", m.Score.Total().High))
	if m.Score.Overall >= m.Roadmap.Target || len(m.Roadmap.Weeks) == 0 {
		return s + "."
	}
	return s + fmt.Sprintf("; about %s hours of work lead to %s points.", hours(m.Roadmap.Hours), points(m.Roadmap.Projected))
}

func (d *markdown) stats() {
	s := d.m.Stats
	d.heading("Quick stats")
	d.table("", "")
	d.row("files", fmt.Sprintf("%d, %d of them code", s.Files, s.CodeFiles))
	d.row("lines", fmt.Sprintf("%d: %d code, %d comment, %d blank", s.Lines.Total, s.Lines.Code, s.Lines.Comment, s.Lines.Blank))
	var langs []string
	for i, l := range s.Languages {
		if i < 8 && l.Code > 0 {
			langs = append(langs, fmt.Sprintf("%s %d", prose(l.Name), l.Code))
		}
	}
	if len(langs) > 0 {
		d.row("code by language", strings.Join(langs, ", "))
	}
	if names := builtWith(d.m, prose); names != "" {
		d.row("built with", names)
	}
	d.row("manifests", fmt.Sprint(s.Manifests))
	d.row("documentation files", fmt.Sprint(s.DocsFiles))
	d.row("services", fmt.Sprint(s.Services))
	d.row("test files", fmt.Sprintf("%d, %.2f for each other code file", s.Tests.Files, s.Tests.Ratio))
	d.row("TODO and FIXME", fmt.Sprint(s.Todos))
	d.row("lines with mock data", fmt.Sprint(s.Mocks))
	d.row("console.log calls", fmt.Sprint(s.ConsoleLogs))
}

func (d *markdown) services() {
	if len(d.m.Services) == 0 {
		return
	}
	d.heading("Services")
	d.table("service", "role", "declared in", "image", "health check", "status")
	for _, s := range d.m.Services {
		health := "none"
		if s.Declared.HealthCheck {
			health = "declared"
		}
		d.row(code(s.Name), prose(s.Role), code(s.Source), prose(s.Declared.Image), health, s.Status)
	}
}

func (d *markdown) steps() {
	if len(d.m.Steps) == 0 {
		return
	}
	d.heading("Recommendations in priority order")
	d.table("", "priority", "what", "check", "hours", "points", "patch")
	for _, s := range d.m.Steps {
		patch := ""
		if s.Fixable {
			patch = "yes"
		}
		d.row(fmt.Sprint(s.Rank), s.Priority, prose(s.Title), code(s.Check), hours(s.Hours), "+"+points(s.Gain), patch)
	}
}

func (d *markdown) roadmap() {
	r := d.m.Roadmap
	if len(r.Weeks) == 0 {
		return
	}
	d.heading(fmt.Sprintf("Roadmap to %s points", points(r.Target)))
	d.line("%s hours in all, at %s hours a week.\n", hours(r.Hours), hours(d.m.weekly(d.m.Team.Engineers)))
	d.table("week", "what", "hours", "steps", "score after")
	for _, w := range r.Weeks {
		d.row(fmt.Sprint(w.N), w.Title, hours(w.Hours), strings.Trim(fmt.Sprint(w.Items), "[]"), points(w.Projected))
	}
	d.line("")
	d.table("engineers", "weeks")
	for _, n := range []int{1, 5, 10} {
		d.row(fmt.Sprint(n), fmt.Sprintf("%.0f", math.Ceil(r.Hours/d.m.weekly(n))))
	}
}

// weekly is the hours that n engineers have a week.
func (m *Model) weekly(n int) float64 {
	each := m.Team.HoursPerWeek
	if each <= 0 {
		each = 40
	}
	return each * float64(n)
}

func (d *markdown) glance() {
	any := false
	for _, c := range d.m.Categories {
		any = any || c.Applicable
	}
	if !any {
		return
	}
	d.heading("Category scores")
	d.table("category", "", "score", "for production")
	for _, c := range d.m.Categories {
		if c.Applicable {
			n := int(c.Score / 5)
			d.row(prose(c.Title), "`"+strings.Repeat("█", n)+strings.Repeat("░", 20-n)+"`", points(c.Score), d.needs(c))
		}
	}
}

// needs is ready, or the two checks that cost the category most.
func (d *markdown) needs(c score.Category) string {
	if len(c.Deductions) == 0 {
		return "ready"
	}
	var titles []string
	for _, x := range c.Deductions[:min(2, len(c.Deductions))] {
		titles = append(titles, prose(d.m.Checks[x.Check].Title))
	}
	return "open: " + strings.Join(titles, "; ")
}

// sides puts strengths and weaknesses next to each other, by title.
func (d *markdown) sides() {
	var good, bad []string
	seen := map[string]bool{}
	for i := range d.m.Findings {
		f := &d.m.Findings[i]
		key := f.Check + string(f.Verdict)
		if seen[key] || f.Suppressed != nil {
			continue
		}
		seen[key] = true
		if f.Verdict == finding.Strength {
			good = append(good, prose(f.Title))
		} else {
			bad = append(bad, prose(f.Title))
		}
	}
	if len(good) == 0 || len(bad) == 0 {
		return // one side alone was told already
	}
	d.heading("Strengths and weaknesses")
	d.table("strengths", "weaknesses")
	at := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range max(len(good), len(bad)) {
		d.row(at(good, i), at(bad, i))
	}
}

func (d *markdown) applied() {
	if len(d.m.Applied) == 0 {
		return
	}
	d.heading("Applied fixes")
	d.table("when", "fix", "closed")
	for _, a := range d.m.Applied {
		d.row(a.When.UTC().Format(time.DateTime), prose(a.Title), prose(strings.Join(a.Closed, ", ")))
	}
}

func (d *markdown) files() {
	if len(d.m.Critical) == 0 {
		return
	}
	d.heading("Critical files to review")
	d.table("file", "worst", "open problems")
	for _, f := range d.m.Critical {
		d.row(code(f.Path), f.Worst.String(), f.Note)
	}
}

func (d *markdown) cost() {
	e := d.m.Stats.Estimate
	if e.Cost == 0 {
		return
	}
	d.heading("Cost and value")
	d.line("Writing this code anew: about %.1f months and $%.0f (COCOMO, organic, over lines of code in programming languages).", e.Months, e.Cost)
	if len(d.m.Roadmap.Weeks) > 0 {
		d.line("Bringing it from %s to %s points: about %s hours.", points(d.m.Score.Overall), points(d.m.Roadmap.Projected), hours(d.m.Roadmap.Hours))
	}
}
