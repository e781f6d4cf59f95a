package dockerfile

import (
	"strconv"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
)

// User is whom a container of the image runs as.
type User struct {
	Name     string       // user name or number; "" when unknown
	Group    string       // behind the colon, if any
	Span     finding.Span // the USER that decides it; the FROM when there is none
	Arg      string       // the build argument without a default that it depends on
	Implicit bool         // no USER says so, the base image decides
}

// IsRoot says whether it is root. Without a USER it is, unless the base image is
// known to bring a user of its own.
func (u User) IsRoot() bool {
	if n, err := strconv.Atoi(u.Name); err == nil {
		return n == 0
	}
	return u.Name == "root"
}

// Unknown says whether nothing in the file tells.
func (u User) Unknown() bool { return u.Name == "" }

// String is the user's name; the argument it depends on when it is unknown.
func (u User) String() string {
	if u.Unknown() && u.Arg != "" {
		return "${" + u.Arg + "}"
	}
	return u.Name
}

// User is whom the stage's image runs as: the last USER in it or in the stages it
// continues, else the user of the image that they start from. Of an image that is
// not known root is assumed, as docker does.
func (s *Stage) User() User {
	if s == nil {
		return User{}
	}
	inst, where := s.effective("USER")
	if inst == nil {
		return s.imageUser()
	}
	u := User{Span: inst.Span}
	if len(inst.Args) == 0 {
		return u
	}
	vars := where.scopeAt(inst)
	u.Name, u.Arg = vars.expand(userPart(inst.Args[0], 0))
	if u.Arg != "" {
		u.Name = ""
	}
	u.Group, _ = vars.expand(userPart(inst.Args[0], 1))
	// A variable may hold both: USER ${OWNER} with OWNER=app:app.
	if name, group, ok := strings.Cut(u.Name, ":"); ok {
		u.Name, u.Group = name, group
	}
	if u.Name == "" && u.Arg == "" {
		u.Arg = inst.Args[0]
	}
	return u
}

// userPart is the user (0) or the group (1) of user:group; the colon of a default
// such as ${UID:-0} does not split.
func userPart(s string, part int) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ':':
			if depth == 0 {
				return [2]string{s[:i], s[i+1:]}[part]
			}
		}
	}
	return [2]string{s, ""}[part]
}

// imageUser is the user that the image at the bottom of the chain brings.
func (s *Stage) imageUser() User {
	u := User{Span: s.From.Span, Implicit: true}
	base := s.Image()
	switch name, known := ImageUser(base.Ref); {
	case !base.Known():
		u.Arg = base.Arg
	case known:
		u.Name = name
	default:
		u.Name = "root"
	}
	return u
}

// scopeAt are the variables visible to an instruction of the stage.
func (s *Stage) scopeAt(at *Instruction) scope {
	vars := scope{}
	var stages []*Stage
	s.chain(func(c *Stage) bool {
		stages = append(stages, c)
		return true
	})
	for i := len(stages) - 1; i >= 0; i-- {
		for _, inst := range stages[i].Instructions {
			if inst == at {
				return vars
			}
			vars.declare(inst, s.file.global, s.file.given)
		}
	}
	return vars
}

// ImageUser is the user that an image is known to run as when nobody says
// otherwise. known is false for images that run as root and for those we do not
// know.
func ImageUser(ref imageref.Ref) (name string, known bool) {
	repository := ref.Repository()
	for _, mark := range []string{"nonroot", "rootless", "chiseled", "unprivileged"} {
		if strings.Contains(ref.Tag, mark) {
			return "nonroot", true
		}
	}
	if ref.Registry() == "cgr.dev" || ref.Registry() == "dhi.io" {
		return "nonroot", true
	}
	if name, ok := imageUsers[repository]; ok {
		return name, true
	}
	for _, v := range vendors {
		if strings.HasPrefix(repository, v.prefix) && (v.registry == "" || v.registry == ref.Registry()) {
			return v.user, true
		}
	}
	return "", false
}

// imageUsers are images that bring a user of their own, by repository.
var imageUsers = map[string]string{
	"nginxinc/nginx-unprivileged": "nginx",
	"jenkins/jenkins":             "jenkins",
	"jenkins/inbound-agent":       "jenkins",
	"grafana/grafana":             "grafana",
	"grafana/loki":                "loki",
	"grafana/k6":                  "k6",
	"apache/airflow":              "airflow",
	"apache/superset":             "superset",
	"apache/spark":                "spark",
	"n8nio/n8n":                   "node",
	"keycloak/keycloak":           "keycloak",
	"elasticsearch":               "elasticsearch",
	"kibana":                      "kibana",
	"logstash":                    "logstash",
	"memcached":                   "memcache",
	"haproxy":                     "haproxy",
	"varnish":                     "varnish",
	"solr":                        "solr",
	"sonarqube":                   "sonarqube",
	"kong":                        "kong",
	"mssql/server":                "mssql",
	"puppeteer/puppeteer":         "pptruser",
}

// vendors are publishers all of whose images bring a user of their own.
var vendors = []struct{ registry, prefix, user string }{
	{"", "bitnami/", "1001"},
	{"", "bitnamilegacy/", "1001"},
	{"docker.io", "chainguard/", "nonroot"},
	{"docker.io", "prom/", "nobody"},
	{"quay.io", "prometheus/", "nobody"},
	{"docker.io", "jupyter/", "jovyan"},
	{"quay.io", "jupyter/", "jovyan"},
	{"docker.io", "selenium/", "seluser"},
	{"docker.elastic.co", "", "elasticsearch"},
	{"registry.access.redhat.com", "ubi8/nodejs", "1001"},
	{"registry.access.redhat.com", "ubi9/nodejs", "1001"},
	{"registry.access.redhat.com", "ubi8/python", "1001"},
	{"registry.access.redhat.com", "ubi9/python", "1001"},
}
