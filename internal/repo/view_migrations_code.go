package repo

import (
	"path"
	"slices"
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
				all.add(k, m)
				break
			}
		}
	}
	return all.ordered()
}

// djangoHistories reads the migrations of Django, a history for each app. Tables
// and columns have the names that the migrations before give them.
func (s *Snapshot) djangoHistories() (out []*MigrationHistory) {
	labels := djangoLabels{s: s, labels: map[string]string{}}
	byDir := map[string]*djangoBuilder{}
	var dirs []string
	for _, src := range s.Sources() {
		if src.Lang != Python || path.Base(src.Dir()) != "migrations" || src.Name() == "__init__.py" || !src.Mentions("Migration") {
			continue
		}
		py := src.Py()
		if py == nil {
			continue
		}
		read, ok := migration.ReadDjango(py)
		if !ok {
			continue
		}
		dir := src.Dir()
		b := byDir[dir]
		if b == nil {
			b = &djangoBuilder{history: &MigrationHistory{Tool: migration.DjangoTool, Dir: dir, App: labels.of(src.File), Role: src.Role}, read: map[*Migration]*migration.Django{}}
			byDir[dir] = b
			dirs = append(dirs, dir)
		}
		b.add(src.File, read)
	}
	slices.Sort(dirs)
	state := migration.NewDjangoState()
	for _, dir := range dirs {
		b := byDir[dir]
		b.link()
		for _, m := range b.history.Migrations {
			if len(m.Replaces) == 0 || !b.replacedAreHere(m) { // what it stands for has been applied already
				state.Apply(b.history.App, m.Up)
			}
		}
		for _, m := range b.history.Migrations {
			if len(m.Replaces) > 0 && b.replacedAreHere(m) {
				migration.NewDjangoState().Apply(b.history.App, m.Up)
			}
		}
		out = append(out, b.history)
	}
	return out
}

type djangoBuilder struct {
	history *MigrationHistory
	read    map[*Migration]*migration.Django
	byID    map[string]*Migration
}

func (b *djangoBuilder) add(f *File, read *migration.Django) {
	id := strings.TrimSuffix(f.Name(), ".py")
	n, _ := migration.Plain(f.Name())
	m := &Migration{File: f, ID: id, Version: n.Version, Title: n.Title, Initial: read.Initial, Up: read.Ops, HasDown: true, Transactional: read.Atomic, Computed: read.Computed, Place: read.Span}
	for _, o := range m.Up {
		m.HasDown = m.HasDown && !o.Irreversible
		m.Computed = m.Computed || o.Computed || o.Kind == migration.Code
	}
	for _, r := range read.Replaces {
		if r.App == b.history.App { // of another app: the app was renamed, and those are gone
			m.Replaces = append(m.Replaces, r.Name)
		}
	}
	if f.Role == Production {
		b.history.Role = Production
	}
	b.history.Computed = b.history.Computed || read.Computed && len(read.Dependencies) == 0 && !read.Initial
	b.read[m] = read
	b.history.Migrations = append(b.history.Migrations, m)
}

// replacedAreHere says whether what a squashed migration stands for is still there.
func (b *djangoBuilder) replacedAreHere(m *Migration) bool {
	for _, id := range m.Replaces {
		if b.byID[id] != nil {
			return true
		}
	}
	return false
}

// link orders the migrations by what they depend on in their own app. A squashed
// migration stands beside what it replaces, so what follows either follows both.
func (b *djangoBuilder) link() {
	h := b.history
	b.byID = map[string]*Migration{}
	standsFor := map[string]*Migration{} // replaced, by the one that replaces it
	for _, m := range h.Migrations {
		b.byID[m.ID] = m
		for _, id := range m.Replaces {
			standsFor[id] = m
		}
	}
	follows := map[*Migration]map[*Migration]bool{}
	followed := map[*Migration]bool{}
	for _, m := range h.Migrations {
		follows[m] = map[*Migration]bool{}
		for _, d := range b.read[m].Dependencies {
			if d.App != h.App || strings.HasPrefix(d.Name, "__") {
				continue
			}
			m.Parents = append(m.Parents, d.Name)
			before := b.byID[d.Name]
			if before == nil {
				before = standsFor[d.Name]
			}
			if before == nil {
				h.Missing = append(h.Missing, MissingMigration{m, d.Name, m.At(d.Span)})
				continue
			}
			if before != m {
				follows[m][before], followed[before] = true, true
			}
		}
		m.Merge = len(m.Parents) > 1 && len(m.Up) == 0
		m.Initial = m.Initial || len(m.Parents) == 0
	}
	b.order(follows)
	for _, m := range h.Migrations {
		replaced := standsFor[m.ID]
		switch {
		case followed[m] || replaced != nil:
		case len(m.Replaces) > 0 && b.lastIsFollowed(m, followed):
		default:
			h.Heads = append(h.Heads, m)
		}
	}
}

// lastIsFollowed says whether something follows one of those a migration replaces.
func (b *djangoBuilder) lastIsFollowed(m *Migration, followed map[*Migration]bool) bool {
	last := b.byID[m.Replaces[len(m.Replaces)-1]]
	return last != nil && followed[last]
}

// order puts every migration behind those it follows, by name where that leaves a choice.
func (b *djangoBuilder) order(follows map[*Migration]map[*Migration]bool) {
	h := b.history
	waiting := slices.Clone(h.Migrations) // by path
	after := map[*Migration][]*Migration{}
	open := map[*Migration]int{}
	for _, m := range waiting {
		for before := range follows[m] {
			after[before] = append(after[before], m)
		}
		open[m] = len(follows[m])
	}
	var ready, order []*Migration
	for _, m := range waiting {
		if open[m] == 0 {
			ready = append(ready, m)
		}
	}
	for len(ready) > 0 {
		m := ready[0]
		ready = ready[1:]
		order = append(order, m)
		next := after[m]
		slices.SortFunc(next, func(a, b *Migration) int { return strings.Compare(a.Path, b.Path) })
		for _, n := range next {
			if open[n]--; open[n] == 0 {
				ready = append(ready, n)
			}
		}
	}
	for _, m := range waiting {
		if open[m] > 0 {
			h.Looped = append(h.Looped, m)
		}
	}
	h.Migrations = append(order, h.Looped...)
}
