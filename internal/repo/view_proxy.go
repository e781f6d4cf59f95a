package repo

import (
	"errors"

	"drydock/internal/finding"
	"drydock/internal/repo/caddy"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/traefik"
	"drydock/internal/repo/yamldoc"
)

// Caddyfile is one Caddyfile of the project.
type Caddyfile struct {
	*File
	Spec *caddy.File
}

// Caddyfiles lists the Caddyfiles with a site, by path; those of tests and examples
// keep their role.
func (s *Snapshot) Caddyfiles() []*Caddyfile {
	return view(s, "caddyfiles", func() []*Caddyfile {
		var out []*Caddyfile
		for _, f := range s.files {
			if !caddy.Sniff(f.Path) || f.Lang != "" || !f.written() || f.Blank() {
				continue
			}
			spec, err := caddy.Parse(f.Bytes())
			if err != nil {
				line := 0
				var e *caddy.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if len(spec.Sites) > 0 {
				out = append(out, &Caddyfile{f, spec})
			}
		}
		return out
	})
}

// TraefikSource is one place that configures Traefik: a file, or what one compose
// file says about a service: its labels, or the flags of the one that runs Traefik.
type TraefikSource struct {
	*File
	Settings []traefik.Setting
	Service  *compose.Service // nil for a file
	Env      compose.Env      // of the service
	Runs     bool             // the service runs Traefik itself
}

// Where is where a setting stands.
func (t *TraefikSource) Where(s traefik.Setting) finding.Location { return t.At(s.Span) }

// Traefik lists what configures Traefik: files by path, then services by name.
func (s *Snapshot) Traefik() []*TraefikSource {
	return view(s, "traefik", func() []*TraefikSource {
		var out []*TraefikSource
		for _, f := range s.files {
			if f.Lang != YAML || f.Size > maxObserved || !f.Mentions("entryPoints", "routers", "middlewares", "certificatesResolvers") || !f.written() {
				continue
			}
			if !f.atTop("http") && !f.atTop("entryPoints") && !f.atTop("certificatesResolvers") {
				continue
			}
			docs, _ := yamldoc.Parse(f.Bytes())
			for _, d := range docs {
				if traefik.IsConfig(d.Root) {
					out = append(out, &TraefikSource{File: f, Settings: traefik.FromYAML(d.Root)})
				}
			}
		}
		s.declared(func(d *Declaration) {
			runs := d.Spec.Image.Base() == "traefik"
			var here []*TraefikSource // one for each file that the service is merged from
			in := func(name string) *TraefikSource {
				for _, t := range here {
					if t.Path == name {
						return t
					}
				}
				t := &TraefikSource{File: s.File(name), Service: d.Spec, Env: d.Env(), Runs: runs}
				if t.File != nil {
					here = append(here, t)
				}
				return t
			}
			for _, l := range d.Spec.Labels {
				if set, ok := traefik.Label(l.Name, l.Value, l.Span); ok {
					t := in(l.Path)
					t.Settings = append(t.Settings, set)
				}
			}
			if runs {
				t := in(d.Spec.Path)
				if d.Spec.Command.Path != "" {
					t = in(d.Spec.Command.Path)
				}
				for _, w := range d.Spec.Command.Words {
					if set, ok := traefik.Flag(w, d.Spec.Command.Span); ok {
						t.Settings = append(t.Settings, set)
					}
				}
			}
			out = append(out, here...)
		})
		return out
	})
}
