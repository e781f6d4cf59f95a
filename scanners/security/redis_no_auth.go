package security

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/kube"
)

// RedisNoAuth finds servers of Redis that answer everybody.
var RedisNoAuth = check.PerProject(check.Doc{
	ID:         "security/redis-no-auth",
	Title:      "Redis without a password",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Whoever reaches the port reads sessions, puts jobs into queues and, with CONFIG SET, writes files: one container that was broken into is enough.",
	How:        "Start it with --requirepass or an ACL file, the password from a secret, and give the same password to its clients.",
	Holds:      "Redis asks for a password",
	References: []string{
		"https://redis.io/docs/latest/operate/oss_and_stack/management/security/",
		"https://hub.docker.com/_/redis",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	seen := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		if !project.Env.Deployed() || onlyStores(s, project) {
			continue
		}
		for _, v := range project.Services() {
			if !isRedis(v.Image.Ref) || seen[v.Key] {
				continue
			}
			seen[v.Key] = true
			judgeRedisService(p, s, project, v)
		}
	}
	for _, u := range s.KubeUnits() {
		if u.Role != repo.Production || !u.Env.Deployed() {
			continue
		}
		for _, d := range u.Workloads() {
			judgeRedisPod(p, s, d)
		}
	}
})

// isRedis says whether an image runs Redis or a server that speaks like it.
func isRedis(image imageref.Ref) bool {
	switch image.Base() {
	case "redis", "valkey", "keydb", "redis-stack", "redis-stack-server", "redis-alpine", "dragonfly":
		return true
	}
	return false
}

func judgeRedisService(p *check.Pass, s *repo.Snapshot, project *compose.Project, v *compose.Service) {
	at := s.Place(v.Key.Path, v.Key.Span)
	words := v.Entrypoint.Text + " " + v.Command.Text
	if asksPassword(words) {
		p.Holds(at, "%s is started with a password", v.Name)
		return
	}
	for _, e := range v.Environment {
		if redisPasswordVariable(e.Name) && (!e.HasValue || e.Value != "") && !emptyAllowed(e.Name) {
			p.Holds(s.Place(e.Path, e.Span), "%s is given %s", v.Name, e.Name)
			return
		}
		if e.Name == "REDIS_ARGS" && asksPassword(e.Value) {
			p.Holds(at, "%s is started with a password", v.Name)
			return
		}
	}
	mounted := false
	for _, m := range v.Volumes {
		if m.Type != compose.Bind {
			continue
		}
		if f := s.File(path.Join(project.Dir, m.Source)); f != nil {
			if at, ok := redisConfig(f); ok {
				p.Holds(at, "%s is configured with a password", v.Name)
				return
			}
		} else if strings.Contains(m.Target, "redis") && (strings.HasSuffix(m.Target, ".conf") || strings.HasSuffix(m.Target, ".acl")) {
			mounted = true
		}
	}
	if mounted || len(v.Configs)+len(v.Secrets) > 0 || len(v.EnvFiles) > 0 && v.Image.Registry() != "" && strings.Contains(v.Image.Name, "bitnami") {
		p.Unproven(at, "whether %s asks for a password is in a file that is not in the project", v.Name)
		return
	}
	found := p.Report(at, "%s (%s) answers without a password", v.Name, v.Image.Base()).Keyed("%s", v.Name)
	if project.Env == compose.Base && !published(v) {
		found.As(finding.Medium)
	}
}

func published(v *compose.Service) bool {
	for _, port := range v.Ports {
		if !port.Loopback() {
			return true
		}
	}
	return v.NetworkMode.Value == "host"
}

func judgeRedisPod(p *check.Pass, s *repo.Snapshot, d *repo.Deployed) {
	for _, c := range d.Workload().Pod.Containers {
		if c.Role != kube.Main || !isRedis(c.Image.Ref) {
			continue
		}
		words := ""
		for _, t := range slices.Concat(c.Command, c.Args) {
			words += " " + t.Raw
		}
		at := s.Place(c.Name.At.Path, c.Name.At.Span)
		holds := asksPassword(words)
		for _, e := range c.Env {
			holds = holds || redisPasswordVariable(e.Name.Value)
		}
		switch {
		case holds:
			p.Holds(at, "%s is started with a password", d.Name)
		case d.Unsure != "" || c.Open() || len(c.EnvFrom) > 0 || strings.Contains(words, ".conf") || strings.Contains(words, "$") || configMounted(d):
			p.Unproven(at, "whether %s asks for a password is in a file that is mounted", d.Name)
		default:
			p.Report(at, "%s %s runs Redis without a password", d.Kind, d.Name).Keyed("%s", d.Name.Value)
		}
	}
}

func configMounted(d *repo.Deployed) bool {
	for _, v := range d.Workload().Pod.Value.Get("volumes").Items() {
		if v.Get("configMap").Exists() || v.Get("secret").Exists() {
			return true
		}
	}
	return false
}

// asksPassword says whether the words of a command turn authentication on.
func asksPassword(words string) bool {
	for _, w := range []string{"requirepass", "aclfile", "--user "} {
		if strings.Contains(words, w) {
			return true
		}
	}
	return false
}

func redisPasswordVariable(name string) bool {
	switch strings.ToUpper(name) {
	case "REDIS_PASSWORD", "REDIS_PASS", "VALKEY_PASSWORD", "KEYDB_PASSWORD", "REDIS_PASSWORD_FILE", "DFLY_REQUIREPASS", "REDIS_REQUIREPASS", "VALKEY_PASSWORD_FILE":
		return true
	}
	return false
}

func emptyAllowed(name string) bool { return strings.HasPrefix(strings.ToUpper(name), "ALLOW_EMPTY") }

// redisConfig finds the line of a redis.conf that asks for a password.
func redisConfig(f *repo.File) (at finding.Location, ok bool) {
	if !f.Mentions("requirepass", "aclfile", "user") {
		return at, false
	}
	offset := 0
	for line := range bytes.Lines(f.Bytes()) {
		text := strings.TrimSpace(string(line))
		if strings.HasPrefix(text, "requirepass ") || strings.HasPrefix(text, "aclfile ") || strings.HasPrefix(text, "user default on") {
			return hide(f.At(finding.Span{Start: offset, End: offset + len(text)}), strings.TrimSpace(strings.TrimPrefix(text, "requirepass "))), true
		}
		offset += len(line)
	}
	return at, false
}
