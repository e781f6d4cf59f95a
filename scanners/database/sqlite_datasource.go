package database

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// SQLiteDatasource finds services bound for production whose datasource is SQLite.
var SQLiteDatasource = check.PerProject(check.Doc{
	ID:         "database/sqlite-datasource",
	Title:      "SQLite is the datasource",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      4,
	Why:        "The data lies in a file of one container: a second replica has another one, a new image starts with none, and one writer locks all others out.",
	How:        "Point the datasource at the server that production runs, take the address from the environment without a default, and move the data once.",
	Holds:      "The datasource is a database server",
	References: []string{"https://www.sqlite.org/whentouse.html", "https://www.prisma.io/docs/orm/reference/prisma-schema-reference#datasource"},
}, func(p *check.Pass, s *repo.Snapshot) {
	e := &engines{s: s}
	e.code()
	e.migrations()
	e.deployment()
	for _, unit := range e.units() {
		var file, other []named
		for _, n := range e.list {
			switch {
			case n.unit != unit || n.source == fromTests:
			case n.engine == sqlite:
				file = append(file, n)
			default:
				other = append(other, n)
			}
		}
		if len(file) == 0 {
			if len(other) > 0 {
				p.Holds(other[0].at, "%s", other[0].engine)
			}
			continue
		}
		judgeSQLite(p, s, unit, file, other)
	}
})

func judgeSQLite(p *check.Pass, s *repo.Snapshot, unit string, file, other []named) {
	fixed := slices.IndexFunc(file, func(n named) bool { return n.source == fromPrisma || n.source == fromProduction })
	switch {
	case fixed >= 0 && (len(other) > 0 || isServed(s, unit) || answersRequests(s, unit)):
		n := file[fixed]
		found := p.Report(n.at, "the datasource of %s is SQLite", dirName(unit)).Keyed("%s", unit)
		if len(other) > 0 {
			found.Message += "; " + string(other[0].engine) + " is named in " + place(other[0])
			found.With(other[0].at)
		}
	case len(other) > 0:
		fallback := slices.IndexFunc(file, func(n named) bool { return n.source == fromCode })
		if fallback < 0 || slices.ContainsFunc(other, func(n named) bool { return n.source == fromCode }) {
			return // an env file for one machine, or a choice in code
		}
		n := file[fallback]
		slices.SortStableFunc(other, func(a, b named) int { return schemaLast(a) - schemaLast(b) })
		p.Report(n.at, "without its variable %s falls back to SQLite; the deployment uses %s (%s)", dirName(unit), other[0].engine, place(other[0])).
			As(finding.High).With(other[0].at).Keyed("%s", unit)
	case isServed(s, unit):
		switch kept, known := keepsFiles(s, unit); {
		case !known || kept:
			p.Unproven(file[0].at, "%s keeps its data in SQLite: whether one writer on one machine is enough is not told", dirName(unit))
		default:
			p.Report(file[0].at, "%s keeps its data in SQLite inside the container: no volume outlives it", dirName(unit)).Keyed("%s", unit)
		}
	}
}

// isServed says whether a component is built from the package.
func isServed(s *repo.Snapshot, unit string) bool {
	return slices.ContainsFunc(s.Components(), func(c *repo.Component) bool {
		return c.Unit != nil && c.Unit.Dir == unit && slices.ContainsFunc(c.Deployments, func(d repo.Deployment) bool { return d.Env.Deployed() })
	})
}

// answersRequests says whether a package serves requests in a project that is
// deployed in some way.
func answersRequests(s *repo.Snapshot, unit string) bool {
	if len(s.Dockerfiles()) == 0 && len(s.KubeObjects()) == 0 && len(s.ComposeFiles()) == 0 && s.File("vercel.json") == nil {
		return false
	}
	return slices.ContainsFunc(s.Routes(), func(r repo.Route) bool {
		return r.File.Role == repo.Production && s.UnitDir(r.File) == unit
	})
}

// keepsFiles says whether the services that are built from a package mount
// something that lasts; known is false when something else than compose runs them.
func keepsFiles(s *repo.Snapshot, unit string) (kept, known bool) {
	for _, c := range s.Components() {
		if c.Unit == nil || c.Unit.Dir != unit {
			continue
		}
		if c.Dockerfile != nil {
			if stage := c.Dockerfile.FinalStage(); stage != nil && len(stage.Volumes()) > 0 {
				return true, true
			}
		}
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !d.Env.Deployed() {
				continue
			}
			if d.Compose == nil {
				return false, false
			}
			known = true
			if slices.ContainsFunc(d.Compose.Spec.Volumes, func(m compose.Mount) bool { return m.Type != compose.Tmpfs }) {
				return true, true
			}
		}
	}
	return false, known
}

// schemaLast puts what a schema of Prisma says behind what a deployment does.
func schemaLast(n named) int {
	if n.source == fromPrisma {
		return 1
	}
	return 0
}
