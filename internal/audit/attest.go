package audit

import (
	"fmt"
	"time"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Attestation is what a person answers where files cannot: that something was done
// outside the project, with the evidence for it and a day after which it has to be
// said again.
type Attestation struct {
	Check    string
	Evidence string // a link or a path
	By       string // who says so, "" when not written
	Date     time.Time
	Until    time.Time
	At       finding.Location // where it is written
}

// String is what a report shows of it.
func (a *Attestation) String() string {
	by := ""
	if a.By != "" {
		by = " by " + a.By
	}
	return fmt.Sprintf("attested%s on %s, until %s, not seen in the files: %s", by, a.Date.Format(time.DateOnly), a.Until.Format(time.DateOnly), a.Evidence)
}

// attest lets attestations answer for what checks could not decide. What files
// prove or disprove they do not touch: of those that try there is a note.
func attest(outcomes []check.Outcome, all []Attestation) (notes []repo.Skip) {
	for i := range outcomes {
		o := &outcomes[i]
		for j := range all {
			a := &all[j]
			if a.Check != o.Doc.ID || o.Err != nil {
				continue
			}
			unproven := o.Doc.Confidence == finding.NotProven
			if len(o.Open) == 0 && (len(o.Problems) == 0 || !unproven) {
				if len(o.Problems) > 0 {
					notes = append(notes, repo.Skip{Path: fmt.Sprintf("%s:%d", a.At.Path, a.At.Line), Reason: "attests " + a.Check + ", which the files decide: it counts for nothing"})
				}
				continue
			}
			o.Open = nil
			if unproven {
				o.Problems = nil
			}
			o.Held = append(o.Held, check.Evidence{At: a.At, Message: a.String()})
		}
	}
	return notes
}
