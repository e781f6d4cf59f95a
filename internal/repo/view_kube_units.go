package repo

import (
	"path"
	"slices"
	"strings"
	"sync"

	"drydock/internal/finding"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/kube"
)

// UnitKind says how the objects of a unit come to a cluster.
type UnitKind string

// The kinds of units.
const (
	PlainUnit     UnitKind = "manifests"
	KustomizeUnit UnitKind = "kustomization"
	HelmUnit      UnitKind = "chart"
)

// KubeUnit is a set of objects that are applied together. Names and selectors are
// resolved within a unit, since two that hold an "app: web" each are two clusters,
// or two namespaces, or two examples, and nothing in the project says otherwise. A
// unit is
//
//   - a kustomization that no other takes in, with all that it takes in, changed as
//     it says. An object may so be part of several units, and differ in each;
//   - a chart that lies in no other one's charts folder, with those in its own;
//   - the other manifests below one folder. The folder is the highest one that is
//     named for manifests (k8s, deploy, …) or else the highest one of a run of
//     folders that each hold manifests; it falls apart into its subfolders where two
//     of them are for different environments or where one object is written twice,
//     since one cluster cannot have both.
//
// Files of different roles are never one unit.
type KubeUnit struct {
	Kind    UnitKind
	Dir     string // of the kustomization, chart or manifests
	File    *File  // the kustomization or the Chart.yaml; nil for plain manifests
	Chart   *HelmChart
	Role    Role
	Env     compose.Env // by the words of the path; Base when there are none
	Objects []*Deployed
	// Gaps are what else the unit applies and cannot be seen. While there are any,
	// nothing can be said to be missing.
	Gaps []Gap
	// Unmatched are the patches of kustomizations that have no object to change,
	// over which kustomize fails.
	Unmatched []Unmatched

	linksOnce sync.Once
}

// maxGaps bounds the gaps of one unit that are listed.
const maxGaps = 200

// Gap is a part of a unit that cannot be seen.
type Gap struct {
	File   *File // where it is named; nil when it is nowhere
	Span   finding.Span
	What   string // as written
	Reason string // a noun: "manifests from elsewhere"
}

// Unmatched is a patch without an object to change.
type Unmatched struct {
	File       *File
	Span       finding.Span
	Kind, Name string // what it is for
}

// Deployed is an object as a unit applies it.
type Deployed struct {
	*kube.Object
	File      *File       // where it is written, or the kustomization that generates it
	Written   *KubeObject // the object as it is written; nil for templates and what is generated
	Generated bool        // made by a generator of a kustomization: it has no text of its own
	Patched   bool        // a patch has changed it
	Unit      *KubeUnit
	// Unsure says why the object is not known to be what reaches the cluster; ""
	// when it is. A check that would say what the object lacks should stay silent.
	Unsure string

	changes  *int     // how many more changes kustomizations may make, all together
	names    []string // what it was called before a kustomization renamed it
	workload *kube.Workload
	made     bool
	out, in  []*Link
}

// Workload is the object as one that makes pods; nil when it makes none.
func (d *Deployed) Workload() *kube.Workload {
	if !d.made {
		return d.Object.Workload()
	}
	return d.workload
}

// become changes what the object says.
func (d *Deployed) become(v kube.Value) {
	was := d.Name
	d.Object = kube.NewObject(v)
	if was.Value != d.Name.Value && was.Value != "" && !slices.Contains(d.names, was.Value) {
		d.names = append(d.names, was.Value)
	}
}

// set changes one field. One that says so already keeps its place.
func (d *Deployed) set(v kube.Value, keys ...string) {
	if d.changes != nil {
		if *d.changes--; *d.changes < 0 {
			d.Unsure = "changed more often than is evaluated"
			return
		}
	}
	if have := d.Value.Get(keys...); !have.Exists() || v.IsMapping() || v.IsSequence() || have.Text().Value != v.Text().Value {
		d.become(d.Value.With(v, keys...))
	}
}

