package repo

import (
	"cmp"
	"path"
	"slices"
	"sort"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/shell"
	"drydock/internal/repo/workflow"
	"drydock/internal/repo/yamldoc"
)

// ValueSource says where a variable of a compose project may get its value.
type ValueSource int

// The sources of values, in the order in which Values lists them. Compose itself
// fills variables in from DotEnv and EnvOption, and from its own environment, which
// scripts and pipelines set; a service's env file reaches the container only.
const (
	DotEnv       ValueSource = iota + 1 // .env beside the project's first file
	EnvOption                           // a file named with --env-file
	FromShell                           // a script or makefile that runs the project
	FromCI                              // the environment of a pipeline
	ServiceEnv                          // the env_file of one of its services
	EnvTemplate                         // a template beside the project or above it
	OtherEnvFile                        // any other env file
)

// ComposeVariable is a variable that the files of a compose project use.
type ComposeVariable struct {
	Name   string
	Uses   []ComposeUse    // by file in the order of merging, then by place
	Values []VariableValue // by source, then by file
}

// ComposeUse is one place where a compose file uses a variable.
type ComposeUse struct {
	compose.Ref
	File    *File
	Service string // "" outside the services, as in an anchor
	Key     string // the service's key, such as environment, or the top-level one
}

// At is where the variable is used.
func (u *ComposeUse) At() finding.Location { return u.File.At(u.Span) }

// VariableValue is one place that gives a variable a value.
type VariableValue struct {
	Source ValueSource
	File   *File
	Span   finding.Span
	Blank  bool // the value is empty
}

// At is where the value stands.
func (v *VariableValue) At() finding.Location { return v.File.At(v.Span) }

// Required says whether compose refuses to start without the variable.
func (v *ComposeVariable) Required() bool {
	return slices.ContainsFunc(v.Uses, func(u ComposeUse) bool { return u.Ref.Required() })
}

// Given says whether anything that compose reads, or what runs it, gives the
// variable a value that is not empty.
func (v *ComposeVariable) Given() bool {
	return slices.ContainsFunc(v.Values, func(x VariableValue) bool { return x.Source <= FromCI && !x.Blank })
}

// ComposeVariables lists the variables that the files of a project use, by name.
func (s *Snapshot) ComposeVariables(p *compose.Project) []ComposeVariable {
	all := view(s, "compose variables", func() map[*compose.Project][]ComposeVariable {
		index := s.valueIndex()
		out := map[*compose.Project][]ComposeVariable{}
		for _, p := range s.ComposeProjects() {
			out[p] = s.variablesOf(p, index)
		}
		return out
	})
	return all[p]
}

func (s *Snapshot) variablesOf(p *compose.Project, index map[string][]VariableValue) []ComposeVariable {
	byName := map[string]*ComposeVariable{}
	var names []string
	for _, spec := range p.Layers() {
		f := s.File(spec.Path)
		if f == nil {
			continue
		}
		for _, ref := range spec.Refs() {
			v := byName[ref.Name]
			if v == nil {
				v = &ComposeVariable{Name: ref.Name}
				byName[ref.Name] = v
				names = append(names, ref.Name)
			}
			u := ComposeUse{Ref: ref, File: f}
			u.Service, u.Key = keyAt(spec, ref.Span)
			v.Uses = append(v.Uses, u)
		}
	}
	slices.Sort(names)
	role := s.sourcesOf(p)
	out := make([]ComposeVariable, 0, len(names))
	for _, name := range names {
		v := byName[name]
		for _, value := range index[name] {
			if source := role(value); source != 0 {
				value.Source = source
				v.Values = append(v.Values, value)
			}
		}
		slices.SortStableFunc(v.Values, func(a, b VariableValue) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), strings.Compare(a.File.Path, b.File.Path), a.Span.Start-b.Span.Start)
		})
		out = append(out, *v)
	}
	return out
}

// keyAt names the service and its key, or the top-level key, that a place stands
// in.
func keyAt(f *compose.File, at finding.Span) (service, key string) {
	within := func(n *yamldoc.Node) string {
		own := n.Own()
		i := sort.Search(len(own), func(i int) bool { return own[i].Span().Start > at.Start }) - 1
		if i < 0 || at.End > own[i].Span().End {
			return ""
		}
		return own[i].Name()
	}
	i := sort.Search(len(f.Services), func(i int) bool { return f.Services[i].Span.Start > at.Start }) - 1
	if i >= 0 && at.End <= f.Services[i].Span.End {
		return f.Services[i].Name, within(f.Services[i].Node)
	}
	return "", within(f.Doc.Root)
}

