package report

import (
	"encoding/json"

	"drydock/internal/finding"
	"drydock/internal/score"
)

// saved is a Model with what its JSON leaves out.
type saved struct {
	Model       *Model
	Categories  []score.Category
	Undecided   []Undecided
	Hidden      int
	MinSeverity finding.Severity
	Checks      map[string]Check
	Applied     []Applied
	Team        Team
	Muted       map[string][][3]string
}

// Save is the model of a complete audit as Restore reads it back. It is nil for an
// incomplete one: the next audit may see what this one could not.
func Save(m *Model) []byte {
	if m.Incomplete() {
		return nil
	}
	s := saved{m, m.Score.Categories, m.Undecided, m.Hidden, m.MinSeverity, m.Checks, m.Applied, m.Team, map[string][][3]string{}}
	for by, list := range m.suppressed {
		for _, one := range list {
			s.Muted[by] = append(s.Muted[by], [3]string{one.check, one.path, one.reason})
		}
	}
	data, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return data
}

// Restore is the model that was saved, nil when data is none.
func Restore(data []byte) *Model {
	var s saved
	if len(data) == 0 || json.Unmarshal(data, &s) != nil || s.Model == nil {
		return nil
	}
	m := s.Model
	m.Score.Categories, m.Undecided, m.Hidden, m.MinSeverity = s.Categories, s.Undecided, s.Hidden, s.MinSeverity
	m.Checks, m.Applied, m.Team = s.Checks, s.Applied, s.Team
	m.suppressed = map[string][]muted{}
	for by, list := range s.Muted {
		for _, one := range list {
			m.suppressed[by] = append(m.suppressed[by], muted{one[0], one[1], one[2]})
		}
	}
	return m
}
