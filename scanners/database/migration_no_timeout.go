package database

import (
	"bytes"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// MigrationNoTimeout finds migrations that wait for a lock without a limit.
var MigrationNoTimeout = check.PerProject(check.Doc{
	ID:         "database/migration-no-timeout",
	Title:      "Migration waits for locks without a limit",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "While ALTER TABLE waits for one long query, every other query on the table queues up behind it.",
	How:        "SET lock_timeout = '5s' and a statement_timeout before the first statement, or for the role or connection that migrates, and run the migration again when it gives up.",
	Holds:      "Migrations limit how long they wait for locks",
	References: []string{
		"https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
		"https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT",
	},
	Peers: []finding.Peer{check.Same("squawk", "require-timeout-settings"), check.Same("squawk", "require-lock-timeout"), check.Same("squawk", "require-statement-timeout")},
}, func(p *check.Pass, s *repo.Snapshot) {
	recentPostgreSQL(s, func(f *faults, m *repo.Migration) {
		for n := range m.Up {
			o := &m.Up[n]
			if o.Kind == migration.Set && strings.HasSuffix(o.Name, "_timeout") {
				return
			}
			if takesLock(m, n) {
				f.add(m, o, "alters %s", o.Table)
				return
			}
		}
	}, func(f *faults) {
		if !f.changesLive() {
			return
		}
		if by := setsTimeout(s); by != nil {
			p.Holds(by.Start(), "%s sets a timeout", by.Path)
			return
		}
		if len(f.list) > 0 {
			f.report(p, "takes locks without lock_timeout or statement_timeout", "take locks without lock_timeout or statement_timeout")
		}
	})
})

func takesLock(m *repo.Migration, n int) bool {
	o := &m.Up[n]
	return o.OnTable() && !o.Concurrently && isLive(m, n)
}

// setsTimeout is a file that sets a timeout for what migrates: its environment,
// an address, a role.
func setsTimeout(s *repo.Snapshot) *repo.File {
	for _, f := range s.Production() {
		if f.Mentions("lock_timeout", "statement_timeout") && (bytes.Contains(f.Bytes(), []byte("lock_timeout")) || bytes.Contains(f.Bytes(), []byte("statement_timeout"))) {
			return f
		}
	}
	return nil
}
