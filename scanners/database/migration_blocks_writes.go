package database

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/schema"
)

// MigrationBlocksWrites finds migrations that lock a table in use while they read
// all of it.
var MigrationBlocksWrites = check.PerProject(check.Doc{
	ID:         "database/migration-blocks-writes",
	Title:      "Migration locks a live table",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "PostgreSQL reads the whole table under a lock that writers wait for: on a table of some size every request that writes hangs until the release is through.",
	How:        "Create and drop indexes CONCURRENTLY, outside a transaction. Add foreign keys and checks as NOT VALID and validate them in a later migration. Add a unique or primary key USING an index that was built before.",
	Holds:      "Migrations leave live tables writable",
	References: []string{
		"https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
		"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
		"https://www.postgresql.org/docs/current/explicit-locking.html",
	},
	Peers: []finding.Peer{
		check.Same("squawk", "require-concurrent-index-creation"), check.Same("squawk", "require-concurrent-index-deletion"),
		check.Same("squawk", "require-concurrent-reindex"), check.Same("squawk", "require-concurrent-partition-detach"),
		check.Same("squawk", "ban-concurrent-index-creation-in-transaction"), check.Same("squawk", "adding-foreign-key-constraint"),
		check.Same("squawk", "constraint-missing-not-valid"), check.Same("squawk", "disallowed-unique-constraint"),
		check.Same("squawk", "adding-serial-primary-key-field"), check.Broader("squawk", "ban-uncommitted-transaction"), check.Same("squawk", "transaction-nesting"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	recentPostgreSQL(s, blockingOps, func(f *faults) {
		switch {
		case len(f.list) > 0:
			f.report(p, "blocks writes to tables in use", "block writes to tables in use")
		case f.changesLive():
			p.Holds(f.last().Start(), "the newest migrations of %s change tables without a long lock", f.dir)
		}
	})
})

// changesLive says whether one of the newest migrations alters a table in use.
func (f *faults) changesLive() bool {
	for _, m := range f.newest {
		for n := range m.Up {
			if m.Up[n].OnTable() && isLive(m, n) {
				return true
			}
		}
	}
	return false
}

func blockingOps(f *faults, m *repo.Migration) {
	tx := transaction{always: runsInOne(f.tool()) && m.Transactional}
	built := map[string]bool{}    // indexes made here
	unproven := map[string]bool{} // constraints added here as NOT VALID
	dropped := map[string]bool{}  // tables that go as a whole
	for i := range m.Up {
		if m.Up[i].Kind == migration.DropTable {
			dropped[m.Up[i].Table] = true
		}
	}
	for n := range m.Up {
		o := &m.Up[n]
		tx.see(f, m, o)
		switch live := isLive(m, n); o.Kind {
		case migration.CreateIndex:
			built[o.Name] = true
			switch {
			case !live:
			case !o.Concurrently:
				f.add(m, o, "creates %s on %s without CONCURRENTLY", index(o.Name), o.Table)
			case tx.open(o):
				f.add(m, o, "creates %s CONCURRENTLY inside a transaction, which PostgreSQL refuses", index(o.Name))
			}
		case migration.DropIndex:
			if !o.Concurrently && !built[o.Name] && !o.StateOnly && !dropped[o.Table] && (live || o.Table == "") {
				f.add(m, o, "drops %s without CONCURRENTLY", index(o.Name))
			} else if o.Concurrently && tx.open(o) {
				f.add(m, o, "drops %s CONCURRENTLY inside a transaction, which PostgreSQL refuses", index(o.Name))
			}
		case migration.Reindex:
			if !o.Concurrently {
				f.add(m, o, "reindexes without CONCURRENTLY")
			}
		case migration.DetachPartition:
			if live && !o.Concurrently && !strings.HasSuffix(strings.ToUpper(strings.TrimRight(m.Text(o.Span), "; \n")), "FINALIZE") {
				f.add(m, o, "detaches a partition of %s without CONCURRENTLY", o.Table)
			}
		case migration.AddConstraint:
			if c := o.Constraint; live && c != nil {
				unproven[o.Table+"."+c.Name] = c.NotValid
				if text := blockingConstraint(c); text != "" {
					f.add(m, o, "adds %s to %s", text, o.Table)
				}
			}
		case migration.ValidateConstraint:
			if unproven[o.Table+"."+o.Name] && tx.open(o) {
				f.add(m, o, "validates %s in the transaction that adds it, which keeps the lock of the first step", o.Name)
			}
		case migration.AddColumn:
			if live && o.Column != nil {
				blockingColumn(f, m, o)
			}
		}
	}
	tx.end(f, m)
}

func index(name string) string {
	if name == "" {
		return "an index"
	}
	return "index " + name
}

// blockingConstraint says what a constraint makes PostgreSQL read under a lock;
// "" when it does not.
func blockingConstraint(c *schema.Constraint) string {
	switch c.Kind {
	case schema.ForeignKey:
		if !c.NotValid {
			return "a foreign key without NOT VALID"
		}
	case schema.CheckRule:
		if !c.NotValid {
			return "a check without NOT VALID"
		}
	case schema.UniqueKey:
		if c.UsingIndex == "" {
			return "a unique constraint that builds its index"
		}
	case schema.PrimaryKey:
		if c.UsingIndex == "" {
			return "a primary key that builds its index"
		}
	case schema.Exclusion:
		return "an exclusion constraint"
	}
	return ""
}

func blockingColumn(f *faults, m *repo.Migration, o *migration.Op) {
	switch c := o.Column; {
	case c.Primary:
		f.add(m, o, "adds the primary key %s to %s and builds its index", c.Name, o.Table)
	case c.Unique:
		f.add(m, o, "adds the unique column %s to %s and builds its index", c.Name, o.Table)
	case c.References != nil:
		f.add(m, o, "adds the column %s with a foreign key to %s, which locks both tables", c.Name, o.Table)
	case c.Check:
		f.add(m, o, "adds the column %s with a check to %s", c.Name, o.Table)
	}
}

// runsInOne says whether a tool runs a migration in a transaction unless it is
// told otherwise, and does not find out by itself what cannot run in one.
func runsInOne(tool migration.Tool) bool {
	switch tool {
	case migration.Alembic, migration.DjangoTool, migration.Goose, migration.DBMate:
		return true
	}
	return false
}

// transaction follows BEGIN and COMMIT through a migration.
type transaction struct {
	always bool // the tool opens one
	begun  *migration.Op
}

// see takes note of an operation, and of a BEGIN inside another.
func (t *transaction) see(f *faults, m *repo.Migration, o *migration.Op) {
	switch o.Kind {
	case migration.Begin:
		if t.begun != nil {
			f.add(m, o, "begins a transaction inside another, which the first COMMIT ends")
			return
		}
		t.begun = o
	case migration.Commit, migration.Rollback:
		t.begun = nil
	}
}

func (t *transaction) open(o *migration.Op) bool { return t.begun != nil || t.always && !o.Outside }

// end reports a transaction that was left open: it keeps its locks, or is taken
// back with the connection.
func (t *transaction) end(f *faults, m *repo.Migration) {
	if t.begun != nil && !m.Computed {
		f.add(m, t.begun, "begins a transaction and never commits it")
	}
}
