package database

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/alembic"
)

// MigrationHeads finds migration histories that Alembic refuses to apply:
// several heads, a revision that is not there, a loop.
var MigrationHeads = check.PerProject(check.Doc{
	ID:         "database/migration-heads",
	Title:      "Migration history has several heads or is broken",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "alembic upgrade head stops with an error, so the release cannot bring the schema up to date.",
	How:        "Join the heads with alembic merge heads; where a revision is missing, restore it or point down_revision at the one before it.",
	Holds:      "Migrations form one history with one head",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/branches.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range chains(s) {
		migrationHistory(p, s, c)
	}
})

func migrationHistory(p *check.Pass, s *repo.Snapshot, c *repo.MigrationChain) {
	if len(c.Computed) > 0 {
		r := c.Computed[0]
		p.Unproven(s.MigrationAt(r, r.DownSpan), "what revision %s follows is computed, so the history of %s cannot be read", r.ID.Value, c.Dir())
		return
	}
	broken := reportMissing(p, s, c)
	if loop := loopOf(c); len(loop) > 0 {
		broken = true
		problem := p.Report(s.MigrationAt(loop[0], loop[0].DownSpan), "the revisions %s follow each other in a circle", names(loop)).Keyed("loop %s", names(loop))
		for _, r := range loop[1:] {
			problem.With(s.MigrationAt(r, r.DownSpan))
		}
	}
	// What a gap or a loop cuts off looks like another head; that is no second fault.
	if broken {
		return
	}
	heads := strayHeads(c)
	if len(heads) < 2 {
		last := distinctHeads(c)
		p.Holds(s.MigrationAt(last[0], last[0].ID.Span), "%s: %s, of the history in %s", headCount(last), names(last), c.Dir())
		return
	}
	if command := upgradesAllHeads(s); command != nil {
		p.Unproven(s.MigrationAt(heads[0], heads[0].ID.Span), "%s: %s; alembic upgrade heads in %s applies them all, whether they were meant to part is not told", headCount(heads), names(heads), command.File.Path)
		return
	}
	problem := p.Report(s.MigrationAt(heads[0], heads[0].ID.Span), "%s: %s; alembic upgrade head refuses to choose%s", headCount(heads), names(heads), forkOf(c, heads)).Keyed("heads of %s", c.Dir())
	for _, h := range heads[1:] {
		problem.With(s.MigrationAt(h, h.ID.Span))
	}
}

// reportMissing reports the revisions that are followed and not there. Where the
// environment's directories cannot all be told, or another chain has the
// revision, it may well be there.
func reportMissing(p *check.Pass, s *repo.Snapshot, c *repo.MigrationChain) bool {
	partial := c.Config != nil && len(c.Environment.Versions(c.Config.Dir())) < len(c.Environment.VersionLocations)
	for _, m := range c.Missing {
		at := s.MigrationAt(m.From, m.ID.Span)
		switch other := elsewhere(s, c, m.ID.Value); {
		case partial:
			p.Unproven(at, "revision %s follows %s, which may lie in a directory that %s names outside the project", m.From.ID.Value, m.ID.Value, c.Config.Path)
		case other != nil:
			p.Unproven(at, "revision %s follows %s, which %s declares in another directory", m.From.ID.Value, m.ID.Value, other.Path)
		default:
			p.Report(at, "revision %s follows %s, which no file declares", m.From.ID.Value, m.ID.Value).Keyed("missing %s", m.ID.Value)
		}
	}
	return len(c.Missing) > 0
}

func elsewhere(s *repo.Snapshot, c *repo.MigrationChain, id string) *alembic.Revision {
	for _, other := range s.MigrationChains() {
		if r := other.Revision(id); r != nil && other != c {
			return r
		}
	}
	return nil
}

// loopOf is one loop of the chain, nil without any.
func loopOf(c *repo.MigrationChain) []*alembic.Revision {
	looped := map[string]*alembic.Revision{}
	for _, r := range c.Looped {
		looped[r.ID.Value] = r
	}
	if len(c.Looped) == 0 {
		return nil
	}
	var walked []*alembic.Revision
	for r := c.Looped[0]; r != nil; {
		if at := slices.Index(walked, r); at >= 0 {
			return walked[at:]
		}
		walked = append(walked, r)
		var before *alembic.Revision
		for _, down := range r.Down {
			if l := looped[down.Value]; l != nil {
				before = l
				break
			}
		}
		r = before
	}
	return nil
}

// upgradesAllHeads is a command that applies every head.
func upgradesAllHeads(s *repo.Snapshot) *repo.Command {
	commands := s.Commands()
	for i := range commands {
		words := commands[i].Words
		if slices.Contains(words, "upgrade") && slices.Contains(words, "heads") {
			return &commands[i]
		}
	}
	return nil
}

// forkOf says where two heads part.
func forkOf(c *repo.MigrationChain, heads []*alembic.Revision) string {
	first, second := lineage(c, heads[0]), lineage(c, heads[1])
	for _, r := range slices.Backward(c.Revisions) {
		if first[r] && second[r] {
			return fmt.Sprintf(" (they part after %s)", r.ID.Value)
		}
	}
	return " (they have no revision in common)"
}

func headCount(heads []*alembic.Revision) string {
	if len(heads) == 1 {
		return "one head"
	}
	return fmt.Sprintf("%d heads", len(heads))
}

func names(list []*alembic.Revision) string {
	var out []string
	for _, r := range list {
		out = append(out, r.ID.Value)
	}
	return strings.Join(out, ", ")
}
