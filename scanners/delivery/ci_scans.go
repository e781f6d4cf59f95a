package delivery

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// scan is one kind of work that CI is to do on the whole project.
type scan struct {
	kind    repo.CIWorkKind
	missing string
	// other is counter-evidence outside of CI: an app, a hook, a service.
	other func(*repo.Snapshot) (at finding.Location, what string, ok bool)
	// places are the subjects that are not looked at; the first is where the finding
	// stands. The main pipeline stands for none.
	places func(*repo.Snapshot) []finding.Location
}

// judge says whether CI does the work.
func (c scan) judge(p *check.Pass, s *repo.Snapshot) {
	main := mainPipeline(s)
	if main == nil || !hasCode(s) {
		return
	}
	if found := ciWork(s, c.kind); len(found) > 0 {
		w := found[0]
		p.Holds(w.At, "%s of %s runs %s", jobName(w.Job), w.Job.Pipeline.Path, w.What)
		return
	}
	if c.other != nil {
		if at, what, ok := c.other(s); ok {
			p.Holds(at, "%s", what)
			return
		}
	}
	if at, what, ok := elsewhere(s, c.kind); ok {
		p.Unproven(at, "whether CI does a %s: %s", c.kind, what)
		return
	}
	at := []finding.Location{main.Start()}
	if c.places != nil {
		if at = c.places(s); len(at) == 0 {
			return
		}
	}
	found := p.Report(at[0], "%s", c.missing).With(at[1:min(len(at), 20)]...).Keyed("missing")
	if c.kind == repo.CIDepAudit && len(s.UpdateBots()) > 0 {
		found.As(finding.Low) // the forge's alerts go with the bot
	}
}