// sourcesOf tells what a place that sets a variable is to the project; 0 when it is
// nothing to it.
func (s *Snapshot) sourcesOf(p *compose.Project) func(VariableValue) ValueSource {
	known := map[string]ValueSource{}
	for _, svc := range p.Services() {
		for _, e := range svc.EnvFiles {
			known[path.Join(path.Dir(e.Path), e.File)] = ServiceEnv
		}
	}
	for _, run := range p.Runs {
		for _, name := range run.EnvFiles {
			known[name] = EnvOption
		}
		if f := s.File(run.Path); f != nil && (f.Lang == Shell || f.Lang == "Makefile") {
			known[run.Path] = FromShell
		}
	}
	known[path.Join(p.Dir, ".env")] = DotEnv
	return func(v VariableValue) ValueSource {
		if v.Source == FromCI || v.Source == FromShell {
			if v.Source == FromShell && known[v.File.Path] != FromShell {
				return 0
			}
			return v.Source
		}
		if source := known[v.File.Path]; source != 0 {
			return source
		}
		if dir := v.File.Dir(); v.Source == EnvTemplate && (dir == p.Dir || dir == "." || strings.HasPrefix(p.Dir, dir+"/")) {
			return EnvTemplate
		}
		return OtherEnvFile
	}
}

// valueIndex lists by name what env files, pipelines and the scripts that run
// compose set.
func (s *Snapshot) valueIndex() map[string][]VariableValue {
	out := map[string][]VariableValue{}
	for _, f := range s.EnvFiles() {
		source := OtherEnvFile
		if f.Template {
			source = EnvTemplate
		}
		for _, e := range f.Spec.Entries {
			out[e.Key] = append(out[e.Key], VariableValue{source, f.File, e.KeySpan, e.Blank()})
		}
	}
	for _, p := range s.Pipelines() {
		add := func(vars []workflow.Var) {
			for _, v := range vars {
				out[v.Name] = append(out[v.Name], VariableValue{FromCI, p.File, v.NameSpan, v.Value == ""})
			}
		}
		add(p.Spec.Env)
		for i := range p.Spec.Jobs {
			add(p.Spec.Jobs[i].Env)
			for k := range p.Spec.Jobs[i].Steps {
				add(p.Spec.Jobs[i].Steps[k].Env)
			}
		}
	}
	scripts := map[string]bool{}
	for _, p := range s.ComposeProjects() {
		for _, run := range p.Runs {
			f := s.File(run.Path)
			if f == nil || scripts[run.Path] || f.Lang != Shell && f.Lang != "Makefile" {
				continue
			}
			scripts[run.Path] = true
			for name, value := range assignments(f) {
				value.File = f
				out[name] = append(out[name], value)
			}
		}
	}
	return out
}

// assignments are the variables that a script or makefile sets, by name; of one
// that it sets more than once the last place that gives it a value.
func assignments(f *File) map[string]VariableValue {
	out := map[string]VariableValue{}
	note := func(word string, at finding.Span) {
		name, value, ok := strings.Cut(word, "=")
		if name = strings.TrimRight(name, " :?+"); !ok || name == "" || strings.ContainsAny(name, " \t$({-/\"'") {
			return
		}
		if old, known := out[name]; !known || old.Blank {
			out[name] = VariableValue{Source: FromShell, Span: at, Blank: strings.TrimSpace(value) == ""}
		}
	}
	text := string(f.Bytes())
	if f.Lang == "Makefile" {
		at := 0
		for line := range strings.Lines(text) {
			if trimmed := strings.TrimRight(line, "\r\n"); !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "#") {
				note(strings.TrimPrefix(trimmed, "export "), finding.Span{Start: at, End: at + len(trimmed)})
			}
			at += len(line)
		}
	}
	for _, c := range shell.Commands(text) {
		at := finding.Span{Start: c.Start, End: c.End}
		for _, word := range c.Env {
			note(word, at)
		}
		if c.Name() == "export" || c.Name() == "declare" {
			for _, word := range c.Words[1:] {
				note(word, at)
			}
		}
	}
	return out
}
