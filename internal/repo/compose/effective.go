package compose

import (
	"path"

	"drydock/internal/repo/yamldoc"
)

// Services are the project's services as they run, in the order the files first
// name them.
func (p *Project) Services() []*Service {
	var out []*Service
	seen := map[string]bool{}
	layers := p.Layers()
	for _, f := range layers {
		for _, s := range f.Services {
			if !seen[s.Name] {
				seen[s.Name] = true
				out = append(out, p.effective(layers, s.Name))
			}
		}
	}
	return out
}

// Effective is a service as it runs: what it extends, then each file in order on
// top, merged by compose's rules. Every part keeps the place it was written at.
// Place, Key and Node are those of the last file that writes the service. It is
// nil when no file does. What extends a file that is not known is left out.
func (p *Project) Effective(name string) *Service { return p.effective(p.Layers(), name) }

func (p *Project) effective(layers []*File, name string) *Service {
	var merged *Service
	for _, f := range layers {
		if s := f.Service(name); s != nil {
			merged = overlay(merged, p.extended(s, map[*Service]bool{}))
		}
	}
	return merged
}

// Extended is the service that s extends, found among the files that were
// grouped; nil when it extends none or the file is not known.
func (p *Project) Extended(s *Service) *Service {
	if s.Extends.Service == "" {
		return nil
	}
	f := s.Parent
	if s.Extends.File != "" {
		f = p.all[path.Join(path.Dir(s.Parent.Path), s.Extends.File)]
	}
	if f == nil {
		return nil
	}
	return f.Service(s.Extends.Service)
}

const maxExtends = 20 // services that build on each other; more is nobody's intention

// extended is s on top of what it extends, and so on; a circle is cut.
func (p *Project) extended(s *Service, seen map[*Service]bool) *Service {
	seen[s] = true
	base := p.Extended(s)
	if base == nil || seen[base] || len(seen) > maxExtends {
		return s
	}
	return overlay(p.extended(base, seen), s)
}

// overlay is over on top of base, either of which stays as it is. base may be
// nil.
func overlay(base, over *Service) *Service {
	if base == nil {
		return over
	}
	m := layer{over.Node}
	out := *over
	if !out.Image.Set() && !m.resets("image") {
		out.Image = base.Image
	}
	if m.keeps("build") {
		out.Build = overlayBuild(base.Build, over.Build)
	}
	m.command("command", &out.Command, base.Command)
	m.command("entrypoint", &out.Entrypoint, base.Entrypoint)
	out.Environment = merge(m, "environment", base.Environment, over.Environment, func(v EnvVar) string { return v.Name })
	out.EnvFiles = merge(m, "env_file", base.EnvFiles, over.EnvFiles, func(v EnvFile) string { return v.File })
	out.Ports = merge(m, "ports", base.Ports, over.Ports, func(v Port) string { return v.HostIP + ":" + v.Host + ":" + v.Container + "/" + v.Protocol })
	out.Volumes = merge(m, "volumes", base.Volumes, over.Volumes, func(v Mount) string { return v.Target })
	out.DependsOn = merge(m, "depends_on", base.DependsOn, over.DependsOn, func(v Dependency) string { return v.Service })
	out.Labels = merge(m, "labels", base.Labels, over.Labels, func(v Pair) string { return v.Name })
	out.SecretFiles = merge(m, "secrets", base.SecretFiles, over.SecretFiles, func(v FileRef) string { return v.Source + ":" + v.Target })
	out.ConfigFiles = merge(m, "configs", base.ConfigFiles, over.ConfigFiles, func(v FileRef) string { return v.Source + ":" + v.Target })
	out.Attachments = merge(m, "networks", base.Attachments, over.Attachments, func(v Attachment) string { return v.Value })
	m.lists(&out, base)
	m.runtime(&out.Runtime, base.Runtime)
	m.texts(&out, base)
	m.flags(&out, base)
	if m.keeps("healthcheck") {
		out.Healthcheck = overlayHealthcheck(base.Healthcheck, over.Healthcheck)
	}
	if !out.Extends.Set() {
		out.Extends = base.Extends
	}
	m.deploy(&out, base)
	if m.keeps("logging") {
		out.Logging = overlayLogging(base.Logging, over.Logging)
	}
	return &out
}

// layer knows which keys of a service carry !reset or !override, which keep what
// lies below from showing through.
type layer struct{ node *yamldoc.Node }

func (m layer) resets(key string) bool {
	e, ok := m.node.Entry(key)
	return ok && e.Value.Tag == resetTag
}

func (m layer) keeps(key string) bool {
	e, ok := m.node.Entry(key)
	return !ok || e.Value.Tag != resetTag && e.Value.Tag != "!override"
}

// merge puts the entries of over behind those of base; one with the same key
// takes the other's place.
func merge[T any](m layer, name string, base, over []T, key func(T) string) []T {
	if m.resets(name) {
		return nil
	}
	if !m.keeps(name) || len(base) == 0 {
		return over
	}
	if len(over) == 0 {
		return base
	}
	out := append([]T(nil), base...)
	at := map[string]int{}
	for i, v := range out {
		at[key(v)] = i
	}
	for _, v := range over {
		if i, ok := at[key(v)]; ok {
			out[i] = v
			continue
		}
		at[key(v)] = len(out)
		out = append(out, v)
	}
	return out
}

func (m layer) lists(out, base *Service) {
	for _, l := range []struct {
		key       string
		into      *[]Text
		fromBelow []Text
	}{
		{"expose", &out.Expose, base.Expose}, {"secrets", &out.Secrets, base.Secrets}, {"configs", &out.Configs, base.Configs},
		{"profiles", &out.Profiles, base.Profiles}, {"networks", &out.Networks, base.Networks}, {"links", &out.Links, base.Links},
		{"security_opt", &out.SecurityOpt, base.SecurityOpt}, {"cap_add", &out.CapAdd, base.CapAdd}, {"cap_drop", &out.CapDrop, base.CapDrop},
	} {
		*l.into = merge(m, l.key, l.fromBelow, *l.into, func(t Text) string { return t.Value })
	}
}

func (m layer) text(key string, into *Text, below Text) {
	if !into.Set() && m.keeps(key) {
		*into = below
	}
}

func (m layer) texts(out, base *Service) {
	m.text("restart", &out.Restart, base.Restart)
	m.text("network_mode", &out.NetworkMode, base.NetworkMode)
	m.text("pid", &out.PID, base.PID)
	m.text("ipc", &out.IPC, base.IPC)
	m.text("userns_mode", &out.UsernsMode, base.UsernsMode)
	m.text("user", &out.User, base.User)
	m.text("working_dir", &out.WorkingDir, base.WorkingDir)
	m.text("container_name", &out.ContainerName, base.ContainerName)
	m.text("stop_grace_period", &out.StopGrace, base.StopGrace)
	m.text("deploy", &out.Limits.Memory, base.Limits.Memory)
	m.text("deploy", &out.Limits.CPUs, base.Limits.CPUs)
	m.text("deploy", &out.Limits.PIDs, base.Limits.PIDs)
}

func (m layer) flags(out, base *Service) {
	for _, f := range []struct {
		key   string
		into  *Flag
		below Flag
	}{{"privileged", &out.Privileged, base.Privileged}, {"read_only", &out.ReadOnly, base.ReadOnly}, {"init", &out.Init, base.Init}} {
		if !f.into.Set() && m.keeps(f.key) {
			*f.into = f.below
		}
	}
}

func (m layer) command(key string, into *Command, below Command) {
	if !into.Set() && m.keeps(key) {
		*into = below
	}
}
