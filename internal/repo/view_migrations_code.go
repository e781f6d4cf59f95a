package repo

import (
	"strings"

	"drydock/internal/repo/migration"
	"drydock/internal/repo/sqlfile"
)

// alembicHistories are the chains of Alembic in the common shape.
func (s *Snapshot) alembicHistories() (out []*MigrationHistory) {
	for _, c := range s.MigrationChains() {
		h := &MigrationHistory{Tool: migration.Alembic, Dir: c.Dir(), Role: c.Role, Computed: len(c.Computed) > 0, Chain: c}
		if scheme, _, ok := strings.Cut(c.Environment.URL.Value, "://"); ok {
			h.Dialect = sqlfile.DialectOf(scheme)
		}
		byPath := map[string]*Migration{}
		for _, r := range c.Revisions {
			f := s.File(r.Path)
			if f == nil || byPath[r.Path] != nil {
				continue
			}
			m := &Migration{
				File: f, ID: r.ID.Value, Title: r.Message, Place: r.DownSpan, Up: r.Up, Down: r.Back, HasDown: len(r.Back) > 0 || len(r.Downgrade) > 0,
				Transactional: true, Initial: r.Root(), Merge: len(r.Down) > 1 && len(r.Upgrade) == 0, Computed: r.Computed || len(r.Upgrade) > 0 && len(r.Up) == 0,
			}
			if n, ok := migration.Plain(f.Name()); ok {
				m.Time = migration.Time(n.Version)
			}
			for _, d := range r.Down {
				m.Parents = append(m.Parents, d.Value)
			}
			for _, o := range m.Up {
				m.Computed = m.Computed || o.Computed
			}
			if h.Dialect == "" && f.Mentions("postgresql") {
				h.Dialect = sqlfile.PostgreSQL
			}
			byPath[r.Path] = m
			h.Migrations = append(h.Migrations, m)
		}
		for _, r := range c.Heads {
			h.Heads = append(h.Heads, byPath[r.Path])
		}
		for _, r := range c.Looped {
			h.Looped = append(h.Looped, byPath[r.Path])
		}
		for _, same := range c.Duplicates {
			var list []*Migration
			for _, r := range same {
				list = append(list, byPath[r.Path])
			}
			h.Duplicates = append(h.Duplicates, list)
		}
		for _, m := range c.Missing {
			h.Missing = append(h.Missing, MissingMigration{byPath[m.From.Path], m.ID.Value, s.MigrationAt(m.From, m.ID.Span)})
		}
		out = append(out, h)
	}
	return out
}

// scriptHistories reads the migrations of Node.js tools.
func (s *Snapshot) scriptHistories() []*MigrationHistory {
	all := histories{}
	var unclear []*Migration // by their names they may belong to what is beside them
	for _, src := range s.Sources() {
		if src.Lang != TypeScript && src.Lang != JavaScript || !migrating(src.Dir()) || strings.HasSuffix(src.Path, ".d.ts") {
			continue
		}
		n, ok := migration.Plain(src.Name())
		if !ok && !src.Mentions("MigrationInterface") || !src.Mentions("up") {
			continue
		}
		js := src.JS()
		if js == nil {
			continue
		}
		read, ok := migration.ReadScript(src.Bytes(), js, "", "")
		if !ok {
			continue
		}
		m := migrationNamed(src.File, n)
		m.Up, m.Down, m.HasDown = read.Up, read.Down, read.HasDown
		m.Transactional = !read.NoTransaction && read.Tool != migration.Sequelize
		m.Computed = len(m.Up) == 0 // a body that is not understood does something
		for _, o := range m.Up {
			m.Computed = m.Computed || o.Computed
		}
		if read.Tool == "" {
			unclear = append(unclear, m)
			continue
		}
		key := historyKey{dir: src.Dir(), tool: read.Tool}
		all.add(key, m)
		if all[key].Dialect == "" {
			all[key].Dialect = read.Dialect
		}
	}
	for _, m := range unclear {
		m.Computed = true
		for _, tool := range []migration.Tool{migration.Knex, migration.Sequelize, migration.Kysely, migration.MikroORM} {
			if k := (historyKey{dir: m.Dir(), tool: tool}); all[k] != nil {
				m.Transactional = tool != migration.Sequelize
				all.add(k, m)
				break
			}
		}
	}
	return all.ordered()
}
