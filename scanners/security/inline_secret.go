package security

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// InlineSecret finds secrets that a compose file, a manifest or a settings file
// spells out.
var InlineSecret = check.PerProject(check.Doc{
	ID:         "security/inline-secret",
	Title:      "Secret written into a tracked file",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Everybody who can read the repository, its copies and its history has the secret, and it cannot be changed without a commit. A known signing key lets anyone issue valid sessions.",
	How:        "Move the value to a file that git ignores or to a secret store, refer to it as ${NAME:?set NAME}, and rotate it: what was committed once stays known.",
	Holds:      "Secrets come from outside the tracked files",
	References: []string{
		"https://docs.docker.com/compose/how-tos/use-secrets/",
		"https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
		"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
	},
	Peers: []finding.Peer{
		check.Same("kube-linter", "env-var-secret"), check.Same("polaris", "sensitiveContainerEnvVar"), check.Same("polaris", "sensitiveConfigmapContent"),
		check.Same("regolibrary", "rule-credentials-in-env-var"), check.Same("regolibrary", "rule-credentials-configmap"),
		check.Same("trivy", "configMap_with_secrets"),
	},
	Fix: finding.GenerateSecrets(),
}, func(p *check.Pass, s *repo.Snapshot) {
	all := settings(s)
	others := defaultCredentialPlaces(s, all)
	for _, v := range all {
		if others[v.place()] || v.file.Role != repo.Production {
			continue
		}
		if isSecretSetting(v) {
			reportInline(p, s, v)
		} else if v.kind != fromConfig && secret.Name(v.name) && v.deployed() && comesFromOutside(v.value) {
			p.Holds(v.file.At(v.at), "%s comes from outside the file", v.of())
		}
	}
	holdReferences(p, s)
})

func comesFromOutside(value string) bool {
	if _, _, literal := fallback(value); literal {
		return false
	}
	return value != "" && secret.Reference(value)
}

// isSecretSetting says whether the setting gives a secret away: by its name and
// a literal value, or by the shape of the value.
func isSecretSetting(v *setting) bool {
	value := strings.TrimSpace(v.value)
	if value == "" {
		return false
	}
	if text, _, ok := fallback(value); ok {
		return v.kind == fromCompose && v.deployed() && secret.Name(v.name) && isLiteral(text) && plausible(v, text)
	}
	if !isLiteral(value) || isFillIn(v) {
		return false
	}
	if strings.Contains(value, "PRIVATE KEY-----") && strings.HasPrefix(value, "-----BEGIN ") {
		return true
	}
	if scheme, rest, ok := strings.Cut(value, " "); ok && (strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "basic")) {
		return !strings.Contains(rest, " ") && len(rest) >= 8 && hasDigit(rest) && isLiteral(rest)
	}
	return (secret.Name(v.name) || v.name == "APP_KEY" && strings.HasPrefix(value, "base64:")) && plausible(v, value)
}

// isFillIn says whether a manifest's value marks what somebody has to fill in:
// another check's subject.
func isFillIn(v *setting) bool {
	if v.kind == fromCompose || v.kind == fromBuildArgs {
		return false
	}
	low := strings.ToLower(v.value)
	if strings.HasPrefix(low, "your") {
		return true
	}
	for _, word := range []string{"change_me", "changeme", "change-me", "replace_me", "replace-me", "todo", "fixme", "your_", "your-"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// plausible says whether a value can be what its name says. In an environment
// any text can. A settings file of unknown make also names fields, files and
// other secrets, so there the value must look like one.
func plausible(v *setting, value string) bool {
	switch {
	case strings.HasPrefix(value, "/") || strings.HasPrefix(value, "./") || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://"):
		return false
	case strings.HasPrefix(value, "pk_") || strings.HasPrefix(value, "pk.") || strings.HasPrefix(value, "pub_"):
		return false
	case v.kind != fromConfig && v.kind != fromObject:
		return len(value) > 1
	case strings.ContainsAny(value, " \t\n"):
		return false
	case v.kind == fromObject:
		return len(value) > 1
	}
	if len(value) < 6 || strings.Count(value, ".") > 3 || strings.HasPrefix(value, "arn:") {
		return false
	}
	parts := secret.Parts(v.name)
	password := false
	for _, part := range parts {
		password = password || strings.HasPrefix(part, "passw") || part == "pwd" || part == "passphrase" || strings.HasSuffix(part, "password")
	}
	if password {
		return hasDigit(value) || strings.ContainsAny(value, "!@#$%^&*+?~")
	}
	return len(value) >= 10 && hasDigit(value) && hasLetter(value)
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
func hasLetter(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }) >= 0
}

func reportInline(p *check.Pass, s *repo.Snapshot, v *setting) {
	at := v.masked()
	if text, variable, ok := fallback(v.value); ok {
		p.Report(at, "%s falls back to %s when %s is not set", v.of(), shown(text), variable).As(finding.High).Keyed("%s %s", v.owner, v.name)
		return
	}
	var found *check.Problem
	elsewhere, also := "", []finding.Location(nil)
	if !v.deployed() && looksLikeDefault(v.value) && len(v.value) >= 8 && strings.ContainsAny(v.value, "0123456789-_.") {
		elsewhere, also = usedInProduction(s, v, v.value, "")
	}
	switch {
	case v.deployed():
		found = p.Report(at, "%s is written here: %s", v.of(), shown(v.value))
	case !looksLikeDefault(v.value):
		found = p.Report(at, "%s is written here: %s, which looks like a real one", v.of(), shown(v.value))
	case elsewhere != "":
		found = p.Report(at, "%s is written here: %s, and %s uses the same value", v.of(), shown(v.value), elsewhere).With(also...)
	default:
		found = p.Report(at, "%s is written here: %s, a value for use only in development", v.of(), shown(v.value)).As(finding.High)
	}
	found.Keyed("%s %s", v.owner, v.name)
	if v.kind != fromCompose {
		found.NotFixable()
	}
}

// looksLikeDefault says whether a value says of itself that it protects nothing.
func looksLikeDefault(value string) bool {
	low := strings.ToLower(value)
	for _, word := range []string{"dev", "local", "test", "change", "example", "secret", "password", "sample", "demo", "insecure", "default", "dummy", "placeholder", "postgres", "admin", "guest", "foobar", "12345", "minio", "root", "docker", "fake", "mock"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return len(value) < 8 || !hasDigit(value) && !strings.ContainsAny(value, "-_")
}

// holdReferences counts the containers' variables that come from a Secret.
func holdReferences(p *check.Pass, s *repo.Snapshot) {
	for _, o := range s.KubeObjects() {
		if o.Role != repo.Production {
			continue
		}
		for _, container := range o.Containers() {
			for _, item := range container.Get("env").Items() {
				if ref := item.Get("valueFrom", "secretKeyRef"); ref.Exists() && secret.Name(item.Get("name").Str()) {
					p.Holds(o.At(item.Get("name").Resolve().Span), "%s of %s %s comes from a Secret", item.Get("name").Str(), o.Kind, o.Name)
				}
			}
		}
	}
}
