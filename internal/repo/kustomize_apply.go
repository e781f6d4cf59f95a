package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/imageref"
	"drydock/internal/repo/kube"
	"drydock/internal/repo/kustomize"
	"drydock/internal/repo/yamldoc"
)

// Limits on what kustomizations are followed to.
const (
	maxKustomizeDepth = 20      // kustomizations taken in by one another
	maxDeployed       = 20_000  // objects of all units together
	maxChanges        = 300_000 // fields that they change, all together
)

// applier works out what a kustomization makes of the objects that it takes in.
type applier struct {
	s       *Snapshot
	files   *kubeFiles
	left    *int // of maxDeployed
	more    *int // of maxChanges
	unit    *KubeUnit
	stack   []*Kustomization
	patches map[string][]kube.Value // the documents of patch files
}

// run is what the kustomization makes of its resources, in kustomize's own order:
// resources, generators, components, then its transformations.
func (a *applier) run(k *Kustomization, have []*Deployed) []*Deployed {
	if len(a.stack) >= maxKustomizeDepth || slices.Contains(a.stack, k) {
		a.gap(k.File, kustomize.Entry{}, "kustomizations that take one another in")
		return have
	}
	a.stack = append(a.stack, k)
	own := have
	for _, r := range k.Spec.Resources {
		own = append(own, a.resource(k, r)...)
	}
	for _, g := range k.Spec.Generators {
		if !g.Merges && g.Name != "" && a.take() {
			own = append(own, a.generated(k, g))
		}
	}
	for _, c := range k.Spec.Components {
		taken := a.s.kustomization(path.Join(k.Dir(), c.Value))
		if c.Remote() || taken == nil {
			a.gap(k.File, c, "a component from elsewhere")
			doubt(own, "changed by a component that is not in the project")
			continue
		}
		own = a.run(taken, own)
	}
	a.stack = a.stack[:len(a.stack)-1]
	return a.transform(k, own)
}

func (a *applier) take() bool {
	if *a.left--; *a.left < 0 {
		a.unit.gap(Gap{Reason: "more objects than are looked at"})
		return false
	}
	return true
}

func (a *applier) gap(f *File, e kustomize.Entry, reason string) {
	a.unit.gap(Gap{File: f, Span: e.Span, What: e.Value, Reason: reason})
}

// resource is what one entry of resources brings in.
func (a *applier) resource(k *Kustomization, r kustomize.Entry) []*Deployed {
	name := path.Join(k.Dir(), r.Value)
	if r.Remote() {
		a.gap(k.File, r, "manifests from elsewhere")
		return nil
	}
	if taken := a.s.kustomization(name); taken != nil {
		return a.run(taken, nil)
	}
	var out []*Deployed
	for _, o := range a.files.byFile[name] {
		if a.take() {
			out = append(out, &Deployed{Object: o.Spec, File: o.File, Written: o, changes: a.more})
		}
	}
	if t := a.files.byPath[name]; t != nil {
		for _, o := range t.Objects {
			if a.take() {
				out = append(out, &Deployed{Object: o, File: t.File, changes: a.more})
			}
		}
	}
	if f := a.s.File(name); f == nil || len(out) == 0 && !f.Blank() && a.s.kustomization(name) == nil {
		a.gap(k.File, r, "manifests that could not be read")
	}
	return out
}

// generated is the ConfigMap or Secret that a generator makes.
func (a *applier) generated(k *Kustomization, g kustomize.Generator) *Deployed {
	source := &kube.Source{Path: k.Path}
	from := kube.Read(source, g.Node)
	meta := kube.NewMapping(from, kube.Field{Key: kube.Key("name"), Value: kube.NewText(g.Name, from)})
	if g.Namespace != "" {
		meta = meta.With(kube.NewText(g.Namespace, from), "namespace")
	}
	data := kube.NewMapping(from)
	for _, key := range g.Keys {
		data = data.With(kube.NewText("", from), key)
	}
	v := kube.NewMapping(from,
		kube.Field{Key: kube.Key("apiVersion"), Value: kube.NewText("v1", from)}, kube.Field{Key: kube.Key("kind"), Value: kube.NewText(g.Kind, from)},
		kube.Field{Key: kube.Key("metadata"), Value: meta}, kube.Field{Key: kube.Key("data"), Value: data})
	return &Deployed{Object: kube.NewObject(v), File: k.File, Generated: true, changes: a.more}
}

