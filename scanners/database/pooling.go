package database

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// Pooling tells projects that put a connection pooler before the database.
var Pooling = check.PerProject(check.Doc{
	ID:         "database/pooling",
	Title:      "Connection pooler",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Many processes share few connections, so that replicas of a service do not use up the server's.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "A connection pooler stands before the database",
	References: []string{"https://www.pgbouncer.org/config.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if d := poolerOf(s); d != nil {
		p.Holds(d.At(), "%s pools connections", d.Image.Base())
	}
})
