package compose

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/shell"
)

// Invocation is a command line of docker compose, or of docker stack deploy.
type Invocation struct {
	Files    []string // of -f, in order, as written
	EnvFiles []string // of --env-file
	Profiles []string
	Dir      string   // --project-directory
	Project  string   // -p
	Command  string   // up, build, run, …; "" when none follows
	Args     []string // what follows it
	Chdir    string   // of a cd before it on the same line
	Span     finding.Span
}

// ParseInvocation reads the words of one command; ok is false when it does not
// start compose.
func ParseInvocation(words []string) (in Invocation, ok bool) {
	for len(words) > 0 && (words[0] == "sudo" || words[0] == "exec" || words[0] == "-E") {
		words = words[1:]
	}
	if len(words) == 0 {
		return in, false
	}
	name := words[0][strings.LastIndexByte(words[0], '/')+1:]
	stack := false
	switch {
	case name == "docker-compose" || name == "podman-compose":
		words = words[1:]
	case (name == "docker" || name == "podman" || name == "nerdctl") && len(words) > 1 && words[1] == "compose":
		words = words[2:]
	case name == "docker" && len(words) > 2 && words[1] == "stack" && (words[2] == "deploy" || words[2] == "up"):
		words, stack, in.Command = words[3:], true, "deploy"
	default:
		return in, false
	}
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		if strings.ContainsAny(w[:min(1, len(w))], "[<({") || w == "..." || w == "…" {
			return in, false // a line that says how lines are written
		}
		if !strings.HasPrefix(w, "-") {
			if stack {
				in.Project = w
				continue
			}
			in.Command, in.Args = w, words
			break
		}
		flag, value, joined := strings.Cut(w, "=")
		take := func() string {
			if !joined && len(words) > 0 {
				value, words = words[0], words[1:]
			}
			return value
		}
		switch {
		case flag == "-f", flag == "--file", stack && (flag == "-c" || flag == "--compose-file"):
			in.Files = append(in.Files, take())
		case !joined && len(w) > 2 && (strings.HasPrefix(w, "-f") || stack && strings.HasPrefix(w, "-c")) && w[1] != '-':
			in.Files = append(in.Files, w[2:])
		case flag == "--env-file":
			in.EnvFiles = append(in.EnvFiles, take())
		case flag == "--profile":
			in.Profiles = append(in.Profiles, take())
		case flag == "--project-directory":
			in.Dir = take()
		case flag == "-p", flag == "--project-name":
			in.Project = take()
		case flag == "--ansi", flag == "--parallel", flag == "--progress", flag == "--context", flag == "--host", flag == "-H", flag == "--log-level", flag == "--orchestrator", flag == "--resolve-image":
			take()
		}
	}
	return in, true
}

const (
	maxInvocations = 500  // places in one text that are looked at
	maxLine        = 4096 // bytes of one command line, continued lines joined
)

// Invocations finds the command lines of compose in a text of any kind: a script,
// a makefile, a pipeline, a page of documentation. A line that a # or // turns into
// a comment counts: people write there how to run a file.
func Invocations(text []byte) []Invocation {
	var out []Invocation
	compose, stack := finder{word: "compose"}, finder{word: "stack"}
	for at, tries := 0, 0; tries < maxInvocations; {
		one := &compose
		if c, s := compose.next(text, at), stack.next(text, at); c < 0 && s < 0 {
			break
		} else if c < 0 || s >= 0 && s < c {
			one = &stack
		}
		at = one.at + len(one.word)
		start, ok := programBefore(text, one.at, at)
		if !ok {
			continue
		}
		tries++
		line := logicalLine(text[start:min(len(text), start+maxLine)])
		commands := shell.Commands(line)
		if len(commands) == 0 {
			continue
		}
		in, ok := ParseInvocation(commands[0].Words)
		if !ok {
			continue
		}
		in.Span = finding.Span{Start: start, End: start + min(commands[0].End, len(line))}
		in.Chdir = chdirBefore(text, start)
		out = append(out, in)
	}
	return out
}

// finder looks for a word, and once for each place.
type finder struct {
	word string
	at   int // where it stands, -1 for nowhere
	any  bool
}

func (f *finder) next(text []byte, from int) int {
	if f.any && (f.at < 0 || f.at >= from) {
		return f.at
	}
	f.any = true
	if f.at = bytes.Index(text[from:], []byte(f.word)); f.at >= 0 {
		f.at += from
	}
	return f.at
}

// programBefore is where the program starts whose compose or stack stands at the
// given place: docker compose, docker-compose, podman compose, docker stack.
func programBefore(text []byte, at, end int) (start int, ok bool) {
	if end < len(text) && text[end] != ' ' && text[end] != '\t' && text[end] != '\n' && text[end] != '\\' {
		return 0, false
	}
	from := max(0, at-len("nerdctl")-2)
	before := bytes.TrimRight(text[from:at], " \t")
	before = bytes.TrimSuffix(before, []byte("-"))
	for _, program := range []string{"docker", "podman", "nerdctl"} {
		if bytes.HasSuffix(before, []byte(program)) {
			start = from + len(before) - len(program)
			return start, start == 0 || !isNameStart(text[start-1])
		}
	}
	return 0, false
}

// logicalLine is the command line at the start of the text: continued lines are
// part of it, the quote or backtick around it is not. The # or // of a comment that
// goes on in the next line is made blank.
func logicalLine(text []byte) string {
	quoted, text := byte(0), bytes.Clone(text)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == '\n':
			for i += 2; i < len(text) && strings.IndexByte(" \t#", text[i]) >= 0; i++ {
				text[i] = ' '
			}
			if bytes.HasPrefix(text[min(i, len(text)):], []byte("// ")) {
				text[i], text[i+1] = ' ', ' '
			}
			i--
		case c == '\\':
			i++
		case c == '\n', c == '`':
			return string(text[:i])
		case quoted == c && c != 0:
			quoted = 0
		case quoted == 0 && (c == '"' || c == '\''):
			if i > 0 && text[i-1] != ' ' && text[i-1] != '=' && text[i-1] != '\t' {
				return string(text[:i]) // it was opened before the command
			}
			quoted = c
		}
	}
	return string(text)
}

// chdirBefore is the directory of a cd that precedes the command on its line.
func chdirBefore(text []byte, start int) string {
	before := text[max(0, start-maxLine):start]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	i := bytes.LastIndex(before, []byte("cd "))
	if i < 0 || i > 0 && isNameStart(before[i-1]) {
		return ""
	}
	if c := shell.Commands(string(before[i:])); len(c) > 0 && len(c[0].Words) == 2 && c[0].Words[0] == "cd" {
		return c[0].Words[1]
	}
	return ""
}

// Run is one way that the project is known to be started: a command line that
// names its files, or a COMPOSE_FILE.
type Run struct {
	Place
	Files    []string // the compose files, as paths in the project
	EnvFiles []string // of --env-file, as paths in the project
	Profiles []string
	Command  string // up, build, …; "" for a COMPOSE_FILE
}
