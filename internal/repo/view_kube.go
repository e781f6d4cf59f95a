package repo

import (
	"bytes"
	"path"
	"strings"

	"drydock/internal/repo/helm"
	"drydock/internal/repo/kube"
	"drydock/internal/repo/yamldoc"
)

// KubeObject is one Kubernetes object as it is written: a document of a manifest,
// or an item of a List. What a cluster is given may differ: see KubeUnits.
type KubeObject struct {
	*File
	APIVersion string
	Kind       string
	Name       string // metadata.name, "" when it is generated
	// Node is the object. What the definition of a custom kind says about its
	// fields is left out.
	Node *yamldoc.Node
	// Spec is the object with typed access to what it says.
	Spec *kube.Object
	// Patch is true for a part of an object that a kustomization applies to another
	// one: what it lacks stands there.
	Patch bool
}

// KubeTemplate is a file whose objects can be read only in part, since a template
// language writes them: a template of a Helm chart, or of another engine.
type KubeTemplate struct {
	*File
	Spec    *helm.Template
	Chart   *HelmChart // nil outside of charts
	Objects []*kube.Object
	Hidden  int // documents that are objects whose kind cannot be seen
}

// kubeFiles is what the files that hold objects hold.
type kubeFiles struct {
	objects   []*KubeObject
	templates []*KubeTemplate
	byFile    map[string][]*KubeObject
	byPath    map[string]*KubeTemplate
	clusters  map[string]bool // group/kind of custom kinds that belong to no namespace
}

// KubeObjects lists the objects of every manifest, by path and place; those of
// tests and examples keep their role. Templates are left out: see KubeTemplates.
func (s *Snapshot) KubeObjects() []*KubeObject { return s.kubeFiles().objects }

// KubeTemplates lists the files that write objects with a template language, by
// path; those of tests and examples keep their role.
func (s *Snapshot) KubeTemplates() []*KubeTemplate { return s.kubeFiles().templates }

func (s *Snapshot) kubeFiles() *kubeFiles {
	return view(s, "kubernetes objects", func() *kubeFiles {
		s.survey()
		k := &kubeFiles{byFile: map[string][]*KubeObject{}, byPath: map[string]*KubeTemplate{}, clusters: map[string]bool{}}
		for _, f := range s.files {
			if f.Role.Foreign() || !manifestName(f) {
				continue
			}
			chart, template := s.chartOf(f.Path)
			switch {
			case chart != nil && template && f.Size < maxSource:
				k.chartTemplate(s, f, chart)
			case f.Mentions("apiVersion") && f.Mentions("kind"):
				k.manifest(s, f)
			}
		}
		k.markPatches(s)
		return k
	})
}

// manifestName says whether a file can be a manifest by its name. JSON is looked
// at only where manifests are kept.
func manifestName(f *File) bool {
	switch f.Lang {
	case YAML:
		return true
	case JSON:
		return f.Size < maxJSONManifest && inManifestDir(f.Path)
	}
	return false
}

// maxJSONManifest is the size in bytes above which a JSON file is data.
const maxJSONManifest = 256 << 10

var manifestDirs = set("k8s", "kubernetes", "kube", "manifests", "manifest", ".k8s", "kustomize", "openshift")

func inManifestDir(name string) bool {
	for _, dir := range strings.Split(path.Dir(name), "/") {
		if manifestDirs[strings.ToLower(dir)] {
			return true
		}
	}
	return false
}

// manifest reads a file that is YAML, or would be without its placeholders.
func (k *kubeFiles) manifest(s *Snapshot, f *File) {
	src := kube.Trim(f.Bytes())
	templated := helm.Templated(src)
	docs, err := yamldoc.Parse(src)
	if templated && (err != nil || nonsense(docs)) {
		k.template(f, nil, helm.Parse(f.Path, f.Bytes(), nil))
		return
	}
	source := &kube.Source{Path: f.Path}
	first := len(k.objects)
	for _, d := range docs {
		for _, o := range kube.Objects(source, d.Root) {
			if !kube.LocalConfig(o.APIVersion, o.Kind) {
				k.add(f, o)
			}
		}
	}
	k.byFile[f.Path] = k.objects[first:len(k.objects):len(k.objects)]
	if err != nil && f.Role == Production && len(k.objects) > first && !otherEngine(src) {
		s.parseFailed(f, yamlLine(err), err)
	}
}

