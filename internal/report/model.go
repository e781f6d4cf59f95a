// Package report says what an audit found, once, as a Model, and renders it for
// people and for programs.
package report

import (
	"time"

	"drydock/internal/audit"
	"drydock/internal/finding"
	"drydock/internal/score"
)

// Schema names the version of the JSON report.
const Schema = "drydock.report/v1"

// Model is everything a report says. Its JSON is the contract with other
// programs: fields are added, never renamed. What is tagged "-" serves the
// formats that people read.
type Model struct {
	Schema     string            `json:"schema"`
	Tool       Tool              `json:"tool"`
	Generated  time.Time         `json:"generated"`
	DurationMS int64             `json:"duration_ms"`
	Project    Project           `json:"project"`
	Stats      Stats             `json:"stats"`
	Score      score.Score       `json:"score"`
	Categories []score.Category  `json:"categories"`
	Findings   []finding.Finding `json:"findings"`
	Services   []Service         `json:"services"`
	Steps      []Step            `json:"recommendations"`
	Roadmap    score.Roadmap     `json:"roadmap"`
	Critical   []CriticalFile    `json:"critical_files"`
	Skipped    []Skip            `json:"skipped"`
	Errors     []audit.Error     `json:"errors"`

	Undecided   []Undecided        `json:"-"` // what files alone cannot decide
	Hidden      int                `json:"-"` // findings below the severity asked for
	MinSeverity finding.Severity   `json:"-"`
	Checks      map[string]Check   `json:"-"` // by id: those that ran
	Applied     []Applied          `json:"-"` // fixes since the previous report
	Team        Team               `json:"-"`
	suppressed  map[string][]muted // by who muted
}

// Tool is the program that wrote the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Project is what was audited.
type Project struct {
	Name         string       `json:"name"`
	Root         string       `json:"root"` // absolute path
	VCS          *VCS         `json:"vcs"`
	Technologies []Technology `json:"technologies"`
}

// VCS is the commit that was checked out.
type VCS struct {
	Commit string `json:"commit"` // "" before the first
	Branch string `json:"branch"` // "" when none is checked out
	Dirty  bool   `json:"dirty"`
}

// Technology is something the project is built with.
type Technology struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	Evidence string `json:"evidence"` // path:line
}

// Stats are the project's figures.
type Stats struct {
	Files       int        `json:"files"`
	CodeFiles   int        `json:"code_files"`
	Lines       Lines      `json:"lines"`
	Languages   []Language `json:"languages"`
	Manifests   int        `json:"manifests"`
	DocsFiles   int        `json:"docs_files"`
	Services    int        `json:"services"`
	Todos       int        `json:"todos"`
	ConsoleLogs int        `json:"console_logs"`
	Mocks       int        `json:"mocks"`
	Tests       Tests      `json:"tests"`
	Estimate    Estimate   `json:"estimate"`
}

// Lines counts lines of text.
type Lines struct {
	Total   int `json:"total"`
	Code    int `json:"code"`
	Comment int `json:"comment"`
	Blank   int `json:"blank"`
}

// Language is one language's part.
type Language struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Code  int    `json:"code"` // lines
}

// Tests counts test files; Ratio is that number for each other code file.
type Tests struct {
	Files int     `json:"files"`
	Ratio float64 `json:"ratio"`
}

// Estimate is what writing the code anew would take by COCOMO.
type Estimate struct {
	Months float64 `json:"months"` // schedule
	Cost   float64 `json:"cost"`   // US dollars
}

// Service is one declared service.
type Service struct {
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Source   string   `json:"source"` // path:line
	Declared Declared `json:"declared"`
	Status   string   `json:"status"`
	Probe    *Probe   `json:"probe"`
}

// Declared is what the project says about a service.
type Declared struct {
	Image       string   `json:"image"`
	Ports       []string `json:"ports"`
	HealthCheck bool     `json:"healthcheck"`
}

// Probe is the answer of a running service.
type Probe struct {
	Target    string  `json:"target"`
	OK        bool    `json:"ok"`
	LatencyMS float64 `json:"latency_ms"`
	Detail    string  `json:"detail"`
}

// Step is one recommendation.
type Step = score.Recommendation

// CriticalFile is a file that somebody should read first.
type CriticalFile struct {
	Path     string           `json:"path"`
	Findings int              `json:"findings"`
	Worst    finding.Severity `json:"worst"`
	Note     string           `json:"note"`
}

// Skip is something that was not looked at, and why.
type Skip struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`

	incomplete bool // a sound audit would have needed it
}

// Undecided is a subject that only a person or a running system can settle.
type Undecided struct {
	Check   string
	At      finding.Location
	Message string
}

// Check is what a report says about a check that ran.
type Check struct {
	Title, Why, How string
}

// Applied is a fix set that was written before this report.
type Applied struct {
	ID     string
	Title  string
	When   time.Time
	Closed []string // check ids
}

// Team is who will do the work.
type Team struct {
	Engineers    int
	HoursPerWeek float64 // of each engineer
}

type muted struct {
	check, path, reason string
}
