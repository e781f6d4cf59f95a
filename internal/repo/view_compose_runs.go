package repo

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/workflow"
)

const maxComposeRuns = 1000 // command lines of compose in one project

// composeRuns lists the command lines that name compose files, and what settings
// name, by file: scripts, makefiles, pipelines, documentation beside the compose
// files, comments in them, COMPOSE_FILE, devcontainer.json.
func (s *Snapshot) composeRuns() []compose.Run {
	r := runReader{s: s, known: map[string]bool{}, dirs: map[string]bool{".": true}}
	for _, f := range s.ComposeFiles() {
		r.known[f.Path] = true
		r.dirs[f.Dir()] = true
	}
	if len(r.known) == 0 {
		return nil
	}
	for _, f := range s.files {
		if len(r.out) >= maxComposeRuns {
			break
		}
		switch {
		case f.Role.Foreign() || f.Size > 1<<20:
		case f.Name() == "devcontainer.json" || f.Name() == ".devcontainer.json":
			r.devcontainer(f)
		case r.tells(f) && f.Mentions("compose", "stack"):
			for _, in := range compose.Invocations(f.Bytes()) {
				r.add(f, in.Span, in)
			}
			if f.Lang == "Makefile" {
				r.makefile(f)
			}
		}
	}
	for _, f := range s.EnvFiles() {
		if e := f.Spec.Get("COMPOSE_FILE"); e != nil && len(r.out) < maxComposeRuns {
			names := strings.FieldsFunc(e.Value, func(c rune) bool { return c == ':' || c == ';' || c == ',' })
			r.add(f.File, e.Span, compose.Invocation{Files: names})
		}
	}
	return r.out
}

type runReader struct {
	s     *Snapshot
	known map[string]bool // compose files
	dirs  map[string]bool // their folders, and the root
	out   []compose.Run
}

// tells says whether a file may tell how compose is run.
func (r *runReader) tells(f *File) bool {
	lower := strings.ToLower(f.Name())
	switch {
	case strings.Contains(lower, ".test."):
		return false
	case f.Lang == Shell, f.Lang == "Makefile", lower == "package.json", lower == "justfile", lower == ".envrc", strings.HasPrefix(lower, "taskfile."):
		return true
	case f.Lang == Markdown:
		return r.dirs[f.Dir()] || strings.HasPrefix(lower, "readme")
	case f.Lang == YAML:
		return r.known[f.Path] || workflow.Sniff(f.Path) != ""
	}
	return f.Lang == "" && path.Ext(lower) == "" && f.Size < 64<<10 && (strings.HasPrefix(f.Dir(), "bin") || strings.Contains(f.Dir(), "script"))
}

// add notes a command line when all files that it names are compose files of the
// project, seen from one directory.
func (r *runReader) add(f *File, at finding.Span, in compose.Invocation) {
	if len(in.Files) == 0 {
		return
	}
	var names []string
	for _, name := range in.Files {
		name, ok := r.fileName(f, name)
		if !ok {
			return
		}
		names = append(names, name)
	}
	bases := []string{f.Dir(), ".", path.Dir(f.Dir())}
	if dir, ok := withoutVariable(in.Chdir); ok && in.Chdir != "" {
		bases = append([]string{path.Join(f.Dir(), dir), path.Clean(dir)}, bases...)
	}
	for _, base := range bases {
		if files, ok := r.seen(base, names); ok {
			run := compose.Run{Place: compose.Place{Path: f.Path, Span: at}, Files: files, Profiles: in.Profiles, Command: in.Command}
			for _, name := range in.EnvFiles {
				if name, ok := withoutVariable(name); ok {
					run.EnvFiles = append(run.EnvFiles, path.Join(base, name))
				}
			}
			r.out = append(r.out, run)
			return
		}
	}
}

// fileName is the path that a word of a command line stands for. A word that is a
// variable has the value that the same file gives it.
func (r *runReader) fileName(f *File, word string) (string, bool) {
	if name, ok := withoutVariable(word); ok {
		return name, true
	}
	name := strings.Trim(word, "${}()")
	if word == name || strings.ContainsAny(name, "${}() /") {
		return "", false
	}
	value := assigned(f.Bytes(), name)
	if refs := compose.Interpolations(value); len(refs) > 0 && refs[0].Span.Start == 0 && refs[0].Span.End == len(value) && strings.HasSuffix(refs[0].Op, "-") {
		value = refs[0].Arg // ${FILE:-compose.yml}
	}
	return withoutVariable(value)
}