// named says whether the object has the name, or had it before it was renamed.
func (d *Deployed) named(name string) bool {
	return !d.Name.Unknown && d.Name.Value == name || slices.Contains(d.names, name)
}

func (u *KubeUnit) gap(g Gap) {
	if len(u.Gaps) < maxGaps && !slices.Contains(u.Gaps, g) {
		u.Gaps = append(u.Gaps, g)
	}
}

func (u *KubeUnit) add(d *Deployed) {
	d.Unit = u
	d.workload, d.made = d.Object.Workload(), true
	u.Objects = append(u.Objects, d)
}

// Workloads are the objects of the unit that make pods, in order.
func (u *KubeUnit) Workloads() []*Deployed {
	var out []*Deployed
	for _, d := range u.Objects {
		if d.Workload() != nil {
			out = append(out, d)
		}
	}
	return out
}

// KubeUnits lists the sets of objects that are applied together, by folder; those
// of tests and examples keep their role.
func (s *Snapshot) KubeUnits() []*KubeUnit {
	return view(s, "kubernetes units", func() []*KubeUnit {
		b := unitBuilder{s: s, files: s.kubeFiles(), left: maxDeployed, more: maxChanges, taken: map[string]bool{}}
		b.charts()
		b.kustomizations()
		b.plain()
		slices.SortStableFunc(b.units, func(x, y *KubeUnit) int { return strings.Compare(x.Dir, y.Dir) })
		return b.units
	})
}

// DeployedAs lists what units make of an object, nil when none applies it.
func (s *Snapshot) DeployedAs(o *KubeObject) []*Deployed {
	byObject := view(s, "deployed objects", func() map[*KubeObject][]*Deployed {
		m := map[*KubeObject][]*Deployed{}
		for _, u := range s.KubeUnits() {
			for _, d := range u.Objects {
				if d.Written != nil {
					m[d.Written] = append(m[d.Written], d)
				}
			}
		}
		return m
	})
	return byObject[o]
}

// NamespaceOf is the namespace that the object is applied to: the one it names, or
// that of the only unit it is part of. ok is false when units differ and when the
// namespace is chosen by whoever applies it.
func (s *Snapshot) NamespaceOf(o *KubeObject) (ns kube.Text, ok bool) {
	all := s.DeployedAs(o)
	if len(all) == 0 {
		return o.Spec.Namespace, o.Spec.Namespace.Set && !o.Spec.Namespace.Unknown
	}
	ns = all[0].Namespace
	for _, d := range all[1:] {
		if d.Namespace.Same(ns) != kube.Yes {
			return kube.Text{}, false
		}
	}
	return ns, ns.Set && !ns.Unknown
}

// Environment is the environment that the words of a path name, the last of them
// first; Base when none does.
func Environment(name string) compose.Env {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) })
	for _, w := range slices.Backward(words) {
		switch w {
		case "dev", "develop", "development", "local", "localhost", "kind", "minikube", "k3d", "debug", "tilt":
			return compose.Dev
		case "test", "tests", "testing", "testdata", "ci", "e2e":
			return compose.Test
		case "staging", "stage", "stg", "preprod", "uat", "qa", "preview":
			return compose.Staging
		case "prod", "production", "prd", "live":
			return compose.Prod
		}
	}
	return compose.Base
}

// unitBuilder sorts all objects into units.
type unitBuilder struct {
	s     *Snapshot
	files *kubeFiles
	left  int             // of maxDeployed
	more  int             // of maxChanges
	taken map[string]bool // files that belong to a chart or a kustomization
	units []*KubeUnit
}

func (b *unitBuilder) keep(u *KubeUnit) {
	u.Env = Environment(u.Dir)
	if len(u.Objects) > 0 || len(u.Gaps) > 0 {
		b.units = append(b.units, u)
	}
}

