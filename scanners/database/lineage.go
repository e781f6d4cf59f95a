package database

import (
	"path"

	"drydock/internal/repo"
	"drydock/internal/repo/alembic"
)

// chains are the migration chains of production that an environment runs:
// one that alembic.ini names, or one beside an env.py that no alembic.ini names.
// Another directory that holds revisions is nobody's.
func chains(s *repo.Snapshot) (out []*repo.MigrationChain) {
	configured := map[string]bool{}
	for _, c := range s.MigrationChains() {
		if c.Config != nil {
			configured[c.Scripts()] = true
		}
	}
	for _, c := range s.MigrationChains() {
		if len(c.Revisions) == 0 || !inProduction(s, c) {
			continue
		}
		if c.Config != nil || !configured[c.Scripts()] && s.File(path.Join(c.Scripts(), "env.py")) != nil {
			out = append(out, c)
		}
	}
	return out
}

// inProduction looks at all revisions, since the slug of one may make its file
// look like a test: 3f2a_drop_test.py.
func inProduction(s *repo.Snapshot, c *repo.MigrationChain) bool {
	if c.Config != nil && c.Config.Role != repo.Production {
		return false
	}
	for _, r := range c.Revisions {
		if f := s.File(r.Path); f != nil && f.Role == repo.Production {
			return true
		}
	}
	return false
}

// revisions is a set of revisions.
type revisions map[*alembic.Revision]bool

// lineage is a revision with all that it follows.
func lineage(c *repo.MigrationChain, r *alembic.Revision) revisions {
	byID := map[string]*alembic.Revision{}
	for _, r := range c.Revisions {
		byID[r.ID.Value] = r
	}
	seen := revisions{}
	for todo := []*alembic.Revision{r}; len(todo) > 0; {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[r] {
			continue
		}
		seen[r] = true
		for _, down := range r.Down {
			if before := byID[down.Value]; before != nil {
				todo = append(todo, before)
			}
		}
	}
	return seen
}

// strayHeads are the heads that nobody meant to have: those whose own part of
// the history carries no branch label and is in no dependency between branches.
func strayHeads(c *repo.MigrationChain) (out []*alembic.Revision) {
	heads := distinctHeads(c)
	shared := map[*alembic.Revision]int{}
	lineages := make([]revisions, len(heads))
	for i, head := range heads {
		lineages[i] = lineage(c, head)
		for r := range lineages[i] {
			shared[r]++
		}
	}
	depended := map[string]bool{}
	for _, r := range c.Revisions {
		for _, d := range r.DependsOn {
			depended[d.Value] = true
		}
	}
	for i, head := range heads {
		meant := false
		for r := range lineages[i] {
			if shared[r] == 1 && (len(r.BranchLabels) > 0 || len(r.DependsOn) > 0 || depended[r.ID.Value]) {
				meant = true
			}
		}
		if !meant {
			out = append(out, head)
		}
	}
	return out
}

// distinctHeads are the heads, of several with one id the first.
func distinctHeads(c *repo.MigrationChain) (out []*alembic.Revision) {
	seen := map[string]bool{}
	for _, h := range c.Heads {
		if !seen[h.ID.Value] {
			seen[h.ID.Value] = true
			out = append(out, h)
		}
	}
	return out
}
