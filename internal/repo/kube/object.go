package kube

import (
	"strings"

	"drydock/internal/repo/yamldoc"
)

// maxListDepth bounds Lists within Lists.
const maxListDepth = 4

// Object is one Kubernetes object.
type Object struct {
	APIVersion  string
	Kind        string
	Name        Text // not Set when the cluster makes it up
	Namespace   Text
	Labels      Labels
	Annotations Labels
	Value       Value
}

// Objects are the objects that the document holds: itself, or the items of a
// List. What has no apiVersion and kind, or a kind that no object can have, is
// none.
func Objects(src *Source, root *yamldoc.Node) []*Object {
	return appendObjects(nil, Read(src, root), 0)
}

func appendObjects(out []*Object, v Value, depth int) []*Object {
	api, kind := v.Get("apiVersion").Text(), v.Get("kind").Text()
	if !validAPIVersion(api.Value) || !validKind(kind.Value) {
		return out
	}
	// Release notes and other files of tools have the two keys as well; an object has
	// metadata, unless somebody forgot it.
	known := kind.Value[0] <= 'Z' && PurposeOf(api.Value, kind.Value) != ""
	if !known && !v.Get("metadata").IsMapping() && !isList(api.Value, kind.Value, v) {
		return out
	}
	if isList(api.Value, kind.Value, v) {
		if depth < maxListDepth {
			for _, item := range v.Get("items").Items() {
				out = appendObjects(out, item, depth+1)
			}
		}
		return out
	}
	return append(out, NewObject(v))
}

// isList says whether the object is only an envelope: List, DeploymentList and the
// like. A custom kind may be called something List and have a spec.
func isList(api, kind string, v Value) bool {
	return kind == "List" && api == "v1" || strings.HasSuffix(kind, "List") && v.Get("items").IsSequence() && !v.Get("spec").Exists()
}

// NewObject reads the object that v holds.
func NewObject(v Value) *Object {
	meta := v.Get("metadata")
	return &Object{
		APIVersion:  v.Get("apiVersion").Text().Value,
		Kind:        v.Get("kind").Text().Value,
		Name:        meta.Get("name").Text(),
		Namespace:   meta.Get("namespace").Text(),
		Labels:      ReadLabels(meta.Get("labels")),
		Annotations: ReadLabels(meta.Get("annotations")),
		Value:       v,
	}
}

// Group is the API group, "" for the core one.
func (o *Object) Group() string { return GroupOf(o.APIVersion) }

// GroupOf is the group of an apiVersion, "" for the core one.
func GroupOf(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}

// Version is the version within the group, such as "v1beta1".
func (o *Object) Version() string {
	return o.APIVersion[strings.LastIndexByte(o.APIVersion, '/')+1:]
}

// Is says whether the object has one of the kinds and belongs to the group.
func (o *Object) Is(group string, kinds ...string) bool {
	if o.Group() != group {
		return false
	}
	for _, k := range kinds {
		if o.Kind == k {
			return true
		}
	}
	return false
}

// Spec follows a path of keys below spec.
func (o *Object) Spec(keys ...string) Value { return o.Value.Get("spec").Get(keys...) }

// validAPIVersion says whether s can be an apiVersion: v1, apps/v1,
// example.com/v1alpha1.
func validAPIVersion(s string) bool {
	group, version, ok := strings.Cut(s, "/")
	if !ok {
		group, version = "", s
	} else if group == "" {
		return false
	}
	if len(s) > 300 || len(version) < 2 || version[0] != 'v' || version[1] < '0' || version[1] > '9' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '/') {
			return false
		}
	}
	return !strings.Contains(version, "/") && group == strings.ToLower(group)
}

// validKind says whether s can be a kind: letters and digits. Nearly all start
// with a capital; a few operators' do not (postgresql).
func validKind(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}
