package security

import (
	"net/url"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/secret"
)

// credential is one user and password that a database is given, or a client.
type credential struct {
	password       *setting
	user, pass     string
	owner          string
	variable       string // the variable without which a fallback is used, else ""
	address        bool   // found in a URL
	outside, known bool   // comes from elsewhere; is one that everybody knows
	also           []*setting
}

// credentials finds them: first those of database images, then those in
// addresses, which join the former when they are the same pair in one file.
func credentials(s *repo.Snapshot, all []*setting) []*credential {
	var out []*credential
	for _, group := range databaseGroups(s, all) {
		out = append(out, group.credentials()...)
	}
	images := len(out)
	for _, v := range all {
		c := addressCredential(v)
		if c == nil {
			continue
		}
		joined := false
		for _, d := range out[:images] {
			if d.known && c.known && d.password.file == v.file && d.user == c.user && d.pass == c.pass {
				d.also = append(d.also, v)
				joined = true
				break
			}
		}
		if !joined {
			out = append(out, c)
		}
	}
	return out
}

// defaultCredentialPlaces are the values that belong to this check, so that no
// other reports them again: well-known ones of databases, and their copies that
// clients are given one by one.
func defaultCredentialPlaces(s *repo.Snapshot, all []*setting) map[compose.Place]bool {
	return repo.Shared(s, "security default credentials", func() map[compose.Place]bool { return credentialPlaces(s, all) })
}

func credentialPlaces(s *repo.Snapshot, all []*setting) map[compose.Place]bool {
	places := map[compose.Place]bool{}
	known, variables := map[string]bool{}, map[string]bool{}
	for _, c := range credentials(s, all) {
		if !c.known {
			continue
		}
		known[c.pass] = true
		variables[c.password.name] = true
		places[c.password.place()] = true
		for _, v := range c.also {
			places[v.place()] = true
		}
	}
	for _, v := range all {
		value := v.value
		if text, _, ok := fallback(value); ok {
			value = text
		}
		if known[value] && (isDatabaseName(v.name) || variables[v.name]) {
			places[v.place()] = true
		}
	}
	return places
}

// isDatabaseName says whether a variable is about a database.
func isDatabaseName(name string) bool {
	for _, part := range secret.Parts(name) {
		for _, word := range []string{"db", "database", "postgres", "pg", "mysql", "mariadb", "mongo", "rabbitmq", "sql", "datasource"} {
			if strings.HasPrefix(part, word) {
				return true
			}
		}
	}
	return false
}

// databaseGroup is the environment of one container that runs a database.
type databaseGroup struct {
	owner    string
	image    imageref.Ref
	settings []*setting
}

// databaseImages are the databases and brokers whose image is told its first
// user and password, by the last part of its name, with the user they have when
// none is told.
var databaseImages = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "postgis": "postgres", "timescaledb": "postgres", "timescaledb-ha": "postgres", "pgvector": "postgres",
	"mysql": "root", "mariadb": "root", "percona": "root", "mysql-server": "root", "mongo": "", "mongodb": "", "rabbitmq": "guest",
	"clickhouse-server": "default", "neo4j": "neo4j", "couchdb": "admin", "cockroach": "root", "cassandra": "cassandra", "arangodb": "root",
	"influxdb": "admin", "elasticsearch": "elastic", "mssql": "sa", "server": "sa", "couchbase": "Administrator",
}

func databaseGroups(s *repo.Snapshot, all []*setting) []*databaseGroup {
	byPlace := map[compose.Place]*setting{}
	for _, v := range all {
		byPlace[v.place()] = v
	}
	var out []*databaseGroup
	seen := map[compose.Place]bool{}
	for _, project := range s.ComposeProjects() {
		for _, service := range project.Services() {
			group := &databaseGroup{owner: "service " + service.Name, image: service.Image.Ref}
			for _, e := range service.Environment {
				if v := byPlace[compose.Place{Path: e.Path, Span: e.Span}]; v != nil {
					group.settings = append(group.settings, v)
				}
			}
			if group.isDatabase() && !seen[service.Key] {
				seen[service.Key] = true
				out = append(out, group)
			}
		}
	}
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		for _, container := range o.Containers() {
			group := &databaseGroup{owner: "container " + container.Get("name").Str(), image: imageref.Parse(container.Get("image").Str())}
			for _, item := range container.Get("env").Items() {
				if value := item.Get("value"); value.IsScalar() {
					if v := byPlace[compose.Place{Path: o.Path, Span: value.Resolve().Span}]; v != nil {
						group.settings = append(group.settings, v)
					}
				}
			}
			if group.isDatabase() {
				out = append(out, group)
			}
		}
	}
	return out
}

