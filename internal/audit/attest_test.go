package audit

import (
	"context"
	"strings"
	"testing"
	"time"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

func TestAttestationsAnswerWhatFilesCannot(t *testing.T) {
	asked := check.PerProject(check.Doc{ID: "security/asked", Title: "No test", Severity: finding.Medium, Confidence: finding.NotProven, Holds: "There is a test"},
		func(p *check.Pass, s *repo.Snapshot) { p.Unproven(finding.Root(), "no record") })
	decided := check.PerProject(check.Doc{ID: "security/decided", Title: "Open", Severity: finding.High, Confidence: finding.Sure},
		func(p *check.Pass, s *repo.Snapshot) { p.Report(finding.Root(), "open") })
	checks := []*check.Check{asked, decided}
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	says := func(id string) Attestation {
		return Attestation{Check: id, Evidence: "https://acme.example/report.pdf", By: "Red Team", Date: day, Until: day.AddDate(1, 0, 0), At: finding.Location{Path: "drydock.yaml", Line: 3}}
	}
	run := func(all ...Attestation) *Result {
		res, err := Start(context.Background(), repo.NewMem(nil), checks, Options{Attest: all}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if without := run(); len(without.Open) != 1 || len(without.Findings) != 1 {
		t.Fatalf("%+v", without.Findings)
	}
	res := run(says("security/asked"), says("security/decided"))
	if len(res.Open) != 0 || len(res.Findings) != 2 {
		t.Fatalf("%+v, open %+v", res.Findings, res.Open)
	}
	risk, strength := res.Findings[0], res.Findings[1]
	if risk.Check != "security/decided" || strength.Verdict != finding.Strength || strength.Confidence != finding.NotProven {
		t.Errorf("%+v", res.Findings)
	}
	for _, part := range []string{"attested by Red Team on 2026-05-01, until 2027-05-01", "report.pdf"} {
		if !strings.Contains(strength.Message, part) {
			t.Errorf("%q does not say %q", strength.Message, part)
		}
	}
	if len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Reason, "counts for nothing") {
		t.Errorf("%+v", res.Skipped)
	}
}
