package repo

import (
	"errors"

	"drydock/internal/repo/nginx"
)

// Nginx is one configuration file of nginx, or a snippet that others include.
type Nginx struct {
	*File
	Spec *nginx.File
}

// Nginx lists the configuration files of nginx that hold a directive, by path;
// those of tests and examples keep their role.
func (s *Snapshot) Nginx() []*Nginx {
	return view(s, "nginx", func() []*Nginx {
		var out []*Nginx
		for _, f := range s.files {
			if f.Role == Vendored || f.Role == Generated || f.Size == 0 || !maybeNginx(f) || !nginx.Sniff(f.Path, f.Bytes()) {
				continue
			}
			spec, err := nginx.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *nginx.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if spec != nil && !spec.Empty() {
				out = append(out, &Nginx{f, spec})
			}
		}
		return out
	})
}

// maybeNginx spares reading the files of a language that is not nginx's.
func maybeNginx(f *File) bool { return f.Lang == "" && f.Size <= nginx.MaxBytes }
