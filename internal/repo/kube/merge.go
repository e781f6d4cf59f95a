package kube

import (
	"slices"
	"strings"
)

// Limits on what a patch is applied to.
const (
	maxPatchDepth = 100       // how deep it reaches
	maxCompared   = 1_000_000 // pairs of entries, or of items, of it and of the object
)

// mergeKeys are the fields of Kubernetes' own kinds whose lists a strategic merge
// patch merges, with what tells their items apart. All other lists it replaces.
var mergeKeys = map[string][]string{
	"containers": {"name"}, "initContainers": {"name"}, "ephemeralContainers": {"name"}, "volumes": {"name"}, "env": {"name"},
	"volumeMounts": {"mountPath"}, "volumeDevices": {"devicePath"}, "imagePullSecrets": {"name"}, "hostAliases": {"ip"},
	"topologySpreadConstraints": {"topologyKey", "whenUnsatisfiable"}, "secrets": {"name"}, "webhooks": {"name"}, "resourceClaims": {"name"}, "claims": {"name"},
	"schedulingGates": {"name"},
}

// portKeys are mergeKeys of ports, by the key of what has them.
var portKeys = map[string][]string{"containers": {"containerPort", "protocol"}, "initContainers": {"containerPort", "protocol"}, "spec": {"port", "protocol"}}

// BuiltIn says whether the kind belongs to Kubernetes itself. Patches merge the
// lists of such kinds and replace those of others.
func (o *Object) BuiltIn() bool {
	switch o.Group() {
	case "", "apps", "batch", "extensions", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io",
		"admissionregistration.k8s.io", "scheduling.k8s.io", "node.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "certificates.k8s.io":
		return true
	}
	return false
}

// Merge is the object after a strategic merge patch, as kustomize applies it. ok
// is false when the outcome cannot be told exactly; gone is true when the patch
// deletes the object.
func (o *Object) Merge(patch Value) (out Value, gone, ok bool) {
	m := merger{builtIn: o.BuiltIn(), service: o.Is("", "Service"), ok: true}
	out, gone = m.mapping(o.Value, patch, "", 0)
	return out, gone, m.ok
}

type merger struct {
	builtIn bool
	service bool
	ok      bool
}

func (m *merger) fail() { m.ok = false }

// mapping merges patch into base. key is that of the list or mapping around it.
func (m *merger) mapping(base, patch Value, key string, depth int) (out Value, gone bool) {
	if depth > maxPatchDepth || patch.Open() || base.Open() || len(base.Fields())*len(patch.Fields()) > maxCompared {
		m.fail()
		return base, false
	}
	switch directive := patch.Get("$patch").Text(); {
	case directive.Value == "delete":
		return base, true
	case directive.Value == "replace":
		out = patch.Without("$patch")
		m.plain(out, depth)
		return out, false
	case directive.Set && directive.Value != "merge":
		m.fail()
	}
	out = base
	for _, f := range patch.Fields() {
		name := f.Key.Value
		switch {
		case name == "$patch":
		case f.Key.Unknown || strings.HasPrefix(name, "$"):
			m.fail()
		case f.Value.IsNull():
			out = out.Without(name)
		case f.Value.IsMapping():
			have := out.Get(name)
			if !have.IsMapping() {
				have = NewMapping(f.Value)
			}
			merged, gone := m.mapping(have, f.Value, name, depth+1)
			if gone {
				out = out.Without(name)
			} else {
				out = out.With(merged, name)
			}
		case f.Value.IsSequence():
			out = out.With(m.list(out.Get(name), f.Value, key, name, depth+1), name)
		default:
			out = out.With(f.Value, name)
		}
	}
	return out, false
}

func (m *merger) keysOf(outer, name string) []string {
	if !m.builtIn {
		return nil
	}
	if name == "ports" && (outer != "spec" || m.service) {
		return portKeys[outer]
	}
	return mergeKeys[name]
}

func (m *merger) list(base, patch Value, outer, name string, depth int) Value {
	keys := m.keysOf(outer, name)
	if keys == nil {
		if name == "finalizers" || name == "ownerReferences" {
			m.fail()
		}
		m.plain(patch, depth)
		return patch
	}
	items := slices.Clone(base.Items())
	if len(items)*len(patch.Items()) > maxCompared {
		m.fail()
		return base
	}
	for _, p := range patch.Items() {
		if directive := p.Get("$patch").Text().Value; directive == "replace" {
			m.fail()
			return base
		}
		i, unique := match(items, p, keys)
		if !unique || !p.IsMapping() || !p.Get(keys[0]).Exists() {
			m.fail()
			return base
		}
		if i < 0 {
			if p.Get("$patch").Exists() {
				continue // deletes what is not there
			}
			m.plain(p, depth)
			items = append(items, p)
			continue
		}
		merged, gone := m.mapping(items[i], p, name, depth+1)
		if gone {
			items = slices.Delete(items, i, i+1)
		} else {
			items[i] = merged
		}
	}
	if base.Exists() {
		return base.WithItems(items)
	}
	return patch.WithItems(items)
}

// match is the index of the item with the keys of p, -1 when there is none; unique
// is false when that cannot be told.
func match(items []Value, p Value, keys []string) (index int, unique bool) {
	index = -1
	for i, item := range items {
		same := Yes
		for n, key := range keys {
			a, b := item.Get(key).Text(), p.Get(key).Text()
			if n > 0 && !b.Set { // the further keys have defaults
				continue
			}
			if n > 0 && !a.Set {
				same = same.And(Maybe)
				continue
			}
			same = same.And(a.Same(b))
		}
		switch {
		case same == Maybe, same == Yes && index >= 0:
			return -1, false
		case same == Yes:
			index = i
		}
	}
	return index, true
}

// plain checks that what a patch adds as a whole holds no directives.
func (m *merger) plain(v Value, depth int) {
	if depth > maxPatchDepth || v.Open() {
		m.fail()
		return
	}
	for _, f := range v.Fields() {
		if strings.HasPrefix(f.Key.Value, "$") {
			m.fail()
		}
		m.plain(f.Value, depth+1)
	}
	for _, item := range v.Items() {
		m.plain(item, depth+1)
	}
}
