package repo

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// TaskCall is what a command asks a runner for.
type TaskCall struct {
	Runner  Runner
	Names   []string // as asked for; none for what the runner does by default
	Dir     string   // where the runner reads its file, as far as the command says
	Tasks   []*Task  // those it starts that are known
	Missing []string // names that the runner would refuse: all that it reads is known, and does not name them
}

// at is the room of a place, an empty one when nothing is there.
func (t *taskSet) at(runner Runner, dir string) *taskRoom {
	if room := t.byPlace[taskPlace{runner, dir}]; room != nil {
		return room
	}
	return &taskRoom{}
}

// above is the nearest place from dir upwards where the runner reads something.
func (t *taskSet) above(runner Runner, dir string) (room *taskRoom, at string) {
	found, ok := nearest(dir, func(d string) (string, bool) { return d, t.byPlace[taskPlace{runner, d}] != nil })
	if !ok {
		return &taskRoom{open: true}, dir
	}
	return t.at(runner, found), found
}

// TaskCall says which tasks a command starts by name; ok is false when it is no call
// of a runner. Names with variables in them are left out. Whether a name is Missing
// is not said of commands in containers and behind a cd that is not followed.
func (s *Snapshot) TaskCall(cmd Command) (TaskCall, bool) {
	words := unwrapped(cmd.Words)
	if len(words) == 0 {
		return TaskCall{}, false
	}
	c := &taskCaller{s: s, set: s.tasks(), call: TaskCall{Dir: cmd.Dir}, words: words[1:]}
	ok := false
	switch name := programName(words[0]); name {
	case "npm", "pnpm", "yarn", "bun", "yarnpkg":
		ok = c.scripts(name)
	case "run-s", "run-p", "npm-run-all":
		ok = c.sequence()
	case "turbo", "lerna":
		ok = c.workspaces()
	case "make", "gmake":
		ok = c.makes()
	case "task", "go-task", "just", "poe", "nox", "tox", "hatch", "pdm", "rye", "composer", "cargo", "deno":
		ok = c.named(name)
	}
	if !ok {
		return TaskCall{}, false
	}
	if len(c.call.Missing) > 0 && (cmd.strayed || inImage(cmd) || strings.ContainsAny(c.call.Dir, "${") || s.leaves(cmd)) {
		c.call.Missing = nil
	}
	return c.call, true
}

// inImage says whether a command runs in a container, where the files may lie
// elsewhere than here.
func inImage(cmd Command) bool {
	return cmd.Source == FromCompose || cmd.Source == FromDockerfile || cmd.Source == FromBuild
}

// leaves says whether other commands of the same pipeline job change the directory,
// so that its own may not be where it starts.
func (s *Snapshot) leaves(cmd Command) bool {
	if cmd.Source != FromPipeline {
		return false
	}
	type job struct {
		f    *File
		name string
	}
	movers := view(s, "jobs that change directory", func() map[job]bool {
		m := map[job]bool{}
		for _, c := range s.Commands() {
			if c.Source == FromPipeline && (c.Name() == "cd" || c.Name() == "pushd") {
				m[job{c.File, c.Owner}] = true
			}
		}
		return m
	})
	return movers[job{cmd.File, cmd.Owner}]
}

func programName(word string) string { return path.Base(word) }

// wrappers start the program behind them; the number is how many words of their own
// they take besides flags and assignments.
var wrappers = map[string]int{
	"sudo": 0, "env": 0, "time": 0, "command": 0, "exec": 0, "nohup": 0, "xvfb-run": 0, "cross-env": 0, "cross-env-shell": 0, "npx": 0, "bunx": 0,
	"pnpx": 0, "uvx": 0, "pipx": 1, "dotenv": 0, "nice": 0, "timeout": 1, "retry": 0, "corepack": 0, "c8": 0, "nyc": 0,
}

// unwrapped is the command without the programs that only start another.
func unwrapped(words []string) []string {
	for range 6 {
		if len(words) < 2 {
			return words
		}
		name := programName(words[0])
		n, wraps := wrappers[name]
		switch {
		case wraps:
			words = words[1:]
			for len(words) > 0 && (strings.HasPrefix(words[0], "-") || isSetting(words[0])) {
				if words[0] == "-n" && name == "nice" || words[0] == "-e" && name == "dotenv" || words[0] == "-p" && name == "npx" {
					words = words[1:]
				}
				words = words[min(1, len(words)):]
			}
			words = words[min(n, len(words)):]
		case (name == "poetry" || name == "uv" || name == "pipenv") && words[1] == "run":
			words = words[2:]
			for len(words) > 0 && strings.HasPrefix(words[0], "-") {
				words = words[1:]
			}
		case (name == "pnpm" || name == "yarn" || name == "npm") && (words[1] == "exec" || words[1] == "dlx" || words[1] == "x"):
			words = words[2:]
			for len(words) > 0 && strings.HasPrefix(words[0], "-") {
				words = words[1:]
			}
		case strings.HasPrefix(name, "python") && words[1] == "-m":
			words = words[2:]
		default:
			return words
		}
	}
	return words
}