// transform applies the kustomization's own changes, in kustomize's order.
func (a *applier) transform(k *Kustomization, all []*Deployed) []*Deployed {
	source := &kube.Source{Path: k.Path}
	for _, kind := range []kustomize.PatchKind{kustomize.StrategicMerge, kustomize.Any} {
		all = a.patch(k, all, kind)
	}
	a.beyond(k, all)
	if ns := k.Spec.Namespace; ns.Value != "" {
		a.namespace(all, kube.Read(source, k.Spec.Root.Get("namespace")))
	}
	if before, after := k.Spec.NamePrefix.Value, k.Spec.NameSuffix.Value; before+after != "" {
		from := kube.Read(source, k.Spec.Root.Get("namePrefix"))
		if before == "" {
			from = kube.Read(source, k.Spec.Root.Get("nameSuffix"))
		}
		for _, d := range all {
			if d.Kind != "CustomResourceDefinition" && d.Kind != "APIService" && d.Kind != "Namespace" && d.Name.Set && !d.Name.Unknown {
				d.set(kube.NewText(before+d.Name.Value+after, from), "metadata", "name")
			}
		}
	}
	for _, l := range k.Spec.Labels {
		for _, d := range all {
			d.label(source, l)
		}
	}
	for _, note := range k.Spec.Notes {
		for _, d := range all {
			d.set(kube.Read(source, note.Value), "metadata", "annotations", note.Key)
		}
	}
	all = a.patch(k, all, kustomize.JSON6902)
	for _, r := range k.Spec.Replicas {
		for _, d := range all {
			if d.named(r.Name) && (d.Is("apps", "Deployment", "StatefulSet", "ReplicaSet") || d.Is("", "ReplicationController")) {
				d.set(kube.Read(source, r.Count), "spec", "replicas")
			}
		}
	}
	for _, image := range k.Spec.Images {
		for _, d := range all {
			d.image(kube.Read(source, image.Node), image)
		}
	}
	return all
}

// beyond notes the fields whose effect is not worked out.
func (a *applier) beyond(k *Kustomization, all []*Deployed) {
	for _, f := range k.Spec.Beyond {
		e := kustomize.Entry{Value: f.Name, Span: f.Span}
		switch f.Name {
		case "helmCharts", "helmChartInflationGenerator", "generators":
			a.gap(k.File, e, "manifests that are generated")
		case "replacements":
			a.replaced(k, f, all)
		case "transformers":
			for _, item := range f.Node.Items() {
				if !a.transformer(k, item, all) {
					doubt(all, "changed by transformers, not evaluated")
				}
			}
		case "configurations", "openapi":
			doubt(all, "changed by "+f.Name+", not evaluated")
		}
	}
}

// transformer applies a file of transformers when it only sets labels and
// annotations; ok is false when it does more.
func (a *applier) transformer(k *Kustomization, item *yamldoc.Node, all []*Deployed) (ok bool) {
	docs, ok := a.patchDocs(k, &kustomize.Patch{Path: kustomize.Entry{Value: item.Str()}})
	for _, doc := range docs {
		var pairs []kube.Field
		switch head := kube.NewObject(doc); {
		case head.APIVersion == "builtin" && head.Kind == "LabelTransformer":
			pairs = doc.Get("labels").Fields()
		case head.APIVersion == "builtin" && head.Kind == "AnnotationsTransformer":
			pairs = doc.Get("annotations").Fields()
		default:
			return false
		}
		for _, spec := range doc.Get("fieldSpecs").Items() {
			path, kind := spec.Get("path").Text().Value, spec.Get("kind").Text().Value
			if path == "" || strings.Contains(path, "[]") {
				return false
			}
			for _, d := range all {
				keys := strings.Split(path, "/")
				if kind != "" && kind != d.Kind || !spec.Get("create").Flag().Value && !d.Value.Get(keys...).Exists() {
					continue
				}
				for _, p := range pairs {
					d.set(p.Value, append(slices.Clone(keys), p.Key.Value)...)
				}
			}
		}
	}
	return ok
}