func (g *databaseGroup) isDatabase() bool {
	base := g.image.Base()
	if base == "server" {
		return strings.Contains(g.image.Name, "mssql")
	}
	_, known := databaseImages[base]
	return known
}

// credentials pairs each password among the settings with its user.
func (g *databaseGroup) credentials() []*credential {
	var out []*credential
	for _, v := range g.settings {
		stem, ok := cutPassword(v.name)
		if !ok || strings.TrimSpace(v.value) == "" || flag(v.value) || secret.Placeholder(v.value) {
			continue
		}
		c := &credential{password: v, owner: g.owner, user: g.user(stem)}
		value := v.value
		if text, variable, ok := fallback(value); ok {
			value, c.variable = text, variable
		} else if secret.Reference(value) {
			c.outside = true
		}
		c.pass = value
		c.known = !c.outside && wellKnown(c.user, c.pass)
		out = append(out, c)
	}
	return out
}

// cutPassword takes the word for a password off a variable's name.
func cutPassword(name string) (stem string, ok bool) {
	upper := strings.ToUpper(name)
	for _, end := range []string{"PASSWORD", "PASS", "PASSWD"} {
		if stem, ok := strings.CutSuffix(upper, end); ok {
			return stem, true
		}
	}
	return "", false
}

// user is the name that goes with the password whose variable starts with stem.
func (g *databaseGroup) user(stem string) string {
	for _, v := range g.settings {
		switch strings.ToUpper(v.name) {
		case stem + "USER", stem + "USERNAME":
			if text, _, ok := fallback(v.value); ok {
				return text
			}
			if !secret.Reference(v.value) {
				return v.value
			}
			return ""
		}
	}
	if strings.HasSuffix(stem, "ROOT_") {
		return "root"
	}
	return databaseImages[g.image.Base()]
}

// commonPasswords are those that come with images, tutorials and habit.
var commonPasswords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`postgres postgresql password passwd pass root admin mysql mariadb mongo mongodb example secret changeme
		change_me changeit guest test 123 1234 12345 123456 12345678 123456789 qwerty toor sa user default rabbitmq db database docker dev
		letmein welcome superuser foobar foo bar neo4j elastic cassandra pass123 p@ssw0rd passw0rd mypassword dbpassword devpassword
		mysecretpassword yourstrong(!)password rootpassword root_password postgrespassword postgres_password secretpassword app local pgpass dbpass mypass`) {
		m[w] = true
	}
	return m
}()

// leet undoes what people take for a disguise: p4ssw0rd.
var leet = strings.NewReplacer("4", "a", "@", "a", "0", "o", "3", "e", "1", "i", "5", "s", "$", "s", "7", "t")

// wellKnown says whether a password is the user's name, a common one, or one of
// these with a count behind it.
func wellKnown(user, pass string) bool {
	low := strings.ToLower(pass)
	if low == "" {
		return false
	}
	if strings.EqualFold(user, pass) || commonPasswords[low] {
		return true
	}
	if commonPasswords[leet.Replace(low)] {
		return true
	}
	stem := strings.TrimRight(low, "0123456789!_-@")
	return stem != "" && len(low)-len(stem) <= 4 && (commonPasswords[stem] || strings.EqualFold(stem, user))
}

// addressCredential is the user and password in a database's address.
func addressCredential(v *setting) *credential {
	value := v.value
	variable := ""
	if text, name, ok := fallback(value); ok {
		value, variable = text, name
	}
	scheme, rest, ok := strings.Cut(strings.TrimPrefix(value, "jdbc:"), "://")
	if !ok || !databaseScheme(scheme) {
		return nil
	}
	authority := rest
	if i := strings.IndexAny(authority, "/?"); i >= 0 {
		authority = authority[:i]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return nil
	}
	user, pass, ok := strings.Cut(authority[:at], ":")
	host, _, _ := strings.Cut(authority[at+1:], ":")
	if !ok || pass == "" || secret.Placeholder(pass) || host == "host" || host == "hostname" || host == "" {
		return nil
	}
	c := &credential{password: v, owner: v.of(), user: unescape(user), pass: unescape(pass), variable: variable, address: true}
	if text, _, ok := fallback(pass); ok {
		c.pass = text
	} else if secret.Reference(pass) {
		return nil
	}
	if text, _, ok := fallback(user); ok {
		c.user = text
	} else if secret.Reference(user) {
		c.user = ""
	}
	c.known = wellKnown(c.user, c.pass)
	if !c.known {
		return nil
	}
	return c
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

func databaseScheme(scheme string) bool {
	scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+")
	switch scheme {
	case "postgres", "postgresql", "mysql", "mariadb", "mongodb", "amqp", "amqps", "mssql", "sqlserver", "clickhouse", "cockroachdb", "asyncpg", "pymysql", "mysql2":
		return true
	}
	return false
}
