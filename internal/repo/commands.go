package repo

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/shell"
)

// CommandSource says what runs a command line.
type CommandSource string

// The sources of commands.
const (
	FromCompose    CommandSource = "compose"    // command, entrypoint
	FromDockerfile CommandSource = "dockerfile" // CMD, ENTRYPOINT of the final stage
	FromBuild      CommandSource = "build"      // RUN
	FromScript     CommandSource = "script"     // package.json scripts
	FromProcfile   CommandSource = "procfile"
	FromPipeline   CommandSource = "pipeline"
	FromMake       CommandSource = "make" // recipes of makefiles
	FromTask       CommandSource = "task" // tasks of other runners: see Runner
)

// ByName says whether a command runs only when somebody or another command asks for
// its owner by name.
func (s CommandSource) ByName() bool { return s == FromScript || s == FromMake || s == FromTask }

// Command is one simple command that something in the project runs.
type Command struct {
	shell.Command
	Source CommandSource
	Owner  string      // service, task, job or process type
	Env    compose.Env // of a compose service; else compose.Base
	File   *File
	Span   finding.Span // where the command line is written
	Dir    string       // directory of the project that it sees as its own
	Via    *File        // the shell script it stands in, when it was called

	image   *dockerfile.Stage // what it runs in, when the project builds that
	task    *Task             // that it is part of
	strayed bool              // an earlier command changed to a directory that is not known
}

// Task is the task that the command is part of, nil when it is part of none.
func (c *Command) Task() *Task { return c.task }

// At is where the command line is written.
func (c *Command) At() finding.Location {
	if c.Via != nil {
		return c.Via.At(c.Span)
	}
	return c.File.At(c.Span)
}

// Commands lists every command line that something runs, shell scripts that are
// called included: those of each kind of source in order of file and place, what
// people run by name behind what runs by itself.
func (s *Snapshot) Commands() []Command {
	return view(s, "commands", func() []Command {
		c := commandCollector{s: s}
		c.compose()
		c.dockerfiles()
		tasks := s.Tasks()
		scripts := slices.IndexFunc(tasks, func(t *Task) bool { return t.Runner != NPM })
		if scripts < 0 {
			scripts = len(tasks)
		}
		c.tasks(tasks[:scripts])
		c.procfiles()
		c.pipelines()
		c.tasks(tasks[scripts:])
		return c.out
	})
}

func (c *commandCollector) tasks(list []*Task) {
	for _, t := range list {
		c.out = append(c.out, t.Commands...)
	}
}

type commandCollector struct {
	s   *Snapshot
	out []Command
}

// line adds the commands of a command line and of the scripts it calls.
func (c *commandCollector) line(base Command, text string) {
	c.add(base, text, 0)
}

// words adds one command that is already split.
func (c *commandCollector) words(base Command, words []string) {
	if len(words) == 0 {
		return
	}
	if len(words) >= 3 && isShell(words[0]) && strings.HasPrefix(words[1], "-") && strings.Contains(words[1], "c") {
		c.line(base, words[2])
		return
	}
	base.Words = words
	c.out = append(c.out, base)
	c.called(base, 0)
}

const maxCalls = 4 // shell scripts that call one another

func (c *commandCollector) add(base Command, text string, depth int) {
	for _, cmd := range shell.Commands(text) {
		one := base
		one.Command = cmd
		if cmd.Name() == "cd" || cmd.Name() == "pushd" {
			inSubshell := strings.Contains(text[:max(0, min(cmd.Start, len(text)))], "(")
			base.Dir, base.strayed = c.s.entered(base, cmd.Words, inSubshell)
		}
		if len(cmd.Words) >= 3 && isShell(cmd.Words[0]) && cmd.Words[1] == "-c" {
			c.add(base, cmd.Words[2], depth)
			continue
		}
		if one.Via != nil {
			one.Span = finding.Span{Start: cmd.Start, End: cmd.End}
		}
		c.out = append(c.out, one)
		c.called(one, depth)
	}
}

