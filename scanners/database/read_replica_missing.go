package database

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ReadReplicaMissing finds services that run several times before one database.
var ReadReplicaMissing = check.PerProject(check.Doc{
	ID:         "database/read-replica-missing",
	Title:      "Reads do not scale",
	Severity:   finding.Low,
	Confidence: finding.NotProven,
	Hours:      8,
	Why:        "More replicas of the service send more queries to the same server: what is scaled is not what is slow.",
	How:        "Run a read replica, give the service its address in a variable of its own, and send reports and lists there.",
	Holds:      "Reads may go to a replica",
	References: []string{"https://www.postgresql.org/docs/current/hot-standby.html", "https://docs.djangoproject.com/en/stable/topics/db/multi-db/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	var scaled, db *repo.Deployment
	for _, c := range s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			switch {
			case !d.Env.Deployed():
			case engineOfImage(d.Image) == postgreSQL, engineOfImage(d.Image) == mySQL:
				if db == nil {
					db = d
				}
				if isReplica(c.Name) {
					p.Holds(d.At(), "%s is a replica", c.Name)
					return
				}
			case c.Role != repo.RoleWeb && c.Role != repo.RoleAPI && c.Role != repo.RoleApp:
			case scaled == nil && replicas(d) > 1:
				scaled = d
			}
		}
	}
	if scaled == nil || db == nil || !contains(path.Dir(db.File.Path), scaled.File.Path) && !contains(path.Dir(scaled.File.Path), db.File.Path) {
		return // nothing says that the two are one system
	}
	for _, r := range s.EnvReads() {
		if isReplica(strings.ToLower(r.Name)) && s.Runs(r.File) {
			p.Holds(r.At(), "%s names a replica", r.Name)
			return
		}
	}
	p.Report(db.At(), "%s runs %d times before one database, and nothing names a replica for reads", scaled.File.Path, replicas(scaled)).With(scaled.At()).Keyed("replica")
})

func isReplica(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }), func(w string) bool {
		return w == "replica" || w == "replicas" || w == "standby" || w == "secondary" || w == "reader" || w == "readonly" || w == "read" || w == "slave"
	})
}

// replicas is how often a deployment runs as it is written.
func replicas(d *repo.Deployment) int {
	if d.Compose != nil {
		if n, ok := d.Compose.Spec.Deploy.Count(); ok {
			return n
		}
		return 1
	}
	if d.Kube != nil {
		if w := d.Kube.Workload(); w != nil && w.Replicas.Set && !w.Replicas.Unknown {
			return w.Replicas.Value
		}
	}
	return 1
}
