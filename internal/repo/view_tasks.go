package repo

import (
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/taskfile"
)

// Runner is the program that starts a task by its name.
type Runner string

// The runners. Scripts of package.json are NPM's, whoever starts them.
const (
	NPM      Runner = "npm"
	Make     Runner = "make"
	GoTask          = Runner(taskfile.GoTask)
	Just            = Runner(taskfile.Just)
	Tox             = Runner(taskfile.Tox)
	Nox             = Runner(taskfile.Nox)
	Poe             = Runner(taskfile.Poe)
	PDM             = Runner(taskfile.PDM)
	Hatch           = Runner(taskfile.Hatch)
	Taskipy         = Runner(taskfile.Taskipy)
	Rye             = Runner(taskfile.Rye)
	Composer        = Runner(taskfile.Composer)
	Cargo           = Runner(taskfile.Cargo)
	Deno            = Runner(taskfile.Deno)
)

// Task is a name that the project gives to commands: a script of package.json, a
// target of a makefile, a recipe, a session.
type Task struct {
	*File
	Runner   Runner
	Name     string
	Aliases  []string
	Span     finding.Span // its name
	Dir      string       // directory of the project that its runner reads it in
	Needs    []string     // names of tasks in the same place that run with it
	Commands []Command
	Private  bool // cannot be asked for by name
	Dynamic  bool // does more than Commands and Needs say

	make *Makefile // of Make
	open bool      // the place has tasks that are not known
}

// Tasks lists every task, in order of runner, file and place; those of tests and
// examples keep their role.
func (s *Snapshot) Tasks() []*Task { return s.tasks().all }

// taskSet is the tasks with ways to find them.
type taskSet struct {
	all     []*Task
	byPlace map[taskPlace]*taskRoom
}

// taskPlace is where a runner reads tasks.
type taskPlace struct {
	runner Runner
	dir    string
}

// taskRoom is what a runner finds in one place.
type taskRoom struct {
	byName map[string]*Task
	first  *Task
	open   bool // there may be others
}

func (s *Snapshot) tasks() *taskSet {
	return view(s, "tasks", func() *taskSet {
		c := &taskCollector{s: s, set: &taskSet{byPlace: map[taskPlace]*taskRoom{}}}
		c.packageScripts()
		c.makeTasks()
		c.files()
		for _, m := range s.Makefiles() {
			room := c.set.room(Make, m.Dir())
			room.open = room.open || m.anything()
		}
		return c.set
	})
}

func (t *taskSet) room(runner Runner, dir string) *taskRoom {
	at := taskPlace{runner, dir}
	if t.byPlace[at] == nil {
		t.byPlace[at] = &taskRoom{byName: map[string]*Task{}}
	}
	return t.byPlace[at]
}

type taskCollector struct {
	s   *Snapshot
	set *taskSet
}

func (c *taskCollector) add(t *Task) {
	c.set.all = append(c.set.all, t)
	room := c.set.room(t.Runner, t.Dir)
	room.open = room.open || t.open
	if room.first == nil {
		room.first = t
	}
	for _, name := range append([]string{t.Name}, t.Aliases...) {
		if room.byName[name] == nil || t.Runner == NPM {
			room.byName[name] = t
		}
	}
}

// sourceOf is what the commands of a runner's tasks come from.
func sourceOf(r Runner) CommandSource {
	switch r {
	case NPM:
		return FromScript
	case Make:
		return FromMake
	}
	return FromTask
}

// line adds a command line to what a task runs.
func (c *taskCollector) line(t *Task, f *File, text string, span finding.Span) {
	in := commandCollector{s: c.s}
	in.line(Command{Source: sourceOf(t.Runner), Owner: t.Name, File: f, Span: span, Dir: t.Dir, task: t}, text)
	t.Commands = append(t.Commands, in.out...)
}

// packageScripts adds package.json's scripts.
func (c *taskCollector) packageScripts() {
	for _, p := range c.s.Packages() {
		for _, script := range p.Scripts {
			t := &Task{File: p.File, Runner: NPM, Name: script.Name, Span: script.NameSpan, Dir: p.Dir()}
			c.add(t)
			c.line(t, p.File, script.Value, script.ValueSpan)
			for _, around := range []string{"pre", "post"} {
				if _, ok := p.Script(around + script.Name); ok {
					t.Needs = append(t.Needs, around+script.Name)
				}
			}
		}
	}
}

