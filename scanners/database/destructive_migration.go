package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/secret"
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
		check.Same("squawk", "ban-drop-column"), check.Same("squawk", "ban-drop-table"), check.Same("squawk", "ban-drop-database"), check.Broader("squawk", "ban-truncate-cascade"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[string]*check.Problem{} // one change is written once for each engine
	recent(s, destructiveOps, func(f *faults) {
		switch key := f.changes(); {
		case said[key] != nil:
			for _, fault := range f.list {
				said[key].With(fault.at)
			}
		case len(f.list) > 0:
			said[key] = f.report(p, "throws data away", "throw data away")
		case f.changesLive():
			p.Holds(f.last().Start(), "the newest migrations of %s drop no column or table", f.dir)
		}
	})
})

// changes is what the faults do, whatever the engine.
func (f *faults) changes() (key string) {
	for _, fault := range f.list {
		key += fault.in.ID + " " + fault.text + "\n"
	}
	return key
}

func destructiveOps(f *faults, m *repo.Migration) {
	moved := false // rows were copied before
	for n := range m.Up {
		o := &m.Up[n]
		switch o.Kind {
		case migration.Insert, migration.Update, migration.Code:
			moved = true
		case migration.DropTable:
			if isLive(m, n) && !moved && !o.Guarded && !isScratch(o.Table) && !f.abandoned(m, o) {
				f.add(m, o, "drops the table %s", o.Table)
			}
		case migration.DropColumn:
			if isLive(m, n) && !moved && !o.Guarded && !addedAgain(m, n) && !f.abandoned(m, o) {
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

// isScratch says whether a table is by its name a copy made for a change.
func isScratch(name string) bool {
	for _, part := range secret.Parts(name) {
		switch part {
		case "old", "temp", "tmp", "backup", "bak", "new", "copy":
			return true
		}
	}
	return false
}

// abandoned says whether an earlier migration took the table or column out of the
// models and left it in the database: the drop is the last step of several.
func (f *faults) abandoned(m *repo.Migration, o *migration.Op) bool {
	for _, other := range f.history {
		if other == m {
			return false
		}
		for i := range other.Up {
			if e := &other.Up[i]; e.StateOnly && e.Kind == o.Kind && e.Table == o.Table && (o.Kind == migration.DropTable || e.Name == o.Name) {
				return true
			}
		}
	}
	return false
}
