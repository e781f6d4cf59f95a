package delivery

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
)

// droppingCode lists the calls in what runs that drop the schema whenever the
// program starts.
func droppingCode(s *repo.Snapshot) (at []finding.Location, what []string) {
	for _, src := range s.RunningSources("drop_all", "dropSchema", "force", "dropDatabase") {
		if isTool(src.Path) || isDevelopmentFile(src.Path) || isReset(src.Path) {
			continue
		}
		var spans []finding.Span
		var found []string
		switch src.Lang {
		case repo.Python:
			spans, found = droppedInPython(src)
		case repo.JavaScript, repo.TypeScript:
			spans, found = droppedInScript(src)
		}
		for i, span := range spans {
			if !guarded(src.File, span) {
				at, what = append(at, src.At(span)), append(what, found[i])
			}
		}
	}
	return at, what
}

// droppedInPython are the calls of SQLAlchemy's drop_all at the top of a module or
// in what a server runs when it starts.
func droppedInPython(src *repo.Source) (spans []finding.Span, what []string) {
	py := src.Py()
	for _, c := range py.Calls {
		if !strings.HasSuffix(c.Callee, "metadata.drop_all") && c.Callee != "db.drop_all" {
			continue
		}
		starts := c.Func < 0
		if !starts {
			switch def := py.Defs[c.Func]; def.Name {
			case "startup", "on_startup", "startup_event", "lifespan", "init_db", "create_app", "on_start":
				starts = true
			}
		}
		if starts {
			spans, what = append(spans, c.Span), append(what, c.Callee+"() drops all tables")
		}
	}
	return spans, what
}

// droppedInScript are the calls of Sequelize's sync and the settings of TypeORM
// that drop tables.
func droppedInScript(src *repo.Source) (spans []finding.Span, what []string) {
	for _, c := range src.JS().Calls {
		for _, a := range c.Args {
			key := ""
			switch {
			case strings.HasSuffix(c.Callee, "equelize.sync") || c.Callee == "db.sync":
				key = "force"
			case c.New && c.Callee == "DataSource", strings.HasSuffix(c.Callee, "TypeOrmModule.forRoot"), strings.HasSuffix(c.Callee, "createConnection"):
				key = "dropSchema"
			default:
				continue
			}
			if p, ok := a.Prop(key); ok {
				if drops, known := p.Value.Bool(); known && drops {
					spans, what = append(spans, p.Span), append(what, key+": true drops all tables")
				}
			}
		}
	}
	return spans, what
}

// guarded says whether one of the lines before the place asks which environment
// the program runs in.
func guarded(f *repo.File, span finding.Span) bool {
	const lines = 6
	line, _ := f.Position(span.Start)
	for n := max(1, line-lines); n <= line; n++ {
		text := strings.ToLower(f.Line(n))
		if strings.Contains(text, "node_env") || strings.Contains(text, "production") || strings.Contains(text, "development") || strings.Contains(text, "debug") || strings.Contains(text, "testing") || strings.Contains(text, "__main__") {
			return true
		}
	}
	return false
}
