package system

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/shell"
)

// reference is a place that names a file of the project.
type reference struct {
	by       string // the file it stands in
	at       finding.Location
	what     string // "env_file", "mount", "COPY", "command", "env file of a command"
	deployed bool   // what names it runs for others than the developers
	optional bool   // whoever names it can do without
}

// referencesOf collects who names which file: compose files, Dockerfiles, and the
// commands that something runs or that scripts and makefiles hold.
func referencesOf(s *repo.Snapshot) map[string][]reference {
	c := collector{s: s, refs: map[string][]reference{}}
	c.compose()
	c.dockerfiles()
	for _, cmd := range s.Commands() {
		deployed := cmd.Env.Deployed() && cmd.Source != repo.FromBuild && cmd.Source != repo.FromMake && cmd.Source != repo.FromTask
		c.command(cmd.Words, cmd.Dir, reference{by: cmd.At().Path, at: cmd.At(), deployed: deployed})
	}
	for _, f := range s.Production() {
		if f.Lang == repo.Shell || f.Lang == "Makefile" {
			c.script(f)
		}
	}
	return c.refs
}

type collector struct {
	s    *repo.Snapshot
	refs map[string][]reference
}

func (c *collector) add(name string, r reference) {
	if f := c.s.File(path.Clean(name)); f != nil && r.by != f.Path && !slices.ContainsFunc(c.refs[f.Path], func(o reference) bool { return o.by == r.by && o.what == r.what }) {
		c.refs[f.Path] = append(c.refs[f.Path], r)
	}
}

func (c *collector) compose() {
	for _, project := range c.s.ComposeProjects() {
		if project.Env == compose.Test {
			continue
		}
		for _, v := range project.Services() {
			ref := func(what string, at compose.Place, name string) reference {
				return reference{by: at.Path, at: c.s.Place(at.Path, at.Span), what: what, deployed: project.Env.Deployed()}
			}
			for _, e := range v.EnvFiles {
				r := ref("env_file", e.Place, e.File)
				r.optional = !e.Required
				c.add(path.Join(path.Dir(e.Path), e.File), r)
			}
			for _, m := range v.Volumes {
				if m.Type == compose.Bind {
					c.add(path.Join(path.Dir(m.Path), m.Source), ref("mount", m.Place, m.Source))
				}
			}
		}
	}
}

func (c *collector) dockerfiles() {
	for _, d := range c.s.Dockerfiles() {
		if d.Role != repo.Production {
			continue
		}
		for _, stage := range d.Spec.Stages {
			for _, copied := range stage.Copies() {
				for _, source := range copied.Sources {
					if copied.From != "" {
						continue
					}
					for _, dir := range contextsOf(c.s, d) {
						c.add(path.Join(dir, unquoted(source.Text)), reference{by: d.Path, at: d.At(source.Span), what: "COPY", deployed: true})
					}
				}
			}
		}
	}
}

// contextsOf are the directories that the file may be built in: those that
// compose and CI name, its own, and the root.
func contextsOf(s *repo.Snapshot, d *repo.Dockerfile) []string {
	dirs := []string{d.Dir()}
	add := func(dir string) {
		if dir != "" && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, f := range s.ComposeFiles() {
		for _, v := range f.Spec.Services {
			if s.DockerfileOf(v) == d {
				add(repo.ContextDir(v))
			}
		}
	}
	add(".")
	return dirs
}

// command adds the files that a command line names.
func (c *collector) command(words []string, dir string, base reference) {
	for i, w := range words {
		r := base
		r.what = "command"
		if value, ok := strings.CutPrefix(w, "--env-file="); ok {
			w, r.what = value, "env file of a command"
		} else if i > 0 && (words[i-1] == "--env-file" || words[i-1] == "source" || words[i-1] == ".") {
			r.what = "env file of a command"
		}
		if strings.ContainsAny(w, "$*?{}<>|`") || strings.HasPrefix(w, "-") || !strings.ContainsAny(w, "./") {
			continue
		}
		if f := resolve(c.s, dir, w); f != nil {
			c.add(f.Path, r)
		}
	}
}

// resolve is the file that a word of a command names: below dir, or, when it is a
// path inside an image, by its last elements.
func resolve(s *repo.Snapshot, dir, word string) *repo.File {
	if f := s.File(path.Join(dir, word)); f != nil && !path.IsAbs(word) {
		return f
	}
	if !path.IsAbs(word) {
		return nil
	}
	parts := strings.Split(strings.Trim(path.Clean(word), "/"), "/")
	for i := range parts {
		if f := s.File(path.Join(dir, strings.Join(parts[i:], "/"))); f != nil {
			return f
		}
	}
	return nil
}

// script adds what a shell script or makefile names, seen from its own directory
// and from the root, whether or not anything runs it.
func (c *collector) script(f *repo.File) {
	text := string(f.Bytes())
	if f.Lang == "Makefile" {
		text = recipes(text)
	}
	for _, cmd := range shell.Commands(text) {
		at := f.At(finding.Span{Start: cmd.Start, End: cmd.End})
		for _, dir := range []string{".", f.Dir()} {
			c.command(cmd.Words, dir, reference{by: f.Path, at: at, deployed: true})
		}
	}
}

// recipes blanks out everything but the recipes of a makefile, so that offsets
// stay what they are.
func recipes(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "\t") {
			end := len(strings.TrimRight(line, "\r\n"))
			line = strings.Repeat(" ", end) + line[end:]
		} else if trimmed := strings.TrimLeft(line, "\t@-"); len(trimmed) < len(line) {
			line = strings.Repeat(" ", len(line)-len(trimmed)) + trimmed
		}
		b.WriteString(line)
	}
	return b.String()
}