// files adds the tasks of the files that name some.
func (c *taskCollector) files() {
	for _, p := range c.s.PyProjects() {
		if spec := taskfile.PyProject(p.Root); spec != nil {
			c.spec(p.File, spec, p.Dir(), "", p.Dir())
		}
	}
	for _, f := range c.s.files {
		kind := taskfile.Kind(f.Path)
		if kind == "" || !f.written() || f.Blank() {
			continue
		}
		dir := f.Dir()
		if kind == taskfile.Cargo {
			dir = path.Dir(dir)
		}
		if kind == taskfile.Just && strings.HasSuffix(f.Name(), ".just") {
			continue // a module or what others import
		}
		if spec := c.parse(kind, f); spec != nil {
			c.spec(f, spec, dir, "", dir)
			c.includes(f, spec, dir)
		}
	}
}

func (c *taskCollector) parse(kind taskfile.Runner, f *File) *taskfile.File {
	spec, err := taskfile.Parse(kind, f.Bytes())
	if err != nil {
		line := 0
		var e *taskfile.Error
		var m *manifest.Error
		switch {
		case errors.As(err, &e):
			line = e.Line
		case errors.As(err, &m):
			line = m.Line
		}
		c.s.parseFailed(f, line, err)
	}
	return spec
}

// includes adds the tasks of the Taskfiles that one includes.
func (c *taskCollector) includes(f *File, spec *taskfile.File, dir string) {
	type included struct {
		taskfile.Include
		from   *File
		prefix string
	}
	var queue []included
	for _, in := range spec.Includes {
		queue = append(queue, included{in, f, ""})
	}
	for n := 0; n < len(queue) && n < maxIncludes; n++ {
		in := queue[n]
		full := path.Join(in.from.Dir(), in.Path)
		target := c.s.File(full)
		for _, name := range []string{"Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml"} {
			if target == nil {
				target = c.s.File(path.Join(full, name))
			}
		}
		prefix := in.prefix
		if in.Prefix != "" {
			prefix += in.Prefix + ":"
		}
		if target == nil || !target.written() {
			c.set.room(GoTask, dir).open = true
			continue
		}
		inner := c.parse(taskfile.GoTask, target)
		runs := dir
		if in.Dir != "" {
			runs = path.Join(in.from.Dir(), in.Dir)
		}
		c.spec(target, inner, dir, prefix, runs)
		for _, next := range inner.Includes {
			queue = append(queue, included{next, target, prefix})
		}
	}
}

// spec adds the tasks of a file, which its runner reads in dir. Their commands run
// in the directory runs, unless they say otherwise.
func (c *taskCollector) spec(f *File, spec *taskfile.File, dir, prefix, runs string) {
	for i := range spec.Tasks {
		in := &spec.Tasks[i]
		t := &Task{
			File: f, Runner: Runner(in.Runner), Name: prefix + in.Name, Span: in.NameSpan, Dir: dir,
			Private: in.Private, Dynamic: in.Dynamic, open: spec.Open,
		}
		for _, a := range in.Aliases {
			t.Aliases = append(t.Aliases, prefix+a)
		}
		for _, n := range in.Needs {
			t.Needs = append(t.Needs, prefix+n.Value)
		}
		c.add(t)
		base := Command{Source: sourceOf(t.Runner), Owner: t.Name, File: f, Dir: runs, task: t}
		if in.Dir != "" && !strings.ContainsAny(in.Dir, "{$") {
			base.Dir = path.Join(runs, in.Dir)
		}
		for _, cmd := range in.Commands {
			collect := commandCollector{s: c.s}
			base.Span = cmd.Span
			if cmd.Words != nil {
				collect.words(base, slices.Clone(cmd.Words))
			} else {
				collect.line(base, cmd.Text)
			}
			t.Commands = append(t.Commands, collect.out...)
		}
		if t.Runner == Hatch {
			t.hatchNeeds(spec)
		}
	}
}

// hatchNeeds adds the scripts of the same environment that a script's commands
// begin with.
func (t *Task) hatchNeeds(spec *taskfile.File) {
	env, _, _ := strings.Cut(t.Name, ":")
	for _, cmd := range t.Commands {
		for i := range spec.Tasks {
			if name := env + ":" + cmd.Name(); spec.Tasks[i].Name == name && name != t.Name {
				t.Needs = append(t.Needs, name)
			}
		}
	}
}
