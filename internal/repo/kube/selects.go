package kube

// Target says what a selector looks at.
type Target string

// The targets.
const (
	SelectsPods     Target = "pods"
	SelectsServices Target = "services"
)

// Selection is a selector of an object with what it means.
type Selection struct {
	Selector
	Target     Target
	Namespaces Namespaces // where it looks
	Use        string     // the field
}

// Namespaces say in which namespaces a selector looks.
type Namespaces struct {
	Any     bool   // in all
	Names   []Text // in these
	Unknown bool   // chosen by labels or by an expression
}

// Own says whether it looks in the object's own namespace alone.
func (n Namespaces) Own() bool { return !n.Any && !n.Unknown && len(n.Names) == 0 }

// Selects are the selectors with which o chooses pods or Services to act on. A
// Service without selector and the peers of a NetworkPolicy's rules are not among
// them. The selector with which a workload knows its own pods is in Workload.
func (o *Object) Selects() []Selection {
	pods := func(s Selector, use string) []Selection {
		if !s.Set {
			return nil
		}
		return []Selection{{Selector: s, Target: SelectsPods, Use: use}}
	}
	switch {
	case o.Is("", "Service"):
		if s := ReadLabelMap(o.Spec("selector")); !s.Empty() && o.Spec("type").Text().Value != "ExternalName" {
			return pods(s, "selector")
		}
	case o.Is("policy", "PodDisruptionBudget"):
		return pods(ReadSelector(o.Spec("selector")), "selector")
	case o.Is("networking.k8s.io", "NetworkPolicy") || o.Is("extensions", "NetworkPolicy"):
		return pods(ReadSelector(o.Spec("podSelector")), "podSelector")
	case o.Is("cilium.io", "CiliumNetworkPolicy"):
		return pods(ReadSelector(o.Spec("endpointSelector")), "endpointSelector")
	case o.Is("monitoring.coreos.com", "ServiceMonitor", "PodMonitor"):
		one := Selection{Selector: ReadSelector(o.Spec("selector")), Target: SelectsServices, Use: "selector", Namespaces: monitored(o.Spec("namespaceSelector"))}
		if o.Kind == "PodMonitor" {
			one.Target = SelectsPods
		}
		if one.Set {
			return []Selection{one}
		}
	case o.Group() == "security.istio.io" || o.Group() == "telemetry.istio.io":
		return pods(ReadSelector(o.Spec("selector")), "selector")
	case o.Is("networking.istio.io", "Gateway"):
		return nil // selects the mesh's own gateways, which run elsewhere
	case o.Is("networking.istio.io", "Sidecar"):
		return pods(ReadLabelMap(o.Spec("workloadSelector", "labels")), "workloadSelector")
	}
	return nil
}

func monitored(v Value) Namespaces {
	n := Namespaces{Any: v.Get("any").Flag().Is(true), Names: v.Get("matchNames").Texts()}
	n.Unknown = v.Get("any").Flag().Unknown || v.Open() || v.Get("matchNames").Open()
	return n
}

// PolicyTypes says what a NetworkPolicy restricts. Without policyTypes it is
// Ingress, and Egress when it has rules for it.
func (o *Object) PolicyTypes() (ingress, egress Truth) {
	types := o.Spec("policyTypes")
	if !types.Exists() || types.IsNull() {
		if o.Spec().Open() {
			return Yes, Maybe
		}
		return Yes, truth(o.Spec("egress").Exists())
	}
	ingress, egress = No, No
	if types.Open() {
		ingress, egress = Maybe, Maybe
	}
	for _, t := range types.Texts() {
		switch {
		case t.Unknown:
			ingress, egress = orMaybe(ingress), orMaybe(egress)
		case t.Value == "Ingress":
			ingress = Yes
		case t.Value == "Egress":
			egress = Yes
		}
	}
	return ingress, egress
}

func orMaybe(t Truth) Truth {
	if t == No {
		return Maybe
	}
	return t
}

// Rule is one rule of a Role or ClusterRole.
type Rule struct {
	Groups    []Text
	Resources []Text
	Verbs     []Text
	Names     []Text // the only objects it is about; none: all
	URLs      []Text
	Value     Value
}

// Rules are the rules of a Role or ClusterRole.
func (o *Object) Rules() []Rule {
	if !o.Is("rbac.authorization.k8s.io", "Role", "ClusterRole") {
		return nil
	}
	var out []Rule
	for _, r := range o.Value.Get("rules").Items() {
		out = append(out, Rule{r.Get("apiGroups").Texts(), r.Get("resources").Texts(), r.Get("verbs").Texts(), r.Get("resourceNames").Texts(), r.Get("nonResourceURLs").Texts(), r})
	}
	return out
}
