package system

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/compose"
)

// DanglingPath finds paths that the deployment names and the project has not.
var DanglingPath = check.PerProject(check.Doc{
	ID:         "system/dangling-path",
	Title:      "Path that does not exist",
	Severity:   finding.Critical,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "A build context or env file that is missing stops the deployment. A missing mount is worse: Docker creates an empty directory in its place and the service starts without its configuration or certificates.",
	How:        "Add what is missing, correct the path, or have a script create it and say so in the deployment steps.",
	Holds:      "The paths that the deployment names exist",
	References: []string{"https://docs.docker.com/reference/compose-file/services/#volumes", "https://docs.docker.com/reference/dockerfile/#copy"},
}, func(p *check.Pass, s *repo.Snapshot) {
	d := &dangling{p: p, s: s, made: makers(s), modules: submodules(s)}
	d.compose()
	d.dockerfiles()
	d.pipelines()
})

// dangling looks for paths and reports those that nothing provides.
type dangling struct {
	p       *check.Pass
	s       *repo.Snapshot
	made    []string // lines of scripts that create files
	modules []string // directories of git submodules
}

// outcome of looking for a path.
type outcome int

const (
	there    outcome = iota
	provided         // not in the project, but something makes it or keeps it out of git
	absent
	unknown // depends on a variable, or lies outside the project
)

// look says whether the project has the path.
func (d *dangling) look(name string) outcome {
	if strings.ContainsAny(name, "$*?[{~\\") || strings.Contains(name, "://") || path.IsAbs(name) {
		return unknown
	}
	name = path.Clean(name)
	if name == ".." || strings.HasPrefix(name, "../") {
		return unknown
	}
	for _, m := range d.modules {
		if name == m || strings.HasPrefix(name, m+"/") {
			return unknown
		}
	}
	if d.s.Exists(name) {
		return there
	}
	if d.s.Ignored(name+"/x") || d.isMade(name) {
		return provided
	}
	return absent
}

// isMade says whether a script creates the path.
func (d *dangling) isMade(name string) bool {
	return slices.ContainsFunc(d.made, func(line string) bool { return strings.Contains(line, name) })
}

// isCopied says whether a script puts the file somewhere else before it is used,
// so that its paths are seen from there.
func (d *dangling) isCopied(file string) bool {
	return slices.ContainsFunc(d.made, func(line string) bool {
		return strings.Contains(line, file) && (strings.HasPrefix(line, "cp ") || strings.HasPrefix(line, "mv ") || strings.HasPrefix(line, "curl ") || strings.HasPrefix(line, "wget "))
	})
}

// makers are the lines of scripts, makefiles and CI steps that create files.
func makers(s *repo.Snapshot) (out []string) {
	add := func(text string) {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "#") && creates(line) {
				out = append(out, line)
			}
		}
	}
	for _, f := range s.Production() {
		if f.Lang == repo.Shell || f.Lang == "Makefile" || f.Name() == "justfile" || f.Name() == "Taskfile.yml" {
			add(string(f.Bytes()))
		}
	}
	for _, p := range s.Pipelines() {
		for _, job := range p.Spec.Jobs {
			for _, step := range job.Steps {
				add(step.Run)
			}
		}
	}
	for _, p := range s.Packages() {
		for _, script := range p.Scripts {
			add(script.Value)
		}
	}
	return out
}

func creates(line string) bool {
	if strings.Contains(line, ">") {
		return true
	}
	for _, w := range strings.Fields(strings.NewReplacer("@", " ", ";", " ", "&", " ", "(", " ").Replace(line)) {
		switch path.Base(w) {
		case "mkdir", "cp", "mv", "openssl", "certbot", "mkcert", "touch", "git", "curl", "wget", "tar", "unzip", "ln", "install", "tee", "rsync", "scp", "envsubst", "htpasswd", "ssh-keygen", "sops", "aws", "gcloud", "vault":
			return true
		}
	}
	return false
}

func submodules(s *repo.Snapshot) (out []string) {
	f := s.File(".gitmodules")
	if f == nil {
		return nil
	}
	for line := range strings.Lines(string(f.Bytes())) {
		if key, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(key) == "path" {
			out = append(out, strings.TrimSpace(value))
		}
	}
	return out
}

// say turns an outcome into what the check says about a path.
func (d *dangling) say(at finding.Location, deployed bool, name, what string) {
	switch d.look(name) {
	case there:
		if deployed {
			d.p.Holds(at, "%s %s exists", what, path.Clean(name))
		}
	case provided:
		d.p.Unproven(at, "%s %s is not part of the project: every host has to have it", what, path.Clean(name))
	case absent:
		found := d.p.Report(at, "%s %s does not exist", what, path.Clean(name)).Keyed("%s %s", what, path.Clean(name))
		if !deployed {
			found.As(finding.High)
		}
	}
}

// composeUse is one path that a compose file names, with the most demanding
// environment that uses it.
type composeUse struct {
	at         compose.Place
	name, what string
	deployed   bool
	silent     bool // absent is no fault: somebody fills it in
}

