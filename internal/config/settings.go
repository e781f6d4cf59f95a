// Package config turns flags, environment, project file and user file into one
// plain Settings value, and says where a mistake stands.
package config

import (
	"time"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/score"
)

// Settings is everything a person can set.
type Settings struct {
	Theme   string
	Keymap  map[string][]string // action id → keys
	Plain   bool
	NoColor bool
	Jobs    int // checks at once; 0 is one per core
	Quiet   bool
	Verbose bool
	NoCache bool

	Categories  []string // to audit; a leading "-" excludes
	Checks      []string // to run; a leading "-" excludes
	MinSeverity finding.Severity
	Baseline    string           // path of an earlier JSON report
	BaselineOwn bool             // the project's own file names it: a path from the project's root
	FailUnder   float64          // 0 asks for no gate
	FailOn      finding.Severity // Info asks for no gate

	Format  string
	Output  string   // "" is standard output
	Reports []string // FORMAT=FILE

	TargetScore  float64
	Engineers    int
	HoursPerWeek float64 // of each engineer

	Weights    score.Weights
	Off        []string // ids of checks that are turned off
	Severities map[string]finding.Severity
	Exclude    []string // globs of paths that are left out
	Ignore     []audit.Ignore
	Expired    []Expired // rules whose date has passed: they mute nothing
	Attest     []audit.Attestation
	Lapsed     []Expired // attestations whose date has passed: they answer nothing
}

// Expired is an ignore rule or an attestation that no longer counts.
type Expired struct {
	Where string // file:line
	Until time.Time
	What  string // fingerprint or check
}

// Default is what holds when nobody says anything.
func Default() Settings {
	return Settings{Format: "text", TargetScore: 90, Engineers: 1, HoursPerWeek: 40}
}
