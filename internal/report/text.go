package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"drydock/internal/finding"
	"drydock/internal/inert"
	"drydock/internal/score"
)

const columns = 80 // of a text report

// textReport writes lines and remembers nothing but the text so far; the first
// error of the writer comes back at the end.
type textReport struct {
	b strings.Builder
	m *Model
	o Options
}

func writeText(w io.Writer, m *Model, o Options) error {
	t := &textReport{m: m, o: o}
	t.summary()
	if !o.Quiet {
		t.builtWith()
		t.categories()
		t.services()
		t.problems("Risks", finding.Risk)
		t.problems("Weaknesses", finding.Weakness)
		t.strengths()
		t.steps()
	}
	t.muted()
	if !o.Quiet {
		t.limits()
	} else if n := len(m.Skipped) + len(m.Errors); n > 0 {
		t.line("  limits    %d, listed without --quiet", n)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *textReport) line(format string, args ...any) {
	t.b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	t.b.WriteByte('\n')
}

func (t *textReport) heading(title string) { t.line("\n%s", t.paint("1", title)) }

// paint wraps text in an ANSI style when colours are wanted.
func (t *textReport) paint(style, text string) string {
	if !t.o.Color {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

var severityStyles = map[finding.Severity]string{finding.Critical: "1;31", finding.High: "31", finding.Medium: "33", finding.Low: "36"}

func (t *textReport) severity(s finding.Severity) string {
	return t.paint(severityStyles[s], fmt.Sprintf("%-8s", s))
}

// fill writes text behind first, folded to the report's width; the following
// lines are indented to where the text began.
func (t *textReport) fill(first, text string) {
	indent := ansi.StringWidth(first)
	for i, l := range Fold(text, max(20, columns-indent)) {
		if i > 0 {
			first = strings.Repeat(" ", indent)
		}
		t.line("%s%s", first, l)
	}
}

// Fold breaks text into lines of at most width columns, at spaces alone: a path or
// an id stays in one piece, even when it is longer than a line.
func Fold(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.SplitSeq(text, " ") {
		n := ansi.StringWidth(word)
		switch {
		case used == 0:
			line, used = word, n
		case used+1+n <= width:
			line, used = line+" "+word, used+1+n
		default:
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = word, n
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

func (t *textReport) summary() {
	m := t.m
	head := "drydock " + m.Tool.Version + "  " + t.paint("1", inert.Line(m.Project.Name))
	if v := m.Project.VCS; v != nil {
		head += "  " + inert.Line(v.Branch) + " " + v.Commit[:min(len(v.Commit), 7)]
		if v.Dirty {
			head += " with changes"
		}
	}
	t.line("%s\n", head)
	c := m.Score.Total()
	t.line("  score     %s  %s  %s", t.paint("1", points(m.Score.Overall)), m.Score.Grade, m.Score.Status)
	t.line("  deploy    %s", deploy(m))
	t.line("  findings  %d critical, %d high, %d medium, %d low; %s", c.Critical, c.High, c.Medium, c.Low, plural(c.Strength, "strength"))
	if len(m.Roadmap.Weeks) > 0 {
		t.line("  work      %s h to %s points, %d of %d steps with a patch at hand", hours(m.Roadmap.Hours), points(m.Roadmap.Projected), m.fixable(), len(m.Steps))
	}
	if m.Score.Incomplete {
		t.line("  %s", t.paint("1;33", "incomplete: something could not be looked at; see the limits at the end"))
	}
}

func (t *textReport) builtWith() {
	if names := builtWith(t.m, inert.Line); names != "" {
		t.fill("  built with ", names)
	}
}

// builtWith names the technologies with their versions, made harmless by safe.
func builtWith(m *Model, safe func(string) string) string {
	var names []string
	for _, t := range m.Project.Technologies {
		names = append(names, strings.TrimSpace(safe(t.Name)+" "+safe(t.Version)))
	}
	return strings.Join(names, ", ")
}

// deploy answers the question whether the project can be deployed now.
func deploy(m *Model) string {
	switch c := m.Score.Total(); {
	case m.Score.ReadyNow:
		return "yes"
	case c.Critical > 0:
		return fmt.Sprintf("no: %s open", plural(c.Critical, "critical problem"))
	case m.Score.Incomplete:
		return "not known: the audit is incomplete"
	case m.Score.Grade == "-":
		return "not known: nothing to score"
	}
	return "no: the score is too low"
}

func (m *Model) fixable() (n int) {
	for _, s := range m.Steps {
		if s.Fixable {
			n++
		}
	}
	return n
}

func (t *textReport) categories() {
	t.heading("Categories")
	for _, c := range t.m.Categories {
		if !c.Applicable {
			continue
		}
		t.line("  %-20s %s%5s  %s  %s", c.Title, t.bar(c.Score), points(c.Score), c.Grade, counts(c.Counts))
	}
	var out []string
	for _, c := range t.m.Categories {
		if !c.Applicable {
			out = append(out, c.Title)
		}
	}
	if len(out) > 0 {
		t.fill("  not applicable: ", strings.Join(out, ", "))
	}
}

func (t *textReport) bar(v float64) string {
	if t.o.Plain {
		return ""
	}
	full, empty := "█", "░"
	if t.o.ASCII {
		full, empty = "#", "-"
	}
	n := int(v / 10)
	return strings.Repeat(full, n) + strings.Repeat(empty, 10-n) + " "
}

func counts(c score.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		name string
	}{{c.Critical, "critical"}, {c.High, "high"}, {c.Medium, "medium"}, {c.Low, "low"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.name))
		}
	}
	return strings.Join(parts, " ")
}

func (t *textReport) services() {
	if len(t.m.Services) == 0 {
		return
	}
	t.heading("Services")
	for _, s := range t.m.Services {
		health := ""
		if s.Declared.HealthCheck {
			health = "health check"
		}
		t.fill(fmt.Sprintf("  %-14s %-9s %-12s %-12s ", inert.Line(s.Name), s.Role, s.Status, health), inert.Line(s.Source))
	}
}

// problems lists the open findings of a verdict, those of one check together.
func (t *textReport) problems(title string, v finding.Verdict) {
	last := ""
	for i := range t.m.Findings {
		f := &t.m.Findings[i]
		if f.Verdict != v || !f.Open() {
			continue
		}
		if last == "" {
			t.heading(title)
		}
		if key := f.Check + f.Severity.String(); key != last {
			last = key
			t.fill("  "+t.severity(f.Severity)+"  ", f.Title+"  "+t.paint("2", f.Check))
			if f.Fix != nil {
				t.fill("            ", fixLine(f.Fix))
			}
		}
		t.fill("            ", place(f)+"  "+inert.Line(f.Message))
	}
}

// fixLine names a fix. A guided one has one title; the patches of a check differ.
func fixLine(f *finding.Fix) string {
	if f.Guided {
		return fmt.Sprintf("fix %s (guided, %s): %s", f.ID, f.Safety, f.Title)
	}
	return fmt.Sprintf("fix %s (%s)", f.ID, f.Safety)
}

func place(f *finding.Finding) string {
	if len(f.Locations) == 0 || f.Locations[0].Path == "." {
		return "project:"
	}
	p := fmt.Sprintf("%s:%d", inert.Line(f.Locations[0].Path), f.Locations[0].Line)
	if n := len(f.Locations) - 1; n > 0 {
		p += fmt.Sprintf(" (and %d more)", n)
	}
	return p
}

func (t *textReport) strengths() {
	first := true
	for i := range t.m.Findings {
		f := &t.m.Findings[i]
		if f.Verdict != finding.Strength {
			continue
		}
		if first {
			t.heading("Strengths")
			first = false
		}
		t.fill("  ", f.Title+"  "+t.paint("2", f.Check))
		t.fill("            ", place(f)+"  "+inert.Line(f.Message))
	}
}

func (t *textReport) steps() {
	if len(t.m.Steps) == 0 {
		return
	}
	t.heading("What to do, in order")
	for _, s := range t.m.Steps {
		t.fill(fmt.Sprintf("  %2d. ", s.Rank), fmt.Sprintf("%s (%s, %s h, +%s points)", s.Title, s.Priority, hours(s.Hours), points(s.Gain)))
	}
}

func points(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }
func hours(v float64) string  { return points(v) }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
