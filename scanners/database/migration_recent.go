package database

import (
	"fmt"
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
	history *repo.MigrationHistory
	list    []fault
	judged  int
}

func (f *faults) add(m *repo.Migration, o *migration.Op, format string, args ...any) {
	f.list = append(f.list, fault{m.At(o.Span), m, fmt.Sprintf(format, args...)})
}

// report makes one problem of all faults of a history: what says in a few words
// what the migrations do.
func (f *faults) report(p *check.Pass, what string) *check.Problem {
	in := map[*repo.Migration]bool{}
	var texts []string
	for _, one := range f.list {
		if !in[one.in] && len(texts) < 3 {
			texts = append(texts, one.in.ID+" "+one.text)
		}
		in[one.in] = true
	}
	if len(in) > len(texts) {
		texts = append(texts, "…")
	}
	message := what + ": " + strings.Join(texts, "; ")
	if f.judged > 1 {
		message = fmt.Sprintf("%d of the newest %d migrations in %s %s", len(in), f.judged, f.history.Dir, message)
	} else {
		message = fmt.Sprintf("the migration in %s %s", f.history.Dir, message)
	}
	first := f.list[0]
	problem := p.Report(first.at, "%s", message).Keyed("%s", f.history.Dir)
	for _, one := range f.list[1:min(len(f.list), maxPlaces)] {
		problem.With(one.at)
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
	for _, h := range s.MigrationHistories() {
		if h.Role != repo.Production || !take(h) {
			continue
		}
		var list []*repo.Migration
		for _, m := range h.Migrations {
			if m.Role == repo.Production && !m.Repeatable && (len(m.Up) > 0 || m.Computed) {
				list = append(list, m)
			}
		}
		list = list[max(0, len(list)-judgedMigrations):]
		if len(list) == 0 {
			continue
		}
		f := &faults{history: h, judged: len(list)}
		for _, m := range list {
			judge(f, m)
		}
		done(f)
	}
}

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
	return !other()
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
	return !o.StateOnly && o.Table != "" && !o.Temporary && !migration.Created(m.Up, n)[o.Table]
}
