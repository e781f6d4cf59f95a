package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"drydock/internal/finding"
	"drydock/internal/report"
)

func pathOf(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func auditCommand(sh *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use: "audit [PATH]", Short: "Audit a project and print a report", Args: cobra.MaximumNArgs(1),
		Long: `Audit the project at PATH (the current directory by default) and print a report.

Exit codes: 0 no gate failed, 1 a gate (--fail-under, --fail-on) failed, 2 the
request is wrong, 3 the audit is incomplete (the report says why), 130
interrupted. A failed gate wins over an incomplete audit.`,
		RunE: func(cmd *cobra.Command, args []string) error { return runAudit(cmd.Context(), sh, cmd, pathOf(args)) },
	}
	commonFlags(cmd.Flags())
	auditFlags(cmd.Flags())
	reportFlags(cmd.Flags())
	return cmd
}

func runAudit(ctx context.Context, sh *shell, cmd *cobra.Command, path string) error {
	s, err := openSession(sh, cmd, path)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := s.targets()
	if err != nil {
		return exit(exitUsage, err)
	}
	if s.set.Format == schemaFormat {
		return s.writeSchema()
	}
	m, err := s.report(ctx)
	if err != nil {
		return err
	}
	s.tell(m)
	if err := s.writeReports(m, targets); err != nil {
		return err
	}
	return s.gate(m)
}

// targets are the reports that the settings ask for, checked before anything
// runs.
func (s *session) targets() ([]target, error) {
	out := []target{{s.set.Format, s.set.Output}}
	for _, r := range s.set.Reports {
		format, file, ok := strings.Cut(r, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--report %q: write it as FORMAT=FILE", r)
		}
		out = append(out, target{format, file})
	}
	seen := map[string]bool{}
	for i, t := range out {
		if err := report.CheckFormat(t.format); err != nil && (i > 0 || t.format != schemaFormat) {
			return nil, err
		}
		if t.file == "" {
			continue
		}
		if seen[t.file] {
			return nil, fmt.Errorf("%s: two reports cannot go to one file", t.file)
		}
		seen[t.file] = true
		if err := checkTarget(t.file); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// tell adds for --verbose what was done.
func (s *session) tell(m *report.Model) {
	if s.set.Verbose && !s.set.Quiet {
		s.sh.note("%d checks over %d files in %d ms", len(m.Checks), m.Stats.Files, m.DurationMS)
	}
}

// gate says by the exit code whether what was asked for holds.
func (s *session) gate(m *report.Model) error {
	if s.set.FailUnder > 0 && m.Score.Overall < s.set.FailUnder {
		return exit(exitGate, fmt.Errorf("the score is %.1f, under %g", m.Score.Overall, s.set.FailUnder))
	}
	if s.set.FailOn > finding.Info {
		if n := m.AtLeast(s.set.FailOn); n > 0 {
			return exit(exitGate, fmt.Errorf("%s of severity %s or worse", plural(n, "open problem"), s.set.FailOn))
		}
	}
	if m.Incomplete() {
		return exit(exitIncomplete, fmt.Errorf("the audit is incomplete: %s", m.WhyIncomplete()))
	}
	return nil
}
