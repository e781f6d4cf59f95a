package database

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// named is a place that names an engine.
type named struct {
	engine engine
	at     finding.Location
	unit   string // directory of the package it belongs to
	source source
}

// source says what names the engine: the nearer to what is deployed, the higher.
type source int

const (
	fromTests source = iota
	fromCode
	fromMigrations
	fromPrisma
	fromEnvFile
	fromImage
	fromService
	fromProduction // a service of a file for production
)

// engines collects the places of a project that name an engine.
type engines struct {
	s    *repo.Snapshot
	list []named
}

func (e *engines) add(what engine, f *repo.File, span finding.Span, from source) {
	if what != "" && f != nil {
		e.list = append(e.list, named{what, f.At(span), e.s.UnitDir(f), from})
	}
}

// code collects what sources name. One that names several engines supports them
// by choice and says nothing about which is meant.
func (e *engines) code() {
	for _, src := range e.s.Sources() {
		from := fromCode
		switch {
		case len(enginesIn.Of(e.s, src.File)) == 0:
			continue
		case src.Role == repo.Test:
			from = fromTests
		case !e.s.Runs(src.File) && !djangoSettings(src.File):
			continue
		case forProduction(src.File):
			from = fromProduction
		}
		var found []named
		for _, m := range enginesIn.Of(e.s, src.File) {
			found = append(found, named{m.engine, src.At(m.span), e.s.UnitDir(src.File), from})
		}
		if len(distinct(found)) == 1 {
			e.list = append(e.list, found...)
		}
	}
	byFile := map[*repo.File][]named{}
	for _, r := range e.s.EnvReads() {
		if isAddress(r.Name) && r.HasDefault && e.s.Runs(r.File) {
			if what := engineOfURL(r.Default); what != "" {
				byFile[r.File] = append(byFile[r.File], named{what, r.File.At(r.DefaultSpan), e.s.UnitDir(r.File), fromCode})
			}
		}
	}
	for _, f := range e.s.Production() {
		if found := byFile[f]; len(distinct(found)) == 1 {
			e.list = append(e.list, found...)
		}
	}
}

// mention is a place of a source that names an engine.
type mention struct {
	engine engine
	span   finding.Span
}

// enginesIn are the engines that a source names, in order. Several checks ask.
var enginesIn = repo.DeriveParsed(namesEngine, func(src *repo.Source) (out []mention) {
	collect := func(what engine, span finding.Span) {
		if what != "" {
			out = append(out, mention{what, span})
		}
	}
	if py := src.Py(); py != nil {
		pythonEngines(py, src.Role == repo.Test, collect)
	} else {
		scriptEngines(src.JS(), collect)
	}
	return out
})

// addressWords are the names of addresses that code writes; see isAddress.
var addressWords = func() (out []string) {
	for _, what := range []string{"DATABASE", "DB", "SQLALCHEMY", "SQLALCHEMY_DATABASE"} {
		for _, how := range []string{"URL", "URI", "DSN", "CONNECTION_STRING"} {
			for _, before := range []string{"", "APP_", "ASYNC_", "SYNC_", "APP_ASYNC_", "APP_SYNC_"} {
				for _, after := range []string{"", "_ASYNC", "_SYNC"} {
					name := before + what + "_" + how + after
					out = append(out, name, strings.ToLower(name))
				}
			}
		}
	}
	return append(out, "DATABASE_PRISMA_URL", "database_prisma_url")
}()

// namesEngine spares parsing files that name neither an address nor what takes one.
func namesEngine(src *repo.Source) bool {
	if src.Lang == repo.Python {
		return src.Mentions("DATABASES", "create_engine", "create_async_engine", "setenv", "dj_database_url", "env.db", "PostgresDsn", "MultiHostUrl") || src.Mentions(addressWords...)
	}
	return src.Mentions("DataSource", "createConnection", "TypeOrmModule", "knex", "Knex", "Sequelize", "SequelizeModule", "dialect")
}

// djangoSettings says whether a file is one of the settings that Django loads by
// name, so that no import leads to it.
func djangoSettings(f *repo.File) bool {
	return f.Role == repo.Production && f.Lang == repo.Python && (path.Base(f.Dir()) == "settings" || f.Name() == "settings.py")
}

// forProduction says whether the name of a file of settings says so.
func forProduction(f *repo.File) bool {
	return slices.ContainsFunc(secret.Parts(f.Name()), func(part string) bool { return part == "prod" || part == "production" })
}

func distinct(list []named) (out []engine) {
	seen := map[engine]bool{}
	for _, n := range list {
		if !seen[n.engine] {
			seen[n.engine] = true
			out = append(out, n.engine)
		}
	}
	return out
}

