package repo

import (
	"bytes"

	"drydock/internal/repo/yamldoc"
)

// KubeObject is one Kubernetes object: a document of a manifest, or an item of
// a List.
type KubeObject struct {
	*File
	APIVersion string
	Kind       string
	Name       string // metadata.name, "" when it is generated
	Node       *yamldoc.Node
}

// KubeObjects lists the objects of every manifest, by path and place; those of
// tests and examples keep their role. Templates of Helm charts are no YAML and
// are left out.
func (s *Snapshot) KubeObjects() []*KubeObject {
	return view(s, "kubernetes objects", func() []*KubeObject {
		var out []*KubeObject
		for _, f := range s.files {
			if f.Role == Vendored || f.Role == Generated || f.Lang != YAML {
				continue
			}
			src := f.Bytes()
			if !bytes.Contains(src, []byte("apiVersion")) || !bytes.Contains(src, []byte("kind")) {
				continue
			}
			docs, _ := yamldoc.Parse(src)
			for _, d := range docs {
				out = appendKube(out, f, d.Root)
			}
		}
		return out
	})
}

func appendKube(out []*KubeObject, f *File, n *yamldoc.Node) []*KubeObject {
	o := &KubeObject{File: f, Node: n}
	o.APIVersion, o.Kind = n.Get("apiVersion").Str(), n.Get("kind").Str()
	if o.APIVersion == "" || o.Kind == "" {
		return out
	}
	if o.Kind == "List" {
		for _, item := range n.Get("items").Items() {
			out = appendKube(out, f, item)
		}
		return out
	}
	o.Name = n.Get("metadata", "name").Str()
	return append(out, o)
}

// PodSpec is the pod that the object is or makes; nil when it makes none.
func (o *KubeObject) PodSpec() *yamldoc.Node {
	spec := o.Node.Get("spec")
	switch {
	case o.Kind == "Pod":
		return spec
	case spec.Get("jobTemplate").Exists():
		return spec.Get("jobTemplate", "spec", "template", "spec")
	}
	return spec.Get("template", "spec")
}

// Containers are the containers of the object's pod, those that start before
// the others first.
func (o *KubeObject) Containers() []*yamldoc.Node {
	pod := o.PodSpec()
	return append(append([]*yamldoc.Node(nil), pod.Get("initContainers").Items()...), pod.Get("containers").Items()...)
}
