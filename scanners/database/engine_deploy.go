package database

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/secret"
)

// deployment collects what env files and compose files name, for the packages
// that have a database by their own code.
func (e *engines) deployment() {
	units := e.units()
	if len(units) == 0 {
		return
	}
	for _, f := range e.s.EnvFiles() {
		if f.Role != repo.Production {
			continue
		}
		from := fromEnvFile
		switch parts := secret.Parts(f.Name()); {
		case forProduction(f.File):
			from = fromProduction
		case slices.Contains(parts, "test") || slices.Contains(parts, "ci"):
			from = fromTests
		}
		for _, entry := range f.Spec.Entries {
			if isAddress(entry.Key) {
				if unit, ok := owner(units, f.Dir()); ok {
					e.put(engineOfURL(entry.Value), compose.Place{Path: f.Path, Span: entry.Span}, unit, from)
				}
			}
		}
	}
	images := map[string][]named{}
	for _, v := range e.s.Services() {
		dir := ""
		for i := range v.Declarations {
			dir = max(dir, v.Declarations[i].Dir)
		}
		for i := range v.Declarations {
			d := &v.Declarations[i]
			f := e.s.File(d.Spec.Path)
			if f == nil || f.Role != repo.Production {
				continue
			}
			if dir != "" {
				e.addresses(units, d, dir)
			} else if what := engineOfImage(d.Spec.Image.Ref); what != "" && ours(d.Project, v.Name) {
				if unit, ok := e.imageOwner(units, d); ok {
					images[unit] = append(images[unit], named{what, e.s.Place(d.Spec.Image.Path, d.Spec.Image.Span), unit, fromImage})
				}
			}
		}
	}
	for _, unit := range units { // of two engines beside each other one is somebody else's
		if found := images[unit]; len(distinct(found)) == 1 {
			e.list = append(e.list, found...)
		}
	}
}

func (e *engines) put(what engine, at compose.Place, unit string, from source) {
	if what != "" {
		e.list = append(e.list, named{what, e.s.Place(at.Path, at.Span), unit, from})
	}
}

// addresses collects the addresses that a service built here is given.
func (e *engines) addresses(units []string, d *repo.Declaration, dir string) {
	from := fromService
	switch d.Env() {
	case compose.Prod, compose.Staging:
		from = fromProduction
	case compose.Test:
		from = fromTests
	}
	unit, ok := owner(units, dir)
	if !ok {
		return
	}
	for _, v := range d.Spec.Environment {
		if isAddress(v.Name) && v.HasValue {
			e.put(engineOfURL(v.Value), v.Place, unit, from)
		}
	}
}

// units are the directories of the packages whose code, migrations or schema
// name an engine.
func (e *engines) units() (out []string) {
	for _, n := range e.list {
		if n.source != fromTests && !slices.Contains(out, n.unit) {
			out = append(out, n.unit)
		}
	}
	slices.Sort(out)
	return out
}

// owner is the package with a database that a directory stands for: itself, the
// one around it, or the only one within it.
func owner(units []string, dir string) (string, bool) {
	if slices.Contains(units, dir) {
		return dir, true
	}
	var within []string
	around := ""
	for _, u := range units {
		switch {
		case dir == "." || strings.HasPrefix(u, dir+"/"):
			within = append(within, u)
		case u == "." || strings.HasPrefix(dir, u+"/"):
			around = max(around, u)
		}
	}
	if len(within) == 1 {
		return within[0], true
	}
	return around, len(within) == 0 && around != ""
}

// imageOwner is the package that uses a database image: the one whose service
// waits for it, else the only one that the compose file stands over.
func (e *engines) imageOwner(units []string, d *repo.Declaration) (string, bool) {
	for _, svc := range d.Project.Services() {
		if dir := repo.ContextDir(svc); dir != "" && dependsOn(svc, d.Spec.Name) {
			if unit, ok := owner(units, dir); ok {
				return unit, true
			}
		}
	}
	dir := d.Project.Dir
	switch path.Base(dir) {
	case "deploy", "docker", "compose", "infra", "dev", "prod", "production", "local":
		dir = path.Dir(dir)
	}
	if dir != "." && !slices.Contains(units, dir) && !slices.ContainsFunc(units, func(u string) bool { return strings.HasPrefix(u, dir+"/") }) {
		return "", false
	}
	return owner(units, dir)
}

// ours says whether a database may be the project's: it is not when only
// services of other people's images wait for it.
func ours(project *compose.Project, name string) bool {
	others := false
	for _, svc := range project.Services() {
		if !dependsOn(svc, name) {
			continue
		}
		if repo.ContextDir(svc) != "" {
			return true
		}
		others = true
	}
	return !others
}

func dependsOn(svc *compose.Service, name string) bool {
	return slices.ContainsFunc(svc.DependsOn, func(d compose.Dependency) bool { return d.Service == name })
}
