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
	Program string   // of a heredoc for another program than a shell: what runs it
	Shell   []string // of SHELL, when it is not the image's own that runs the shell form
	Span    finding.Span
	Inst    *Instruction // nil when not Present

	heredoc bool // Text is that of here-documents
}

// Offsets are the offsets in the file of each byte of Text, and of its end; nil for
// the JSON form and where the two cannot be aligned.
func (c Command) Offsets() []int {
	if c.Inst == nil || c.JSON || c.Text == "" {
		return nil
	}
	raw, base := c.Inst.Raw, c.Inst.Span.Start
	out := make([]int, 0, len(c.Text)+1)
	if c.heredoc {
		at := strings.Index(raw, c.Text)
		for k := 0; at >= 0 && k <= len(c.Text); k++ {
			out = append(out, base+at+k)
		}
		return out
	}
	words := c.Inst.operands()
	if len(words) == 0 {
		return nil
	}
	at := words[0].Span.Start - base
	for k := 0; k < len(c.Text); k++ {
		at += continued(raw, at, c.Inst.escape)
		if at >= len(raw) || raw[at] != c.Text[k] {
			return nil
		}
		out = append(out, base+at)
		at++
	}
	return append(out, base+at)
}

// Located are the Commands with their places; the whole instruction's where they
// cannot be told.
func (c Command) Located() []Located {
	commands := c.Commands()
	out := make([]Located, len(commands))
	offsets := c.Offsets()
	for i, cmd := range commands {
		out[i] = Located{cmd, c.Span}
		if cmd.Start < cmd.End && cmd.End < len(offsets) {
			out[i].Span = finding.Span{Start: offsets[cmd.Start], End: offsets[cmd.End-1] + 1}
		}
	}
	return out
}

// Located is a simple command with its place in the file.
type Located struct {
	shell.Command
	Span finding.Span
}

// continued is the length of an escaped line end at an offset, with the comments
// and empty lines behind it; 0 when there is none.
func continued(raw string, at int, escape byte) int {
	if at >= len(raw) || raw[at] != escape {
		return 0
	}
	n := 1
	for at+n < len(raw) && (raw[at+n] == ' ' || raw[at+n] == '\t' || raw[at+n] == '\r') {
		n++
	}
	if at+n >= len(raw) || raw[at+n] != '\n' {
		return 0
	}
	for n++; at+n < len(raw); {
		line, _, _ := strings.Cut(raw[at+n:], "\n")
		if t := strings.TrimSpace(line); t != "" && t[0] != '#' || at+n+len(line) >= len(raw) {
			break
		}
		n += len(line) + 1
	}
	return n
}

// Commands are the simple commands that run: those of the line in the shell form
// and of sh -c in the JSON form, else the one command itself.
func (c Command) Commands() []shell.Command {
	if c.Program != "" {
		return nil
	}
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

func newCommand(words []string, isShell bool, inst *Instruction) Command {
	c := Command{Present: true, JSON: !isShell, Words: words, Text: strings.Join(words, " "), Span: inst.Span, Inst: inst}
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
		return newCommand(c.CmdLine, c.PrependShell, inst)
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
		return newCommand(c.CmdLine, c.PrependShell, inst)
	}
	return Command{}
}

// Runs are the RUN instructions of the stage itself. A heredoc is its text.
func (s *Stage) Runs() []Command {
	if s == nil {
		return nil
	}
	var out []Command
	shellNow := s.BaseStage.Shell()
	for _, inst := range s.Instructions {
		if inst.Cmd == "SHELL" {
			shellNow = inst.Args
		}
		c, ok := inst.typed.(*instructions.RunCommand)
		if !ok {
			continue
		}
		run := newCommand(c.CmdLine, c.PrependShell, inst)
		if c.PrependShell {
			run.Shell = shellNow
		}
		if text := strings.TrimSpace(run.Text); len(inst.Heredocs) > 0 && strings.HasPrefix(text, "<<") {
			run.Text = strings.Join(inst.Heredocs, "\n")
			run.Words, run.heredoc = shell.Words(run.Text), true
			run.Program = interpreter(run.Text)
		}
		out = append(out, run)
	}
	return out
}

// interpreter is what the first line of a script asks for, "" for a shell.
func interpreter(script string) string {
	line, _, _ := strings.Cut(script, "\n")
	line, ok := strings.CutPrefix(line, "#!")
	if !ok {
		return ""
	}
	words := strings.Fields(line)
	if len(words) > 1 && strings.HasSuffix(words[0], "/env") {
		words = words[1:]
	}
	if len(words) == 0 || strings.HasSuffix(words[0], "sh") {
		return ""
	}
	return words[0]
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
		Command:  newCommand(test[1:], test[0] == "CMD-SHELL", inst),
		Disabled: test[0] == "NONE",
	}
}
