package repo

import (
	"slices"

	"drydock/internal/repo/kube"
)

// Limits on the links of one unit: a selector of nothing in particular may choose
// everything.
const (
	maxLinks    = 100_000   // links
	maxCompared = 2_000_000 // pairs of objects that are looked at
)

// Link is what one object of a unit says about another one.
type Link struct {
	From, To *Deployed
	Use      string     // the field: "selector", "scaleTargetRef", "backend", "env", …
	At       kube.Place // the selector or the name
	Sure     kube.Truth // Yes, or Maybe where a template or a namespace decides
	Ref      kube.Ref   // of a link by name
}

// Links are the objects that d selects and names, in order.
func (d *Deployed) Links() []*Link {
	d.Unit.link()
	return d.out
}

// LinkedFrom are the objects that select d, or the pods it makes, and name it.
// With kinds it is those of these kinds.
func (d *Deployed) LinkedFrom(kinds ...string) []*Link {
	d.Unit.link()
	if len(kinds) == 0 {
		return d.in
	}
	var out []*Link
	for _, l := range d.in {
		if slices.Contains(kinds, l.From.Kind) {
			out = append(out, l)
		}
	}
	return out
}

// Serves are the workloads that requests to d reach: those that a Service selects,
// and those behind the Services that an Ingress or a route names.
func (d *Deployed) Serves() []*Deployed {
	var out []*Deployed
	add := func(service *Deployed) {
		for _, l := range service.Links() {
			if l.Use == "selector" && l.To.Workload() != nil && !slices.Contains(out, l.To) {
				out = append(out, l.To)
			}
		}
	}
	if d.Is("", "Service") {
		add(d)
		return out
	}
	for _, l := range d.Links() {
		if l.To.Is("", "Service") && (l.Use == "backend" || l.Use == "to") {
			add(l.To)
		}
	}
	return out
}

// ServedBy are the Services that select the pods of d and the Ingresses and routes
// that lead to these.
func (d *Deployed) ServedBy() []*Deployed {
	var out []*Deployed
	for _, l := range d.LinkedFrom("Service") {
		if l.Use != "selector" {
			continue
		}
		out = append(out, l.From)
		for _, route := range l.From.LinkedFrom() {
			if (route.Use == "backend" || route.Use == "to") && !slices.Contains(out, route.From) {
				out = append(out, route.From)
			}
		}
	}
	return out
}

// link finds the links of the unit, once.
func (u *KubeUnit) link() {
	u.linksOnce.Do(func() {
		ix := indexUnit(u)
		left, compare := maxLinks, maxCompared
		for _, from := range u.Objects {
			for _, sel := range from.Selects() {
				candidates := ix.candidates(sel)
				if compare -= len(candidates); compare < 0 {
					u.gap(Gap{File: from.File, Reason: "more objects than are compared"})
					return
				}
				for _, to := range candidates {
					sure := sel.Matches(labelsOf(to, sel.Target)).And(selectedNamespace(from, to, sel.Namespaces))
					left = u.join(&Link{From: from, To: to, Use: sel.Use, At: sel.At, Sure: sure}, left)
				}
			}
			for _, ref := range from.Refs() {
				candidates := ix.named(ref)
				if compare -= len(candidates); compare < 0 {
					u.gap(Gap{File: from.File, Reason: "more objects than are compared"})
					return
				}
				// A name is one object's: what it surely names leaves none that it may.
				sure := slices.ContainsFunc(candidates, func(to *Deployed) bool { return refersTo(from, to, ref) == kube.Yes })
				for _, to := range candidates {
					if t := refersTo(from, to, ref); t == kube.Yes || !sure {
						left = u.join(&Link{From: from, To: to, Use: ref.Use, At: ref.Name.At, Sure: t, Ref: ref}, left)
					}
				}
			}
		}
	})
}

func (u *KubeUnit) join(l *Link, left int) int {
	if l.Sure == kube.No || left <= 0 {
		return left
	}
	l.From.out, l.To.in = append(l.From.out, l), append(l.To.in, l)
	return left - 1
}

// unitIndex finds the objects of a unit without looking at all of them.
type unitIndex struct {
	labels map[kube.Target]map[string][]*Deployed // by "key=value"
	open   map[kube.Target][]*Deployed            // with labels that cannot all be seen
	all    map[kube.Target][]*Deployed
	names  map[string][]*Deployed // by kind and name, former names too
	kinds  map[string][]*Deployed
	vague  map[string][]*Deployed // by kind, those whose name cannot be seen
}

