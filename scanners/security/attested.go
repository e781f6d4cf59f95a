package security

import (
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// howToAttest ends the advice of checks that only a person can answer.
const howToAttest = " What was done outside the project can be said in drydock.yaml, under attest, with the evidence, the date and the day it runs out."

// served says whether the project deploys something that answers other people's
// requests, and where.
func served(s *repo.Snapshot) (at finding.Location, ok bool) {
	for _, c := range s.Components() {
		switch c.Role {
		case repo.RoleWeb, repo.RoleAPI, repo.RoleProxy, repo.RoleApp:
		default:
			continue
		}
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if d.Kube != nil && d.Env.Deployed() || d.Compose != nil && d.Env == compose.Prod {
				return d.At(), true
			}
		}
	}
	return at, false
}

// passwordRoute is a route of the running code at which people give a password.
func passwordRoute(s *repo.Snapshot) (r repo.Route, ok bool) {
	for _, r := range s.Routes() {
		if r.Method != "POST" && r.Method != "ANY" || !s.Runs(r.File) {
			continue
		}
		parts := strings.FieldsFunc(strings.ToLower(r.Path), func(c rune) bool { return c == '/' || c == '-' || c == '_' })
		if slices.Contains(parts, "login") || slices.Contains(parts, "signin") || strings.HasSuffix(r.Path, "/sign-in") || strings.HasSuffix(r.Path, "/auth/token") {
			return r, true
		}
	}
	return r, false
}

// moduleUse is the first running source that imports one of the modules, or one
// below them.
func moduleUse(s *repo.Snapshot, modules ...string) (at finding.Location, module string, ok bool) {
	fits := func(m string) bool {
		return slices.ContainsFunc(modules, func(want string) bool {
			return m == want || strings.HasPrefix(m, want+"/") || strings.HasPrefix(m, want+".")
		})
	}
	for _, src := range s.RunningSources() {
		for _, m := range src.Modules() {
			if fits(m) {
				return src.Start(), m, true
			}
		}
	}
	for _, src := range s.GoSources() {
		if src.Role != repo.Production || src.Excluded != "" {
			continue
		}
		for _, m := range src.Imports() {
			if fits(m) {
				return src.Start(), m, true
			}
		}
	}
	return at, "", false
}

// imageUse is the first deployed container of an image with one of the words in its
// name.
func imageUse(s *repo.Snapshot, words ...string) (at finding.Location, image string, ok bool) {
	for _, c := range s.Components() {
		for i := range c.Deployments {
			d := &c.Deployments[i]
			if !d.Env.Deployed() {
				continue
			}
			for _, w := range words {
				if strings.Contains(strings.ToLower(d.Image.Name), w) {
					return d.At(), d.Image.Name, true
				}
			}
		}
	}
	return at, "", false
}

// resourceUse is the first resource of these types that production's Terraform makes.
func resourceUse(s *repo.Snapshot, types ...string) (at finding.Location, name string, ok bool) {
	for _, m := range s.TerraformModules() {
		if m.Role != repo.Production {
			continue
		}
		if all := m.ResourcesOf(types...); len(all) > 0 {
			return all[0].At(all[0].Span), all[0].Address(), true
		}
	}
	return at, "", false
}

// hasParts says whether the words of a name hold all of these.
func hasParts(name string, words ...string) bool {
	parts := secret.Parts(name)
	for _, w := range words {
		if !slices.Contains(parts, w) {
			return false
		}
	}
	return true
}
