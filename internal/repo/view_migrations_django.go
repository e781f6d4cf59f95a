package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/migration"
)

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
	all := make([]*djangoBuilder, 0, len(dirs))
	for _, dir := range dirs {
		b := byDir[dir]
		b.link()
		all = append(all, b)
		out = append(out, b.history)
	}
	applyDjango(all)
	return out
}

// applyDjango puts the migrations of all apps in one order, as they depend on each
// other, and gives their operations the names that the database has then.
func applyDjango(all []*djangoBuilder) {
	type node struct{ app, id string }
	byNode := map[node]*Migration{}
	owner := map[*Migration]*djangoBuilder{}
	for _, b := range all {
		for _, m := range b.history.Migrations {
			owner[m] = b
			byNode[node{b.history.App, m.ID}] = m
			if m.Initial && byNode[node{b.history.App, "__first__"}] == nil {
				byNode[node{b.history.App, "__first__"}] = m
			}
		}
	}
	after := map[*Migration][]*Migration{}
	open := map[*Migration]int{}
	link := func(before, m *Migration) {
		if before != nil && m != nil && before != m {
			after[before] = append(after[before], m)
			open[m]++
		}
	}
	var list []*Migration
	for _, b := range all {
		for _, m := range b.history.Migrations {
			list = append(list, m)
			for _, d := range b.read[m].Dependencies {
				link(byNode[node{d.App, d.Name}], m)
			}
			for _, d := range b.read[m].RunBefore {
				link(m, byNode[node{d.App, d.Name}])
			}
		}
	}
	var ready, order []*Migration
	for _, m := range list {
		if open[m] == 0 {
			ready = append(ready, m)
		}
	}
	for len(ready) > 0 {
		m := ready[0]
		ready = ready[1:]
		order = append(order, m)
		for _, n := range after[m] {
			if open[n]--; open[n] == 0 {
				ready = append(ready, n)
			}
		}
	}
	for _, m := range list {
		if open[m] > 0 { // on a loop
			order = append(order, m)
		}
	}
	state := migration.NewDjangoState()
	for i, m := range order {
		m.Order = i
		b := owner[m]
		if len(m.Replaces) > 0 && b.replacedAreHere(m) { // what it stands for has been applied
			migration.NewDjangoState().Apply(b.history.App, m.Up)
			continue
		}
		state.Apply(b.history.App, m.Up)
	}
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