func indexUnit(u *KubeUnit) *unitIndex {
	ix := &unitIndex{
		labels: map[kube.Target]map[string][]*Deployed{kube.SelectsPods: {}, kube.SelectsServices: {}}, open: map[kube.Target][]*Deployed{},
		all: map[kube.Target][]*Deployed{}, names: map[string][]*Deployed{}, kinds: map[string][]*Deployed{}, vague: map[string][]*Deployed{},
	}
	for _, d := range u.Objects {
		ix.kinds[d.Kind] = append(ix.kinds[d.Kind], d)
		if d.Name.Unknown {
			ix.vague[d.Kind] = append(ix.vague[d.Kind], d)
		} else {
			for _, name := range append([]string{d.Name.Value}, d.names...) {
				ix.names[d.Kind+"/"+name] = append(ix.names[d.Kind+"/"+name], d)
			}
		}
		for _, target := range []kube.Target{kube.SelectsPods, kube.SelectsServices} {
			if target == kube.SelectsPods && d.Workload() == nil || target == kube.SelectsServices && !d.Is("", "Service") {
				continue
			}
			ix.all[target] = append(ix.all[target], d)
			l := labelsOf(d, target)
			vague := l.Open()
			for _, p := range l.Pairs {
				if vague = vague || p.Value.Unknown; !p.Value.Unknown {
					at := p.Key.Value + "=" + p.Value.Value
					ix.labels[target][at] = append(ix.labels[target][at], d)
				}
			}
			if vague {
				ix.open[target] = append(ix.open[target], d)
			}
		}
	}
	return ix
}

func labelsOf(d *Deployed, target kube.Target) kube.Labels {
	if w := d.Workload(); target == kube.SelectsPods && w != nil {
		return w.Pod.Labels
	}
	return d.Labels
}

// candidates are the objects that the selector may choose.
func (ix *unitIndex) candidates(sel kube.Selection) []*Deployed {
	for _, p := range sel.Labels.Pairs {
		if p.Value.Unknown || p.Shown == kube.Maybe || kube.GivenByController(p.Key.Value) {
			continue
		}
		sure := ix.labels[sel.Target][p.Key.Value+"="+p.Value.Value]
		out := slices.Clone(sure)
		for _, d := range ix.open[sel.Target] {
			if has, ok := labelsOf(d, sel.Target).Get(p.Key.Value); !ok || has.Unknown {
				out = append(out, d)
			}
		}
		return out
	}
	return ix.all[sel.Target]
}

// named are the objects that the reference may be to.
func (ix *unitIndex) named(ref kube.Ref) []*Deployed {
	if ref.Name.Unknown {
		return ix.kinds[ref.Kind]
	}
	return slices.Concat(ix.names[ref.Kind+"/"+ref.Name.Value], ix.vague[ref.Kind])
}

func refersTo(from, to *Deployed, ref kube.Ref) kube.Truth {
	if !ref.AnyGroup && ref.Group != to.Group() && (ref.Group != "extensions" || to.Group() != "apps") {
		return kube.No
	}
	sure := ref.Name.Same(to.Name)
	if !ref.Name.Unknown && to.named(ref.Name.Value) {
		sure = kube.Yes
	}
	switch {
	case to.ClusterWide():
	case ref.Namespace.Set:
		sure = sure.And(sameNamespace(ref.Namespace, to.Namespace))
	default:
		sure = sure.And(sameNamespace(from.Namespace, to.Namespace))
	}
	return sure
}

// sameNamespace says whether two objects of one unit are in one namespace. One
// that names none goes to the namespace of whoever applies it, which may be any.
func sameNamespace(a, b kube.Text) kube.Truth {
	switch {
	case !a.Set && !b.Set, !a.Set && b.Raw == releaseNamespace, !b.Set && a.Raw == releaseNamespace:
		return kube.Yes
	case a.Set && b.Set:
		return a.Same(b)
	}
	return kube.Maybe
}

// releaseNamespace is how a chart writes where its objects go anyway.
const releaseNamespace = "{{ .Release.Namespace }}"

func selectedNamespace(from, to *Deployed, n kube.Namespaces) kube.Truth {
	switch {
	case n.Any || from.ClusterWide():
		return kube.Yes
	case n.Unknown:
		return kube.Maybe
	case n.Own():
		return sameNamespace(from.Namespace, to.Namespace)
	}
	answer := kube.No
	for _, name := range n.Names {
		switch sameNamespace(name, to.Namespace) {
		case kube.Yes:
			return kube.Yes
		case kube.Maybe:
			answer = kube.Maybe
		}
	}
	return answer
}
