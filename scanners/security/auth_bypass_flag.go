package security

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// AuthBypassFlag finds switches that let everybody in.
var AuthBypassFlag = check.PerProject(check.Doc{
	ID:         "security/auth-bypass-flag",
	Title:      "Switch that turns authentication off",
	Severity:   finding.Medium,
	Worst:      finding.High,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "A switch for convenience in development is one wrong variable away from an open production, and nothing says so when it happens.",
	How:        "Take the switch out; for development sign in with a user of its own. Where it has to stay, refuse to start with it in production.",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html", "https://cwe.mitre.org/data/definitions/489.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	readers := func(name string) *repo.EnvRead {
		for _, r := range s.EnvReads() {
			if r.Name == name && s.Runs(r.File) && r.File.Role == repo.Production {
				return &r
			}
		}
		return nil
	}
	report := func(at finding.Location, of, name string, deployed bool) {
		reader := readers(name)
		if reader == nil {
			p.Report(at, "%s is on; no code of the project reads it", of).As(finding.Low).Keyed("%s", name)
			return
		}
		found := p.Report(at, "%s is on, and %s reads it", of, reader.File.Path).With(reader.At()).Keyed("%s", name)
		if deployed {
			found.As(finding.High)
		}
	}
	for _, v := range settings(s) {
		if v.file.Role == repo.Production && v.file.Tracked && bypass(v.name) && switchedOn(v.value) && !slices.Contains(v.envs, compose.Test) {
			report(v.file.At(v.at), v.of(), v.name, v.deployed() && !slices.Contains(v.envs, compose.Dev))
		}
	}
	for _, f := range s.EnvFiles() {
		if !f.Tracked || f.Template || f.Role != repo.Production || f.Env == compose.Test {
			continue
		}
		for _, e := range f.Spec.Entries {
			if bypass(e.Key) && switchedOn(e.Value) {
				report(f.At(e.Line), e.Key+" in "+f.Path, e.Key, f.Env == compose.Prod)
			}
		}
	}
})

func switchedOn(value string) bool {
	switch strings.ToLower(strings.Trim(value, `"' `)) {
	case "true", "1", "yes", "on":
		return true
	}
	return false
}

// bypass says whether a switch of that name lets everybody in.
func bypass(name string) bool {
	parts := secret.Parts(name)
	verb, what := -1, -1
	for i, w := range parts {
		switch w {
		case "disable", "disabled", "skip", "bypass", "no", "ignore":
			verb = i
		case "auth", "authentication", "authorization", "login", "authz", "authn":
			what = i
		case "token", "signup", "sign", "registration", "password", "anonymous", "oauth", "sso", "basic", "provider", "ui", "ldap", "saml", "migration", "migrations", "route", "redirect", "prompt", "rate", "mtls", "proxy", "form", "cache", "check", "email", "log", "logs", "retry":
			return false
		}
	}
	return verb >= 0 && what >= 0 && (what-verb == 1 || verb-what == 1)
}
