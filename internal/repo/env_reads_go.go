package repo

import (
	"cmp"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/golex"
)

// goEnv finds what Go code reads from the environment.
type goEnv struct {
	s       *Snapshot
	helpers map[string][]goEnvHelper // by name
	out     []EnvRead
}

// goEnvHelper is a function of the project that is given the name of a variable.
type goEnvHelper struct {
	dir      string // its package
	key      int    // index of the parameter with the name
	fallback int    // of the one that is used when the variable is empty, -1 without one
	required bool
}

// goEnvReads lists the reads in Go: os.Getenv and its kin, functions of the project
// that are given the name, struct tags, and what viper binds.
func goEnvReads(s *Snapshot) []EnvRead {
	c := goEnv{s: s, helpers: map[string][]goEnvHelper{}}
	var sources []*GoSource
	for _, src := range s.GoSourcesMentioning("Getenv", "LookupEnv", "env", "envconfig", "viper", "kingpin") {
		if src.Role == Production && !ignoredDir(src.Dir()) {
			sources = append(sources, src)
		}
	}
	for _, src := range sources {
		file := src.Go()
		for i := range file.EnvReads {
			c.read(src, file, &file.EnvReads[i])
		}
		if file.Uses("github.com/spf13/viper") {
			c.viper(src, file)
		}
	}
	if len(c.helpers) > 0 {
		c.calls()
	}
	slices.SortStableFunc(c.out, func(a, b EnvRead) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), a.Span.Start-b.Span.Start)
	})
	return c.out
}

func (c *goEnv) read(src *GoSource, file *golex.File, e *golex.EnvRead) {
	r := EnvRead{
		Name: strings.Clone(e.Name), File: src.File, Span: e.Span, Target: strings.Clone(e.Target),
		Required: e.Required, Optional: !e.Required, Settings: e.Via == "env" || e.Via == "envconfig",
	}
	switch {
	case e.Via == "viper.key":
		return // see viper
	case e.Name == "" && e.Ident == "":
		return
	case e.Name == "":
		if c.helper(src, file, e) {
			return
		}
		if r.Name = c.s.goConst(src, file, e.Ident); r.Name == "" {
			return
		}
	}
	if d := e.Default; d != nil {
		r.HasDefault, r.Default, r.DefaultSpan = d.Kind == golex.ValueString, strings.Clone(d.Literal), d.Span
	}
	if r.Settings {
		r.Optional = e.Fallback || !e.Required
		if e.DefaultTag != "" {
			text := file.Text(e.Span)
			if at := strings.LastIndex(text, e.DefaultTag); at >= 0 {
				r.HasDefault, r.Default = true, strings.Clone(e.DefaultTag)
				r.DefaultSpan = finding.Span{Start: e.Span.Start + at, End: e.Span.Start + at + len(e.DefaultTag)}
			}
		}
	}
	r.Public = PublicEnv(r.Name)
	c.out = append(c.out, r)
}

// helper remembers the function whose parameter names the variable that is read.
func (c *goEnv) helper(src *GoSource, file *golex.File, e *golex.EnvRead) bool {
	i := file.Outer(e.Func)
	if i < 0 {
		return false
	}
	fn := &file.Funcs[i]
	key := slices.IndexFunc(fn.Params, func(p golex.Param) bool { return p.Name == e.Ident })
	if key < 0 {
		return false
	}
	h := goEnvHelper{dir: src.Dir(), key: key, fallback: -1, required: e.Required}
	for k := range fn.Params {
		if k > key && len(fn.Params) == key+2 { // the only one behind the name
			h.fallback = k
		}
	}
	if fn.Recv == "" {
		c.helpers[strings.Clone(fn.Name)] = append(c.helpers[fn.Name], h)
	}
	return true
}

// calls reads the calls of the helpers with literal names.
func (c *goEnv) calls() {
	var names []string
	for name := range c.helpers {
		names = append(names, name)
	}
	for _, src := range c.s.GoSourcesMentioning(names...) {
		if src.Role != Production || ignoredDir(src.Dir()) {
			continue
		}
		file := src.Go()
		for i := range file.Calls {
			call := &file.Calls[i]
			h, ok := c.called(src, file, call.Callee)
			if !ok {
				continue
			}
			name, literal := call.At(h.key).String()
			if !literal {
				if name = c.s.goConst(src, file, call.At(h.key).Name); name == "" {
					continue
				}
			}
			r := EnvRead{Name: strings.Clone(name), File: src.File, Span: call.Span, Required: h.required, Optional: !h.required, Public: PublicEnv(name)}
			if d := call.At(h.fallback); d.Kind == golex.ValueString {
				r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(d.Literal), d.Span
			}
			for k := range file.Assigns {
				if v := file.Assigns[k].Value.Span; v.Start <= call.Span.Start && call.Span.End <= v.End && file.Assigns[k].Func == call.Func {
					r.Target = strings.Clone(file.Assigns[k].Target)
				}
			}
			c.out = append(c.out, r)
		}
	}
}

