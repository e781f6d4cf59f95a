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
// and examples keep their role. Dumps above sqlfile.MaxBytes are left out.
func (s *Snapshot) SQLFiles() []*SQLFile {
	return view(s, "sql files", func() []*SQLFile {
		var out []*SQLFile
		for _, f := range s.files {
			if f.Lang != SQL || f.Role == Vendored || f.Role == Generated || f.Size == 0 || f.Size > sqlfile.MaxBytes {
				continue
			}
			spec, err := sqlfile.Parse(f.Path, f.Bytes(), dialectOf(f))
			if err != nil {
				line := 0
				var e *sqlfile.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if len(spec.Statements) > 0 {
				out = append(out, &SQLFile{f, spec})
			}
		}
		return out
	})
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

// dialectOf is the dialect that a path names: migrations/postgres/0001.sql,
// 0001_jobs.sqlite.sql; "" when none is named.
func dialectOf(f *File) sqlfile.Dialect {
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
	}
	return ""
}
