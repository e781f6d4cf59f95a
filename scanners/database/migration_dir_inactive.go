package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// MigrationDirInactive finds directories of revisions that no Alembic environment
// reads.
var MigrationDirInactive = check.PerProject(check.Doc{
	ID:         "database/migration-dir-inactive",
	Title:      "Nobody reads a directory of migrations",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "The next migration is put beside the wrong ones and is never applied.",
	How:        "Delete the directory, or name it in version_locations.",
	References: []string{"https://alembic.sqlalchemy.org/en/latest/branches.html#setting-up-multiple-version-directories"},
}, func(p *check.Pass, s *repo.Snapshot) {
	chains := s.MigrationChains()
	for _, c := range chains {
		if c.Config != nil || c.Role != repo.Production || len(c.Revisions) == 0 {
			continue
		}
		dir := c.Dir()
		for _, other := range chains {
			if other.Config == nil || other.Role != repo.Production || len(other.Revisions) == 0 || s.UnitDir(other.Config.File) != s.UnitDir(s.File(c.Revisions[0].Path)) {
				continue
			}
			if known := other.Environment.Versions(other.Config.Dir()); len(known) == 0 || len(known) < len(other.Environment.VersionLocations) {
				continue // a location that is computed may be this one
			}
			r := c.Revisions[0]
			p.Report(s.MigrationAt(r, r.ID.Span), "%s has %s that %s does not read: it names %s", dir, count(len(c.Revisions), "revision"), other.Config.Path, other.Dir()).
				With(other.Config.Start()).Keyed("%s", dir)
			break
		}
	}
})
