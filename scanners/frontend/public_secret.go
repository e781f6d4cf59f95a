package frontend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// PublicSecret finds secrets under names whose values are built into what browsers
// load.
var PublicSecret = check.PerProject(check.Doc{
	ID:         "frontend/public-secret",
	Title:      "Secret under a public name",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "The build writes the values of such variables into the JavaScript that everybody downloads: the secret is public with the first release.",
	How:        "Rotate the secret first. Then rename the variable without the prefix, read it on the server alone, and let the browser ask a route of your own.",
	References: []string{
		"https://nextjs.org/docs/app/guides/environment-variables#bundling-environment-variables-for-the-browser",
		"https://vite.dev/guide/env-and-mode#env-files",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[string]*check.Problem{}
	report := func(name string, at finding.Location) {
		if earlier := said[name]; earlier != nil {
			if len(earlier.Also) < 6 {
				earlier.With(at)
			}
			return
		}
		said[name] = p.Report(at, "%s names a secret, and its prefix puts the value into what browsers load", name).Keyed("%s", name)
	}
	for _, r := range s.EnvReads() {
		if repo.PublicEnv(r.Name) && secretName(r.Name) && s.Runs(r.File) {
			report(r.Name, r.At())
		}
	}
	for _, f := range s.EnvFiles() {
		if f.Role != repo.Production {
			continue
		}
		for _, e := range f.Spec.Entries {
			if repo.PublicEnv(e.Key) && secretName(e.Key) {
				report(e.Key, f.At(e.KeySpan))
			}
		}
	}
	for _, v := range s.Services() {
		for i := range v.Declarations {
			for _, e := range v.Declarations[i].Spec.Environment {
				if f := s.File(e.Key.Path); f != nil && f.Role == repo.Production && repo.PublicEnv(e.Name) && secretName(e.Name) {
					report(e.Name, s.Place(e.Key.Path, e.Key.Span))
				}
			}
		}
	}
})

// secretName says whether a public variable is called like something that must not be
// public, whatever the provider; tokens and keys that providers make for browsers are
// not.
func secretName(name string) bool {
	for _, prefix := range []string{"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_", "EXPO_PUBLIC_", "PUBLIC_", "VUE_APP_"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name = rest
			break
		}
	}
	secret := false
	for _, word := range strings.Split(name, "_") {
		if plainWords[word] {
			return false
		}
		secret = secret || word == "SECRET" || word == "PASSWORD" || word == "PASSWD"
	}
	if secret {
		return true
	}
	for _, part := range []string{"_PRIVATE_KEY_", "_SERVICE_ROLE_", "_MASTER_KEY_", "_ENCRYPTION_KEY_", "_JWT_KEY_", "_OPENAI_API_KEY_", "_ANTHROPIC_API_KEY_"} {
		if strings.Contains("_"+name+"_", part) {
			return true
		}
	}
	return false
}

// plainWords make of a name that of something about a secret: whether it is asked
// for, how long it is, where it is set anew.
var plainWords = map[string]bool{
	"NAME": true, "URL": true, "ENABLED": true, "ENABLE": true, "DISABLED": true, "DISABLE": true, "HEADER": true, "LENGTH": true, "TTL": true, "EXPIRY": true, "EXPIRES": true, "MIN": true, "MAX": true, "PATH": true,
	"ID": true, "LIFETIME": true, "TYPE": true, "REGEX": true, "POLICY": true, "HINT": true, "LABEL": true, "RESET": true, "LOGIN": true, "HAS": true, "IS": true, "SHOW": true, "ALLOW": true, "PUBLIC": true, "ARN": true, "FORGOT": true, "REQUIRED": true, "DEMO": true,
}
