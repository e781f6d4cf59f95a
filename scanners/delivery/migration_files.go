package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// migrationsOf are the migrations of production that a tool applies, by path.
func migrationsOf(tool migration.Tool) func(*repo.Snapshot) []*repo.File {
	return func(s *repo.Snapshot) (out []*repo.File) {
		for _, h := range s.MigrationHistories() {
			if h.Tool != tool {
				continue
			}
			for _, m := range h.Migrations {
				if m.Role == repo.Production && !m.Blank() {
					out = append(out, m.File)
				}
			}
		}
		slices.SortFunc(out, func(a, b *repo.File) int { return strings.Compare(a.Path, b.Path) })
		return out
	}
}

// djangoMigrations are the migrations of Django apps, when there is a manage.py.
func djangoMigrations(s *repo.Snapshot) []*repo.File {
	for _, f := range s.Production() {
		if f.Name() == "manage.py" && f.Mentions("django") {
			return migrationsOf(migration.DjangoTool)(s)
		}
	}
	return nil
}

// scriptMigrations are the files of migrations directories of packages that
// depend on the tool and have its configuration.
func scriptMigrations(s *repo.Snapshot, dependency, config string) (out []*repo.File) {
	configured := false
	for _, f := range s.Production() {
		configured = configured || strings.HasPrefix(f.Name(), config)
	}
	if !configured {
		return nil
	}
	for _, p := range s.Packages() {
		if p.Role != repo.Production || !p.DependsOn(dependency) {
			continue
		}
		for _, f := range s.Under(p.Dir()) {
			if f.Role == repo.Production && (f.Lang == repo.JavaScript || f.Lang == repo.TypeScript) && path.Base(f.Dir()) == "migrations" {
				out = append(out, f)
			}
		}
	}
	return out
}