// charts makes a unit of each chart that is installed by itself.
func (b *unitBuilder) charts() {
	units := map[*HelmChart]*KubeUnit{}
	for _, c := range b.s.HelmCharts() {
		if c.Parent == nil && c.Spec.Type != "library" {
			units[c] = &KubeUnit{Kind: HelmUnit, Dir: c.Dir(), File: c.File, Chart: c, Role: c.Role}
		}
	}
	for _, t := range b.files.templates {
		if t.Chart == nil || b.inRole(units[t.Chart.Top()], t.File) == nil {
			continue
		}
		u := units[t.Chart.Top()]
		if t.Chart.Enabled() == kube.No {
			continue
		}
		for _, expr := range t.Spec.Included {
			u.gap(Gap{File: t.File, What: expr, Reason: "what a template includes"})
		}
		if t.Hidden > 0 {
			u.gap(Gap{File: t.File, Reason: "an object whose kind cannot be seen"})
		}
		if t.Spec.Opaque {
			u.gap(Gap{File: t.File, Reason: "a template that cannot be read"})
		}
		for _, o := range t.Objects {
			if b.left--; b.left >= 0 {
				u.add(&Deployed{Object: o, File: t.File})
			}
		}
	}
	for _, o := range b.files.objects {
		chart, template := b.s.chartOf(o.Path)
		if chart == nil {
			continue
		}
		b.taken[o.Path] = true
		inside := template || strings.HasPrefix(o.Path, path.Join(chart.Dir(), "crds")+"/")
		if u := b.inRole(units[chart.Top()], o.File); u != nil && inside && chart.Enabled() != kube.No {
			u.add(&Deployed{Object: o.Spec, File: o.File, Written: o})
		}
	}
	for _, c := range b.s.HelmCharts() {
		if u := units[c]; u != nil {
			for _, d := range c.Spec.Dependencies {
				if !slices.ContainsFunc(c.Subs, func(sub *HelmChart) bool { return sub.Spec.Name.Value == d.Name.Value }) {
					u.gap(Gap{File: c.File, Span: d.Span, What: d.Name.Value, Reason: "a chart from elsewhere"})
				}
			}
			b.keep(u)
		}
	}
}

// inRole is u when f has its role. The tests of a chart are no part of it.
func (b *unitBuilder) inRole(u *KubeUnit, f *File) *KubeUnit {
	if u == nil || u.Role != f.Role {
		return nil
	}
	return u
}

// kustomizations makes a unit of each one that is applied by itself.
func (b *unitBuilder) kustomizations() {
	patches := map[string][]kube.Value{}
	for _, k := range b.s.Kustomizations() {
		for _, r := range k.Spec.Resources {
			b.taken[path.Join(k.Dir(), r.Value)] = true
		}
		for _, p := range k.Spec.Patches {
			b.taken[path.Join(k.Dir(), p.Path.Value)] = true
		}
		for _, g := range k.Spec.Generators {
			for _, f := range g.Files {
				b.taken[path.Join(k.Dir(), f.Value)] = true
			}
		}
		if !k.Alone() && !b.applied()[k.Dir()] {
			continue
		}
		u := &KubeUnit{Kind: KustomizeUnit, Dir: k.Dir(), File: k.File, Role: k.Role}
		a := applier{s: b.s, files: b.files, left: &b.left, more: &b.more, unit: u, patches: patches}
		for _, d := range a.run(k, nil) {
			u.add(d)
		}
		b.keep(u)
	}
}

// applied are the folders that objects of Argo CD and Flux in the project apply.
func (b *unitBuilder) applied() map[string]bool {
	return view(b.s, "applied folders", func() map[string]bool {
		m := map[string]bool{}
		for _, o := range b.files.objects {
			switch {
			case o.Spec.Is("kustomize.toolkit.fluxcd.io", "Kustomization"):
				m[path.Clean(o.Spec.Spec("path").Text().Value)] = true
			case o.Spec.Is("argoproj.io", "Application"):
				for _, src := range append(o.Spec.Spec("sources").Items(), o.Spec.Spec("source")) {
					if dir := src.Get("path").Text().Value; dir != "" {
						m[path.Clean(dir)] = true
					}
				}
			}
		}
		delete(m, ".")
		return m
	})
}
