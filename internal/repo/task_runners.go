package repo

import (
	"path"
	"slices"
	"strings"
)

// scripts reads the command line of npm, pnpm, yarn or bun.
func (c *taskCaller) scripts(manager string) bool {
	c.call.Runner = NPM
	var packages []string
	verb, certain, everywhere := "", false, false
	for len(c.words) > 0 {
		if dir, ok := c.flag("--prefix", "-C", "--dir", "--cwd"); ok {
			if !c.enter(dir) {
				return false
			}
			continue
		}
		names := []string{"--filter", "-F"}
		if manager == "npm" && c.words[0] != "-ws" {
			names = []string{"--workspace", "-w"}
		}
		if name, ok := c.flag(names...); ok {
			packages = append(packages, name)
			continue
		}
		w := c.words[0]
		c.words = c.words[1:]
		switch {
		case w == "-r" || w == "--recursive" || w == "--workspaces" || w == "-ws" || w == "recursive" && manager == "pnpm":
			everywhere = true
		case w == "--if-present":
			certain = false
			everywhere = everywhere || len(packages) > 0
		case w == "--":
			c.words = nil
		case strings.HasPrefix(w, "-"):
		case w == "workspace" && manager == "yarn" && len(c.words) > 0:
			packages = append(packages, c.words[0])
			c.words = c.words[1:]
		case w == "workspaces" && manager == "yarn":
			everywhere = true
		case w == "foreach" && everywhere, w == "run" || w == "run-script" || w == "rum" || w == "urn":
			certain = w != "foreach" && (manager == "npm" || manager == "pnpm") && !slices.Contains(c.words, "--if-present")
			if len(c.words) == 0 {
				return false // lists the scripts
			}
		case verb == "":
			if verb = w; manager != "npm" { // which takes flags behind the name for its own
				c.words = nil
			}
		}
	}
	switch {
	case verb == "":
		return false
	case verb == "t" || verb == "tst":
		verb = "test"
	case manager == "npm" && !certain && !slices.Contains([]string{"test", "start", "stop", "restart"}, verb) && !everywhere:
		return false
	}
	certain = certain && !everywhere && verb != "start" && verb != "restart" && verb != "env"
	switch {
	case len(packages) > 0:
		for _, name := range packages {
			c.inPackage(name, verb, certain)
		}
	case everywhere:
		c.inAll(verb)
	default:
		room, _ := c.set.above(NPM, c.packageDir())
		c.ask(room, []string{verb}, certain)
	}
	return certain || len(c.call.Tasks) > 0
}

// packageDir is the directory of the package.json that counts.
func (c *taskCaller) packageDir() string {
	dir, ok := nearest(c.call.Dir, func(d string) (string, bool) { return d, c.s.File(path.Join(d, "package.json")) != nil })
	if !ok {
		return c.call.Dir
	}
	if c.set.byPlace[taskPlace{NPM, dir}] == nil { // a package without scripts
		c.set = &taskSet{byPlace: map[taskPlace]*taskRoom{}}
	}
	return dir
}

// inPackage asks for a script of the package that a filter names.
func (c *taskCaller) inPackage(filter, verb string, certain bool) {
	plain := strings.Trim(filter, ".^")
	for _, p := range c.s.Packages() {
		name, dir := p.Package.Name.Value, p.Dir()
		match := name == plain || dir == path.Join(c.call.Dir, plain) || path.Base(dir) == plain && !strings.Contains(plain, "@")
		if !match && strings.ContainsAny(plain, "*") {
			byName, _ := path.Match(plain, name)
			byDir, _ := path.Match(strings.Trim(plain, "{}"), "./"+dir)
			match = byName || byDir
		}
		if match && p.Role != Vendored {
			exact := name == filter
			c.ask(c.set.at(NPM, dir), []string{verb}, certain && exact)
		}
	}
}

