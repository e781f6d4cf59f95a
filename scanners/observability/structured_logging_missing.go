package observability

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// StructuredLoggingMissing finds servers whose log lines only people can read.
var StructuredLoggingMissing = check.PerProject(check.Doc{
	ID:         "observability/structured-logging-missing",
	Title:      "Logs without structure",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "Lines of free text cannot be filtered by user, route or level: searching them in an outage is guessing at words.",
	How:        "Set up one logger that writes JSON (pino, winston with format.json(), structlog, python-json-logger) where the application starts, and replace print and console.log by it.",
	Holds:      "Logs are records",
	References: []string{
		"https://www.structlog.org/en/stable/",
		"https://getpino.io/",
		"https://docs.python.org/3/howto/logging-cookbook.html#implementing-structured-logging",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	sys := systemOf(s)
	if sys == nil {
		return
	}
	for _, unit := range loggingUnits(s, sys) {
		unit.judge(p, s)
	}
})

// loggingUnit is a package with a server, and what its running code logs.
type loggingUnit struct {
	dir        string
	python     bool
	app        *repo.Application
	setup      *repo.LogSetup // the first that writes records
	plain      *repo.LogSetup // the first that does not
	calls      []finding.Location
	structured int
	kinds      map[string]int
}

func loggingUnits(s *repo.Snapshot, sys *system) []*loggingUnit {
	var out []*loggingUnit
	at := func(f *repo.File) *loggingUnit {
		dir, python := s.UnitDir(f), f.Lang == repo.Python
		i := slices.IndexFunc(out, func(u *loggingUnit) bool { return u.dir == dir && u.python == python })
		if i < 0 {
			return nil
		}
		return out[i]
	}
	servers := sys.servers()
	slices.SortStableFunc(servers, func(a, b *repo.Application) int { return developing(a) - developing(b) })
	for _, a := range servers {
		if a.File.Lang != repo.Go && at(a.File) == nil {
			out = append(out, &loggingUnit{dir: s.UnitDir(a.File), python: a.File.Lang == repo.Python, app: a, kinds: map[string]int{}})
		}
	}
	if len(out) == 0 {
		return nil
	}
	setups := slices.Clone(s.LogSetups())
	slices.SortStableFunc(setups, func(a, b repo.LogSetup) int { return forDevelopers(a.File) - forDevelopers(b.File) })
	for i := range setups {
		if u := at(setups[i].File); u != nil && u.plain == nil && s.Runs(setups[i].File) {
			u.plain = &setups[i]
		}
		if l := &setups[i]; (l.Records || l.Library == "winston" && formatsJSON(s, l.File)) && s.Runs(l.File) {
			for _, u := range out { // a package of the same language may be the logger of all
				if u.python == (l.File.Lang == repo.Python) && u.setup == nil {
					u.setup = l
				}
			}
		}
	}
	settings := slices.Clone(s.RunningSources("LOGGING")) // Django takes it out of them
	slices.SortStableFunc(settings, func(a, b *repo.Source) int { return forDevelopers(a.File) - forDevelopers(b.File) })
	for _, src := range settings {
		if py := src.Py(); py == nil || !src.Says("JsonFormatter", "JSONFormatter", "pythonjsonlogger", "ProcessorFormatter", "JSONRenderer") {
			continue
		}
		for _, a := range src.Py().Assigns {
			if a.Target == "LOGGING" && a.Func < 0 {
				if u := at(src.File); u != nil && u.setup == nil {
					u.setup = &repo.LogSetup{Library: "logging", Records: true, File: src.File, Span: a.TargetSpan}
				}
			}
		}
	}
	calls := s.LogCalls()
	for i := range calls {
		l := &calls[i]
		u := at(l.File)
		if u == nil || !s.Runs(l.File) {
			continue
		}
		u.calls = append(u.calls, l.At())
		if l.Structured || l.Kind == repo.LibraryLog && l.Library == "pino" {
			u.structured++
		}
		name := l.Library
		if name == "" {
			name = l.Callee
		}
		u.kinds[name]++
	}
	return out
}

// forDevelopers is 1 for a file that is, by its name, for developers or tests.
func forDevelopers(f *repo.File) int {
	if deployedPath(f.Path) {
		return 0
	}
	return 1
}

// developing is 1 for an application of settings for developers or tests.
func developing(a *repo.Application) int {
	if env, _ := compose.EnvOf(a.File.Path); !env.Deployed() || a.Env == "development" || a.Env == "test" {
		return 1
	}
	return 0
}

// formatsJSON says whether a file makes the format of winston that writes JSON.
func formatsJSON(s *repo.Snapshot, f *repo.File) bool {
	src := s.Source(f.Path)
	if src == nil || src.JS() == nil {
		return false
	}
	for i := range src.JS().Calls {
		if c := src.JS().Calls[i].Callee; c == "json" || strings.HasSuffix(c, "format.json") {
			return true
		}
	}
	return false
}

func (u *loggingUnit) judge(p *check.Pass, s *repo.Snapshot) {
	label := u.dir
	if label == "." {
		label = "the server"
	}
	switch {
	case u.setup != nil:
		p.Holds(u.setup.File.At(u.setup.Span), "%s writes records", u.setup.Library)
	case len(u.calls) > 0 && 2*u.structured >= len(u.calls):
		p.Holds(u.calls[0], "%d of %d log calls of %s pass fields", u.structured, len(u.calls), label)
	case slices.ContainsFunc(s.RunningSources("LoggerProvider", "LoggingHandler", "OTLPLogExporter"), func(src *repo.Source) bool {
		return src.Says("LoggerProvider", "LoggingHandler", "OTLPLogExporter")
	}):
		p.Unproven(u.app.File.At(u.app.Span), "OpenTelemetry may take what %s logs as records", label)
	case u.app.Framework == "fastify" || u.app.Framework == "nestjs" && jsonLogger(s, u.app.File):
		p.Unproven(u.app.File.At(u.app.Span), "the logger that comes with %s can write records", u.app.Framework)
	case len(u.calls) == 0 && u.plain != nil:
		p.Report(u.plain.File.At(u.plain.Span), "the logger of %s (%s) writes plain text", label, u.plain.Library).Keyed("%s", u.dir)
	case len(u.calls) == 0:
		p.Report(u.app.File.At(u.app.Span), "%s sets no logger up and logs nothing of its own", label).Keyed("%s", u.dir)
	default:
		p.Report(u.app.File.At(u.app.Span), "%s logs plain text: %d calls (%s), and no logger that writes records", label, len(u.calls), u.most()).
			With(u.calls[:min(len(u.calls), 5)]...).Keyed("%s", u.dir)
	}
}

// most names what logs most.
func (u *loggingUnit) most() string {
	names := make([]string, 0, len(u.kinds))
	for name := range u.kinds {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := u.kinds[b] - u.kinds[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return strings.Join(names[:min(len(names), 2)], ", ")
}

// jsonLogger says whether the file that starts NestJS hands it a logger.
func jsonLogger(s *repo.Snapshot, f *repo.File) bool {
	src := s.Source(f.Path)
	if src == nil || src.JS() == nil {
		return false
	}
	for i := range src.JS().Calls {
		c := &src.JS().Calls[i]
		if strings.HasSuffix(c.Callee, ".useLogger") || c.Callee == "ConsoleLogger" {
			return true
		}
	}
	return false
}
