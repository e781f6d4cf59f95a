package taskfile

import (
	"errors"
	"strings"

	"drydock/internal/repo/ini"
	"drydock/internal/repo/pylex"
)

// parseTox reads a tox.ini: the environments and their commands. The environment
// "testenv" stands for all that have no section of their own.
func parseTox(src []byte) (*File, error) {
	f := &File{Open: true} // names may be made of factors: py312-django5
	doc, err := ini.Parse(src)
	if err != nil {
		var e *ini.Error
		if errors.As(err, &e) {
			err = &Error{e.Line, e.Msg}
		}
	}
	if doc == nil {
		return f, err
	}
	for _, s := range doc.Sections {
		name, ok := strings.CutPrefix(s.Name, "testenv:")
		if !ok && s.Name != "testenv" {
			continue
		}
		if !ok {
			name = s.Name
		}
		t := Task{Runner: Tox, Name: name, NameSpan: s.Span, Span: s.Span}
		for _, k := range s.Keys {
			t.Span.End = max(t.Span.End, k.Span.End)
			switch k.Name {
			case "commands", "commands_pre", "commands_post":
				t.toxCommands(k.Lines)
			case "changedir", "change_dir":
				t.Dir = strings.TrimPrefix(k.Value(), "{toxinidir}/")
			case "depends":
				t.Dynamic = t.Dynamic || strings.Contains(k.Value(), "{")
			}
		}
		f.add(t)
	}
	return f, err
}

// toxCommands reads the lines of a commands setting; a backslash joins two.
func (t *Task) toxCommands(lines []ini.Line) {
	var parts []string // of the command that is joined
	flush := func() {
		if n := len(t.Commands); len(parts) > 1 {
			t.Commands[n-1].Text = strings.Join(parts, " ")
		}
		parts = nil
	}
	defer flush()
	joined := false
	for _, l := range lines {
		text := strings.TrimSpace(l.Text)
		if !joined {
			if i := strings.Index(text, ": "); i > 0 && !strings.ContainsAny(text[:i], " /\"'{") { // of some factors alone
				text = strings.TrimSpace(text[i+2:])
			}
			text = strings.TrimLeft(text, "-! ")
		}
		if ref, ok := strings.CutPrefix(text, "{["); ok && !joined { // {[testenv:x]commands}
			if section, _, ok := strings.Cut(ref, "]"); ok {
				t.Needs = append(t.Needs, Text{strings.TrimPrefix(section, "testenv:"), l.Span})
			}
			joined = false
			continue
		}
		body, more := strings.CutSuffix(text, `\`)
		if n := len(t.Commands); joined && len(parts) > 0 {
			parts = append(parts, strings.TrimSpace(body))
			t.Commands[n-1].Span.End = max(t.Commands[n-1].Span.End, l.Span.End)
		} else if flush(); text != "" {
			parts = append(parts, strings.TrimSpace(body))
			t.Commands = append(t.Commands, Command{Text: parts[0], Span: l.Span})
		}
		joined = more
	}
}

// parseNox reads a noxfile.py: the sessions, and the commands they run with
// literal words.
func parseNox(src []byte) *File {
	py := pylex.Parse(src)
	f := &File{}
	byDef := map[int]int{} // index of a definition → of its task
	for i := range py.Defs {
		d := &py.Defs[i]
		for k := range d.Decorators {
			c := &d.Decorators[k]
			if py.Qualify(c.Callee) != "nox.session" {
				continue
			}
			t := Task{Runner: Nox, Name: strings.Clone(d.Name), NameSpan: d.NameSpan, Span: d.Span}
			if name, ok := c.Arg("name"); ok {
				t.Name = strings.Clone(name.Literal)
				f.Open = f.Open || !name.IsLiteral
			}
			byDef[i] = len(f.Tasks)
			f.add(t)
			break
		}
	}
	for i := range py.Calls {
		c := &py.Calls[i]
		at, ok := byDef[c.Func]
		if !ok || at >= len(f.Tasks) {
			continue
		}
		switch _, method, _ := strings.Cut(c.Callee, "."); method {
		case "run", "run_always", "run_install":
			f.Tasks[at].noxRun(c)
		case "notify":
			if a, ok := c.At(0); ok && a.IsLiteral {
				f.Tasks[at].Needs = append(f.Tasks[at].Needs, Text{strings.Clone(a.Literal), a.Span})
			}
		}
	}
	return f
}

// noxRun reads session.run("program", "argument", …).
func (t *Task) noxRun(c *pylex.Call) {
	var words []string
	for n := 0; ; n++ {
		a, ok := c.At(n)
		if !ok {
			break
		}
		if !a.IsLiteral {
			t.Dynamic = true
			continue
		}
		words = append(words, strings.Clone(a.Literal))
	}
	t.words(words, c.Span)
}