func (d *dangling) compose() {
	var uses []*composeUse
	known := map[compose.Place]*composeUse{}
	add := func(env compose.Env, at compose.Place, name, what string, silent bool) {
		u := known[at]
		if u == nil {
			u = &composeUse{at: at, name: name, what: what, silent: silent}
			known[at] = u
			uses = append(uses, u)
		}
		u.deployed = u.deployed || env.Deployed()
	}
	for _, project := range d.s.ComposeProjects() {
		if project.Env == compose.Test {
			continue
		}
		for _, v := range project.Services() {
			d.build(v, func(at compose.Place, name, what string) { add(project.Env, at, name, what, false) })
			for _, e := range v.EnvFiles {
				if e.Required && path.Base(e.File) != "stack.env" { // Portainer writes that one
					add(project.Env, e.Place, path.Join(path.Dir(e.Path), e.File), "the env file", hasTemplate(d.s, path.Join(path.Dir(e.Path), e.File)))
				}
			}
			for _, m := range v.Volumes {
				if m.Type == compose.Bind && strings.HasPrefix(m.Source, ".") && needsContent(m) && !d.writtenByOther(v, m) {
					add(project.Env, m.Place, path.Join(path.Dir(m.Path), m.Source), "the mounted path", false)
				}
			}
			if v.Extends.File != "" {
				add(project.Env, v.Extends.Place, path.Join(path.Dir(v.Extends.Path), v.Extends.File), "the extended file", false)
			}
		}
	}
	for _, u := range uses {
		if u.silent && d.look(u.name) == absent || d.isCopied(u.at.Path) {
			continue
		}
		d.say(d.s.Place(u.at.Path, u.at.Span), u.deployed, u.name, u.what)
	}
}

// build passes on the context and the Dockerfile of a service.
func (d *dangling) build(v *compose.Service, add func(at compose.Place, name, what string)) {
	if !v.Build.Set() || v.Node.Get("build", "dockerfile_inline").Exists() {
		return
	}
	context := path.Join(path.Dir(v.Build.Path), v.Build.Context.Value)
	if d.look(context) != there {
		add(v.Build.Context.Place, context, "the build context")
		return
	}
	name, at := v.Build.Dockerfile.Value, v.Build.Dockerfile.Place
	if name == "" {
		name, at = "Dockerfile", v.Build.Context.Place
	}
	if !path.IsAbs(name) {
		add(at, path.Join(context, name), "the Dockerfile")
	}
}

// hasTemplate says whether a template beside an env file shows that it is filled
// in by hand.
func hasTemplate(s *repo.Snapshot, name string) bool {
	return slices.ContainsFunc(s.EnvFiles(), func(f *repo.EnvFile) bool {
		return f.Template && (f.Dir() == path.Dir(name) || f.Dir() == "." && strings.HasPrefix(path.Base(name), ".env"))
	})
}

// needsContent says whether a mount is of use only with something in it: a file,
// a read-only directory, a directory of configuration. Directories for data are
// created when they are missing.
func needsContent(m compose.Mount) bool {
	base := path.Base(path.Clean(m.Source))
	if strings.HasSuffix(base, ".sock") {
		return false
	}
	if ext := path.Ext(base); ext != "" && ext != ".d" && (ext != base || strings.HasPrefix(base, ".env")) {
		return true
	}
	if m.ReadOnly {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(m.Target), func(r rune) bool { return strings.ContainsRune("/._-", r) })
	for _, w := range words {
		switch w {
		case "ssl", "certs", "cert", "tls", "conf", "config", "configs", "initdb", "templates", "provisioning", "html", "migrations":
			return !slices.ContainsFunc(words, isDataWord)
		}
	}
	return false
}

func isDataWord(w string) bool {
	switch w {
	case "data", "lib", "log", "logs", "cache", "tmp", "letsencrypt", "uploads", "home", "share":
		return true
	}
	return false
}

// writtenByOther says whether another service mounts the source for writing and
// may be what fills it: one beside a reader, or one that fetches certificates.
func (d *dangling) writtenByOther(v *compose.Service, m compose.Mount) bool {
	for _, f := range d.s.ComposeFiles() {
		for _, other := range f.Spec.Services {
			if path.Dir(f.Path) != path.Dir(m.Path) || other.Name == v.Name {
				continue
			}
			for _, o := range other.Volumes {
				if o.Type == compose.Bind && !o.ReadOnly && path.Clean(o.Source) == path.Clean(m.Source) && (m.ReadOnly || fetchesCertificates(other.Image.Name)) {
					return true
				}
			}
		}
	}
	return false
}

func fetchesCertificates(image string) bool {
	for _, name := range []string{"certbot", "acme", "lego", "letsencrypt", "mkcert", "dehydrated", "step-ca", "certs"} {
		if strings.Contains(image, name) {
			return true
		}
	}
	return false
}