// replaced marks the objects that replacements write to.
func (a *applier) replaced(k *Kustomization, f kustomize.Field, all []*Deployed) {
	for _, r := range f.Node.Items() {
		targets := r.Get("targets").Items()
		if len(targets) == 0 {
			doubt(all, "changed by replacements, not evaluated")
		}
		for _, t := range targets {
			kind, name := t.Get("select", "kind").Str(), t.Get("select", "name").Str()
			for _, d := range all {
				if (kind == "" || kind == d.Kind) && (name == "" || d.named(name)) {
					d.Unsure = "changed by replacements, not evaluated"
				}
			}
		}
	}
}

func doubt(all []*Deployed, why string) {
	for _, d := range all {
		d.Unsure = why
	}
}

func (a *applier) namespace(all []*Deployed, ns kube.Value) {
	accounts := map[string]bool{"default": true}
	for _, d := range all {
		if d.Is("", "ServiceAccount") {
			accounts[d.Name.Value] = true
		}
	}
	for _, d := range all {
		switch {
		case d.Is("", "Namespace"):
			d.set(ns, "metadata", "name")
		case !d.ClusterWide() && !a.files.clusters[d.Group()+"/"+d.Kind]:
			d.set(ns, "metadata", "namespace")
		}
		if !d.Is("rbac.authorization.k8s.io", "RoleBinding", "ClusterRoleBinding") {
			continue
		}
		subjects := slices.Clone(d.Value.Get("subjects").Items())
		for i, s := range subjects {
			if s.Get("kind").Text().Value == "ServiceAccount" && accounts[s.Get("name").Text().Value] {
				subjects[i] = s.With(ns, "namespace")
			}
		}
		if len(subjects) > 0 {
			d.set(d.Value.Get("subjects").WithItems(subjects), "subjects")
		}
	}
}

// label adds labels to the object and, as far as they say so, to its selector and
// its pods.
func (d *Deployed) label(source *kube.Source, l kustomize.Labels) {
	if l.Fields {
		d.Unsure = "given labels at fields of its own, not evaluated"
	}
	path, makes := d.TemplatePath()
	for _, p := range l.Pairs {
		value := kube.Read(source, p.Value)
		d.set(value, "metadata", "labels", p.Key)
		if makes && len(path) > 0 && (l.Templates || l.Selectors) {
			d.set(value, append(slices.Clone(path), "metadata", "labels", p.Key)...)
		}
		if !l.Selectors {
			continue
		}
		switch {
		case d.Is("", "Service", "ReplicationController"):
			d.set(value, "spec", "selector", p.Key)
		case d.Is("apps", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"):
			d.set(value, "spec", "selector", "matchLabels", p.Key)
		case d.Is("batch", "Job") || d.Is("policy", "PodDisruptionBudget"):
			if d.Spec("selector", "matchLabels").Exists() {
				d.set(value, "spec", "selector", "matchLabels", p.Key)
			}
		case d.Is("networking.k8s.io", "NetworkPolicy"):
			if d.Spec("podSelector", "matchLabels").Exists() {
				d.set(value, "spec", "podSelector", "matchLabels", p.Key)
			}
		}
	}
}

// image replaces the images of the object's containers that the entry names.
func (d *Deployed) image(from kube.Value, change kustomize.Image) {
	path, ok := d.TemplatePath()
	if !ok {
		return
	}
	for _, list := range []string{"initContainers", "containers"} {
		keys := append(slices.Clone(path), "spec", list)
		items, changed := slices.Clone(d.Value.Get(keys...).Items()), false
		for i, item := range items {
			ref := imageref.Parse(item.Get("image").Text().Value)
			if ref.Exists() && ref.Name == change.Name {
				items[i], changed = item.With(kube.NewText(newImage(ref, change), from), "image"), true
			}
		}
		if changed {
			d.set(d.Value.Get(keys...).WithItems(items), keys...)
		}
	}
}

func newImage(ref imageref.Ref, change kustomize.Image) string {
	name, tag, digest := ref.Name, ref.Tag, ref.Digest
	if change.NewName != "" {
		name = change.NewName
	}
	switch {
	case change.Digest != "":
		tag, digest = "", change.Digest
	case change.NewTag != "":
		tag, digest = change.NewTag, ""
	}
	if tag != "" {
		name += ":" + tag + change.TagSuffix
	}
	if digest != "" {
		name += "@" + digest
	}
	return name
}
