// Package backend checks what answers requests: its settings, its routes, its
// workers.
package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// InsecureSecretDefault finds secrets that code falls back to when the
// environment does not set them.
var InsecureSecretDefault = check.PerProject(check.Doc{
	ID:         "backend/insecure-secret-default",
	Title:      "Secret has a default in code",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "A deployment that forgets the variable starts without complaint, and everybody who can read the code knows its secret: with a signing key they issue valid sessions.",
	How:        "Read the variable without a default, so that the program refuses to start without it, and give every environment a value of its own.",
	Holds:      "Secrets are read from the environment without a default",
	References: []string{
		"https://12factor.net/config",
		"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
		"https://docs.pydantic.dev/latest/concepts/pydantic_settings/",
	},
	Fix: finding.GenerateSecrets(),
}, func(p *check.Pass, s *repo.Snapshot) {
	refused := newRefusals(s)
	reported := map[repo.Symbol]*check.Problem{} // by file and variable
	for _, r := range s.EnvReads() {
		if r.Public || !secret.Name(r.Name) || !s.Runs(r.File) || forDevelopment(s, &r) {
			continue
		}
		switch {
		case r.Required:
			p.Holds(r.At(), "%s has no default", r.Name)
		case !r.HasDefault || !opens(r.Name, r.Default):
		default:
			if at, ok := refused.find(&r); ok {
				p.Holds(r.At(), "%s: start-up refuses the default in production (%s:%d)", r.Name, at.Path, at.Line)
				continue
			}
			subject := repo.Symbol{File: r.File, Name: r.Name}
			if first := reported[subject]; first != nil {
				first.With(r.File.At(r.DefaultSpan))
				continue
			}
			found := p.Report(r.File.At(r.DefaultSpan), "%s falls back to %s when it is not set", r.Name, finding.Mask(r.Default)).
				Keyed("%s", r.Name).As(severityOf(r.Name))
			reported[subject] = found
			if r.Settings || r.File.Lang == repo.Go || r.DefaultSpan.Start < r.Span.Start {
				found.NotFixable()
			}
		}
	}
})

// opens says whether a default may open something: a placeholder for the key of
// somebody else's service does not, one for our own signing key does.
func opens(name, value string) bool {
	value = strings.TrimSpace(value)
	low := strings.ToLower(value)
	switch {
	case len(value) < 3, secret.Reference(value), value[0] == '/', value[0] == '.', strings.Contains(value, "://"), strings.ContainsAny(value, "{}"):
		return false
	case low == "none", low == "null", low == "false", low == "true", low == "undefined":
		return false
	case hasPart(name, "rate", "throttle", "size", "limit", "lifespan", "age"):
		return false
	case strings.Trim(value, "0123456789") == "":
		return hasPart(name, "password", "passwd", "pwd", "pass", "pin")
	case hasPart(name, "cookie") && !hasPart(name, "secret") && strings.Trim(low, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == "":
		return false // the name of a cookie
	case somebodyElses(name):
		return len(value) >= 10 && strings.ContainsAny(value, "0123456789") && !saysPlaceholder(low)
	}
	return true
}

// somebodyElses says whether the name is that of a key which another service
// gave out, and which is worth nothing unless it is a real one.
func somebodyElses(name string) bool {
	if hasPart(name, "jwt", "session", "signing", "cookie", "csrf") {
		return false
	}
	parts := secret.Parts(name)
	return hasPart(name, "api", "apikey", "client", "webhook", "aws") || hasPart(name, "access") && hasPart(name, "key") || parts[len(parts)-1] == "token"
}

func saysPlaceholder(low string) bool {
	for _, word := range []string{"dummy", "test", "example", "xxx", "your", "change", "none", "fake", "local", "placeholder", "not-", "empty", "todo", "mock", "...", "1234"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

func hasPart(name string, words ...string) bool {
	for _, part := range secret.Parts(name) {
		for _, w := range words {
			if part == w {
				return true
			}
		}
	}
	return false
}

// severityOf is lower for a password of a service that stands behind the
// program: to use it somebody has to reach that service first.
func severityOf(name string) finding.Severity {
	if hasPart(name, "password", "passwd", "pwd", "pass") &&
		hasPart(name, "db", "database", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb", "redis", "rabbitmq", "amqp", "smtp", "mail", "email", "clickhouse", "elastic", "elasticsearch", "kafka", "ldap", "sql", "minio", "s3") {
		return finding.High
	}
	return finding.Critical
}

// forDevelopment says whether the read belongs to settings that no deployment
// uses: a file or settings class named after development or tests.
func forDevelopment(s *repo.Snapshot, r *repo.EnvRead) bool {
	stem, _, _ := strings.Cut(r.File.Name(), ".")
	if developmentName(stem) {
		return true
	}
	src := s.Source(r.File.Path)
	if src == nil || src.Py() == nil {
		return false
	}
	for i := range src.Py().Defs {
		d := &src.Py().Defs[i]
		if d.Kind == pylex.Class && d.Span.Start <= r.Span.Start && r.Span.End <= d.Span.End && developmentName(d.Name) {
			return true
		}
	}
	return false
}

func developmentName(name string) bool {
	return hasPart(name, "test", "tests", "testing", "dev", "development", "local", "example", "sample", "mock", "seed", "ci")
}