func pythonEngines(py *pylex.File, tests bool, add func(engine, finding.Span)) {
	of := func(a pylex.Arg) engine {
		switch {
		case a.IsLiteral && tests: // a database in memory is what tests like to use
			return engineOfURL(strings.ReplaceAll(a.Literal, ":memory:", ""))
		case a.IsLiteral:
			return engineOfURL(a.Literal)
		case a.Kind == pylex.ValueFString:
			return engineOfURL(strings.TrimLeft(a.Text(), "fFrR\"'"))
		}
		return ""
	}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		name := a.Target[strings.LastIndexByte(a.Target, '.')+1:]
		if key, ok := subscript(a.Target); ok {
			name = key
		}
		if isAddress(name) {
			add(of(a.Value), a.Value.Span)
		}
		if a.Target == "DATABASES" {
			if first, ok := a.Value.Key("default"); ok {
				if backend, ok := first.Key("ENGINE"); ok && backend.IsLiteral {
					add(engineOfDjango(backend.Literal), backend.Span)
				}
			}
		}
	}
	for i := range py.Calls {
		c := &py.Calls[i]
		switch name := py.Qualify(c.Callee); {
		case strings.HasPrefix(name, "sqlalchemy.") && (strings.HasSuffix(name, ".create_engine") || strings.HasSuffix(name, ".create_async_engine")),
			name == "sqlmodel.create_engine", name == "os.environ.setdefault" && namesAddress(c), name == "monkeypatch.setenv" && namesAddress(c):
			if last, ok := c.At(0); ok {
				if second, ok := c.At(1); ok && namesAddress(c) {
					last = second
				}
				add(of(last), last.Span)
			}
		case name == "dj_database_url.config", strings.HasSuffix(c.Callee, "env.db") && len(c.Args) > 0:
			if fallback, ok := c.Arg("default"); ok {
				add(of(fallback), fallback.Span)
			}
		case strings.HasSuffix(name, "PostgresDsn.build"), strings.HasSuffix(name, "MultiHostUrl.build"):
			if scheme, ok := c.Arg("scheme"); ok && scheme.IsLiteral {
				add(engineOfURL(scheme.Literal+"://x"), scheme.Span)
			}
		}
	}
}

func namesAddress(c *pylex.Call) bool {
	first, ok := c.At(0)
	return ok && first.IsLiteral && isAddress(first.Literal)
}

// subscript is the literal key of a target such as os.environ["KEY"].
func subscript(target string) (string, bool) {
	_, after, ok := strings.Cut(target, "[")
	if !ok {
		return "", false
	}
	return strings.Trim(strings.TrimSuffix(after, "]"), `"'`), true
}

// scriptEngines reads the dialect that a data source is made with.
func scriptEngines(js *jslex.File, add func(engine, finding.Span)) {
	if js == nil {
		return
	}
	for i := range js.Calls {
		c := &js.Calls[i]
		key := map[string]string{
			"DataSource": "type", "createConnection": "type", "TypeOrmModule.forRoot": "type", "knex": "client", "Knex": "client",
			"Sequelize": "dialect", "SequelizeModule.forRoot": "dialect",
		}[c.Callee]
		if key == "" {
			continue
		}
		for _, a := range c.Args {
			if p, ok := a.Prop(key); ok && p.Value.IsLiteral {
				add(engineNames[p.Value.Literal], p.Value.Span)
			}
		}
	}
	if o := js.ConfigObject(); o != nil {
		_, schema := o.Prop("schema")
		if p, ok := o.Prop("dialect"); ok && schema && p.Value.IsLiteral { // drizzle.config
			add(engineNames[p.Value.Literal], p.Value.Span)
		}
	}
}

// migrations collects what alembic.ini and Prisma name. The address of an
// alembic.ini counts unless its env.py puts another in its place.
func (e *engines) migrations() {
	for _, c := range e.s.AlembicConfigs() {
		for _, env := range c.Spec.Environments {
			if c.Role == repo.Production && !e.replaced(path.Join(env.Scripts(c.Dir()), "env.py")) {
				e.add(engineOfURL(env.URL.Value), c.File, env.URL.Span, fromMigrations)
			}
		}
	}
	for _, schema := range e.s.PrismaSchemas() {
		for _, d := range schema.Spec.Datasources {
			if schema.Role == repo.Production {
				e.add(engineNames[d.Provider.Value], schema.File, d.Provider.Span, fromPrisma)
			}
		}
	}
}

func (e *engines) replaced(envPy string) bool {
	src := e.s.Source(envPy)
	if src == nil || src.Py() == nil {
		return false
	}
	py := src.Py()
	for i := range py.Calls {
		c := &py.Calls[i]
		if first, ok := c.At(0); ok && strings.HasSuffix(c.Callee, "set_main_option") && first.Literal == "sqlalchemy.url" {
			return true
		}
		if strings.HasSuffix(c.Callee, "create_engine") || strings.HasSuffix(c.Callee, "create_async_engine") {
			return true
		}
	}
	for i := range py.Assigns {
		if key, ok := subscript(py.Assigns[i].Target); ok && key == "sqlalchemy.url" {
			return true
		}
	}
	return false
}
