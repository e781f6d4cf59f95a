package compose

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Problems lists what the files of the project, taken together, are against the
// specification for: names that nothing defines, services with nothing to run,
// settings that exclude each other. What is wrong with a file on its own is listed
// by File.Problems. A name is not reported when a compose file nearby defines it,
// which may be meant to be read with these, nor anything when the project is
// Partial.
func (p *Project) Problems() []Problem {
	if p.Partial() {
		return nil
	}
	c := consistency{p: p, layers: p.Layers(), services: p.Services(), byName: map[string]*Service{}, defined: map[name]bool{}, nearby: map[name]bool{}}
	for _, s := range c.services {
		c.byName[s.Name] = s
	}
	c.names()
	for _, s := range c.services {
		c.service(s)
	}
	c.sources()
	c.circles()
	return c.out
}

type consistency struct {
	p        *Project
	layers   []*File
	services []*Service
	byName   map[string]*Service
	defined  map[name]bool // resources of the project
	nearby   map[name]bool // services and resources of files that lie in its folder, above or below it
	out      []Problem
}

// name is that of a resource, or of a service.
type name struct{ of, name string }

// sections are the resources of a file, by what messages call them.
var sections = []struct {
	of  string
	get func(*File) []*Resource
}{
	{"network", func(f *File) []*Resource { return f.Networks }}, {"volume", func(f *File) []*Resource { return f.Volumes }},
	{"secret", func(f *File) []*Resource { return f.Secrets }}, {"config", func(f *File) []*Resource { return f.Configs }},
}

// names collects what is defined here and nearby.
func (c *consistency) names() {
	for _, f := range c.layers {
		for _, s := range sections {
			for _, r := range s.get(f) {
				c.defined[name{s.of, r.Name}] = true
			}
		}
	}
	for _, f := range c.p.all {
		dir := path.Dir(f.Path)
		if !within(dir, c.p.Dir) && !within(c.p.Dir, dir) && dir != c.p.Dir || slices.Contains(c.layers, f) {
			continue
		}
		for _, s := range sections {
			for _, r := range s.get(f) {
				c.nearby[name{s.of, r.Name}] = true
			}
		}
		for _, s := range f.Services {
			c.nearby[name{"service", s.Name}] = true
			if s.Image.Set() || s.Build.Set() {
				c.nearby[name{"runnable", s.Name}] = true
			}
		}
	}
}

func (c *consistency) report(at Place, kind ProblemKind, format string, args ...any) {
	if at.Set() && len(c.out) < MaxProblems {
		c.out = append(c.out, Problem{at, kind, fmt.Sprintf(format, args...)})
	}
}

func (c *consistency) service(s *Service) {
	switch {
	case s.Image.Set() || s.Build.Set() || s.Provider.Set() || strings.HasPrefix(s.Name, "x-"):
	case !c.nearby[name{"runnable", s.Name}]:
		c.report(s.Key, Missing, "the service %s has neither an image nor a build", s.Name)
	}
	for _, d := range s.DependsOn {
		if !d.Optional {
			c.refersTo(s, "depends on", d.Place, d.Service)
		}
	}
	for _, l := range s.Links {
		name, _, _ := strings.Cut(l.Value, ":")
		c.refersTo(s, "links to", l.Place, name)
	}
	for _, v := range s.VolumesFrom {
		name, _, _ := strings.Cut(v.Value, ":")
		if name != "container" {
			c.refersTo(s, "takes the volumes of", v.Place, name)
		}
	}
	for _, t := range []Text{s.NetworkMode, s.PID, s.IPC} {
		if name, ok := strings.CutPrefix(t.Value, "service:"); ok {
			c.refersTo(s, "shares a namespace with", t.Place, name)
		}
	}
	if f := c.extendedFile(s); f != nil && f.Service(s.Extends.Service) == nil && !opaque(s.Extends.Service) {
		c.report(s.Extends.Place, Undefined, "the service %s extends %s, which %s does not define", s.Name, clip(s.Extends.Service), f.Path)
	}
	c.resources(s)
	if s.NetworkMode.Set() && !opaque(s.NetworkMode.Value) && len(s.Networks) > 0 {
		c.report(s.NetworkMode.Place, Conflict, "the service %s has a network_mode and networks: only one of them is allowed", s.Name)
	}
	if s.Build.Inline.Set() && s.Build.Dockerfile.Set() {
		c.report(s.Build.Dockerfile.Place, Conflict, "the build of %s has a dockerfile and a dockerfile_inline: only one of them is allowed", s.Name)
	}
	if n, ok := s.Deploy.Count(); ok && n > 1 && s.ContainerName.Set() && !opaque(s.ContainerName.Value) {
		c.report(s.ContainerName.Place, Conflict, "the service %s runs %d containers, which cannot all be called %s", s.Name, n, clip(s.ContainerName.Value))
	}
	if test := s.Healthcheck.Test; s.Healthcheck.IsList && len(test) > 0 && !opaque(test[0]) && !slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, test[0]) {
		c.report(s.Healthcheck.TestAt, BadValue, "the healthcheck of %s has to begin with CMD, CMD-SHELL or NONE", s.Name)
	}
}

