package tui

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/tui/action"
)

// order is how a list of findings is sorted.
type order int

const (
	bySeverity order = iota // grouped by check
	byPlace
	byHours
	byFix
	orders
)

var orderNames = [orders]string{"severity", "place", "hours", "fixable first"}

// findingRow is one row: a heading, a finding, or plain text.
type findingRow struct {
	finding *finding.Finding
	left    string
	right   string
	heading bool
}

// sort orders findings that come worst first.
func (o order) sort(list []*finding.Finding) {
	slices.SortStableFunc(list, func(a, b *finding.Finding) int {
		switch o {
		case byPlace:
			if c := strings.Compare(a.Locations[0].Path, b.Locations[0].Path); c != 0 {
				return c
			}
			return a.Locations[0].Line - b.Locations[0].Line
		case byHours:
			return int(100 * (a.Hours - b.Hours))
		case byFix:
			return fixRank(a) - fixRank(b)
		}
		return 0 // the audit's own order: worst first
	})
}

func fixRank(f *finding.Finding) int {
	switch {
	case f.Fix == nil:
		return 2
	case f.Fix.Guided:
		return 1
	}
	return 0
}

// grouped puts the findings of one check below its title.
func grouped(list []*finding.Finding) []findingRow {
	var out []findingRow
	for i := 0; i < len(list); {
		n := i
		for n < len(list) && list[n].Check == list[i].Check && list[n].Severity == list[i].Severity {
			n++
		}
		out = append(out, findingRow{left: list[i].Title, right: count(n-i, "place"), heading: true})
		for ; i < n; i++ {
			out = append(out, findingRow{finding: list[i], left: list[i].Message, right: place(list[i])})
		}
	}
	return out
}

func flat(list []*finding.Finding) []findingRow {
	var out []findingRow
	for _, f := range list {
		left := f.Title
		if f.Suppressed != nil {
			left += ": " + f.Suppressed.By + ", " + f.Suppressed.Reason
		}
		out = append(out, findingRow{finding: f, left: left, right: place(f)})
	}
	return out
}

// itemActions are what can be done with a finding, with reasons.
func itemActions(pic *picture, f *finding.Finding) []offer {
	none := ""
	if f == nil {
		none = "no finding is selected"
	}
	_, noFix := pic.fixFor(f)
	return []offer{{action.Open, none}, {action.Fix, noFix}, {action.Editor, none}, {action.Copy, none}}
}

// itemDo carries out what can be done with a finding; false for other actions.
func itemDo(pic *picture, f *finding.Finding, id action.ID) (intent, bool) {
	switch id {
	case action.Open:
		return openItem{f.Fingerprint}, true
	case action.Fix:
		fix, _ := pic.fixFor(f)
		return openFix{[]fixOf{fix}}, true
	case action.Editor:
		return edit{f.Locations[0].Path, f.Locations[0].Line}, true
	case action.Copy:
		return overlaid{copyMenu(f, f.Locations[0])}, true
	}
	return nil, false
}
