package repo

import (
	"path"
	"regexp"
	"strings"

	"drydock/internal/repo/kube"
	"drydock/internal/repo/kustomize"
	"drydock/internal/repo/yamldoc"
)

// maxPattern bounds the length of a pattern in a patch's target, in bytes.
const maxPattern = 300

// patch applies the kustomization's patches of one kind. What cannot be applied
// exactly leaves its objects marked.
func (a *applier) patch(k *Kustomization, all []*Deployed, kind kustomize.PatchKind) []*Deployed {
	for i := range k.Spec.Patches {
		p := &k.Spec.Patches[i]
		if p.Kind != kind {
			continue
		}
		docs, ok := a.patchDocs(k, p)
		if !ok {
			for _, d := range a.targets(all, p.Target) {
				d.Unsure = "patched by what could not be read"
			}
			continue
		}
		for _, doc := range docs {
			all = a.patchWith(k, all, p, doc)
		}
	}
	return all
}

// patchDocs are the documents of a patch.
func (a *applier) patchDocs(k *Kustomization, p *kustomize.Patch) (docs []kube.Value, ok bool) {
	source, text := &kube.Source{Path: k.Path}, []byte(nil)
	name := path.Join(k.Dir(), p.Path.Value)
	switch {
	case p.Inline != nil:
		text = []byte(p.Inline.Str())
		source.Offsets = p.Inline.Offsets()
	case p.Path.Value != "" && a.s.File(name) != nil:
		if docs, ok := a.patches[name]; ok {
			return docs, len(docs) > 0
		}
		text, source.Path = a.s.File(name).Bytes(), name
	default:
		return nil, false
	}
	parsed, err := yamldoc.Parse(text)
	if err == nil {
		for _, d := range parsed {
			if d.Root != nil {
				docs = append(docs, kube.Read(source, d.Root))
			}
		}
	}
	if p.Inline == nil {
		a.patches[name] = docs
	}
	return docs, len(docs) > 0
}

// patchWith applies one document of a patch.
func (a *applier) patchWith(k *Kustomization, all []*Deployed, p *kustomize.Patch, doc kube.Value) []*Deployed {
	operations := kube.IsJSONPatch(doc)
	var targets []*Deployed
	switch {
	case p.Target != nil:
		targets = a.targets(all, p.Target)
	case !operations:
		targets = named(all, kube.NewObject(doc))
		if len(targets) == 0 && len(a.unit.Gaps) == 0 {
			a.unit.Unmatched = append(a.unit.Unmatched, Unmatched{File: k.File, Span: p.Span, Kind: doc.Get("kind").Text().Value, Name: doc.Get("metadata", "name").Text().Value})
		}
	}
	gone := map[*Deployed]bool{}
	for _, d := range targets {
		if operations {
			changed, ok := d.Value.Patch(doc)
			d.change(changed, ok)
			continue
		}
		change := doc
		if !p.Rename { // names the object, and changes neither name nor kind
			change = change.Without("apiVersion").Without("kind").With(change.Get("metadata").Without("name").Without("namespace"), "metadata")
		}
		changed, deleted, ok := d.Merge(change)
		if deleted && ok {
			gone[d] = true
			continue
		}
		d.change(changed, ok)
	}
	if len(gone) == 0 {
		return all
	}
	var kept []*Deployed
	for _, d := range all {
		if !gone[d] {
			kept = append(kept, d)
		}
	}
	return kept
}

// change makes v the object, or marks it when v is not all that becomes of it.
func (d *Deployed) change(v kube.Value, ok bool) {
	if !ok {
		d.Unsure = "patched, not evaluated"
		return
	}
	d.become(v)
	d.Patched = true
}

// named are the objects that the head of a patch names.
func named(all []*Deployed, head *kube.Object) []*Deployed {
	var out []*Deployed
	for _, d := range all {
		if d.Kind == head.Kind && d.Group() == head.Group() && d.named(head.Name.Value) &&
			(!head.Namespace.Set || head.Namespace.Value == d.Namespace.Value || d.Written != nil && head.Namespace.Value == d.Written.Spec.Namespace.Value) {
			out = append(out, d)
		}
	}
	return out
}

// targets are the objects that a target chooses; those it may choose are marked.
func (a *applier) targets(all []*Deployed, t *kustomize.Target) []*Deployed {
	if t == nil {
		return nil
	}
	name, okName := pattern(t.Name)
	namespace, okNamespace := pattern(t.Namespace)
	labels, okLabels := requirements(t.Labels)
	notes, okNotes := requirements(t.Annotations)
	var out []*Deployed
	for _, d := range all {
		if t.Kind != "" && t.Kind != d.Kind || t.Group != "" && t.Group != d.Group() || t.Version != "" && t.Version != d.Version() {
			continue
		}
		if !okName || !okNamespace || !okLabels || !okNotes {
			d.Unsure = "may be patched: the patch's target is not evaluated"
			continue
		}
		matches := name == nil || name.MatchString(d.Name.Value)
		for _, was := range d.names {
			matches = matches || name.MatchString(was)
		}
		matches = matches && (namespace == nil || namespace.MatchString(d.Namespace.Value))
		if matches && labels.Matches(d.Labels) == kube.Yes && notes.Matches(d.Annotations) == kube.Yes {
			out = append(out, d)
		}
	}
	return out
}

func pattern(text string) (*regexp.Regexp, bool) {
	if text == "" {
		return nil, true
	}
	if len(text) > maxPattern {
		return nil, false
	}
	re, err := regexp.Compile("^(?:" + text + ")$")
	return re, err == nil
}

// requirements reads a selector as kubectl writes it: a=b,c!=d,e,!f. Sets (in,
// notin) are not read.
func requirements(text string) (s kube.Selector, ok bool) {
	s.Set = true
	if strings.Contains(text, "(") {
		return s, false
	}
	for _, one := range strings.Split(text, ",") {
		one = strings.TrimSpace(one)
		key, value, equal := strings.Cut(one, "=")
		key, not := strings.CutSuffix(key, "!")
		r := kube.Requirement{Key: kube.Key(strings.TrimSpace(key)), Operator: "In", Values: []kube.Text{kube.Key(strings.TrimSpace(strings.TrimPrefix(value, "=")))}}
		switch {
		case one == "":
			continue
		case equal && not:
			r.Operator = "NotIn"
		case !equal && strings.HasPrefix(key, "!"):
			r.Key, r.Operator = kube.Key(key[1:]), "DoesNotExist"
		case !equal:
			r.Operator = "Exists"
		}
		s.Expr = append(s.Expr, r)
	}
	return s, true
}
