package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
)

// ComposeDBVolumeMissing finds databases whose data goes with their container.
var ComposeDBVolumeMissing = check.PerProject(check.Doc{
	ID:         "containers/compose-db-volume-missing",
	Title:      "Database without a volume",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "The data lies in the container or in a volume without a name: docker compose down, an update of the image or a prune leaves an empty database behind.",
	How:        "Declare a named volume and mount it where the image keeps its data. Copy what the running container holds first (pg_dump, mysqldump): the new volume starts empty.",
	Holds:      "Databases keep their data in volumes",
	References: []string{"https://docs.docker.com/engine/storage/volumes/", "https://docs.docker.com/reference/compose-file/volumes/", "https://github.com/docker-library/docs/blob/master/postgres/README.md"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, v := range deployedServices(s) {
		ref, known := runsImage(s, v)
		data := dataDirectories(ref)
		if !known || len(data) == 0 || !isServer(v.Service) || endsByItself(s, v.project, v.Service) || len(v.VolumesFrom) > 0 {
			continue
		}
		if moved := movedTo(v.Service); moved != "" {
			data = append(data, moved)
		}
		judgeVolume(p, s, v, ref, data)
	}
})

func judgeVolume(p *check.Pass, s *repo.Snapshot, v deployment, ref imageref.Ref, data []string) {
	for _, m := range v.Volumes {
		target := path.Clean(m.Target)
		if strings.Contains(m.Target, "$") {
			return // a variable decides
		}
		if !slices.ContainsFunc(data, func(dir string) bool {
			return target == dir || strings.HasPrefix(dir, target+"/") || strings.HasPrefix(target, dir+"/")
		}) {
			continue
		}
		switch {
		case m.Type == compose.Tmpfs:
			return // somebody wants it to forget
		case m.Source == "":
			p.Report(s.Place(m.Path, m.Span), "the data of %s lies in a volume without a name", v.Name).Keyed("%s", v.Name)
		case ref.Repository() == "postgres" && target == "/var/lib/postgresql" && !movedBelow(v.Service, target) && 0 < major(ref.Tag) && major(ref.Tag) < 18:
			p.Report(s.Place(m.Path, m.Span), "the volume of %s is mounted above /var/lib/postgresql/data, where the image puts a volume without a name", v.Name).Keyed("%s", v.Name)
		default:
			p.Holds(s.Place(m.Path, m.Span), "the data of %s is kept in %s", v.Name, m.Source)
		}
		return
	}
	found := p.Report(v.name(s), "the database %s has no volume at %s", v.Name, data[0]).Keyed("%s", v.Name)
	if set, ok := volumePatch(s, v, data[0]); ok {
		found.WithPatch(set.Title, finding.Review, set)
	}
}

// runsImage is the image that the service runs, or the one that what it builds
// starts from.
func runsImage(s *repo.Snapshot, v deployment) (imageref.Ref, bool) {
	if !v.Build.Set() {
		image, known := s.ImageOf(v.Service)
		return image, known || image.Name != "" && !strings.Contains(image.Name, "$")
	}
	d := s.DockerfileOf(v.Service)
	if d == nil {
		return imageref.Ref{}, false
	}
	stage := d.Spec.Target(v.Build.Target.Value)
	if !stage.Exists() {
		return imageref.Ref{}, false
	}
	return stage.Image().Ref, stage.Image().Known()
}

// dataDirectories are the directories where the image of a database keeps its
// data, the usual one first; nil for any other image.
func dataDirectories(ref imageref.Ref) []string {
	repository := strings.TrimPrefix(ref.Repository(), "docker/library/")
	switch strings.Replace(repository, "bitnamilegacy/", "bitnami/", 1) {
	case "postgres", "postgis/postgis", "pgvector/pgvector":
		if major(ref.Tag) >= 18 {
			return []string{"/var/lib/postgresql"}
		}
		return []string{"/var/lib/postgresql/data"}
	case "timescale/timescaledb":
		return []string{"/var/lib/postgresql/data"}
	case "mysql", "mariadb", "percona":
		return []string{"/var/lib/mysql"}
	case "mongo":
		return []string{"/data/db"}
	case "bitnami/postgresql":
		return []string{"/bitnami/postgresql"}
	case "bitnami/mysql":
		return []string{"/bitnami/mysql"}
	case "bitnami/mariadb":
		return []string{"/bitnami/mariadb"}
	case "bitnami/mongodb":
		return []string{"/bitnami/mongodb"}
	case "clickhouse/clickhouse-server":
		return []string{"/var/lib/clickhouse"}
	case "neo4j":
		return []string{"/data"}
	case "couchdb":
		return []string{"/opt/couchdb/data"}
	case "cassandra":
		return []string{"/var/lib/cassandra"}
	case "arangodb":
		return []string{"/var/lib/arangodb3"}
	case "mssql/server":
		return []string{"/var/opt/mssql"}
	case "surrealdb/surrealdb", "cockroachdb/cockroach":
		return nil // the command says where
	}
	return nil
}

// isServer says whether the service runs the database itself and not one of its
// tools.
func isServer(v *compose.Service) bool {
	if v.Entrypoint.Set() {
		return false
	}
	words := v.Command.Words
	if len(words) == 0 || strings.HasPrefix(words[0], "-") {
		return true
	}
	switch path.Base(words[0]) {
	case "postgres", "mysqld", "mariadbd", "mongod", "docker-entrypoint.sh", "neo4j", "cassandra":
		return true
	}
	return false
}

// movedTo is where the service has the database keep its data; "" for the usual
// place.
func movedTo(v *compose.Service) string {
	for _, e := range v.Environment {
		if e.Name == "PGDATA" && path.IsAbs(e.Value) {
			return path.Clean(e.Value)
		}
	}
	return ""
}

// movedBelow says whether the data lies directly below a directory, beside the
// usual place.
func movedBelow(v *compose.Service, dir string) bool {
	moved := movedTo(v)
	return moved != "" && !strings.HasPrefix(moved, "/var/lib/postgresql/data") && strings.HasPrefix(moved, dir+"/")
}

// volumePatch mounts a named volume and declares it.
func volumePatch(s *repo.Snapshot, v deployment, dir string) (set patch.Set, ok bool) {
	f := s.File(v.Key.Path)
	if f == nil || v.Build.Set() || len(v.project.Files) > 1 {
		return set, false
	}
	var file *compose.File
	for _, layer := range v.project.Layers() {
		if layer.Path == f.Path {
			file = layer
		}
	}
	name := v.Name + "_data"
	if file == nil || file.Doc == nil || slices.ContainsFunc(file.Volumes, func(r *compose.Resource) bool { return r.Name == name }) {
		return set, false
	}
	content := f.Bytes()
	step := strings.Repeat(" ", patch.YAMLUnit(content))
	_, mount, ok := addToService(s, v.Service, "volumes", "volumes:\n"+step+"- "+name+":"+dir)
	if !ok {
		return set, false
	}
	declared := patch.AppendLines(content, "volumes:\n"+step+name+":\n")
	if e, has := file.Doc.Root.Entry("volumes"); has {
		if !e.Value.IsMapping() || len(e.Value.Own()) == 0 {
			return set, false
		}
		indent, ok := patch.YAMLIndent(content, e.Value.Own()[0].Span().Start)
		if !ok {
			return set, false
		}
		if declared, ok = appended(content, e.Value.Span, indent, name+":"); !ok {
			return set, false
		}
	}
	title := "Keep the data of " + v.Name + " in a volume"
	return editsOf(f, title, "The volume starts empty: copy what the running container holds first.", mount, declared), true
}

func appended(content []byte, span finding.Span, indent, block string) (patch.Edit, bool) {
	edit, err := patch.YAMLAppend(content, span, indent, block)
	return edit, err == nil
}
