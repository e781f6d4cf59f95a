package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/shell"
)

// DestructiveScript finds start commands and scripts that destroy data, or stop
// whatever has a name.
var DestructiveScript = check.PerProject(check.Doc{
	ID:         "delivery/destructive-script",
	Title:      "Start or deployment destroys data",
	Severity:   finding.High,
	Worst:      finding.Critical,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "A restart, a retry or a run on the wrong machine empties the database. Killing by name stops what happens to be called the same, also of other people on the server.",
	How:        "Start with migrations that only go forward. Move resets to a script of their own that refuses to run in production and asks first. Stop a process by the id that it wrote down, or by its service.",
	Holds:      "Starts and deployments leave data alone",
	References: []string{"https://www.prisma.io/docs/orm/prisma-migrate/workflows/development-and-production", "https://docs.docker.com/reference/cli/docker/compose/down/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[finding.Location]bool{}
	started := 0
	var first finding.Location
	for _, cmd := range s.Commands() {
		at, live, why := startsLive(s, cmd)
		if !live {
			continue
		}
		if started++; started == 1 {
			first = at
		}
		for _, c := range s.Reached(cmd) {
			what, severity := destroys(c.Words, 0)
			if what == "" || seen[at] {
				continue
			}
			seen[at] = true
			p.Report(at, "%s: %s", why, what).As(severity).Keyed("%s %s", cmd.Owner, what)
		}
	}
	found := len(seen)
	for _, f := range s.Production() {
		if f.Lang != repo.Shell || isReset(f.Path) || isDevelopmentFile(f.Path) || !f.Mentions("pkill", "killall", "dropdb", "DROP", "reset", "down", "prune", "flushall", "FLUSHALL") {
			continue
		}
		reported := map[string]*check.Problem{}
		for _, c := range shell.Commands(string(f.Bytes())) {
			what, severity := destroys(c.Words, 0)
			at := f.At(finding.Span{Start: c.Start, End: c.End})
			if what == "" || seen[at] || asksFirst(f) {
				continue
			}
			seen[at] = true
			found++
			if one := reported[what]; one != nil {
				one.With(at)
				continue
			}
			reported[what] = p.Report(at, "%s: %s", f.Path, what).As(min(severity, finding.Medium)).Keyed("%s %s", f.Path, what)
		}
	}
	places, what := droppingCode(s)
	for i, at := range places {
		found++
		p.Report(at, "%s when the program starts", what[i]).As(finding.Critical).Keyed("%s %s", at.Path, what[i])
	}
	if found == 0 && started > 0 && keepsData(s) {
		p.Holds(first, "what starts and deploys leaves data alone")
	}
})

// startsLive says whether a command runs when a version starts or is deployed
// outside development, and what runs it.
func startsLive(s *repo.Snapshot, cmd repo.Command) (at finding.Location, live bool, why string) {
	if cmd.File.Role != repo.Production || isDevelopmentFile(cmd.File.Path) {
		return at, false, ""
	}
	at = cmd.At()
	switch cmd.Source {
	case repo.FromCompose:
		if cmd.Env == compose.Prod || cmd.Env == compose.Staging || cmd.Env == compose.Base && !onlyByProfile(s, cmd) {
			return at, true, "the service " + cmd.Owner + " at each start"
		}
	case repo.FromDockerfile:
		return at, true, "the image at each start"
	case repo.FromProcfile:
		return at, true, "the process " + cmd.Owner + " at each start"
	case repo.FromPipeline:
		for _, w := range deployments(s) {
			if w.Job.Pipeline.File == cmd.File && w.Job.Job.ID == cmd.Owner && !towardsTests(w.Job) {
				return at, true, "the deployment " + cmd.Owner
			}
		}
	}
	return at, false, ""
}

// isReset says whether a script is there for destroying, or for development.
func isReset(name string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) }) {
		switch w {
		case "reset", "clean", "cleanup", "teardown", "destroy", "drop", "uninstall", "purge", "nuke", "wipe", "stop", "down", "seed", "demo", "hack", "ci", "fixtures", "benchmark", "bench", "kill", "dev", "integration", "testdata", "scale":
			return true
		}
	}
	return false
}

