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

// OpsScripts says which chores of operation the project has scripts for.
var OpsScripts = check.PerProject(check.Doc{
	ID:         "delivery/ops-scripts",
	Title:      "Scripts for operation",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "A chore with a script is done the same way by everybody, also at night.",
	How:        "Nothing is to be mended: this lists the scripts.",
	Holds:      "Chores of operation have scripts",
	References: []string{"https://google.github.io/styleguide/shellguide.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	var at *finding.Location
	var list, chores []string
	for _, f := range s.Production() {
		chore := choreOf(f)
		if chore == "" || !doesWork(f) {
			continue
		}
		if at == nil {
			start := f.Start()
			at = &start
		}
		list = append(list, f.Path)
		if !slices.Contains(chores, chore) {
			chores = append(chores, chore)
		}
	}
	if len(chores) >= 2 && keepsData(s) {
		p.Holds(*at, "scripts to %s: %s", all(chores), names(list))
	}
})

// choreOf is what a script is there for by its name, in folders where such scripts
// lie; "" for others.
func choreOf(f *repo.File) string {
	if f.Lang != repo.Shell || strings.Count(f.Path, "/") > 3 {
		return ""
	}
	switch dir := path.Base(f.Dir()); dir {
	case ".", "scripts", "script", "bin", "ops", "deploy", "deployment", "tools", "hack", "infra", "docker", "backup", "maintenance":
	default:
		return ""
	}
	for _, part := range strings.FieldsFunc(strings.ToLower(f.Name()), func(r rune) bool { return strings.ContainsRune("-_.", r) }) {
		switch part {
		case "backup", "dump":
			return "back up"
		case "restore":
			return "restore"
		case "migrate", "migration", "migrations":
			return "migrate"
		case "setup", "bootstrap", "install", "init":
			return "set up"
		case "deploy", "release":
			return "deploy"
		case "rollback":
			return "roll back"
		case "dev", "start", "run":
			return "start"
		case "healthcheck", "smoke", "check":
			return "check"
		}
	}
	return ""
}

// doesWork says whether a script runs a command that is more than a message.
func doesWork(f *repo.File) bool {
	return slices.ContainsFunc(shell.Commands(string(f.Bytes())), func(c shell.Command) bool {
		switch c.Name() {
		case "", "echo", "printf", "set", "exit", "cd", "true", "export":
			return false
		}
		return true
	})
}
