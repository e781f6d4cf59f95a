package security

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// SecretsOutOfGit says that the project's secrets come from elsewhere.
var SecretsOutOfGit = check.PerProject(check.Doc{
	ID:         "security/secrets-out-of-git",
	Title:      "Secrets in git",
	Severity:   finding.Info,
	Confidence: finding.Likely,
	Hours:      2,
	Why:        "What git does not have can be changed without it, and is not in every clone.",
	How:        "Refer to secrets by name and keep their values in a store.",
	Holds:      "No secret of the deployments is in git",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"},
}, func(p *check.Pass, s *repo.Snapshot) {
	all := settings(s)
	for _, v := range all {
		if v.file.Role == repo.Production && v.deployed() && (isSecretSetting(v) || isLeftOpen(v)) {
			return
		}
	}
	for range defaultCredentialPlaces(s, all) {
		return
	}
	for _, t := range s.Tokens() {
		if !secret.Sandbox([]byte(t.File.Text(t.Span))) {
			return
		}
	}
	said := 0
	for _, v := range all {
		if v.kind != fromConfig && secret.Name(v.name) && v.deployed() && comesFromOutside(v.value) && said < 5 {
			said++
			p.Holds(v.file.At(v.at), "%s comes from outside", v.of())
		}
	}
	for _, o := range s.KubeObjects() {
		switch o.Kind {
		case "ExternalSecret", "SealedSecret", "SecretProviderClass":
			if o.Role == repo.Production {
				p.Holds(o.At(o.Node.Get("kind").Resolve().Span), "%s %s", o.Kind, o.Name)
			}
		}
		if o.Role != repo.Production || said >= 5 {
			continue
		}
		for _, container := range o.Containers() {
			for _, item := range container.Get("env").Items() {
				if ref := item.Get("valueFrom", "secretKeyRef"); ref.Exists() && said < 5 {
					said++
					p.Holds(o.At(item.Get("name").Resolve().Span), "%s of %s %s comes from a Secret", item.Get("name").Str(), o.Kind, o.Name)
				}
			}
		}
	}
})