// asksFirst says whether a script asks before it goes on, or refuses production.
func asksFirst(f *repo.File) bool {
	_, asks := liveLine(f, "#", func(line string) bool {
		return strings.HasPrefix(line, "read ") || strings.Contains(line, " read -") || strings.Contains(line, "select ") && strings.HasSuffix(line, "; do") ||
			strings.Contains(line, "NODE_ENV") || strings.Contains(line, "ENVIRONMENT") && strings.Contains(line, "prod") || strings.Contains(line, "--yes")
	})
	return asks
}

// destroys says what a command destroys, "" for nothing.
func destroys(words []string, depth int) (string, finding.Severity) {
	for len(words) > 1 && slices.Contains([]string{"sudo", "exec", "npx", "pnpm", "yarn", "bunx", "uv", "run", "poetry", "python", "python3", "-m", "bundle"}, words[0]) && words[0] != "pnpm" {
		words = words[1:]
	}
	if len(words) > 1 && words[0] == "pnpm" {
		words = words[1:]
		for len(words) > 1 && (words[0] == "exec" || words[0] == "dlx") {
			words = words[1:]
		}
	}
	if len(words) == 0 || depth > maxScripts || slices.Contains([]string{"echo", "printf", "grep", "alias"}, words[0]) {
		return "", 0
	}
	for _, w := range words {
		if strings.ContainsAny(w, " \n") && path.Base(words[0]) != "psql" && path.Base(words[0]) != "mysql" {
			for _, c := range shell.Commands(w) {
				if what, severity := destroys(c.Words, depth+1); what != "" {
					return what, severity
				}
			}
		}
	}
	line := strings.Join(words, " ")
	has := func(list ...string) bool {
		return slices.ContainsFunc(words[1:], func(w string) bool { return slices.Contains(list, w) })
	}
	switch name := path.Base(words[0]); name {
	case "prisma":
		if has("reset") && has("migrate") || has("--force-reset") {
			return "prisma empties the database", finding.Critical
		}
		if has("push") && has("--accept-data-loss") {
			return "prisma db push drops columns and tables that the schema no longer has", finding.High
		}
	case "alembic":
		if has("downgrade") && has("base") {
			return "alembic drops every table that it made", finding.Critical
		}
	case "manage.py":
		if has("flush", "reset_db") {
			return "manage.py empties the database", finding.Critical
		}
	case "rails", "rake":
		if has("db:drop", "db:reset", "db:migrate:reset", "db:schema:load") && !has("db:create") {
			return name + " empties the database", finding.Critical
		}
	case "artisan", "php":
		if has("migrate:fresh", "migrate:reset", "db:wipe", "migrate:refresh") {
			return "artisan drops all tables", finding.Critical
		}
	case "sequelize", "sequelize-cli":
		if has("db:drop", "db:migrate:undo:all") {
			return "sequelize empties the database", finding.Critical
		}
	case "typeorm", "typeorm-ts-node-commonjs", "mikro-orm":
		if has("schema:drop", "schema:fresh", "migration:fresh") {
			return name + " drops the schema", finding.Critical
		}
	case "dropdb":
		return "dropdb deletes a database", finding.Critical
	case "psql", "mysql", "mariadb":
		if up := strings.ToUpper(line); strings.Contains(up, "DROP DATABASE") || strings.Contains(up, "DROP SCHEMA") {
			return name + " drops a database", finding.Critical
		}
	case "redis-cli", "valkey-cli":
		if up := strings.ToUpper(line); strings.Contains(up, "FLUSHALL") || strings.Contains(up, "FLUSHDB") {
			return name + " empties the store", finding.High
		}
	case "docker", "docker-compose", "podman":
		switch {
		case has("down") && has("-v", "--volumes"):
			return "compose down -v deletes the volumes, databases among them", finding.Critical
		case has("prune") && has("--volumes") || has("volume") && has("prune"):
			return "prune deletes volumes that no running container uses", finding.High
		}
	case "killall":
		if len(words) > 1 {
			return "killall stops every process of that name", finding.Medium
		}
	case "pkill":
		if !has("-P", "-F", "--pidfile", "--parent") && !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "-HUP") || strings.HasPrefix(w, "-USR") || w == "-0" }) {
			return "pkill stops every process that looks like it", finding.Medium
		}
	}
	return "", 0
}
