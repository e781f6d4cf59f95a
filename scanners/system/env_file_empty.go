// Package system checks whether the parts of a project fit together.
package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// EnvFileEmpty finds env files that a deployment depends on and that set nothing.
var EnvFileEmpty = check.PerProject(check.Doc{
	ID:         "system/env-file-empty",
	Title:      "Env file sets nothing",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "The deployment reads the file without an error and starts without its settings: on defaults meant for development, or not at all.",
	How:        "Write down every variable that the services need. Keep real values out of git: track a template, and fill in the file on the host.",
	Holds:      "Env files that the deployment reads set variables",
	References: []string{"https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/", "https://12factor.net/config"},
}, func(p *check.Pass, s *repo.Snapshot) {
	refs := referencesOf(s)
	for _, f := range s.EnvFiles() {
		if f.Template || f.Role != repo.Production || strings.Contains(f.Name(), "override") || strings.HasSuffix(f.Name(), ".local") {
			continue // one that may change another's values, and need not
		}
		by := slices.IndexFunc(refs[f.Path], func(r reference) bool {
			return !r.optional && (r.what == "env_file" || r.what == "env file of a command")
		})
		switch {
		case by >= 0 && f.Spec.Empty():
			r := refs[f.Path][by]
			p.Report(f.Start(), "%s is read by %s and sets no variable", f.Path, r.by).With(r.at).Keyed("empty")
		case by >= 0 && refs[f.Path][by].deployed:
			p.Holds(f.Start(), "%s, which %s reads, sets variables", f.Path, refs[f.Path][by].by)
		case by < 0 && f.Spec.Empty() && namesDeployment(f.Name()) && !documents(f):
			p.Report(f.Start(), "no line sets a variable in %s", f.Path).As(finding.High).Keyed("empty")
		}
	}
})

// namesDeployment says whether an env file is named after an environment that
// somebody depends on.
func namesDeployment(base string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(base), func(r rune) bool { return strings.ContainsRune("._-", r) }) {
		switch w {
		case "prod", "production", "staging", "stage", "dev", "development", "preprod", "uat", "live":
			return true
		}
	}
	return false
}

// documents says whether a file shows in comments what may be set: it is there
// to be read by people.
func documents(f *repo.EnvFile) bool {
	for line := range strings.Lines(string(f.Bytes())) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			continue
		}
		if name, _, assigns := strings.Cut(name, "="); assigns && strings.ToUpper(name) == name && !strings.Contains(strings.TrimSpace(name), " ") {
			return true
		}
	}
	return false
}
