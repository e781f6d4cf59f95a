package dockerfile

import (
	"path"
	"slices"

	"drydock/internal/finding"
)

// Variable is a setting with its value, variables in it replaced.
type Variable struct {
	Setting
	Resolved string
	Arg      string // the build argument without a value that it depends on, "" when it is known
}

// Effective are the variables of the stage's image: what the stages it continues
// set, then its own; of a name that is set again the last.
func (s *Stage) Effective() []Variable { return s.lasting("ENV") }

// EffectiveLabels are the labels of the stage's image, in the same way.
func (s *Stage) EffectiveLabels() []Variable { return s.lasting("LABEL") }

// stages are the stage and those it continues, the lowest first.
func (s *Stage) stages() []*Stage {
	var out []*Stage
	s.chain(func(c *Stage) bool {
		out = append(out, c)
		return true
	})
	slices.Reverse(out)
	return out
}

// each visits the instructions that make the stage's image with the variables that
// each sees, and returns those that are visible behind the last.
func (s *Stage) each(visit func(inst *Instruction, vars scope)) scope {
	vars := scope{}
	if s == nil {
		return vars
	}
	for _, c := range s.stages() {
		for _, inst := range c.Instructions {
			visit(inst, vars)
			vars.declare(inst, s.file.global, s.file.given)
		}
	}
	return vars
}

func (s *Stage) lasting(cmd string) []Variable {
	var out []Variable
	at := map[string]int{}
	s.each(func(inst *Instruction, vars scope) {
		if inst.Cmd != cmd {
			return
		}
		for _, set := range inst.Settings() {
			v := Variable{Setting: set}
			v.Resolved, v.Arg = vars.expand(set.Value)
			if i, again := at[set.Name]; again {
				out[i] = v
				continue
			}
			at[set.Name] = len(out)
			out = append(out, v)
		}
	})
	return out
}

// WorkingDir is the directory that a container of the stage's image starts in, made
// of all its WORKDIRs; "" when the base image decides. arg is the build argument
// that it depends on.
func (s *Stage) WorkingDir() (dir, arg string, at finding.Span) {
	s.each(func(inst *Instruction, vars scope) {
		if inst.Cmd != "WORKDIR" || len(inst.Args) == 0 {
			return
		}
		next, missing := vars.expand(inst.Args[0])
		at = inst.Span
		switch {
		case missing != "":
			dir, arg = "", missing
		case path.IsAbs(next) || len(next) > 1 && next[1] == ':':
			dir, arg = path.Clean(next), ""
		case dir != "":
			dir = path.Join(dir, next)
		}
	})
	return dir, arg, at
}

// Volumes are the paths that the stage's image declares with VOLUME.
func (s *Stage) Volumes() []Word {
	var out []Word
	s.each(func(inst *Instruction, _ scope) {
		if inst.Cmd == "VOLUME" {
			for n, arg := range inst.Args {
				out = append(out, Word{arg, inst.wordSpan(n)})
			}
		}
	})
	return out
}

// Shell is the SHELL that runs the shell form at the end of the stage; nil for the
// image's own.
func (s *Stage) Shell() []string {
	if inst, _ := s.effective("SHELL"); inst != nil {
		return inst.Args
	}
	return nil
}

// StopSignal is the signal of STOPSIGNAL, "" when there is none.
func (s *Stage) StopSignal() string {
	if inst, _ := s.effective("STOPSIGNAL"); inst != nil && len(inst.Args) > 0 {
		return inst.Args[0]
	}
	return ""
}

// OnBuilds are the instructions that the stage's image leaves to those built on it.
func (s *Stage) OnBuilds() []*Instruction {
	var out []*Instruction
	s.each(func(inst *Instruction, _ scope) {
		if inst.OnBuild != nil {
			out = append(out, inst.OnBuild)
		}
	})
	return out
}
