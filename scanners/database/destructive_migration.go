package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// DestructiveMigration finds migrations that throw data away.
var DestructiveMigration = check.PerProject(check.Doc{
	ID:         "database/destructive-migration",
	Title:      "Migration throws data away",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "What is dropped comes back from a backup only, and the release before, which a rollback starts again, still asks for it.",
	How:        "Stop reading and writing the column or table in one release and drop it in a later one. Copy what may be needed, and take a backup that was restored once.",
	Holds:      "Migrations keep the data",
	References: []string{"https://www.postgresql.org/docs/current/sql-altertable.html", "https://www.postgresql.org/docs/current/sql-droptable.html"},
	Peers: []finding.Peer{
		check.Same("squawk", "ban-drop-column"), check.Same("squawk", "ban-drop-table"), check.Same("squawk", "ban-drop-database"), check.Same("squawk", "ban-truncate-cascade"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	recent(s, destructiveOps, func(f *faults) {
		switch {
		case len(f.list) > 0:
			f.report(p, "throw data away")
		case changesLive(f.history):
			last := f.history.Migrations[len(f.history.Migrations)-1]
			p.Holds(last.Start(), "the newest migrations of %s drop no column or table", f.history.Dir)
		}
	})
})

func destructiveOps(f *faults, m *repo.Migration) {
	moved := false // rows were copied before
	for n := range m.Up {
		o := &m.Up[n]
		switch o.Kind {
		case migration.Insert, migration.Update, migration.Code:
			moved = true
		case migration.DropTable:
			if isLive(m, n) && !moved && !o.Guarded {
				f.add(m, o, "drops the table %s", o.Table)
			}
		case migration.DropColumn:
			if isLive(m, n) && !moved && !o.Guarded && !addedAgain(m, n) {
				f.add(m, o, "drops the column %s.%s", o.Table, o.Name)
			}
		case migration.DropDatabase:
			f.add(m, o, "drops the database %s", o.Name)
		case migration.Truncate:
			if isLive(m, n) {
				f.add(m, o, "empties %s%s", o.Table, cascading(o))
			}
		case migration.Delete:
			if isLive(m, n) && !o.Where && !o.Computed {
				f.add(m, o, "deletes all rows of %s", o.Table)
			}
		}
	}
}

func cascading(o *migration.Op) string {
	if o.Cascade {
		return " and whatever refers to it"
	}
	return ""
}

// addedAgain says whether the migration adds a column of that name: the type
// changes, and the check for rewrites speaks of it.
func addedAgain(m *repo.Migration, n int) bool {
	for i := range m.Up {
		o := &m.Up[i]
		if o.Kind == migration.AddColumn && i < n && o.Table == m.Up[n].Table && o.Column != nil && o.Column.Name == m.Up[n].Name {
			return true
		}
	}
	return false
}
