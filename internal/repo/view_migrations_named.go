package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/migration"
)

// namedHistories finds the migrations that are known by their names alone: those
// of Rails and Laravel, Flyway's in Java, and Liquibase's changelogs. What they do
// is not read, but for Liquibase's files of SQL.
func (s *Snapshot) namedHistories() []*MigrationHistory {
	all := histories{}
	for _, f := range s.files {
		if f.Role.Foreign() || f.Size == 0 {
			continue
		}
		dir := f.Dir()
		switch ext := path.Ext(f.Path); {
		case ext == ".rb" && strings.HasSuffix("/"+dir, "/db/migrate"):
			s.addNamed(all, f, migration.Rails, 14)
		case ext == ".php" && strings.HasSuffix("/"+dir, "/database/migrations"):
			s.addNamed(all, f, migration.Laravel, 8)
		case (ext == ".java" || ext == ".kt") && migrating(dir):
			if n, ok := migration.Flyway(f.Name()); ok && n.Letter == 'V' {
				m := migrationNamed(f, n)
				m.Computed, m.Transactional = true, true
				all.add(historyKey{dir: dir, tool: migration.FlywayTool, engine: "java"}, m)
			}
		case changelog(f, ext):
			m := &Migration{File: f, ID: f.Path, Title: f.Name(), Computed: ext != ".sql", Version: f.Name()}
			if spec := s.SQLFile(f.Path); spec != nil {
				m.Up = migration.FromSQL(spec.Spec.Statements)
			}
			all.add(historyKey{dir: dir, tool: migration.Liquibase}, m)
		}
	}
	out := all.ordered()
	for _, h := range out {
		if h.Tool == migration.Liquibase { // one file includes the others: there is no order to be read from names
			h.Computed, h.Heads, h.Duplicates = true, nil, nil
			for _, m := range h.Migrations {
				m.Parents, m.Initial = nil, false
			}
		}
	}
	return out
}

func (s *Snapshot) addNamed(all histories, f *File, tool migration.Tool, digits int) {
	n, ok := migration.Plain(f.Name())
	if !ok || len(n.Version) < digits {
		return
	}
	m := migrationNamed(f, n)
	m.Computed, m.Transactional = true, !f.Mentions("disable_ddl_transaction")
	m.HasDown = f.Mentions("down", "change")
	all.add(historyKey{dir: f.Dir(), tool: tool}, m)
}

// changelog says whether a file is one of Liquibase's.
func changelog(f *File, ext string) bool {
	switch ext {
	case ".xml", ".yaml", ".yml", ".json":
		return (strings.Contains(strings.ToLower(f.Path), "changelog") || strings.Contains(strings.ToLower(f.Path), "liquibase")) && f.Size < maxSource && f.Mentions("databaseChangeLog")
	case ".sql":
		return f.Size < maxSource && strings.Contains(strings.ToLower(f.Path), "changelog") && f.Mentions("liquibase")
	}
	return false
}
