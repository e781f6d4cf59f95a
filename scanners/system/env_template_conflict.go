package system

import (
	"fmt"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// EnvTemplateConflict finds two templates for one env file that differ.
var EnvTemplateConflict = check.PerProject(check.Doc{
	ID:         "system/env-template-conflict",
	Title:      "Two env templates disagree",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.5,
	Why:        "Which of the two is complete is a guess, so each new installation lacks what the other one names.",
	How:        "Merge both into one file, name it .env.example, and delete the other.",
	References: []string{"https://12factor.net/config"},
}, func(p *check.Pass, s *repo.Snapshot) {
	type key struct {
		dir, variant string
		env          compose.Env
	}
	first := map[key]*repo.EnvFile{}
	for _, f := range productionTemplates(s) {
		k := key{f.Dir(), f.Variant, f.Env}
		before := first[k]
		if before == nil {
			first[k] = f
			continue
		}
		here, there := onlyIn(f, before), onlyIn(before, f)
		if len(here)+len(there) == 0 || !overlap(f, before) {
			continue
		}
		var parts []string
		for _, side := range []struct {
			in    *repo.EnvFile
			names []string
		}{{before, there}, {f, here}} {
			if len(side.names) > 0 {
				parts = append(parts, fmt.Sprintf("only %s has %s", side.in.Name(), list(side.names)))
			}
		}
		p.Report(before.Start(), "%s and %s are templates for the same env file and differ: %s", before.Path, f.Path, strings.Join(parts, "; ")).
			With(f.Start()).Keyed("%s %s", before.Name(), f.Name())
	}
})

func keysOf(f *repo.EnvFile) (out []string) {
	for _, list := range [][]string{entryNames(f, false), entryNames(f, true)} {
		for _, name := range list {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func entryNames(f *repo.EnvFile, commented bool) (out []string) {
	entries := f.Spec.Entries
	if commented {
		entries = f.Spec.Commented
	}
	for _, e := range entries {
		out = append(out, e.Key)
	}
	return out
}

// onlyIn are the variables that a sets and b does not even show.
func onlyIn(a, b *repo.EnvFile) (out []string) {
	other := keysOf(b)
	for _, name := range entryNames(a, false) {
		if !slices.Contains(other, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// overlap says whether two templates are for one purpose: they share variables, or
// one of them is empty.
func overlap(a, b *repo.EnvFile) bool {
	other := keysOf(b)
	keys := keysOf(a)
	if len(other) == 0 || len(keys) == 0 {
		return true
	}
	shared := 0
	for _, name := range keys {
		if slices.Contains(other, name) {
			shared++
		}
	}
	return 3*shared >= min(len(keys), len(other))
}
