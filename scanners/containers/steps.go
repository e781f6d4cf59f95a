package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/dockerfile"
	"drydock/internal/repo/shell"
)

// step is one command that a RUN starts.
type step struct {
	dockerfile.Located
	run  *dockerfile.Command
	args []string // without the program and what it was started through
	tool string
}

// wrappers start the program that their arguments name.
var wrappers = map[string]bool{"sudo": true, "exec": true, "time": true, "env": true, "eatmydata": true, "nice": true, "command": true, "then": true, "do": true, "else": true, "!": true, "{": true}

// steps are the commands of the stage's own RUN instructions, in order.
func steps(stage *dockerfile.Stage) []step {
	var out []step
	for _, run := range stage.Runs() {
		out = append(out, stepsOf(run)...)
	}
	return out
}

func stepsOf(run dockerfile.Command) []step {
	var out []step
	if run.Program != "" {
		return nil
	}
	for _, c := range withScripts(run.Located()) {
		words := c.Words
		for len(words) > 1 && (wrappers[path.Base(words[0])] || strings.Contains(words[0], "=") && !strings.HasPrefix(words[0], "-")) {
			if strings.Contains(words[0], "=") {
				c.Env = append(slices.Clip(c.Env), words[0])
			}
			words = words[1:]
			for len(words) > 1 && strings.HasPrefix(words[0], "-") { // an option of the wrapper
				words = words[1:]
			}
		}
		if len(words) == 0 {
			continue
		}
		if program, rest, two := strings.Cut(words[0], " "); two && run.JSON { // ["sudo yum", "install"]
			words = append([]string{program}, append(strings.Fields(rest), words[1:]...)...)
		}
		out = append(out, step{c, &run, words[1:], path.Base(words[0])})
	}
	return out
}

// withScripts puts the commands of each sh -c behind it, at its place.
func withScripts(commands []dockerfile.Located) []dockerfile.Located {
	var out []dockerfile.Located
	for _, c := range commands {
		out = append(out, c)
		if script := c.Script(); script != "" {
			for _, inner := range shell.Commands(script) {
				out = append(out, dockerfile.Located{Command: inner, Span: c.Span})
			}
		}
	}
	return out
}

// has says whether one of the arguments is one of the words.
func (s step) has(words ...string) bool {
	return slices.ContainsFunc(s.args, func(a string) bool { return slices.Contains(words, a) })
}

// option says whether an option is given, alone or with =value.
func (s step) option(names ...string) bool {
	return slices.ContainsFunc(s.args, func(a string) bool {
		name, _, _ := strings.Cut(a, "=")
		return slices.Contains(names, name)
	})
}

// short says whether a one-letter option is given, alone or among others: -y, -qy.
func (s step) short(letter string) bool {
	return slices.ContainsFunc(s.args, func(a string) bool {
		return len(a) > 1 && a[0] == '-' && a[1] != '-' && !strings.Contains(a, "=") && strings.Contains(a[1:], letter)
	})
}

// verb is the first argument that is no option.
func (s step) verb() string {
	for _, a := range s.args {
		if !strings.HasPrefix(a, "-") {
			return a
		}
	}
	return ""
}

// operands are the arguments behind the verb that are no options. Values of
// options that stand apart are among them.
func (s step) operands() []string {
	var out []string
	for _, a := range s.args {
		if !strings.HasPrefix(a, "-") {
			out = append(out, a)
		}
	}
	if len(out) > 0 {
		out = out[1:]
	}
	return out
}
