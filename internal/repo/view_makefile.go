package repo

import (
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/makefile"
	"drydock/internal/repo/procfile"
)

// Makefile is one makefile that make looks for by its name, with the project's
// files that it includes.
type Makefile struct {
	*File
	Spec     *makefile.File
	Includes []*Makefile // in order, those of included files after them; their own Includes are nil
	Open     bool        // it includes files that are not known

	vars map[string]string
}

// Makefiles lists the makefiles that make would find by itself, by path; those of
// tests and examples keep their role. What only others include is in their
// Includes.
func (s *Snapshot) Makefiles() []*Makefile {
	return view(s, "makefiles", func() []*Makefile {
		var out []*Makefile
		b := makefileBuilder{s: s, parsed: map[*File]*makefile.File{}}
		for _, f := range s.files {
			if f.Lang != "Makefile" || strings.HasSuffix(f.Name(), ".mk") || !f.written() || f.Blank() {
				continue
			}
			if other := path.Join(f.Dir(), "GNUmakefile"); f.Name() == "Makefile" && s.File(other) != nil {
				continue // make takes the other one
			}
			m := &Makefile{File: f, Spec: b.parse(f)}
			b.include(m)
			out = append(out, m)
		}
		return out
	})
}

type makefileBuilder struct {
	s      *Snapshot
	parsed map[*File]*makefile.File
}

func (b *makefileBuilder) parse(f *File) *makefile.File {
	if spec := b.parsed[f]; spec != nil {
		return spec
	}
	spec, err := makefile.Parse(f.Bytes())
	if err != nil {
		line := 0
		var e *makefile.Error
		if errors.As(err, &e) {
			line = e.Line
		}
		b.s.parseFailed(f, line, err)
	}
	b.parsed[f] = spec
	return spec
}

// maxIncludes bounds the files that one makefile takes in.
const maxIncludes = 100

// include adds the files that m includes, and those that these include: make looks
// for all of them from the directory it was started in.
func (b *makefileBuilder) include(m *Makefile) {
	queue := []*makefile.File{m.Spec}
	seen := map[*File]bool{m.File: true}
	for len(queue) > 0 {
		spec := queue[0]
		queue = queue[1:]
		m.define(spec)
		for _, in := range spec.Includes {
			for _, word := range in.Files {
				names, known := b.named(m, word.Value)
				m.Open = m.Open || !known && !in.Optional
				for _, f := range names {
					if seen[f] || len(m.Includes) >= maxIncludes || !f.written() {
						continue
					}
					seen[f] = true
					inner := &Makefile{File: f, Spec: b.parse(f)}
					m.Includes = append(m.Includes, inner)
					queue = append(queue, inner.Spec)
				}
			}
		}
	}
}

// named are the files that a word of an include means; known is false when there
// may be others.
func (b *makefileBuilder) named(m *Makefile, word string) (files []*File, known bool) {
	text, ok := makefile.Expand(word, m.Variable)
	if !ok {
		return nil, false
	}
	for _, name := range strings.Fields(text) {
		full := path.Join(m.Dir(), name)
		if strings.ContainsAny(name, "*?[") {
			for _, f := range b.s.Under(path.Dir(full)) {
				if match, err := path.Match(full, f.Path); err == nil && match {
					files = append(files, f)
				}
			}
			continue
		}
		f := b.s.File(full)
		if f == nil || path.IsAbs(name) {
			ok = false
			continue
		}
		files = append(files, f)
	}
	return files, ok
}

// define takes over the variables of a file, as far as they do not depend on
// anything outside.
func (m *Makefile) define(spec *makefile.File) {
	if m.vars == nil {
		m.vars = map[string]string{"MAKE": "make", "CURDIR": ".", "SHELL": "/bin/sh", "RM": "rm -f"}
	}
	for _, v := range spec.Variables {
		if v.Target != "" || v.Op == "!=" {
			continue
		}
		old, known := m.vars[v.Name]
		switch {
		case v.Op == "?=" && known, v.Conditional && known:
		case v.Op == "+=" && known:
			m.vars[v.Name] = old + " " + v.Value
		case v.Op == ":=" && strings.Contains(v.Value, "$"): // what it refers to is what it is so far
			m.vars[v.Name], _ = makefile.Expand(v.Value, m.Variable)
		default:
			m.vars[v.Name] = v.Value
		}
	}
}

// Variable is what a variable was last set to, references in it as they are
// written.
func (m *Makefile) Variable(name string) (value string, ok bool) {
	value, ok = m.vars[name]
	return value, ok
}

// Target is a target's rule that has a recipe, else its first one; file is the one
// that it stands in. It is nil when no rule names the target. Patterns are matched
// last.
func (m *Makefile) Target(name string) (rule *makefile.Rule, file *File) {
	var pattern *makefile.Rule
	var patternFile *File
	for _, part := range append([]*Makefile{m}, m.Includes...) {
		for _, r := range part.Spec.Rules {
			for _, t := range m.targetsOf(r) {
				switch {
				case t == name && (rule == nil || len(rule.Recipe) == 0 && len(r.Recipe) > 0):
					rule, file = r, part.File
				case pattern == nil && strings.Contains(t, "%") && t != "%" && matchesPattern(t, name):
					pattern, patternFile = r, part.File
				}
			}
		}
	}
	if rule == nil {
		return pattern, patternFile
	}
	return rule, file
}

