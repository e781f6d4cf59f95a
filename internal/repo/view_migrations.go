package repo

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"drydock/internal/finding"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/sqlfile"
)

// MigrationHistory is the migrations that a tool applies one after the other,
// whatever the tool: those of a directory, of an environment of Alembic, of an
// app of Django.
type MigrationHistory struct {
	Tool       migration.Tool
	Dir        string
	App        string          // Django's label
	Dialect    sqlfile.Dialect // "" when nothing tells
	Role       Role            // production when one of the migrations is
	Migrations []*Migration    // as they are applied; those on a loop last, Flyway's repeatable ones behind the versioned
	Heads      []*Migration    // followed by none; of tools that go by version the last one
	Missing    []MissingMigration
	Duplicates [][]*Migration  // of one version or id, so that one of them is skipped or refused
	Looped     []*Migration    // they follow each other in a circle, or come behind one
	Unlisted   []*File         // Drizzle: files of SQL that the journal does not list
	Computed   bool            // what a migration follows is computed: the order is not known for sure
	Chain      *MigrationChain // Alembic's own view of it, nil for other tools
}

// MissingMigration is a migration that another names and that is not there.
type MissingMigration struct {
	From *Migration // nil when a journal names it
	ID   string
	At   finding.Location
}

// Migration is one migration.
type Migration struct {
	*File
	Undo     *File  // the file that takes it back, when it is another; else nil
	ID       string // what others call it: the revision, the name of the file or directory
	Version  string // of tools that go by version
	Title    string
	Time     time.Time    // that its name says, the zero time without one
	Parents  []string     // ids of those it follows; of tools that go by version the one before
	Place    finding.Span // where the file says what it is or follows; zero without such a place
	Replaces []string     // Django's squashed migrations: what it stands for

	// Order is where it stands among all that the tool applies to one database:
	// Django's apps are migrated together. From 0.
	Order int

	Initial    bool // Django's initial = True, or the first of all
	Merge      bool // it follows several and does nothing itself
	Repeatable bool // Flyway's R__

	Up            []migration.Op
	Down          []migration.Op
	HasDown       bool // it can be taken back, as far as the tool knows
	Transactional bool // the tool runs all of it in one transaction, unless an operation is Outside
	Empty         bool // it does nothing
	Computed      bool // some of what it does is computed, in code, or not read
}

// Head is the one head of the history, nil when there are several or none.
func (h *MigrationHistory) Head() *Migration {
	if len(h.Heads) != 1 {
		return nil
	}
	return h.Heads[0]
}

// Migration is the one with that id, nil without one.
func (h *MigrationHistory) Migration(id string) *Migration {
	for _, m := range h.Migrations {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// MigrationHistories lists the histories of all tools, by directory: Alembic,
// Django, Prisma, Flyway, Liquibase, knex, Sequelize, TypeORM, MikroORM, Kysely,
// Drizzle, golang-migrate, goose, dbmate, sql-migrate, Diesel, Supabase, numbered
// files of SQL, and by name alone Rails and Laravel.
func (s *Snapshot) MigrationHistories() []*MigrationHistory {
	return view(s, "migration histories", func() []*MigrationHistory {
		out := slices.Concat(s.alembicHistories(), s.djangoHistories(), s.sqlHistories(), s.scriptHistories(), s.namedHistories())
		for _, h := range out {
			for i, m := range h.Migrations {
				m.Empty = len(m.Up) == 0 && !m.Computed
				if h.Tool != migration.DjangoTool {
					m.Order = i
				}
			}
		}
		slices.SortStableFunc(out, func(a, b *MigrationHistory) int {
			return cmp.Or(strings.Compare(a.Dir, b.Dir), strings.Compare(string(a.Tool), string(b.Tool)))
		})
		return out
	})
}

// Applied are the migrations that make the database of a history, in their order:
// of Django those of all apps with its role, of other tools its own. What a
// squashed migration stands for counts instead of it, where it is still there.
func (s *Snapshot) Applied(h *MigrationHistory) (out []*Migration) {
	for _, other := range s.MigrationHistories() {
		if other != h && (h.Tool != migration.DjangoTool || other.Tool != h.Tool || other.Role != h.Role) {
			continue
		}
		here := map[string]bool{}
		for _, m := range other.Migrations {
			here[m.ID] = true
		}
		for _, m := range other.Migrations {
			if !slices.ContainsFunc(m.Replaces, func(id string) bool { return here[id] }) {
				out = append(out, m)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *Migration) int { return cmp.Compare(a.Order, b.Order) })
	return out
}

// historyKey tells the histories of one directory apart.
type historyKey struct {
	dir    string
	tool   migration.Tool
	engine string
}

// histories collects migrations of tools that go by version.
type histories map[historyKey]*MigrationHistory

func (hs histories) add(k historyKey, m *Migration) {
	h := hs[k]
	if h == nil {
		h = &MigrationHistory{Tool: k.tool, Dir: k.dir, Role: m.Role}
		hs[k] = h
	}
	if m.Role == Production {
		h.Role = Production
	}
	h.Migrations = append(h.Migrations, m)
}

// ordered sorts each history by version and finds its head and duplicates.
func (hs histories) ordered() (out []*MigrationHistory) {
	for _, h := range hs {
		byVersion(h)
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b *MigrationHistory) int {
		return cmp.Or(strings.Compare(a.Dir, b.Dir), strings.Compare(string(a.Tool), string(b.Tool)), strings.Compare(a.Migrations[0].Path, b.Migrations[0].Path))
	})
	return out
}

func byVersion(h *MigrationHistory) {
	slices.SortStableFunc(h.Migrations, func(a, b *Migration) int {
		if a.Repeatable != b.Repeatable {
			if a.Repeatable {
				return 1
			}
			return -1
		}
		return cmp.Or(migration.CompareVersions(a.Version, b.Version), strings.Compare(a.Path, b.Path))
	})
	var before *Migration
	var same []*Migration
	flush := func() {
		if len(same) > 1 && refuses(h.Tool) {
			h.Duplicates = append(h.Duplicates, same)
		}
		same = nil
	}
	for _, m := range h.Migrations {
		if m.Repeatable {
			continue
		}
		if before != nil && m.Parents == nil {
			m.Parents = []string{before.ID}
		}
		if len(same) > 0 && (m.Version == "" || migration.CompareVersions(same[0].Version, m.Version) != 0) {
			flush()
		}
		same = append(same, m)
		before = m
	}
	flush()
	if before != nil {
		h.Heads = []*Migration{before}
		h.Migrations[0].Initial = h.Migrations[0].Initial || !h.Migrations[0].Repeatable
	}
}

// refuses says whether the tool goes by the version alone, so that of two with one
// version it skips one or stops. The others go by the whole name.
func refuses(tool migration.Tool) bool {
	switch tool {
	case migration.FlywayTool, migration.GolangMigrate, migration.Goose, migration.DBMate, migration.Rails, migration.Supabase, migration.PlainSQL:
		return true
	}
	return false
}

// migrating says whether one of the directories of a path is named for migrations.
func migrating(dir string) bool {
	for _, part := range strings.Split(strings.ToLower(dir), "/") {
		if strings.Contains(part, "migrat") {
			return true
		}
	}
	return false
}

// migrationNamed starts the migration of a file with what its name says.
func migrationNamed(f *File, n migration.Name) *Migration {
	stem := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
	return &Migration{File: f, ID: stem, Version: n.Version, Title: n.Title, Time: migration.Time(n.Version)}
}
