package audit

import (
	"drydock/internal/finding"
	"drydock/internal/score"
)

// Work is what mending the open findings of at least severity min takes, one
// entry a check: the input of score.Recommend.
func (r *Result) Work(min finding.Severity) []score.Work {
	hours := map[string]float64{}
	for _, o := range r.Outcomes {
		hours[o.Doc.ID] = o.Doc.Hours
	}
	at := map[string]int{}
	var work []score.Work
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Open() || f.Severity < min {
			continue
		}
		n, known := at[f.Check]
		if !known {
			n = len(work)
			at[f.Check] = n
			work = append(work, score.Work{Check: f.Check, Title: f.Title, Hours: hours[f.Check], Fixable: true})
		}
		w := &work[n]
		w.Fingerprints = append(w.Fingerprints, f.Fingerprint)
		w.Severity = max(w.Severity, f.Severity)
		w.Fixable = w.Fixable && f.Fix != nil
	}
	return work
}
