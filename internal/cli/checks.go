package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/report"
	"drydock/scanners"
)

// checkEntry is what "checks --format json" says of one check.
type checkEntry struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Category   string             `json:"category"`
	Severity   finding.Severity   `json:"severity"`
	Confidence finding.Confidence `json:"confidence"`
	Kind       string             `json:"kind"` // "file" or "project": what it looks at
	Hours      float64            `json:"effort_hours"`
	Fix        *string            `json:"fix"` // nil, "safe", "review" or "guided"
	Why        string             `json:"why"`
	How        string             `json:"how"`
	References []string           `json:"references"`
	Peers      []finding.Peer     `json:"peers"`
}

func entryOf(c *check.Check) checkEntry {
	e := checkEntry{
		ID: c.ID, Title: c.Title, Category: c.Category(), Severity: c.Severity, Confidence: c.Confidence, Kind: "project", Hours: c.Hours,
		Why: c.Why, How: c.How, References: append([]string{}, c.References...), Peers: append([]finding.Peer{}, c.Peers...),
	}
	if c.PerFile {
		e.Kind = "file"
	}
	fix := string(c.Attaches)
	if c.Fix != nil {
		fix = string(c.Fix.Safety)
		if c.Fix.Guided {
			fix = "guided"
		}
	}
	if fix != "" {
		e.Fix = &fix
	}
	return e
}

func checksCommand(sh *shell) *cobra.Command {
	cmd := &cobra.Command{Use: "checks [ID]", Short: "List the checks, or explain one", Args: cobra.MaximumNArgs(1)}
	format := cmd.Flags().String("format", "text", "print as `FORMAT`: text, json or markdown")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		entries := []checkEntry{}
		var only *check.Check
		var ids []string
		for _, c := range scanners.All() {
			ids = append(ids, c.ID)
			if len(args) == 0 || args[0] == c.ID {
				entries = append(entries, entryOf(c))
				only = c
			}
		}
		if len(entries) == 0 && len(args) > 0 {
			return unknown("check", args[0], ids)
		}
		var text string
		switch *format {
		case "json":
			data, err := json.MarshalIndent(entries, "", "  ")
			if err != nil {
				return err
			}
			text = string(data) + "\n"
		case "markdown":
			text = checksMarkdown(entries, len(args) > 0)
			if len(args) > 0 {
				text += examplesMarkdown(only)
			}
		case "text":
			text = checksText(entries, len(args) > 0)
			if len(args) > 0 {
				text += examplesText(only)
			}
		default:
			return usage("unknown format %q: use text, json or markdown", *format)
		}
		_, err := io.WriteString(sh.out, text)
		return err
	}
	return cmd
}

func checksText(entries []checkEntry, explain bool) string {
	var b strings.Builder
	if explain {
		explainCheck(&b, &entries[0])
		return b.String()
	}
	category := ""
	for _, e := range entries {
		if e.Category != category {
			if category != "" {
				b.WriteByte('\n')
			}
			category = e.Category
			fmt.Fprintln(&b, finding.CategoryTitle(category))
		}
		fix := ""
		if e.Fix != nil {
			fix = "  fix: " + *e.Fix
		}
		fmt.Fprintf(&b, "  %-8s  %-42s  %s%s\n", e.Severity, e.ID, e.Title, fix)
	}
	return b.String()
}

func explainCheck(b *strings.Builder, e *checkEntry) {
	fmt.Fprintf(b, "%s\n%s\n\n", e.Title, e.ID)
	row := func(name, text string) {
		for i, line := range report.Fold(text, 66) {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(b, "%-14s%s\n", name, line)
		}
	}
	row("severity", e.Severity.String())
	row("confidence", string(e.Confidence))
	row("looks at", "one "+e.Kind+" at a time")
	row("effort", fmt.Sprintf("%g h by hand", e.Hours))
	if e.Fix != nil {
		row("fix", *e.Fix)
	}
	row("why", e.Why)
	row("how to mend", e.How)
	for _, r := range e.References {
		row("see", r)
	}
	for _, p := range e.Peers {
		row("like", fmt.Sprintf("%s %s (%s)", p.Tool, p.Rule, p.Relation))
	}
}

func checksMarkdown(entries []checkEntry, explain bool) string {
	var b strings.Builder
	if !explain {
		b.WriteString("# Checks\n\n| check | severity | finds | fix |\n| --- | --- | --- | --- |\n")
		for _, e := range entries {
			fix := ""
			if e.Fix != nil {
				fix = *e.Fix
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", e.ID, e.Severity, e.Title, fix)
		}
		return b.String()
	}
	e := &entries[0]
	fmt.Fprintf(&b, "# %s\n\n`%s`, %s, %s, %g h by hand\n\n## Why\n\n%s\n\n## How to mend it\n\n%s\n", e.Title, e.ID, e.Severity, e.Confidence, e.Hours, e.Why, e.How)
	if len(e.References) > 0 {
		b.WriteString("\n## References\n\n")
		for _, r := range e.References {
			fmt.Fprintf(&b, "* <%s>\n", r)
		}
	}
	if len(e.Peers) > 0 {
		b.WriteString("\n## Other tools\n\n")
		for _, p := range e.Peers {
			fmt.Fprintf(&b, "* %s `%s` (%s)\n", p.Tool, p.Rule, p.Relation)
		}
	}
	return b.String()
}
