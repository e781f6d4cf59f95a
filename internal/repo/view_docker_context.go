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

// Limits on what CopySources compares for one stage; sources behind them are
// SourceUnknown.
const (
	maxGlobbed = 1_000_000 // paths with patterns of COPY
	maxIgnored = 1_000     // paths with a .dockerignore
)

// contextReader finds sources in a build context.
type contextReader struct {
	s                *Snapshot
	b                *ImageBuild
	ignore           *dockerfile.Ignore
	globbed, ignored int
}

// CopySources lists what the COPY and ADD instructions of a stage take from the
// build's context, in order.
func (s *Snapshot) CopySources(b *ImageBuild, stage *dockerfile.Stage) []CopySource {
	r := contextReader{s: s, b: b}
	if f := s.IgnoreOf(b); f != nil {
		r.ignore = f.Spec
	}
	var out []CopySource
	for _, c := range stage.Copies() {
		if c.From != "" {
			continue
		}
		for _, p := range c.Paths {
			one := CopySource{Copy: c, CopyPath: p}
			r.find(&one)
			out = append(out, one)
		}
	}
	return out
}

// At is where the source is written in f, the file of its Dockerfile.
func (c *CopySource) At(f *File) finding.Location { return f.At(c.CopyPath.Span) }

// match says whether the ignore file leaves a path of the context out.
func (r *contextReader) match(name string) (out bool, rule *dockerfile.IgnoreRule) {
	r.ignored++
	return r.ignore.Match(name)
}

func (r *contextReader) find(c *CopySource) {
	name := path.Clean(strings.TrimPrefix(c.Path, "/"))
	if r.b.Context == "" || c.Arg != "" || c.Remote || strings.HasPrefix(name, "../") || name == ".." || strings.Contains(name, "{{") || r.ignored > maxIgnored {
		return
	}
	c.Name = path.Join(r.b.Context, name)
	switch {
	case name == "." || c.Path == "/":
		c.State = SourceFound
	case strings.ContainsAny(name, "*?["):
		r.glob(c, name)
	case !r.s.Exists(c.Name):
		c.State = SourceMissing
	default:
		c.State = SourceFound
		if out, rule := r.match(name); out && (r.s.File(c.Name) != nil || !r.ignore.Keeps()) {
			c.State, c.Rule = SourceExcluded, rule
		}
	}
}

// glob looks for files that a pattern matches, or that lie below what it matches.
func (r *contextReader) glob(c *CopySource, pattern string) {
	fixed := r.b.Context
	for _, part := range strings.Split(path.Dir(pattern), "/") {
		if strings.ContainsAny(part, "*?[") {
			break
		}
		fixed = path.Join(fixed, part)
	}
	prefix := ""
	if r.b.Context != "." {
		prefix = r.b.Context + "/"
	}
	state := SourceMissing
	for _, f := range r.s.Under(fixed) {
		if r.globbed++; r.globbed > maxGlobbed || r.ignored > maxIgnored {
			return
		}
		inner := strings.TrimPrefix(f.Path, prefix)
		if !dockerfile.GlobMatch(pattern, inner, true) {
			continue
		}
		out, rule := r.match(inner)
		if !out {
			c.State, c.Rule = SourceFound, nil
			return
		}
		state, c.Rule = SourceExcluded, rule
	}
	c.State = state
}
