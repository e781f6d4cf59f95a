package taskfile

import (
	"errors"
	"strings"

	"drydock/internal/repo/yamldoc"
)

// parseGoTask reads a Taskfile.yml.
func parseGoTask(src []byte) (*File, error) {
	f := &File{}
	docs, err := yamldoc.Parse(src)
	if err != nil {
		var e *yamldoc.Error
		if errors.As(err, &e) {
			err = &Error{e.Line, e.Msg}
		}
	}
	if len(docs) == 0 {
		return f, err
	}
	root := docs[0].Root
	for _, e := range root.Get("includes").Entries() {
		f.goTaskInclude(e)
	}
	for _, e := range root.Get("tasks").Entries() {
		t := Task{Runner: GoTask, Name: e.Name(), NameSpan: e.KeySpan(), Span: e.Span()}
		t.goTask(e.Value)
		f.add(t)
	}
	return f, err
}

func (f *File) goTaskInclude(e yamldoc.Entry) {
	in := Include{Prefix: e.Name(), Path: e.Value.Str(), Span: e.Span()}
	if e.Value.IsMapping() {
		in.Path, in.Dir = e.Value.Get("taskfile").Str(), e.Value.Get("dir").Str()
		if flat, _ := e.Value.Get("flatten").Bool(); flat {
			in.Prefix = ""
		}
	}
	if in.Path == "" || strings.Contains(in.Path, "{{") || strings.Contains(in.Path, "://") {
		f.Open = true
		return
	}
	f.Includes = append(f.Includes, in)
}

// goTask reads what a task is worth: a command, a list of them, or a mapping.
func (t *Task) goTask(n *yamldoc.Node) {
	if !n.IsMapping() {
		t.goTaskCommands(n)
		return
	}
	t.Dir = n.Get("dir").Str()
	t.Private, _ = n.Get("internal").Bool()
	t.Aliases = n.Get("aliases").Strings()
	for _, d := range n.Get("deps").Items() {
		t.goTaskNeed(d)
	}
	t.goTaskCommands(n.Get("cmds"))
	t.goTaskCommands(n.Get("cmd"))
}

func (t *Task) goTaskNeed(n *yamldoc.Node) {
	name := n.Str()
	if n.IsMapping() {
		n = n.Get("task")
		name = n.Str()
	}
	switch {
	case name == "":
	case strings.Contains(name, "{{"):
		t.Dynamic = true
	default:
		t.Needs = append(t.Needs, Text{strings.TrimPrefix(name, ":"), n.Resolve().Span})
	}
}

func (t *Task) goTaskCommands(n *yamldoc.Node) {
	if n.IsScalar() && !n.IsNull() {
		t.Commands = append(t.Commands, Command{Text: n.Str(), Span: n.Resolve().Span})
		return
	}
	for _, item := range n.Items() {
		if deferred := item.Get("defer"); deferred.Exists() {
			if item = deferred; item.IsMapping() {
				t.goTaskNeed(item)
				continue
			}
		}
		switch {
		case item.Get("task").Exists():
			t.goTaskNeed(item)
		case item.IsMapping():
			t.goTaskCommands(item.Get("cmd"))
		case item.IsScalar() && !item.IsNull():
			t.Commands = append(t.Commands, Command{Text: item.Str(), Span: item.Resolve().Span})
		}
	}
}
