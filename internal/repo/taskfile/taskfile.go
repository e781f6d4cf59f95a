// Package taskfile reads the files in which a project gives names to commands:
// Taskfile, justfile, tox.ini, noxfile.py, the tables of pyproject.toml, composer
// scripts, cargo aliases, deno tasks. Makefiles and package.json have packages of
// their own.
package taskfile

import (
	"fmt"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/manifest"
)

// Limits on what the readers accept.
const (
	MaxBytes = 4 << 20 // bytes of one file
	MaxTasks = 5_000   // tasks of one file; more are left out
)

// Runner is the program that starts a task by its name.
type Runner string

// The runners.
const (
	GoTask   Runner = "task"
	Just     Runner = "just"
	Tox      Runner = "tox"
	Nox      Runner = "nox"
	Poe      Runner = "poe"
	PDM      Runner = "pdm"
	Hatch    Runner = "hatch"
	Taskipy  Runner = "taskipy"
	Rye      Runner = "rye"
	Composer Runner = "composer"
	Cargo    Runner = "cargo"
	Deno     Runner = "deno"
)

// File is what one file names.
type File struct {
	Tasks    []Task
	Includes []Include
	Open     bool // the file may name tasks that are not listed here
}

// Task is a name for commands.
type Task struct {
	Runner   Runner
	Name     string // of Hatch "environment:script"
	Aliases  []string
	NameSpan finding.Span
	Span     finding.Span // the whole entry
	Dir      string       // where the commands run, relative to the file's directory; "" there
	Needs    []Text       // tasks of the same file that it runs
	Commands []Command
	Private  bool // cannot be asked for by name
	Dynamic  bool // does more than Commands and Needs say
}

// Command is one command line of a task.
type Command struct {
	Text  string   // for a shell to split; "" when Words is set
	Words []string // already split
	Span  finding.Span
}

// Text is a name and where it stands.
type Text struct {
	Value string
	Span  finding.Span
}

// Include is another file whose tasks are named here behind a prefix.
type Include struct {
	Prefix string // "" when the names are taken over as they are
	Path   string // file or directory, relative to this file
	Dir    string // where its commands run, relative to this file; "" where it lies
	Span   finding.Span
}

// Error says where and why a file could not be read.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

func tooLarge(src []byte) error {
	if len(src) > MaxBytes {
		return &Error{1, fmt.Sprintf("larger than %d MiB", MaxBytes>>20)}
	}
	return nil
}

func (f *File) add(t Task) {
	if len(f.Tasks) >= MaxTasks {
		f.Open = true
		return
	}
	f.Tasks = append(f.Tasks, t)
}

// Kind says which reader a file is for, by its name; "" when it names no tasks. The
// tables of pyproject.toml are found in the manifest: see PyProject.
func Kind(name string) Runner {
	dir, base := path.Split(name)
	switch base {
	case "Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml":
		return GoTask
	case "justfile", "Justfile", ".justfile", "JUSTFILE":
		return Just
	case "tox.ini":
		return Tox
	case "noxfile.py":
		return Nox
	case "composer.json":
		return Composer
	case "deno.json", "deno.jsonc":
		return Deno
	case "config.toml", "config":
		if path.Base(dir) == ".cargo" {
			return Cargo
		}
	}
	if strings.HasSuffix(base, ".just") {
		return Just
	}
	return ""
}

// Parse reads a file of the kind that its name says; see Kind. What could be read
// is returned with the error.
func Parse(kind Runner, src []byte) (*File, error) {
	if err := tooLarge(src); err != nil {
		return &File{}, err
	}
	switch kind {
	case GoTask:
		return parseGoTask(src)
	case Just:
		return parseJust(src), nil
	case Tox:
		return parseTox(src)
	case Nox:
		return parseNox(src), nil
	case Composer:
		return parseTable(src, manifest.ParseJSON, Composer, "scripts")
	case Deno:
		return parseTable(src, manifest.ParseJSON, Deno, "tasks")
	case Cargo:
		return parseTable(src, manifest.ParseTOML, Cargo, "alias")
	}
	return &File{}, nil
}

// parseTable reads a document in which the members of one object are the tasks.
func parseTable(src []byte, read func([]byte) (*manifest.Value, error), runner Runner, key string) (*File, error) {
	root, err := read(src)
	f := &File{}
	f.table(runner, "", root.Get(key))
	return f, err
}

