package backend

import (
	"strings"

	"drydock/internal/check"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// judgeDjangoDebug looks at DEBUG in the settings that production uses: a module
// named after it, or the only one.
func judgeDjangoDebug(p *check.Pass, s *repo.Snapshot) {
	all := s.DjangoSettings()
	for _, set := range all {
		if set.Role != repo.Production || triedOut(set.File) || set.Env != "" && !strings.HasPrefix(set.Env, "prod") {
			continue
		}
		v, ok := set.Setting("DEBUG")
		switch {
		case !ok:
		case v.Literal == "False":
			p.Holds(set.At(v.Span), "DEBUG is off")
		case v.Literal != "True" || set.Env == "" && !onlySettings(set, all):
		case overridden(s, set):
			// a statement below takes it from the environment
		default:
			p.Report(set.At(v.Span), "DEBUG is on in %s, which production uses", set.Path).Keyed("DEBUG in %s", set.Path)
		}
	}
}

// onlySettings says whether no other module of the settings stands beside this one.
func onlySettings(set *repo.DjangoSettings, all []*repo.DjangoSettings) bool {
	for _, other := range all {
		if other != set && other.Role == repo.Production && (other.Dir() == set.Dir() || strings.HasPrefix(set.Dir()+"/", other.Dir()+"/") || strings.HasPrefix(other.Dir()+"/", set.Dir()+"/")) {
			return false
		}
	}
	return true
}

// overridden says whether the module sets DEBUG again.
func overridden(s *repo.Snapshot, set *repo.DjangoSettings) bool {
	src := s.Source(set.Path)
	if src == nil || src.Py() == nil {
		return true
	}
	n := 0
	for _, a := range src.Py().Assigns {
		if a.Target == "DEBUG" {
			n++
		}
	}
	for _, i := range src.Py().Imports { // from .local import *
		if i.Try && i.From {
			n++
		}
	}
	return n > 1
}

// judgeDebugDefault finds settings that are debug unless somebody says otherwise:
// a field of a settings class, a default beside the read.
func judgeDebugDefault(p *check.Pass, s *repo.Snapshot) {
	for _, r := range s.EnvReads() {
		low := strings.ToLower(r.Name)
		if r.File.Role != repo.Production || low != "debug" && low != "flask_debug" && low != "django_debug" && low != "app_debug" && low != "debug_mode" || !s.Runs(r.File) || forDevelopment(s, &r) || triedOut(r.File) {
			continue
		}
		on := r.HasDefault && (strings.EqualFold(r.Default, "true") || r.Default == "1")
		if r.Settings && r.File.Lang == repo.Python {
			if src := s.Source(r.File.Path); src != nil && src.Py() != nil {
				for _, a := range src.Py().Assigns {
					if r.Span.Start <= a.Span.Start && a.Span.End <= r.Span.End && strings.EqualFold(lastName(a.Target), r.Name) || a.Span == r.Span {
						on = on || debugDefault(a.Value)
					}
				}
			}
		}
		if on && !offInProduction(s, r.Name) {
			p.Report(r.At(), "%s is on unless the environment switches it off", r.Name).Keyed("default of %s", r.Name)
		}
	}
}

func debugDefault(v pylex.Arg) bool {
	if on, ok := v.Bool(); ok {
		return on
	}
	if call, ok := v.Call(); ok && lastName(call.Callee) == "Field" {
		if d, has := call.Arg("default"); has {
			return d.Literal == "True"
		}
		if d, has := call.At(0); has {
			return d.Literal == "True"
		}
	}
	return false
}

// offInProduction says whether a compose file or env file of production switches
// it off.
func offInProduction(s *repo.Snapshot, name string) bool {
	for _, v := range s.Services() {
		for i := range v.Declarations {
			d := &v.Declarations[i]
			for _, e := range d.Spec.Environment {
				if strings.EqualFold(e.Name, name) && e.HasValue && !debugValue("DEBUG", e.Value) {
					return true
				}
			}
		}
	}
	for _, f := range s.EnvFiles() {
		if !strings.Contains(f.Name(), "prod") {
			continue
		}
		for _, e := range f.Spec.Entries {
			if strings.EqualFold(e.Key, name) && !debugValue("DEBUG", e.Value) {
				return true
			}
		}
	}
	return false
}
