package delivery

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/shell"
)

// BackupNotScheduled finds backups that exist and that nothing starts.
var BackupNotScheduled = check.PerProject(check.Doc{
	ID:         "delivery/backup-not-scheduled",
	Title:      "Backup that never runs",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "The script looks like a backup, so nobody misses one. When the database is lost, the last dump is from the day somebody thought of it.",
	How:        "Let something start it by the clock: a service with a scheduler, a cron entry that is part of the project, a systemd timer, a CronJob. Report the failure of a run, and copy the dumps to another place.",
	Holds:      "Backups run by the clock",
	References: []string{
		"https://www.postgresql.org/docs/current/backup.html",
		"https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
		"https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	if !keepsData(s) {
		return
	}
	backups := findBackups(s)
	if at, how, ok := scheduled(s, backups); ok {
		p.Holds(at, "%s", how)
		return
	}
	if len(backups) == 0 {
		return
	}
	b := backups[0]
	found := p.Report(b.at, "%s: %s, and nothing schedules it", b.name, b.why).Keyed("%s", b.name)
	for _, other := range backups[1:] {
		found.With(other.at)
	}
})

// backup is a service or script that writes a database's content away.
type backup struct {
	name    string // the service, or the script's path
	at      finding.Location
	why     string           // why it does not run by itself
	script  *repo.File       // nil for a service that runs none of the project's
	service *compose.Service // nil for a script
}

// keepsData says whether the project runs a database of its own whose content
// somebody would miss.
func keepsData(s *repo.Snapshot) bool {
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() {
			continue
		}
		for _, v := range project.Services() {
			if s.RoleOfSpec(v) == repo.RoleDatabase {
				return true
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production || o.Kind == "CronJob" || o.Kind == "Job" {
			continue
		}
		if strings.Contains(o.APIVersion, "postgres") || strings.Contains(o.APIVersion, "percona") || strings.Contains(o.APIVersion, "mysql.oracle") {
			return true
		}
		for _, c := range o.Containers() {
			if isDatabaseImage(imageref.Parse(c.Get("image").Str()).Base()) {
				return true
			}
		}
	}
	return false
}

// findBackups are the services that back up, then the scripts, in the order of
// their places. A script that one of the services runs belongs to it.
func findBackups(s *repo.Snapshot) []backup {
	var out []backup
	used := map[*repo.File]bool{}
	seen := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() {
			continue
		}
		for _, v := range project.Services() {
			if s.RoleOfSpec(v) != repo.RoleBackup || seen[v.Key] {
				continue
			}
			seen[v.Key] = true
			b := backup{name: v.Name, at: s.Place(v.Key.Path, v.Key.Span), why: idle(v), script: scriptOf(s, v), service: v}
			if b.script != nil {
				used[b.script] = true
			}
			out = append(out, b)
		}
	}
	for _, f := range s.Production() {
		if used[f] || !isBackupName(f.Path) {
			continue
		}
		if at, ok := dumps(f); ok {
			out = append(out, backup{name: f.Path, at: f.At(at), why: "it dumps a database when somebody starts it", script: f})
		}
	}
	return out
}

// idle says why a service does not run by itself.
func idle(v *compose.Service) string {
	var why []string
	for _, profile := range v.Profiles {
		why = append(why, fmt.Sprintf("it starts only with the profile %s", profile.Value))
	}
	if v.Restart.Value == "no" || v.Restart.Value == "false" {
		why = append(why, `has restart "no"`)
	}
	if len(why) == 0 {
		return "it runs once when the stack starts"
	}
	return strings.Join(why, " and ")
}

// scriptOf is the script of the project that a service starts, in its image or
// mounted into it.
func scriptOf(s *repo.Snapshot, v *compose.Service) *repo.File {
	words := append(slices.Clone(v.Entrypoint.Words), v.Command.Words...)
	for _, m := range v.Volumes {
		if m.Type == compose.Bind && slices.Contains(words, m.Target) {
			if f := s.File(path.Join(path.Dir(m.Path), m.Source)); f != nil {
				return f
			}
		}
	}
	for _, cmd := range s.Commands() {
		if cmd.Source == repo.FromCompose && cmd.Owner == v.Name && cmd.Via != nil && isBackupName(cmd.Via.Path) {
			return cmd.Via
		}
	}
	return nil
}

func isBackupName(name string) bool {
	low := strings.ToLower(name)
	if strings.Contains(low, "restore") || strings.Contains(low, "schema") {
		return false
	}
	return strings.Contains(low, "backup") || strings.Contains(low, "dump") || strings.Contains(low, "bkp")
}

// dumpTools write a whole database.
var dumpTools = map[string]bool{
	"pg_dump": true, "pg_dumpall": true, "pg_basebackup": true, "mysqldump": true, "mariadb-dump": true, "mongodump": true,
	"pgbackrest": true, "wal-g": true, "barman": true, "xtrabackup": true, "mariabackup": true, "mydumper": true,
}

// dumps is the place in a script that dumps a database with its content.
func dumps(f *repo.File) (finding.Span, bool) {
	switch f.Lang {
	case repo.Shell:
		for _, c := range shell.Commands(string(f.Bytes())) {
			if isDump(c.Words, 0) {
				return finding.Span{Start: c.Start, End: c.End}, true
			}
		}
	case repo.Python, repo.JavaScript, repo.TypeScript:
		return liveLine(f, "#", func(line string) bool {
			return !strings.HasPrefix(line, "//") && (strings.Contains(line, `"pg_dump`) || strings.Contains(line, "'pg_dump") || strings.Contains(line, "`pg_dump") || strings.Contains(line, `"mysqldump`) || strings.Contains(line, "'mysqldump") || strings.Contains(line, `"mongodump`) || strings.Contains(line, "'mongodump"))
		})
	}
	return finding.Span{}, false
}

// isDump says whether a command dumps content, here or in a container.
func isDump(words []string, depth int) bool {
	if len(words) == 0 || depth > maxScripts || slices.Contains([]string{"echo", "printf", "which", "command", "type", "man", "hash"}, words[0]) {
		return false
	}
	for i, w := range words {
		if strings.ContainsAny(w, " \n") && slices.ContainsFunc(shell.Commands(w), func(c shell.Command) bool { return isDump(c.Words, depth+1) }) {
			return true
		}
		if !dumpTools[path.Base(w)] || i > 0 && (words[i-1] == "install" || words[i-1] == "-v") {
			continue
		}
		return !slices.ContainsFunc(words[i:], func(o string) bool {
			return o == "--schema-only" || o == "-s" || o == "--no-data" || o == "-d" && path.Base(w) == "mysqldump" || o == "--version"
		})
	}
	return false
}
