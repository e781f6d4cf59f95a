package database

import (
	"slices"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// djangoMigrations are the migrations of each Django app. Two of one number are
// wrong only when the history has not joined them, neither by a merge nor by
// letting one follow the other: then migrate refuses to run.
func djangoMigrations(s *repo.Snapshot) (out []migrationSet) {
	for _, h := range s.MigrationHistories() {
		if h.Tool != migration.DjangoTool {
			continue
		}
		var all, files []*repo.File
		after := map[*repo.File][]string{}
		for _, m := range h.Migrations {
			if m.Role != repo.Production {
				continue
			}
			after[m.File] = m.Parents
			all = append(all, m.File)                                  // one without a number may join two that have the same
			if _, ok := numberOf(m.Path); ok && len(m.Replaces) == 0 { // a squashed one has the number of the first that it replaces
				files = append(files, m.File)
			}
		}
		if len(files) < 2 {
			continue
		}
		slices.SortFunc(files, func(a, b *repo.File) int { return strings.Compare(a.Path, b.Path) })
		out = append(out, migrationSet{
			dir: h.Dir, files: files, version: func(f *repo.File) string { return written(f.Path) },
			harm:  "migrate refuses to run with two last migrations",
			apart: func(a, b *repo.File) bool { return !djangoJoined(all, after, a, b) },
		})
	}
	return out
}

// djangoJoined says whether some migration of the app comes after both.
func djangoJoined(files []*repo.File, after map[*repo.File][]string, a, b *repo.File) bool {
	byName := map[string]*repo.File{}
	for _, f := range files {
		byName[strings.TrimSuffix(f.Name(), ".py")] = f
	}
	next := map[*repo.File][]*repo.File{} // those that come right after a file
	for _, f := range files {
		for _, name := range after[f] {
			if on := byName[name]; on != nil {
				next[on] = append(next[on], f)
			}
		}
	}
	above := func(f *repo.File) map[*repo.File]bool {
		seen := map[*repo.File]bool{}
		for todo := []*repo.File{f}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !seen[at] {
				seen[at] = true
				todo = append(todo, next[at]...)
			}
		}
		return seen
	}
	overA, overB := above(a), above(b)
	for _, f := range files {
		if overA[f] && overB[f] {
			return true
		}
	}
	return false
}