// isSetting says whether a word is NAME=value.
func isSetting(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && !strings.ContainsAny(name, "/.-: ")
}

type taskCaller struct {
	s     *Snapshot
	set   *taskSet
	call  TaskCall
	words []string // behind the runner
}

// flag takes the value of a flag of the given names at the front of the words;
// found says whether one stood there.
func (c *taskCaller) flag(names ...string) (value string, found bool) {
	if len(c.words) == 0 {
		return "", false
	}
	for _, name := range names {
		if rest, ok := strings.CutPrefix(c.words[0], name+"="); ok {
			c.words = c.words[1:]
			return rest, true
		}
		if c.words[0] == name && len(c.words) > 1 {
			value, c.words = c.words[1], c.words[2:]
			return value, true
		}
		if len(name) == 2 && strings.HasPrefix(c.words[0], name) && len(c.words[0]) > 2 { // -Cdir
			value, c.words = c.words[0][2:], c.words[1:]
			return value, true
		}
	}
	return "", false
}

// enter changes to the directory that a flag names; false when it cannot be told.
func (c *taskCaller) enter(dir string) bool {
	if strings.ContainsAny(dir, "$*`") || path.IsAbs(dir) {
		return false
	}
	c.call.Dir = path.Join(c.call.Dir, dir)
	return true
}

// ask looks names up in a room; certain says that the runner knows nothing else.
func (c *taskCaller) ask(room *taskRoom, names []string, certain bool) {
	for _, name := range names {
		if strings.ContainsAny(name, "$`{}") {
			continue
		}
		c.call.Names = append(c.call.Names, name)
		t := room.byName[name]
		if t == nil && c.call.Runner == GoTask {
			t = room.wildcard(name)
		}
		switch {
		case t != nil:
			c.call.Tasks = append(c.call.Tasks, t)
		case certain && !room.open && len(room.byName) > 0:
			c.call.Missing = append(c.call.Missing, name)
		}
	}
}

// wildcard is the task whose name, with a star in it, matches; the longest of them.
func (r *taskRoom) wildcard(name string) (found *Task) {
	for pattern, t := range r.byName {
		before, after, ok := strings.Cut(pattern, "*")
		if !ok || len(name) < len(before)+len(after) || !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
			continue
		}
		if found == nil || cmp.Or(cmp.Compare(len(t.Name), len(found.Name)), cmp.Compare(t.Name, found.Name)) > 0 {
			found = t
		}
	}
	return found
}

// makes reads make's command line.
func (c *taskCaller) makes() bool {
	c.call.Runner = Make
	var names []string
	for len(c.words) > 0 {
		if dir, ok := c.flag("-C", "--directory"); ok {
			if !c.enter(dir) {
				return false
			}
			continue
		}
		if _, ok := c.flag("-f", "--file", "--makefile"); ok {
			return false // not one that is found by its name
		}
		if _, ok := c.flag("-I", "-o", "-W", "--eval"); ok {
			continue
		}
		w := c.words[0]
		c.words = c.words[1:]
		switch {
		case (w == "-j" || w == "-l" || w == "--jobs") && len(c.words) > 0 && strings.Trim(c.words[0], "0123456789.") == "":
			c.words = c.words[1:]
		case strings.HasPrefix(w, "-"), isSetting(w), strings.ContainsAny(w, "$`"):
		default:
			names = append(names, w)
		}
	}
	room := c.set.at(Make, c.call.Dir)
	if len(names) == 0 {
		if m := room.makefile(); m != nil {
			c.ask(room, []string{m.Default()}, false)
			c.call.Names = nil
		}
		return true
	}
	c.ask(room, names, true)
	c.call.Missing = slices.DeleteFunc(c.call.Missing, func(name string) bool {
		rule, _ := room.makefile().Target(name)
		return rule != nil || room.makefile().phony(name) || c.s.Exists(path.Join(c.call.Dir, name))
	})
	return true
}

// makefile is the makefile of a room of Make, nil when it has no target.
func (r *taskRoom) makefile() *Makefile {
	if r.first == nil {
		return nil
	}
	return r.first.make
}
