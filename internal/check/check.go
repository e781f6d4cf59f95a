// Package check is what a check is: a declaration that documents it, and a pure
// function over the parsed project that says where it fails and where it holds.
package check

import (
	"io/fs"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Doc declares a check. It is the single source of its documentation.
type Doc struct {
	ID         string // "category/name", fixed for ever
	Title      string
	Severity   finding.Severity // when it fails
	Worst      finding.Severity // the highest it may report, where that is above Severity
	Confidence finding.Confidence
	Hours      float64 // to mend one project by hand
	Why        string  // what happens if nobody mends it
	How        string  // how to mend it by hand
	Holds      string  // the strength's title when the check applied and nothing failed
	References []string
	Peers      []finding.Peer
	Keywords   []string       // PerFile: a file that holds none of them is not looked at
	Fix        *finding.Fix   // the guided remediation for this check's findings, if there is one
	Attaches   finding.Safety // set when the check itself attaches patches to findings: the least safe of them
}

// Category is the id's first part.
func (d *Doc) Category() string {
	category, _, _ := strings.Cut(d.ID, "/")
	return category
}

// Name is the id's second part.
func (d *Doc) Name() string {
	_, name, _ := strings.Cut(d.ID, "/")
	return name
}

// Weighs is the severity that the check weighs in the score.
func (d *Doc) Weighs() finding.Severity { return max(d.Severity, d.Worst) }

// Check is a declaration and its function.
type Check struct {
	Doc
	PerFile  bool // sees one document at a time
	run      func(*Pass)
	fixtures fs.FS
}

// PerFile makes a check that sees one parsed document of type V at a time, in
// order of path. V is one of the views that repo.Views knows.
func PerFile[V repo.Document](doc Doc, run func(*Pass, V)) *Check {
	return &Check{Doc: doc, PerFile: true, run: func(p *Pass) {
		for _, d := range repo.Views[V](p.Repo) {
			if p.ctx.Err() != nil {
				return
			}
			if p.mentions(d.Src()) {
				run(p, d)
			}
		}
	}}
}

// PerProject makes a check that joins views of the whole project.
func PerProject(doc Doc, run func(*Pass, *repo.Snapshot)) *Check {
	return &Check{Doc: doc, run: func(p *Pass) { run(p, p.Repo) }}
}

// Same, Broader and Narrower name a peer's rule; see finding.Relation.
func Same(tool, rule string) finding.Peer {
	return finding.Peer{Tool: tool, Rule: rule, Relation: finding.Same}
}
func Broader(tool, rule string) finding.Peer {
	return finding.Peer{Tool: tool, Rule: rule, Relation: finding.Broader}
}
func Narrower(tool, rule string) finding.Peer {
	return finding.Peer{Tool: tool, Rule: rule, Relation: finding.Narrower}
}
