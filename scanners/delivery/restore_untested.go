package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/shell"
)

// RestoreUntested finds databases of which nobody has written down how to restore
// them.
var RestoreUntested = check.PerProject(check.Doc{
	ID:         "delivery/restore-untested",
	Title:      "No way to restore a backup",
	Severity:   finding.Medium,
	Confidence: finding.NotProven,
	Hours:      2,
	Why:        "Half of all first restores fail: the dump is empty, the key is lost, the order of steps is not known. It is found out while the site is down.",
	How:        "Write a script that restores the last dump into an empty database, describe when to use it, and run it every quarter against a copy. Note the date of the last run.",
	Holds:      "There is a way to restore",
	References: []string{"https://www.postgresql.org/docs/current/backup-dump.html#BACKUP-DUMP-RESTORE", "https://velero.io/docs/main/restore-reference/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if !keepsData(s) {
		return
	}
	if at, what, ok := restores(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	if _, ok := operated(s); !ok {
		return
	}
	backups := findBackups(s)
	if len(backups) > 0 {
		p.Report(backups[0].at, "%s writes backups, and no script or document says how to restore one", backups[0].name).Keyed("restore")
		return
	}
	for _, project := range s.ComposeProjects() {
		for _, v := range project.Services() {
			if project.Env.Deployed() && s.RoleOfSpec(v) == repo.RoleDatabase {
				p.Report(s.Place(v.Key.Path, v.Key.Span), "no script or document says how to restore %s", v.Name).Keyed("restore")
				return
			}
		}
	}
})

// restores finds a script, a document or an object that restores a database.
func restores(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, f := range s.Production() {
		switch f.Lang {
		case repo.Shell:
			if restoreName(f.Name()) && says(f, "psql", "mysql", "mariadb", "mongorestore", "pg_restore", "sqlite3", "redis") && doesWork(f) {
				return f.Start(), f.Path + " restores a dump", true
			}
			for _, c := range shell.Commands(string(f.Bytes())) {
				if isRestore(c.Words, 0) {
					return f.At(finding.Span{Start: c.Start, End: c.End}), f.Path + " restores a dump", true
				}
			}
		case repo.Python, repo.JavaScript, repo.TypeScript:
			if f.Mentions("pg_restore", "mongorestore") && says(f, `"pg_restore`, `'pg_restore`, "`pg_restore", `"mongorestore`, `'mongorestore`) || restoreName(f.Name()) && says(f, "psql", "mysql") {
				return f.Start(), f.Path + " restores a dump", true
			}
		}
	}
	for _, cmd := range s.Commands() {
		if isRestore(cmd.Words, 0) {
			return cmd.At(), cmd.Name() + " restores a dump", true
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role == repo.Production && o.Kind == "Restore" {
			return o.At(o.Node.Span), "Restore " + o.Name, true
		}
	}
	for _, kind := range []repo.DocKind{repo.DocRecovery, repo.DocRunbook, repo.DocDeployment} {
		for _, passage := range s.Passages(kind) {
			if at, ok := restoreCommand(passage); ok {
				return at, passage.Doc.Path + " says how to restore", true
			}
		}
	}
	return finding.Location{}, "", false
}

// restoreName says whether a script is called after restoring.
func restoreName(name string) bool {
	return slices.Contains(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("-_.", r) }), "restore")
}

// restoreCommand is a command in the document that restores a dump.
func restoreCommand(passage repo.Passage) (finding.Location, bool) {
	for _, c := range passage.Doc.Commands() {
		if isRestore(c.Words, 0) {
			return passage.Doc.At(c.Span), true
		}
	}
	return finding.Location{}, false
}

// isRestore says whether a command restores a database, here or in a container.
func isRestore(words []string, depth int) bool {
	if len(words) == 0 || depth > maxScripts || slices.Contains([]string{"echo", "printf", "which", "command", "man"}, words[0]) {
		return false
	}
	for i, w := range words {
		if strings.ContainsAny(w, " \n") && slices.ContainsFunc(shell.Commands(w), func(c shell.Command) bool { return isRestore(c.Words, depth+1) }) {
			return true
		}
		switch path.Base(w) {
		case "pg_restore", "mongorestore", "mysqlimport", "restore.sh", "restore-db.sh", "restore_db.sh", "pgbackrest", "wal-g", "barman", "velero":
			if base := path.Base(w); base == "pgbackrest" || base == "barman" || base == "velero" || base == "wal-g" {
				return slices.ContainsFunc(words[i:], func(o string) bool { return strings.HasPrefix(o, "restore") || o == "recover" || o == "backup-fetch" })
			}
			return i == 0 || words[i-1] != "install"
		case "psql", "mysql", "mariadb":
			if slices.ContainsFunc(words[i:], func(o string) bool {
				return strings.Contains(strings.ToLower(o), "backup") || strings.Contains(strings.ToLower(o), "dump")
			}) {
				return true
			}
		}
	}
	return false
}
