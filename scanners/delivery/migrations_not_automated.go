package delivery

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/migration"
)

// MigrationsNotAutomated finds migrations that nothing runs when a new version
// starts.
var MigrationsNotAutomated = check.PerProject(check.Doc{
	ID:         "delivery/migrations-not-automated",
	Title:      "Nothing runs the migrations",
	Severity:   finding.Critical,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "The new version starts on the old schema until somebody remembers: requests fail, and the longer it lasts the more data is written the old way.",
	How:        "Run the upgrade before the new version takes requests: in the entrypoint, in a service that others wait for with condition: service_completed_successfully, in an init container, or in the deployment job.",
	Holds:      "Migrations run with every deployment",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration",
		"https://www.prisma.io/docs/orm/prisma-client/deployment/deploy-database-changes-with-prisma-migrate",
		"https://docs.docker.com/compose/how-tos/startup-order/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	if !isDeployed(s) {
		return
	}
	for _, tool := range migrationTools {
		if files := tool.find(s); len(files) > 0 {
			judgeMigrations(p, s, tool, files)
		}
	}
})

func judgeMigrations(p *check.Pass, s *repo.Snapshot, tool migrationTool, files []*repo.File) {
	r := runsOf(s, tool)
	if r.automatic != nil {
		p.Holds(*r.automatic, "%s runs when a new version is deployed", r.how)
		return
	}
	if r.perhaps != nil {
		p.Unproven(*r.perhaps, "%s runs the migrations if it is called when the program starts", r.perhaps.Path)
		return
	}
	what := count(len(files), tool.name+" migration", tool.name+" migrations")
	var found *check.Problem
	switch at := files[0].Start(); {
	case r.development != nil:
		found = p.Report(at, "%s: %s runs only in development (%s), nothing runs it in production", what, tool.command, r.development.Path).With(*r.development)
	case r.byHand != nil:
		found = p.Report(at, "%s: %s is run only by hand (%s)", what, tool.command, r.byHand.Path).With(*r.byHand)
	case r.tests != nil:
		found = p.Report(at, "%s: %s runs only for the tests (%s), nothing runs it in production", what, tool.command, r.tests.Path).With(*r.tests)
	default:
		found = p.Report(at, "%s: nothing runs %s", what, tool.command)
	}
	found.Keyed("%s", tool.name)
}

// isDeployed says whether anything in the project says how it is run for others.
func isDeployed(s *repo.Snapshot) bool {
	for _, d := range s.Dockerfiles() {
		if d.Role == repo.Production {
			return true
		}
	}
	for _, project := range s.ComposeProjects() {
		if project.Env.Deployed() {
			return true
		}
	}
	for _, f := range s.Production() {
		if f.Name() == "Procfile" && !f.Blank() {
			return true
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role == repo.Production && o.PodSpec().Exists() {
			return true
		}
	}
	return false
}

// migrationTool is a tool that brings a schema up to date, by what it leaves in
// a project and by how it is run.
type migrationTool struct {
	name    string
	command string // as people type it
	find    func(*repo.Snapshot) []*repo.File
	runs    func(words []string) bool
	inCode  []string // what a program says that runs it by itself
}

var migrationTools = []migrationTool{
	{
		name: "Alembic", command: "alembic upgrade", find: migrationsOf(migration.Alembic),
		runs: func(w []string) bool {
			return follows(w, "alembic", "upgrade") || follows(w, "flask", "db", "upgrade") || follows(w, "flask", "db-upgrade")
		},
		inCode: []string{"command.upgrade(", `"alembic", "upgrade"`, `'alembic', 'upgrade'`, "alembic upgrade", "flask_migrate.upgrade(", "run_sync(run_upgrade"},
	},
	{
		name: "Prisma", command: "prisma migrate deploy", find: migrationsOf(migration.Prisma),
		runs: func(w []string) bool {
			return follows(w, "prisma", "migrate", "deploy") || follows(w, "prisma", "db", "push") || follows(w, "migrate", "deploy") && contains(w, "npx", "pnpm", "yarn", "bunx", "bun")
		},
		inCode: []string{"prisma migrate deploy", `"migrate", "deploy"`, `'migrate', 'deploy'`},
	},
	{
		name: "Django", command: "manage.py migrate", find: djangoMigrations,
		runs: func(w []string) bool {
			return follows(w, "manage.py", "migrate") || follows(w, "django-admin", "migrate") || follows(w, "manage.py", "migrate_schemas")
		},
		inCode: []string{`call_command("migrate"`, `call_command('migrate'`, "manage.py migrate", `"manage.py", "migrate"`},
	},
	{
		name: "Drizzle", command: "drizzle-kit migrate", find: migrationsOf(migration.Drizzle),
		runs: func(w []string) bool {
			return follows(w, "drizzle-kit", "migrate") || follows(w, "drizzle-kit", "push")
		},
		inCode: []string{"migrationsFolder"},
	},
	{
		name: "Knex", command: "knex migrate:latest", find: func(s *repo.Snapshot) []*repo.File { return scriptMigrations(s, "knex", "knexfile") },
		runs:   func(w []string) bool { return follows(w, "knex", "migrate:latest") || follows(w, "knex", "migrate:up") },
		inCode: []string{"migrate.latest("},
	},
	{
		name: "Sequelize", command: "sequelize db:migrate", find: func(s *repo.Snapshot) []*repo.File { return scriptMigrations(s, "sequelize-cli", ".sequelizerc") },
		runs: func(w []string) bool {
			return follows(w, "sequelize", "db:migrate") || follows(w, "sequelize-cli", "db:migrate")
		},
		inCode: []string{"umzug.up(", "migrator.up("},
	},
	{
		name: "TypeORM", command: "typeorm migration:run", find: migrationsOf(migration.TypeORM),
		runs:   func(w []string) bool { return contains(w, "migration:run") },
		inCode: []string{"runMigrations(", "migrationsRun: true", `migrationsRun": true`},
	},
}

// follows says whether the words appear in order, the first by its last path
// element, flags and other words between them allowed.
func follows(words []string, want ...string) bool {
	n := 0
	for _, w := range words {
		if n < len(want) && (w == want[n] || n == 0 && w[strings.LastIndexByte(w, '/')+1:] == want[0]) {
			n++
		}
	}
	return n == len(want)
}

func contains(words []string, any ...string) bool {
	for _, w := range words {
		for _, a := range any {
			if w == a {
				return true
			}
		}
	}
	return false
}