// refersTo reports a service that nothing defines.
func (c *consistency) refersTo(s *Service, how string, at Place, to string) {
	if c.byName[to] == nil && !opaque(to) && !c.nearby[name{"service", to}] {
		c.report(at, Undefined, "the service %s %s %s, which is not defined", s.Name, how, clip(to))
	}
}

func (c *consistency) extendedFile(s *Service) *File {
	if s.Extends.Service == "" {
		return nil
	}
	if s.Extends.File == "" {
		return c.p.all[s.Extends.Path]
	}
	return c.p.all[path.Join(path.Dir(s.Extends.Path), s.Extends.File)]
}

func (c *consistency) resources(s *Service) {
	use := func(of string, at Place, called string) {
		if n := (name{of, called}); called != "" && !opaque(called) && !c.defined[n] && !c.nearby[n] {
			c.report(at, Undefined, "the service %s uses the %s %s, which is not defined", s.Name, of, clip(called))
		}
	}
	for _, n := range s.Networks {
		if n.Value != "default" {
			use("network", n.Place, n.Value)
		}
	}
	for _, m := range s.Volumes {
		if m.Type == Volume && !strings.Contains(m.Source, "/") {
			use("volume", m.Place, m.Source)
		}
	}
	for _, r := range s.SecretFiles {
		use("secret", r.Place, r.Source)
	}
	for _, t := range s.Build.Secrets {
		use("secret", t.Place, t.Value)
	}
	for _, r := range s.ConfigFiles {
		use("config", r.Place, r.Source)
	}
}

// sources reports secrets and configs that come from nowhere.
func (c *consistency) sources() {
	from := map[name]bool{}
	each := func(do func(of string, r *Resource)) {
		for _, s := range sections[2:] {
			for _, f := range c.layers {
				for _, r := range s.get(f) {
					do(s.of, r)
				}
			}
		}
	}
	each(func(of string, r *Resource) {
		n := name{of, r.Name}
		from[n] = from[n] || r.External || r.File.Set() || r.Env.Set() || r.Content.Set() || r.Driver.Set() || opaque(r.Node.Get("external").Str())
	})
	each(func(of string, r *Resource) {
		if n := (name{of, r.Name}); !from[n] && !c.nearby[n] {
			c.report(r.Key, Missing, "the %s %s has neither a file nor another source", of, clip(r.Name))
			from[n] = true
		}
	})
}

// circles reports services that wait for each other.
func (c *consistency) circles() {
	const (
		open = 1
		done = 2
	)
	state := map[*Service]int{}
	var visit func(s *Service)
	visit = func(s *Service) { // as deep as there are services, of which a file has MaxServices
		state[s] = open
		for _, d := range s.DependsOn {
			switch on := c.byName[d.Service]; {
			case on == nil:
			case state[on] == open:
				c.report(d.Place, Conflict, "the services %s and %s wait for each other", s.Name, on.Name)
			case state[on] == 0:
				visit(on)
			}
		}
		state[s] = done
	}
	for _, s := range c.services {
		if state[s] == 0 {
			visit(s)
		}
	}
}
