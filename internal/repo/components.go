package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/imageref"
	"drydock/internal/repo/kube"
)

// Component is one running part of the system, joined over everything that says
// something of it: compose files, Kubernetes objects, process files, its image, its
// source.
type Component struct {
	Name        string
	Role        ServiceRole
	Technology  string      // id of the framework it is written with, or of what its image is; "" when unknown
	Unit        *Unit       // the package that its image is built from; nil when it is not known to be one of the project's
	Dockerfile  *Dockerfile // that builds it, nil without one
	Deployments []Deployment
}

// Deployment is one way that a component is run.
type Deployment struct {
	Means   Means
	Kind    string // of the Kubernetes object; "" elsewhere
	Env     compose.Env
	File    *File
	Span    finding.Span // of its name
	Image   imageref.Ref // of what is known of it
	Context string       // directory its image is built from; "" when it is not built here
	Ports   []string     // that it listens on, as written
	Health  *HealthSign  // nil without one
	EnvVars []string     // names, by name
	Depends []string     // names of components that it waits for, or that compose starts first

	Compose *Declaration // of compose
	Kube    *Deployed    // of Kubernetes
}

// At is where the deployment is declared.
func (d *Deployment) At() finding.Location { return d.File.At(d.Span) }

// Means is what runs a component.
type Means string

// The means.
const (
	ByCompose    Means = "compose"
	ByKubernetes Means = "kubernetes"
	ByProcfile   Means = "procfile"
)

// HealthSign is how somebody can tell that a component is alive.
type HealthSign struct {
	From string // "healthcheck", "image", "readiness probe", "liveness probe"
	File *File
	Span finding.Span
}

// In lists the deployments for an environment.
func (c *Component) In(env compose.Env) []*Deployment {
	var out []*Deployment
	for i := range c.Deployments {
		if c.Deployments[i].Env == env {
			out = append(out, &c.Deployments[i])
		}
	}
	return out
}

// Components lists the running parts of the system by name. What only tests,
// examples or documentation deploy is left out.
func (s *Snapshot) Components() []*Component {
	return view(s, "components", func() []*Component {
		j := componentJoin{s: s, known: map[string]*Component{}}
		j.compose()
		j.kubernetes()
		j.processes()
		for _, c := range j.list {
			j.source(c)
		}
		slices.SortStableFunc(j.list, func(a, b *Component) int { return strings.Compare(a.Name, b.Name) })
		return j.list
	})
}

type componentJoin struct {
	s     *Snapshot
	known map[string]*Component // by key of name
	list  []*Component
}

// nameKey is what of a name says which component it is: Kubernetes objects carry
// their kind behind it.
func nameKey(name string) string {
	key := strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
	for _, end := range []string{"-deployment", "-statefulset", "-deploy", "-cronjob"} {
		key = strings.TrimSuffix(key, end)
	}
	return key
}

// at is the component of that name. In system, a folder that holds the files of
// one system, names mean one thing; Kubernetes objects of the project are taken for
// those of the system at the root, when nothing else has the name.
func (j *componentJoin) at(system, name string) *Component {
	key := nameKey(name)
	c := j.known[system+"\x00"+key]
	if c == nil {
		c = &Component{Name: name}
		j.known[system+"\x00"+key] = c
		j.list = append(j.list, c)
	}
	return c
}

func (j *componentJoin) compose() {
	for _, v := range j.s.Services() {
		var c *Component
		for i := range v.Declarations {
			d := &v.Declarations[i]
			f := j.s.File(d.Spec.Key.Path)
			if f == nil || f.Role != Production || d.Env() == compose.Test {
				continue
			}
			if c == nil {
				c = j.at(systemDir(d.Project.Dir), v.Name)
				c.Role = v.Role
			}
			if one := j.composed(d, f); !slices.ContainsFunc(c.Deployments, func(o Deployment) bool { return o.File == one.File && o.Span == one.Span && o.Env == one.Env }) {
				c.Deployments = append(c.Deployments, one) // projects may share a file
			}
			if c.Dockerfile == nil {
				c.Dockerfile = j.s.DockerfileOf(d.Spec)
			}
		}
	}
}

