package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"drydock/internal/finding"
	"drydock/internal/report"
)

const maxBaseline = 256 << 20 // bytes of a report that is read back

// readBaseline is the set of fingerprints of the open problems in an earlier
// JSON report.
func readBaseline(path string) (map[string]bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("baseline %s: %w", path, reason(err))
	}
	if !info.Mode().IsRegular() || info.Size() > maxBaseline {
		return nil, fmt.Errorf("baseline %s: is not a report; name a file that 'drydock audit --format json' wrote", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("baseline %s: %w", path, reason(err))
	}
	var old struct {
		Schema   string            `json:"schema"`
		Findings []finding.Finding `json:"findings"`
	}
	if err := json.Unmarshal(data, &old); err != nil || old.Schema != report.Schema {
		return nil, fmt.Errorf("baseline %s: is not a %s report; write one with 'drydock audit --format json -o %s'", path, report.Schema, path)
	}
	known := map[string]bool{}
	for i := range old.Findings {
		if old.Findings[i].Verdict != finding.Strength {
			known[old.Findings[i].Fingerprint] = true
		}
	}
	return known, nil
}
