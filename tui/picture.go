package tui

import (
	"time"

	"charm.land/bubbles/v2/spinner"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/score"
	"drydock/remediation"
)

// picture is what the panes show of the audit. It does not change: news is a
// new picture.
type picture struct {
	name           string
	branch, commit string
	scanning       bool
	spin           spinner.Model  // turns with each message of progress, not by a clock of its own
	progress       audit.Progress // of the audit under way; its findings and score are below
	findings       []finding.Finding
	score          *score.Score  // nil before the first check ended
	result         *audit.Result // of the last audit that ended; nil before
	before         *score.Score  // of the audit before that
	failed         error         // why the last audit came to nothing
	docs           map[string]*check.Doc
	offers         map[string]remediation.Offer // by fix id
	steps          []score.Recommendation
	roadmap        score.Roadmap
	stats          *repo.Stats // nil until counted
	services       []serviceRow
	readOnly       string // why nothing can be written, "" when it can
	filter         query
	source         func(path string) *repo.File
	took           time.Duration
}

// settledPicture is the picture of a finished audit.
func settledPicture(o *Options, docs map[string]*check.Doc, res *audit.Result) *picture {
	p := &picture{
		name: o.Name, findings: res.Findings, score: res.Score, result: res, docs: docs,
		offers: map[string]remediation.Offer{}, source: res.Repo.File, took: res.Duration,
		services: serviceRows(res.Repo),
	}
	p.branch, p.commit = vcsOf(res.Repo)
	for _, offer := range remediation.Offers(res) {
		p.offers[offer.ID] = offer
	}
	p.steps = score.Recommend(res.Results, res.Weights, res.Work(finding.Low))
	p.roadmap = score.PlanWeeks(res.Score.Overall, o.Target, o.HoursPerWeek, p.steps)
	p.readOnly = whyReadOnly(o.Engine)
	return p
}

func whyReadOnly(e Engine) string {
	if err := e.Writable(); err != nil {
		return err.Error()
	}
	return ""
}

func vcsOf(s *repo.Snapshot) (branch, commit string) {
	v := s.VCS()
	if v == nil {
		return "", ""
	}
	return v.Branch, v.Commit[:min(7, len(v.Commit))]
}

// with is the picture changed by change.
func (p *picture) with(change func(*picture)) *picture {
	next := *p
	change(&next)
	return &next
}

// advanced is the picture while an audit is under way. Findings and score of an
// audit that ended stay until the next one ends.
func (p *picture) advanced(progress audit.Progress, source func(string) *repo.File) *picture {
	return p.with(func(p *picture) {
		p.scanning, p.progress, p.took = true, progress, progress.Elapsed
		p.spin, _ = p.spin.Update(p.spin.Tick())
		if p.result == nil {
			p.findings, p.score, p.source = progress.Findings, progress.Score, source
		}
		p.progress.Findings, p.progress.Score = nil, nil
	})
}

// finding is the finding with this fingerprint, or nil.
func (p *picture) finding(fingerprint string) *finding.Finding {
	for i := range p.findings {
		if p.findings[i].Fingerprint == fingerprint {
			return &p.findings[i]
		}
	}
	return nil
}

// fixFor is what fixing f means, or why it cannot be fixed here.
func (p *picture) fixFor(f *finding.Finding) (fixOf, string) {
	switch {
	case f == nil:
		return fixOf{}, "no finding is selected"
	case f.Verdict == finding.Strength:
		return fixOf{}, "a strength needs no fix"
	case f.Suppressed != nil:
		return fixOf{}, "muted: " + f.Suppressed.Reason
	case f.Fix == nil:
		return fixOf{}, "no patch for this one; it says how to mend it by hand"
	case p.readOnly != "":
		return fixOf{}, "nothing can be written: " + p.readOnly
	case p.result == nil:
		return fixOf{}, "fixes are planned when the audit is through"
	}
	offer := p.offers[f.Fix.ID]
	if offer.Disabled != "" {
		return fixOf{}, offer.Disabled
	}
	if f.Fix.Guided {
		return fixOf{f.Fix.ID, nil}, ""
	}
	return fixOf{f.Fix.ID, []string{f.Fingerprint}}, ""
}
