package observability

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// SlowQueryLogMissing finds databases of the project's own that say nothing about
// the queries they answer.
var SlowQueryLogMissing = check.PerProject(check.Doc{
	ID:         "observability/slow-query-log-missing",
	Title:      "Slow queries go unseen",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A missing index shows up as a slow product months later, and nothing says which query it is.",
	How:        "Start PostgreSQL with -c log_min_duration_statement=500 and pg_stat_statements, MySQL with --slow-query-log=1; or run an exporter for it beside the database.",
	Holds:      "Slow queries are seen",
	References: []string{
		"https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-MIN-DURATION-STATEMENT",
		"https://www.postgresql.org/docs/current/pgstatstatements.html",
		"https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html",
	},
	Attaches: finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	var w *watch
	for _, c := range s.Components() {
		if c.Unit != nil || c.Dockerfile != nil || c.Role == repo.RoleBackup || c.Role == repo.RoleMigration || c.Role == repo.RoleScheduler || c.Role == repo.RoleAdmin {
			continue // dumps, clients
		}
		d := mostDeployed(s, c)
		if d == nil || sqlEngine(d) == "" || d.Kube != nil && d.Kind != "StatefulSet" && d.Kind != "Deployment" { // a job speaks to one elsewhere
			continue
		}
		if w == nil {
			w = watching(s)
		}
		judgeQueries(p, s, w, c, d)
	}
})

// mostDeployed is the deployment nearest to production; nil when only developers
// and tests run the component.
func mostDeployed(s *repo.Snapshot, c *repo.Component) (best *repo.Deployment) {
	for i := range c.Deployments {
		d := &c.Deployments[i]
		if meets(s, d) && (best == nil || d.Env > best.Env) {
			best = d
		}
	}
	return best
}

// sqlEngine is the database that an image is, of those with a log of slow queries.
func sqlEngine(d *repo.Deployment) string {
	switch d.Image.Base() {
	case "postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector":
		return "PostgreSQL"
	case "mysql", "mariadb", "percona":
		return "MySQL"
	}
	return ""
}

// querySettings are what a database is told to make slow queries seen by.
var querySettings = []string{"log_min_duration_statement", "pg_stat_statements", "auto_explain", "log_min_duration_sample", "slow_query_log", "slow-query-log", "long_query_time", "pg_stat_monitor", "log_statement=all"}

func setsQueries(text string) bool {
	for _, name := range querySettings {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

func judgeQueries(p *check.Pass, s *repo.Snapshot, w *watch, c *repo.Component, d *repo.Deployment) {
	line, mounts := started(d)
	if setsQueries(line) {
		p.Holds(d.At(), "%s logs slow queries", c.Name)
		return
	}
	for _, from := range mounts {
		for _, f := range s.Under(from) {
			if f.Size < 1<<20 && setsQueries(string(f.Bytes())) {
				p.Holds(f.Start(), "%s is configured by %s", c.Name, f.Path)
				return
			}
		}
		if f := s.File(from); f != nil {
			if setsQueries(string(f.Bytes())) {
				p.Holds(f.Start(), "%s is configured by %s", c.Name, f.Path)
				return
			}
		} else if strings.HasSuffix(from, "?") {
			p.Unproven(d.At(), "the configuration of %s is not part of the project", c.Name)
			return
		}
	}
	for _, f := range s.SQLFiles() {
		if f.Says("pg_stat_statements", "log_min_duration_statement") {
			p.Holds(f.Start(), "%s turns statistics of queries on", f.Path)
			return
		}
	}
	for i := range w.signs {
		switch g := &w.signs[i]; {
		case g.gives&seesQueries != 0 && !g.soft:
			p.Holds(g.at, "%s", g.name)
			return
		case g.gives&seesTraces != 0 && g.gives&seesErrors != 0:
			p.Unproven(g.at, "%s may show the queries of the application", g.name)
			return
		}
	}
	severity := finding.Medium
	if d.Env == compose.Base {
		severity = finding.Low
	}
	found := p.Report(d.At(), "%s (%s) says nothing about slow queries: no setting logs them, no exporter reads them", c.Name, sqlEngine(d)).As(severity).Keyed("%s", c.Name)
	if set, ok := queryPatch(s, d); ok {
		found.WithPatch(set.Title, finding.Review, set)
	}
}

// started is how the database is started, and the project's files that it is
// configured by; one that ends in ? is elsewhere.
func started(d *repo.Deployment) (line string, mounts []string) {
	if d.Compose != nil {
		spec := d.Compose.Spec
		line = spec.Entrypoint.Text + " " + spec.Command.Text
		for _, e := range spec.Environment {
			line += " " + e.Value
		}
		for _, m := range spec.Volumes {
			if !configures(m.Target) {
				continue
			}
			if m.Type == compose.Bind {
				mounts = append(mounts, joinDir(d.File.Dir(), m.Source))
			} else {
				mounts = append(mounts, m.Source+"?")
			}
		}
		for range spec.ConfigFiles {
			mounts = append(mounts, "config?")
		}
		return line, mounts
	}
	if d.Kube != nil {
		for _, box := range d.Kube.Workload().Pod.Containers {
			for _, t := range append(box.Command, box.Args...) {
				line += " " + t.Raw
			}
			for _, m := range box.Mounts {
				if configures(m.Path.Value) {
					mounts = append(mounts, m.Name.Value+"?")
				}
			}
		}
		if d.Kube.Unsure != "" {
			mounts = append(mounts, "?")
		}
	}
	return line, mounts
}

// configures says whether a path in the container is one that a database reads its
// settings from.
func configures(target string) bool {
	for _, part := range []string{"/etc/postgresql", "/etc/mysql", "conf.d", ".conf", "/etc/my.cnf", "docker-entrypoint-initdb.d"} {
		if strings.Contains(target, part) {
			return true
		}
	}
	return false
}

func joinDir(dir, source string) string { return path.Join(dir, source) }

// queryPatch gives a plain service of PostgreSQL the flag.
func queryPatch(s *repo.Snapshot, d *repo.Deployment) (set patch.Set, ok bool) {
	if d.Compose == nil || d.Image.Repository() != "postgres" {
		return set, false
	}
	v := d.Compose.Spec
	f := s.File(v.Key.Path)
	node := v.Node.Resolve()
	if f == nil || v.Command.Set() || v.Entrypoint.Set() || v.Node.Kind != yamldoc.Mapping || node.Style != yamldoc.Block || len(v.Node.Own()) == 0 {
		return set, false
	}
	own := v.Node.Own()
	indent, ok := patch.YAMLIndent(f.Bytes(), own[0].Span().Start)
	if !ok {
		return set, false
	}
	edit := patch.YAMLInsertAfter(f.Bytes(), own[len(own)-1].Span(), indent, `command: ["postgres", "-c", "log_min_duration_statement=500"]`)
	title := "Log the queries of " + v.Name + " that take longer than half a second"
	return patch.Set{Title: title, Changes: []patch.Change{{
		Path: f.Path, Base: patch.Sum(f.Bytes()), HasBase: true, Edits: []patch.Edit{edit},
		Note: "The log shows the text of slow queries, with the values in them; the database is started anew.",
	}}}, true
}
