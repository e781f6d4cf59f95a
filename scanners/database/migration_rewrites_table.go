package database

import (
	"regexp"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/schema"
)

// MigrationRewritesTable finds migrations that rewrite a table in use, fail on one
// that has rows, or take away a name that the running release asks for.
var MigrationRewritesTable = check.PerProject(check.Doc{
	ID:         "database/migration-rewrites-table",
	Title:      "Migration rewrites or breaks a live table",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "While a table is rewritten nobody can read it. A column that is renamed breaks the release that still runs, and a required column without a default cannot be added where there are rows.",
	How:        "Add a new column, write both, backfill in batches, switch the readers, drop the old one in a later release. Set NOT NULL after a validated CHECK. Add a default that is the same for each row, or fill the column afterwards.",
	Holds:      "Migrations neither rewrite nor break live tables",
	References: []string{
		"https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
		"https://www.postgresql.org/docs/current/ddl-alter.html",
	},
	Peers: []finding.Peer{
		check.Same("squawk", "changing-column-type"), check.Same("squawk", "renaming-column"), check.Same("squawk", "renaming-table"),
		check.Same("squawk", "adding-field-with-default"), check.Same("squawk", "adding-required-field"), check.Broader("squawk", "adding-not-nullable-field"),
		check.Same("squawk", "ban-drop-not-null"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	loose := map[*faults]*faults{}
	recentPostgreSQL(s, func(f *faults, m *repo.Migration) {
		if loose[f] == nil {
			loose[f] = &faults{dir: f.dir, newest: f.newest}
		}
		rewritingOps(f, loose[f], m)
	}, func(f *faults) {
		l := loose[f]
		if len(l.list) > 0 {
			what := "a column be NULL that the running release takes for filled"
			l.report(p, "lets "+what, "let "+what).As(finding.Low).Keyed("null %s", f.dir)
		}
		switch {
		case len(f.list) > 0:
			f.report(p, "rewrites or breaks a table in use", "rewrite or break tables in use")
		case len(l.list) == 0 && f.changesLive():
			p.Holds(f.last().Start(), "the newest migrations of %s leave columns in use as they are", f.dir)
		}
	})
})

func rewritingOps(f, loose *faults, m *repo.Migration) {
	checked := map[string]bool{} // tables with a check that was validated before
	emptied := map[string]bool{} // tables without rows
	for n := range m.Up {
		o := &m.Up[n]
		if o.Kind == migration.ValidateConstraint {
			checked[o.Table] = true
		}
		if o.Kind == migration.Truncate || o.Kind == migration.Delete && !o.Where {
			emptied[o.Table] = true
		}
		if !isLive(m, n) || emptied[o.Table] {
			continue
		}
		switch o.Kind {
		case migration.AlterType:
			if o.Column != nil && !widens(f.history, m, o) {
				f.add(m, o, "changes the type of %s.%s to %s", o.Table, o.Name, o.Column.Type)
			}
		case migration.SetNotNull:
			if !checked[o.Table] && !validatedBefore(f.history, m, o.Table) {
				f.add(m, o, "sets %s.%s NOT NULL without a validated check", o.Table, o.Name)
			}
		case migration.DropNotNull:
			loose.add(m, o, "drops NOT NULL of %s.%s", o.Table, o.Name)
		case migration.RenameColumn:
			f.add(m, o, "renames %s.%s to %s", o.Table, o.Name, o.To)
		case migration.RenameTable:
			if !replacesDropped(m, n) {
				f.add(m, o, "renames %s to %s", o.Table, o.To)
			}
		case migration.AddColumn:
			if o.Column != nil {
				rewritingColumn(f, m, o)
			}
		}
	}
}

func rewritingColumn(f *faults, m *repo.Migration, o *migration.Op) {
	c := o.Column
	text := strings.ToLower(strings.TrimSpace(c.Default.Text))
	switch {
	case c.Generated == schema.Stored:
		f.add(m, o, "adds %s.%s, which is computed and stored for every row", o.Table, c.Name)
	case c.Generated == schema.Serial, c.Generated == schema.Identity:
		f.add(m, o, "adds %s.%s, which numbers every row", o.Table, c.Name)
	case c.Default.Kind == schema.DefaultVolatile, c.Default.Kind == schema.DefaultExpression && callsUnknown(text),
		strings.HasPrefix(text, "now(") && !strings.HasPrefix(text, "now()"):
		f.add(m, o, "adds %s.%s with a default that is computed for every row", o.Table, c.Name)
	case c.Null == schema.NotNull && c.Generated == schema.GeneratedNot && c.Default.Kind == schema.DefaultNone && !o.Computed:
		f.add(m, o, "adds %s.%s NOT NULL without a default, which fails where there are rows", o.Table, c.Name)
	}
}

var call = regexp.MustCompile(`([a-z_][a-z0-9_.]*)\s*\(`)

// callsUnknown says whether an expression calls a function that may be worth
// something else for each row.
func callsUnknown(text string) bool {
	for _, m := range call.FindAllStringSubmatch(text, -1) {
		switch m[1] {
		case "varchar", "char", "numeric", "decimal", "bit", "timestamp", "timestamptz", "time", "interval", "not", "and", "or", "array":
			continue
		}
		if schema.FunctionKind(m[1]) != schema.DefaultStable {
			return true
		}
	}
	return false
}

// widens says whether a change of type leaves what is stored as it is: from a
// limited text to an unlimited or longer one.
func widens(history []*repo.Migration, m *repo.Migration, o *migration.Op) bool {
	if o.Column.Kind != schema.Text && o.Column.Kind != schema.Varchar {
		return false
	}
	var before [][]migration.Op
	for _, other := range history {
		if other == m {
			break
		}
		before = append(before, other.Up)
	}
	table := migration.Fold(before...).Tables[o.Table]
	if table == nil {
		return false
	}
	old := table.Column(o.Name)
	if old == nil || old.Kind != schema.Text && old.Kind != schema.Varchar {
		return false
	}
	return o.Column.Kind == schema.Text || limit(o.Column.Type) >= limit(old.Type)
}

// limit is the length that a type allows.
func limit(written string) (n int) {
	_, rest, ok := strings.Cut(written, "(")
	if !ok {
		return 1 << 30
	}
	for _, c := range rest {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// validatedBefore says whether the migration before validated a check of the table.
func validatedBefore(history []*repo.Migration, m *repo.Migration, table string) bool {
	for _, other := range history {
		if other == m {
			return false
		}
		for i := range other.Up {
			if o := &other.Up[i]; o.Kind == migration.ValidateConstraint && o.Table == table {
				return true
			}
		}
	}
	return false
}

// replacesDropped says whether a table is renamed to take the place of another
// that the migration drops or renames, so that the name stays there.
func replacesDropped(m *repo.Migration, n int) bool {
	for i := range m.Up {
		o := &m.Up[i]
		switch o.Kind {
		case migration.DropTable:
			if o.Table == m.Up[n].To {
				return true
			}
		case migration.CreateTable, migration.CreateView:
			if o.Table == m.Up[n].Table || o.Name == m.Up[n].Table {
				return true // the old name is given to a new table or to a view
			}
		}
	}
	return false
}
