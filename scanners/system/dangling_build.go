package system

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/workflow"
)

// dockerfiles looks for the sources of COPY and ADD in the directories that the
// file may be built in.
func (d *dangling) dockerfiles() {
	for _, f := range d.s.Dockerfiles() {
		if f.Role != repo.Production || strings.Contains(f.Path, "template") {
			continue
		}
		dirs, certain := d.contexts(f)
		found := map[string]*check.Problem{}
		for _, stage := range f.Spec.Stages {
			for _, copied := range stage.Copies() {
				if copied.From != "" {
					continue
				}
				for _, source := range copied.Sources {
					source.Text = unquoted(source.Text)
					if strings.Contains(source.Text, "://") || strings.HasPrefix(source.Text, "git@") || !d.missing(source.Text, dirs, certain) {
						continue
					}
					at := f.At(source.Span)
					if found[source.Text] != nil {
						found[source.Text].With(at)
						continue
					}
					found[source.Text] = d.p.Report(at, "%s copies %s, which does not exist in %s", f.Path, source.Text, strings.Join(named(dirs), " or ")).Keyed("COPY %s", source.Text)
					if !certain && !d.isUsed(f) {
						found[source.Text].As(finding.High)
					}
				}
			}
		}
	}
}

// unquoted is a word of COPY without the quotes that it may be written in.
func unquoted(word string) string {
	if n := len(word); n > 1 && word[0] == word[n-1] && (word[0] == '"' || word[0] == '\'') {
		return word[1 : n-1]
	}
	return word
}

// isUsed says whether a Dockerfile is what builds take by default, or a file of
// the project names it.
func (d *dangling) isUsed(f *repo.Dockerfile) bool {
	if f.Name() == "Dockerfile" {
		return true
	}
	return slices.ContainsFunc(d.s.Production(), func(o *repo.File) bool {
		named := o.Lang == repo.YAML || o.Lang == repo.JSON || o.Lang == repo.Shell || o.Lang == "Makefile" || o.Lang == "TOML"
		return named && o.Size < 1<<20 && bytes.Contains(o.Bytes(), []byte(f.Name()))
	})
}

func named(dirs []string) []string {
	out := slices.Clone(dirs)
	for i, dir := range out {
		if dir == "." {
			out[i] = "the root"
		}
	}
	return out
}

// contexts are the directories a Dockerfile may be built in. They are certain
// when compose names them; else the file's own and those above it.
func (d *dangling) contexts(f *repo.Dockerfile) (dirs []string, certain bool) {
	for _, c := range d.s.ComposeFiles() {
		for _, v := range c.Spec.Services {
			if d.s.DockerfileOf(v) == f && !slices.Contains(dirs, repo.ContextDir(v)) {
				dirs = append(dirs, repo.ContextDir(v))
			}
		}
	}
	if len(dirs) > 0 {
		return dirs, true
	}
	for dir := f.Dir(); ; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == "." || dir == "/" {
			return dirs, false
		}
	}
}

// missing says whether no directory has the source, and nothing builds it first.
func (d *dangling) missing(source string, dirs []string, certain bool) bool {
	clean := strings.TrimPrefix(path.Clean("/"+source), "/")
	if clean == "" || isBuilt(clean) {
		return false
	}
	for _, dir := range dirs {
		if d.look(path.Join(dir, clean)) != absent || strings.ContainsAny(source, "$*?[") {
			return false
		}
	}
	if certain {
		return true
	}
	if !strings.ContainsAny(clean, "./") {
		return false // a program that goreleaser and the like put beside the file
	}
	// Who builds the image may stand anywhere: a file of that name elsewhere may
	// be the one that is meant.
	return !slices.ContainsFunc(d.s.Files(), func(f *repo.File) bool {
		return strings.HasSuffix(f.Path, "/"+clean) || strings.Contains(f.Path, "/"+clean+"/")
	})
}

// isBuilt says whether a path is what builds leave behind.
func isBuilt(name string) bool {
	switch path.Ext(name) {
	case ".jar", ".war", ".whl", ".tgz", ".gz", ".zip", ".deb", ".exe", ".so", ".wasm", ".xz", ".tar", ".apk", ".rpm":
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "dist", "build", "target", "out", "bin", "node_modules", "vendor", "release", "releases", "artifacts", "_build", "publish", ".next", ".output", "static", "wheels", "rel", "obj":
			return true
		}
	}
	return false
}

// pipelines looks for the working directories and local actions of GitHub
// workflows.
func (d *dangling) pipelines() {
	for _, p := range d.s.Pipelines() {
		if p.Spec.Kind != workflow.GitHub || p.Role != repo.Production {
			continue
		}
		for _, job := range p.Spec.Jobs {
			if strings.HasPrefix(job.Uses, "./") {
				d.action(p, job.Uses, job.Node.Get("uses").Span)
			}
			d.job(p, job)
		}
	}
}

func (d *dangling) job(p *repo.Pipeline, job workflow.Job) {
	judged := false // the directory of all steps was looked at
	own := false    // the job has the project's files
	var seen string // what earlier steps say: they may create the directory
	judge := func(dir string, span finding.Span) {
		first, _, _ := strings.Cut(strings.TrimPrefix(path.Clean(dir), "./"), "/")
		if dir == "" || !own || strings.Contains(seen, first) || d.look(dir) != absent || isBuilt(dir) {
			return
		}
		d.p.Report(p.At(span), "the job %s works in %s, which does not exist", job.ID, path.Clean(dir)).As(finding.High).Keyed("%s %s", job.ID, path.Clean(dir))
	}
	for _, step := range job.Steps {
		if strings.HasPrefix(step.Uses, "actions/checkout@") {
			own = !slices.ContainsFunc(step.With, func(v workflow.Var) bool {
				return v.Name == "repository" && !strings.Contains(v.Value, "github.repository")
			}) || own
		}
		if dir := job.Node.Get("defaults", "run", "working-directory"); dir.Exists() && step.Run != "" && !judged {
			judged = true
			judge(dir.Str(), dir.Span)
		}
		for _, v := range step.With {
			seen += " " + v.Value
		}
		if dir := step.Node.Get("working-directory"); dir.Exists() {
			judge(step.Dir, dir.Span)
		}
		if strings.HasPrefix(step.Uses, "./") && own && !strings.Contains(seen, strings.Split(step.Uses, "/")[1]) {
			d.action(p, step.Uses, step.UsesSpan)
		}
		seen += " " + step.Run
	}
}

// action looks for a local action or reusable workflow.
func (d *dangling) action(p *repo.Pipeline, uses string, at finding.Span) {
	name, _, _ := strings.Cut(path.Clean(uses), "@")
	if d.look(name) == absent {
		d.p.Report(p.At(at), "%s uses %s, which does not exist", p.Path, name).As(finding.High).Keyed("uses %s", name)
	}
}
