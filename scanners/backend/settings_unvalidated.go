package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
	"drydock/internal/repo/secret"
)

// SettingsUnvalidated finds programs that start whatever their environment says.
var SettingsUnvalidated = check.PerProject(check.Doc{
	ID:         "backend/settings-unvalidated",
	Title:      "Settings are not checked at start",
	Severity:   finding.High,
	Confidence: finding.Likely,
	Hours:      3,
	Why:        "A missing or misspelt variable shows itself at the first request that needs it, in production, or not at all: the program runs on with the value meant for development.",
	How:        "Read all settings in one place that refuses to start when a required one is missing: pydantic-settings in Python, a zod or envalid schema in JavaScript, a validation schema for Nest's ConfigModule.",
	Holds:      "Settings are checked at start",
	References: []string{
		"https://docs.pydantic.dev/latest/concepts/pydantic_settings/",
		"https://docs.nestjs.com/techniques/configuration#schema-validation",
		"https://12factor.net/config",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	refused := newRefusals(s)
	for _, a := range apis(s) {
		u := readsOf(s, a)
		switch {
		case u.checked != nil:
			p.Holds(u.checked.At(), "%s are read through a schema or a settings class", count(u.named, "variable", "variables"))
		case a.family == "Go": // flags and files say as much there as the environment
		case len(u.required) > 0 && len(u.required) >= len(u.weighty()):
			p.Holds(u.required[0].At(), "the program refuses to start without %s", u.required[0].Name)
		case len(u.required) > 0:
			p.Unproven(u.required[0].At(), "%s is required; %s can be missing unnoticed", u.required[0].Name, count(len(u.weighty()), "other secret or address", "other secrets and addresses"))
		case len(u.unchecked) < fewestSettings || len(u.weighty()) < 2 || len(a.work()) == 0:
		default:
			if at, ok := refusesAny(refused, u.unchecked); ok {
				p.Holds(at, "start-up refuses settings that will not do")
				continue
			}
			if at, ok := checksElsewhere(s, a); ok {
				p.Unproven(at, "what this checks of the %s that are read is not followed", count(u.named, "variable", "variables"))
				continue
			}
			var also []finding.Location
			for _, r := range u.unchecked[1:] {
				if len(also) < mostShown {
					also = append(also, r.At())
				}
			}
			names := u.names()
			p.Report(u.unchecked[0].At(), "%d settings are read and none is required or checked at start: %s", len(names), strings.Join(names[:min(4, len(names))], ", ")).
				Keyed("settings of %s", a.unit).With(also...)
		}
	}
})

// fewestSettings are worth a check of their own.
const fewestSettings = 3

// envUse is what one program reads from its environment.
type envUse struct {
	named     int // different variables
	checked   *repo.EnvRead
	required  []repo.EnvRead
	unchecked []repo.EnvRead // the first read of each variable that something depends on
}

func (u *envUse) names() []string {
	var out []string
	for i := range u.unchecked {
		out = append(out, u.unchecked[i].Name)
	}
	return out
}

// weighty are the secrets and addresses that may be missing.
func (u *envUse) weighty() (out []repo.EnvRead) {
	for _, r := range u.unchecked {
		if rank(r.Name) < 2 && !slices.ContainsFunc(u.required, func(o repo.EnvRead) bool { return o.Name == r.Name }) {
			out = append(out, r)
		}
	}
	return out
}

func readsOf(s *repo.Snapshot, a *api) *envUse {
	u := &envUse{}
	seen := map[string]bool{}
	for _, r := range s.EnvReads() {
		if r.Public || !ownProgram(s, a, r.File) || !s.Runs(r.File) {
			continue
		}
		if !seen[r.Name] {
			u.named++
		}
		switch {
		case r.Settings || r.Schema:
			if u.checked == nil {
				u.checked = &r
			}
		case r.Required:
			u.required = append(u.required, r)
		case !seen[r.Name] && matters(r.Name):
			u.unchecked = append(u.unchecked, r)
		}
		seen[r.Name] = true
	}
	// the places that tell most come first: secrets, then addresses
	slices.SortStableFunc(u.unchecked, func(a, b repo.EnvRead) int { return rank(a.Name) - rank(b.Name) })
	return u
}

func rank(name string) int {
	if secret.Name(name) {
		return 0
	}
	if hasPart(name, "url", "dsn", "uri", "host") {
		return 1
	}
	return 2
}

// ownProgram says whether a file belongs to the program, or to a package of the
// workspace that holds the settings of all of them.
func ownProgram(s *repo.Snapshot, a *api, f *repo.File) bool {
	if a.family == "Go" {
		return f.Lang == repo.Go && s.ProgramDir(f) == a.unit
	}
	return a.has(s, f) || f.Lang != repo.Python && a.routes[0].File.Lang != repo.Python && a.unit != "." && (hasPart(s.ProgramDir(f), "config", "env", "settings", "shared", "common", "lib", "core"))
}

// matters says whether the program works differently, or not at all, without the
// variable.
func matters(name string) bool {
	switch name {
	case "NODE_ENV", "PORT", "HOST", "CI", "PATH", "HOME", "TZ", "LOG_LEVEL", "DEBUG", "HOSTNAME", "VERCEL", "PWD", "ENV", "ENVIRONMENT", "FLASK_ENV":
		return false
	}
	return secret.Name(name) || hasPart(name, "url", "dsn", "uri", "host", "database", "db", "bucket")
}

// refusesAny finds a place that stops the program because of one of the settings.
func refusesAny(refused *refusals, reads []repo.EnvRead) (finding.Location, bool) {
	for i := range reads {
		r := &reads[i]
		names := []string{r.Name}
		if target := lastName(r.Target); target != "" {
			names = append(names, target)
		}
		for _, src := range refused.s.RunningSources(names...) {
			if src.File != r.File && !startsWith(src.File) {
				continue // it stops one request, not the program
			}
			for _, one := range refused.of(src) {
				if !atStart(src, one.span) {
					continue
				}
				for _, c := range one.conditions {
					for k, w := range c.words {
						if slices.Contains(names, w) && (!c.isString[k] || w == r.Name) {
							return one.file.At(one.span), true
						}
					}
				}
			}
		}
	}
	return finding.Location{}, false
}

// startsWith says whether a file is one that programs start with.
func startsWith(f *repo.File) bool {
	stem, _, _ := strings.Cut(f.Name(), ".")
	return hasPart(stem, "settings", "config", "configuration", "env", "environment", "main", "app", "server", "start", "startup", "bootstrap", "init", "validate", "index")
}

// atStart says whether a place runs when the program starts: outside of all
// functions, or in one that is called after starting.
func atStart(src *repo.Source, span finding.Span) bool {
	name, inside := "", false
	if py := src.Py(); py != nil {
		for i := range py.Defs {
			if d := &py.Defs[i]; d.Kind != pylex.Class && d.Span.Start <= span.Start && span.End <= d.Span.End {
				name, inside = d.Name, true
			}
		}
	} else if file := src.JS(); file != nil {
		for i := range file.Funcs {
			if f := &file.Funcs[i]; f.Span.Start <= span.Start && span.End <= f.Span.End {
				name, inside = f.Name, true
			}
		}
	}
	return !inside || hasPart(name, "validate", "validator", "check", "init", "create", "main", "bootstrap", "start", "startup", "load", "settings", "config", "env", "ensure", "require", "required", "must", "verify", "lifespan", "enforce")
}

// checksElsewhere finds a library or function that checks the environment in a
// way that is not read.
func checksElsewhere(s *repo.Snapshot, a *api) (finding.Location, bool) {
	for _, src := range s.RunningSources("envalid", "cleanEnv", "convict", "envSchema", "env-schema", "validationSchema", "dynaconf", "Validator", "environs", "validateEnv", "validate_env", "checkEnv", "check_env", "validate_settings", "fastifyEnv", "BaseSettings", "znv", "createEnv", "superRefine", "safeParse", "registerAs", "check_required", "validate", "validateSync", "validateOrReject") {
		if !ownProgram(s, a, src.File) {
			continue
		}
		for _, c := range callsIn(body{src, finding.Span{End: len(src.Bytes())}}) {
			switch last := lastName(c.callee); last {
			case "cleanEnv", "convict", "envSchema", "Dynaconf", "validateEnv", "validate_env", "checkEnv", "check_env", "validate_settings", "Env", "parseEnv", "createEnv", "check_required":
				return src.At(c.span), true
			case "validateSync", "validateOrReject":
				if startsWith(src.File) {
					return src.At(c.span), true
				}
			case "parse", "safeParse", "validate", "register", "parseAsync":
				if last == "validate" && importsModule(src, "class-validator") && startsWith(src.File) {
					return src.At(c.span), true
				}
				text := src.File.Text(c.span)
				if strings.Contains(text, "process.env") || strings.Contains(text, "fastifyEnv") {
					return src.At(c.span), true
				}
			case "forRoot":
				if text := src.File.Text(c.span); strings.Contains(c.callee, "Config") && strings.Contains(text, "validat") {
					return src.At(c.span), true
				}
			case "registerAs":
				if strings.Contains(strings.ToLower(string(src.Bytes())), "validate") {
					return src.At(c.span), true
				}
			}
		}
	}
	return finding.Location{}, false
}
