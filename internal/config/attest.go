package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"drydock/internal/audit"
	"drydock/internal/finding"
)

// longest is for how long an attestation may answer: what was true three years ago
// is no evidence.
const longest = 3 // years

// attestations reads the list of what people answer for.
func (f *file) attestations(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return f.errorAt(n, "attest must be a list")
	}
	for _, item := range n.Content {
		a := audit.Attestation{At: finding.Root()}
		if f.project {
			a.At = finding.Location{Path: FileName, Line: item.Line, Column: item.Column, EndLine: item.Line, EndColumn: item.Column}
		}
		err := f.entries(item, "", func(name string, k, v *yaml.Node) (err error) {
			switch name {
			case "check":
				a.Check = v.Value
				if !slices.Contains(f.known.Checks, v.Value) {
					return f.errorAt(v, "attest: check %s", unknown(v.Value, f.known.Checks))
				}
			case "evidence":
				a.Evidence = strings.TrimSpace(v.Value)
			case "by":
				a.By = strings.TrimSpace(v.Value)
			case "date", "until":
				day, err := time.Parse(time.DateOnly, v.Value)
				if err != nil {
					return f.errorAt(v, "attest: %s %q is not a date: write it as 2026-12-31", name, v.Value)
				}
				if name == "date" {
					a.Date = day
				} else {
					a.Until = day
				}
			default:
				return f.errorAt(k, "attest: unknown key: %s", unknown(name, []string{"check", "evidence", "by", "date", "until"}))
			}
			return nil
		})
		if err != nil {
			return err
		}
		if wrong := f.unfit(&a); wrong != "" {
			return f.errorAt(item, "attest: %s", wrong)
		}
		if f.today.After(a.Until.AddDate(0, 0, 1)) {
			f.lapsed = append(f.lapsed, Expired{fmt.Sprintf("%s:%d", f.name, item.Line), a.Until, a.Check})
			continue
		}
		f.attest = append(f.attest, a)
	}
	return nil
}

// unfit says what an attestation lacks, "" when nothing.
func (f *file) unfit(a *audit.Attestation) string {
	switch {
	case a.Check == "":
		return "name the check that it answers"
	case a.Evidence == "":
		return "evidence is required: a link or a path to the report"
	case a.Date.IsZero():
		return "date is required: when it was done"
	case a.Until.IsZero():
		return "until is required: after that day it has to be said again"
	case a.Date.After(f.today):
		return "date is still to come"
	case !a.Until.After(a.Date):
		return "until must be after date"
	case a.Until.After(a.Date.AddDate(longest, 0, 0)):
		return fmt.Sprintf("until may be at most %d years after date", longest)
	}
	return ""
}
