package security

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// DefaultDBCredentials finds databases whose user and password everybody knows.
var DefaultDBCredentials = check.PerProject(check.Doc{
	ID:         "security/default-db-credentials",
	Title:      "Well-known database credentials",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Whoever reaches the port, from another container, a forgotten mapping or the office network, is in: these pairs are the first that are tried.",
	How:        "Give the database a password of its own from a file that git ignores or a secret store. An initialised volume keeps the old password: change it there too, with ALTER ROLE or ALTER USER.",
	Holds:      "Databases have credentials of their own",
	References: []string{
		"https://hub.docker.com/_/postgres",
		"https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/1392.html",
	},
	Fix: finding.GenerateSecrets(),
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, c := range credentials(s, settings(s)) {
		reportCredential(p, s, c)
	}
})

func reportCredential(p *check.Pass, s *repo.Snapshot, c *credential) {
	v := c.password
	at := v.masked()
	switch {
	case c.outside:
		if v.deployed() {
			p.Holds(at, "%s takes its password from outside the file", c.owner)
		}
		return
	case !c.known:
		if v.deployed() && !c.address {
			p.Holds(at, "%s has a password that is no well-known default", c.owner)
		}
		return
	}
	var found *check.Problem
	switch {
	case c.variable != "" && !v.deployed():
		return
	case c.variable != "":
		found = p.Report(at, "%s: %s when %s is not set", c.owner, c.why(), c.variable).As(finding.High)
	case v.deployed():
		found = p.Report(at, "%s: %s", c.owner, c.why())
	default:
		found = reportDevelopment(p, s, c, at)
	}
	for _, other := range c.also {
		found.With(other.masked())
	}
	found.Keyed("%s %s", c.owner, v.name)
	if v.kind != fromCompose {
		found.NotFixable()
	}
}

// reportDevelopment reports credentials of development. They are no better than
// any others where production says the same pair.
func reportDevelopment(p *check.Pass, s *repo.Snapshot, c *credential, at finding.Location) *check.Problem {
	if c.user != "" {
		if elsewhere, also := usedInProduction(s, c.password, c.user+":"+c.pass, "@"); elsewhere != "" {
			return p.Report(at, "%s: %s, and %s uses the same pair", c.owner, c.why(), elsewhere).With(also...)
		}
	}
	return p.Report(at, "%s, in development: %s", c.owner, c.why()).As(finding.High)
}

func (c *credential) why() string {
	if c.user != "" && strings.EqualFold(c.user, c.pass) {
		return fmt.Sprintf("the password is the name of the user, %s", c.user)
	}
	if c.user != "" {
		return fmt.Sprintf("the password %s of the user %s is one that everybody knows", shown(c.pass), c.user)
	}
	return fmt.Sprintf("the password %s is one that everybody knows", shown(c.pass))
}
