package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drydock/internal/finding"
)

// kind is what a key's value must look like.
type kind int

const (
	text kind = iota
	boolean
	whole // an integer from 0
	number
	severity
	list
)

// key is one setting that flags, environment and files know alike.
type key struct {
	name string // in a file; a dot nests
	flag string // on the command line, "" when there is none
	kind kind
	low  float64 // least number
	high float64 // greatest number
	// personal settings say what is written on somebody's machine: a project's
	// own file may not set them.
	personal bool
	// inside settings name a file that is read: a project's own file may name only
	// one of the project.
	inside  bool
	known   func(Known) []string // the values that exist, nil for any
	set     func(*Settings, string)
	setList func(*Settings, []string)
}

// env is the variable that sets the key.
func (k *key) env() string {
	name := strings.NewReplacer(".", "_").Replace(k.name)
	if k.flag != "" {
		name = strings.ReplaceAll(k.flag, "-", "_")
	}
	return "DRYDOCK_" + strings.ToUpper(name)
}

// Known are the names that settings may mention.
type Known struct {
	Checks     []string
	Categories []string
	Themes     []string
	Formats    []string
	Actions    []string // of the keymap
}

// keys lists every plain setting, in the order that documentation shows them.
func keys() []*key {
	return []*key{
		{name: "theme", flag: "theme", known: func(n Known) []string { return n.Themes }, set: func(s *Settings, v string) { s.Theme = v }},
		{name: "plain", flag: "plain", kind: boolean, set: func(s *Settings, v string) { s.Plain = truth(v) }},
		{name: "no_color", flag: "no-color", kind: boolean, set: func(s *Settings, v string) { s.NoColor = truth(v) }},
		{name: "quiet", flag: "quiet", kind: boolean, set: func(s *Settings, v string) { s.Quiet = truth(v) }},
		{name: "verbose", flag: "verbose", kind: boolean, set: func(s *Settings, v string) { s.Verbose = truth(v) }},
		{name: "no_cache", flag: "no-cache", kind: boolean, set: func(s *Settings, v string) { s.NoCache = truth(v) }},
		{name: "jobs", flag: "jobs", kind: whole, high: 1024, set: func(s *Settings, v string) { s.Jobs = int(amount(v)) }},
		{name: "category", flag: "category", kind: list, known: func(n Known) []string { return n.Categories }, setList: func(s *Settings, v []string) { s.Categories = v }},
		{name: "check", flag: "check", kind: list, known: func(n Known) []string { return n.Checks }, setList: func(s *Settings, v []string) { s.Checks = v }},
		{name: "min_severity", flag: "min-severity", kind: severity, set: func(s *Settings, v string) { s.MinSeverity, _ = finding.ParseSeverity(v) }},
		{name: "baseline", flag: "baseline", inside: true, set: func(s *Settings, v string) { s.Baseline = v }},
		{name: "fail_under", flag: "fail-under", kind: number, high: 100, set: func(s *Settings, v string) { s.FailUnder = amount(v) }},
		{name: "fail_on", flag: "fail-on", kind: severity, set: func(s *Settings, v string) { s.FailOn, _ = finding.ParseSeverity(v) }},
		{name: "exclude", flag: "exclude", kind: list, setList: func(s *Settings, v []string) { s.Exclude = v }},
		{name: "target_score", flag: "target-score", kind: number, high: 100, set: func(s *Settings, v string) { s.TargetScore = amount(v) }},
		{name: "team.engineers", kind: whole, low: 1, high: 10_000, set: func(s *Settings, v string) { s.Engineers = int(amount(v)) }},
		{name: "team.hours_per_week", kind: number, low: 1, high: 168, set: func(s *Settings, v string) { s.HoursPerWeek = amount(v) }},
		{name: "report.format", flag: "format", known: func(n Known) []string { return n.Formats }, set: func(s *Settings, v string) { s.Format = v }},
		{name: "report.output", flag: "output", personal: true, set: func(s *Settings, v string) { s.Output = v }},
		{name: "report.files", flag: "report", kind: list, personal: true, setList: func(s *Settings, v []string) { s.Reports = v }},
	}
}

// check says what is wrong with a value; nil when nothing is.
func (k *key) check(value string, known Known) error {
	switch k.kind {
	case boolean:
		if _, err := strconv.ParseBool(value); err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
	case whole, number:
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || k.kind == whole && n != float64(int(n)) || !(n >= k.low && n <= k.high) {
			what := "number"
			if k.kind == whole {
				what = "whole number"
			}
			return fmt.Errorf("%q is not a %s from %g to %g", value, what, k.low, k.high)
		}
	case severity:
		_, err := finding.ParseSeverity(value)
		return err
	}
	if k.known == nil || value == "" && k.kind == text {
		return nil
	}
	name := value
	if k.kind == list {
		name = strings.TrimPrefix(value, "-")
	}
	if names := k.known(known); names != nil && !slices.Contains(names, name) {
		return unknown(name, names)
	}
	return nil
}

// apply puts a checked value into the settings.
func (k *key) apply(s *Settings, value any) {
	switch v := value.(type) {
	case []string:
		k.setList(s, v)
	case string:
		if k.kind == list {
			k.setList(s, splitList(v))
			return
		}
		k.set(s, v)
	default: // of a flag, as viper reads it
		k.set(s, fmt.Sprint(v))
	}
}

func truth(v string) bool     { b, _ := strconv.ParseBool(v); return b }
func amount(v string) float64 { n, _ := strconv.ParseFloat(v, 64); return n }

// splitList reads a list as a variable holds it: separated by commas.
func splitList(v string) []string {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
