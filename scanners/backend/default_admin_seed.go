package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// DefaultAdminSeed finds administrators whose password stands in the code.
var DefaultAdminSeed = check.PerProject(check.Doc{
	ID:         "backend/default-admin-seed",
	Title:      "Administrator with a known password",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Wherever the script has run there is an account that may do everything, and everybody who can read the code can sign in with it.",
	How:        "Read the first administrator's password from the environment and stop when it is not set, or send an invitation instead of setting one. Change the password where the script has run.",
	Holds:      "Seeded administrators get their password from outside",
	References: []string{
		"https://cwe.mitre.org/data/definitions/1392.html",
		"https://owasp.org/Top10/A07_2021-Identification_and_Authentication_Failures/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, src := range s.SourcesMentioning("password", "PASSWORD", "ADMIN_PASSWORD", "password_hash", "hashed_password", "hash_password", "hashPassword", "make_password", "hashpw", "hashSync", "hash", "create_superuser", "createsuperuser", "set_password", "generate_password_hash", "get_password_hash") {
		if src.Role != repo.Production || triedOut(src.File) || forTrials(src.File) {
			continue
		}
		seed := seeds(src.File)
		if !seed && !s.Runs(src.File) {
			continue
		}
		for _, c := range adminPasswords(src, seed) {
			at := src.At(c.span)
			switch {
			case c.outside:
				if seed {
					p.Holds(at, "the administrator's password comes from outside")
				}
			case outsideProduction(src, c.span.Start):
				p.Holds(at, "the administrator is not made in production")
			default:
				p.Report(at, "%s sets a password for an administrator that stands in the code (%s)", src.Path, finding.Mask(c.value)).Keyed("%s", src.Path)
			}
		}
	}
})

// seeds says whether a file is there to fill a database.
func seeds(f *repo.File) bool {
	stem, _, _ := strings.Cut(f.Name(), ".")
	if hasPart(stem, "seed", "seeds", "seeder", "seeding", "bootstrap", "populate", "superuser", "initdb", "loaddata") || hasPart(stem, "init", "create", "initial", "setup", "add") && hasPart(stem, "db", "data", "admin", "user", "users", "database") {
		return true
	}
	return pathHas(f.Dir(), "seeds", "seed", "seeders", "seeder")
}

// forTrials says whether a file or its folder is named after tests, development or
// demonstrations.
func forTrials(f *repo.File) bool {
	return hasPart(f.Path, "test", "tests", "testing", "dev", "development", "local", "example", "examples", "sample", "samples", "mock", "mocks", "demo", "e2e", "cypress", "playwright", "faker", "benchmark", "loadtest", "fixtures")
}

// adminPassword is one place where an administrator gets a password.
type adminPassword struct {
	span    finding.Span
	value   string
	outside bool // it is read from the environment
}

// hashers are functions that make a password out of their first argument.
var hashers = words("hash", "hashsync", "hashpw", "hashpassword", "getpasswordhash", "generatepasswordhash", "makepassword", "setpassword", "hashpass", "gethash", "bcrypthash", "gensalthash", "encryptpassword")

// knownPassword says whether a literal may be a password that somebody types.
func knownPassword(text string) bool {
	return len(text) >= 4 && len(text) <= 40 && !strings.ContainsAny(text, " {}<>$/\n") && !secret.Reference(text) && !strings.HasSuffix(strings.ToLower(text), "_password")
}

// fromOutside says whether an expression reads the environment, asks, or makes the
// password up.
func fromOutside(text string) bool {
	return soundsLike("environ", "getenv", "process.env", "settings.", "config.", "getpass", "prompt", "input(", "random", "secrets.", "token_hex", "uuid", "sys.argv", "options[", "args.")(strings.ToLower(text)) || strings.Contains(text, "token_")
}

// aboutAdmin says whether a text says that somebody is an administrator.
func aboutAdmin(text string) bool {
	return soundsLike("admin", "superuser", "isstaff")(text)
}

// outsideProduction says whether the place is reached only where the environment
// is not production.
func outsideProduction(src *repo.Source, offset int) bool {
	for _, c := range conditionsAround(src, offset) {
		text := strings.ToLower(strings.Join(c.words, " "))
		for _, w := range []string{"production", "node_env", "development", "debug", "is_dev", "isdev", "environment", "env ==", "is_prod", "isprod"} {
			if strings.Contains(text, w) {
				return true
			}
		}
	}
	refused := pythonRefusals
	if src.Lang != repo.Python {
		refused = func(*repo.File) []refusal { return scriptRefusals(src) }
	}
	for _, r := range refused(src.File) {
		for _, c := range r.conditions {
			text := strings.ToLower(strings.Join(c.words, " "))
			if strings.Contains(text, "prod") {
				return true
			}
		}
	}
	return false
}
