package repo

import (
	"slices"
	"strings"

	"drydock/internal/repo/kube"
)

// Dangling is a selector that chooses nothing, or a name that nothing in its unit
// has.
type Dangling struct {
	From *Deployed
	Use  string // the field: "selector", "scaleTargetRef", "backend", …
	Kind string // what is missing: "pods", "services", or a kind
	Name kube.Text
	At   kube.Place
	// Certain is true when nothing that the unit or the project holds could be
	// meant, and nothing that makes such objects at run time is in sight. Why says
	// what stands against it otherwise.
	Certain bool
	Why     string
	// Elsewhere are objects of other units that would fit.
	Elsewhere []*Deployed
}

// KubeDangling lists the selectors and names that lead nowhere within their unit,
// by unit and place.
func (s *Snapshot) KubeDangling() []*Dangling {
	return view(s, "dangling kubernetes references", func() []*Dangling {
		var out []*Dangling
		for _, u := range s.KubeUnits() {
			for _, from := range u.Objects {
				leads := from.leads()
				for _, sel := range from.Selects() {
					if !sel.Empty() && !leads[lead{sel.Use, sel.At}] && len(out) < maxDangling {
						d := &Dangling{From: from, Use: sel.Use, Kind: string(sel.Target), At: sel.At}
						d.judge(s, &sel, nil)
						out = append(out, d)
					}
				}
				for _, ref := range from.Refs() {
					if ref.Kind != "" && ref.Name.Set && (ref.Name.Value != "" || ref.Name.Unknown) && !ref.Optional && !from.given(ref) && !leads[lead{ref.Use, ref.Name.At}] && len(out) < maxDangling {
						d := &Dangling{From: from, Use: ref.Use, Kind: ref.Kind, Name: ref.Name, At: ref.Name.At}
						d.judge(s, nil, &ref)
						out = append(out, d)
					}
				}
			}
		}
		return out
	})
}

// maxDangling bounds what is listed of one project.
const maxDangling = 2_000

// lead is a selector or a name.
type lead struct {
	use string
	at  kube.Place
}

// leads are the selectors and names of d that have a link.
func (d *Deployed) leads() map[lead]bool {
	out := map[lead]bool{}
	for _, l := range d.Links() {
		out[lead{l.Use, l.At}] = true
	}
	return out
}

// given says whether there is what the reference names without anybody writing it:
// in every cluster, or for the object itself.
func (d *Deployed) given(ref kube.Ref) bool {
	name := ref.Name.Value
	switch ref.Kind {
	case "PersistentVolumeClaim":
		if w := d.Workload(); w != nil {
			return slices.ContainsFunc(w.Claims(), func(v kube.Volume) bool { return v.Name.Value == name })
		}
	case "ServiceAccount":
		return name == "default"
	case "ConfigMap":
		return name == "kube-root-ca.crt" || name == "openshift-service-ca.crt"
	case "ClusterRole", "Role":
		return name == "cluster-admin" || name == "admin" || name == "edit" || name == "view" || strings.HasPrefix(name, "system:") || strings.HasPrefix(name, "extension-apiserver-")
	case "Service":
		return name == "kubernetes"
	}
	return false
}

