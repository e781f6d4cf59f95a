package delivery

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/workflow"
)

// scheduled looks for whatever starts a backup by the clock.
func scheduled(s *repo.Snapshot, backups []backup) (at finding.Location, how string, ok bool) {
	for _, find := range []func(*repo.Snapshot, []backup) (finding.Location, string, bool){
		bySelf, byLabel, byCron, byTimer, byPipeline, byKubernetes, byProgram, byCloud,
	} {
		if at, how, ok = find(s, backups); ok {
			return at, how, true
		}
	}
	return at, "", false
}

// clockImages start their backups by themselves, by the last part of their name.
var clockImages = map[string]bool{
	"postgres-backup-local": true, "docker-volume-backup": true, "db-backup": true, "mysql-backup": true, "mysql-cron-backup": true,
	"pg-backup": true, "docker-postgres-backup": true, "pgbackups": true, "rotating-backups": true,
}

// bySelf finds services that run all the time and contain their own clock: an
// image made for it, a variable that sets its schedule, a loop, a cron daemon.
func bySelf(s *repo.Snapshot, backups []backup) (finding.Location, string, bool) {
	for _, b := range backups {
		v := b.service
		if v == nil || v.Restart.Value == "no" || len(v.Profiles) > 0 {
			continue
		}
		if clockImages[v.Image.Base()] {
			return b.at, b.name + " runs an image that backs up by the clock", true
		}
		for _, e := range v.Environment {
			for _, word := range []string{"SCHEDULE", "CRON", "INTERVAL", "FREQ"} {
				if strings.Contains(strings.ToUpper(e.Name), word) && e.Value != "" {
					return b.at, b.name + " backs up as " + e.Name + " says", true
				}
			}
		}
		for _, cmd := range s.Commands() {
			if cmd.Source != repo.FromCompose && cmd.Source != repo.FromDockerfile || cmd.Source == repo.FromCompose && cmd.Owner != v.Name {
				continue
			}
			if d := s.DockerfileOf(v); cmd.Source == repo.FromDockerfile && (d == nil || d.File != cmd.File || v.Command.Set()) {
				continue
			}
			switch cmd.Name() {
			case "sleep":
				return cmd.At(), b.name + " backs up, sleeps and starts again", true
			case "crond", "cron", "supercronic", "go-cron", "yacron", "fcron", "devcron":
				return cmd.At(), b.name + " runs a cron daemon", true
			}
		}
	}
	return finding.Location{}, "", false
}

// byLabel finds services whose labels tell a scheduler that is part of the stack
// what to start: ofelia, deck-chores, swarm-cronjob.
func byLabel(s *repo.Snapshot, _ []backup) (finding.Location, string, bool) {
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() {
			continue
		}
		for _, v := range project.Services() {
			clock, saves := -1, s.RoleOfSpec(v) == repo.RoleBackup
			for i, label := range v.Labels {
				low := strings.ToLower(label.Name)
				if strings.Contains(low, "schedule") || strings.Contains(low, "cron") || strings.Contains(low, "interval") {
					clock = i
				}
				saves = saves || mentionsBackup(low+" "+label.Value)
			}
			if clock >= 0 && saves {
				return s.Place(v.Labels[clock].Path, v.Labels[clock].Span), "a label of " + v.Name + " schedules the backup", true
			}
		}
	}
	for _, f := range s.Production() {
		if path.Ext(f.Path) == ".ini" && strings.Contains(string(f.Bytes()), "[job-") {
			if at, ok := liveLine(f, "#", func(line string) bool { return strings.HasPrefix(line, "command") && mentionsBackup(line) }); ok {
				return f.At(at), f.Path + " schedules the backup", true
			}
		}
	}
	return finding.Location{}, "", false
}

var cronLine = regexp.MustCompile(`(?:^|[\s"'(])(?:(?:[\d*][\d*/,-]*\s+){4}(?:[\d*][\d*/,-]*|[A-Za-z]{3}(?:-[A-Za-z]{3})?)|@(?:hourly|daily|weekly|midnight|every \S+))\s+\S`)

// byCron finds lines of a crontab that start a backup: in files that are
// crontabs, and in scripts and Dockerfiles that write one.
func byCron(s *repo.Snapshot, backups []backup) (finding.Location, string, bool) {
	for _, f := range s.Production() {
		if f.Size > 256<<10 || !writesCron(f) {
			continue
		}
		at, ok := liveLine(f, "#", func(line string) bool { return cronLine.MatchString(line) && startsBackup(line, backups) })
		if ok {
			return f.At(at), f.Path + " starts " + what(backups) + " by the clock", true
		}
	}
	return finding.Location{}, "", false
}

func what(backups []backup) string {
	if len(backups) == 0 {
		return "the backup"
	}
	if backups[0].script != nil {
		return backups[0].script.Path
	}
	return backups[0].name
}

// writesCron says whether a file can hold lines of a crontab.
func writesCron(f *repo.File) bool {
	low := strings.ToLower(f.Path)
	return strings.Contains(low, "cron") && f.Lang != repo.Markdown || f.Lang == repo.Shell || f.Lang == repo.Docker
}

// startsBackup says whether a line of a crontab starts one of the backups.
func startsBackup(line string, backups []backup) bool {
	for _, b := range backups {
		if b.script != nil && strings.Contains(line, path.Base(b.script.Path)) || b.service != nil && strings.Contains(line, b.name) {
			return true
		}
	}
	return mentionsBackup(line)
}

func mentionsBackup(text string) bool {
	low := strings.ToLower(text)
	if strings.Contains(low, "backup") && !strings.Contains(low, "cleanup") {
		return true
	}
	for tool := range dumpTools {
		if strings.Contains(low, tool) {
			return true
		}
	}
	return false
}