// inAll asks for a script of every package that has it.
func (c *taskCaller) inAll(verb string) {
	c.call.Names = append(c.call.Names, verb)
	for _, p := range c.s.Packages() {
		if t := c.set.at(NPM, p.Dir()).byName[verb]; t != nil && p.Role == Production {
			c.call.Tasks = append(c.call.Tasks, t)
		}
	}
}

// workspaces reads the command line of turbo or lerna: run a, b in all packages.
func (c *taskCaller) workspaces() bool {
	c.call.Runner = NPM
	var names, packages []string
	for len(c.words) > 0 {
		if name, ok := c.flag("--filter", "-F", "--scope"); ok {
			packages = append(packages, name)
			continue
		}
		w := c.words[0]
		c.words = c.words[1:]
		switch {
		case w == "--":
			c.words = nil
		case strings.HasPrefix(w, "-"), w == "run":
		case slices.Contains([]string{"prune", "login", "link", "daemon", "gen", "publish", "version", "bootstrap", "changed", "clean"}, w) && len(names) == 0:
			return false
		default:
			names = append(names, w)
		}
	}
	for _, name := range names {
		if pkg, script, ok := strings.Cut(name, "#"); ok {
			c.inPackage(pkg, script, false)
			continue
		}
		if len(packages) == 0 {
			c.inAll(name)
		}
		for _, p := range packages {
			c.inPackage(p, name, false)
		}
	}
	return len(names) > 0
}

// sequence reads the command line of npm-run-all and its kin.
func (c *taskCaller) sequence() bool {
	c.call.Runner = NPM
	room, _ := c.set.above(NPM, c.call.Dir)
	for _, w := range c.words {
		w, _, _ = strings.Cut(w, " ")
		if strings.HasPrefix(w, "-") || w == "" {
			continue
		}
		if strings.Contains(w, "*") {
			c.call.Names = append(c.call.Names, w)
			for name, t := range room.byName {
				if ok, err := path.Match(strings.ReplaceAll(w, ":", "/"), strings.ReplaceAll(name, ":", "/")); err == nil && ok {
					c.call.Tasks = append(c.call.Tasks, t)
				}
			}
			slices.SortFunc(c.call.Tasks, func(a, b *Task) int { return a.Span.Start - b.Span.Start })
			continue
		}
		c.ask(room, []string{w}, true)
	}
	return true
}

// runnerFlags are the flags of runners that take a word of their own.
var runnerFlags = []string{"-t", "--taskfile", "-f", "--justfile", "-c", "--config", "--configfile", "--color", "--set", "--python", "--output"}

// named reads the command line of a runner that takes the names of tasks.
func (c *taskCaller) named(program string) bool {
	var names, asked []string
	for len(c.words) > 0 {
		if dir, ok := c.flag("-d", "--dir", "--working-directory", "--working-dir", "-C", "--root", "--project-directory"); ok {
			if !c.enter(dir) {
				return false
			}
			continue
		}
		if list, ok := c.flag("-e", "-s", "--session", "--sessions"); ok && (program == "tox" || program == "nox") {
			asked = append(asked, strings.Split(list, ",")...)
			continue
		}
		if slices.Contains(runnerFlags, c.words[0]) {
			return false // another file, or settings that are not read here
		}
		w := c.words[0]
		c.words = c.words[1:]
		switch {
		case w == "--":
			c.words = nil
		case w == "--list" || w == "-l" || w == "--list-sessions" || w == "--summary" || w == "--version" || w == "--help" || w == "-h" || w == "--init" || w == "-g" || w == "--global":
			return false
		case strings.HasPrefix(w, "-") || strings.HasPrefix(w, "+"), isSetting(w):
		default:
			names = append(names, w)
		}
	}
	switch program {
	case "tox", "nox":
		return c.sessions(Runner(program), append(asked, names...), len(asked) > 0)
	case "task", "go-task":
		if room, dir := c.set.above(Taskipy, c.call.Dir); program == "task" && room.first != nil && c.set.at(GoTask, dir).first == nil {
			return c.first(Taskipy, names, true)
		}
		c.call.Runner = GoTask
		room, _ := c.set.above(GoTask, c.call.Dir)
		if len(names) == 0 {
			names = []string{"default"}
		}
		c.ask(room, names, true)
		return true
	case "just":
		if len(names) == 0 {
			c.call.Runner = Just
			if room, _ := c.set.above(Just, c.call.Dir); room.first != nil {
				c.call.Tasks = []*Task{room.first}
			}
			return true
		}
		return c.first(Just, names, !strings.Contains(names[0], "::"))
	case "poe":
		return c.first(Poe, names, true)
	}
	return c.managers(program, names)
}

