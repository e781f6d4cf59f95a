package database

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/sqlfile"
)

// judgedMigrations is how many of a history's newest migrations are judged. What
// is older has been applied everywhere and cannot be mended any more.
const judgedMigrations = 10

// fault is what one operation of a migration does to a live database.
type fault struct {
	at   finding.Location
	in   *repo.Migration
	text string // continues "0003_orders "
}

// faults are those of one history.
type faults struct {
	dir     string
	parts   []*repo.MigrationHistory
	history []*repo.Migration // all of it, in order
	newest  []*repo.Migration // those that are judged
	list    []fault
}

// tool is what applies the history.
func (f *faults) tool() migration.Tool { return f.parts[0].Tool }

// last is the newest migration.
func (f *faults) last() *repo.Migration { return f.newest[len(f.newest)-1] }

func (f *faults) add(m *repo.Migration, o *migration.Op, format string, args ...any) {
	f.list = append(f.list, fault{m.At(o.Span), m, fmt.Sprintf(format, args...)})
}

// report makes one problem of all faults of a history: one and many say in a few
// words what a migration does, and what several do.
func (f *faults) report(p *check.Pass, one, many string) *check.Problem {
	in := map[*repo.Migration]bool{}
	var texts []string
	for _, fault := range f.list {
		if !in[fault.in] && len(texts) < 3 {
			texts = append(texts, fault.in.ID+" "+fault.text)
		}
		in[fault.in] = true
	}
	if len(in) > len(texts) {
		texts = append(texts, "…")
	}
	what := many
	if len(in) == 1 {
		what = one
	}
	subject := "the only migration"
	if len(f.newest) > 1 {
		subject = fmt.Sprintf("%d of the newest %d migrations", len(in), len(f.newest))
	}
	first := f.list[0]
	problem := p.Report(first.at, "%s in %s %s: %s", subject, f.dir, what, strings.Join(texts, "; ")).Keyed("%s", f.dir)
	for _, fault := range f.list[1:min(len(f.list), maxPlaces)] {
		problem.With(fault.at)
	}
	return problem
}

// maxPlaces bounds the places that one problem lists.
const maxPlaces = 30

// recent visits the newest migrations of each history of production, and collects
// what judge finds in them; done is told of every history that was judged.
func recent(s *repo.Snapshot, judge func(f *faults, m *repo.Migration), done func(f *faults)) {
	recentOf(s, func(*repo.MigrationHistory) bool { return true }, judge, done)
}

// recentPostgreSQL is recent for the histories that are for PostgreSQL.
func recentPostgreSQL(s *repo.Snapshot, judge func(f *faults, m *repo.Migration), done func(f *faults)) {
	other := sync.OnceValue(func() bool { return namesOtherEngine(s) })
	recentOf(s, func(h *repo.MigrationHistory) bool { return isPostgreSQL(h, other) }, judge, done)
}

func recentOf(s *repo.Snapshot, take func(*repo.MigrationHistory) bool, judge func(f *faults, m *repo.Migration), done func(f *faults)) {
	for _, f := range lines(s, take) {
		var list []*repo.Migration
		for _, m := range f.history {
			if m.Role == repo.Production && !m.Repeatable && !takesBack(m.Name()) && (len(m.Up) > 0 || m.Computed) {
				list = append(list, m)
			}
		}
		f.newest = list[max(0, len(list)-judgedMigrations):]
		if len(f.newest) == 0 {
			continue
		}
		for _, m := range f.newest {
			judge(f, m)
		}
		done(f)
	}
}

// lines are the histories as they are applied to one database: Django's apps are
// one, and so are folders that are named for releases.
func lines(s *repo.Snapshot, take func(*repo.MigrationHistory) bool) (out []*faults) {
	at := map[string]*faults{}
	for _, h := range s.MigrationHistories() {
		if h.Role != repo.Production || !take(h) {
			continue
		}
		dir := h.Dir
		switch {
		case h.Tool == migration.DjangoTool:
			dir = s.UnitDir(h.Migrations[0].File)
		case releaseFolder.MatchString(path.Base(dir)):
			dir = path.Dir(dir)
		}
		key := string(h.Tool) + dir
		f := at[key]
		if f == nil {
			f = &faults{dir: dir}
			at[key] = f
			out = append(out, f)
		}
		f.parts = append(f.parts, h)
	}
	for _, f := range out {
		slices.SortStableFunc(f.parts, func(a, b *repo.MigrationHistory) int {
			return migration.CompareVersions(path.Base(a.Dir), path.Base(b.Dir))
		})
		for _, h := range f.parts {
			f.history = append(f.history, h.Migrations...)
		}
		if f.parts[0].Tool == migration.DjangoTool {
			slices.SortStableFunc(f.history, func(a, b *repo.Migration) int { return cmp.Compare(a.Order, b.Order) })
		}
	}
	return out
}

// takesBack says whether a file is the half of a migration that undoes it, for
// tools that write so in the middle of the name: 003.undo.users.sql.
func takesBack(name string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(name), "."), func(w string) bool { return w == "undo" || w == "down" || w == "rollback" || w == "revert" })
}

var releaseFolder = regexp.MustCompile(`^[vV]?\d+(?:\.\d+)*$`)

// isPostgreSQL says whether a history is for PostgreSQL: it says so itself, or it
// is plain SQL and the project names no other engine.
func isPostgreSQL(h *repo.MigrationHistory, other func() bool) bool {
	if h.Dialect != "" {
		return h.Dialect == sqlfile.PostgreSQL
	}
	switch h.Tool {
	case migration.Alembic, migration.DjangoTool, migration.Rails, migration.Laravel, migration.Knex, migration.Sequelize, migration.TypeORM:
		return false
	}
	return !other() && !speaksMySQL(h)
}

var otherWords = []string{"AUTO_INCREMENT", "AUTOINCREMENT", "MODIFY", "utf8mb4", "NVARCHAR", "InnoDB", "UNSIGNED", "MEDIUMTEXT", "LONGTEXT", "DATETIME2"}

// speaksMySQL says whether a migration has words that PostgreSQL does not know.
func speaksMySQL(h *repo.MigrationHistory) bool {
	return slices.ContainsFunc(h.Migrations, func(m *repo.Migration) bool {
		return slices.ContainsFunc(otherWords, func(w string) bool { return m.Mentions(w) && bytes.Contains(m.Bytes(), []byte(w)) })
	})
}

// namesOtherEngine says whether something in the project names an engine, and
// nothing PostgreSQL.
func namesOtherEngine(s *repo.Snapshot) (other bool) {
	e := &engines{s: s}
	e.code()
	e.migrations()
	e.deployment()
	for _, n := range e.list {
		if n.engine == postgreSQL {
			return false
		}
		other = other || n.source != fromTests
	}
	for _, c := range s.Components() {
		for i := range c.Deployments {
			switch engineOfImage(c.Deployments[i].Image) {
			case "":
			case postgreSQL:
				return false
			default:
				other = true
			}
		}
	}
	return other
}

// isLive says whether an operation is on a table that was there before the
// migration, so that others may be using it.
func isLive(m *repo.Migration, n int) bool {
	o := &m.Up[n]
	if o.StateOnly || o.Table == "" || o.Temporary || migration.Created(m.Up, n)[o.Table] {
		return false
	}
	return !slices.ContainsFunc(m.Up[:n], func(before migration.Op) bool { // a materialised view is filled here
		return before.Kind == migration.CreateView && (before.Name == o.Table || before.Table == o.Table)
	})
}