// entered is the directory that the commands after a cd see as their own, as far as
// that can be told; strayed says that it cannot.
func (s *Snapshot) entered(base Command, words []string, inSubshell bool) (dir string, strayed bool) {
	if len(words) != 2 || inSubshell || strings.ContainsAny(words[1], "$`*~") || words[1] == "-" {
		return base.Dir, true
	}
	if to := path.Join(base.Dir, words[1]); !path.IsAbs(words[1]) && s.dirs[to] {
		return to, base.strayed
	}
	return base.Dir, true
}

// called follows a command into the shell script it starts.
func (c *commandCollector) called(base Command, depth int) {
	if depth >= maxCalls {
		return
	}
	words := base.Words
	for len(words) > 0 && (isShell(words[0]) || words[0] == "exec" || words[0] == "source" || words[0] == "." || isInit(words[0]) || words[0] == "--") {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	script := c.s.copied(base.image, base.Dir, words[0])
	if script == nil {
		script = c.s.script(base.Dir, words[0])
	}
	if script == nil {
		return
	}
	base.Via = script
	c.add(base, string(script.Bytes()), depth+1)
}

// isInit says whether a program only starts another and passes signals on.
func isInit(word string) bool {
	base := path.Base(word)
	return base == "tini" || base == "dumb-init" || base == "catatonit"
}

// copied finds the shell script that an image holds at a path, by the COPY that
// put it there from dir, the build context.
func (s *Snapshot) copied(image *dockerfile.Stage, dir, word string) *File {
	if !path.IsAbs(word) && !strings.HasPrefix(word, "./") {
		return nil
	}
	for _, from := range s.inImage(image, dir, word) {
		if f := s.File(from); f != nil && f.isShellScript() {
			return f
		}
	}
	return nil
}

// isShellScript says whether a file is one by its name or its first line.
func (f *File) isShellScript() bool {
	if f.Lang == Shell {
		return true
	}
	first, _, _ := bytes.Cut(f.Bytes(), []byte("\n"))
	return bytes.HasPrefix(first, []byte("#!")) && bytes.Contains(first, []byte("sh"))
}

// script finds the shell script that a word names: below dir, or, for a path in
// an image, by its last elements.
func (s *Snapshot) script(dir, word string) *File {
	looks := strings.HasSuffix(word, ".sh") || strings.Contains(path.Base(word), "entrypoint")
	if !looks || strings.ContainsAny(word, "$*") {
		return nil
	}
	if !path.IsAbs(word) {
		if f := s.File(path.Join(dir, word)); f != nil {
			return f
		}
	}
	parts := strings.Split(strings.Trim(path.Clean(word), "/"), "/")
	for i := range parts {
		tail := strings.Join(parts[i:], "/")
		if f := s.File(path.Join(dir, tail)); f != nil {
			return f
		}
	}
	var found *File
	for _, f := range s.Under(dir) {
		if f.Name() == path.Base(word) && f.Role == Production {
			if found != nil {
				return nil
			}
			found = f
		}
	}
	return found
}

func isShell(word string) bool {
	switch path.Base(word) {
	case "sh", "bash", "ash", "dash", "zsh":
		return true
	}
	return false
}

// compose adds what the services of every project start.
func (c *commandCollector) compose() {
	for _, project := range c.s.ComposeProjects() {
		for _, svc := range project.Services() {
			for _, cmd := range []compose.Command{svc.Entrypoint, svc.Command} {
				file := c.s.File(cmd.Path)
				if file == nil {
					continue
				}
				dir := ContextDir(svc)
				if dir == "" {
					dir = path.Dir(file.Path)
				}
				base := Command{Source: FromCompose, Owner: svc.Name, Env: project.Env, File: file, Span: cmd.Span, Dir: dir}
				if d := c.s.DockerfileOf(svc); d != nil {
					base.image = d.Spec.Target(svc.Build.Target.Value)
				}
				if cmd.IsList {
					c.words(base, slices.Clone(cmd.Words))
				} else {
					c.line(base, cmd.Text)
				}
			}
		}
	}
}