func matchesPattern(pattern, name string) bool {
	before, after, _ := strings.Cut(pattern, "%")
	return len(name) > len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
}

// targetsOf are the targets of a rule with the variables in them replaced.
func (m *Makefile) targetsOf(r *makefile.Rule) []string { return m.expanded(r.Targets) }

func (m *Makefile) expanded(words []makefile.Text) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if strings.IndexByte(w.Value, '$') < 0 {
			out = append(out, w.Value)
			continue
		}
		text, _ := makefile.Expand(w.Value, m.Variable)
		out = append(out, strings.Fields(text)...)
	}
	return out
}

// Default is the target that make builds when it is asked for none, "" without one.
func (m *Makefile) Default() string {
	if goal := m.vars[".DEFAULT_GOAL"]; goal != "" {
		return goal
	}
	for _, part := range append([]*Makefile{m}, m.Includes...) {
		for _, r := range part.Spec.Rules {
			for _, t := range m.targetsOf(r) {
				if !makefile.Special(t) && !strings.Contains(t, "%") {
					return t
				}
			}
		}
	}
	return ""
}

// phony says whether .PHONY names the target: make then takes it for one, with a
// rule or without.
func (m *Makefile) phony(name string) bool {
	return m.Spec.Phony(name) || slices.ContainsFunc(m.Includes, func(in *Makefile) bool { return in.Spec.Phony(name) })
}

// anything says whether the makefile leaves open which targets it has: by rules
// that are computed, by rules for any target, by includes that are not known.
func (m *Makefile) anything() bool {
	if m.Open {
		return true
	}
	for _, part := range append([]*Makefile{m}, m.Includes...) {
		if part.Spec.Computed {
			return true
		}
		for _, r := range part.Spec.Rules {
			if slices.ContainsFunc(m.targetsOf(r), func(t string) bool { return strings.Contains(t, "$") || t == "%" || t == ".DEFAULT" }) {
				return true
			}
		}
	}
	return false
}

// makeTasks adds the targets with a recipe or prerequisites that people ask for:
// those that are no patterns and no files made by others.
func (c *taskCollector) makeTasks() {
	for _, m := range c.s.Makefiles() {
		byName := map[string]*Task{}
		for _, part := range append([]*Makefile{m}, m.Includes...) {
			for _, r := range part.Spec.Rules {
				for i, name := range m.targetsOf(r) {
					if makefile.Special(name) || strings.ContainsAny(name, "%$") {
						continue
					}
					t := byName[name]
					if t == nil {
						span := r.Span
						if i < len(r.Targets) && r.Targets[i].Value == name {
							span = r.Targets[i].Span
						}
						t = &Task{File: part.File, Runner: Make, Name: name, Span: span, Dir: m.Dir(), make: m}
						byName[name] = t
						c.add(t)
					}
					t.Needs = append(append(t.Needs, m.expanded(r.Prerequisites)...), m.expanded(r.OrderOnly)...)
					for _, l := range r.Recipe {
						c.line(t, part.File, m.recipe(l.Text, name, r), l.Span)
					}
				}
			}
		}
	}
}

// recipe is a recipe's line as the shell sees it, for a target.
func (m *Makefile) recipe(text, target string, r *makefile.Rule) string {
	if strings.IndexByte(text, '$') < 0 {
		return text
	}
	out, _ := makefile.Expand(text, func(name string) (string, bool) {
		switch name {
		case "@":
			return target, true
		case "<":
			if len(r.Prerequisites) > 0 {
				return r.Prerequisites[0].Value, true
			}
			return "", false
		}
		return m.Variable(name)
	})
	return out
}

// Procfile is one Procfile of the project.
type Procfile struct {
	*File
	Spec *procfile.File
}

// Procfiles lists the Procfiles that name a process type, by path, those for
// another environment, such as Procfile.dev, among them.
func (s *Snapshot) Procfiles() []*Procfile {
	return view(s, "procfiles", func() []*Procfile {
		var out []*Procfile
		for _, f := range s.files {
			if !procfile.Sniff(f.Path) || !f.written() || f.Blank() {
				continue
			}
			spec, err := procfile.Parse(f.Bytes())
			if err != nil {
				line := 0
				var e *procfile.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if len(spec.Processes) > 0 {
				out = append(out, &Procfile{f, spec})
			}
		}
		return out
	})
}

// procfiles adds what the process types of the Procfiles that a platform starts
// run; one for another environment is somebody's own.
func (c *commandCollector) procfiles() {
	for _, p := range c.s.Procfiles() {
		if p.Name() != "Procfile" || p.Role != Production {
			continue
		}
		for _, process := range p.Spec.Processes {
			c.line(Command{Source: FromProcfile, Owner: process.Name, File: p.File, Span: process.Span, Dir: p.Dir()}, process.Command)
		}
	}
}
