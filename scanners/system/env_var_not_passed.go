package system

import (
	"slices"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// EnvVarNotPassed finds variables that a service needs and gets in one environment
// only.
var EnvVarNotPassed = check.PerProject(check.Doc{
	ID:         "system/env-var-not-passed",
	Title:      "Variable is not passed in production",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "The service runs on every developer's machine and not where it counts: it stops at its start, or takes an empty value for a setting.",
	How:        "Add the variable to the service in the file for production, with a value from the host's env file.",
	Holds:      "Services get what they need in each environment",
	References: []string{"https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/", "https://12factor.net/config"},
}, func(p *check.Pass, s *repo.Snapshot) {
	needs := map[string]map[string]*repo.EnvRead{}
	for _, n := range neededVariables(s) {
		if needs[n.dir] == nil {
			needs[n.dir] = map[string]*repo.EnvRead{}
		}
		needs[n.dir][n.name] = n.read
	}
	for _, v := range s.Services() {
		if v.Role == repo.RoleProxy || v.Role == repo.RoleMigration || v.Role == repo.RoleBackup {
			continue
		}
		dev, prod := v.In(compose.Dev), v.In(compose.Prod)
		if dev == nil || prod == nil || dev.Dir == "" {
			continue
		}
		f := s.File(prod.Spec.Key.Path)
		if f == nil || f.Role != repo.Production || len(prod.Spec.EnvFiles) > 0 {
			continue // what an env file holds is known to the host
		}
		lacks, places := notPassed(s, needs, dev, prod)
		if len(lacks) > 0 {
			p.Report(f.At(prod.Spec.Key.Span), "%s does not get %s in %s, which its code reads without a default and development sets", v.Name, list(lacks), f.Path).
				With(places...).Keyed("%s", v.Name)
		} else if len(prod.Spec.Environment) > 0 && len(dev.Spec.Environment) > 0 {
			p.Holds(f.At(prod.Spec.Key.Span), "%s gets in production what it gets in development and needs", v.Name)
		}
	}
})

func notPassed(s *repo.Snapshot, needs map[string]map[string]*repo.EnvRead, dev, prod *repo.Declaration) (lacks []string, places []finding.Location) {
	given := func(d *repo.Declaration, name string) bool {
		return slices.ContainsFunc(d.Spec.Environment, func(e compose.EnvVar) bool { return e.Name == name })
	}
	if d := s.DockerfileOf(prod.Spec); d != nil {
		if stage := d.FinalStage(); stage != nil {
			for _, v := range stage.Effective() {
				if needs[dev.Dir][v.Name] != nil {
					given = withImage(given, v.Name)
				}
			}
		}
	}
	for _, e := range dev.Spec.Environment {
		read := needs[dev.Dir][e.Name]
		if read == nil || given(prod, e.Name) || repo.PublicEnv(e.Name) || slices.Contains(lacks, e.Name) {
			continue
		}
		lacks = append(lacks, e.Name)
		places = append(places, s.Place(e.Key.Path, e.Key.Span), read.At())
	}
	return lacks, places
}

// withImage takes a variable that the image sets for given.
func withImage(given func(*repo.Declaration, string) bool, image string) func(*repo.Declaration, string) bool {
	return func(d *repo.Declaration, name string) bool { return name == image || given(d, name) }
}
