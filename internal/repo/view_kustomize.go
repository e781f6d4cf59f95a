package repo

import (
	"path"
	"slices"

	"drydock/internal/repo/compose"
	"drydock/internal/repo/helm"
	"drydock/internal/repo/kube"
	"drydock/internal/repo/kustomize"
)

// Kustomization is one kustomization of the project.
type Kustomization struct {
	*File
	Spec *kustomize.File
	// Missing are files and folders that it names and that are not in the project.
	Missing []kustomize.Entry
	// TakenIn are the kustomizations that take this one in, by path.
	TakenIn []*Kustomization
}

// Kustomizations lists the kustomizations, by path; those of tests and examples
// keep their role.
func (s *Snapshot) Kustomizations() []*Kustomization {
	return view(s, "kustomizations", func() []*Kustomization {
		var out []*Kustomization
		byDir := map[string]*Kustomization{}
		for _, f := range s.files {
			if !slices.Contains(kustomize.Names, f.Name()) || !f.written() {
				continue
			}
			data := f.Bytes()
			spec, err := kustomize.Parse(data)
			if api := spec.Root.Get("apiVersion").Str(); api != "" && kube.GroupOf(api) != "kustomize.config.k8s.io" {
				continue // Flux has a kind of that name
			}
			if err != nil && !helm.Templated(data) && f.Role == Production {
				s.parseFailed(f, yamlLine(err), err)
			}
			k := &Kustomization{File: f, Spec: spec}
			out = append(out, k)
			byDir[k.Dir()] = k
		}
		for _, k := range out {
			for _, r := range slices.Concat(k.Spec.Resources, k.Spec.Components) {
				k.look(s, r)
				if taken := byDir[path.Join(k.Dir(), r.Value)]; taken != nil && taken != k && !r.Remote() {
					taken.TakenIn = append(taken.TakenIn, k)
				}
			}
			for _, p := range k.Spec.Patches {
				if p.Path.Value != "" {
					k.look(s, p.Path)
				}
			}
		}
		return out
	})
}

// look notes what the kustomization names and the project does not have.
func (k *Kustomization) look(s *Snapshot, e kustomize.Entry) {
	if !e.Remote() && !s.Exists(path.Join(k.Dir(), e.Value)) {
		k.Missing = append(k.Missing, e)
	}
}

// Alone says whether the kustomization is applied by itself: it is no component and
// no other one takes it in. Those of tests, of examples and for development do not
// count, unless it is such a one itself.
func (k *Kustomization) Alone() bool {
	lesser := func(o *Kustomization) bool { e := Environment(o.Dir()); return e == compose.Dev || e == compose.Test }
	return !k.Spec.Component && !slices.ContainsFunc(k.TakenIn, func(by *Kustomization) bool { return by.Role == k.Role && (lesser(k) || !lesser(by)) })
}

// kustomization is the one of a folder, or nil.
func (s *Snapshot) kustomization(dir string) *Kustomization {
	byDir := view(s, "kustomizations by folder", func() map[string]*Kustomization {
		m := map[string]*Kustomization{}
		for _, k := range s.Kustomizations() {
			m[k.Dir()] = k
		}
		return m
	})
	return byDir[dir]
}