// table adds a task for each member of an object.
func (f *File) table(runner Runner, prefix string, table *manifest.Value) {
	if table == nil {
		return
	}
	for _, m := range table.Members {
		if runner == PDM && strings.HasPrefix(m.Name, "_") {
			continue // settings of all scripts
		}
		t := Task{Runner: runner, Name: prefix + m.Name, NameSpan: m.NameSpan, Span: m.Span, Private: runner == Poe && strings.HasPrefix(m.Name, "_")}
		t.value(m.Value, 0)
		f.add(t)
	}
}

const maxNested = 4 // sequences in sequences

// value reads what a table says a task does.
func (t *Task) value(v *manifest.Value, depth int) {
	if depth > maxNested {
		t.Dynamic = true
		return
	}
	switch v.Kind {
	case manifest.String:
		t.line(v.AsText())
	case manifest.Array:
		if t.Runner == Cargo {
			t.words(append([]string{"cargo"}, values(v.Strings())...), v.Span)
			return
		}
		for _, item := range v.Items {
			switch {
			case item.Kind == manifest.String && t.Runner == Poe:
				t.Needs = append(t.Needs, Text(item.AsText())) // a sequence names tasks
			case item.Get("ref").Str() != "":
				t.need(item.Get("ref"))
			default:
				t.value(item, depth+1)
			}
		}
	case manifest.Object:
		t.object(v, depth)
	}
}

// object reads a task with settings of its own.
func (t *Task) object(v *manifest.Value, depth int) {
	for _, key := range []string{"dependencies", "deps"} {
		for _, d := range v.Get(key).Strings() {
			t.Needs = append(t.Needs, Text(d))
		}
	}
	t.Dir = v.Get("cwd").Str()
	if t.Dir == "" {
		t.Dir = v.Get("working_dir").Str()
	}
	for _, key := range []string{"cmd", "shell", "command", "sequence", "composite", "chain"} {
		switch c := v.Get(key); {
		case c == nil:
		case key == "cmd" && c.Kind == manifest.Array:
			t.words(values(c.Strings()), c.Span)
		case key == "composite":
			for _, s := range c.Strings() { // a script's name with arguments, or a command
				name, _, _ := strings.Cut(s.Value, " ")
				t.Needs = append(t.Needs, Text{name, s.Span})
				t.line(s)
			}
		default:
			t.value(c, depth+1)
		}
	}
	switch ref := v.Get("ref"); {
	case ref.Str() != "":
		t.need(ref)
	case v.Get("script") != nil || v.Get("call") != nil || v.Get("expr") != nil || v.Get("switch") != nil:
		t.Dynamic = true // Python's own functions
	}
}

// need adds the task that a reference, perhaps with arguments, names.
func (t *Task) need(ref *manifest.Value) {
	name, _, _ := strings.Cut(ref.Text, " ")
	t.Needs = append(t.Needs, Text{name, ref.Span})
}

// line adds a command line in the words of its runner.
func (t *Task) line(s manifest.Text) {
	text := strings.TrimSpace(s.Value)
	switch t.Runner {
	case Cargo:
		text = "cargo " + text
	case Composer:
		switch {
		case strings.HasPrefix(text, "@php "), strings.HasPrefix(text, "@composer "):
			text = text[1:]
		case strings.HasPrefix(text, "@putenv "):
			return
		case strings.HasPrefix(text, "@"):
			name, _, _ := strings.Cut(text[1:], " ")
			t.Needs = append(t.Needs, Text{name, s.Span})
			return
		case strings.Contains(text, "::") && !strings.Contains(text, " "):
			t.Dynamic = true // a method of PHP
			return
		}
	}
	if text != "" {
		t.Commands = append(t.Commands, Command{Text: text, Span: s.Span})
	}
}

func (t *Task) words(words []string, span finding.Span) {
	if len(words) > 0 {
		t.Commands = append(t.Commands, Command{Words: words, Span: span})
	}
}

func values(texts []manifest.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.Value
	}
	return out
}

// PyProject reads the tables of a pyproject.toml that name commands: those of Poe,
// PDM, Hatch, taskipy and Rye. It is nil when there are none.
func PyProject(root *manifest.Value) *File {
	f := &File{}
	tool := root.Get("tool")
	f.table(Poe, "", tool.Get("poe", "tasks"))
	f.table(PDM, "", tool.Get("pdm", "scripts"))
	f.table(Taskipy, "", tool.Get("taskipy", "tasks"))
	f.table(Rye, "", tool.Get("rye", "scripts"))
	if envs := tool.Get("hatch", "envs"); envs != nil {
		for _, env := range envs.Members {
			f.table(Hatch, env.Name+":", env.Value.Get("scripts"))
		}
	}
	if len(f.Tasks) == 0 {
		return nil
	}
	f.Open = tool.Get("poe", "include") != nil || tool.Get("poe", "include_script") != nil
	return f
}
