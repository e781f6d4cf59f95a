package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
)

// Service is one running part of the system, joined over everything that
// declares it.
type Service struct {
	Name         string
	Role         ServiceRole
	Declarations []Declaration // in order of environment, then path
}

// Declaration is one place that declares a service.
type Declaration struct {
	Project *compose.Project
	Spec    *compose.Service // as it takes effect in the project
	Dir     string           // directory its image is built from; "" when it is not built here
}

// Env is the environment that the declaration is for.
func (d *Declaration) Env() compose.Env { return d.Project.Env }

// Source is the file that declares it.
func (d *Declaration) Source() string { return d.Spec.Path }

// In is the declaration for an environment, nil without one.
func (v *Service) In(env compose.Env) *Declaration {
	for i := range v.Declarations {
		if v.Declarations[i].Env() == env {
			return &v.Declarations[i]
		}
	}
	return nil
}

// Services lists the services that the project declares, by name. The same name
// in the files of one system is one service.
func (s *Snapshot) Services() []*Service {
	return view(s, "services", func() []*Service {
		byKey := map[string]*Service{}
		var out []*Service
		for _, project := range s.ComposeProjects() {
			for _, spec := range project.Services() {
				key := systemDir(project.Dir) + "\x00" + spec.Name
				v := byKey[key]
				if v == nil {
					v = &Service{Name: spec.Name}
					byKey[key] = v
					out = append(out, v)
				}
				v.Declarations = append(v.Declarations, Declaration{project, spec, ContextDir(spec)})
			}
		}
		for _, v := range out {
			slices.SortStableFunc(v.Declarations, func(a, b Declaration) int { return int(a.Env()) - int(b.Env()) })
			v.Role = s.roleOf(v)
		}
		slices.SortStableFunc(out, func(a, b *Service) int { return strings.Compare(a.Name, b.Name) })
		return out
	})
}

// systemDir is the directory that the compose files of one system share: a
// folder named after an environment is part of the one above.
func systemDir(dir string) string {
	switch strings.ToLower(path.Base(dir)) {
	case "prod", "production", "dev", "development", "local", "staging", "docker", "compose", "deploy":
		return path.Dir(dir)
	}
	return dir
}

// roleOf is the most telling role among a service's declarations.
func (s *Snapshot) roleOf(v *Service) ServiceRole {
	best := RoleOther
	for _, d := range v.Declarations {
		switch r := s.RoleOfSpec(d.Spec); r {
		case RoleOther:
		case RoleApp:
			if best == RoleOther {
				best = r
			}
		default:
			return r
		}
	}
	return best
}

// RoleOfSpec is what a declared service does: by the command it starts, in the
// compose file or in the image it builds, by its image, by its name.
func (s *Snapshot) RoleOfSpec(spec *compose.Service) ServiceRole {
	words := append(slices.Clone(spec.Entrypoint.Words), spec.Command.Words...)
	if len(words) == 0 {
		if d := s.DockerfileOf(spec); d != nil {
			words = d.StartWords()
		}
	}
	image, known := s.ImageOf(spec)
	if !known {
		image = spec.Image.Ref
	}
	return roleOfService(spec.Name, image, spec.Build.Set(), words)
}

// At is where a declaration stands.
func (s *Snapshot) At(d *Declaration) finding.Location {
	return s.Place(d.Spec.Key.Path, d.Spec.Key.Span)
}
