package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/score"
)

// assemble turns outcomes into findings and score results, muting what the
// project or the user asked to mute. Patches, when not nil, is filled.
func assemble(s *repo.Snapshot, outcomes []check.Outcome, opts Options, patches map[string]*check.Patch) ([]finding.Finding, []score.Result, []repo.Skip) {
	var findings []finding.Finding
	var results []score.Result
	var muted []repo.Skip
	for _, o := range outcomes {
		if o.Err != nil || !o.Applies() {
			continue
		}
		res := score.Result{Check: o.Doc.ID, Category: o.Doc.Category(), Weighs: o.Doc.Weighs(), Held: len(o.Held)}
		override, overridden := opts.Severities[o.Doc.ID]
		if overridden {
			res.Weighs = override
		}
		seen := map[string]int{}
		for _, p := range o.Problems {
			severity := p.Severity
			if overridden {
				severity = override
			}
			f := problemFinding(o.Doc, p, severity, seen)
			var note *repo.Skip
			f.Suppressed, note = suppression(s, &f, opts)
			if note != nil {
				muted = append(muted, *note)
			}
			if f.Suppressed == nil {
				res.Failing = append(res.Failing, severity)
			}
			if p.Patch != nil && patches != nil {
				patches[f.Fingerprint] = p.Patch
			}
			findings = append(findings, f)
		}
		if len(o.Problems) == 0 {
			findings = append(findings, strength(o))
		}
		results = append(results, res)
	}
	slices.SortStableFunc(findings, compare)
	return findings, results, muted
}

func problemFinding(doc *check.Doc, p *check.Problem, severity finding.Severity, seen map[string]int) finding.Finding {
	f := finding.Finding{
		Check: doc.ID, Category: doc.Category(), Verdict: finding.VerdictOf(severity), Severity: severity, Confidence: doc.Confidence,
		Title: doc.Title, Message: p.Message, Locations: append([]finding.Location{p.At}, p.Also...), Hours: doc.Hours,
		References: orEmpty(doc.References), Peers: orEmpty(doc.Peers),
	}
	key := doc.ID + "\x00" + p.At.Path + "\x00" + p.Key
	seen[key]++
	f.Fingerprint = fingerprint(key, seen[key])
	switch {
	case p.Fixable && doc.Fix != nil:
		fix := *doc.Fix
		f.Fix = &fix
	case p.Patch != nil:
		f.Fix = &finding.Fix{ID: doc.ID, Title: p.Patch.Title, Safety: p.Patch.Safety}
	}
	return f
}

