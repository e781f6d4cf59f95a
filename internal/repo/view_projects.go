package repo

import (
	"drydock/internal/repo/manifest"
)

// Project is a manifest of the JVM, .NET, Ruby, PHP or Rust.
type Project struct {
	*File
	*manifest.Project
}

// Projects lists the manifests of ecosystems that have no view of their own:
// pom.xml, build.gradle, projects of .NET, Gemfile, composer.json and Cargo.toml, by
// path.
func (s *Snapshot) Projects() []*Project {
	return view(s, "projects", func() []*Project {
		var out []*Project
		for _, f := range s.files {
			parse := manifest.ProjectKind(f.Path)
			if parse == nil || f.Size == 0 || !f.written() {
				continue
			}
			p, err := parse(f.Bytes())
			if err != nil {
				s.parseFailed(f, manifestLine(err), err)
			}
			if p != nil {
				out = append(out, &Project{f, p})
			}
		}
		return out
	})
}
