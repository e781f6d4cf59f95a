package delivery

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/updates"
	"drydock/internal/repo/workflow"
)

// DepUpdateMissing finds projects that nothing keeps up to date.
var DepUpdateMissing = check.PerProject(check.Doc{
	ID:         "delivery/dep-update-missing",
	Title:      "No bot updates dependencies",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Updates that nobody proposes are not made. When a fix for a vulnerability comes out, it is several versions away and takes a week instead of a merge.",
	How:        "Add .github/dependabot.yml with an entry per ecosystem and directory, or a renovate.json. Group minor updates so that they come as one change a week.",
	Holds:      "A bot proposes updates of dependencies",
	References: []string{"https://docs.github.com/en/code-security/dependabot/dependabot-version-updates", "https://docs.renovatebot.com/"},
	Peers:      []finding.Peer{check.Same("scorecard", "Dependency-Update-Tool"), check.Same("minder", "dependabot_configured"), check.Same("secure-repo", "dependabot")},
}, func(p *check.Pass, s *repo.Snapshot) {
	subjects := updatable(s)
	if len(subjects) == 0 {
		return
	}
	var bot *repo.UpdateBot
	for _, b := range s.UpdateBots() {
		if b.Role != repo.Production || b.Dependabot != nil && len(b.Dependabot.Updates) == 0 || b.Renovate != nil && b.Renovate.Disabled {
			continue
		}
		if bot == nil || b.Renovate != nil {
			bot = b
		}
	}
	switch {
	case bot == nil:
		if at, what, ok := otherBot(s); ok {
			p.Holds(at, "%s", what)
			return
		}
		var also []finding.Location
		for _, u := range subjects[1:min(len(subjects), 20)] {
			also = append(also, u.at)
		}
		p.Report(subjects[0].at, "no bot keeps %s up to date (Dependabot, Renovate)", names(ecosystems(subjects))).With(also...).Keyed("none")
	case bot.Renovate != nil:
		p.Holds(bot.Start(), "%s keeps dependencies up to date", bot.Path)
	default:
		left := slices.DeleteFunc(slices.Clone(subjects), func(u updated) bool {
			return slices.ContainsFunc(bot.Dependabot.Updates, func(entry updates.Update) bool { return slices.Contains(u.names, entry.Ecosystem.Value) })
		})
		if len(left) == 0 {
			p.Holds(bot.Start(), "%s covers %s", bot.Path, names(ecosystems(subjects)))
			return
		}
		var also []finding.Location
		for _, u := range left[:min(len(left), 20)] {
			also = append(also, u.at)
		}
		p.Report(bot.Start(), "%s leaves out %s", bot.Path, names(ecosystems(left))).As(finding.Low).With(also...).Keyed("partly")
	}
})

// updated is something that a bot could keep up to date.
type updated struct {
	names []string // what Dependabot calls its ecosystem
	at    finding.Location
}

func ecosystems(list []updated) []string {
	var out []string
	for _, u := range list {
		out = append(out, u.names[0])
	}
	return unique(out)
}

// ecosystemOf is what Dependabot calls the ecosystem of a package that has
// dependencies; "" for others.
func ecosystemOf(u *repo.Unit) string {
	switch u.Ecosystem {
	case manifest.NPM:
		return "npm"
	case manifest.PyPI:
		return "pip"
	}
	switch u.Manifest.Name() {
	case "go.mod":
		return "gomod"
	case "pom.xml":
		return "maven"
	case "build.gradle", "build.gradle.kts":
		return "gradle"
	case "Cargo.toml":
		return "cargo"
	case "Gemfile":
		return "bundler"
	case "composer.json":
		return "composer"
	}
	if strings.HasSuffix(u.Manifest.Name(), "proj") {
		return "nuget"
	}
	return ""
}

// updatable are the packages, images and actions of the project.
func updatable(s *repo.Snapshot) []updated {
	var out []updated
	for _, u := range s.Units() {
		name := ecosystemOf(u)
		if name == "" || u.Manifest.Role != repo.Production || u.Workspace != nil {
			continue
		}
		known := []string{name}
		switch name {
		case "npm":
			known = append(known, "bun")
		case "pip":
			known = append(known, "uv")
		}
		out = append(out, updated{known, u.Manifest.Start()})
	}
	if len(out) == 0 {
		return nil // actions and images alone are no reason
	}
	for _, d := range s.Dockerfiles() {
		if d.Role == repo.Production {
			out = append(out, updated{[]string{"docker"}, d.Start()})
			break
		}
	}
	for _, w := range githubWorkflows(s) {
		if slices.ContainsFunc(w.Spec.Jobs, func(j workflow.Job) bool {
			return slices.ContainsFunc(j.Steps, func(step workflow.Step) bool { return step.Uses != "" && !strings.HasPrefix(step.Uses, "./") })
		}) {
			out = append(out, updated{[]string{"github-actions"}, w.Start()})
			break
		}
	}
	return out
}

// otherBot is anything else that proposes updates: another bot's file, a job of CI.
func otherBot(s *repo.Snapshot) (finding.Location, string, bool) {
	if f := rootFile(s, ".pyup.yml", ".depfu.yml", ".github/updatecli.yaml", "updatecli.d/values.yaml", ".scala-steward.conf"); f != nil {
		return f.Start(), f.Path + " has a bot propose updates", true
	}
	for _, j := range s.CIJobs() {
		if j.On(workflow.OnSchedule) {
			for _, step := range j.Job.Steps {
				if strings.HasPrefix(step.Uses, "renovatebot/") || strings.Contains(step.Run, "renovate ") || strings.Contains(step.Run, "npm-check-updates") || strings.Contains(step.Run, "uv lock --upgrade") || strings.Contains(step.Run, "pip-compile --upgrade") {
					return j.Pipeline.At(step.Span), j.Job.ID + " proposes updates by the clock", true
				}
			}
		}
	}
	return finding.Location{}, "", false
}
