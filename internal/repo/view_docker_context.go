package repo

import (
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/dockerfile"
)

// SourceState says what becomes of a source of COPY or ADD in a build.
type SourceState int

// The states of sources.
const (
	SourceUnknown  SourceState = iota // a variable decides, it is fetched from elsewhere, or the context is not the project's
	SourceFound                       // the context has it
	SourceExcluded                    // the context has it, and .dockerignore leaves it out
	SourceMissing                     // the project has no such file
)

// CopySource is one source of a COPY or ADD that takes from the build context.
type CopySource struct {
	dockerfile.Copy
	dockerfile.CopyPath
	Name  string // the path in the project, a pattern where one is written
	State SourceState
	Rule  *dockerfile.IgnoreRule // what leaves it out
}

// DockerIgnore is the file that says what a build context leaves out.
type DockerIgnore struct {
	*File
	Spec *dockerfile.Ignore
}

// IgnoreOf is the ignore file of a build: the one beside the Dockerfile that is
// named after it, else the context's; nil without one.
func (s *Snapshot) IgnoreOf(b *ImageBuild) *DockerIgnore {
	all := view(s, "dockerignore", func() map[string]*DockerIgnore {
		out := map[string]*DockerIgnore{}
		for _, f := range s.files {
			if name := f.Name(); (strings.HasSuffix(name, ".dockerignore") || name == ".containerignore") && f.Role != Vendored && f.Size < 1<<20 {
				out[f.Path] = &DockerIgnore{f, dockerfile.ParseIgnore(f.Bytes())}
			}
		}
		return out
	})
	if own := all[b.Dockerfile.Path+".dockerignore"]; own != nil {
		return own
	}
	if b.Context == "" {
		return nil
	}
	if own := all[path.Join(b.Context, ".containerignore")]; own != nil && all[path.Join(b.Context, ".dockerignore")] == nil {
		return own
	}
	return all[path.Join(b.Context, ".dockerignore")]
}

// CopySources lists what the COPY and ADD instructions of a stage take from the
// build's context, in order.
func (s *Snapshot) CopySources(b *ImageBuild, stage *dockerfile.Stage) []CopySource {
	var ignore *dockerfile.Ignore
	if f := s.IgnoreOf(b); f != nil {
		ignore = f.Spec
	}
	var out []CopySource
	for _, c := range stage.Copies() {
		if c.From != "" {
			continue
		}
		for _, p := range c.Paths {
			one := CopySource{Copy: c, CopyPath: p}
			s.find(&one, b, ignore)
			out = append(out, one)
		}
	}
	return out
}

// At is where the source is written in f, the file of its Dockerfile.
func (c *CopySource) At(f *File) finding.Location { return f.At(c.CopyPath.Span) }

func (s *Snapshot) find(c *CopySource, b *ImageBuild, ignore *dockerfile.Ignore) {
	name := path.Clean(strings.TrimPrefix(c.Path, "/"))
	if b.Context == "" || c.Arg != "" || c.Remote || strings.HasPrefix(name, "../") || name == ".." || strings.Contains(name, "{{") {
		return
	}
	c.Name = path.Join(b.Context, name)
	if name == "." || c.Path == "/" {
		c.State = SourceFound
		return
	}
	if !strings.ContainsAny(name, "*?[") {
		if c.State = SourceMissing; s.Exists(c.Name) {
			c.State = SourceFound
			out, rule := ignore.Match(name)
			if out && (s.File(c.Name) != nil || !ignore.Keeps()) {
				c.State, c.Rule = SourceExcluded, rule
			}
		}
		return
	}
	c.State = SourceMissing
	fixed := b.Context
	for _, part := range strings.Split(path.Dir(name), "/") {
		if strings.ContainsAny(part, "*?[") {
			break
		}
		fixed = path.Join(fixed, part)
	}
	prefix := ""
	if b.Context != "." {
		prefix = b.Context + "/"
	}
	for _, f := range s.Under(fixed) {
		inner := strings.TrimPrefix(f.Path, prefix)
		if !dockerfile.GlobMatch(name, inner, true) {
			continue
		}
		out, rule := ignore.Match(inner)
		if !out {
			c.State, c.Rule = SourceFound, nil
			return
		}
		c.State, c.Rule = SourceExcluded, rule
	}
}
