package frontend

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// BackupPages finds copies of pages and components that were kept beside the
// live ones.
var BackupPages = check.PerProject(check.Doc{
	ID:         "frontend/backup-pages",
	Title:      "Backup copies kept beside live pages",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Nobody can tell which copy is the one that counts: mends go into the wrong file, searches find everything twice, and an old copy may be routed and served.",
	How:        "Delete the copies: git keeps what they were. Take over first what the live file lacks.",
	References: []string{
		"https://nextjs.org/docs/app/getting-started/project-structure",
		"https://git-scm.com/docs/git-log",
	},
	Fix: finding.DeleteBackupPages(),
}, func(p *check.Pass, s *repo.Snapshot) {
	pages := s.BackupPages()
	for i := range pages {
		b := &pages[i]
		switch {
		case len(b.Importers) > 0:
			// In use, however it is called.
		case b.Route != "":
			p.Report(b.Start(), "%s is a copy of %s, and Next.js serves it at %s", b.Path, b.Original.Path, b.Route).
				Keyed("copy").With(b.Original.Start()).NotFixable()
		default:
			p.Report(b.Start(), "%s is a copy beside %s: %s", b.Path, b.Original.Path, unusedBecause(s, b)).
				Keyed("copy").With(b.Original.Start())
		}
	}
})

func unusedBecause(s *repo.Snapshot, b *repo.BackupPage) string {
	if len(s.Graph().Importers(b.File)) > 0 {
		return "only backup files import it, and no route leads to it"
	}
	return "nothing imports it, and no route leads to it"
}
