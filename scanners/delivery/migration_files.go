package delivery

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"drydock/internal/repo"
)

// holds says whether the file's text holds the words.
func holds(f *repo.File, words string) bool {
	return f.Mentions(words) && bytes.Contains(f.Bytes(), []byte(words))
}

var downRevision = regexp.MustCompile(`(?m)^down_revision\b`)

// alembicMigrations are the revisions of Alembic: Python files that name the
// revision they follow.
func alembicMigrations(s *repo.Snapshot) (out []*repo.File) {
	for _, f := range s.Production() {
		if f.Lang == repo.Python && path.Base(f.Dir()) == "versions" && f.Mentions("down_revision") && downRevision.Match(f.Bytes()) {
			out = append(out, f)
		}
	}
	return out
}

// prismaMigrations are the migration.sql files beside a Prisma schema.
func prismaMigrations(s *repo.Snapshot) (out []*repo.File) {
	for _, f := range s.Production() {
		if f.Name() == "migration.sql" && path.Base(path.Dir(f.Dir())) == "migrations" && !f.Blank() {
			out = append(out, f)
		}
	}
	return out
}

// djangoMigrations are the migrations of Django apps, when there is a manage.py.
func djangoMigrations(s *repo.Snapshot) (out []*repo.File) {
	managed := false
	for _, f := range s.Production() {
		managed = managed || f.Name() == "manage.py" && holds(f, "django")
		if f.Lang == repo.Python && path.Base(f.Dir()) == "migrations" && f.Name() != "__init__.py" && holds(f, "migrations.Migration") {
			out = append(out, f)
		}
	}
	if !managed {
		return nil
	}
	return out
}

// drizzleMigrations are the SQL files that Drizzle's journal lists.
func drizzleMigrations(s *repo.Snapshot) (out []*repo.File) {
	for _, f := range s.Production() {
		if f.Lang == repo.SQL && s.File(path.Join(f.Dir(), "meta", "_journal.json")) != nil {
			out = append(out, f)
		}
	}
	return out
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

func typeormMigrations(s *repo.Snapshot) (out []*repo.File) {
	for _, f := range s.Production() {
		if (f.Lang == repo.JavaScript || f.Lang == repo.TypeScript) && strings.Contains(f.Dir(), "migration") && holds(f, "MigrationInterface") {
			out = append(out, f)
		}
	}
	return out
}
