package system

import (
	"path"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// EnvVarUndocumented finds variables that code needs and no template of an env
// file shows.
var EnvVarUndocumented = check.PerProject(check.Doc{
	ID:         "system/env-var-undocumented",
	Title:      "Variable is in no env template",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Whoever copies the template takes it to be complete. What it leaves out is missed on the next host, and shows as a fault of the program.",
	How:        "Add the variables to the template with a blank or harmless value and a comment that says what they are for.",
	Holds:      "The env template shows every variable that the code needs",
	References: []string{"https://12factor.net/config"},
	Attaches:   finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	templates := productionTemplates(s)
	if len(templates) == 0 {
		return
	}
	known := shownVariables(s)
	set := setByDeployment(s)
	missing := map[*repo.EnvFile][]needed{}
	covers := map[*repo.EnvFile]int{}
	seen := map[string]bool{}
	for _, n := range neededVariables(s) {
		t := templateFor(templates, n.dir)
		switch {
		case t == nil || seen[n.name]:
		case known[n.name]:
			covers[t]++
		case !set[n.name] && !mentionedOutsideCode(s, n.name):
			missing[t] = append(missing[t], n)
		}
		seen[n.name] = true
	}
	for _, t := range templates {
		lacks := missing[t]
		switch {
		case len(lacks) > 0:
			var names []string
			for _, n := range lacks {
				names = append(names, n.name)
			}
			p.Report(t.Start(), "%s lacks %s that the code reads without a default: %s", t.Path, plural(len(lacks), "variable"), list(names)).
				With(places(lacks)...).Keyed("missing").
				WithPatch("Add them to "+t.Path, finding.Safe, appendKeys(t.File, lacks))
		case covers[t] > 0:
			p.Holds(t.Start(), "%s shows all %s that the code needs", t.Path, plural(covers[t], "variable"))
		}
	}
})

// productionTemplates are the env templates that belong to what is deployed.
func productionTemplates(s *repo.Snapshot) (out []*repo.EnvFile) {
	for _, f := range s.EnvFiles() {
		if f.Template && f.Role == repo.Production && !strings.ContainsAny(f.Path, "{}") {
			out = append(out, f)
		}
	}
	return out
}

// templateFor is the template nearest above a package; of those in one directory
// the one for .env itself.
func templateFor(templates []*repo.EnvFile, dir string) (best *repo.EnvFile) {
	for _, t := range templates {
		if !within(t.Dir(), dir) || t.Variant != "" && t.Dir() != dir {
			continue // one for a way to run everything is not the package's
		}
		if best == nil || t.Dir() != best.Dir() && within(best.Dir(), t.Dir()) || best.Dir() == t.Dir() && isPlainer(t, best) {
			best = t
		}
	}
	return best
}

// isPlainer says whether a is the template for .env itself rather than b.
func isPlainer(a, b *repo.EnvFile) bool {
	rank := func(f *repo.EnvFile) (n int) {
		if f.Spec.Empty() {
			n += 4
		}
		if f.Variant != "" {
			n += 2
		}
		if f.Env != compose.Base {
			n++
		}
		return n
	}
	return rank(a) < rank(b)
}

// shownVariables are those that any env file of the project sets or shows in a
// comment.
func shownVariables(s *repo.Snapshot) map[string]bool {
	out := map[string]bool{}
	for _, f := range s.EnvFiles() {
		if !f.Tracked && !f.Template {
			continue
		}
		for _, e := range f.Spec.Entries {
			out[e.Key] = true
		}
		for _, e := range f.Spec.Commented {
			out[e.Key] = true
		}
	}
	return out
}

// setByDeployment are the variables that a compose file or manifest gives a
// service: whoever deploys sees them there.
func setByDeployment(s *repo.Snapshot) map[string]bool {
	out := map[string]bool{}
	for _, c := range s.Components() {
		for i := range c.Deployments {
			for _, name := range c.Deployments[i].EnvVars {
				out[name] = true
			}
		}
	}
	return out
}

// dirName is what messages call a directory.
func dirName(dir string) string {
	if dir == "." {
		return "the root"
	}
	return strings.TrimPrefix(path.Clean(dir), "./")
}
