package system

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/workflow"
)

// RuntimeVersionMismatch finds projects that are tested on another version of
// their runtime than they are built or run on.
var RuntimeVersionMismatch = check.PerProject(check.Doc{
	ID:         "system/runtime-version-mismatch",
	Title:      "Several versions of one runtime",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "What the tests prove on one version need not hold on the one that serves: syntax, defaults and native modules differ.",
	How:        "Write the version once, in .nvmrc, .python-version or the Dockerfile, and have CI read it from there.",
	Holds:      "CI, images and version files name the same runtime version",
	References: []string{"https://github.com/actions/setup-node#node-version-file", "https://12factor.net/dev-prod-parity"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, runtime := range []string{"node", "python"} {
		uses := runtimeUses(s, runtime)
		byUnit := map[string][]runtimeUse{}
		var units []string
		for _, u := range uses {
			if byUnit[u.unit] == nil {
				units = append(units, u.unit)
			}
			byUnit[u.unit] = append(byUnit[u.unit], u)
		}
		slices.Sort(units)
		for _, unit := range units {
			compareRuntimes(p, runtime, unit, byUnit[unit])
		}
	}
})

// runtimeUse is a place that chooses the version of a runtime for a package.
type runtimeUse struct {
	version, by, unit string
	at                finding.Location
}

func runtimeUses(s *repo.Snapshot, runtime string) (out []runtimeUse) {
	add := func(version, by, unit string, at finding.Location) {
		if v, ok := releaseOf(runtime, version); ok {
			out = append(out, runtimeUse{v, by, unit, at})
		}
	}
	single := onlyPackage(s, runtime)
	for _, d := range s.Dockerfiles() {
		if d.Role != repo.Production || !d.Env.Deployed() {
			continue
		}
		seen := map[finding.Location]bool{}
		for _, stage := range d.Spec.Stages {
			base := stage.Image()
			if name, version := runtimeOf(base.Ref); base.Known() && name == runtime && !seen[d.At(base.Span)] {
				seen[d.At(base.Span)] = true
				unit := s.UnitDir(d.File)
				if single != "" {
					unit = single
				}
				add(version, "the image", unit, d.At(base.Span))
			}
		}
	}
	for _, f := range s.Production() {
		if versionFiles[f.Name()] == runtime && f.Size < 100 {
			unit := f.Dir()
			if single != "" {
				unit = single
			}
			add(strings.TrimPrefix(strings.TrimSpace(string(f.Bytes())), "v"), f.Name(), unit, f.Start())
		}
	}
	if single == "" {
		return out // of several packages CI may set up one after the other
	}
	for _, pipe := range s.Pipelines() {
		for _, job := range pipe.Spec.Jobs {
			if !slices.ContainsFunc(job.Steps, provesCode) {
				continue
			}
			for _, step := range job.Steps {
				action, _ := step.Action()
				if pipe.Role != repo.Production || action != "actions/setup-"+runtime {
					continue
				}
				if v := step.Input(runtime + "-version"); v != "" && !strings.ContainsAny(v, "$*<>=") {
					add(strings.TrimSuffix(strings.TrimPrefix(v, "v"), ".x"), "CI", single, pipe.At(step.UsesSpan))
				}
			}
		}
	}
	return out
}

// provesCode says whether a step tests or builds the project, rather than running
// some tool.
func provesCode(step workflow.Step) bool {
	return slices.ContainsFunc(step.Commands(), func(c shell.Command) bool {
		return slices.ContainsFunc(c.Words, func(w string) bool {
			return strings.HasPrefix(w, "test") || strings.HasPrefix(w, "build") || w == "pytest" || w == "lint" || w == "tox" || w == "vitest" || w == "jest"
		})
	})
}

// onlyPackage is the directory of the only package for a runtime, members of a
// workspace left out; "" when there are several or none.
func onlyPackage(s *repo.Snapshot, runtime string) (dir string) {
	ecosystem := map[string]string{"node": "npm", "python": "pypi"}[runtime]
	n := 0
	for _, u := range s.Units() {
		if string(u.Ecosystem) == ecosystem && u.Workspace == nil && u.Manifest.Role == repo.Production {
			n++
			dir = u.Dir
		}
	}
	if n != 1 {
		return ""
	}
	return path.Clean(dir)
}

func compareRuntimes(p *check.Pass, runtime, unit string, uses []runtimeUse) {
	var versions []string
	for _, u := range uses {
		if !slices.Contains(versions, u.version) {
			versions = append(versions, u.version)
		}
	}
	if len(versions) == 1 {
		if len(uses) > 1 {
			p.Holds(uses[0].at, "%s %s everywhere", runtimeNames[runtime], versions[0])
		}
		return
	}
	if inOneFile(uses) && len(uses) > 2 {
		return // a matrix of images
	}
	var parts []string
	for _, v := range versions {
		i := slices.IndexFunc(uses, func(u runtimeUse) bool { return u.version == v })
		parts = append(parts, fmt.Sprintf("%s in %s (%s)", v, uses[i].by, uses[i].at.Path))
	}
	found := p.Report(uses[0].at, "%s of %s is %s", runtimeNames[runtime], dirName(unit), strings.Join(parts, ", ")).Keyed("%s %s", runtime, unit)
	for _, u := range uses[1:] {
		found.With(u.at)
	}
}

func inOneFile(uses []runtimeUse) bool {
	return !slices.ContainsFunc(uses, func(u runtimeUse) bool { return u.at.Path != uses[0].at.Path })
}
