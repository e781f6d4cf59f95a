package dockerfile

import (
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"drydock/internal/finding"
	"drydock/internal/repo/shell"
)

// chain yields the stage, the stage it continues, and so on.
func (s *Stage) chain(yield func(*Stage) bool) {
	for ; s != nil && yield(s); s = s.BaseStage {
	}
}

// Image is what the chain of stages starts from in the end.
func (s *Stage) Image() Base {
	var base Base
	s.chain(func(c *Stage) bool {
		base = c.Base
		return true
	})
	return base
}

// last is the last instruction of the stage itself with the given command.
func (s *Stage) last(cmd string) *Instruction {
	for i := len(s.Instructions) - 1; i >= 0; i-- {
		if s.Instructions[i].Cmd == cmd {
			return s.Instructions[i]
		}
	}
	return nil
}

// effective is the last instruction with the given command in the stage or the
// stages it continues; where is the stage it stands in.
func (s *Stage) effective(cmd string) (inst *Instruction, where *Stage) {
	s.chain(func(c *Stage) bool {
		inst, where = c.last(cmd), c
		return inst == nil
	})
	return inst, where
}

// Command is a CMD, ENTRYPOINT or RUN, or the command of a HEALTHCHECK.
type Command struct {
	Present bool
	JSON    bool     // no shell runs it
	Words   []string // of the shell form, split as a shell would
	Text    string   // the line, or the JSON elements joined with blanks
	Span    finding.Span
}

// Commands are the simple commands that run: those of the line in the shell form
// and of sh -c in the JSON form, else the one command itself.
func (c Command) Commands() []shell.Command {
	if !c.JSON {
		return shell.Commands(c.Text)
	}
	for i, w := range c.Words {
		if i > 0 && strings.HasPrefix(w, "-") && strings.HasSuffix(w, "c") && i+1 < len(c.Words) && strings.HasSuffix(c.Words[i-1], "sh") {
			return shell.Commands(c.Words[i+1])
		}
	}
	if len(c.Words) == 0 {
		return nil
	}
	return []shell.Command{{Words: c.Words}}
}

func newCommand(words []string, isShell bool, span finding.Span) Command {
	c := Command{Present: true, JSON: !isShell, Words: words, Text: strings.Join(words, " "), Span: span}
	if isShell {
		c.Words = shell.Words(c.Text)
	}
	return c
}

// Entrypoint is the ENTRYPOINT that the file gives the image; not Present when the
// image keeps that of its base.
func (s *Stage) Entrypoint() Command {
	inst, _ := s.effective("ENTRYPOINT")
	if inst == nil {
		return Command{}
	}
	if c, ok := inst.typed.(*instructions.EntrypointCommand); ok {
		return newCommand(c.CmdLine, c.PrependShell, inst.Span)
	}
	return Command{}
}

// Cmd is the CMD that the file gives the image. A stage that sets an ENTRYPOINT
// does not take over the CMD of what it continues.
func (s *Stage) Cmd() Command {
	var inst *Instruction
	s.chain(func(c *Stage) bool {
		inst = c.last("CMD")
		return inst == nil && c.last("ENTRYPOINT") == nil
	})
	if inst == nil {
		return Command{}
	}
	if c, ok := inst.typed.(*instructions.CmdCommand); ok {
		return newCommand(c.CmdLine, c.PrependShell, inst.Span)
	}
	return Command{}
}

// Runs are the RUN instructions of the stage itself. A heredoc is its text.
func (s *Stage) Runs() []Command {
	var out []Command
	for _, inst := range s.all("RUN") {
		c, ok := inst.typed.(*instructions.RunCommand)
		if !ok {
			continue
		}
		run := newCommand(c.CmdLine, c.PrependShell, inst.Span)
		if len(inst.Heredocs) > 0 && strings.HasPrefix(strings.TrimSpace(run.Text), "<<") {
			run.Text = strings.Join(inst.Heredocs, "\n")
			run.Words = shell.Words(run.Text)
		}
		out = append(out, run)
	}
	return out
}

func (s *Stage) all(cmd string) []*Instruction {
	var out []*Instruction
	if s != nil {
		for _, inst := range s.Instructions {
			if inst.Cmd == cmd {
				out = append(out, inst)
			}
		}
	}
	return out
}

// Healthcheck is an image's HEALTHCHECK.
type Healthcheck struct {
	Command
	Disabled bool // HEALTHCHECK NONE
}

// Healthcheck is the HEALTHCHECK that the file gives the image.
func (s *Stage) Healthcheck() Healthcheck {
	inst, _ := s.effective("HEALTHCHECK")
	if inst == nil {
		return Healthcheck{}
	}
	c, ok := inst.typed.(*instructions.HealthCheckCommand)
	if !ok || c.Health == nil || len(c.Health.Test) == 0 {
		return Healthcheck{}
	}
	test := c.Health.Test
	return Healthcheck{
		Command:  newCommand(test[1:], test[0] == "CMD-SHELL", inst.Span),
		Disabled: test[0] == "NONE",
	}
}

// Copy is a COPY or ADD.
type Copy struct {
	*Instruction
	From      string // of --from: a stage or an image; "" for the build context
	FromStage *Stage // the stage that From names, if it names one
	Sources   []Word
	Dest      string
	Chown     string
}

// Copies are the COPY and ADD instructions of the stage itself, in order.
func (s *Stage) Copies() []Copy {
	if s == nil {
		return nil
	}
	var out []Copy
	for _, inst := range s.Instructions {
		if inst.Cmd != "COPY" && inst.Cmd != "ADD" || len(inst.Args) < 2 {
			continue
		}
		c := Copy{Instruction: inst, Dest: inst.Args[len(inst.Args)-1]}
		c.Chown, _ = inst.Flag("chown")
		if from, ok := inst.Flag("from"); ok {
			c.From = from
			c.FromStage = s.file.stage(from, s.Index)
		}
		for n, source := range inst.Args[:len(inst.Args)-1] {
			if !strings.HasPrefix(source, "<<") {
				c.Sources = append(c.Sources, Word{source, inst.wordSpan(n)})
			}
		}
		out = append(out, c)
	}
	return out
}
