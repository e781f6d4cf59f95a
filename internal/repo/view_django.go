package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/pylex"
)

// DjangoSettings is one settings module of Django. A project may have several:
// a base and one for each environment.
type DjangoSettings struct {
	*File
	Env        string          // what the module's name says it is for: "production", "local", …; "" for the base
	Imports    []*File         // settings modules that it takes everything from, in order
	Middleware []DjangoName    // MIDDLEWARE as this module writes it, in order
	Apps       []DjangoName    // INSTALLED_APPS, also through lists such as THIRD_PARTY_APPS
	Named      []DjangoName    // other dotted names in strings: ROOT_URLCONF, backends, routers
	Values     []DjangoSetting // every setting in capitals that it assigns at module level
	evaluated  map[string]bool // lists that were read to their end
}

// DjangoName is one dotted name in a list of settings.
type DjangoName struct {
	Name string
	Span finding.Span // the literal
	Op   string       // "=" of the list itself, "+=" when it is added, "insert" when a call puts it there
}

// DjangoSetting is one assignment to a setting.
type DjangoSetting struct {
	Name      string
	Literal   string // of a string, number, True, False or None; "" for anything else
	IsLiteral bool
	Span      finding.Span // the statement
	ValueSpan finding.Span
}

// Complete says whether every element of the list that a setting's name gives
// was read: false when it is made by code.
func (d *DjangoSettings) Complete(list string) bool { return d.evaluated[list] }

// Setting is the module's last assignment to a setting.
func (d *DjangoSettings) Setting(name string) (DjangoSetting, bool) {
	for i := len(d.Values) - 1; i >= 0; i-- {
		if d.Values[i].Name == name {
			return d.Values[i], true
		}
	}
	return DjangoSetting{}, false
}

// DjangoSettings lists the settings modules of production code, by path: those
// that set INSTALLED_APPS, MIDDLEWARE or ROOT_URLCONF, and the modules beside
// them that take everything from one of these.
func (s *Snapshot) DjangoSettings() []*DjangoSettings {
	return view(s, "django settings", func() []*DjangoSettings {
		found := map[*File]*DjangoSettings{}
		dirs := map[string]bool{}
		for _, src := range s.SourcesMentioning("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF") {
			if src.Lang != Python || src.Role != Production {
				continue
			}
			if d := readSettings(src, false); d != nil {
				found[src.File] = d
				dirs[src.Dir()] = true
			}
		}
		r := newPyResolver(s)
		var out []*DjangoSettings
		for _, src := range s.Sources() {
			if src.Lang != Python || src.Role != Production || !dirs[src.Dir()] {
				continue
			}
			d := found[src.File]
			if d == nil && !settingsImporter(src, found, r) {
				continue
			}
			if d == nil {
				if d = readSettings(src, true); d == nil {
					continue
				}
			}
			for _, l := range src.facts().links {
				if len(l.names) == 1 && l.names[0] == "*" {
					if base, ok := r.base(src.File, l.module, l.level); ok {
						if f := r.module(base); f != nil {
							d.Imports = append(d.Imports, f)
						}
					}
				}
			}
			out = append(out, d)
		}
		return out
	})
}

// settingsImporter says whether a module takes everything from a settings module.
func settingsImporter(src *Source, found map[*File]*DjangoSettings, r *pyResolver) bool {
	for _, l := range src.facts().links {
		if len(l.names) != 1 || l.names[0] != "*" {
			continue
		}
		if base, ok := r.base(src.File, l.module, l.level); ok {
			if f := r.module(base); f != nil && found[f] != nil {
				return true
			}
		}
	}
	return false
}

// readSettings reads a module; nil when it sets nothing that makes it a
// settings module, unless it is known to be one.
func readSettings(src *Source, known bool) *DjangoSettings {
	py := src.Py()
	if !readablePython(py) {
		return nil
	}
	d := &DjangoSettings{File: src.File, Env: settingsEnvironment(src.File), evaluated: map[string]bool{}}
	for i := range py.Assigns {
		a := &py.Assigns[i]
		if a.Func >= 0 || strings.ToUpper(a.Target) != a.Target || strings.Contains(a.Target, ".") {
			continue
		}
		switch a.Target {
		case "INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "MIDDLEWARE_CLASSES":
			known = known || a.Value.Kind != pylex.ValueNone
		}
		set := DjangoSetting{Name: strings.Clone(a.Target), Span: a.Span, ValueSpan: a.Value.Span}
		switch a.Value.Kind {
		case pylex.ValueString, pylex.ValueNumber, pylex.ValueBool, pylex.ValueNull:
			set.Literal, set.IsLiteral = strings.Clone(a.Value.Literal), true
		}
		d.Values = append(d.Values, set)
		d.list(py, a)
	}
	if !known {
		return nil
	}
	for i := range py.Calls { // INSTALLED_APPS.append("x"), MIDDLEWARE.insert(0, "x")
		call := &py.Calls[i]
		on, method, ok := cutLast(call.Callee)
		if !ok || method != "append" && method != "insert" && method != "extend" {
			continue
		}
		for _, arg := range call.Args {
			names, _ := arg.Strings()
			for _, n := range names {
				d.add(on, DjangoName{strings.Clone(n), arg.Span, "insert"})
			}
		}
	}
	return d
}

