package repo

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
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
			if f.Role.Foreign() || f.Size == 0 || !maybeNginx(f) || !nginx.Sniff(f.Path, f.Bytes()) {
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

// maybeNginx spares reading files that are none by their name.
func maybeNginx(f *File) bool {
	may, _ := nginx.Candidate(f.Path)
	return may && f.Lang == "" && f.Size <= nginx.MaxBytes
}

// NginxConfig is what one nginx is run with: a file and all that it includes.
type NginxConfig struct {
	*nginx.Config
	File *File // the main one
	Uses []NginxUse
}

// NginxUse is a place that gives a file to a container.
type NginxUse struct {
	Target     string // path in the container
	File       *File  // compose file or Dockerfile
	Span       finding.Span
	Service    *compose.Service // that mounts it, or that builds the image; nil for an image that none does
	Env        compose.Env      // of the service
	Dockerfile *Dockerfile      // that copies it, nil for a mount
}

// NginxConfigs lists the configurations with a server, by path of their main file:
// files that no other includes. One that an image's own nginx.conf would include,
// such as default.conf, is a main file too.
func (s *Snapshot) NginxConfigs() []*NginxConfig {
	return view(s, "nginx configs", func() []*NginxConfig {
		files := s.Nginx()
		parsed := map[string]*Nginx{}
		for _, f := range files {
			parsed[f.Path] = f
		}
		mains := slices.Clone(files)
		slices.SortStableFunc(mains, func(a, b *Nginx) int { // those with an http block may include the others
			return cmp.Compare(len(b.Spec.All("http")), len(a.Spec.All("http")))
		})
		included := map[*nginx.File]bool{}
		var out []*NginxConfig
		for _, f := range mains {
			if included[f.Spec] {
				continue
			}
			uses := s.NginxUses(f.File)
			r := nginxIncludes{s: s, main: f, parsed: parsed, mounts: s.nginxMounts(uses)}
			c := &NginxConfig{nginx.Resolve(f.Spec, r.find), f.File, uses}
			for _, in := range c.Files[1:] {
				included[in] = true
			}
			out = append(out, c)
		}
		out = slices.DeleteFunc(out, func(c *NginxConfig) bool { return included[c.Main] || len(c.Servers()) == 0 })
		slices.SortFunc(out, func(a, b *NginxConfig) int { return cmp.Compare(a.File.Path, b.File.Path) })
		return out
	})
}

// At is where a node of the configuration stands.
func (c *NginxConfig) At(s *Snapshot, n *nginx.Node) finding.Location {
	return s.Place(n.File.Path, n.Span)
}

// nginxIncludes finds what the includes of one main file mean.
type nginxIncludes struct {
	s      *Snapshot
	main   *Nginx
	parsed map[string]*Nginx // by path; what no name or directive tells is added when it is included
	mounts []nginxMount      // of the container of the main file
}

// nginxMount is a file or directory of the project at its path in a container.
type nginxMount struct{ target, source string }

func (r *nginxIncludes) find(from *nginx.File, pattern string) (files []*nginx.File, known bool) {
	if strings.Contains(pattern, "$") {
		return nil, false
	}
	target := pattern
	if !path.IsAbs(target) {
		target = path.Join("/etc/nginx", pattern)
	}
	rest, own := strings.CutPrefix(target, "/etc/nginx/")
	var found []*Nginx
	for _, m := range r.mounts {
		found = r.mounted(found, target, m)
	}
	for _, dir := range []string{r.main.Dir(), path.Dir(from.Path)} {
		for _, name := range []string{rest, rest + ".template", strings.Replace(rest, "conf.d/", "templates/", 1) + ".template"} {
			if own && len(found) == 0 {
				found = r.glob(found, path.Join(dir, name))
			}
		}
	}
	itself := false
	for _, f := range found {
		if f.Spec == from {
			itself = true
			continue
		}
		files = append(files, f.Spec)
	}
	return files, own && !itself && !strings.ContainsAny(pattern, "*?[") && !nginxStock[path.Base(pattern)]
}

// mounted adds the files of a mount that a path in the container, or a pattern of
// paths, means.
func (r *nginxIncludes) mounted(found []*Nginx, target string, m nginxMount) []*Nginx {
	if below, ok := belowOf(m.target, target); ok {
		return r.glob(found, path.Join(m.source, below))
	}
	if matchesPath(target, m.target) {
		return r.glob(found, m.source)
	}
	return found
}

// glob adds the files at a path that may hold wildcards in its last element.
func (r *nginxIncludes) glob(found []*Nginx, full string) []*Nginx {
	add := func(f *File) {
		if n := r.parse(f); n != nil && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	if !strings.ContainsAny(full, "*?[") {
		add(r.s.File(full))
		return found
	}
	for _, f := range r.s.Under(path.Dir(full)) {
		if matchesPath(full, f.Path) {
			add(f)
		}
	}
	return found
}

// parse reads a file that an include names, whatever it is called.
func (r *nginxIncludes) parse(f *File) *Nginx {
	if f == nil {
		return nil
	}
	if n, ok := r.parsed[f.Path]; ok {
		return n
	}
	var n *Nginx
	if f.Role != Vendored && f.Size <= nginx.MaxBytes {
		if spec, err := nginx.Parse(f.Path, f.Bytes()); err == nil {
			n = &Nginx{f, spec}
		}
	}
	r.parsed[f.Path] = n
	return n
}

func matchesPath(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// nginxStock are the files that nginx brings along.
var nginxStock = set("mime.types", "fastcgi_params", "fastcgi.conf", "proxy_params", "uwsgi_params", "scgi_params", "koi-win", "koi-utf", "win-utf",
	"fastcgi-php.conf", "snakeoil.conf")

// NginxUses lists the compose services and images that give f, or a directory it
// lies in, to a container, in order.
func (s *Snapshot) NginxUses(f *File) []NginxUse {
	var out []NginxUse
	s.declared(func(d *Declaration) {
		for _, m := range d.Spec.Volumes {
			if m.Type != compose.Bind {
				continue
			}
			source := path.Join(path.Dir(m.Path), m.Source)
			if below, ok := belowOf(source, f.Path); ok {
				out = append(out, NginxUse{Target: path.Join(m.Target, below), File: s.File(m.Path), Span: m.Span, Service: d.Spec, Env: d.Env()})
			}
		}
	})
	for _, d := range s.Dockerfiles() {
		dir := s.contextOf(d)
		for stage := d.FinalStage(); stage != nil; stage = stage.BaseStage {
			for _, c := range stage.Copies() {
				for _, source := range c.Sources {
					target, ok := copiedTo(dir, source.Text, c.Dest, f.Path)
					if ok && c.From == "" && path.IsAbs(target) { // else it is part of a copied source tree
						out = append(out, s.usesOfImage(d, NginxUse{Target: target, File: d.File, Span: c.Span, Dockerfile: d})...)
					}
				}
			}
		}
	}
	return out
}

// usesOfImage is a use by an image, once for each service that builds it.
func (s *Snapshot) usesOfImage(d *Dockerfile, use NginxUse) []NginxUse {
	var out []NginxUse
	s.declared(func(v *Declaration) {
		if s.DockerfileOf(v.Spec) == d {
			one := use
			one.Service, one.Env = v.Spec, v.Env()
			out = append(out, one)
		}
	})
	if len(out) == 0 {
		return []NginxUse{use}
	}
	return out
}

// declared visits every declaration of every service.
func (s *Snapshot) declared(visit func(*Declaration)) {
	for _, v := range s.Services() {
		for i := range v.Declarations {
			visit(&v.Declarations[i])
		}
	}
}

// belowOf is the path of a file below a directory, "" when source is the file.
func belowOf(source, file string) (below string, ok bool) {
	if source == file {
		return "", true
	}
	if source == "." {
		return file, true
	}
	return strings.CutPrefix(file, source+"/")
}

// copiedTo is the path that a COPY of source from the context dir gives a file.
func copiedTo(dir, source, dest, file string) (target string, ok bool) {
	full := path.Join(dir, source)
	if strings.ContainsAny(source, "*?[") {
		if !matchesPath(full, file) {
			return "", false
		}
		return path.Join(dest, path.Base(file)), true
	}
	below, ok := belowOf(full, file)
	if !ok {
		return "", false
	}
	if below == "" && strings.HasSuffix(dest, "/") {
		below = path.Base(file)
	}
	return path.Join(dest, below), true
}

// nginxMounts lists what lies in the containers that f lies in.
func (s *Snapshot) nginxMounts(uses []NginxUse) []nginxMount {
	var out []nginxMount
	add := func(target, source string) {
		m := nginxMount{path.Clean(target), path.Clean(source)}
		if rest, ok := strings.CutPrefix(m.target+"/", "/etc/nginx/templates/"); ok { // filled in at the start
			m.target = path.Join("/etc/nginx/conf.d", strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".template"))
		}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	image := func(d *Dockerfile) {
		if d == nil {
			return
		}
		dir := s.contextOf(d)
		for stage := d.FinalStage(); stage != nil; stage = stage.BaseStage {
			for _, c := range stage.Copies() {
				for _, source := range c.Sources {
					target := c.Dest
					if full := path.Join(dir, source.Text); s.File(full) != nil && strings.HasSuffix(target, "/") {
						target += path.Base(full)
					}
					if c.From == "" {
						add(target, path.Join(dir, source.Text))
					}
				}
			}
		}
	}
	for _, u := range uses {
		image(u.Dockerfile)
		if u.Service == nil {
			continue
		}
		image(s.DockerfileOf(u.Service))
		for _, m := range u.Service.Volumes {
			if m.Type == compose.Bind {
				add(m.Target, path.Join(path.Dir(m.Path), m.Source))
			}
		}
	}
	return out
}
