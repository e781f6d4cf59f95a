package cli

import (
	"fmt"
	"io"
	"strings"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/inert"
	"drydock/remediation"
)

// listFixes prints every fix at hand.
func (s *session) listFixes(res *audit.Result) error {
	offers := remediation.Offers(res)
	var b strings.Builder
	if len(offers) == 0 {
		b.WriteString("no fix is at hand: no open finding has one\n")
	}
	for _, o := range offers {
		kind := string(o.Safety)
		if o.Guided {
			kind += ", guided"
		}
		fmt.Fprintf(&b, "%s  (%s, closes %s)\n    %s\n", o.ID, kind, plural(len(o.Findings), "finding"), inert.Line(o.Title))
		if o.Summary != "" {
			fmt.Fprintf(&b, "    %s\n", o.Summary)
		}
		if o.Disabled != "" {
			fmt.Fprintf(&b, "    not now: %s\n", inert.Line(o.Disabled))
		}
		for _, fp := range o.Findings {
			f := res.Finding(fp)
			fmt.Fprintf(&b, "    %s  %-8s  %s\n", fp, f.Severity, where(f))
		}
	}
	_, err := io.WriteString(s.sh.out, b.String())
	return err
}

func where(f *finding.Finding) string {
	if at := f.Locations[0]; at.Path != "." {
		return fmt.Sprintf("%s  %s:%d", f.Check, inert.Line(at.Path), at.Line)
	}
	return f.Check
}

// showPlan prints the masked diff and what its proof has shown. Lines beside the
// diff begin with "#".
func (s *session) showPlan(res *audit.Result, plan *remediation.Plan, proof *remediation.Proof) error {
	diffs, err := remediation.Preview(res.Repo.Tree(), plan.Set)
	if err != nil {
		return exit(exitFix, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s (%s)\n", plan.Fix.ID, inert.Line(plan.Fix.Title), plan.Fix.Safety)
	b.WriteString(s.dress(inert.Text(remediation.Unified(diffs))))
	for _, line := range proofLines(plan, proof) {
		fmt.Fprintf(&b, "# %s\n", line)
	}
	_, err = io.WriteString(s.sh.out, b.String())
	return err
}

// showApplied says what was written, what it closed and how to take it back.
func (s *session) showApplied(path string, plan *remediation.Plan, proof *remediation.Proof, done remediation.Applied) error {
	var b strings.Builder
	fmt.Fprintf(&b, "applied %s: %s\n", plan.Fix.ID, inert.Line(plan.Fix.Title))
	for _, f := range done.Files {
		fmt.Fprintf(&b, "  wrote      %s\n", inert.Line(f))
	}
	for _, line := range proofLines(plan, proof)[1:] {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	undo := "drydock undo"
	if path != "." {
		undo += " " + inert.Line(path)
	}
	fmt.Fprintf(&b, "take it back with: %s\n", undo)
	_, err := io.WriteString(s.sh.out, b.String())
	return err
}

// proofLines say what the audit of the mended overlay has shown.
func proofLines(plan *remediation.Plan, p *remediation.Proof) []string {
	verdict := "holds"
	if err := p.Err(); err != nil {
		verdict = "fails: " + inert.Line(err.Error())
	}
	lines := []string{
		"proof      " + verdict,
		fmt.Sprintf("closed     %d", len(p.Closed)),
		fmt.Sprintf("new        %d", len(p.New)),
		fmt.Sprintf("score      %.1f -> %.1f", p.Before.Overall, p.After.Overall),
	}
	for i, was := range p.Before.Categories {
		if is := p.After.Categories[i]; was.Applicable && is.Applicable && was.Score != is.Score {
			lines = append(lines, fmt.Sprintf("           %s %.1f -> %.1f", was.Title, was.Score, is.Score))
		}
	}
	for i := range p.Closed {
		lines = append(lines, "closes     "+where(&p.Closed[i]))
	}
	for i := range p.New {
		lines = append(lines, "new        "+where(&p.New[i]))
	}
	for _, e := range plan.Effect {
		lines = append(lines, "effect     "+inert.Line(e))
	}
	for _, l := range plan.Left {
		lines = append(lines, "by hand    "+inert.Line(l))
	}
	return lines
}

// dress colours a diff for a terminal.
func (s *session) dress(diff string) string {
	if !s.look(target{}).Color {
		return diff
	}
	var b strings.Builder
	for line := range strings.Lines(diff) {
		style := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			style = "1"
		case strings.HasPrefix(line, "@@"):
			style = "36"
		case strings.HasPrefix(line, "+"):
			style = "32"
		case strings.HasPrefix(line, "-"):
			style = "31"
		}
		if style == "" {
			b.WriteString(line)
			continue
		}
		fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m\n", style, strings.TrimSuffix(line, "\n"))
	}
	return b.String()
}
