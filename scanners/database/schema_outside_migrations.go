package database

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/migration"
	"drydock/internal/repo/pylex"
)

// SchemaOutsideMigrations finds programs that make tables when they start, beside
// a migration tool.
var SchemaOutsideMigrations = check.PerProject(check.Doc{
	ID:         "database/schema-outside-migrations",
	Title:      "The program makes tables beside the migrations",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "A table that the program made first is not what the migration expects: the next upgrade fails because it exists, or runs over columns that were never added.",
	How:        "Take the call out, or leave it to tests. Let the migration tool alone change the schema, before the program starts.",
	References: []string{
		"https://alembic.sqlalchemy.org/en/latest/cookbook.html#building-an-up-to-date-database-from-scratch", "https://typeorm.io/docs/data-source/data-source-options",
		"https://sequelize.org/docs/v6/core-concepts/model-basics/#synchronization-in-production",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	has := map[migration.Tool]*repo.MigrationHistory{}
	for _, h := range s.MigrationHistories() {
		if h.Role == repo.Production && has[h.Tool] == nil {
			has[h.Tool] = h
		}
	}
	for _, src := range s.RunningSources("create_all", "synchronize", "sync") {
		if strings.Contains(src.Path, "migrations/") || src.Name() == "env.py" || isByHand(src.Path) {
			continue
		}
		report := func(h *repo.MigrationHistory, span finding.Span, what string) {
			if h != nil && !isSwitched(src, span) {
				p.Report(src.At(span), "%s makes tables when it runs, beside the migrations in %s", what, h.Dir).With(h.Migrations[0].Start())
			}
		}
		if py := src.Py(); py != nil {
			pythonSchema(py, func(span finding.Span) { report(has[migration.Alembic], span, "create_all") })
		} else if has[migration.TypeORM] != nil || has[migration.Sequelize] != nil {
			scriptSchema(src.JS(), func(tool migration.Tool, span finding.Span, what string) { report(has[tool], span, what) })
		}
	}
})

// isByHand says whether a file is started by people rather than with the service.
func isByHand(name string) bool {
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		stem, _, _ := strings.Cut(part, ".")
		switch stem {
		case "scripts", "script", "seed", "seeds", "tools", "cli", "manage", "init_db", "initdb", "create_db", "create_tables", "reset_db", "conftest", "testing":
			return true
		}
	}
	return false
}

func pythonSchema(py *pylex.File, add func(finding.Span)) {
	for i := range py.Calls {
		c := &py.Calls[i]
		switch {
		case strings.HasSuffix(c.Callee, "metadata.create_all"):
			add(c.Span)
		case strings.HasSuffix(c.Callee, "run_sync") && len(c.Args) > 0 && strings.HasSuffix(c.Args[0].Ident, "metadata.create_all"):
			add(c.Span)
		}
	}
}

func scriptSchema(js *jslex.File, add func(tool migration.Tool, span finding.Span, what string)) {
	for i := range js.Calls {
		c := &js.Calls[i]
		switch {
		case slices.Contains([]string{"DataSource", "createConnection", "TypeOrmModule.forRoot"}, c.Callee):
			for _, a := range c.Args {
				if prop, ok := a.Prop("synchronize"); ok {
					if on, literal := prop.Value.Bool(); literal && on {
						add(migration.TypeORM, prop.Span, "synchronize: true")
					}
				}
			}
		case strings.HasSuffix(c.Callee, "sequelize.sync"), strings.HasSuffix(c.Callee, "db.sync"):
			add(migration.Sequelize, c.Span, c.Callee)
		}
	}
}

// isSwitched says whether one of the lines before a place asks for an environment
// or a setting: the call is for development then.
func isSwitched(src *repo.Source, at finding.Span) bool {
	line, _ := src.Position(at.Start)
	for n := max(1, line-4); n <= line; n++ {
		text := strings.ToLower(strings.TrimSpace(src.Line(n)))
		if strings.HasPrefix(text, "#") || strings.HasPrefix(text, "//") {
			continue
		}
		if strings.Contains(text, "if ") || strings.Contains(text, "if(") {
			return true
		}
	}
	return false
}
