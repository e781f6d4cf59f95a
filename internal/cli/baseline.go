package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"drydock/internal/finding"
	"drydock/internal/report"
)

const maxBaseline = 256 << 20 // bytes of a report that is read back

// baseline is the set of fingerprints of the open problems in the earlier JSON
// report that the settings name.
func (s *session) baseline() (map[string]bool, error) {
	read := readReport
	if s.set.BaselineOwn { // what a project names is read as part of it: no link leads out
		read = s.dir.ReadFile
	}
	data, err := read(s.set.Baseline)
	if err != nil {
		return nil, fmt.Errorf("baseline %s: %w", s.set.Baseline, reason(err))
	}
	return readBaseline(s.set.Baseline, data)
}

// readReport reads a file that the person named.
func readReport(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxBaseline {
		return nil, errors.New("is not a report; name a file that 'drydock audit --format json' wrote")
	}
	return os.ReadFile(path)
}

// readBaseline is the set of fingerprints of the open problems in a report.
func readBaseline(path string, data []byte) (map[string]bool, error) {
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
