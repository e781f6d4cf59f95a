package database

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/sqlfile"
)

// FreshInstallBroken finds migrations that cannot be applied to an empty database.
var FreshInstallBroken = check.PerProject(check.Doc{
	ID:         "database/fresh-install-broken",
	Title:      "An empty database cannot be migrated",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      4,
	Why:        "The container runs the migrations when it starts, and they change a table that none of them creates: on a new host, in CI, and when the database has to be set up after a loss, nothing starts.",
	How:        "Put what made the tables into a first migration, mark it as applied on the databases that have them (alembic stamp, prisma migrate resolve), and run the whole chain on an empty database in CI.",
	Holds:      "The migrations lead from an empty database to the schema",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/cookbook.html#building-an-up-to-date-database-from-scratch",
		"https://www.prisma.io/docs/orm/prisma-migrate/workflows/baselining",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	created := createdAnywhere(s)
	for _, f := range lines(s, func(h *repo.MigrationHistory) bool {
		return stateWords[h.Tool] != nil && h.Tool != migration.DjangoTool
	}) {
		if f.history[0].Computed || f.parts[0].Computed {
			continue
		}
		m, o := firstUnmade(f.history, created)
		if o == nil {
			if len(f.history) > 1 && f.history[0].Role == repo.Production && makesTable(f.history[0]) {
				p.Holds(f.history[0].Start(), "each of the %d migrations in %s changes tables that one before it made", len(f.history), f.dir)
			}
			continue
		}
		at, what, ok := runsAtStart(s, stateWords[f.tool()])
		if !ok {
			p.Unproven(m.At(o.Span), "%s changes %s, which no migration creates: whether the chain is ever run on an empty database is not told", m.ID, o.Table)
			continue
		}
		p.Report(m.At(o.Span), "%s changes the table %s, which no migration and no file of SQL creates, and %s runs the chain", m.ID, o.Table, what).With(at).Keyed("%s %s", m.ID, o.Table)
	}
})

func makesTable(m *repo.Migration) bool {
	for i := range m.Up {
		if m.Up[i].Kind == migration.CreateTable {
			return true
		}
	}
	return false
}

// createdAnywhere are the tables that any migration, file of SQL or call in code
// may create.
func createdAnywhere(s *repo.Snapshot) map[string]bool {
	out := map[string]bool{}
	for _, h := range s.MigrationHistories() {
		for _, m := range h.Migrations {
			for i := range m.Up {
				switch o := &m.Up[i]; o.Kind {
				case migration.CreateTable, migration.CreateView:
					out[strings.ToLower(o.Table+o.Name)] = true
					out[strings.ToLower(o.Table)] = true
				case migration.RenameTable:
					out[strings.ToLower(o.To)] = true
				}
			}
		}
	}
	for _, f := range s.SQLFiles() {
		for _, st := range f.Spec.Statements {
			if st.Kind == sqlfile.CreateTable || st.Kind == sqlfile.CreateView {
				out[strings.ToLower(st.Name.Name)] = true
			}
		}
	}
	return out
}

// firstUnmade is the first operation on a table that nothing makes. Behind what
// cannot be read, a table may be there.
func firstUnmade(list []*repo.Migration, created map[string]bool) (*repo.Migration, *migration.Op) {
	for _, m := range list {
		for i := range m.Up {
			o := &m.Up[i]
			switch {
			case m.Computed || o.Kind == migration.Code || o.Kind == migration.SQL && o.Computed:
				return nil, nil
			case !o.OnTable() || o.Guarded || o.IfExists || o.Computed || o.Table == "" || o.Kind == migration.DropTable:
				continue
			case !created[strings.ToLower(o.Table)]:
				return m, o
			}
		}
	}
	return nil, nil
}

// runsAtStart is a command by which a deployment applies the migrations.
func runsAtStart(s *repo.Snapshot, words [][]string) (at finding.Location, what string, ok bool) {
	commands := s.Commands()
	for i := range commands {
		c := &commands[i]
		if !c.Env.Deployed() || c.Source != repo.FromCompose && c.Source != repo.FromDockerfile && c.Source != repo.FromProcfile {
			continue
		}
		line := strings.Join(c.Words, " ")
		for _, all := range words {
			if joined := strings.Join(all, " "); strings.Contains(line, joined) {
				return c.At(), joined, true
			}
		}
	}
	return at, "", false
}
