package repo

import (
	"slices"
	"sort"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// EnvRead is one place where code reads an environment variable.
type EnvRead struct {
	Name        string
	File        *File
	Span        finding.Span // the read; of a settings class the whole field
	Target      string       // the variable or field that takes the value, "" when there is none
	Default     string       // what a literal default says, escapes resolved
	HasDefault  bool         // the default is a literal string
	DefaultSpan finding.Span // quotes included
	Optional    bool         // it has a default of any kind, or reads as nothing when unset
	Required    bool         // it fails when the variable is not set
	Public      bool         // built into what browsers load
	Settings    bool         // a field of a class or struct that is filled from the environment
	Schema      bool         // a field of a schema that the environment is checked against: t3 env, zod, envalid, Joi
}

// At is where the variable is read.
func (r *EnvRead) At() finding.Location { return r.File.At(r.Span) }

// EnvReads lists the reads of environment variables in TypeScript, JavaScript,
// Python and Go by name in production code: by file and place, those of Go last.
func (s *Snapshot) EnvReads() []EnvRead {
	return view(s, "env reads", func() []EnvRead {
		var out []EnvRead
		schemas, helped, settings := envSchemas(s), helperReads(s), s.settingsFiles()
		for _, src := range s.Sources() {
			if src.Role != Production {
				continue
			}
			start := len(out)
			switch {
			case src.Lang == Python:
				out = append(out, ownReads(s, src)...)
				if settings[src.File] {
					out = append(out, s.settingsEnv(src)...)
				}
			default:
				out = append(out, ownReads(s, src)...)
				out = append(out, schemas[src.File]...)
			}
			out = append(out, helped[src.File]...)
			slices.SortStableFunc(out[start:], func(a, b EnvRead) int { return a.Span.Start - b.Span.Start })
		}
		return append(out, goEnvReads(s)...)
	})
}

// ownReads are the reads of a source that can be told from itself.
func ownReads(s *Snapshot, src *Source) []EnvRead {
	out := slices.Clone(envReadsOf.Of(s, src.File))
	for i := range out {
		out[i].File = src.File
	}
	return out
}

// envReadsOf are a source's own reads, without the file.
var envReadsOf = Derive(func(s *Snapshot, f *File) (out []EnvRead) {
	src := s.Source(f.Path)
	switch {
	case src.Lang == Python:
		if src.Mentions("environ", "getenv", "decouple", "environs", "starlette") {
			out = pythonEnv(src)
		}
	case src.Mentions("process.env", "import.meta.env", "Deno.env", "$env", "ConfigService"):
		js := src.JS()
		out = append(scriptEnv(src.File, js), otherReads(jsParsed{src, js})...)
	}
	for i := range out {
		out[i].File = nil
	}
	return out
})

// publicPrefixes begin the names that bundlers copy into what browsers load.
var publicPrefixes = []string{"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "GATSBY_", "VUE_APP_"}

// PublicEnv says whether a variable's name makes it public.
func PublicEnv(name string) bool {
	return slices.ContainsFunc(publicPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

func pythonEnv(src *Source) []EnvRead {
	py := src.Py()
	var out []EnvRead
	for i := range py.EnvReads {
		e := &py.EnvReads[i]
		r := EnvRead{Name: strings.Clone(e.Name), File: src.File, Span: e.Span, Required: e.Required, Optional: !e.Required, Public: PublicEnv(e.Name)}
		if e.Default != nil {
			r.Optional = true
			if e.Default.IsLiteral {
				r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(e.Default.Literal), e.Default.Span
			}
		}
		from, to := near(len(py.EnvReads), len(py.Assigns), func(k int) bool { return py.Assigns[k].Value.Span.Start > e.Span.Start })
		for k := from; k < to; k++ {
			if v := py.Assigns[k].Value.Span; v.Start <= e.Span.Start && e.Span.End <= v.End {
				r.Target = strings.Clone(py.Assigns[k].Target)
			}
		}
		out = append(out, r)
	}
	return out
}

// near is the range of assignments in which the one around a read is looked for:
// all of them, or in files without measure those that begin shortly before it.
func near(reads, assigns int, behind func(k int) bool) (from, to int) {
	const most, window = 4_000_000, 1000
	if reads*assigns <= most {
		return 0, assigns
	}
	to = sort.Search(assigns, behind)
	return max(0, to-window), to
}

func scriptEnv(f *File, js *jslex.File) []EnvRead {
	var out []EnvRead
	for i := range js.EnvReads {
		e := &js.EnvReads[i]
		r := EnvRead{Name: strings.Clone(e.Name), File: f, Span: e.Span, Optional: true, Public: e.Meta || PublicEnv(e.Name)}
		if d := e.Default; d != nil && d.Kind == jslex.ValueString {
			r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(d.Literal), d.Span
		}
		from, to := near(len(js.EnvReads), len(js.Assigns), func(k int) bool { return js.Assigns[k].Span.Start > e.Span.Start })
		for k := from; k < to; k++ {
			a := &js.Assigns[k]
			inValue := a.Value.Span.Start <= e.Span.Start && e.Span.End <= a.Value.Span.End
			taken := a.Key == e.Name && a.Span.Start <= e.Span.Start && e.Span.End <= a.Span.End
			if inValue && a.Key == "" || taken {
				r.Target = strings.Clone(a.Target)
			}
		}
		out = append(out, r)
	}
	return out
}

// settingsFiles are the files with classes that are, or derive from, pydantic's
// BaseSettings.
func (s *Snapshot) settingsFiles() map[*File]bool {
	out := map[*File]bool{}
	words := []string{"BaseSettings"}
	for range maxHops {
		var next []string
		for src := range parsedPython(s, words...) {
			if out[src.File] {
				continue
			}
			for i := range src.py.Defs {
				if def := &src.py.Defs[i]; def.Kind == pylex.Class && s.isSettings(src.Source, def, 0) {
					out[src.File] = true
					next = append(next, strings.Clone(def.Name))
				}
			}
		}
		if len(next) == 0 {
			break
		}
		words = next
	}
	return out
}

// settingsEnv reads the fields of pydantic settings classes.
func (s *Snapshot) settingsEnv(src *Source) []EnvRead {
	py := src.Py()
	var out []EnvRead
	for i := range py.Defs {
		if py.Defs[i].Kind != pylex.Class || !s.isSettings(src, &py.Defs[i], 0) {
			continue
		}
		prefix := envPrefix(py, i)
		for k := range py.Assigns {
			a := &py.Assigns[k]
			if a.Func != i || a.Annotation == "" || strings.HasPrefix(a.Target, "_") || a.Target == "model_config" || strings.HasPrefix(a.Annotation, "ClassVar") {
				continue
			}
			out = append(out, settingsField(src.File, a, prefix))
		}
	}
	return out
}

// isSettings follows a class's bases to pydantic's BaseSettings.
func (s *Snapshot) isSettings(src *Source, def *pylex.Def, depth int) bool {
	for _, base := range def.Bases {
		if lastPart(src.Py().Qualify(base)) == "BaseSettings" {
			return true
		}
		if depth >= maxHops {
			continue
		}
		at, ok := s.Origin(src, base)
		if !ok || at.File == src.File && at.Name == def.Name {
			continue
		}
		if target := s.Source(at.File.Path); target != nil && target.Py() != nil {
			for i := range target.Py().Defs {
				if d := &target.Py().Defs[i]; d.Kind == pylex.Class && d.Name == at.Name && s.isSettings(target, d, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// envPrefix is the env_prefix of a settings class, in model_config or in its
// inner class Config.
func envPrefix(py *pylex.File, class int) string {
	for i := range py.Assigns {
		a := &py.Assigns[i]
		switch {
		case a.Func == class && a.Target == "model_config":
			if call, ok := a.Value.Call(); ok {
				if v, ok := call.Arg("env_prefix"); ok {
					return v.Literal
				}
			}
			if v, ok := a.Value.Key("env_prefix"); ok {
				return v.Literal
			}
		case a.Target == "env_prefix" && a.Func >= 0 && py.Defs[a.Func].Parent == class:
			return a.Value.Literal
		}
	}
	return ""
}

func settingsField(f *File, a *pylex.Assign, prefix string) EnvRead {
	r := EnvRead{
		Name: strings.ToUpper(prefix + a.Target), File: f, Span: a.Span, Target: strings.Clone(a.Target), Settings: true,
		Optional: a.Value.Kind != pylex.ValueNone, Required: a.Value.Kind == pylex.ValueNone,
	}
	value := a.Value
	if call, ok := value.Call(); ok {
		switch lastPart(call.Callee) {
		case "Field":
			value = pylex.Arg{}
			if v, ok := call.At(0); ok {
				value = v
			}
			if v, ok := call.Arg("default"); ok {
				value = v
			}
			for _, name := range []string{"env", "alias", "validation_alias"} {
				if v, ok := call.Arg(name); ok {
					r.Name = fieldAlias(v, r.Name)
				}
			}
			_, factory := call.Arg("default_factory")
			r.Required = !factory && (value.Kind == pylex.ValueNone || value.Text() == "...")
			r.Optional = !r.Required
		}
	}
	if call, ok := value.Call(); ok && strings.HasPrefix(lastPart(call.Callee), "Secret") { // SecretStr("…")
		if v, ok := call.At(0); ok {
			value = v
		}
	}
	if value.IsLiteral {
		r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(value.Literal), value.Span
	}
	r.Public = PublicEnv(r.Name)
	return r
}

// fieldAlias is the first variable that an alias names.
func fieldAlias(v pylex.Arg, otherwise string) string {
	if call, ok := v.Call(); ok && len(call.Args) > 0 { // AliasChoices("A", "B")
		v = call.Args[0]
	}
	if list, ok := v.Strings(); ok && len(list) > 0 {
		return strings.Clone(list[0])
	}
	return otherwise
}
