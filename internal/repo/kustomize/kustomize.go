// Package kustomize reads kustomization files: which manifests they take in and
// what they change in them. It knows nothing of the project and applies nothing.
package kustomize

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// Names are the file names that kustomize looks for in a directory.
var Names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// File is one kustomization.
type File struct {
	Component bool // changes what those that take it in have, rather than standing alone

	Resources  []Entry // files, directories and remote places, bases among them
	Components []Entry
	Patches    []Patch
	Images     []Image
	Replicas   []Replicas
	Generators []Generator // configMapGenerator, secretGenerator

	Namespace  Entry
	NamePrefix Entry
	NameSuffix Entry
	Labels     []Labels
	Notes      []Pair // commonAnnotations

	// Beyond are the fields whose effect cannot be told from this file, such as
	// helmCharts, transformers, replacements.
	Beyond []Field
	Root   *yamldoc.Node
}

// Entry is a text with its place.
type Entry struct {
	Value string
	Span  finding.Span
}

// Remote says whether the entry names something outside of the project: a URL or
// a repository.
func (e Entry) Remote() bool {
	v := e.Value
	if strings.Contains(v, "://") || strings.HasPrefix(v, "git@") || strings.Contains(v, "?ref=") || strings.Contains(v, "//") {
		return true
	}
	host, _, ok := strings.Cut(v, "/")
	return ok && strings.Contains(host, ".") && strings.Trim(host, ".") != "" && knownHosts[host]
}

// knownHosts are those that kustomize takes for a repository without a scheme.
var knownHosts = map[string]bool{"github.com": true, "gitlab.com": true, "bitbucket.org": true, "dev.azure.com": true}

// PatchKind says how a patch is listed.
type PatchKind string

// The kinds. Either may hold operations or a part of an object: see the content.
const (
	StrategicMerge PatchKind = "patchesStrategicMerge"
	JSON6902       PatchKind = "patchesJson6902"
	Any            PatchKind = "patches"
)

// Patch is one change to some of the objects.
type Patch struct {
	Kind   PatchKind
	Path   Entry         // the file it stands in; "" when it is written here
	Inline *yamldoc.Node // the text of one that is written here
	Target *Target       // nil: the patch says by itself what it is for
	Span   finding.Span
	Rename bool // may change the name or kind of its target
}

// Target chooses objects. Empty fields choose all.
type Target struct {
	Group, Version, Kind string
	Name, Namespace      string // patterns that must match all of the text
	Labels, Annotations  string // selectors as kubectl writes them
	Span                 finding.Span
}

// Image replaces the parts of an image's reference.
type Image struct {
	Name, NewName, NewTag, Digest, TagSuffix string

	Span finding.Span
	Node *yamldoc.Node
}

// Replicas sets the count of the workloads with the name.
type Replicas struct {
	Name  string
	Count *yamldoc.Node
	Span  finding.Span
}

// Labels are labels that objects get.
type Labels struct {
	Pairs     []Pair
	Selectors bool // selectors get them too, and so do templates
	Templates bool
	Fields    bool // gives fields of its own, which cannot be told
}

// Pair is a key with its value.
type Pair struct {
	Key   string
	Value *yamldoc.Node
}

// Generator makes a ConfigMap or a Secret.
type Generator struct {
	Kind      string // ConfigMap, Secret
	Name      string
	Namespace string
	Keys      []string // those that can be told
	Files     []Entry  // files that it takes in
	Open      bool     // there are keys that cannot be told
	Span      finding.Span
	Node      *yamldoc.Node
	Merges    bool // adds to one that exists
}

// Field is a field of the file.
type Field struct {
	Name string
	Span finding.Span
	Node *yamldoc.Node
}

// known are the fields that are read; ignored those that change no object.
var (
	known = map[string]bool{
		"resources": true, "bases": true, "components": true, "patches": true, "patchesStrategicMerge": true, "patchesJson6902": true, "images": true,
		"replicas": true, "configMapGenerator": true, "secretGenerator": true, "namespace": true, "namePrefix": true, "nameSuffix": true,
		"commonLabels": true, "labels": true, "commonAnnotations": true, "imageTags": true,
	}
	ignored = map[string]bool{
		"apiVersion": true, "kind": true, "metadata": true, "generatorOptions": true, "buildMetadata": true, "sortOptions": true, "inventory": true,
		"helmGlobals": true, "vars": true,
	}
)