func (j *componentJoin) composed(d *Declaration, f *File) Deployment {
	out := Deployment{
		Means: ByCompose, Env: d.Env(), File: f, Span: d.Spec.Key.Span, Image: d.Spec.Image.Ref, Context: d.Dir, Compose: d,
	}
	if image, known := j.s.ImageOf(d.Spec); known {
		out.Image = image
	}
	for _, p := range d.Spec.Ports {
		out.Ports = append(out.Ports, p.Container)
	}
	for _, e := range d.Spec.Expose {
		out.Ports = append(out.Ports, e.Value)
	}
	for _, e := range d.Spec.Environment {
		out.EnvVars = append(out.EnvVars, e.Name)
	}
	for _, n := range d.Spec.DependsOn {
		out.Depends = append(out.Depends, n.Service)
	}
	tidy(&out)
	switch h := d.Spec.Healthcheck; {
	case h.Present && !h.Disabled:
		if hf := j.s.File(h.Path); hf != nil {
			out.Health = &HealthSign{"healthcheck", hf, h.Span}
		}
	case !h.Disabled:
		out.Health = imageHealth(j.s.DockerfileOf(d.Spec))
	}
	return out
}

// imageHealth is the check that an image brings with it.
func imageHealth(d *Dockerfile) *HealthSign {
	if d == nil {
		return nil
	}
	stage := d.Spec.FinalStage()
	if stage == nil {
		return nil
	}
	if h := stage.Healthcheck(); h.Present && !h.Disabled {
		return &HealthSign{"image", d.File, h.Span}
	}
	return nil
}

func tidy(d *Deployment) {
	for _, list := range []*[]string{&d.Ports, &d.EnvVars, &d.Depends} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}

func (j *componentJoin) kubernetes() {
	for _, u := range j.s.KubeUnits() {
		if u.Role != Production {
			continue
		}
		for _, d := range u.Workloads() {
			if d.Name.Unknown || d.Name.Value == "" || d.File == nil {
				continue
			}
			w := d.Workload()
			c := j.ofWorkload(d, w)
			out := Deployment{Means: ByKubernetes, Kind: d.Kind, Env: u.Env, File: d.File, Span: d.Name.At.Span, Kube: d}
			if d.Name.At.Path != "" && d.Name.At.Path != d.File.Path {
				if f := j.s.File(d.Name.At.Path); f != nil {
					out.File = f
				}
			}
			for i := range w.Pod.Containers {
				j.container(&out, &w.Pod.Containers[i])
			}
			tidy(&out)
			if c.Role == "" || c.Role == RoleOther {
				c.Role = roleOfWorkload(d.Name.Value, w)
			}
			c.Deployments = append(c.Deployments, out)
		}
	}
}

