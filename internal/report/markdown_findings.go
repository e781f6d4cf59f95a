package report

import (
	"fmt"
	"strings"
	"time"

	"drydock/internal/finding"
	"drydock/internal/score"
)

// categories tells of each category that applies what holds, what does not, and
// how its score comes about.
func (d *markdown) categories() {
	for _, c := range d.m.Categories {
		if !c.Applicable {
			continue
		}
		d.heading(fmt.Sprintf("%s: %s, %s", c.Title, points(c.Score), c.Grade))
		d.deductions(c)
		d.strengths(c.ID)
		d.problems(c.ID, "Risks", finding.Risk)
		d.problems(c.ID, "Weaknesses", finding.Weakness)
	}
}

func (d *markdown) deductions(c score.Category) {
	if len(c.Deductions) == 0 {
		d.line("Nothing was deducted.")
		return
	}
	var parts []string
	for _, x := range c.Deductions {
		parts = append(parts, fmt.Sprintf("%s %s", points(x.Points), code(x.Check)))
	}
	d.line("100 less %s.", strings.Join(parts, ", "))
}

func (d *markdown) strengths(category string) {
	first := true
	for i := range d.m.Findings {
		f := &d.m.Findings[i]
		if f.Category != category || f.Verdict != finding.Strength {
			continue
		}
		if first {
			d.line("\n### Strengths\n")
			first = false
		}
		d.line("* %s: %s%s", prose(f.Title), prose(f.Message), evidence(f, 3))
	}
}

// problems lists the open findings of a verdict; those of one check share what
// it means and what to do.
func (d *markdown) problems(category, title string, v finding.Verdict) {
	last := ""
	for i := range d.m.Findings {
		f := &d.m.Findings[i]
		if f.Category != category || f.Verdict != v || !f.Open() {
			continue
		}
		if last == "" {
			d.line("\n### %s", title)
		}
		if key := f.Check + f.Severity.String(); key != last {
			last = key
			d.line("\n**%s** (%s, %s)\n", prose(f.Title), f.Severity, code(f.Check))
			if about := d.m.Checks[f.Check]; about.Why != "" {
				d.line("Impact: %s Action: %s %s h by hand%s.\n", prose(about.Why), prose(about.How), hours(f.Hours), fixNote(f))
			}
		}
		d.line("* %s%s", prose(f.Message), evidence(f, 5))
	}
}

func fixNote(f *finding.Finding) string {
	if f.Fix == nil {
		return ""
	}
	return ", or " + code("drydock fix --fix "+f.Fix.ID)
}

// evidence is where a finding stands and the first place's text.
func evidence(f *finding.Finding, places int) string {
	var b strings.Builder
	for i, l := range f.Locations {
		if l.Path == "." {
			continue
		}
		if i == places {
			fmt.Fprintf(&b, " and %d more", len(f.Locations)-i)
			break
		}
		b.WriteString(" " + code(fmt.Sprintf("%s:%d", l.Path, l.Line)))
		if i == 0 && l.Snippet != "" && f.Verdict != finding.Strength {
			b.WriteString(" " + code(l.Snippet))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "," + b.String()
}

// blockers are the critical problems: each keeps the project from production.
func (d *markdown) blockers() {
	n := 0
	for i := range d.m.Findings {
		f := &d.m.Findings[i]
		if f.Severity != finding.Critical || !f.Open() {
			continue
		}
		if n++; n == 1 {
			d.heading("Critical issues that block production")
			d.table("", "now", "where", "required", "patch")
		}
		patch := "by hand"
		if f.Fix != nil {
			patch = code("drydock fix --finding " + f.Fingerprint)
		}
		at := "the project"
		if l := f.Locations[0]; l.Path != "." {
			at = code(fmt.Sprintf("%s:%d", l.Path, l.Line))
		}
		d.row(fmt.Sprintf("P0-%d", n), prose(f.Message), at, prose(d.m.Checks[f.Check].How), patch)
	}
}

// limits says how the report was made and what it does not cover.
func (d *markdown) limits() {
	m := d.m
	d.heading("Method and limits")
	d.line("drydock %s, %s, %s over %s. Everything here was read from files; nothing of the project was run.",
		m.Tool.Version, m.Generated.Format(time.RFC3339), plural(len(m.Checks), "check"), plural(m.Stats.Files, "file"))
	if v := m.Project.VCS; v != nil && v.Commit != "" {
		d.line("\nCommit %s.", code(v.Commit))
	}
	if len(m.Errors) > 0 {
		d.line("\n### Errors\n")
		for _, e := range m.Errors {
			d.line("* %s %s", code(strings.TrimSpace(e.Check+" "+e.Path)), prose(e.Message))
		}
	}
	if m.Suppressed() > 0 {
		d.line("\n### Suppressed: %s\n", plural(m.Suppressed(), "finding"))
		for _, by := range mutedBy {
			for _, s := range m.suppressed[by] {
				d.line("* %s: %s %s, %s", by, code(s.check), code(s.path), prose(s.reason))
			}
		}
	}
	if len(m.Skipped) > 0 {
		d.line("\n### Skipped\n")
		for _, s := range m.Skipped {
			d.line("* %s: %s", code(s.Path), prose(s.Reason))
		}
	}
	if len(m.Undecided) > 0 {
		d.line("\n### What files alone cannot answer\n")
		for _, u := range m.Undecided {
			d.line("* %s %s: %s", code(u.Check), code(fmt.Sprintf("%s:%d", u.At.Path, u.At.Line)), prose(u.Message))
		}
	}
}