func (k *kubeFiles) add(f *File, o *kube.Object) {
	k.objects = append(k.objects, &KubeObject{File: f, APIVersion: o.APIVersion, Kind: o.Kind, Name: o.Name.Value, Node: o.Value.Node(), Spec: o})
	if o.Kind == "CustomResourceDefinition" && o.Spec("scope").Text().Value == "Cluster" {
		k.clusters[o.Spec("group").Text().Value+"/"+o.Spec("names", "kind").Text().Value] = true
	}
}

// nonsense says whether what YAML makes of the file is not what is meant: {{ x }}
// is a mapping whose key is a mapping.
func nonsense(docs []*yamldoc.Doc) bool {
	found := false
	for _, d := range docs {
		d.Root.Walk(func(n *yamldoc.Node) bool {
			for _, e := range n.Own() {
				found = found || e.Key != nil && (e.Key.Kind == yamldoc.Mapping || e.Key.Kind == yamldoc.Sequence)
			}
			return !found && n.Kind != yamldoc.Alias
		})
	}
	return found
}

// otherEngine says whether a tool fills the file in before it is YAML.
func otherEngine(src []byte) bool {
	for _, mark := range []string{"{{", "{%", "${", "<%", "#@", "@@", "[[", "$(", "<<"} {
		if bytes.Contains(src, []byte(mark)) {
			return true
		}
	}
	return false
}

// chartTemplate reads a file in the templates of a chart. One without an action is
// a manifest like any other.
func (k *kubeFiles) chartTemplate(s *Snapshot, f *File, chart *HelmChart) {
	switch data := f.Bytes(); {
	case helm.Templated(data):
		k.template(f, chart, helm.Parse(f.Path, data, chart.Env))
	case f.Mentions("apiVersion") && f.Mentions("kind"):
		k.manifest(s, f)
	}
}

func (k *kubeFiles) template(f *File, chart *HelmChart, spec *helm.Template) {
	t := &KubeTemplate{File: f, Spec: spec, Chart: chart}
	source := &kube.Source{Path: f.Path, Template: spec}
	for _, d := range spec.Docs {
		objects := kube.Objects(source, d.Root)
		if len(objects) == 0 && kube.Read(source, d.Root).Get("kind").Text().Unknown {
			t.Hidden++
		}
		for _, o := range objects {
			if !kube.LocalConfig(o.APIVersion, o.Kind) {
				t.Objects = append(t.Objects, o)
			}
		}
	}
	if chart == nil && len(t.Objects) == 0 {
		return
	}
	k.templates = append(k.templates, t)
	k.byPath[f.Path] = t
}

// markPatches marks the objects of files that kustomizations apply as patches.
func (k *kubeFiles) markPatches(s *Snapshot) {
	resources := map[string]bool{}
	for _, c := range s.Kustomizations() {
		for _, r := range c.Spec.Resources {
			resources[path.Join(c.Dir(), r.Value)] = true
		}
	}
	for _, c := range s.Kustomizations() {
		for _, p := range c.Spec.Patches {
			if name := path.Join(c.Dir(), p.Path.Value); p.Path.Value != "" && !resources[name] {
				for _, o := range k.byFile[name] {
					o.Patch = true
				}
			}
		}
	}
}

// PodSpec is the pod that the object is or makes; nil when it makes none.
func (o *KubeObject) PodSpec() *yamldoc.Node {
	if path, ok := o.Spec.TemplatePath(); ok {
		return o.Node.Get(path...).Get("spec")
	}
	return nil
}

// Containers are the containers of the object's pod, those that start before
// the others first.
func (o *KubeObject) Containers() []*yamldoc.Node {
	pod := o.PodSpec()
	return append(append([]*yamldoc.Node(nil), pod.Get("initContainers").Items()...), pod.Get("containers").Items()...)
}