// judge looks for all that speaks against the reference being broken.
func (d *Dangling) judge(s *Snapshot, sel *kube.Selection, ref *kube.Ref) {
	u := d.From.Unit
	d.Elsewhere = s.elsewhere(u, d.From, sel, ref)
	switch {
	case len(d.Elsewhere) > 0:
		d.Why = "an object of another unit would fit"
	case len(u.Gaps) > 0:
		d.Why = "the unit takes in " + u.Gaps[0].Reason
	case d.From.Unsure != "":
		d.Why = d.From.Unsure
	case d.From.Value.Shown() != kube.Yes:
		d.Why = "a condition decides whether the object is there"
	case sel != nil && (sel.Labels.Open() || !sel.Namespaces.Own()):
		d.Why = "what it selects cannot be seen"
	case sel != nil && sel.Target == kube.SelectsPods && u.hasOperated():
		d.Why = "an operator may make the pods"
	case ref != nil && u.Kind == HelmUnit:
		d.Why = "values may decide whether it is there"
	case ref != nil && ref.Name.Unknown:
		d.Why = "the name cannot be seen"
	case ref != nil && ref.Namespace.Set && ref.Namespace.Same(d.From.Namespace) != kube.Yes:
		d.Why = "it is in another namespace"
	case !u.holds(d.Kind, d.From):
		d.Why = "the unit holds no " + d.Kind + " there"
	case ref != nil && madeByHand[ref.Kind]:
		d.Why = ref.Kind + "s are often made outside of the manifests"
	case u.doubtful(d.Kind):
		d.Why = "an object that may fit is not evaluated"
	default:
		d.Certain = true
	}
}

// madeByHand are kinds that people make with a command, or an operator or a
// platform for them.
var madeByHand = map[string]bool{"Secret": true, "ConfigMap": true, "PersistentVolumeClaim": true, "Gateway": true, "ClusterRole": true}

// holds says whether the unit holds something of the kind, pods, services or a kind
// of object, in the namespace of from. Without any it is a part of something
// larger.
func (u *KubeUnit) holds(kind string, from *Deployed) bool {
	return slices.ContainsFunc(u.Objects, func(d *Deployed) bool {
		return d.isA(kind) && (d.ClusterWide() || from.ClusterWide() || sameNamespace(d.Namespace, from.Namespace) == kube.Yes)
	})
}

func (d *Deployed) isA(kind string) bool {
	return kind == d.Kind || kind == string(kube.SelectsPods) && d.Workload() != nil || kind == string(kube.SelectsServices) && d.Is("", "Service")
}

// hasOperated says whether the unit holds objects of which an operator may make
// pods.
func (u *KubeUnit) hasOperated() bool {
	for _, d := range u.Objects {
		switch d.Purpose() {
		case kube.ForDatabase, kube.ForMessaging, kube.ForDelivery, kube.ForPipeline, "":
			return true
		case kube.ForMonitoring, kube.ForMesh, kube.ForRouting, kube.ForStorage:
			switch d.Kind {
			case "Prometheus", "Alertmanager", "ThanosRuler", "Grafana", "OpenTelemetryCollector", "Jaeger", "LokiStack", "TempoStack", "Gateway", "Tenant", "CephCluster", "IstioOperator":
				return true
			}
		}
	}
	return false
}

// doubtful says whether the unit holds something of the kind that is not known to
// be what reaches the cluster.
func (u *KubeUnit) doubtful(kind string) bool {
	return slices.ContainsFunc(u.Objects, func(d *Deployed) bool { return d.Unsure != "" && d.isA(kind) })
}

// maxElsewhere bounds the objects of other units that are listed.
const maxElsewhere = 5

// elsewhere are objects of other units that a selector or reference would fit.
func (s *Snapshot) elsewhere(own *KubeUnit, from *Deployed, sel *kube.Selection, ref *kube.Ref) []*Deployed {
	indexes := view(s, "indexes of kubernetes units", func() map[*KubeUnit]*unitIndex {
		m := map[*KubeUnit]*unitIndex{}
		for _, u := range s.KubeUnits() {
			m[u] = indexUnit(u)
		}
		return m
	})
	var out []*Deployed
	for _, u := range s.KubeUnits() {
		if u == own || len(out) >= maxElsewhere {
			continue
		}
		if sel != nil {
			for _, to := range indexes[u].candidates(*sel) {
				if sel.Matches(labelsOf(to, sel.Target)) == kube.Yes && sameNamespace(from.Namespace, to.Namespace) != kube.No && len(out) < maxElsewhere {
					out = append(out, to)
				}
			}
			continue
		}
		for _, to := range indexes[u].named(*ref) {
			if refersTo(from, to, *ref) == kube.Yes && len(out) < maxElsewhere {
				out = append(out, to)
			}
		}
	}
	return out
}