// Parse reads a kustomization. The error is a *yamldoc.Error; what could be read
// is returned with it.
func Parse(src []byte) (*File, error) {
	docs, err := yamldoc.Parse(src)
	f := &File{}
	if len(docs) == 0 || docs[0].Root == nil {
		return f, err
	}
	root := docs[0].Root
	f.Root = root
	f.Component = root.Get("kind").Str() == "Component"
	f.Namespace, f.NamePrefix, f.NameSuffix = entry(root.Get("namespace")), entry(root.Get("namePrefix")), entry(root.Get("nameSuffix"))
	f.Resources = append(entries(root.Get("resources")), entries(root.Get("bases"))...)
	f.Components = entries(root.Get("components"))
	f.patches(root)
	for _, n := range append(root.Get("images").Items(), root.Get("imageTags").Items()...) {
		f.Images = append(f.Images, Image{n.Get("name").Str(), n.Get("newName").Str(), n.Get("newTag").Str(), n.Get("digest").Str(), n.Get("tagSuffix").Str(), n.Span, n})
	}
	for _, n := range root.Get("replicas").Items() {
		f.Replicas = append(f.Replicas, Replicas{n.Get("name").Str(), n.Get("count"), n.Span})
	}
	f.labels(root)
	f.generators(root, "configMapGenerator", "ConfigMap")
	f.generators(root, "secretGenerator", "Secret")
	for _, e := range root.Entries() {
		if !known[e.Name()] && !ignored[e.Name()] && !e.Value.IsNull() {
			f.Beyond = append(f.Beyond, Field{e.Name(), e.KeySpan(), e.Value})
		}
	}
	return f, err
}

func entry(n *yamldoc.Node) Entry {
	if r := n.Resolve(); r != nil {
		return Entry{r.Str(), r.Span}
	}
	return Entry{}
}

func entries(n *yamldoc.Node) []Entry {
	var out []Entry
	for _, item := range n.Items() {
		if item.Str() != "" {
			out = append(out, entry(item))
		}
	}
	return out
}

func (f *File) patches(root *yamldoc.Node) {
	for _, n := range root.Get("patchesStrategicMerge").Items() {
		r := n.Resolve()
		if p := (Patch{Kind: StrategicMerge, Span: n.Span}); strings.Contains(n.Str(), "\n") || r.Style == yamldoc.Literal || r.Style == yamldoc.Folded {
			p.Inline = n.Resolve()
			f.Patches = append(f.Patches, p)
		} else if n.Str() != "" {
			p.Path = entry(n)
			f.Patches = append(f.Patches, p)
		}
	}
	for _, kind := range []PatchKind{Any, JSON6902} {
		for _, n := range root.Get(string(kind)).Items() {
			p := Patch{Kind: kind, Path: entry(n.Get("path")), Span: n.Span}
			if in := n.Get("patch"); in.IsScalar() {
				p.Inline = in.Resolve()
			}
			if t := n.Get("target"); t.IsMapping() {
				p.Target = &Target{
					Group: t.Get("group").Str(), Version: t.Get("version").Str(), Kind: t.Get("kind").Str(), Name: t.Get("name").Str(), Namespace: t.Get("namespace").Str(),
					Labels: t.Get("labelSelector").Str(), Annotations: t.Get("annotationSelector").Str(), Span: t.Span,
				}
			}
			name, _ := n.Get("options", "allowNameChange").Bool()
			to, _ := n.Get("options", "allowKindChange").Bool()
			p.Rename = name || to
			f.Patches = append(f.Patches, p)
		}
	}
}

func (f *File) labels(root *yamldoc.Node) {
	if n := root.Get("commonLabels"); n.IsMapping() {
		f.Labels = append(f.Labels, Labels{Pairs: pairs(n), Selectors: true, Templates: true})
	}
	for _, n := range root.Get("labels").Items() {
		selectors, _ := n.Get("includeSelectors").Bool()
		templates, _ := n.Get("includeTemplates").Bool()
		f.Labels = append(f.Labels, Labels{pairs(n.Get("pairs")), selectors, selectors || templates, len(n.Get("fields").Items()) > 0})
	}
	f.Notes = pairs(root.Get("commonAnnotations"))
}

func pairs(n *yamldoc.Node) []Pair {
	var out []Pair
	for _, e := range n.Entries() {
		out = append(out, Pair{e.Name(), e.Value})
	}
	return out
}

func (f *File) generators(root *yamldoc.Node, field, kind string) {
	for _, n := range root.Get(field).Items() {
		g := Generator{Kind: kind, Name: n.Get("name").Str(), Namespace: n.Get("namespace").Str(), Span: n.Span, Node: n}
		behavior := n.Get("behavior").Str()
		g.Merges = behavior == "merge" || behavior == "replace"
		for _, l := range n.Get("literals").Strings() {
			key, _, _ := strings.Cut(l, "=")
			g.Keys = append(g.Keys, key)
		}
		for _, item := range n.Get("files").Items() {
			key, file, ok := strings.Cut(item.Str(), "=")
			if !ok {
				key, file = item.Str()[strings.LastIndexByte(item.Str(), '/')+1:], item.Str()
			}
			g.Keys = append(g.Keys, key)
			g.Files = append(g.Files, Entry{file, item.Resolve().Span})
		}
		for _, item := range append(n.Get("envs").Items(), n.Get("env")) {
			if item.Str() != "" {
				g.Open = true
				g.Files = append(g.Files, entry(item))
			}
		}
		f.Generators = append(f.Generators, g)
	}
}
