package repo

import (
	"errors"
	"path"
	"strings"

	"drydock/internal/repo/sqlfile"
)

// SQLFile is one file of SQL, statement by statement.
type SQLFile struct {
	*File
	Spec *sqlfile.File
}

// SQLFiles lists the files of SQL that hold a statement, by path; those of tests
// and examples keep their role. Dumps above sqlfile.MaxBytes are left out. The
// dialect is what the path names, what Prisma's lock file says, what the text
// shows, or what most of the files around it show.
func (s *Snapshot) SQLFiles() []*SQLFile {
	return view(s, "sql files", func() []*SQLFile {
		var out []*SQLFile
		votes := map[string]map[sqlfile.Dialect]int{} // by directory, and by the one above
		for _, f := range s.files {
			if f.Lang != SQL || f.Role.Foreign() || f.Size == 0 || f.Size > sqlfile.MaxBytes {
				continue
			}
			spec, err := sqlfile.Parse(f.Path, f.Bytes(), s.dialectOf(f))
			if err != nil {
				line := 0
				var e *sqlfile.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if len(spec.Statements) == 0 {
				continue
			}
			out = append(out, &SQLFile{f, spec})
			for _, dir := range []string{f.Dir(), path.Dir(f.Dir())} {
				if votes[dir] == nil {
					votes[dir] = map[sqlfile.Dialect]int{}
				}
				votes[dir][spec.Dialect]++
			}
		}
		for _, f := range out {
			if f.Spec.Dialect != "" {
				continue
			}
			for _, dir := range []string{f.Dir(), path.Dir(f.Dir())} {
				if d := elected(votes[dir]); d != "" {
					f.Spec, _ = sqlfile.Parse(f.Path, f.Bytes(), d)
					break
				}
			}
		}
		return out
	})
}

// elected is the dialect that most files show, "" when none shows one.
func elected(votes map[sqlfile.Dialect]int) (most sqlfile.Dialect) {
	for _, d := range []sqlfile.Dialect{sqlfile.PostgreSQL, sqlfile.MySQL, sqlfile.SQLite, sqlfile.ClickHouse, sqlfile.SQLServer, sqlfile.Oracle} {
		if votes[d] > 0 && (most == "" || votes[d] > votes[most]) {
			most = d
		}
	}
	return most
}

// SQLFile is the parsed file at path, nil when it is no SQL or holds nothing.
func (s *Snapshot) SQLFile(path string) *SQLFile {
	byPath := view(s, "sql files by path", func() map[string]*SQLFile {
		m := map[string]*SQLFile{}
		for _, f := range s.SQLFiles() {
			m[f.Path] = f
		}
		return m
	})
	return byPath[path]
}

// dialectOf is the dialect that a path names, as migrations/postgres/0001.sql and
// 0001_jobs.sqlite.sql do, or the lock file of Prisma's migrations; "" without.
func (s *Snapshot) dialectOf(f *File) sqlfile.Dialect {
	stem := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
	if i := strings.LastIndexByte(stem, '.'); i >= 0 {
		if d := sqlfile.DialectOf(stem[i+1:]); d != "" {
			return d
		}
	}
	for dir := f.Dir(); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if d := sqlfile.DialectOf(path.Base(dir)); d != "" {
			return d
		}
		if lock := s.File(path.Join(dir, "migration_lock.toml")); lock != nil {
			return s.lockProvider(lock)
		}
	}
	return ""
}

// lockProvider is the provider that Prisma's lock file names.
func (s *Snapshot) lockProvider(lock *File) sqlfile.Dialect {
	return view(s, "provider of "+lock.Path, func() sqlfile.Dialect {
		for line := range strings.Lines(string(lock.Bytes()[:min(len(lock.Bytes()), 4096)])) {
			key, value, ok := strings.Cut(line, "=")
			if ok && strings.TrimSpace(key) == "provider" {
				return sqlfile.DialectOf(strings.Trim(strings.TrimSpace(value), `"'`))
			}
		}
		return ""
	})
}
