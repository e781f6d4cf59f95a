package repo

import (
	"errors"

	"drydock/internal/repo/envfile"
)

// EnvFile is one env file of the project.
type EnvFile struct {
	*File
	Spec     *envfile.File
	Template bool // shows how an env file is written, such as .env.example
}

// EnvFiles lists the env files by path, templates among them; those of tests and
// examples keep their role.
func (s *Snapshot) EnvFiles() []*EnvFile {
	return view(s, "env files", func() []*EnvFile {
		var out []*EnvFile
		for _, f := range s.files {
			if f.Role == Vendored || f.Role == Generated || !envfile.Sniff(f.Path) {
				continue
			}
			spec, err := envfile.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *envfile.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
				continue
			}
			out = append(out, &EnvFile{f, spec, envfile.IsTemplate(f.Path)})
		}
		return out
	})
}