// managers reads the command lines of package managers that also start tasks.
func (c *taskCaller) managers(program string, names []string) bool {
	run := len(names) > 0 && (names[0] == "run" || names[0] == "run-script" || names[0] == "task")
	if run {
		names = names[1:]
	}
	if len(names) == 0 {
		return false
	}
	switch program {
	case "hatch":
		if run && !strings.Contains(names[0], ":") {
			names[0] = "default:" + names[0]
		}
		if env, script, ok := strings.Cut(names[0], ":"); ok {
			env, _, _ = strings.Cut(env, ".") // of a matrix
			names[0] = env + ":" + script
		}
		return run && c.first(Hatch, names, false) && len(c.call.Tasks) > 0
	case "pdm":
		return c.first(PDM, names, false) && len(c.call.Tasks) > 0
	case "rye":
		return run && c.first(Rye, names, false) && len(c.call.Tasks) > 0
	case "composer":
		return c.first(Composer, names, run) && (run || len(c.call.Tasks) > 0)
	case "cargo":
		return !run && c.first(Cargo, names, false) && len(c.call.Tasks) > 0
	case "deno":
		if !run {
			return false
		}
		if room, _ := c.set.above(NPM, c.call.Dir); room.byName[names[0]] != nil && c.set.at(Deno, c.call.Dir).byName[names[0]] == nil {
			c.call.Runner, c.call.Names, c.call.Tasks = NPM, names[:1], []*Task{room.byName[names[0]]}
			return true
		}
		return c.first(Deno, names, true)
	}
	return false
}

// first asks for the first name; the others are its arguments.
func (c *taskCaller) first(runner Runner, names []string, certain bool) bool {
	if len(names) == 0 {
		return false
	}
	c.call.Runner = runner
	room, _ := c.set.above(runner, c.call.Dir)
	c.ask(room, names[:1], certain)
	return true
}

// sessions asks for the environments of tox or the sessions of nox: all without
// names.
func (c *taskCaller) sessions(runner Runner, names []string, asked bool) bool {
	c.call.Runner = runner
	room := c.set.at(runner, c.call.Dir)
	if !asked {
		for _, t := range c.set.all {
			if t.Runner == runner && t.Dir == c.call.Dir {
				c.call.Tasks = append(c.call.Tasks, t)
			}
		}
		return len(c.call.Tasks) > 0
	}
	for _, name := range names {
		name = strings.TrimSpace(name)
		base, _, _ := strings.Cut(name, "(")
		switch t := room.byName[name]; {
		case t != nil:
			c.ask(room, []string{name}, false)
		case runner == Tox && room.byName["testenv"] != nil && name != "run":
			c.call.Names = append(c.call.Names, name)
			c.call.Tasks = append(c.call.Tasks, room.byName["testenv"])
		case room.byName[base] != nil:
			c.ask(room, []string{base}, false)
		default: // tests-3.12
			if i := strings.LastIndexByte(base, '-'); i > 0 && room.byName[base[:i]] != nil {
				c.ask(room, []string{base[:i]}, false)
				continue
			}
			c.ask(room, []string{name}, runner == Nox && !strings.ContainsAny(name, "(*"))
		}
	}
	return true
}
