package database

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"drydock/internal/repo"
)

// migrationSet is the migrations of one directory for a tool that orders them by
// the version in their names.
type migrationSet struct {
	dir     string
	files   []*repo.File
	version func(*repo.File) string
	harm    string                     // what the tool does with two of one version
	apart   func(a, b *repo.File) bool // nil: two of one version are always wrong
}

var flywayName = regexp.MustCompile(`^V(\d+(?:[._]\d+)*)__.+\.sql$`)

// flywayMigrations are the sets of Flyway's versioned files.
func flywayMigrations(s *repo.Snapshot) (out []migrationSet) {
	byDir := sqlByDir(s, func(f *repo.File) bool { return flywayName.MatchString(f.Name()) })
	for _, dir := range sortedDirs(byDir) {
		out = append(out, migrationSet{dir: dir, files: byDir[dir], version: flywayVersion, harm: "Flyway refuses to migrate"})
	}
	return out
}

// plainMigrations are the sets of SQL files that are numbered in a directory
// called migrations. One number in several dialects, 0001_jobs.sqlite.sql, is
// one migration.
func plainMigrations(s *repo.Snapshot) (out []migrationSet) {
	byDir := sqlByDir(s, func(f *repo.File) bool {
		base := strings.ToLower(path.Base(f.Dir()))
		return (base == "migrations" || base == "migration") && !flywayName.MatchString(f.Name()) && !undoes(f.Name())
	})
	slug := func(f *repo.File) string {
		before, _, _ := strings.Cut(f.Name(), ".")
		return before
	}
	for _, dir := range sortedDirs(byDir) {
		var files []*repo.File
		var paths []string
		for _, f := range byDir[dir] {
			if _, ok := numberOf(f.Path); ok {
				files = append(files, f)
			}
			paths = append(paths, f.Path)
		}
		if len(files) > 1 && counting(paths) {
			out = append(out, migrationSet{
				dir: dir, files: files, version: func(f *repo.File) string { return written(f.Path) },
				harm:  "which comes first is left to the tool",
				apart: func(a, b *repo.File) bool { return slug(a) != slug(b) },
			})
		}
	}
	return out
}

// sqlByDir sorts the SQL files of production that belong by directory.
func sqlByDir(s *repo.Snapshot, belongs func(*repo.File) bool) map[string][]*repo.File {
	byDir := map[string][]*repo.File{}
	for _, f := range s.Production() {
		if f.Lang == repo.SQL && belongs(f) {
			byDir[f.Dir()] = append(byDir[f.Dir()], f)
		}
	}
	return byDir
}

func flywayVersion(f *repo.File) string {
	parts := strings.FieldsFunc(flywayName.FindStringSubmatch(f.Name())[1], func(r rune) bool { return r == '.' || r == '_' })
	for i, p := range parts {
		if p = strings.TrimLeft(p, "0"); p == "" {
			p = "0"
		}
		parts[i] = p
	}
	for len(parts) > 1 && parts[len(parts)-1] == "0" { // Flyway takes 1.0 for 1
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}

// undoes says whether a SQL file takes a migration back: the other half of a
// pair with one number.
func undoes(name string) bool {
	stem := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	for _, end := range []string{"down", "undo", "rollback", "revert"} {
		if strings.HasSuffix(stem, "."+end) || strings.HasSuffix(stem, "_"+end) || strings.HasSuffix(stem, "-"+end) {
			return true
		}
	}
	return false
}

func sortedDirs(m map[string][]*repo.File) (dirs []string) {
	for dir := range m {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return dirs
}
