package repo

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/yamldoc"
)

// ComposeFile is one compose file of the project.
type ComposeFile struct {
	*File
	Spec *compose.File
}

// ComposeFiles lists the compose files, by path; those of tests and examples
// keep their role.
func (s *Snapshot) ComposeFiles() []*ComposeFile {
	return view(s, "compose files", func() []*ComposeFile {
		var out []*ComposeFile
		for _, f := range s.files {
			if f.Lang != YAML || f.Role.Foreign() || !compose.NamedLike(f.Path) && !f.Mentions("services") ||
				!f.written() || !compose.Sniff(f.Path, f.Bytes()) {
				continue
			}
			spec, err := compose.Parse(f.Path, f.Bytes())
			if err != nil {
				s.parseFailed(f, yamlLine(err), err)
				if spec == nil {
					continue
				}
			}
			out = append(out, &ComposeFile{f, spec})
		}
		return out
	})
}

// yamlLine is the line that a YAML error names, 0 when it names none.
func yamlLine(err error) int {
	var e *yamldoc.Error
	if errors.As(err, &e) {
		return e.Line
	}
	return 0
}

// ComposeProjects lists the sets of compose files that are run together, without
// those of tests and examples.
func (s *Snapshot) ComposeProjects() []*compose.Project {
	return view(s, "compose projects", func() []*compose.Project {
		var files []*compose.File
		for _, f := range s.ComposeFiles() {
			if f.Role == Production && f.Spec != nil {
				files = append(files, f.Spec)
			}
		}
		return compose.Group(files, s.composeRuns()...)
	})
}

// ComposeProblem is one place of a compose file that compose would refuse.
type ComposeProblem struct {
	File *ComposeFile
	compose.Problem
}

// ComposeProblems lists what compose would refuse, by file and place. What depends
// on the files that are read together is listed when it holds of every project the
// file is part of.
func (s *Snapshot) ComposeProblems() []ComposeProblem {
	return view(s, "compose problems", func() []ComposeProblem {
		projects := map[string]int{}       // that a file is part of
		onTop := map[string]bool{}         // files that are read on top of another
		joint := map[compose.Problem]int{} // how many projects have the problem
		for _, p := range s.ComposeProjects() {
			for _, f := range p.Layers() {
				projects[f.Path]++
			}
			for _, f := range p.Files[1:] {
				onTop[f.Path] = true
			}
			for _, problem := range p.Problems() {
				joint[problem]++
			}
		}
		byFile := map[string][]compose.Problem{}
		for problem, n := range joint {
			if n == projects[problem.Path] {
				byFile[problem.Path] = append(byFile[problem.Path], problem)
			}
		}
		var out []ComposeProblem
		for _, f := range s.ComposeFiles() {
			list := byFile[f.Path]
			for _, problem := range f.Spec.Problems() {
				if problem.Kind != compose.Empty || projects[f.Path] > 0 && !onTop[f.Path] {
					list = append(list, problem)
				}
			}
			slices.SortFunc(list, func(a, b compose.Problem) int {
				return cmp.Or(a.Span.Start-b.Span.Start, cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Msg, b.Msg))
			})
			for _, problem := range list {
				out = append(out, ComposeProblem{f, problem})
			}
		}
		return out
	})
}

// Place turns a place that a parser names into a location.
func (s *Snapshot) Place(name string, span finding.Span) finding.Location {
	if f := s.File(name); f != nil {
		return f.At(span)
	}
	return finding.Root()
}

// ContextDir is the directory, relative to the root, that a service's image is
// built from; "" when it is not built here. A variable counts as its default.
func ContextDir(svc *compose.Service) string {
	return contextDir(svc, compose.Default(svc.Build.Context.Value))
}

func contextDir(svc *compose.Service, context string) string {
	if !svc.Build.Set() {
		return ""
	}
	if context == "" {
		if svc.Build.Context.Value != "" {
			return "" // a variable decides
		}
		context = "."
	}
	file := svc.Build.Path
	if file == "" {
		file = svc.Path
	}
	dir := path.Join(path.Dir(file), context)
	if strings.HasPrefix(dir, "..") || strings.Contains(context, "://") || path.IsAbs(context) {
		return ""
	}
	return dir
}

// Interpolated is a text of the compose file at a path with its variables replaced
// by what the .env beside the file or above it says, else by their defaults. known
// is false when one of them has neither.
func (s *Snapshot) Interpolated(file, text string) (value string, known bool) {
	if !strings.Contains(text, "$") {
		return text, true
	}
	byDir := view(s, "dotenv", func() map[string]*EnvFile {
		out := map[string]*EnvFile{}
		for _, f := range s.EnvFiles() {
			if f.Name() == ".env" {
				out[f.Dir()] = f
			}
		}
		return out
	})
	f, _ := nearest(path.Dir(file), func(dir string) (*EnvFile, bool) { return byDir[dir], byDir[dir] != nil })
	return compose.Substitute(text, func(name string) (string, bool) {
		if f == nil {
			return "", false
		}
		e := f.Spec.Get(name)
		if e == nil || !e.HasValue {
			return "", false
		}
		if e.Quote == '\'' || !strings.Contains(e.Value, "$") {
			return e.Value, true
		}
		return compose.Substitute(e.Value, func(inner string) (string, bool) { // a .env may use what it sets
			if other := f.Spec.Get(inner); other != nil && inner != name {
				return other.Value, !strings.Contains(other.Value, "$")
			}
			return "", false
		})
	})
}

// ImageOf is the image that a service runs, its variables replaced as Interpolated
// does it; known is false when one of them has no value.
func (s *Snapshot) ImageOf(svc *compose.Service) (image imageref.Ref, known bool) {
	text, known := s.Interpolated(svc.Image.Path, svc.Image.Raw)
	return imageref.Parse(text), known
}