// fingerprint identifies the n-th problem with this key. The line number is no
// part of it: an edit elsewhere in the file does not make a finding new.
func fingerprint(key string, n int) string {
	if n > 1 {
		key += fmt.Sprintf("\x00%d", n)
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

const maxEvidence = 20 // places that a strength lists

func strength(o check.Outcome) finding.Finding {
	f := finding.Finding{
		Check: o.Doc.ID, Category: o.Doc.Category(), Verdict: finding.Strength, Severity: finding.Info, Confidence: o.Doc.Confidence,
		Title: o.Doc.Holds, References: orEmpty(o.Doc.References), Peers: orEmpty(o.Doc.Peers),
		Fingerprint: fingerprint(o.Doc.ID+"\x00strength", 1),
	}
	if f.Title == "" {
		f.Title = "Not found: " + strings.ToLower(o.Doc.Title[:1]) + o.Doc.Title[1:]
	}
	var said []string
	for i, e := range o.Held {
		if i < maxEvidence {
			f.Locations = append(f.Locations, e.At)
		}
		if !slices.Contains(said, e.Message) && len(said) < 4 {
			said = append(said, e.Message)
		}
	}
	f.Message = strings.Join(said, "; ")
	if rest := len(o.Held) - len(said); rest > 0 && len(said) == 4 {
		f.Message += fmt.Sprintf("; and %d more", rest)
	}
	return f
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// compare orders findings: worst first, strengths last, then by category, check
// and place, so that two audits of one tree give the same bytes.
func compare(a, b finding.Finding) int {
	if x, y := a.Verdict == finding.Strength, b.Verdict == finding.Strength; x != y {
		if x {
			return 1
		}
		return -1
	}
	if a.Severity != b.Severity {
		return int(b.Severity - a.Severity)
	}
	if c := categoryRank(a.Category) - categoryRank(b.Category); c != 0 {
		return c
	}
	if c := strings.Compare(a.Check, b.Check); c != 0 {
		return c
	}
	if c := strings.Compare(a.Locations[0].Path, b.Locations[0].Path); c != 0 {
		return c
	}
	if c := a.Locations[0].Line - b.Locations[0].Line; c != 0 {
		return c
	}
	return strings.Compare(a.Fingerprint, b.Fingerprint)
}

func categoryRank(id string) int {
	return slices.IndexFunc(finding.Categories(), func(c finding.Category) bool { return c.ID == id })
}

// suppression says who muted the finding. A mark without a reason mutes
// nothing; it comes back as a note.
func suppression(s *repo.Snapshot, f *finding.Finding, opts Options) (*finding.Suppression, *repo.Skip) {
	for _, rule := range opts.Ignore {
		if rule.matches(f) {
			return &finding.Suppression{By: "config", Reason: rule.Reason}, nil
		}
	}
	if opts.Baseline[f.Fingerprint] {
		return &finding.Suppression{By: "baseline", Reason: "known in the baseline"}, nil
	}
	at := f.Locations[0]
	file := s.File(at.Path)
	if file == nil || file.Size == 0 {
		return nil, nil
	}
	for _, n := range []int{at.Line, at.Line - 1} {
		reason, found := mark(file.Line(n), f.Check)
		if found && reason != "" {
			return &finding.Suppression{By: "inline", Reason: reason}, nil
		}
		if found {
			return nil, &repo.Skip{Path: fmt.Sprintf("%s:%d", at.Path, n), Reason: "drydock:ignore " + f.Check + " gives no reason and is not honoured"}
		}
	}
	return nil, nil
}

func (i *Ignore) matches(f *finding.Finding) bool {
	if i.Fingerprint != "" {
		return i.Fingerprint == f.Fingerprint
	}
	if i.Check != f.Check {
		return false
	}
	return i.Path == "" || Glob(i.Path, f.Locations[0].Path)
}

// mark finds "drydock:ignore <check> <reason>" in a comment of the line.
func mark(line, id string) (reason string, found bool) {
	before, rest, ok := strings.Cut(line, "drydock:ignore ")
	if !ok || !strings.ContainsAny(before, "#/-<;%*") {
		return "", false
	}
	rest, ok = strings.CutPrefix(strings.TrimSpace(rest), id)
	if !ok || (rest != "" && rest[0] != ' ' && rest[0] != '\t') {
		return "", false
	}
	for _, end := range []string{"*/", "-->"} {
		rest = strings.TrimSuffix(strings.TrimSpace(rest), end)
	}
	return strings.TrimSpace(rest), true
}

// Glob matches a slash-separated path against a pattern in which * stands for
// anything within one element and ** for any number of elements. It takes time
// proportional to the product of both lengths, whatever the pattern: a project
// ships patterns of its own.
func Glob(pattern, name string) bool {
	parts, elements := strings.Split(pattern, "/"), strings.Split(name, "/")
	i, j := 0, 0
	star, from := -1, 0 // the last ** and the first element that it does not stand for yet
	for j < len(elements) {
		switch {
		case i < len(parts) && parts[i] == "**":
			star, from = i, j
			i++
		case i < len(parts) && globElement(parts[i], elements[j]):
			i++
			j++
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(parts) && parts[i] == "**" {
		i++
	}
	return i == len(parts)
}

func globElement(pattern, element string) bool {
	ok, err := path.Match(pattern, element)
	return err == nil && ok
}