// called is the helper that a callee means: of the same package, or of one that
// the file imports.
func (c *goEnv) called(src *GoSource, file *golex.File, callee string) (goEnvHelper, bool) {
	on, name, dotted := cutLast(callee)
	if !dotted {
		on, name = "", callee
	}
	dir := src.Dir()
	if dotted {
		pkg := c.s.GoImport(src.File, file.ImportOf(on))
		if pkg == nil || strings.ContainsAny(on, ".(") {
			return goEnvHelper{}, false
		}
		dir = pkg.Dir
	}
	for _, h := range c.helpers[name] {
		if h.dir == dir {
			return h, true
		}
	}
	return goEnvHelper{}, false
}

// goConst is the literal string of a constant, or of a variable of a package: of
// the file's own package or of one it imports; "" when it is not known.
func (s *Snapshot) goConst(src *GoSource, file *golex.File, name string) string {
	return s.goConstant(src, file, name, 0)
}

func (s *Snapshot) goConstant(src *GoSource, file *golex.File, name string, depth int) string {
	on, last, dotted := cutLast(name)
	if name == "" || depth > maxHops || strings.ContainsAny(name, "()[") {
		return ""
	}
	dir := src.Dir()
	if dotted {
		pkg := s.GoImport(src.File, file.ImportOf(on))
		if pkg == nil || strings.Contains(on, ".") {
			return ""
		}
		dir, name = pkg.Dir, last
	} else if v, found := s.goValue(src, file, name, depth); found {
		return v
	}
	if pkg := s.GoPackage(dir); pkg != nil {
		for _, f := range pkg.Files {
			if f.File != src.File && f.Size <= maxSource && f.Mentions(name) {
				if v, found := s.goValue(f, f.Go(), name, depth); found {
					return v
				}
			}
		}
	}
	return ""
}

// goValue is what a file gives the constant or variable of its package of that
// name: a literal, or literals and constants put together.
func (s *Snapshot) goValue(src *GoSource, file *golex.File, name string, depth int) (value string, found bool) {
	for i := range file.Assigns {
		a := &file.Assigns[i]
		if a.Func >= 0 || a.Target != name {
			continue
		}
		for _, t := range file.Terms(a.Value) {
			part := ""
			switch t.Kind {
			case golex.ValueString:
				part = t.Literal
			case golex.ValueIdent:
				part = s.goConstant(src, file, t.Name, depth+1)
			}
			if part == "" {
				return "", true
			}
			value += part
		}
		return strings.Clone(value), true
	}
	return "", false
}

// viper reads the keys that are bound to variables without naming them, and those
// that are asked for where every key is bound.
func (c *goEnv) viper(src *GoSource, file *golex.File) {
	prefix, all, replaces := "", false, false
	for i := range file.Calls {
		call := &file.Calls[i]
		switch lastPart(call.Callee) {
		case "SetEnvPrefix":
			if prefix, _ = call.At(0).String(); prefix == "" {
				prefix = c.s.goConst(src, file, call.At(0).Name)
			}
			if prefix == "" {
				return // what is read depends on it
			}
		case "AutomaticEnv":
			all = true
		case "SetEnvKeyReplacer":
			replaces = true
		}
	}
	variable := func(key string) string {
		name := strings.ToUpper(key)
		if prefix != "" {
			name = strings.ToUpper(prefix) + "_" + name
		}
		if replaces {
			name = strings.NewReplacer(".", "_", "-", "_").Replace(name)
		}
		return name
	}
	seen := map[string]bool{}
	for i := range file.Calls {
		call := &file.Calls[i]
		key, literal := call.At(0).String()
		method := lastPart(call.Callee)
		one := method == "BindEnv" && len(call.Args) == 1
		asked := all && (strings.HasPrefix(method, "Get") || method == "SetDefault" || method == "IsSet" || method == "BindPFlag") && c.onViper(file, call)
		if !literal || !one && !asked || strings.ContainsAny(key, " /") {
			continue
		}
		name := variable(key)
		if seen[name] {
			continue
		}
		seen[name] = true
		r := EnvRead{Name: name, File: src.File, Span: call.Span, Target: strings.Clone(key), Optional: true, Settings: true}
		if d := call.At(1); method == "SetDefault" && d.Kind == golex.ValueString {
			r.HasDefault, r.Default, r.DefaultSpan = true, strings.Clone(d.Literal), d.Span
		}
		c.out = append(c.out, r)
	}
}

// onViper says whether a method is called on the package viper or on what
// viper.New made.
func (c *goEnv) onViper(file *golex.File, call *golex.Call) bool {
	on, _, _ := cutLast(call.Callee)
	if file.ImportOf(on) == "github.com/spf13/viper" {
		return on == "viper" || !strings.ContainsAny(on, ".(")
	}
	for i := range file.Assigns {
		if a := &file.Assigns[i]; a.Target == on && a.Value.Kind == golex.ValueCall && a.Value.Name == "viper.New" {
			return true
		}
	}
	return on == "v" && file.Uses("github.com/spf13/viper")
}
