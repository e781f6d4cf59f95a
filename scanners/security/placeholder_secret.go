package security

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// PlaceholderSecret finds secrets that nobody has filled in yet and that a
// deployment would run with.
var PlaceholderSecret = check.PerProject(check.Doc{
	ID:         "security/placeholder-secret",
	Title:      "Placeholder left as the value of a secret",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      2,
	Why:        "Applied as it is, the deployment runs with a password that is written in the repository and that guessing starts with; filled in here, the real one ends up in git.",
	How:        "Generate the values outside the repository, from a secret store, a sealed secret or a file that git ignores, and let the tracked file only name them.",
	References: []string{
		"https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
		"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
		"https://cwe.mitre.org/data/definitions/1392.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	first := map[string]*check.Problem{}
	left := map[string][]string{}
	add := func(subject string, at finding.Location, name string, worst finding.Severity) {
		left[subject] = append(left[subject], name)
		if found := first[subject]; found != nil {
			found.With(at)
			found.Message = placeholders(subject, left[subject])
			found.As(max(found.Severity, worst))
			return
		}
		first[subject] = p.Report(at, "%s", placeholders(subject, left[subject])).As(worst).Keyed("%s", subject)
	}
	for _, v := range settings(s) {
		if v.file.Role != repo.Production || !v.file.Tracked || !v.deployed() || !isLeftOpen(v) || v.kind == fromConfig && s.Exists(path.Join(v.file.Dir(), "Chart.yaml")) {
			continue
		}
		add(placeOf(v), v.file.At(v.at), v.name, finding.Critical)
	}
	for _, f := range s.EnvFiles() {
		if f.Template || !f.Tracked || f.Role != repo.Production || !f.Env.Deployed() || f.Env == compose.Base {
			continue
		}
		for _, e := range f.Spec.Entries {
			if e.HasValue && secret.Name(e.Key) && leftOpen(e.Value) {
				add(f.Path, f.At(e.Line), e.Key, finding.Critical)
			}
		}
	}
})

func placeholders(subject string, names []string) string {
	if len(names) > 4 {
		return subject + ": " + strings.Join(names[:3], ", ") + " and " + plural(len(names)-3, "other") + " are placeholders"
	}
	if len(names) == 1 {
		return subject + ": " + names[0] + " is a placeholder"
	}
	return subject + ": " + strings.Join(names, ", ") + " are placeholders"
}

// placeOf is what holds the setting, for a message: the Secret, the service, the file.
func placeOf(v *setting) string {
	if v.owner == "" {
		return v.file.Path
	}
	return v.owner + " in " + v.file.Path
}

// isLeftOpen says whether a setting is a secret that waits to be filled in. What a
// compose file calls change-me is in use, and judged as a secret that is known.
func isLeftOpen(v *setting) bool {
	if !leftOpen(v.value) {
		return false
	}
	switch v.kind {
	case fromObject:
		return strings.HasPrefix(v.owner, "Secret ") || secret.Name(v.name)
	case fromConfig:
		return secret.Name(v.name) && len(v.envs) == 1 && v.envs[0] != compose.Base
	case fromContainer:
		return secret.Name(v.name)
	}
	return secret.Name(v.name) && secret.Placeholder(v.value)
}

// leftOpen says whether a value asks to be replaced. What stands in brackets or
// braces is filled in by whatever applies the file.
func leftOpen(value string) bool {
	low := strings.ToLower(strings.TrimSpace(value))
	if low == "" || strings.ContainsAny(low, "<>{}[]$") || strings.Contains(low, "://") || strings.HasPrefix(low, "/") {
		return false
	}
	for _, word := range []string{"change_me", "changeme", "change-me", "change_this", "change-this", "changethis", "replace_me", "replace-me", "replaceme", "replace_with", "replace-with", "todo", "fixme", "your_", "your-", "super-secret", "super_secret", "supersecret", "insert-", "insert_", "placeholder", "to-be-set", "to_be_set", "set-me", "set_me"} {
		if strings.HasPrefix(low, word) || strings.Contains(low, "_"+word) || strings.Contains(low, "-"+word) {
			return true
		}
	}
	return false
}
