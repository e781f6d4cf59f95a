package cli

import (
	"fmt"
	"strings"

	"drydock/internal/check"
)

// examplesText shows what a check finds and what it leaves alone: projects of its
// fixture, which the tests run.
func examplesText(c *check.Check) string {
	var b strings.Builder
	bad, good := c.Examples()
	for _, e := range []struct {
		title   string
		example *check.Example
	}{{"fails", bad}, {"holds", good}} {
		if e.example == nil {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", e.title)
		for _, f := range e.example.Files {
			fmt.Fprintf(&b, "  %s\n", f.Name)
			for line := range strings.Lines(string(f.Data)) {
				fmt.Fprintf(&b, "    %s\n", strings.TrimRight(line, "\n"))
			}
		}
		for _, s := range e.example.Says {
			fmt.Fprintf(&b, "  → %s\n", s)
		}
	}
	return b.String()
}

func examplesMarkdown(c *check.Check) string {
	var b strings.Builder
	bad, good := c.Examples()
	for _, e := range []struct {
		title   string
		example *check.Example
	}{{"Fails", bad}, {"Holds", good}} {
		if e.example == nil {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", e.title)
		for _, f := range e.example.Files {
			fmt.Fprintf(&b, "\n`%s`\n\n````\n%s````\n", f.Name, f.Data)
		}
		for _, s := range e.example.Says {
			fmt.Fprintf(&b, "\n> %s\n", s)
		}
	}
	return b.String()
}