// ofWorkload is the component that a workload runs: one of the same name anywhere
// in the project when there is just one, else that of the system at the root, else
// one of its own.
func (j *componentJoin) ofWorkload(d *Deployed, w *kube.Workload) *Component {
	key := nameKey(d.Name.Value)
	var found []*Component
	for _, c := range j.list {
		if nameKey(c.Name) == key {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	if root := j.known["."+"\x00"+key]; root != nil {
		return root
	}
	return j.at("\x00kubernetes", d.Name.Value)
}

func (j *componentJoin) container(out *Deployment, c *kube.Container) {
	if c.Role != kube.Main {
		return
	}
	if out.Image.Base() == "" {
		out.Image = c.Image.Ref
	}
	for _, p := range c.Ports {
		out.Ports = append(out.Ports, p.Value.Get("containerPort").Text().Value)
	}
	for _, e := range c.Env {
		if !e.Name.Unknown {
			out.EnvVars = append(out.EnvVars, e.Name.Value)
		}
	}
	for _, probe := range []struct {
		kube.Probe
		from string
	}{{c.Readiness, "readiness probe"}, {c.Liveness, "liveness probe"}} {
		if probe.Set && out.Health == nil {
			at := probe.Value.At()
			if f := j.s.File(at.Path); f != nil {
				out.Health = &HealthSign{probe.from, f, at.Span}
			}
		}
	}
}

func roleOfWorkload(name string, w *kube.Workload) ServiceRole {
	for i := range w.Pod.Containers {
		c := &w.Pod.Containers[i]
		if c.Role != kube.Main {
			continue
		}
		var words []string
		for _, t := range append(slices.Clone(c.Command), c.Args...) {
			words = append(words, t.Value)
		}
		return roleOfService(name, c.Image.Ref, false, words)
	}
	return RoleOther
}

func (j *componentJoin) processes() {
	for _, cmd := range j.s.Commands() {
		if cmd.Source != FromProcfile || cmd.File.Role != Production {
			continue
		}
		c := j.at("\x00procfile\x00"+cmd.Dir, cmd.Owner)
		if c.Role == "" {
			c.Role = roleOfService(cmd.Owner, imageref.Ref{}, true, cmd.Words)
		}
		if len(c.Deployments) == 0 {
			c.Deployments = append(c.Deployments, Deployment{Means: ByProcfile, Env: compose.Prod, File: cmd.File, Span: cmd.Span, Context: cmd.Dir})
		}
	}
}

// source finds the package that a component is built from, and what it is made
// with.
func (j *componentJoin) source(c *Component) {
	var units []*Unit
	for _, d := range c.Deployments {
		if u := j.unitIn(d.Context); d.Context != "" && d.Context != "." && u != nil && !slices.Contains(units, u) {
			units = append(units, u)
		}
	}
	if len(units) == 0 && c.Dockerfile != nil { // built in the root's context: the Dockerfile lies with its package
		if u := j.unitIn(c.Dockerfile.Dir()); u != nil && (u.Dir != "." || len(j.s.Units()) == 1) {
			units = append(units, u)
		}
	}
	if len(units) == 0 && len(c.Deployments) > 0 { // an image that a package of the same name makes
		names := []string{nameKey(c.Name), c.Deployments[0].Image.Base()}
		for _, u := range j.s.Units() {
			if base := nameKey(path.Base(u.Dir)); u.Dir != "." && slices.Contains(names, base) && u.Manifest.Role == Production {
				units = append(units, u)
			}
		}
	}
	if len(units) == 1 {
		c.Unit = units[0]
	}
	if c.Unit != nil && c.Dockerfile == nil {
		for _, d := range j.s.Dockerfiles() {
			if d.Dir() == c.Unit.Dir && d.Role == Production {
				c.Dockerfile = d
				break
			}
		}
	}
	if c.Role == RoleOther && (c.Unit != nil || c.Dockerfile != nil) {
		c.Role = RoleApp
	}
	c.Technology = j.technology(c)
}

// unitIn is the package in a directory, or the only one right below it.
func (j *componentJoin) unitIn(dir string) *Unit {
	var at, below []*Unit
	for _, u := range j.s.Units() {
		switch {
		case u.Dir == dir:
			at = append(at, u)
		case path.Dir(u.Dir) == dir:
			below = append(below, u)
		}
	}
	switch {
	case len(at) > 0:
		return at[0]
	case len(below) == 1 && dir != ".":
		return below[0]
	}
	return nil
}

// technology is the framework of the component's package, else what its image is.
func (j *componentJoin) technology(c *Component) string {
	if c.Unit != nil {
		for _, kind := range []TechnologyKind{TechFramework, TechLanguage, TechRuntime} {
			for _, t := range j.s.technologiesOf(c.Unit) {
				if t.Kind == kind {
					return t.ID
				}
			}
		}
		return ""
	}
	for _, d := range c.Deployments {
		for _, key := range []string{"image:" + d.Image.Repository(), "image:" + d.Image.Base()} {
			if i, ok := techBySign[key]; ok {
				return technologies[i].id
			}
		}
	}
	return ""
}

// technologiesOf are the technologies that the unit's own manifest names, in the
// order of the table: the most telling framework first.
func (s *Snapshot) technologiesOf(u *Unit) []Technology {
	named := s.technologies().in[u.Manifest]
	var out []Technology
	for i := range technologies {
		if t := named[technologies[i].id]; t != nil {
			out = append(out, *t)
		}
	}
	return out
}
