package database

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// PoolUnconfigured finds SQLAlchemy engines that take the pool as it comes.
var PoolUnconfigured = check.PerProject(check.Doc{
	ID:         "database/pool-unconfigured",
	Title:      "Connection pool is not configured",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "The default is 5 connections and 10 more, and a wait of 30 seconds for one: under load requests queue up behind the pool, or all workers together take more connections than the server gives.",
	How:        "Set pool_size, max_overflow and pool_timeout so that workers times both stays below the server's max_connections, and pool_pre_ping. With PgBouncer in transaction mode use NullPool.",
	Holds:      "The connection pool is configured",
	References: []string{"https://docs.sqlalchemy.org/en/20/core/pooling.html", "https://docs.sqlalchemy.org/en/20/core/engines.html#sqlalchemy.create_engine.params.pool_size"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	pooler := poolerOf(s)
	e := &engines{s: s}
	e.code()
	for _, src := range s.RunningSources("create_engine", "create_async_engine", "async_engine_from_config") {
		py := src.Py()
		if py == nil || src.Name() == "env.py" || strings.Contains(src.Path, "migrations/") || strings.Contains(src.Path, "scripts/") {
			continue
		}
		for i := range py.Calls {
			c := &py.Calls[i]
			if !makesEngine(py, c) {
				continue
			}
			judgePool(p, src, py, c, pooler, e)
		}
	}
})

func makesEngine(py *pylex.File, c *pylex.Call) bool {
	switch py.Qualify(c.Callee) {
	case "sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "sqlmodel.create_engine":
		return len(c.Args) > 0
	}
	return false
}

func judgePool(p *check.Pass, src *repo.Source, py *pylex.File, c *pylex.Call, pooler *repo.Deployment, e *engines) {
	at := src.At(c.Span)
	if slices.ContainsFunc(c.Args, func(a pylex.Arg) bool { return a.Star != "" }) {
		return // what is passed on may say it
	}
	for _, name := range []string{"pool_size", "poolclass", "max_overflow", "pool", "pool_timeout"} {
		if arg, ok := c.Arg(name); ok {
			p.Holds(at, "%s is %s", name, arg.Text())
			return
		}
	}
	if first := c.Args[0]; first.IsLiteral && strings.HasPrefix(first.Literal, "sqlite") {
		return
	}
	found := p.Report(at, "the engine is made with the pool's defaults: no pool_size, max_overflow or pool_timeout")
	if pooler != nil {
		found.Message += "; " + pooler.File.Path + " has a pooler on the server's side"
		found.With(pooler.At())
		found.As(finding.Low)
	}
	if slices.ContainsFunc(e.list, func(n named) bool { return n.engine == sqlite && n.source != fromTests }) {
		return // pools of SQLite do not take these arguments
	}
	if set, ok := poolPatch(src, py, c); ok {
		found.WithPatch("Configure the pool", finding.Review, set)
	}
}

// poolerOf is a connection pooler that the project deploys.
func poolerOf(s *repo.Snapshot) *repo.Deployment {
	for _, c := range s.Components() {
		if c.Role != repo.RolePool {
			continue
		}
		for i := range c.Deployments {
			if c.Deployments[i].Env.Deployed() {
				return &c.Deployments[i]
			}
		}
	}
	return nil
}

// poolPatch adds the arguments behind the last one.
func poolPatch(src *repo.Source, py *pylex.File, c *pylex.Call) (patch.Set, bool) {
	content := src.Bytes()
	last := c.Args[len(c.Args)-1].Span.End
	const settings = "pool_size=20, max_overflow=40, pool_timeout=30, pool_pre_ping=True"
	if _, ok := c.Arg("pool_pre_ping"); ok || last >= len(content) {
		return patch.Set{}, false
	}
	text := ", " + settings
	if line := patch.LineStart(content, c.Args[0].Span.Start); line > c.Span.Start { // one argument to a line
		indent := string(content[line:c.Args[0].Span.Start])
		if strings.TrimSpace(indent) != "" {
			return patch.Set{}, false
		}
		text = ",\n" + indent + strings.ReplaceAll(settings, ", ", ",\n"+indent)
	}
	if rest := strings.TrimSpace(string(content[last : c.Span.End-1])); rest != "" && rest != "," {
		return patch.Set{}, false
	}
	return patch.Set{Title: "Configure the pool", Changes: []patch.Change{{
		Path: src.Path, Base: patch.Sum(content), HasBase: true,
		Edits: []patch.Edit{patch.Replace(finding.Span{Start: last, End: last}, text)},
		Note:  "Up to 60 connections for each process: keep the sum below the server's max_connections.",
	}}}, py.Err == nil
}
