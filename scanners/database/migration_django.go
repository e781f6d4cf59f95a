package database

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/repo"
)

// djangoMigrations are the migrations of each Django app. Two of one number are
// wrong only when the history has not joined them, neither by a merge nor by
// letting one follow the other: then migrate refuses to run.
func djangoMigrations(s *repo.Snapshot) (out []migrationSet) {
	all, byDir := map[string][]*repo.File{}, map[string][]*repo.File{}
	after := map[*repo.File][]string{}
	for _, src := range s.Sources() {
		if src.Role != repo.Production || src.Lang != repo.Python || path.Base(src.Dir()) != "migrations" || !src.Mentions("migrations.Migration") || !bytes.Contains(src.Bytes(), []byte("migrations.Migration")) {
			continue
		}
		if _, ok := numberOf(src.Path); !ok {
			continue
		}
		names, squashed := djangoDependencies(src)
		after[src.File] = names
		all[src.Dir()] = append(all[src.Dir()], src.File)
		if !squashed {
			byDir[src.Dir()] = append(byDir[src.Dir()], src.File)
		}
	}
	for _, dir := range sortedDirs(byDir) {
		files := byDir[dir]
		if len(files) < 2 {
			continue
		}
		out = append(out, migrationSet{
			dir: dir, files: files, version: func(f *repo.File) string { return written(f.Path) },
			harm:  "migrate refuses to run with two last migrations",
			apart: func(a, b *repo.File) bool { return !djangoJoined(all[dir], after, a, b) },
		})
	}
	return out
}

// djangoDependencies are the names that a migration's dependencies list; squashed
// says whether it replaces others.
func djangoDependencies(src *repo.Source) (names []string, squashed bool) {
	py := src.Py()
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func < 0 || py.Defs[a.Func].Name != "Migration" {
			continue
		}
		switch a.Target {
		case "replaces":
			squashed = true
		case "dependencies":
			for _, pair := range a.Value.Items() {
				if items := pair.Items(); len(items) == 2 && items[1].IsLiteral {
					names = append(names, items[1].Literal)
				}
			}
		}
	}
	return names, squashed
}

// djangoJoined says whether some migration of the app comes after both.
func djangoJoined(files []*repo.File, after map[*repo.File][]string, a, b *repo.File) bool {
	byName := map[string]*repo.File{}
	for _, f := range files {
		byName[strings.TrimSuffix(f.Name(), ".py")] = f
	}
	for _, f := range files {
		seen := map[*repo.File]bool{}
		for todo := []*repo.File{f}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if at == nil || seen[at] {
				continue
			}
			seen[at] = true
			for _, name := range after[at] {
				todo = append(todo, byName[name])
			}
		}
		if seen[a] && seen[b] {
			return true
		}
	}
	return false
}