// list reads the names of one assignment.
func (d *DjangoSettings) list(py *pylex.File, a *pylex.Assign) {
	switch a.Target {
	case "INSTALLED_APPS", "MIDDLEWARE", "MIDDLEWARE_CLASSES":
		budget := maxSettingNames
		names, whole := dotted(py, a.Value, a.Op, 0, &budget)
		if a.Op == "=" { // what it takes in of the list before is among the names
			if a.Target == "INSTALLED_APPS" {
				d.Apps = nil
			} else {
				d.Middleware = nil
			}
		}
		for _, n := range names {
			d.add(a.Target, n)
		}
		d.evaluated[a.Target] = whole && (a.Op == "=" || d.evaluated[a.Target])
	default:
		budget := maxSettingNames
		names, _ := dotted(py, a.Value, a.Op, maxHops-2, &budget)
		for _, n := range names {
			d.add("", n)
		}
	}
}

func (d *DjangoSettings) add(list string, n DjangoName) {
	switch list {
	case "INSTALLED_APPS":
		d.Apps = append(d.Apps, n)
	case "MIDDLEWARE", "MIDDLEWARE_CLASSES":
		d.Middleware = append(d.Middleware, n)
	default:
		if strings.Contains(n.Name, ".") && !strings.ContainsAny(n.Name, " /:@%{") {
			d.Named = append(d.Named, n)
		}
	}
}

// dotted are the string elements of a list, of sums of lists and of the lists
// that names of the same file stand for; whole is false when something in it is
// neither.
func dotted(py *pylex.File, v pylex.Arg, op string, depth int, budget *int) (names []DjangoName, whole bool) {
	if *budget--; depth > maxHops || *budget < 0 {
		return nil, false
	}
	switch v.Kind {
	case pylex.ValueString:
		return []DjangoName{{strings.Clone(v.Literal), v.Span, op}}, true
	case pylex.ValueList, pylex.ValueTuple, pylex.ValueSet:
		whole = true
		for _, item := range v.Items() {
			part, ok := dotted(py, item, op, depth+1, budget)
			names, whole = append(names, part...), whole && ok
		}
		return names, whole
	case pylex.ValueDict:
		for _, p := range v.Pairs() {
			part, _ := dotted(py, p.Value, op, depth+1, budget)
			names = append(names, part...)
		}
		return names, false
	case pylex.ValueIdent:
		for i := range py.Assigns {
			if a := &py.Assigns[i]; a.Target == v.Ident && a.Func < 0 && a.Value.Span.End < v.Span.Start {
				part, ok := dotted(py, a.Value, op, depth+1, budget)
				if a.Op == "=" {
					names = nil
				}
				names, whole = append(names, part...), ok
			}
		}
		return names, whole
	case pylex.ValueOther:
		return listSum(py, v, op, depth, budget)
	}
	return nil, false
}

// maxSettingNames bounds how many values of one setting are looked at, those of the
// lists in it included.
const maxSettingNames = 4096

// maxSum bounds how many lists of a sum are read.
const maxSum = 32

// listSum reads a + b + c.
func listSum(py *pylex.File, v pylex.Arg, op string, depth int, budget *int) (names []DjangoName, whole bool) {
	terms := v.Terms("+", maxSum)
	if len(terms) < 2 {
		return nil, false
	}
	whole = true
	for _, t := range terms {
		part, ok := dotted(py, t, op, depth+1, budget)
		names, whole = append(names, part...), whole && ok
	}
	return names, whole
}

// settingsEnvironment is what a settings module's name says it is for.
func settingsEnvironment(f *File) string {
	stem, _, _ := cutExt(f.Name())
	switch stem = strings.ToLower(stem); stem {
	case "settings", "__init__", "base", "common", "defaults", "default":
		return ""
	case "prod", "production", "live", "heroku":
		return "production"
	case "dev", "development", "local":
		return "local"
	case "test", "testing", "ci":
		return "test"
	}
	for _, env := range []string{"production", "prod", "staging", "local", "dev", "test"} {
		if strings.HasSuffix(stem, "_"+env) || strings.HasPrefix(stem, env+"_") || stem == env {
			return env
		}
	}
	if path.Base(f.Dir()) == "settings" {
		return stem
	}
	return ""
}
