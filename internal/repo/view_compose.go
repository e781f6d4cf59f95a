package repo

import (
	"errors"
	"path"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
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
			if f.Lang != YAML || !f.written() || !compose.Sniff(f.Path, f.Bytes()) {
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
		return compose.Group(files)
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
// built from; "" when it is not built here.
func ContextDir(svc *compose.Service) string {
	if !svc.Build.Set() {
		return ""
	}
	context := svc.Build.Context.Value
	if context == "" {
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