// byTimer finds systemd timers whose service starts a backup.
func byTimer(s *repo.Snapshot, backups []backup) (finding.Location, string, bool) {
	for _, f := range s.Production() {
		if path.Ext(f.Path) != ".timer" {
			continue
		}
		at, ok := liveLine(f, "#", func(line string) bool {
			return strings.HasPrefix(line, "OnCalendar=") || strings.HasPrefix(line, "OnUnitActiveSec=")
		})
		service := s.File(strings.TrimSuffix(f.Path, ".timer") + ".service")
		if !ok || service == nil {
			continue
		}
		_, starts := liveLine(service, "#", func(line string) bool { return strings.HasPrefix(line, "ExecStart=") && startsBackup(line, backups) })
		if starts || f.Dir() != "." && slices.ContainsFunc(backups, func(b backup) bool { return b.script != nil && strings.HasPrefix(b.script.Path, f.Dir()+"/") }) {
			return f.At(at), f.Path + " starts " + what(backups) + " by the clock", true
		}
	}
	return finding.Location{}, "", false
}

// byPipeline finds scheduled CI jobs that run a backup.
func byPipeline(s *repo.Snapshot, backups []backup) (finding.Location, string, bool) {
	for _, p := range s.Pipelines() {
		_, onSchedule := p.Spec.On("schedule")
		if len(p.Spec.Crons) == 0 && !onSchedule || p.Spec.Kind == workflow.Action {
			continue
		}
		for c := range p.Spec.Commands() {
			if isDump(c.Words, 0) || slices.ContainsFunc(backups, func(b backup) bool {
				return b.script != nil && strings.Contains(c.String(), path.Base(b.script.Path)) || b.service != nil && slices.Contains(c.Words, b.name)
			}) {
				return p.At(c.Span), p.Path + " runs " + what(backups) + " on a schedule", true
			}
		}
	}
	return finding.Location{}, "", false
}

// byKubernetes finds CronJobs that dump, and the schedules of operators.
func byKubernetes(s *repo.Snapshot, backups []backup) (finding.Location, string, bool) {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		scheduled := false
		switch o.Kind {
		case "CronJob":
			text := o.Name
			for _, c := range o.Containers() {
				text += " " + c.Get("image").Str() + " " + strings.Join(append(c.Get("command").Strings(), c.Get("args").Strings()...), " ")
			}
			suspended, _ := o.Node.Get("spec", "suspend").Bool()
			scheduled = startsBackup(text, backups) && !suspended
		case "ScheduledBackup", "ClusterBackupSchedule", "ScheduledVolumeSnapshot", "SnapshotSchedule":
			scheduled = true
		case "Schedule":
			scheduled = strings.HasPrefix(o.APIVersion, "velero.io/") || strings.HasPrefix(o.APIVersion, "k8up.io/")
		case "postgresql":
			scheduled, _ = o.Node.Get("spec", "enableLogicalBackup").Bool()
		case "PostgresCluster", "PerconaPGCluster", "PerconaServerMongoDB", "PerconaXtraDBCluster":
			scheduled = o.Node.Get("spec", "backups", "pgbackrest", "repos").Exists() || o.Node.Get("spec", "backup", "schedule").Exists() || o.Node.Get("spec", "backup", "tasks").Exists()
		}
		if scheduled {
			return o.At(o.Node.Get("kind").Span), o.Kind + " " + o.Name + " backs up by the clock", true
		}
	}
	return finding.Location{}, "", false
}

// byProgram finds programs of the project that start a backup by their own
// clock: Celery's beat, APScheduler, node-cron; and Ansible's cron module.
func byProgram(s *repo.Snapshot, _ []backup) (finding.Location, string, bool) {
	clocks := []string{"crontab(", "schedule.every", "cron.schedule(", "add_job(", "@Cron(", "CronTrigger", "new CronJob(", "repeat_every(", "scheduleJob("}
	for _, f := range s.Production() {
		ansible := f.Lang == repo.YAML && f.Mentions("cron") && strings.Contains(string(f.Bytes()), "cron:")
		if !f.Lang.Code() && !ansible || f.Size > 1<<20 || f.Lang == repo.Shell {
			continue
		}
		if !ansible && (!f.Mentions(clocks...) || !slices.ContainsFunc(clocks, func(c string) bool { return bytes.Contains(f.Bytes(), []byte(c)) })) {
			continue
		}
		if compose.NamedLike(f.Path) || workflow.Sniff(f.Path) != "" {
			continue
		}
		at, ok := liveLine(f, "#", func(line string) bool {
			if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "*") || !mentionsBackup(line) {
				return false
			}
			return !ansible || strings.Contains(line, "job:") || strings.Contains(line, "name:")
		})
		if ok {
			return f.At(at), f.Path + " starts the backup by the clock", true
		}
	}
	return finding.Location{}, "", false
}

// byCloud finds databases that a provider backs up because Terraform says so.
func byCloud(s *repo.Snapshot, _ []backup) (finding.Location, string, bool) {
	for _, f := range s.Production() {
		if path.Ext(f.Path) != ".tf" {
			continue
		}
		at, ok := liveLine(f, "#", func(line string) bool {
			name, value, _ := strings.Cut(line, "=")
			switch strings.TrimSpace(name) {
			case "backup_retention_period", "backup_retention_days":
				return strings.TrimSpace(value) != "0"
			}
			return strings.HasPrefix(line, `resource "aws_backup_plan"`) || strings.HasPrefix(line, "backup_configuration {")
		})
		if ok {
			return f.At(at), f.Path + " lets the provider back up", true
		}
	}
	return finding.Location{}, "", false
}
