package observability

import (
	"regexp"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// claim is a place that says that some part reports to Sentry.
type claim struct {
	at    finding.Location
	what  string
	parts []*part // one of which it speaks of
}

// started is a part that makes the claim true, nil without any.
func (c *claim) started() *part {
	for _, u := range c.parts {
		if len(u.live) > 0 {
			return u
		}
	}
	return nil
}

// dsnName is the name of a variable that holds a DSN of Sentry.
var dsnName = regexp.MustCompile(`^(?:[A-Z0-9]+_)*SENTRY_(?:[A-Z0-9]+_)*DSN(?:_[A-Z0-9]+)*$`)

// claims lists the claims, the most telling first: SDKs in manifests, variables
// of services, settings that code reads, env files.
func (ps *parts) claims() (out []claim) {
	add := func(at finding.Location, what string, of ...*part) {
		of = slices.DeleteFunc(of, func(u *part) bool { return u == nil })
		if len(of) > 0 {
			out = append(out, claim{at, what, of})
		}
	}
	ps.manifests(add)
	ps.services(add)
	for _, r := range ps.s.EnvReads() {
		if !dsnName.MatchString(r.Name) || r.File.Lang == repo.Go { // no part of its own
			continue
		}
		st := script
		if r.File.Lang == repo.Python {
			st = python
		}
		add(r.At(), r.Name+" is read", ps.at(ps.s.UnitDir(r.File), st))
	}
	for _, f := range ps.s.EnvFiles() {
		if f.Role != repo.Production {
			continue
		}
		for _, e := range f.Spec.Entries {
			if dsnName.MatchString(e.Key) && !ps.foreign(f.Dir()) {
				of := []*part{ps.at(f.Dir(), script)}
				if !repo.PublicEnv(e.Key) {
					of = append(of, ps.at(f.Dir(), python))
				}
				add(f.At(e.KeySpan), e.Key+" is set", of...)
			}
		}
	}
	return out
}

type adding func(at finding.Location, what string, of ...*part)

func (ps *parts) manifests(add adding) {
	requirements := func(f *repo.File, list []manifest.Requirement) {
		if f.Role != repo.Production || strings.Contains(f.Name(), "constraint") {
			return
		}
		for _, r := range list {
			if r.Name == "sentry-sdk" && !r.Dev && r.Group == "" {
				add(f.At(r.Span), "sentry-sdk is required", ps.at(ps.s.UnitDir(f), python))
			}
		}
	}
	for _, r := range ps.s.Requirements() {
		requirements(r.File, r.List)
	}
	for _, r := range ps.s.PyProjects() {
		requirements(r.File, r.PyProject.Requirements)
	}
	for _, r := range ps.s.PyLegacies() {
		requirements(r.File, r.PyLegacy.Requirements)
	}
	for _, p := range ps.s.Packages() {
		if p.Role != repo.Production {
			continue
		}
		for _, d := range p.Dependencies {
			if d.Group == manifest.Production && isSDK(d.Name) {
				add(p.At(d.Span), d.Name+" is required", ps.at(p.Dir(), script))
			}
		}
	}
}

// isSDK says whether a package of Sentry's is one that an application starts, as
// opposed to a plugin, a tool or a part.
func isSDK(name string) bool {
	short, ok := strings.CutPrefix(name, "@sentry/")
	if !ok {
		return false
	}
	switch short {
	case "cli", "types", "utils", "core", "wizard", "tracing", "integrations", "hub", "minimal", "replay", "profiling-node", "opentelemetry", "babel-plugin-component-annotate", "bundler-plugin-core", "conventions":
		return false
	}
	return !strings.HasSuffix(short, "-plugin") && !strings.HasSuffix(short, "-internal") && !strings.HasPrefix(short, "browser-utils")
}

// services are the variables of services that are built here.
func (ps *parts) services(add adding) {
	for _, v := range ps.s.Services() {
		dir := ""
		for i := range v.Declarations {
			if d := v.Declarations[i].Dir; d != "" {
				dir = d
			}
		}
		if dir == "" {
			continue
		}
		for i := range v.Declarations {
			d := &v.Declarations[i]
			for _, e := range d.Spec.Environment {
				if f := ps.s.File(e.Key.Path); dsnName.MatchString(e.Name) && f != nil && f.Role == repo.Production {
					add(ps.s.Place(e.Key.Path, e.Key.Span), e.Name+" is given to the service "+v.Name, ps.built(dir, repo.PublicEnv(e.Name))...)
				}
			}
		}
	}
}
