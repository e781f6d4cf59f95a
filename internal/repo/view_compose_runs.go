package repo

import (
	"bytes"
	"path"
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
		case f.Role == Vendored || f.Role == Generated || f.Size > 1<<20:
		case f.Name() == "devcontainer.json" || f.Name() == ".devcontainer.json":
			r.devcontainer(f)
		case r.tells(f) && f.Mentions("compose", "stack"):
			for _, in := range compose.Invocations(f.glance()) {
				r.invocation(f, in)
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
	case f.Lang == Shell, f.Lang == "Makefile", lower == "package.json", lower == "justfile", lower == ".envrc", strings.HasPrefix(lower, "taskfile."):
		return true
	case f.Lang == Markdown:
		return r.dirs[f.Dir()] || strings.HasPrefix(lower, "readme")
	case f.Lang == YAML:
		return r.known[f.Path] || workflow.Sniff(f.Path) != ""
	}
	return f.Lang == "" && path.Ext(lower) == "" && f.Size < 64<<10 && (strings.HasPrefix(f.Dir(), "bin") || strings.Contains(f.Dir(), "script"))
}

func (r *runReader) invocation(f *File, in compose.Invocation) { r.add(f, in.Span, in) }

// add notes a command line when all files that it names are compose files of the
// project, seen from one directory.
func (r *runReader) add(f *File, at finding.Span, in compose.Invocation) {
	if len(in.Files) == 0 {
		return
	}
	var names []string
	for _, name := range in.Files {
		name, ok := withoutVariable(name)
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

// withoutVariable is a path without the variable for a directory that it starts
// with, as in ${ROOT}/compose.yml; ok is false when another is left.
func withoutVariable(name string) (string, bool) {
	if strings.HasPrefix(name, "$") {
		_, rest, ok := strings.Cut(name, "/")
		if !ok {
			return "", false
		}
		name = rest
	}
	return name, !strings.ContainsAny(name, "$*{(") && !path.IsAbs(name)
}

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
