package containers

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/yamldoc"
)

// healthcheckPatch adds the healthcheck that belongs to a well-known image. ok is
// false when the image is not one, or when its settings make the question a
// guess.
func healthcheckPatch(s *repo.Snapshot, v *compose.Service) (set patch.Set, ok bool) {
	test, interval := healthcheckTest(v)
	f := s.File(v.Key.Path)
	node := v.Node.Resolve()
	if test == "" || f == nil || v.Node.Kind != yamldoc.Mapping || node.Style != yamldoc.Block || len(v.Node.Own()) == 0 || v.Node.Get("healthcheck").Exists() {
		return set, false
	}
	own := v.Node.Own()
	content := f.Bytes()
	indent, ok := patch.YAMLIndent(content, own[0].Span().Start)
	if !ok {
		return set, false
	}
	step := strings.Repeat(" ", patch.YAMLUnit(content))
	block := fmt.Sprintf("healthcheck:\n%stest: %s\n%sinterval: %ds\n%stimeout: %ds\n%sretries: 5", step, test, step, interval, step, max(interval/3, 5), step)
	edit := patch.YAMLInsertAfter(content, own[len(own)-1].Span(), indent, block)
	title := "Add a healthcheck to " + v.Name
	return patch.Set{Title: title, Changes: []patch.Change{{
		Path: f.Path, Base: patch.Sum(content), HasBase: true, Edits: []patch.Edit{edit},
		Note: "Asks " + v.Image.Base() + " with its own tool whether it answers.",
	}}}, true
}

// healthcheckTest is the question for the service's image as a YAML list, and how
// often to ask it, in seconds; "" when it would be a guess.
func healthcheckTest(v *compose.Service) (test string, interval int) {
	if v.Build.Set() {
		return "", 0
	}
	switch v.Image.Repository() {
	case "postgres", "postgis/postgis", "timescale/timescaledb", "pgvector/pgvector":
		return postgresTest(v), 10
	case "redis":
		return redisTest(v, "redis-cli"), 10
	case "valkey/valkey":
		return redisTest(v, "valkey-cli"), 10
	case "mysql":
		return `["CMD", "mysqladmin", "ping", "-h", "127.0.0.1", "--silent"]`, 10
	case "mariadb":
		if major(v.Image.Tag) >= 11 {
			return `["CMD", "mariadb-admin", "ping", "-h", "127.0.0.1", "--silent"]`, 10
		}
	case "mongo":
		if major(v.Image.Tag) >= 6 {
			return `["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"]`, 15
		}
	case "rabbitmq":
		return `["CMD", "rabbitmq-diagnostics", "-q", "ping"]`, 30
	}
	return "", 0
}

// postgresTest asks as the user and for the database that the container has.
func postgresTest(v *compose.Service) string {
	fallback := len(v.EnvFiles) > 0
	named := func(name, unset string) string {
		for _, e := range v.Environment {
			if e.Name == name {
				return "$$" + name
			}
		}
		if fallback && unset != "" {
			return "$${" + name + ":-" + unset + "}"
		}
		return unset
	}
	line := "pg_isready -U " + named("POSTGRES_USER", "postgres")
	if db := named("POSTGRES_DB", ""); db != "" {
		line += " -d " + db
	}
	return `["CMD-SHELL", "` + line + `"]`
}

// redisTest is a ping, unless a password or a configuration of the project's own
// stands before it.
func redisTest(v *compose.Service, tool string) string {
	line := v.Entrypoint.Text + " " + v.Command.Text
	if strings.Contains(line, "pass") || strings.Contains(line, ".conf") || strings.Contains(line, "--port") || strings.Contains(line, "tls") || len(v.EnvFiles) > 0 || strings.Contains(line, "sentinel") {
		return ""
	}
	for _, m := range v.Volumes {
		if strings.Contains(m.Target, "conf") || strings.Contains(m.Target, "etc") {
			return ""
		}
	}
	for _, e := range v.Environment {
		if strings.Contains(strings.ToUpper(e.Name), "PASS") {
			return ""
		}
	}
	return `["CMD", "` + tool + `", "ping"]`
}

// major is the number that a tag starts with, 0 when it starts with none.
func major(tag string) int {
	end := 0
	for end < len(tag) && tag[end] >= '0' && tag[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(tag[:end])
	return n
}
