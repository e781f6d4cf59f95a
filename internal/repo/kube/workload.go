package kube

// Workload is an object that is a pod or makes pods.
type Workload struct {
	*Object
	Replicas Number   // not Set for kinds that have no count, and where it is left out
	Selector Selector // of the pods that it owns; not Set for kinds that need none
	Pod      Pod
}

// Pod is a pod, or the template of one. Settings that a chart leaves out with its
// own values are not Set.
type Pod struct {
	Template    Value // with metadata and spec; the object itself for a Pod
	Value       Value // the pod's spec
	Labels      Labels
	Annotations Labels

	Containers     []Container // init containers first, then the others, then ephemeral ones
	Volumes        []Volume
	ServiceAccount Text
	AutomountToken Flag
	HostNetwork    Flag
	HostPID        Flag
	HostIPC        Flag
	Security       Value // securityContext of the pod
}

// templatePaths are where the kinds whose pods do not stand at spec.template have
// them. The empty kind is any other.
var templatePaths = map[string][][]string{
	"CronJob":         {{"spec", "jobTemplate", "spec", "template"}},
	"ScheduledJob":    {{"spec", "jobTemplate", "spec", "template"}},
	"ScaledJob":       {{"spec", "jobTargetRef", "template"}},
	"PodTemplate":     {{"template"}},
	"AdvancedCronJob": {{"spec", "template", "jobTemplate", "spec", "template"}},
	"":                {{"spec", "template"}, {"spec", "podTemplate"}, {"spec", "jobTemplate", "spec", "template"}},
}

// knownWorkloads are workloads even where a template leaves nothing of their pod
// to be seen.
var knownWorkloads = map[string]bool{
	"apps/Deployment": true, "apps/StatefulSet": true, "apps/DaemonSet": true, "apps/ReplicaSet": true, "extensions/Deployment": true, "extensions/DaemonSet": true,
	"extensions/ReplicaSet": true, "/ReplicationController": true, "batch/Job": true, "batch/CronJob": true, "argoproj.io/Rollout": true,
	"serving.knative.dev/Service": true, "apps.openshift.io/DeploymentConfig": true, "apps.kruise.io/CloneSet": true, "apps.kruise.io/StatefulSet": true, "keda.sh/ScaledJob": true,
}

// Workload is the object as one that makes pods; nil when it makes none.
func (o *Object) Workload() *Workload {
	template := o.podTemplate()
	if !template.Exists() {
		return nil
	}
	w := &Workload{Object: o, Replicas: o.Spec().chosen("replicas").Number(), Pod: ReadPod(template)}
	switch {
	case o.Kind == "ReplicationController" || o.Kind == "DeploymentConfig":
		w.Selector = ReadLabelMap(o.Spec("selector"))
	case o.Kind == "Pod" || o.Kind == "CronJob" || o.Is("serving.knative.dev", "Service"):
	default:
		w.Selector = ReadSelector(o.Spec("selector"))
	}
	return w
}

// podTemplate is the value with the metadata and spec of the object's pods.
func (o *Object) podTemplate() Value {
	path, ok := o.TemplatePath()
	if !ok {
		return Value{}
	}
	return o.Value.Get(path...)
}

// TemplatePath is where the object has the metadata and spec of its pods: empty
// for a Pod. ok is false for an object that makes none.
func (o *Object) TemplatePath() (path []string, ok bool) {
	if o.Is("", "Pod") {
		return nil, true
	}
	paths, ok := templatePaths[o.Kind]
	if !ok {
		paths = templatePaths[""]
	}
	for _, path := range paths {
		template := o.Value.Get(path...)
		if template.Get("spec", "containers").Exists() || template.Get("spec", "initContainers").Exists() {
			return path, true
		}
		if template.Exists() && knownWorkloads[o.Group()+"/"+o.Kind] {
			return path, true
		}
	}
	return nil, false
}

