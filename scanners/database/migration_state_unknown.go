package database

import (
	"bytes"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// MigrationStateUnknown finds migrations of which nothing ever says whether they
// are applied.
var MigrationStateUnknown = check.PerProject(check.Doc{
	ID:         "database/migration-state-unknown",
	Title:      "Nothing shows which migrations are applied",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "The files say what the schema should be. Whether a database is there is found out when a query fails.",
	How:        "Have the deployment run the upgrade, and a step behind it compare: alembic current --check-heads, prisma migrate status, manage.py migrate --check.",
	Holds:      "A command applies the migrations or shows their state",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/tutorial.html#getting-information", "https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate",
		"https://www.prisma.io/docs/orm/reference/prisma-cli-reference#migrate-status",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[migration.Tool]bool{}
	for _, h := range s.MigrationHistories() {
		words := stateWords[h.Tool]
		if words == nil || said[h.Tool] || h.Role != repo.Production || len(h.Migrations) == 0 {
			continue
		}
		said[h.Tool] = true
		last := h.Migrations[len(h.Migrations)-1]
		c := stateCommands(s, words)
		if c.routine != nil {
			p.Holds(c.routine.At(), "%s", c.routine.String())
			continue
		}
		if inProgram(s, h) {
			p.Unproven(last.Start(), "the program itself may apply the %d migrations in %s; run %s to see", len(h.Migrations), h.Dir, stateCommand[h.Tool])
			continue
		}
		found := p.Report(last.Start(), "no deployment or pipeline applies the %s in %s or asks which are applied (%s)", count(len(h.Migrations), "migration"), h.Dir, stateCommand[h.Tool]).Keyed("%s", h.Tool)
		if c.byHand != nil {
			found.Message += "; " + c.byHand.Path + " is run by hand"
			found.With(*c.byHand)
		}
	}
})

// stateWords are what commands hold that apply migrations or tell their state.
var stateWords = map[migration.Tool][][]string{
	migration.Alembic:    {{"alembic", "upgrade"}, {"alembic", "current"}, {"alembic", "check"}, {"flask", "db", "upgrade"}, {"db", "upgrade"}},
	migration.Prisma:     {{"prisma", "migrate", "deploy"}, {"prisma", "migrate", "status"}, {"prisma", "migrate", "diff"}},
	migration.DjangoTool: {{"migrate"}, {"showmigrations"}, {"python", "manage.py", "migrate"}},
}

var stateCommand = map[migration.Tool]string{
	migration.Alembic: "alembic current", migration.Prisma: "prisma migrate status", migration.DjangoTool: "manage.py migrate --check",
}

// stateRuns are the commands that apply migrations or tell their state: one that a
// deployment or pipeline runs, and a place from which people run one.
type stateRuns struct {
	routine *repo.Command
	byHand  *finding.Location
}

func stateCommands(s *repo.Snapshot, words [][]string) (out stateRuns) {
	match := func(c *repo.Command) bool {
		line := " " + strings.Join(c.Words, " ") + " "
		return slices.ContainsFunc(words, func(all []string) bool {
			at := 0
			for _, w := range all {
				i := strings.Index(line[at:], w)
				if i < 0 {
					return false
				}
				at += i + len(w)
			}
			return true
		})
	}
	hand := func(at finding.Location) {
		if out.byHand == nil {
			out.byHand = &at
		}
	}
	commands := s.Commands()
	for i := range commands {
		c := &commands[i]
		switch {
		case c.Source == repo.FromBuild:
		case c.Source.ByName() && match(c):
			hand(c.At())
		case !c.Source.ByName() && slices.ContainsFunc(s.Reached(*c), func(r repo.Command) bool { return match(&r) }):
			out.routine = c
			return out
		}
	}
	for _, f := range s.Production() { // scripts that nothing names, and manifests that run a shell
		if f.Lang != repo.Shell && f.Lang != repo.YAML {
			continue
		}
		for _, all := range words {
			joined := strings.Join(all, " ")
			if len(all) < 2 || !f.Mentions(all...) || !bytes.Contains(f.Bytes(), []byte(joined)) {
				continue
			}
			hand(f.Start())
		}
	}
	return out
}

// inProgram says whether code that runs calls the tool.
func inProgram(s *repo.Snapshot, h *repo.MigrationHistory) bool {
	switch h.Tool {
	case migration.Alembic:
		for _, src := range s.RunningSources("alembic", "flask_migrate") {
			if src.Mentions("upgrade", "MigrationContext", "ScriptDirectory") && src.Name() != "env.py" && !contains(h.Dir, src.Path) {
				return true
			}
		}
	case migration.DjangoTool:
		return len(s.RunningSources("call_command")) > 0
	case migration.Prisma:
		return len(s.RunningSources("migrate")) > 0
	}
	return false
}
