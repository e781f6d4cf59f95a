package system

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// EnvVarUndefined finds variables of a deployed compose project that nothing
// gives a value.
var EnvVarUndefined = check.PerProject(check.Doc{
	ID:         "system/env-var-undefined",
	Title:      "Variable of the deployment has no value",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Compose puts an empty text in the place of a variable that is not set and only warns: the service starts without its database address or key, or the release fails on the host.",
	How:        "Add each variable to the env file that the deployment reads, and to its template. Write ${NAME:?set NAME} where nothing may start without it, ${NAME:-default} where there is a safe default.",
	Holds:      "Every variable of the deployment has a value, a default or is asked for",
	References: []string{"https://docs.docker.com/reference/compose-file/interpolation/", "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/"},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	said := map[string]bool{} // files are layers of several projects
	for _, project := range s.ComposeProjects() {
		if project.Env.Deployed() {
			undefined(p, s, project, said)
		}
	}
})

func undefined(p *check.Pass, s *repo.Snapshot, project *compose.Project, said map[string]bool) {
	var missing []repo.ComposeVariable
	var held *repo.ComposeUse
	variables := s.ComposeVariables(project)
	for i := range variables {
		v := &variables[i]
		bare := bareUses(v)
		if len(bare) == 0 || v.Required() || v.Given() || isPlatform(v.Name) || hasSource(s, v) {
			if held == nil && len(v.Uses) > 0 {
				held = &v.Uses[0]
			}
			continue
		}
		if said[v.Name] || mentionedElsewhere(s, v) {
			continue
		}
		said[v.Name] = true
		missing = append(missing, repo.ComposeVariable{Name: v.Name, Uses: bare})
	}
	if len(missing) == 0 {
		if held != nil && !isTemplateProject(s, project) {
			p.Holds(held.At(), "the variables of %s have values or defaults, or are documented", project.Files[0].Path)
		}
		return
	}
	if isTemplateProject(s, project) {
		return
	}
	var names []string
	var also []finding.Location
	for _, v := range missing {
		names = append(names, v.Name)
		for i := range v.Uses {
			also = append(also, v.Uses[i].At())
		}
	}
	format := "%s has no value: no env file, script or pipeline sets it, and there is no default"
	if len(names) > 1 {
		format = "%s have no value: no env file, script or pipeline sets them, and there is no default"
	}
	found := p.Report(also[0], format, list(names)).With(also[1:]...).Keyed("undefined in %s", missing[0].Uses[0].File.Path)
	if !slices.ContainsFunc(names, func(n string) bool { return !isTelemetry(n) }) {
		found.As(finding.Medium) // the services do without
	}
	found.WithPatch("Refuse to start without "+list(names), finding.Review, demand(s, missing))
}

// isTelemetry says whether a variable only turns on that somebody watches.
func isTelemetry(name string) bool {
	for _, w := range []string{"SENTRY", "ANALYTICS", "POSTHOG", "GTM_", "SEGMENT", "DATADOG", "NEW_RELIC", "HOTJAR", "MIXPANEL", "PLAUSIBLE", "UMAMI", "TELEMETRY"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// isTemplateProject says whether a part of the project is there to be filled in
// by another tool, or is no production file.
func isTemplateProject(s *repo.Snapshot, project *compose.Project) bool {
	for _, f := range project.Files {
		if file := s.File(f.Path); file == nil || file.Role != repo.Production || strings.Contains(strings.ToLower(f.Path), "template") {
			return true
		}
	}
	return false
}

// bareUses are the uses that put nothing in the place of a missing value, where
// that matters.
func bareUses(v *repo.ComposeVariable) (out []repo.ComposeUse) {
	for _, u := range v.Uses {
		if u.Op == "" && !u.Nested && u.Key != "profiles" && u.Key != "labels" {
			out = append(out, u)
		}
	}
	return out
}

// hasSource says whether an env file or template that belongs to the project has
// the variable. Templates may leave it blank, and a .env that sets others does so
// on purpose.
func hasSource(s *repo.Snapshot, v *repo.ComposeVariable) bool {
	for i := range v.Values {
		if x := &v.Values[i]; !x.Blank || x.Source == repo.EnvTemplate || x.Source == repo.DotEnv && isFilledIn(s, x.File) {
			return true
		}
	}
	return false
}

func isFilledIn(s *repo.Snapshot, f *repo.File) bool { return !blank(s, f) }

// mentionedElsewhere says whether anything but the compose files, code and blank
// lines of env files has the name.
func mentionedElsewhere(s *repo.Snapshot, v *repo.ComposeVariable) bool {
	var except []string
	for _, f := range s.ComposeFiles() {
		except = append(except, f.Path)
	}
	for i := range v.Values {
		except = append(except, v.Values[i].File.Path)
	}
	return mentionedOutsideCode(s, v.Name, except...)
}

// demand rewrites every bare use so that compose stops and names the variable.
func demand(s *repo.Snapshot, missing []repo.ComposeVariable) patch.Set {
	byFile := map[string][]patch.Edit{}
	var files []string
	for _, v := range missing {
		for i := range v.Uses {
			u := &v.Uses[i]
			if byFile[u.File.Path] == nil {
				files = append(files, u.File.Path)
			}
			byFile[u.File.Path] = append(byFile[u.File.Path], patch.Replace(u.Span, "${"+v.Name+":?set "+v.Name+"}"))
		}
	}
	set := patch.Set{Title: "Refuse to start without a value"}
	for _, name := range files {
		set.Changes = append(set.Changes, patch.Change{
			Path: name, Base: patch.Sum(s.File(name).Bytes()), HasBase: true, Edits: byFile[name],
			Note: "Compose names the variable and stops, instead of starting the service with an empty one.",
		})
	}
	return set
}