// ReadPod reads a value with the metadata and spec of a pod.
func ReadPod(template Value) Pod {
	spec, meta := template.Get("spec"), template.Get("metadata")
	p := Pod{
		Template: template, Value: spec, Labels: ReadLabels(meta.Get("labels")), Annotations: ReadLabels(meta.Get("annotations")),
		ServiceAccount: spec.chosen("serviceAccountName").Text(), AutomountToken: spec.chosen("automountServiceAccountToken").Flag(),
		HostNetwork: spec.chosen("hostNetwork").Flag(), HostPID: spec.chosen("hostPID").Flag(), HostIPC: spec.chosen("hostIPC").Flag(),
		Security: spec.Get("securityContext"),
	}
	if template.Open() || meta.Open() {
		p.Labels.Inserted = append(p.Labels.Inserted, append(template.Inserted(), meta.Inserted()...)...)
	}
	if !p.ServiceAccount.Set {
		p.ServiceAccount = spec.chosen("serviceAccount").Text()
	}
	for _, list := range []struct {
		key  string
		role ContainerRole
	}{{"initContainers", Init}, {"containers", Main}, {"ephemeralContainers", Ephemeral}} {
		for _, item := range spec.Get(list.key).Items() {
			if item.IsMapping() {
				p.Containers = append(p.Containers, readContainer(item, list.role, p.Security))
			}
		}
	}
	for _, item := range spec.Get("volumes").Items() {
		p.Volumes = append(p.Volumes, readVolume(item))
	}
	return p
}

// Open says whether a template may add fields to the pod's spec, or containers,
// that cannot be seen.
func (p Pod) Open() bool {
	return p.Template.Open() || p.Value.Open() || p.Value.Get("containers").Open() || p.Value.Get("initContainers").Open()
}

// Volume is the pod's volume of that name; ok is false when it has none.
func (p Pod) Volume(name string) (v Volume, ok bool) {
	for _, v := range p.Volumes {
		if !v.Name.Unknown && v.Name.Value == name {
			return v, true
		}
	}
	return Volume{}, false
}

// AntiAffinity says whether the pod says how its copies are spread over nodes:
// podAntiAffinity or topologySpreadConstraints. Maybe when a template decides.
func (p Pod) AntiAffinity() Truth {
	answer := No
	for _, v := range []Value{p.Value.Get("affinity", "podAntiAffinity"), p.Value.Get("topologySpreadConstraints")} {
		switch {
		case v.Exists() && !v.IsNull() && v.Shown() == Yes && (len(v.Items()) > 0 || len(v.Fields()) > 0):
			return Yes
		case v.Open() || v.Exists() && v.Shown() != Yes:
			answer = Maybe
		}
	}
	if answer == No && (p.Value.Open() || p.Value.Get("affinity").Open()) {
		return Maybe
	}
	return answer
}

// Volume is one volume of a pod, or a claim that a StatefulSet makes for each.
type Volume struct {
	Name  Text
	Kind  string // the key that says what it is: emptyDir, hostPath, persistentVolumeClaim, …; "" when unknown
	From  Value  // what stands under that key
	Path  Text   // of a hostPath
	Value Value
}

var volumeExtras = map[string]bool{"name": true}

func readVolume(v Value) Volume {
	vol := Volume{Name: v.Get("name").Text(), Value: v}
	for _, f := range v.Fields() {
		if !volumeExtras[f.Key.Value] && !f.Key.Unknown {
			vol.Kind, vol.From = f.Key.Value, f.Value
			break
		}
	}
	if vol.Kind == "" && !v.Open() {
		vol.Kind = "emptyDir" // what a volume without a source is
	}
	if vol.Kind == "hostPath" {
		vol.Path = vol.From.Get("path").Text()
	}
	return vol
}

// Claims are the volumes that a StatefulSet claims for each of its pods.
func (w *Workload) Claims() []Volume {
	var out []Volume
	for _, item := range w.Spec("volumeClaimTemplates").Items() {
		out = append(out, Volume{Name: item.Get("metadata", "name").Text(), Kind: "volumeClaimTemplate", From: item.Get("spec"), Value: item})
	}
	return out
}