// assigned is the value that a script, makefile or pipeline gives a variable in a
// line of its own, quotes removed; "" when there is none.
func assigned(text []byte, name string) string {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(name))
		if i < 0 {
			return ""
		}
		at += i + len(name)
		before := text[bytes.LastIndexByte(text[:at-len(name)], '\n')+1 : at-len(name)]
		if b := bytes.TrimSpace(before); len(b) > 0 && string(b) != "export" && string(b) != "local" && string(b) != "readonly" {
			continue
		}
		line, _, _ := bytes.Cut(text[at:], []byte("\n"))
		rest := bytes.TrimLeft(line, " \t:?")
		if value, ok := bytes.CutPrefix(rest, []byte("=")); ok {
			return strings.Trim(string(bytes.TrimSpace(value)), `"'`)
		} else if len(line) > 1 && line[0] == ':' && line[1] == ' ' {
			return strings.Trim(string(bytes.TrimSpace(line[1:])), `"'`)
		}
	}
}

const maxMakeLine = 4096 // bytes of a line of a makefile with its variables replaced

// makefile reads the command lines that are put together from variables:
// $(COMPOSE) $(FILES) up.
func (r *runReader) makefile(f *File) {
	vars := map[string]string{}
	at := 0
	for line := range strings.Lines(string(f.Bytes())) {
		span := finding.Span{Start: at, End: at + len(strings.TrimRight(line, "\r\n"))}
		at += len(line)
		line = strings.TrimRight(line, "\r\n")
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "\t") {
			if name = strings.TrimSpace(strings.TrimRight(name, " \t:?+")); name != "" && !strings.ContainsAny(name, " \t$#") {
				if strings.HasSuffix(strings.TrimSpace(line[:len(line)-len(value)-1]), "+") {
					value = vars[name] + " " + value
				}
				vars[name] = expandMake(value, vars)
			}
			continue
		}
		if !strings.HasPrefix(line, "\t") || !strings.Contains(line, "$(") && !strings.Contains(line, "${") {
			continue
		}
		text := expandMake(line, vars)
		if !strings.Contains(text, "compose") {
			continue
		}
		plain := 0
		for _, in := range compose.Invocations([]byte(line)) {
			plain += len(in.Files)
		}
		for _, in := range compose.Invocations([]byte(text)) {
			if len(in.Files) > plain { // else it was found as it is written
				r.add(f, span, in)
			}
		}
	}
}

// expandMake replaces the variables of a makefile that are known so far. What they
// hold was replaced when they were set.
func expandMake(text string, vars map[string]string) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() < maxMakeLine; i++ {
		if text[i] == '$' && i+1 < len(text) && (text[i+1] == '(' || text[i+1] == '{') {
			if end := strings.IndexAny(text[i:], ")}"); end > 0 {
				if value, known := vars[text[i+2:i+end]]; known {
					b.WriteString(value)
					i += end
					continue
				}
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()[:min(b.Len(), maxMakeLine)]
}

// seen are the compose files that names stand for in a directory.
func (r *runReader) seen(base string, names []string) (files []string, ok bool) {
	for _, name := range names {
		full := path.Join(base, name)
		if !r.known[full] {
			return nil, false
		}
		files = append(files, full)
	}
	return files, true
}

// withoutVariable is a path without the variable for the project's or the script's
// own directory that it starts with, as in ${ROOT}/compose.yml; ok is false when
// another is left.
func withoutVariable(name string) (string, bool) {
	if strings.HasPrefix(name, "$") {
		dir, rest, ok := strings.Cut(name, "/")
		dir = strings.ToUpper(dir)
		if !ok || !slices.ContainsFunc(ownDirs, func(word string) bool { return strings.Contains(dir, word) }) || strings.Contains(dir, "INSTALL") {
			return "", false
		}
		name = rest
	}
	return name, !strings.ContainsAny(name, "$*{(") && !path.IsAbs(name)
}

// ownDirs are words in the names of variables for a directory of the project.
var ownDirs = []string{"ROOT", "REPO", "PWD", "WORKSPACE", "PROJECT", "SCRIPT", "BASE", "HERE", "CURDIR", "SRCDIR", "SOURCE_DIR"}

// devcontainer reads the dockerComposeFile of a development container: a text or a
// list of texts.
func (r *runReader) devcontainer(f *File) {
	const key = `"dockerComposeFile"`
	data := f.Bytes()
	start := bytes.Index(data, []byte(key))
	if start < 0 {
		return
	}
	rest := bytes.TrimLeft(data[start+len(key):], ": \t\r\n")
	end := bytes.IndexAny(rest, "\n]}")
	if bytes.HasPrefix(rest, []byte("[")) {
		end = bytes.IndexByte(rest, ']')
	}
	if end < 0 {
		return
	}
	var names []string
	for i, part := range strings.Split(string(rest[:end]), `"`) {
		if i%2 == 1 {
			names = append(names, part)
			if !bytes.HasPrefix(rest, []byte("[")) {
				break
			}
		}
	}
	behind := len(data) - len(rest) + end
	r.add(f, finding.Span{Start: start, End: behind}, compose.Invocation{Files: names})
}
