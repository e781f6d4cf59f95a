// Package finding is drydock's vocabulary: what an audit says about a project.
//
// It is pure data. Every other package may import it; it imports none of them.
package finding

import "fmt"

// Severity says how bad it is when a check fails. The zero value is Info.
type Severity int

// The severities, in ascending order.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// String is the severity's name in every output: info, low, medium, high or critical.
func (s Severity) String() string {
	if s < Info || s > Critical {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	if err == nil {
		*s = v
	}
	return err
}

// ParseSeverity reads a severity's name; it fails on any other word.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), nil
		}
	}
	return Info, fmt.Errorf("unknown severity %q: use info, low, medium, high or critical", name)
}

// Confidence says how sure static evidence can make us.
type Confidence string

// The confidences: exact evidence, a heuristic whose counter-evidence was
// looked for, and the absence of evidence that only a person can settle.
const (
	Sure      Confidence = "sure"
	Likely    Confidence = "likely"
	NotProven Confidence = "not-proven"
)

// Verdict groups findings the way a report reads.
type Verdict string

// The verdicts. A risk is critical or high, a weakness medium or lower, a
// strength is a check that applied and held.
const (
	Risk     Verdict = "risk"
	Weakness Verdict = "weakness"
	Strength Verdict = "strength"
)

// VerdictOf is the verdict of a problem of severity s.
func VerdictOf(s Severity) Verdict {
	if s >= High {
		return Risk
	}
	return Weakness
}

// Location is a place in the project that proves what a finding says.
type Location struct {
	Path      string `json:"path"` // relative to the root, with "/"; "." is the project itself
	Line      int    `json:"line"` // 1-based
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Snippet   string `json:"snippet"` // the first line of the place, secrets masked
}

// Root is the location of what has no file of its own.
func Root() Location { return Location{Path: ".", Line: 1, Column: 1, EndLine: 1, EndColumn: 1} }

// Safety says how much reading a fix asks for before it is applied.
type Safety string

// A safe fix only adds or removes what nothing depends on; a review fix
// changes behaviour and must be read.
const (
	Safe   Safety = "safe"
	Review Safety = "review"
)

// Fix names the remediation that closes a finding.
type Fix struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Safety Safety `json:"safety"`
	Guided bool   `json:"guided"` // true when it asks questions first
}

// Relation says how our check compares with a peer's rule.
type Relation string

// Same asks the same, broader may also fire on the peer's good case, narrower
// may miss some of the peer's bad cases.
const (
	Same     Relation = "same"
	Broader  Relation = "broader"
	Narrower Relation = "narrower"
)

// Peer is another tool's rule for the same concept.
type Peer struct {
	Tool     string   `json:"tool"`
	Rule     string   `json:"rule"`
	Relation Relation `json:"relation"`
}

// Suppression says who muted a finding, and why.
type Suppression struct {
	By     string `json:"by"` // "inline", "config" or "baseline"
	Reason string `json:"reason"`
}

// Finding is one thing the audit says, with the evidence for it.
type Finding struct {
	Fingerprint string       `json:"fingerprint"`
	Check       string       `json:"check"`
	Category    string       `json:"category"`
	Verdict     Verdict      `json:"verdict"`
	Severity    Severity     `json:"severity"` // Info for a strength
	Confidence  Confidence   `json:"confidence"`
	Title       string       `json:"title"`
	Message     string       `json:"message"`
	Locations   []Location   `json:"locations"`
	Hours       float64      `json:"effort_hours"`
	Fix         *Fix         `json:"fix"`
	References  []string     `json:"references"`
	Peers       []Peer       `json:"peers"`
	Suppressed  *Suppression `json:"suppressed"`
}

// Open says whether the finding is a problem that still counts.
func (f *Finding) Open() bool { return f.Verdict != Strength && f.Suppressed == nil }
