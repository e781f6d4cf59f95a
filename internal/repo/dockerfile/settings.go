package dockerfile

import (
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"drydock/internal/finding"
)

// Setting is a name with a value: a variable, a build argument or a label.
type Setting struct {
	Name     string
	Value    string       // variables in it not replaced
	HasValue bool         // false for an ARG without a default
	Span     finding.Span // the value; the instruction when it cannot be told apart
	KeySpan  finding.Span
	*Instruction
}

// Env are the variables that the stage itself sets, in order.
func (s *Stage) Env() []Setting { return s.settings("ENV") }

// Args are the build arguments that the stage itself declares, in order.
func (s *Stage) Args() []Setting { return s.settings("ARG") }

// Labels are the labels that the stage itself sets, in order.
func (s *Stage) Labels() []Setting { return s.settings("LABEL") }

func (s *Stage) settings(cmd string) []Setting {
	var out []Setting
	for _, inst := range s.all(cmd) {
		out = append(out, inst.Settings()...)
	}
	return out
}

// Settings are the names and values of an ENV, ARG or LABEL; nil for others.
func (i *Instruction) Settings() []Setting {
	var out []Setting
	add := func(name, value string, has bool) {
		out = append(out, Setting{Name: name, Value: value, HasValue: has, Instruction: i, Span: i.Span, KeySpan: i.Span})
	}
	switch c := i.typed.(type) {
	case *instructions.EnvCommand:
		for _, kv := range c.Env {
			add(kv.Key, unquote(kv.Value), true)
		}
	case *instructions.LabelCommand:
		for _, kv := range c.Labels {
			add(unquote(kv.Key), unquote(kv.Value), true)
		}
	case *instructions.ArgCommand:
		for _, a := range c.Args {
			if a.Value == nil {
				add(a.Key, "", false)
			} else {
				add(a.Key, unquote(*a.Value), true)
			}
		}
	}
	i.place(out)
	return out
}

// place finds the words that spell the settings.
func (i *Instruction) place(settings []Setting) {
	words := i.operands()
	if len(settings) == 1 && len(words) > 1 && !strings.Contains(words[0].Text, "=") {
		// The old form: ENV name the whole rest.
		settings[0].KeySpan = words[0].Span
		settings[0].Span = finding.Span{Start: words[1].Span.Start, End: words[len(words)-1].Span.End}
		return
	}
	if len(words) != len(settings) {
		return
	}
	for n, w := range words {
		eq := strings.IndexByte(w.Text, '=')
		if eq < 0 {
			settings[n].KeySpan = w.Span
			settings[n].Span = finding.Span{Start: w.Span.End, End: w.Span.End}
			continue
		}
		settings[n].KeySpan = finding.Span{Start: w.Span.Start, End: w.Span.Start + eq}
		settings[n].Span = finding.Span{Start: w.Span.Start + eq + 1, End: w.Span.End}
	}
}

// unquote removes the quotes around a whole value.
func unquote(s string) string {
	if n := len(s); n > 1 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

// Port is one port of EXPOSE.
type Port struct {
	Number   string // a number, a range or a variable
	Protocol string // "tcp" unless written
	Span     finding.Span
}

// Exposed are the ports that the stage and the stages it continues expose.
func (s *Stage) Exposed() []Port {
	var out []Port
	s.chain(func(c *Stage) bool {
		for _, inst := range c.all("EXPOSE") {
			for n, arg := range inst.Args {
				number, protocol, ok := strings.Cut(arg, "/")
				if !ok {
					protocol = "tcp"
				}
				out = append(out, Port{number, protocol, inst.wordSpan(n)})
			}
		}
		return true
	})
	return out
}

// Workdir is the last WORKDIR of the stage or the stages it continues as it is
// written; "" when there is none.
func (s *Stage) Workdir() string {
	if inst, _ := s.effective("WORKDIR"); inst != nil && len(inst.Args) > 0 {
		return inst.Args[0]
	}
	return ""
}
