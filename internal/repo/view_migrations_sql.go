package repo

import (
	"encoding/json"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/sqlfile"
)

// sqlHistories reads the histories of tools whose migrations are files of SQL.
func (s *Snapshot) sqlHistories() []*MigrationHistory {
	b := sqlBuilder{s: s, all: histories{}, down: map[string][]*File{}}
	for _, f := range s.files {
		if f.Lang != SQL || f.Role.Foreign() || f.Size > sqlfile.MaxBytes {
			continue
		}
		b.file(f)
	}
	for k, h := range b.all {
		b.pair(k, h)
	}
	out := b.all.ordered()
	for _, h := range out {
		if h.Tool == migration.Drizzle {
			b.journal(h)
		}
		if f := s.SQLFile(firstPath(h)); f != nil && h.Dialect == "" {
			h.Dialect = f.Spec.Dialect // one for all of a directory, see SQLFiles
		}
	}
	return out
}

type sqlBuilder struct {
	s    *Snapshot
	all  histories
	down map[string][]*File // halves that take back, by directory
}

// file takes a file into the history that it belongs to.
func (b *sqlBuilder) file(f *File) {
	dir, base := f.Dir(), f.Name()
	parent := path.Dir(dir)
	switch {
	case base == "migration.sql" && migrating(parent):
		tool := migration.Prisma
		if b.s.File(path.Join(dir, "snapshot.json")) != nil {
			tool = migration.Drizzle
		}
		n, _ := migration.Plain(path.Base(dir))
		m := migrationNamed(f, n)
		m.ID, m.HasDown = path.Base(dir), false
		if n.Version == "" {
			m.Version = m.ID
		}
		b.read(m, f)
		m.Transactional = tool != migration.Prisma || len(m.Up) > 1
		if down := b.s.File(path.Join(dir, "down.sql")); down != nil {
			b.back(m, down)
		}
		b.all.add(historyKey{dir: parent, tool: tool}, m)
		return
	case base == "up.sql" && migrating(parent):
		n, _ := migration.Plain(path.Base(dir) + ".sql")
		m := migrationNamed(f, n)
		m.ID, m.Transactional = path.Base(dir), true
		if n.Version == "" {
			m.Version = m.ID
		}
		b.read(m, f)
		if down := b.s.File(path.Join(dir, "down.sql")); down != nil {
			b.back(m, down)
		}
		b.all.add(historyKey{dir: parent, tool: migration.Diesel}, m)
		return
	}
	if n, ok := migration.Flyway(base); ok {
		if n.Down {
			b.down[dir] = append(b.down[dir], f)
			return
		}
		m := migrationNamed(f, n)
		m.Repeatable, m.Transactional = n.Letter == 'R', true
		b.read(m, f)
		b.all.add(historyKey{dir: dir, tool: migration.FlywayTool}, m)
		return
	}
	b.plain(f)
}

// plain takes a file in whose name a number stands first.
func (b *sqlBuilder) plain(f *File) {
	dir := f.Dir()
	drizzle := b.s.File(path.Join(dir, "meta", "_journal.json")) != nil
	n, ok := migration.Plain(f.Name())
	if !ok || !drizzle && !n.Up && !n.Down && !migrating(dir) {
		return
	}
	if n.Down {
		b.down[dir] = append(b.down[dir], f)
		return
	}
	m := migrationNamed(f, n)
	m.Transactional = true
	key := historyKey{dir: dir, tool: migration.PlainSQL, engine: n.Engine}
	sections, divided := migration.Sections{}, false
	switch {
	case drizzle:
		key.tool = migration.Drizzle
	case n.Up:
		key.tool = migration.GolangMigrate
		m.ID = strings.TrimSuffix(m.ID, ".up")
	case strings.HasSuffix(dir, "supabase/migrations"):
		key.tool = migration.Supabase
	case f.Mentions("goose", "migrate"):
		if sections, divided = migration.ReadSections(f.Bytes()); divided {
			key.tool = sections.Tool
			m.Transactional = !sections.NoTransaction
		}
	}
	b.read(m, f)
	if divided {
		ops := m.Up
		m.Up = spanWithin(ops, sections.Up)
		m.Down = spanWithin(ops, sections.Down)
		m.HasDown = len(m.Down) > 0
	}
	b.all.add(key, m)
}

func spanWithin(ops []migration.Op, s finding.Span) (out []migration.Op) {
	for _, o := range ops {
		if s.Contains(o.Span.Start) {
			out = append(out, o)
		}
	}
	return out
}

// read fills in what the file does.
func (b *sqlBuilder) read(m *Migration, f *File) {
	if spec := b.s.SQLFile(f.Path); spec != nil {
		m.Up = migration.FromSQL(spec.Spec.Statements)
	}
}

func (b *sqlBuilder) back(m *Migration, f *File) {
	m.Undo, m.HasDown = f, true
	if spec := b.s.SQLFile(f.Path); spec != nil {
		m.Down = migration.FromSQL(spec.Spec.Statements)
	}
}

// pair gives each migration the file of its directory that takes it back.
func (b *sqlBuilder) pair(k historyKey, h *MigrationHistory) {
	byVersion := map[string][]*Migration{}
	for _, m := range h.Migrations {
		v := migration.Canonical(m.Version)
		byVersion[v] = append(byVersion[v], m)
	}
	for _, f := range b.down[k.dir] {
		n, flyway := migration.Flyway(f.Name())
		if !flyway {
			n, _ = migration.Plain(f.Name())
		}
		if n.Version == "" || flyway != (k.tool == migration.FlywayTool) {
			continue
		}
		same := byVersion[migration.Canonical(n.Version)]
		for _, m := range same {
			if m.Undo == nil && (flyway || len(same) == 1 || strings.HasPrefix(n.Title, m.Title)) {
				b.back(m, f)
				break
			}
		}
	}
}

// journal puts the migrations of Drizzle in the order that its journal gives, and
// names what one of the two lacks.
func (b *sqlBuilder) journal(h *MigrationHistory) {
	f := b.s.File(path.Join(h.Dir, "meta", "_journal.json"))
	if f == nil {
		return
	}
	var journal struct {
		Dialect string
		Entries []struct{ Tag string }
	}
	if err := json.Unmarshal(f.Bytes(), &journal); err != nil {
		b.s.parseFailed(f, 0, err)
		return
	}
	h.Dialect = sqlfile.DialectOf(journal.Dialect)
	byID := map[string]*Migration{}
	for _, m := range h.Migrations {
		byID[m.ID] = m
	}
	h.Duplicates = nil // the journal decides, not the number
	var order []*Migration
	var before *Migration
	for _, e := range journal.Entries {
		m := byID[e.Tag]
		if m == nil {
			h.Missing = append(h.Missing, MissingMigration{ID: e.Tag, At: f.Start()})
			continue
		}
		delete(byID, e.Tag)
		m.Parents, m.Initial = nil, before == nil
		if before != nil {
			m.Parents = []string{before.ID}
		}
		before = m
		order = append(order, m)
	}
	for _, m := range h.Migrations {
		if byID[m.ID] != nil {
			h.Unlisted = append(h.Unlisted, m.File)
		}
	}
	h.Migrations, h.Heads = order, nil
	if before != nil {
		h.Heads = []*Migration{before}
	}
}

func firstPath(h *MigrationHistory) string {
	for _, m := range h.Migrations {
		if len(m.Up) > 0 {
			return m.Path
		}
	}
	return ""
}
